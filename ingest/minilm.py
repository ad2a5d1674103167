"""The embedded model, all-MiniLM-L6-v2 on ONNX Runtime: unit vectors, token states and word pieces of texts."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
from onnxruntime.capi.onnxruntime_pybind11_state import (  # type: ignore[import-untyped]
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
)
from tokenizers import Encoding, Tokenizer

from ingest.errors import ModelUnavailable
from ingest.minilm_graph import DIMENSION, MAX_PIECES, WEIGHTS_SHA256, Precision, build_graph, model_folder

MODEL_NAME: Final = "all-MiniLM-L6-v2"
GRAPH_VERSION: Final = 3  # raise it when minilm_graph lays the model out differently
EMBED_PIECES: Final = 256  # the length the model was trained for, [CLS] and [SEP] included
CLS, SEP = 101, 102
WINDOW_TEXTS: Final = 2048  # tokenised together: what bounds memory for any number of texts
# The cosine below which two vectors of one text are not the same. On one machine they are equal to the bit, whatever is
# embedded beside them; between a processor with VNNI and one without, 0.9936 was the lowest over 80 chunks.
SAME_TEXT_COSINE: Final = 0.99
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


Vectors = npt.NDArray[np.float32]


class TokenStates(NamedTuple):
    """The model's last states for one text's word pieces, without [CLS] and [SEP]."""

    ids: npt.NDArray[np.int32]  # (t,) word pieces
    starts: npt.NDArray[np.int32]  # (t,) first character of the piece in the text
    ends: npt.NDArray[np.int32]  # (t,) one past its last character
    states: npt.NDArray[np.float32]  # (t, 384), unit length


class MiniLM:
    """The model in memory; every method may be called from several threads at once."""

    dimension: Final = DIMENSION

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, precision: Precision, threads: int
    ) -> None:
        self.name: Final = f"{MODEL_NAME} {precision}"
        self._session = session
        self._tokenizer = tokenizer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="minilm")

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors (len(texts), 384) in the order given; of each text the first 254 word pieces count.

        ``progress`` is called, in the calling thread, with the number of texts done since its last call.
        """
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for first in range(0, len(texts), WINDOW_TEXTS):
            ids = [encoding.ids for encoding in self._encode(texts[first : first + WINDOW_TEXTS])]
            for row, vector in enumerate(self._pool.map(self._vector, ids), first):
                vectors[row] = vector
                if progress is not None:
                    progress(1)
        return vectors

    def token_states(self, texts: Sequence[str]) -> list[TokenStates]:
        """States of each text's word pieces, in the order given; of each text the first 510 word pieces count."""
        return list(self._pool.map(self._token_states, self._encode(texts, offsets=True)))

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

    def _vector(self, ids: list[int]) -> Vectors:
        return _unit(self._states(ids[: EMBED_PIECES - 2]).mean(axis=0))

    def _token_states(self, encoding: Encoding) -> TokenStates:
        ids = encoding.ids[: MAX_PIECES - 2]
        offsets = np.array(encoding.offsets[: len(ids)], np.int32).reshape(-1, 2)
        states = _unit(self._states(ids)[1:-1])
        return TokenStates(np.array(ids, np.int32), offsets[:, 0], offsets[:, 1], states)

    def _states(self, ids: list[int]) -> Vectors:
        """(len(ids) + 2, 384): [CLS] first, [SEP] last."""
        states: Vectors = self._session.run(["states"], {"ids": np.array([[CLS, *ids, SEP]], np.int32)})[0][0]
        return states


def load_minilm(cache_dir: Path, precision: Precision = "int8", threads: int | None = None) -> MiniLM:
    """The model, ready to use; the first call with a ``cache_dir`` builds the graph there (2 s), later ones load it.

    ``threads``: how many texts are worked on at once; None takes as many as the process has processors.
    Raises ModelUnavailable where the package is missing or its weights are not the published ones.
    """
    folder = model_folder()
    reduce_range = precision == "int8" and not _sums_in_32_bits()
    range_mark = "-7bit" if reduce_range else ""
    path = cache_dir / f"all-MiniLM-L6-v2-{precision}{range_mark}-v{GRAPH_VERSION}-{WEIGHTS_SHA256[:12]}.onnx"
    session = _open(path) if path.is_file() else None
    if session is None:
        try:
            build_graph(folder, path, precision, reduce_range=reduce_range)
        except OSError as error:
            raise ModelUnavailable(f"the embedded model's graph cannot be written to {cache_dir}: {error}") from error
        session = _open(path)
    if session is None:
        raise ModelUnavailable("onnxruntime cannot load the embedded model; reinstall from requirements.lock")
    return MiniLM(session, _load_tokenizer(folder), precision, threads or _processors())


def _open(graph: Path) -> onnxruntime.InferenceSession | None:
    """A session, or None where the file is damaged."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # texts run side by side instead, each on one processor: no waiting inside a text
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except (InvalidArgument, InvalidGraph, InvalidProtobuf):
        return None


def _load_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()  # the file cuts at 128 pieces
    tokenizer.no_padding()  # … and pads to 128
    tokenizer.encode_special_tokens = True  # "[SEP]" written in an article is text
    return tokenizer


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sums_in_32_bits() -> bool:
    """Whether int8 products are summed without saturation: VNNI on x86, always on ARM; False where nothing tells."""
    if platform.machine().lower() in {"arm64", "aarch64"}:
        return True
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.is_file() and "vnni" in cpuinfo.read_text()
