"""The embedded model, all-MiniLM-L6-v2 on ONNX Runtime: unit vectors, token states and word pieces of texts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
from tokenizers import Encoding, Tokenizer

from ingest.minilm_graph import DIMENSION, MAX_PIECES, WEIGHTS_SHA256, Precision, build_graph, model_folder

GRAPH_VERSION: Final = 1  # raise it when minilm_graph lays the model out differently
EMBED_PIECES: Final = 256  # the length the model was trained for, [CLS] and [SEP] included
CLS, SEP = 101, 102
BATCH_PIECES: Final = 4096  # padding included
WINDOW_TEXTS: Final = 2048  # sorted by length together: bounds memory
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TokenStates(NamedTuple):
    """The model's last states for one text's word pieces, without [CLS] and [SEP]."""

    ids: npt.NDArray[np.int32]  # (t,) word pieces
    starts: npt.NDArray[np.int32]  # (t,) first character of the piece in the text
    ends: npt.NDArray[np.int32]  # (t,) one past its last character
    states: npt.NDArray[np.float32]  # (t, 384), unit length


class MiniLM:
    """The model in memory; every method may be called from several threads at once."""

    dimension: Final = DIMENSION

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, precision: Precision) -> None:
        self.name: Final = f"all-MiniLM-L6-v2 {precision}"
        self._session = session
        self._tokenizer = tokenizer

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> npt.NDArray[np.float32]:
        """Unit vectors (len(texts), 384) in the order given; texts are cut after 256 pieces.

        ``progress`` is called with the number of texts done since its last call.
        """
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for first in range(0, len(texts), WINDOW_TEXTS):
            window = texts[first : first + WINDOW_TEXTS]
            ids = [_framed(encoding.ids, EMBED_PIECES) for encoding in self._encode(window)]
            for rows, states in self._run(ids):
                for row, state in zip(rows, states, strict=True):
                    vectors[first + row] = _unit(state.mean(axis=0))
                if progress is not None:
                    progress(len(rows))
        return vectors

    def token_states(self, texts: Sequence[str]) -> list[TokenStates]:
        """States of each text's word pieces, in the order given; texts are cut after 510 pieces."""
        encodings = self._encode(texts, offsets=True)
        ids = [_framed(encoding.ids, MAX_PIECES) for encoding in encodings]
        found: dict[int, TokenStates] = {}
        for rows, states in self._run(ids):
            for row, state in zip(rows, states, strict=True):
                offsets = np.array(encodings[row].offsets[: len(state) - 2], np.int32).reshape(-1, 2)
                found[row] = TokenStates(ids[row][1:-1], offsets[:, 0], offsets[:, 1], _unit(state[1:-1]))
        return [found[row] for row in range(len(texts))]

    def count_pieces(self, texts: Sequence[str]) -> list[int]:
        """Number of word pieces of each text, without [CLS] and [SEP]."""
        return [len(encoding.ids) for encoding in self._encode(texts)]

    def piece_ids(self, texts: Sequence[str]) -> list[npt.NDArray[np.int32]]:
        """Word pieces of each text, without [CLS] and [SEP]."""
        return [np.array(encoding.ids, np.int32) for encoding in self._encode(texts)]

    def _encode(self, texts: Sequence[str], *, offsets: bool = False) -> list[Encoding]:
        encode = self._tokenizer.encode_batch if offsets else self._tokenizer.encode_batch_fast
        # The tokenizer refuses half a surrogate pair; one character takes its place, so offsets stay.
        return encode([LONE_SURROGATE.sub("\ufffd", text) for text in texts], add_special_tokens=False)

    def _run(self, ids: list[npt.NDArray[np.int32]]) -> Iterator[tuple[list[int], list[npt.NDArray[np.float32]]]]:
        """Rows and their states, [CLS] and [SEP] included, batch by batch of similar length."""
        order = iter(sorted(range(len(ids)), key=lambda row: len(ids[row]), reverse=True))
        for longest in order:
            width = len(ids[longest])
            rows = [longest, *islice(order, max(0, BATCH_PIECES // width - 1))]
            lengths = np.array([len(ids[row]) for row in rows], np.int32)
            padded = np.zeros((len(rows), width), np.int32)
            for line, row in enumerate(rows):
                padded[line, : lengths[line]] = ids[row]
            (states,) = self._session.run(["states"], {"ids": padded, "lengths": lengths})
            yield rows, [state[:length] for state, length in zip(states, lengths, strict=True)]


def load_minilm(cache_dir: Path, precision: Precision = "int8", threads: int | None = None) -> MiniLM:
    """The model, ready to use; the first call with a ``cache_dir`` builds the graph there (2 s), later ones load it.

    ``threads``: for one operator; None takes as many as the process has processors.
    Raises ModelUnavailable where the package is missing or its weights are not the published ones.
    """
    folder = model_folder()
    reduce_range = precision == "int8" and not _has_vnni()
    range_mark = "-7bit" if reduce_range else ""
    path = cache_dir / f"all-MiniLM-L6-v2-{precision}{range_mark}-v{GRAPH_VERSION}-{WEIGHTS_SHA256[:12]}.onnx"
    if not path.is_file():
        build_graph(folder, path, precision, reduce_range=reduce_range)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _processors()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return MiniLM(session, _load_tokenizer(folder), precision)


def _load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()  # the file cuts at 128 pieces
    tokenizer.no_padding()  # … and pads to 128
    tokenizer.encode_special_tokens = True  # "[SEP]" written in an article is text
    return tokenizer


def _framed(ids: list[int], longest: int) -> npt.NDArray[np.int32]:
    return np.array([CLS, *ids[: longest - 2], SEP], np.int32)


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    unit: npt.NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _has_vnni() -> bool:
    """Whether int8 products are summed in 32 bits: VNNI on x86, always on ARM; False where it cannot be told."""
    cpuinfo = Path("/proc/cpuinfo")
    return "vnni" in cpuinfo.read_text() if cpuinfo.is_file() else False
