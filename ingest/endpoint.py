"""Vectors from an OpenAI-compatible endpoint, through LangChain; its errors in words for the user.

Only what is passed in counts: ``OPENAI_*`` lying in the environment changes nothing, and no tokenizer is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

import numpy as np
import openai
from langchain.embeddings import init_embeddings

from ingest.embedding import Progress, TextEmbeddings, Vectors
from ingest.errors import EmbeddingFailed

BATCH_TEXTS: Final = 32  # what text-embeddings-inference takes at most by default; others take more
MAX_CHARACTERS: Final = 8_000  # of a text: under the usual limit of 8,191 tokens, Korean too
NO_KEY: Final = "not-needed"  # the client insists on one; local servers ignore it
NO_TEXT: Final = "-"  # stands for a blank text, which OpenAI refuses


class _Client(openai.OpenAI):
    """OpenAI's client without what it takes from the environment by itself."""

    def __init__(self, api_key: str, base_url: str, timeout_s: float, retries: int) -> None:
        super().__init__(api_key=api_key, base_url=base_url, timeout=timeout_s, max_retries=retries)
        # No argument keeps these out without sending something empty in their place.
        self.organization = self.project = self.admin_api_key = None
        self._custom_headers = {}


class EndpointEmbeddings(TextEmbeddings):
    """An endpoint's model; its dimension is that of the first vector it gives, and held to from then on."""

    def __init__(self, model: str, api_key: str | None, base_url: str, *, timeout_s: float, retries: int) -> None:
        self._model = model
        self._timeout_s = timeout_s
        self._tries = retries + 1
        self._where = f"the embedding endpoint at {_host_of(base_url)}"
        key = _usable_key(api_key)
        self._dimension: int | None = None
        self._lock = Lock()
        self._langchain = init_embeddings(
            model,
            provider="openai",
            client=_Client(key, base_url, timeout_s, retries).embeddings,
            api_key=key,
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
            raise EmbeddingFailed(f"{self._where} {self._what_happened(error)}") from error
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

    def _what_happened(self, error: openai.OpenAIError) -> str:
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():  # its text may show a part of the key
                return f"refused the key ({error.status_code}); check HANMI_EMBEDDING_API_KEY"
            case openai.NotFoundError():
                return (
                    f"knows no model {self._model}, or is not at that address (404); "
                    "check HANMI_EMBEDDING_MODEL and HANMI_EMBEDDING_BASE_URL"
                )
            case openai.RateLimitError(code="insufficient_quota"):
                return "says that the account's credit is used up (429); top it up or use another key"
            case openai.RateLimitError():
                wait = error.response.headers.get("retry-after")
                after = f"in {wait} s" if wait else "in a minute"
                return f"refuses more requests for now (429, {self._tries} tries at most); run it again {after}"
            case openai.APITimeoutError():
                return f"did not answer in {self._timeout_s:g} s ({self._tries} tries); try again later"
            case openai.APIConnectionError():
                return (
                    f"cannot be reached, or cut the connection ({self._tries} tries); "
                    "check HANMI_EMBEDDING_BASE_URL and the network"
                )
            case openai.APIStatusError(status_code=status) if status >= 500:
                return f"failed ({status}, {self._tries} tries); try again later"
            case openai.APIStatusError(status_code=status):
                return f"refused the request ({status}): {_first_line(error)}"
        return f"gave an answer that cannot be read: {_first_line(error)}"


def _host_of(base_url: str) -> str:
    """Host and port, without a password that the address may hold; raises EmbeddingFailed for no http address."""
    try:
        parts = urlsplit(base_url)
        host = parts.netloc.rpartition("@")[2] if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:
        host = ""
    if not host:
        raise EmbeddingFailed("HANMI_EMBEDDING_BASE_URL is no address; it looks like http://localhost:8080/v1")
    return host


def _usable_key(api_key: str | None) -> str:
    key = (api_key or "").strip() or NO_KEY
    if not (key.isascii() and key.isprintable()):
        raise EmbeddingFailed("HANMI_EMBEDDING_API_KEY holds characters that no key has; copy the key again")
    return key


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:300]
