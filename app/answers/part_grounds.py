"""What each part of a question stands on, and sentences such that no part which is answered goes without one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.answers.confidence import Calibration, signals_of
from app.answers.units import RankedSentence, Source, Unit, choose_units, rank_sentences
from app.question import Understood
from app.retrieval import Passage
from app.splitting import asked_in

COVERED: Final = 0.9  # of the score of a part's best sentence: one that scores as much answers the part too
# How likely a part must be answered where the question as a whole is not. Above the bar: a short part that is about
# something else stands little below it.
ALONE: Final = 0.5
DOUBTFUL: Final = (
    0.5  # of the bar: a part that stands above that is told by its best sentence, if that is quoted anyway
)


@dataclass(frozen=True)
class PartGround:
    """A part of a question, its sentences best first, and how likely they answer it."""

    question: Understood
    ranked: tuple[RankedSentence, ...]
    confidence: float
    bar: float  # from which confidence on it counts as answered

    @property
    def asked(self) -> str:
        """The part in words."""
        return asked_in(self.question.standalone)

    @property
    def answerable(self) -> bool:
        """Whether its sentences answer it."""
        return self.confidence >= self.bar and bool(self.ranked)

    def told_by(self, units: Sequence[Unit]) -> bool:
        """Whether one of the units holds the part's best sentence, or one hardly worse, and that may answer it."""
        good = [one for one in self.ranked if one.score >= COVERED * self.ranked[0].score]
        told = any(_holds(unit, sentence) for unit in units for sentence in good)
        return told and self.confidence >= DOUBTFUL * self.bar


def part_ground(question: Understood, passages: Sequence[Passage], calibration: Calibration) -> PartGround:
    """What a part's passages say of it; of a part that asks an outlet, that outlet's alone."""
    if question.outlets:
        passages = [passage for passage in passages if passage.article.outlet in question.outlets]
    ranked = rank_sentences(asked_in(question.standalone), passages)
    confidence = calibration.probability(signals_of(question, passages, ranked))
    return PartGround(question, tuple(ranked), confidence, calibration.bar)


def units_for_parts(
    ranked: Sequence[RankedSentence], parts: Sequence[PartGround], open_source: Callable[[str], Source | None]
) -> list[Unit]:
    """The units that answer the whole question, and the best of each part that they leave out.

    ``ranked``: the whole question's sentences, none where they do not answer. ``open_source``: see ``choose_units``.
    """
    units = choose_units(ranked, open_source)
    missing = [part.ranked[0] for part in parts if part.answerable and not part.told_by(units)]
    return choose_units(ranked, open_source, first=[*ranked[:1], *missing]) if missing else units


def _holds(unit: Unit, sentence: RankedSentence) -> bool:
    same = unit.source.article.id == sentence.passage.chunk.article_id
    return same and unit.span.start < sentence.span.end and sentence.span.start < unit.span.end
