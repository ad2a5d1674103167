"""Texts to vectors, as LangChain ``Embeddings``: the embedded model, an endpoint, or none at all."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from ingest.errors import EmbeddingFailed, ModelUnavailable
from ingest.minilm import MiniLM, load_minilm
from ingest.minilm_graph import Precision, model_folder

Vectors = npt.NDArray[np.float32]
Progress = Callable[[int], None]  # called with the number of texts done since its last call

OPENAI_URL: Final = "https://api.openai.com/v1"
TIMEOUT_S: Final = 60.0
RETRIES: Final = 4  # after the first try: half a second, one, two and four between them, or what retry-after asks for


class TextEmbeddings(Embeddings):
    """Unit vectors of texts; ``name`` and ``dimension`` are what an index remembers of its maker."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What an index remembers: two with the same name and dimension give vectors that may be compared."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Length of every vector."""

    @abstractmethod
    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors (len(texts), dimension) in the order given; raises EmbeddingFailed."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's way to ``embed``."""
        rows: list[list[float]] = self.embed(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """LangChain's way to ``embed`` one question."""
        return self.embed_documents([text])[0]


class MiniLMEmbeddings(TextEmbeddings):
    """The embedded model; ``model`` also gives token states and word pieces."""

    def __init__(self, model: MiniLM) -> None:
        self.model = model

    @property
    def name(self) -> str:
        """Model and precision."""
        return self.model.name

    @property
    def dimension(self) -> int:
        """384."""
        return self.model.dimension

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors (len(texts), 384); never fails."""
        return self.model.embed(texts, progress)


class NoEmbeddings(TextEmbeddings):
    """BM25 alone: every text has the same vector of one number. ``reason`` says to a user why."""

    name = "none"
    dimension = 1

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Ones (len(texts), 1)."""
        if progress is not None and texts:
            progress(len(texts))
        return np.ones((len(texts), 1), np.float32)


def make_embeddings(
    model: str | None,
    api_key: str | None,
    base_url: str | None,
    cache_dir: Path,
    *,
    precision: Precision = "int8",
    threads: int | None = None,
    timeout_s: float = TIMEOUT_S,
    retries: int = RETRIES,
) -> TextEmbeddings:
    """What ``HANMI_EMBEDDING_MODEL``, ``…_API_KEY`` and ``…_BASE_URL`` ask for.

    Without ``model`` it is the embedded model, its graph kept in ``cache_dir``, or NoEmbeddings where its package is
    not installed; key and address are then not looked at. With ``model`` it is the endpoint at ``base_url`` (OpenAI's
    own where None), which is not called here. ``timeout_s`` and ``retries`` are for one request of up to 32 texts.
    Raises ModelUnavailable where the embedded model is there but cannot be used, EmbeddingFailed where OpenAI's own
    endpoint is asked for without a key.
    """
    if model:
        if not base_url and not api_key:
            raise EmbeddingFailed(
                f"the embedding model {model} needs a key: set HANMI_EMBEDDING_API_KEY, or HANMI_EMBEDDING_BASE_URL "
                "for an endpoint that asks for none; unset HANMI_EMBEDDING_MODEL to use the embedded model"
            )
        # Together with what it imports, it costs a second and a half that the embedded model need not pay.
        from ingest.endpoint import EndpointEmbeddings

        return EndpointEmbeddings(model, api_key, base_url or OPENAI_URL, timeout_s=timeout_s, retries=retries)
    try:
        model_folder()
    except ModelUnavailable as missing:
        return NoEmbeddings(str(missing))
    return MiniLMEmbeddings(load_minilm(cache_dir, precision, threads))
