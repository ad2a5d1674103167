"""Vectors from an OpenAI-compatible endpoint, through LangChain; no tokenizer is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
import openai
from langchain.embeddings import init_embeddings

from ingest.embedding import Progress, TextEmbeddings, Vectors
from ingest.errors import EmbeddingFailed
from ingest.remote import Remote, SettingNames

BATCH_TEXTS: Final = 32  # what text-embeddings-inference takes at most by default; others take more
MAX_CHARACTERS: Final = 8_000  # of a text: under the usual limit of 8,191 tokens, Korean too
NO_TEXT: Final = "-"  # stands for a blank text, which OpenAI refuses


class EndpointEmbeddings(TextEmbeddings):
    """An endpoint's model; its dimension is that of the first vector it gives, and held to from then on."""

    def __init__(self, model: str, api_key: str | None, base_url: str, *, timeout_s: float, retries: int) -> None:
        self._model = model
        self._remote = Remote(
            "the embedding endpoint",
            settings=SettingNames.of("HANMI_EMBEDDING"),
            model=model,
            api_key=api_key,
            base_url=base_url,
            timeout_s=timeout_s,
            retries=retries,
            failed=EmbeddingFailed,
        )
        self._where = self._remote.where
        self._dimension: int | None = None
        self._lock = Lock()
        self._langchain = init_embeddings(
            model,
            provider="openai",
            client=self._remote.client().embeddings,
            api_key=self._remote.key,
            base_url=base_url,
            organization="",
            openai_api_type="",
            openai_api_version="",
            openai_proxy="",
            timeout=timeout_s,
            max_retries=retries,
            chunk_size=BATCH_TEXTS,
            check_embedding_ctx_length=False,  # True would fetch a tokenizer
        )

    @property
    def name(self) -> str:
        """The model's name as the endpoint knows it."""
        return self._model

    @cached_property
    def dimension(self) -> int:
        """Length of the endpoint's vectors; asks it for one where none has come yet. Raises EmbeddingFailed."""
        return self._dimension or self.embed([NO_TEXT]).shape[1]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors (len(texts), dimension) in the order given, 32 texts a request.

        Of each text the first 8,000 characters count. Raises EmbeddingFailed, in words for the user.
        """
        batches = []
        for first in range(0, len(texts), BATCH_TEXTS):
            batch = [text[:MAX_CHARACTERS] if text.strip() else NO_TEXT for text in texts[first : first + BATCH_TEXTS]]
            batches.append(self._unit(self._ask(batch), len(batch)))
            if progress is not None:
                progress(len(batch))
        return np.concatenate(batches) if batches else np.empty((0, self.dimension), np.float32)

    def _ask(self, batch: list[str]) -> list[Vectors]:
        try:
            return [np.array(list(row), np.float32) for row in self._langchain.embed_documents(batch)]
        except openai.OpenAIError as error:
            raise self._remote.failure(error) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EmbeddingFailed(
                f"{self._where} answered with something that is no list of vectors; "
                "check HANMI_EMBEDDING_BASE_URL (it usually ends in /v1)"
            ) from error

    def _unit(self, rows: list[Vectors], wanted: int) -> Vectors:
        """Rows as unit vectors, once it is sure that they are what was asked for."""
        if len(rows) != wanted:
            raise EmbeddingFailed(f"{self._where} gave {len(rows)} vectors for {wanted} texts; try another endpoint")
        lengths = sorted({len(row) for row in rows})
        with self._lock:
            self._dimension = self._dimension or lengths[0]
        if lengths != [self._dimension]:
            raise EmbeddingFailed(
                f"{self._where} gave vectors of {' and '.join(map(str, lengths))} numbers where {self._dimension} were "
                f"expected; the model behind {self._model} may have changed: `hanmi ingest --rebuild` starts afresh"
            )
        vectors = np.stack(rows)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and norms.all()):
            raise EmbeddingFailed(f"{self._where} gave vectors without a direction (NaN or zeros); try another model")
        unit: Vectors = vectors / norms
        return unit
