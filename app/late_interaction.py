"""How well a passage, and each of its sentences, meets a question: every word of the question looks for its best match.

Two ways with one result. With the embedded model a word piece of the question is compared, in its context, with every
word piece of the passage (the score of ColBERT, without its training). Where the model knows nothing – Hangul, or the
model's package is missing – words are compared as the lexical index compares them: they are there or they are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ingest.articles import Span
from ingest.chunking import Chunk
from ingest.lexical import analyse
from ingest.minilm import TokenStates

Floats = npt.NDArray[np.float32]

# A cosine below this says nothing: two unrelated word pieces of one text reach it. On part A of MultiHop-RAG 0.3 gave
# an MRR@10 of .722 and 0 gave .718; on part A of SciFact and SQuAD it changed nothing (2026-11-24).
FLOOR = 0.3


class Scored(NamedTuple):
    """Scores of one passage: 0 where nothing meets, 1 where every word is met exactly."""

    passage: float
    parts: tuple[float, ...]  # the same for each part of the question alone, in the order of the parts
    sentences: tuple[float, ...]  # one for each of ``chunk.sentences``, in context
    topic: float = 0.0  # of the passage, for the words alone that say what the question is about


class Scorer(Protocol):
    """Scores chunks for one question."""

    def score(self, chunks: Sequence[Chunk]) -> list[Scored]:
        """One result for each chunk, in the order given."""
        ...


class StateSource(Protocol):
    """Where the token states of chunks come from (ingest.token_states.TokenStateCache)."""

    def get(self, texts: Mapping[str, str]) -> dict[str, TokenStates]:
        """Token states of each text by its chunk id."""
        ...


class StateScorer:
    """Late interaction over the token states of the embedded model."""

    def __init__(
        self,
        question: TokenStates,
        idf: Floats,
        parts: Sequence[Span],
        states: StateSource,
        topic: Sequence[Span] = (),
    ) -> None:
        """``question``: states of the question's pieces; ``idf`` (30522,): how much each piece tells.

        ``parts``: spans of the question to be scored apart. ``topic``: where its topic words stand; none: all count.
        """
        self._question = question.states
        weights = idf[question.ids].astype(np.float32)
        self._weights = _normalised(weights)
        inside = [(question.starts >= part.start) & (question.ends <= part.end) for part in parts]
        self._part_weights = [_normalised(weights * mask) for mask in inside]
        of_topic = [(question.starts >= word.start) & (question.ends <= word.end) for word in topic]
        self._topic_weights = _normalised(weights * np.any(of_topic, axis=0)) if topic else self._weights
        self._states = states

    def score(self, chunks: Sequence[Chunk]) -> list[Scored]:
        """One result for each chunk, in the order given."""
        found = self._states.get({chunk.chunk_id: chunk.text for chunk in chunks})
        states = [found[chunk.chunk_id] for chunk in chunks]
        if not states:
            return []
        # One product for all chunks: OpenBLAS shares each product out over its threads and waits for them to meet. On a
        # busy machine of two cores 24 small ones cost 24 to 94 ms of processor time, one large one 5 (2026-11-24).
        cosines = np.concatenate([one.states for one in states]) @ self._question.T  # (passage, question) pieces
        parts = np.split(cosines, np.cumsum([len(one.ids) for one in states])[:-1])
        return [self._score(*one) for one in zip(chunks, states, parts, strict=True)]

    def _score(self, chunk: Chunk, states: TokenStates, cosines: Floats) -> Scored:
        if not len(states.ids) or not len(self._weights):
            return Scored(0.0, (0.0,) * len(self._part_weights), (0.0,) * len(chunk.sentences))
        similar = np.clip((cosines.T - FLOOR) / (1 - FLOOR), 0, 1)  # (question, passage) pieces
        best = similar.max(axis=1)
        return Scored(
            float(self._weights @ best),
            tuple(float(weights @ best) for weights in self._part_weights),
            tuple(self._sentence(similar, states, chunk, sentence) for sentence in chunk.sentences),
            float(self._topic_weights @ best),
        )

    def _sentence(self, similar: Floats, states: TokenStates, chunk: Chunk, sentence: Span) -> float:
        first = int(np.searchsorted(states.starts, sentence.start - chunk.start))
        last = int(np.searchsorted(states.ends, sentence.end - chunk.start, side="right"))
        return float(self._weights @ similar[:, first:last].max(axis=1)) if first < last else 0.0


class BestScorer:
    """Several wordings of one question: a passage, and each of its sentences, counts by the one that it meets best."""

    def __init__(self, wordings: Sequence[Scorer]) -> None:
        """``wordings``: the question's own first; the parts are scored by that alone."""
        self._wordings = wordings

    def score(self, chunks: Sequence[Chunk]) -> list[Scored]:
        """One result for each chunk, in the order given."""
        return [_best(scores) for scores in zip(*(one.score(chunks) for one in self._wordings), strict=True)]


def _best(scores: Sequence[Scored]) -> Scored:
    return Scored(
        max(score.passage for score in scores),
        scores[0].parts,
        tuple(map(max, zip(*(score.sentences for score in scores), strict=True))),
        max(score.topic for score in scores),
    )


class WordScorer:
    """Shared words instead of states: what a question's tokens weigh, for those that the text holds."""

    def __init__(self, weights: Mapping[str, float], parts: Sequence[Sequence[str]] = ()) -> None:
        """``weights``: each token of the question (as ``analyse`` gives them) and how much it tells."""
        self._weights = weights
        self._parts = [{token: weights[token] for token in part if token in weights} for part in parts]

    def score(self, chunks: Sequence[Chunk]) -> list[Scored]:
        """One result for each chunk, in the order given."""
        return [self._score(chunk) for chunk in chunks]

    def _score(self, chunk: Chunk) -> Scored:
        tokens = set(analyse(chunk.text))
        passage = _met(self._weights, tokens)
        return Scored(
            passage,
            tuple(_met(part, tokens) for part in self._parts),
            tuple(
                _met(self._weights, set(analyse(chunk.text[max(0, start - chunk.start) : end - chunk.start])))
                for start, end in chunk.sentences
            ),
            passage,
        )


def _met(weights: Mapping[str, float], tokens: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for token, weight in weights.items() if token in tokens) / total if total else 0.0


def _normalised(weights: Floats) -> Floats:
    total = float(weights.sum())
    return weights / total if total else weights
