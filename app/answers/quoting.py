"""Whether the passages answer, and the answer that quotes them: status, notices, nearest passages, the gist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answers.about import rank_for_gist
from app.answers.asked_for import asked_for
from app.answers.confidence import Calibration, outlets_missing, signals_of
from app.answers.extractive import Composed, basis_of, cite, compose
from app.answers.part_grounds import ALONE, PartGround, part_ground, units_for_parts
from app.answers.schema import Answer, Citation, Notice, Status
from app.answers.sources import Sources
from app.answers.units import RankedSentence, Unit, choose_units, rank_sentences
from app.apart import with_parts
from app.labels import KIND_WORDS, OPINION_KINDS
from app.question import Understood
from app.retrieval import Passage
from app.texts import notice, text
from ingest.index import Index
from ingest.records import ArticleRecord, Filters
from ingest.tables import matches

NEAREST = 3  # passages shown where the articles don't say


@dataclass(frozen=True)
class Ground:
    """What an answer stands on, whoever gives it."""

    draft: Answer  # says nothing yet; with its confidence, and notices on the search
    question: Understood
    passages: tuple[Passage, ...]  # best first
    ranked: tuple[RankedSentence, ...]  # their sentences, best first
    answerable: bool  # by the calibrated bar
    absent: tuple[Notice, ...] = ()  # outlets that the question asks for and no article is of
    parts: tuple[PartGround, ...] = ()  # of a question that is searched in parts
    whole: bool = True  # whether the question as a whole is answerable, and not a part of it alone


class Quoter:
    """Answers with the articles' own sentences; threads may share it."""

    def __init__(self, index: Index, sources: Sources, calibration: Calibration) -> None:
        self._index = index
        self._sources = sources
        self._calibration = calibration

    def ground(
        self, draft: Answer, question: Understood, passages: Sequence[Passage], apart: Sequence[Sequence[Passage]] = ()
    ) -> Ground:
        """How likely the passages answer, and which of their sentences do. ``apart``: the passages of each part."""
        ranked = rank_sentences(question.standalone, passages)
        confidence = self._calibration.probability(signals_of(question, passages, ranked))
        missing = outlets_missing(question, passages)
        absent = (notice("outlet_absent", draft.language, outlets=", ".join(missing)),) if missing else ()
        whole = confidence >= self._calibration.bar and bool(ranked)
        parts = [part_ground(*one, self._calibration) for one in zip(question.apart, apart, strict=True)]
        if not whole:
            parts = [replace(part, bar=max(part.bar, ALONE)) for part in parts]
            confidence = max([confidence, *(part.confidence for part in parts if part.answerable)])
        answerable = whole or any(part.answerable for part in parts)
        draft = replace(draft, confidence=round(confidence, 3))
        found = tuple(with_parts(passages, apart))
        return Ground(draft, question, found, tuple(ranked), answerable, absent, tuple(parts), whole)

    def answer(self, ground: Ground, why: Notice, filters: Filters | None) -> Answer:
        """The best sentences, or that the articles don't say. ``why``: the notice that no model wrote it."""
        draft = replace(ground.draft, notices=(why, *ground.draft.notices))
        ranked = ground.ranked if ground.whole else ()
        units = units_for_parts(ranked, ground.parts, self._sources.open) if ground.answerable else []
        if not units:
            return self._nothing(draft, ground, *ground.absent, *self._shut_out(draft, filters))
        composed = compose(ground.question.standalone, units, draft.language, ground.question.matches)
        missing = [*ground.absent, *gaps(ground.question, units), *unanswered(ground, units)]
        status: Status = "partial" if missing else "answered"
        return with_composed(replace(draft, status=status, notices=(*draft.notices, *missing)), composed)

    def nothing(self, ground: Ground, why: Notice) -> Answer:
        """That the articles don't say, as ``why`` has it, with the passages that come closest."""
        return self._nothing(replace(ground.draft, notices=(why, *ground.draft.notices)), ground, *ground.absent)

    def gist(self, draft: Answer, record: ArticleRecord) -> Ground | None:
        """What the gist of an article is told from; None where it has no whole sentence."""
        source = self._sources.open(record.id)
        ranked = rank_for_gist(source, record, self._index.chunks(record.chunk_ids)) if source else []
        if not ranked:
            return None
        asked = draft.standalone_question
        question = Understood(draft.question, asked, draft.language, asked, asked)
        draft = replace(draft, confidence=1.0, notices=(*draft.notices, notice("gist", draft.language)))
        by_chunk = {sentence.passage.chunk.chunk_id: sentence.passage for sentence in ranked}
        return Ground(draft, question, tuple(by_chunk.values()), tuple(ranked), answerable=True)

    def _nothing(self, draft: Answer, ground: Ground, *why: Notice) -> Answer:
        """No claim; the passages that come closest, each once."""
        near: dict[str, RankedSentence] = {}
        for sentence in ground.ranked:
            near.setdefault(sentence.passage.chunk.chunk_id, sentence)
        units = choose_units(list(near.values())[:NEAREST], self._sources.open, kept=0.0)
        return replace(
            draft,
            status="not_in_corpus",
            text=text("not_in_corpus", draft.language),
            nearest=tuple(cite(unit, number) for number, unit in enumerate(units, 1)),
            notices=(*draft.notices, *why),
        )

    def _shut_out(self, draft: Answer, filters: Filters | None) -> list[Notice]:
        """That the filter leaves nothing, where no article passes it."""
        if not filters or any(matches(article, filters) for article in self._index.articles().values()):
            return []
        return [notice("filter_empty", draft.language, filters=filter_words(filters))]


def with_composed(draft: Answer, composed: Composed) -> Answer:
    """The draft with what was composed, and what a reader should know of its sources."""
    return replace(
        draft,
        text=composed.text,
        claims=composed.claims,
        citations=composed.citations,
        basis=basis_of(composed.citations),
        notices=(*draft.notices, *_about_sources(draft, composed.citations)),
    )


def gaps(question: Understood, units: Sequence[Unit]) -> list[Notice]:
    """What the question asks and the chosen sentences do not give."""
    found = []
    asked = asked_for(question.standalone)
    if asked and not any(asked.held_by(unit.quote) for unit in units):
        kind = KIND_WORDS[question.language][asked.kind]
        found.append(notice("kind_missing", question.language, kind=kind))
    cited = {unit.source.article.outlet for unit in units}
    silent = [outlet for outlet in question.outlets if outlet not in cited]
    if len(question.outlets) > 1 and silent:
        found.append(notice("outlet_missing", question.language, outlets=", ".join(silent)))
    return found


def unanswered(ground: Ground, units: Sequence[Unit]) -> list[Notice]:
    """The parts of the question that no sentence answers; of outlets that say nothing ``gaps`` and ``absent`` tell."""
    silent = [part for part in ground.parts if not part.answerable and not part.told_by(units)]
    told = [part for part in silent if part.question.outlets or (ground.absent and part.question.absent_outlets)]
    asked = [part.asked for part in silent if part not in told]
    return [notice("part_unanswered", ground.draft.language, parts=" / ".join(asked))] if asked else []


def filter_words(filters: Filters | None) -> str:
    """A reader's filter in words; "" without one."""
    if not filters:
        return ""
    dates = f"{filters.published_from or '…'} – {filters.published_to or '…'}"
    named = [*filters.outlets, *filters.kinds, *([dates] if filters.published_from or filters.published_to else [])]
    return ", ".join(named)


def _about_sources(draft: Answer, citations: Sequence[Citation]) -> list[Notice]:
    """What a reader should know of what is cited."""
    told = []
    if all((citation.kind or "").casefold() in OPINION_KINDS for citation in citations):
        told.append(notice("opinion", draft.language))
    if any("instruction" in citation.flags for citation in citations):
        told.append(notice("instruction_in_article", draft.language))
    return told
