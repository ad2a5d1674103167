"""Small articles, and vectors without a model: quick, and the same for the same text everywhere."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence

import numpy as np

import ingest.chroma
import ingest.sync
import ingest.writer
from ingest.articles import Article, Mark
from ingest.chroma import BATCH, HNSW
from ingest.chunking import Chunk, IndexSettings, SentenceChunker
from ingest.embedding import TextEmbeddings
from ingest.index import IndexWriter
from ingest.lexical import ANALYSER_VERSION
from ingest.sync import BATCH_CHUNKS

DIMENSION = 16
SETTINGS = IndexSettings("test vectors", DIMENSION, ANALYSER_VERSION, chunk_pieces=40)
_WORDS = "alliance tariff troops Seoul Washington shipyard missile treaty summit export won dollar 전작권 방위비"
WORDS = _WORDS.split()
CHUNKER = SentenceChunker.for_settings(SETTINGS, lambda texts: [len(text.split()) for text in texts])


def make_article(number: int, edition: int = 0, sentences: int = 12, **metadata: object) -> Article:
    """An article of about ``sentences`` × 9 words; the number and edition decide every word of it."""
    words = random.Random(f"{number} {edition}")
    lines = [
        f"Sentence {at} of article {number} says {' '.join(words.choices(WORDS, k=5))}." for at in range(sentences)
    ]
    fields = {"outlet": ("The Diplomat", "Yonhap", None)[number % 3], "kind": ("analysis", "news")[number % 2]}
    fields |= {"published": (f"2025-{number % 12 + 1:02}", None)[number % 4 == 3]}
    heading = f"Heading {number}"
    text = heading + "\n\n" + " ".join(lines)
    marks = (Mark("heading", 0, len(heading)), Mark("speaker", len(heading) + 2, len(text), "김 씨"))
    return Article(f"article-{number:03}", f"Title {number}", text, marks=marks, **fields | metadata)


def vectors_of(texts: Sequence[str], dimension: int = DIMENSION) -> np.ndarray:
    """A unit vector for each text, decided by its letters."""
    rows = [
        np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])).standard_normal(dimension)
        for text in texts
    ]
    stacked = np.array(rows, dtype=np.float32).reshape(len(texts), dimension)
    return stacked / np.linalg.norm(stacked, axis=1, keepdims=True)


def piece_ids(texts: Sequence[str]) -> list[np.ndarray]:
    """A tokenizer for tests: each word is one piece."""
    return [
        np.array([int.from_bytes(hashlib.sha256(word.encode()).digest()[:2]) % 30_522 for word in text.split()])
        for text in texts
    ]


def split(article: Article) -> list[Chunk]:
    return CHUNKER.split(article)


def put(writer: IndexWriter, *articles: Article) -> None:
    for article in articles:
        chunks = split(article)
        writer.add(article, chunks, vectors_of([chunk.text for chunk in chunks]))


def small_chunks(embeddings: TextEmbeddings) -> IndexSettings:
    """In place of ``ingest.sync.settings_for``: many chunks of little text."""
    return IndexSettings(embeddings.name, embeddings.dimension, ANALYSER_VERSION, chunk_pieces=40)


def set_scale(set_attribute: Callable[[object, str, object], None], scale: int) -> None:
    """Batches, and Chroma's threshold for saving its vectors, ``scale`` times as small as they ship.

    A sync of so many times fewer chunks then goes the same way. ``set_attribute``: setattr, or a monkeypatch's.
    """
    set_attribute(ingest.sync, "settings_for", small_chunks)
    set_attribute(ingest.sync, "BATCH_CHUNKS", BATCH_CHUNKS // scale)
    set_attribute(ingest.writer, "BATCH", BATCH // scale)
    set_attribute(ingest.chroma, "BATCH", BATCH // scale)
    set_attribute(ingest.chroma, "HNSW", {**HNSW, "sync_threshold": HNSW["sync_threshold"] // scale})


class TestEmbeddings(TextEmbeddings):
    """Vectors decided by the letters of a text; counts what it was asked for."""

    __test__ = False
    name = ""
    dimension = DIMENSION

    def __init__(self, name: str = "test vectors") -> None:
        self.name = name
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
        self.embedded += texts
        if progress:
            progress(len(texts))
        return vectors_of(texts, self.dimension)
