"""The engines that a benchmark sets side by side; each turns a question into passages, best first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from app.answers.confidence import load_calibration, signals_of
from app.answers.units import rank_sentences
from app.apart import with_parts
from app.errors import QuestionRefused
from app.names import NameTables
from app.question import understand
from app.retrieval import CANDIDATES, RERANKED, PassageFinder
from evals.bench.indexing import Built
from ingest.index import Index
from ingest.lexical import LexicalIndex, analyse
from ingest.records import Hit

DEPTH: Final = 40  # passages an engine gives: enough for ten different documents
SENTENCES: Final = 3
RRF_K: Final = 60  # Cormack, Clarke & Büttcher 2009
ASKED_ON: Final = date(2026, 11, 24)  # what "last month" counts from; fixed, so that a run can be repeated

Search = Callable[[str], list[Hit]]
Vectors = Mapping[str, npt.NDArray[np.float32]]  # of questions


class Found(NamedTuple):
    """Words of an article that an engine gives for a question."""

    article_id: str
    text: str


class Ranked(NamedTuple):
    """What an engine gives for one question."""

    passages: tuple[Found, ...]  # best first
    best: float = 0.0  # the best score that compares between questions; 0 where nothing was found
    sentences: tuple[Found, ...] = ()  # the three best; empty for an engine that gives none
    confidence: float = 0.0  # calibrated probability that the articles answer; Hanmi's alone


class Engine(Protocol):
    """A way to find passages."""

    @property
    def name(self) -> str:
        """As the tables call it."""
        ...

    @property
    def comparable(self) -> bool:
        """Whether ``Ranked.best`` compares between questions."""
        ...

    @property
    def gives_sentences(self) -> bool:
        """Whether ``Ranked.sentences`` is filled."""
        ...

    @property
    def gives_confidence(self) -> bool:
        """Whether ``Ranked.confidence`` is filled."""
        ...

    def rank(self, question: str) -> Ranked:
        """Passages for the question, and what else the engine gives."""
        ...


class Hanmi:
    """The engine as it is served: the question understood, then PassageFinder, then the ranking of sentences."""

    name = "Hanmi"
    comparable = True
    gives_sentences = True
    gives_confidence = True

    def __init__(self, finder: PassageFinder, built: Built, tables: NameTables) -> None:
        self._finder = finder
        self._articles = built.index.articles()
        self._tables = tables

    def rank(self, question: str) -> Ranked:
        """Nothing for a question that is refused, or taken for conversation."""
        try:
            understood = understand(question, (), self._tables, self._articles, ASKED_ON)
        except QuestionRefused:
            return Ranked(())
        if understood.conversation:
            return Ranked(())
        whole = self._finder.find(replace(understood, apart=()), RERANKED)
        passages = with_parts(whole, self._finder.find_apart(understood))
        ranked = rank_sentences(understood.standalone, whole)
        sentences = []
        for sentence in ranked[:SENTENCES]:
            chunk = sentence.passage.chunk
            words = chunk.text[sentence.span.start - chunk.start : sentence.span.end - chunk.start]
            sentences.append(Found(chunk.article_id, words))
        return Ranked(
            tuple(Found(passage.chunk.article_id, passage.chunk.text) for passage in passages),
            max((passage.parts.late for passage in whole), default=0.0),
            tuple(sentences),
            load_calibration().probability(signals_of(understood, whole, ranked)),
        )


@dataclass(frozen=True)
class Baseline:
    """One list of hits as it comes."""

    name: str
    search: Search
    built: Built
    comparable: bool = True
    gives_confidence: bool = False
    sentences: tuple[Search, Built] | None = None  # the same search over an index of sentences

    @property
    def gives_sentences(self) -> bool:
        """Whether there is an index of sentences."""
        return self.sentences is not None

    def rank(self, question: str) -> Ranked:
        """The first hits with their words."""
        hits = self.search(question)
        best = hits[0].score if hits else 0.0
        sentences: tuple[Found, ...] = ()
        if self.sentences:
            search, built = self.sentences
            sentences = _found(search(question)[:SENTENCES], built)
        return Ranked(_found(hits[:DEPTH], self.built), best, sentences)


def dense(index: Index, vectors: Vectors) -> Search:
    """By cosine of the question's vector."""
    return lambda question: index.dense(vectors[question], CANDIDATES)


def bm25(index: Index) -> Search:
    """By BM25 of the question's own words, with the index's analyser; title, outlet and date count as words."""
    return lambda question: index.lexical(analyse(question), CANDIDATES)


def bm25_over(index: LexicalIndex, tokens: Callable[[str], list[str]]) -> Search:
    """By BM25 with another analyser than the index has."""
    return lambda question: index.search(tokens(question), CANDIDATES)


def reciprocal_rank_fusion(searches: Sequence[Search]) -> Search:
    """The lists fused by the sum of 1 / (60 + place); ties in the order of the lists."""

    def search(question: str) -> list[Hit]:
        scores: dict[str, float] = {}
        for one in searches:
            for place, hit in enumerate(one(question), start=1):
                scores[hit.chunk_id] = scores.get(hit.chunk_id, 0.0) + 1 / (RRF_K + place)
        return sorted((Hit(*item) for item in scores.items()), key=lambda hit: -hit.score)

    return search


def _found(hits: Sequence[Hit], built: Built) -> tuple[Found, ...]:
    chunks = [built.chunks[hit.chunk_id] for hit in hits]
    return tuple(Found(chunk.article_id, chunk.text) for chunk in chunks)
