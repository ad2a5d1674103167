"""Token states of the chunks in demand, so that a chunk asked for again is not run through the model again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from ingest.minilm import MiniLM, TokenStates

CACHE_BYTES: Final = 200_000_000  # the budget; about 1,150 chunks of 220 word pieces


class _Kept:
    """One chunk's states at half precision, which moves a cosine by less than 0.001."""

    def __init__(self, found: TokenStates) -> None:
        self.ids, self.starts, self.ends = found.ids, found.starts, found.ends
        self.states: npt.NDArray[np.float16] = found.states.astype(np.float16)
        self.bytes = self.ids.nbytes + self.starts.nbytes + self.ends.nbytes + self.states.nbytes

    def restored(self) -> TokenStates:
        return TokenStates(self.ids, self.starts, self.ends, self.states.astype(np.float32))


class TokenStateCache:
    """Token states by chunk id, at most ``max_bytes``, the least recently used out first; for any number of threads."""

    def __init__(self, model: MiniLM, max_bytes: int = CACHE_BYTES) -> None:
        self._model = model
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes_held(self) -> int:
        """Bytes of the arrays kept; never more than ``max_bytes``."""
        return self._bytes

    def get(self, texts: Mapping[str, str]) -> dict[str, TokenStates]:
        """Token states of each text by its chunk id, in the order given; those not kept are made in one go.

        A chunk's states are the same whether kept or just made: both have been through half precision. Two threads that
        miss the same chunk at once both make it.
        """
        with self._lock:
            found = {chunk_id: self._kept[chunk_id] for chunk_id in texts if chunk_id in self._kept}
            for chunk_id in found:
                self._kept.move_to_end(chunk_id)
        missing = [chunk_id for chunk_id in texts if chunk_id not in found]
        made = self._model.token_states([texts[chunk_id] for chunk_id in missing])
        fresh = {chunk_id: _Kept(states) for chunk_id, states in zip(missing, made, strict=True)}
        with self._lock:
            for chunk_id, kept in fresh.items():
                self._keep(chunk_id, kept)
        found |= fresh
        return {chunk_id: found[chunk_id].restored() for chunk_id in texts}

    def _keep(self, chunk_id: str, kept: _Kept) -> None:
        replaced = self._kept.pop(chunk_id, None)
        self._bytes += kept.bytes - (replaced.bytes if replaced else 0)
        self._kept[chunk_id] = kept
        while self._bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.bytes
