"""What the app answers to a benchmark's questions, with its bar and without it, and what that is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from app.answers.confidence import Calibration, load_calibration
from app.answers.schema import Answer, Turn
from app.assistant import Assistant
from app.errors import QuestionRefused
from app.names import NameTables
from app.question import Understood, understand
from app.retrieval import PassageFinder
from app.rewriting import Propose, by_rules
from evals import statistics
from evals.bench.engines import ASKED_ON, Found, Ranked
from evals.bench.indexing import Built
from evals.datasets import Question
from evals.statistics import Estimate
from ingest.embedding import TextEmbeddings
from ingest.minilm import MiniLM

HANDED_ON: Final = 4  # chunks that the tutorial's retriever hands to a language model
WRONGLY: Final = (0.01, 0.02, 0.05, 0.10, 0.20)  # shares of the answerable refused, at which the others are counted


class Said(NamedTuple):
    """What an answer quotes, claim by claim; no claim where nothing is answered."""

    claims: tuple[tuple[Found, ...], ...]
    words: int  # as a reader meets them, lead-ins too

    @property
    def quotes(self) -> list[Found]:
        """Of all claims, in order."""
        return [found for claim in self.claims for found in claim]


NOTHING: Final = Said((), 0)
ScoreAnswer = Callable[[Question, Said], dict[str, float]]  # of one answerable question; the same metrics every time


class Answered(NamedTuple):
    """One question as the app answers it."""

    served: Said  # NOTHING where it abstains
    open: Said  # with the bar off
    confidence: float


@dataclass(frozen=True)
class AnswerRow:
    """One way of answering: means over the answerable questions, ``words`` over those of them that were answered."""

    name: str
    figures: dict[str, Estimate]


@dataclass(frozen=True)
class AnswersResult:
    """What the answers were worth; ``abstention`` is empty for a set whose questions are all answerable, or none."""

    bar: float
    rows: tuple[AnswerRow, ...]
    abstention: dict[str, Estimate]
    abstained_at: dict[str, Estimate]  # share of the unanswerable refused, by the share of the answerable that is lost


class _FixedDay(Assistant):
    """The app's assistant; "last month" counts from a fixed day, and the finder is shared with the engine beside it."""

    def __init__(
        self,
        finder: PassageFinder,
        built: Built,
        embeddings: TextEmbeddings,
        model: MiniLM | None,
        tables: NameTables,
        calibration: Calibration,
    ) -> None:
        super().__init__(built.index, embeddings, model, tables, calibration)
        self._finder = finder

    def understand(self, question: str, history: Sequence[Turn] = (), propose: Propose = by_rules) -> Understood:
        return understand(question, history, self.tables, self.index.articles(), ASKED_ON, propose)


class Answers:
    """Asks the assistant, and once more with the bar off what it does not answer."""

    def __init__(
        self,
        finder: PassageFinder,
        built: Built,
        embeddings: TextEmbeddings,
        model: MiniLM | None,
        tables: NameTables,
        calibration: Calibration | None = None,
    ) -> None:
        calibration = calibration or load_calibration()
        self.bar = calibration.bar
        parts = finder, built, embeddings, model, tables
        self._served = _FixedDay(*parts, calibration)
        self._open = _FixedDay(*parts, replace(calibration, bar=0.0))

    def ask(self, question: str) -> Answered:
        """What is said. A question that is refused, or taken for conversation, is not answered, with confidence 0."""
        try:
            answer = self._served.answer(question)
        except QuestionRefused:
            return Answered(NOTHING, NOTHING, 0.0)
        if answer.status == "conversation":
            return Answered(NOTHING, NOTHING, 0.0)
        if answer.claims:
            return Answered(_said(answer), _said(answer), answer.confidence)
        return Answered(NOTHING, _said(self._open.answer(question)), answer.confidence)


def _said(answer: Answer) -> Said:
    quotes = {one.number: Found(one.article_id, one.quote) for one in answer.citations}
    claims = tuple(tuple(quotes[number] for number in claim.citations) for claim in answer.claims)
    return Said(claims, sum(len(claim.text.split()) for claim in answer.claims))


def handed_on(ranked: Ranked) -> Said:
    """The first four chunks as if they were the answer: all that a language model would be given."""
    chunks = ranked.passages[:HANDED_ON]
    return Said(tuple((chunk,) for chunk in chunks), sum(len(chunk.text.split()) for chunk in chunks))


def measure_answers(
    bar: float,
    questions: Sequence[Question],
    answered: Sequence[Answered],
    beside: Mapping[str, Sequence[Ranked]],
    score: ScoreAnswer,
    of_claims: str,
) -> AnswersResult:
    """The app's answers, and beside them what each engine's first chunks hold, all over the same questions.

    ``of_claims``: how the names of metrics begin that chunks cannot have.
    """

    def row(name: str, said: Sequence[Said], claims: bool) -> AnswerRow:
        pairs = [pair for pair in zip(questions, said, strict=True) if pair[0].answerable]
        scores = [score(question, one) for question, one in pairs]
        names = [metric for metric in scores[0] if claims or not metric.startswith(of_claims)]
        figures = {metric: statistics.mean(np.array([one[metric] for one in scores])) for metric in names}
        words = [float(one.words) for _, one in pairs if one.claims]
        return AnswerRow(name, figures | ({"words": statistics.mean(np.array(words))} if words else {}))

    rows = [
        row("Hanmi, abstention off", [one.open for one in answered], claims=True),
        row("Hanmi, as served", [one.served for one in answered], claims=True),
        *(
            row(f"{name}, first {HANDED_ON} chunks", [handed_on(one) for one in ranked], claims=False)
            for name, ranked in beside.items()
        ),
    ]
    return AnswersResult(bar, tuple(rows), *_abstention(questions, answered))


def _abstention(
    questions: Sequence[Question], answered: Sequence[Answered]
) -> tuple[dict[str, Estimate], dict[str, Estimate]]:
    """At the bar, and at bars that lose a given share of the answerable questions."""
    answerable = np.array([question.answerable for question in questions])
    if answerable.all() or not answerable.any():
        return {}, {}
    refused = np.array([not one.served.claims for one in answered], dtype=float)
    confidence = np.array([one.confidence for one in answered])
    found = statistics.abstention(refused[answerable], refused[~answerable])
    at_bar = {
        "abstention precision": found.precision,
        "abstention recall": found.recall,
        "abstention F1": found.f1,
        "wrong abstentions": statistics.mean(refused[answerable]),
    }
    curve = {
        f"{share * 100:.0f} %": statistics.refused_at(share, confidence[answerable], confidence[~answerable])
        for share in WRONGLY
    }
    return at_bar, curve
