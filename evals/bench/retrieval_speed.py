"""How long a question waits for its passages: without and with late interaction, and in a large collection."""

from __future__ import annotations

import hashlib
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from app.question import Understood
from app.retrieval import PassageFinder
from evals.bench.budgets import Measured, Progress
from ingest.articles import Article
from ingest.chunking import Chunk
from ingest.embedding import MiniLMEmbeddings
from ingest.index import Index, open_index
from ingest.token_states import TokenStateCache

LARGE: Final = 100_000  # chunks
SEED: Final = 20_261_124
MOVED: Final = (
    0.02  # standard deviation of what is added to each of 384 numbers: a cosine of about 0.93 to the original
)


def measure_retrieval(
    index: Index, embeddings: MiniLMEmbeddings, questions: Sequence[Understood], progress: Progress
) -> Iterator[Measured]:
    """The median wait for ten passages: candidates alone, then with 20 and 40 of them read, from cold and from warm."""
    of = f"retrieval at {_chunks(index):,} chunks, p50"
    finder = PassageFinder(index, embeddings, embeddings.model, TokenStateCache(embeddings.model))
    yield Measured(f"{of}, no rerank", "ms", _p50_ms(lambda one: _first_ten(finder, index, one), questions), 15.0)
    for done, (reranked, budget) in enumerate(((20, 250.0), (40, 400.0)), start=1):
        cold: list[float] = []
        warm: list[float] = []
        for question in questions:
            states = TokenStateCache(embeddings.model)  # nothing kept of the question before
            fresh = PassageFinder(index, embeddings, embeddings.model, states)
            for times in (cold, warm):
                started = time.perf_counter()
                fresh.find(question, 10, reranked=reranked)
                times.append((time.perf_counter() - started) * 1000)
        progress("Retrieving", done, 2)
        yield Measured(f"{of}, rerank of {reranked}, no states kept", "ms", statistics.median(cold), budget)
        yield Measured(f"{of}, rerank of {reranked}, all states kept", "ms", statistics.median(warm), budget)


def _first_ten(finder: PassageFinder, index: Index, question: Understood) -> None:
    index.chunks([candidate.chunk_id for candidate in finder.candidates(question)[:10]])


def _p50_ms(action: Callable[[Understood], None], questions: Sequence[Understood]) -> float:
    """The median over the questions, the first asked once before."""
    action(questions[0])
    times = []
    for question in questions:
        started = time.perf_counter()
        action(question)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def measure_large(
    index: Index, embeddings: MiniLMEmbeddings, questions: Sequence[Understood], work: Path, progress: Progress
) -> Measured:
    """Candidates alone over so many copies of the articles that there are 100,000 chunks."""
    grown = _grow(index, embeddings, work / "index-large", progress)
    small, large = (PassageFinder(one, embeddings, embeddings.model, None) for one in (index, grown))
    before = _p50_ms(lambda one: _first_ten(small, index, one), questions)
    after = _p50_ms(lambda one: _first_ten(large, grown, one), questions)
    note = f"{before:.1f} ms and {after:.1f} ms; copies of the articles, their vectors moved at random"
    return Measured(f"retrieval at {_chunks(grown):,} chunks, more", "ms", after - before, 10.0, note=note)


def _chunks(index: Index) -> int:
    return sum(len(record.chunk_ids) for record in index.articles().values())


def _grow(index: Index, embeddings: MiniLMEmbeddings, folder: Path, progress: Progress) -> Index:
    shutil.rmtree(folder, ignore_errors=True)
    random = np.random.default_rng(SEED)
    records = index.articles()
    chunks = index.chunks([chunk_id for record in records.values() for chunk_id in record.chunk_ids])
    vectors = dict(zip(chunks, embeddings.embed([chunk.text for chunk in chunks.values()]), strict=True))
    copies = -(-LARGE // len(chunks))
    articles = [article for article_id in records if (article := index.article(article_id))]
    with open_index(folder, index.settings, write=True) as writer:
        for copy in range(copies):
            for article in articles:
                renamed = replace(article, id=f"{article.id}-{copy}")
                own = [chunks[chunk_id] for chunk_id in records[article.id].chunk_ids]
                moved = np.stack([vectors[chunk.chunk_id] for chunk in own])
                moved += random.normal(0, MOVED, moved.shape).astype(np.float32)
                moved /= np.linalg.norm(moved, axis=1, keepdims=True)
                writer.add(renamed, [_renamed(chunk, renamed) for chunk in own], moved)
            progress("Growing the index", copy + 1, copies)
        writer.commit()
    return open_index(folder)


def _renamed(chunk: Chunk, article: Article) -> Chunk:
    chunk_id = hashlib.sha256(f"{article.id} {chunk.chunk_id}".encode()).hexdigest()[:32]
    return replace(chunk, chunk_id=chunk_id, article_id=article.id, version=article.version)
