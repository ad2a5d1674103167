"""Whether cited sentences carry a claim: its figures, dates and names, what it affirms and denies, what it is about.

Rules first, each with a reason a reader can check; where the embedded model is there, it says whether the claim's words
are met at all. Nothing here writes or repairs a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.answers import moments, quantities
from app.answers.actors import Named, named
from app.answers.alignment import Alignment
from app.answers.bindings import Figure, figures_of, misplaced
from app.answers.moments import Moment, moments_in
from app.answers.order import exchanged_times, turned_ways
from app.answers.overclaims import overclaims
from app.answers.polarity import contradictions
from app.answers.proper_names import KnownNames, Mention, mentions_in
from app.answers.quantities import Quantity, quantities_in
from app.answers.roles import exchanged_roles
from app.answers.statements import Statement, read_statement
from app.answers.support import unsupported
from app.answers.told_by import claimed_speakers, is_told_by
from app.names import NameTables
from ingest.articles import Span
from ingest.minilm import MiniLM

Code = Literal["no_citation", "number", "date", "name", "negation", "direction", "speaker", "support"]


MAX_CLAIM_CHARS = 2_000
_SHOWN_CHARS = 80


@dataclass(frozen=True)
class Evidence:
    """A cited sentence, or the run of sentences that a citation covers, and whose it is."""

    text: str
    outlet: str | None = None
    author: str | None = None
    speaker: str | None = None
    published: str | None = None  # a partial ISO date
    kind: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a claim is not carried, and the words of the claim that it is about."""

    code: Code
    words: str


@dataclass(frozen=True)
class Verdict:
    """``supported`` where there is no reason against it."""

    reasons: tuple[Reason, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether nothing speaks against the claim."""
        return not self.reasons


class Verifier:
    """Checks claims against the sentences they cite; may be shared by threads."""

    def __init__(self, tables: NameTables, model: MiniLM | None) -> None:
        """``model`` None: support is judged by shared words."""
        self._tables = tables
        self._model = model

    def check(self, claim: str, evidence: Sequence[Evidence]) -> Verdict:
        """Every reason against the claim, figures first; ``no_citation`` alone where there is no evidence.

        Of a claim over MAX_CLAIM_CHARS, which is no sentence, only the beginning is given, as unsupported.
        """
        if not any(one.text.strip() for one in evidence):
            return Verdict((Reason("no_citation", claim.strip()),))
        if len(claim) > MAX_CLAIM_CHARS:
            return Verdict((Reason("support", claim[:_SHOWN_CHARS].strip()),))
        case = _Case(claim, evidence, self._tables, self._model)
        checks = (_numbers, _dates, _names, _polarity, _exchanges, _speakers, _overclaims, _support)
        return Verdict(tuple(dict.fromkeys(reason for check in checks for reason in check(case))))


class _Case:
    """A claim and its evidence, read once for all checks; Korean figures and dates are read in English."""

    def __init__(self, claim: str, evidence: Sequence[Evidence], tables: NameTables, model: MiniLM | None) -> None:
        self.written = claim
        self.evidence = evidence
        self.tables = tables
        self.model = model
        self.source = "\n".join(
            " ".join(filter(None, (one.outlet, one.author, one.speaker, one.kind))) for one in evidence
        )
        self.korean = bool(re.search("[가-힣]", claim))
        self.claim = _figures(claim)
        self.given_text = "\n".join(one.text for one in evidence)
        self.given = [_figures(one.text) for one in evidence]

    @cached_property
    def mentions(self) -> list[Mention]:
        return mentions_in(self.written, self.tables)

    @cached_property
    def moments(self) -> list[Moment]:
        return moments_in(self.claim, _published(self.evidence))

    @cached_property
    def given_moments(self) -> list[tuple[Moment, str | None]]:
        return [
            (moment, one.published)
            for one, text in zip(self.evidence, self.given, strict=True)
            for moment in moments_in(text, one.published)
        ]

    @cached_property
    def quantities(self) -> list[Quantity]:
        named = [Span(hit.start, hit.end) for hit in self.tables.find(self.claim)]  # "World War II", "38th parallel"
        return quantities_in(self.claim, [*(Span(moment.start, moment.end) for moment in self.moments), *named])

    @property
    def given_quantities(self) -> list[Quantity]:
        return [figure.quantity for figure in self.given_figures]

    @cached_property
    def statement(self) -> Statement:
        return read_statement(self.written, self.tables)

    @cached_property
    def given_statement(self) -> Statement:
        return read_statement(self.given_text, self.tables)

    @cached_property
    def figures(self) -> list[Figure]:
        return figures_of(self.claim, self.quantities, read_statement(self.claim, self.tables))

    @cached_property
    def given_figures(self) -> list[Figure]:
        found = []
        for one, text in zip(self.evidence, self.given, strict=True):
            dates = [Span(moment.start, moment.end) for moment in moments_in(text, one.published)]
            found += figures_of(text, quantities_in(text, dates), read_statement(text, self.tables))
        return found

    @cached_property
    def alignment(self) -> Alignment:
        return Alignment.of(self.written, f"{self.given_text}\n{self.source}", self.model)

    @cached_property
    def names(self) -> KnownNames:
        return KnownNames(self.given_text, self.source, self.tables, [one.published for one in self.evidence])


def _figures(text: str) -> str:
    return quantities.figures_in_english(moments.dates_in_english(text))


def _published(evidence: Sequence[Evidence]) -> str | None:
    """The date that the evidence agrees on; None where its articles are of different days."""
    dates = {one.published for one in evidence}
    return dates.pop() if len(dates) == 1 else None


def _numbers(case: _Case) -> Iterator[Reason]:
    for claimed in case.quantities:
        given = case.given_quantities
        if claimed.unit == "" and (claimed.value in case.names.counted or _listed(claimed, case)):
            continue  # "the three advisors": three are named
        if _is_day(claimed, case):
            continue
        if not any(quantities.bears_out(claimed, one) for one in given) and not quantities.derived(claimed, given):
            yield Reason("number", claimed.written)
    if case.korean:  # the words around a figure stand in another order there
        return
    for quantity in misplaced(case.figures, case.given_figures):
        yield Reason("number", quantity.written)


def _is_day(claimed: Quantity, case: _Case) -> bool:
    """Whether it is a day that the evidence names with its month: "from the 25th to the 29th"."""
    written = claimed.unit == "ordinal" and claimed.written[0].isdigit()
    return (written or (case.korean and claimed.unit == "")) and any(
        claimed.value == moment.day for moment, _ in case.given_moments
    )


def _listed(claimed: Quantity, case: _Case) -> bool:
    """Whether the evidence lists so many of what is counted: "Proclamation 1, Proclamation 2" are two proclamations."""
    noun = next((word.stems for word in case.statement.words if word.start >= claimed.end), frozenset[str]())
    return not case.korean and sum(bool(word.stems & noun) for word in case.given_statement.words) == claimed.value > 1


def _dates(case: _Case) -> Iterator[Reason]:
    for claimed in case.moments:
        if any(moments.bears_out(claimed, given, published) for given, published in case.given_moments):
            continue
        own = [moments.published_moment(one.published) for one in case.evidence]
        if any(day and moments.bears_out(claimed, day) for day in own):
            continue
        yield Reason("date", claimed.written)


def _names(case: _Case) -> Iterator[Reason]:
    for mention in case.mentions:
        if not case.names.hold(mention):
            yield Reason("name", mention.written)


def _polarity(case: _Case) -> Iterator[Reason]:
    for against in contradictions(case.statement, case.given_statement, case.alignment):
        yield Reason(against.kind, case.written[against.word.start : against.word.end])


def _exchanges(case: _Case) -> Iterator[Reason]:
    claimed = _named(case.mentions, case.statement)
    held = _named(mentions_in(case.given_text, case.tables), case.given_statement)
    found = [
        *exchanged_roles(case.statement, case.given_statement, claimed, held),
        *exchanged_times(case.statement, case.given_statement),
        *turned_ways(case.statement, case.given_statement),
    ]
    for exchanged in found:
        yield Reason("direction", case.written[exchanged.start : exchanged.end])


def _named(mentions: Sequence[Mention], statement: Statement) -> list[Named]:
    known = [(one.start, one.end, one.written, one.name.name if one.name else None) for one in mentions]
    return named(known, statement)


def _speakers(case: _Case) -> Iterator[Reason]:
    texts = [one.text for one in case.evidence]
    speakers = [one.speaker for one in case.evidence if one.speaker]
    sources = [source for one in case.evidence for source in (one.author, one.outlet) if source]
    sources += [] if speakers else case.names.holders
    for speaker in claimed_speakers(case.written, case.tables):
        if not is_told_by(speaker, texts, speakers, sources, case.tables):
            yield Reason("speaker", speaker)


def _support(case: _Case) -> Iterator[Reason]:
    for words in unsupported(case.written, case.statement, case.given_statement, case.alignment):
        yield Reason("support", words)


def _overclaims(case: _Case) -> Iterator[Reason]:
    for words in overclaims(case.written, case.given_text):
        yield Reason("support", words)
