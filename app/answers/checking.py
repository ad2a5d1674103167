"""A sentence that a model wrote, held against what it cites: which words carry it, whose they are, what does not fit.

A citation is narrowed or moved before a sentence is given up: a model that names a whole passage, or the sentence next
to the right one, has not said anything false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.answers.foreign_words import TOGETHER, foreign_words
from app.answers.markers import Ref, Written
from app.answers.prompts import Fault
from app.answers.schema import Language
from app.answers.sent_passages import Sent
from app.answers.units import RankedSentence, Unit, grow, unit_over
from app.answers.verification import Evidence, Verdict
from app.cues import outlets_in
from app.gloss import gloss
from app.korean import read_korean
from app.labels import OPINION_KINDS
from app.names import NameTables
from app.planted import holds_planted, is_planted
from app.romanise import fold, is_hangul
from app.texts import lead_in
from ingest.articles import Article, Span
from ingest.lexical import analyse

MAX_CLAIM_CHARS = 1_000  # what is longer is no sentence that anybody checks, and would take seconds
MAX_CITED = 6  # sentences; a claim that cites more is held against the best of them
LEAST_SHARED = 0.5  # of a claim's words that a sentence must hold which it does not cite
TRIED = 3  # other sentences of the passages it cites that a claim is held against
_SAYS_OTHERWISE = ("negation", "direction", "speaker", "quotation")  # faults that no other sentence makes good
_FRAGMENT_WORDS = 8  # an item of a list with fewer, and no full stop, is read with the line above the list
_ENDS = re.compile(r"[.!?…。]['\"”’)\]]*\Z")
_FULL_STOP = re.compile(r"[.!?。]?\Z")
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]+)[”\"」』]")
_LEFT_OUT = re.compile(r"…|\.\.\.|\[[^\]]*\]")
_QUOTED_WORDS = 3  # from which words in quotation marks are a quotation, and not a way to hold a word at a distance
# Who answers is never "I" or "we": outside quotation marks that is a speaker's voice with nobody's name to it.
_FIRST_PERSON = re.compile(
    r"(?<!War )(?<!Article )(?<!Title )\bI(?=['’](?:m|ve|ll|d)\b| (?:am|was|have|had|will|would|do|did|can|could|shall"
    r"|must|want|hope|think|believe|know|look|thank|welcome|expect|ask|call|support|agree)\b)"
    r"|\b(?:[Mm]y|[Mm]yself|[Ww]e|[Oo]ur|[Oo]urselves)\b"
    r"|(?<!\w)(?:저는|제가|저희는|저희가|저희의|나는|내가|우리는|우리가|우리의)(?!\w)"
)
# Words that carry on what a sentence before has attributed.
_CARRIES_ON = re.compile(
    r"\b(?:(?:author|analyst|writer|columnist|analysis|article|column|op-ed|editorial|commentary|piece|essay|outlet)s?\b"
    r"|(?:it|he|she|they)\b.{0,40}\b(?:argu|writ|wrote|warn|say|said|add|contend|suggest|conclude|note|call|see)\w*)"
    r"|필자|저자|칼럼|사설|기고|논평|분석|이 글|해당 글",
    re.IGNORECASE,
)
Place = tuple[int, int]  # passage and sentence, both from 1


class Checks(Protocol):
    """Whoever says whether sentences carry a claim (app.answers.verification.Verifier)."""

    def check(self, claim: str, evidence: Sequence[Evidence]) -> Verdict:
        """The verdict."""
        ...


@dataclass(frozen=True)
class Checked:
    """A sentence of the model's after the check."""

    written: Written
    text: str  # with whose view it is, where it did not say so
    units: tuple[Unit, ...]  # the words that it cites
    faults: tuple[Fault, ...] = ()
    attributed: frozenset[str] = field(default_factory=frozenset)  # opinion articles whose view it says it is

    @property
    def supported(self) -> bool:
        """Whether the words that it cites carry it."""
        return not self.faults


class ClaimChecker:
    """Checks the sentences of one answer, in their order."""

    def __init__(self, sent: Sequence[Sent], verifier: Checks, tables: NameTables, language: Language) -> None:
        self._sent = sent
        self._verifier = verifier
        self._tables = tables
        self.language = language

    def check(self, written: Written, before: Checked | None = None, above: str = "") -> Checked:
        """``before``: the sentence before it in its paragraph; ``above``: the line above the list that it stands in."""
        fragment = above and not _ENDS.search(written.text) and len(written.text.split()) < _FRAGMENT_WORDS
        claim = f"{above} {written.text}" if fragment else written.text
        units, faults = self._held_against(claim, written.refs)
        # What nothing carries is put in nobody's mouth.
        text, attributed = (written.text, frozenset[str]()) if faults else self._attributed(written.text, units, before)
        return Checked(written, text, tuple(units), tuple(faults), attributed)

    def _held_against(self, claim: str, refs: Sequence[Ref]) -> tuple[list[Unit], list[Fault]]:
        """The first words among those tried that carry the claim; else the first of all, and what speaks against it.

        Tried are what it cites, as it stands, then with what that cannot be read without. Where that only lacks what
        the claim says, and does not say otherwise, the likeliest sentences of the same passages.
        """
        exact = [(ref.passage, ref.sentence) for ref in refs if ref.sentence is not None]
        whole = [ref.passage for ref in refs if ref.sentence is None]
        first: tuple[list[Unit], list[Fault]] | None = None
        if exact and not whole and len(exact) <= MAX_CITED:
            first = self._first_carrying(claim, (list(self._units(exact)), self._grown(exact)))
            if not first[1] or any(fault.code in _SAYS_OTHERWISE for fault in first[1]):
                return first
            whole = list(dict.fromkeys(passage for passage, _ in exact))
            pool = [place for place in self._places(whole) if place not in exact]
        else:
            pool = list(dict.fromkeys([*exact, *self._places(whole)]))
        likeliest = self._likeliest(claim, pool, moved=first is not None)
        found = self._first_carrying(claim, (units for place in likeliest for units in self._both(place)))
        return found if first is None or not found[1] else first

    def _first_carrying(self, claim: str, tries: Iterable[list[Unit]]) -> tuple[list[Unit], list[Fault]]:
        """The first that carry the claim; else the first, with its faults."""
        first: tuple[list[Unit], list[Fault]] | None = None
        tried: set[tuple[Span, ...]] = set()
        for units in tries:
            spans = tuple(unit.span for unit in units)
            if spans in tried:
                continue
            tried.add(spans)
            faults = self._faults(claim, units)
            if not faults:
                return units, []
            first = first or (units, faults)
        return first or ([], [Fault("no_citation", claim)])

    def _both(self, place: Place) -> Iterator[list[Unit]]:
        yield list(self._units([place]))
        yield self._grown([place])

    def _places(self, passages: Iterable[int]) -> Iterator[Place]:
        for passage in passages:
            for sentence in range(1, len(self._sent[passage - 1].spans) + 1):
                yield passage, sentence

    def _likeliest(self, claim: str, places: Sequence[Place], *, moved: bool) -> list[Place]:
        """The sentences that share most of the claim's words, best first; ``moved``: at least half of them."""
        wordings = [set(analyse(claim))]
        if any(map(is_hangul, claim)):
            wordings.append(set(analyse(gloss(read_korean(claim, self._tables)))))  # over an English article
        scored = []
        for place in places:
            own = set(analyse(self._sent[place[0] - 1].words(place[1])))
            shared = max(len(words & own) / (len(words) or 1) for words in wordings)
            if not moved or shared >= LEAST_SHARED:
                scored.append((float(shared / (1 + len(own)) ** 0.5), place))
        return [place for _, place in sorted(scored, key=lambda one: -one[0])[:TRIED]]

    def _units(self, places: Iterable[Place]) -> Iterator[Unit]:
        """The sentences as they stand, those that follow one another as one."""
        run: list[Place] = []
        for place in sorted(set(places)):
            if run and place != (run[-1][0], run[-1][1] + 1):
                yield self._unit(run)
                run = []
            run.append(place)
        if run:
            yield self._unit(run)

    def _unit(self, run: Sequence[Place]) -> Unit:
        first, last = self._found(run[0]), self._found(run[-1])
        return unit_over(self._sent[run[0][0] - 1].source, first, Span(first.span.start, last.span.end))

    def _grown(self, places: Iterable[Place]) -> list[Unit]:
        """Each sentence with what it cannot be read without; what overlaps is one."""
        grown: list[Unit] = []
        for place in sorted(set(places)):
            source, found = self._sent[place[0] - 1].source, self._found(place)
            unit = grow(source, found)
            if grown and grown[-1].source is source and unit.span.start <= grown[-1].span.end:
                start, end = grown[-1].span.start, max(grown[-1].span.end, unit.span.end)
                unit = unit_over(source, grown.pop().found, Span(start, end))
            grown.append(unit)
        return grown

    def _found(self, place: Place) -> RankedSentence:
        sent = self._sent[place[0] - 1]
        return RankedSentence(sent.passage, sent.spans[place[1] - 1], 0.0, 0.0, 1.0)

    def _faults(self, claim: str, units: Sequence[Unit]) -> list[Fault]:
        if len(claim) > MAX_CLAIM_CHARS:
            return [Fault("support", "")]
        found = list(dict.fromkeys(fault for group in _groups(claim, units) for fault in self._verified(claim, group)))
        if units and TOGETHER.search(claim) and len({unit.source.article.id for unit in units}) < 2:
            found.append(Fault("support", claim))
        found += [Fault("instruction", "") for unit in units if self._beside_an_order(unit)]
        found += [Fault("quotation", words) for words in misquoted(claim, units)]
        found += [Fault("first_person", voice[0]) for voice in [_FIRST_PERSON.search(_QUOTED.sub("", claim))] if voice]
        return found + list(foreign_words(claim, [unit.quote for unit in units]))

    def _verified(self, claim: str, units: Sequence[Unit]) -> list[Fault]:
        verdict = self._verifier.check(claim, [evidence_of(unit) for unit in units])
        return [Fault(reason.code, reason.words) for reason in verdict.reasons]

    def _beside_an_order(self, unit: Unit) -> bool:
        """Whether an order to a machine stands in the paragraphs that the unit is of."""
        text, span = unit.source.article.text, unit.span
        start = text.rfind("\n", 0, span.start) + 1
        end = text.find("\n", span.end)
        return holds_planted(text[start : end if end >= 0 else len(text)])

    def _attributed(self, text: str, units: Sequence[Unit], before: Checked | None) -> tuple[str, frozenset[str]]:
        """The sentence with whose view it is, where all that it cites is opinion and it names nobody.

        In front, with the date; in brackets at its end where the sentence before it has said so already.
        """
        articles = {unit.source.article.id: unit.source.article for unit in units}
        if not articles or not all(is_opinion(article) for article in articles.values()):
            return text, frozenset()
        attributed = frozenset(articles)
        article = units[0].source.article
        named_before = before is not None and attributed <= before.attributed
        if (named_before and _CARRIES_ON.search(text)) or any(self._names_source(text, unit) for unit in units):
            return text, attributed
        if named_before and (name := article.outlet or article.author):
            return _FULL_STOP.sub(lambda stop: f" ({' '.join(name.split())}){stop[0]}", text, count=1), attributed
        lead = lead_in(
            self.language,
            outlet=article.outlet,
            published=article.published,
            title=article.title,
            author=article.author,
        )
        return f"{' '.join(lead.split())} {text}", attributed

    def _names_source(self, text: str, unit: Unit) -> bool:
        """Whether the sentence names the outlet, the author, or who is quoted; a surname is enough."""
        article = unit.source.article
        people = [name for name in (article.author, unit.speaker, unit.quoted) if name]
        folded = f" {fold(text)} "
        if any(
            fold(word) in folded for name in people for word in name.split()[-1:] + name.split()[:1] if len(word) > 1
        ):
            return True
        known = {article.id: unit.passage.article}
        return bool(outlets_in(text, known, self._tables)) or (not article.outlet and article.title in text)


def is_opinion(article: Article) -> bool:
    """Whether the article argues."""
    return (article.kind or "").casefold() in OPINION_KINDS


def _groups(claim: str, units: Sequence[Unit]) -> list[list[Unit]]:
    """What must carry a claim: all that it cites together; each article alone where it says that all say so."""
    if not TOGETHER.search(claim):
        return [list(units)]
    articles = dict.fromkeys(unit.source.article.id for unit in units)
    return [[unit for unit in units if unit.source.article.id == one] for one in articles] or [[]]


def evidence_of(unit: Unit) -> Evidence:
    """A citation as the verifier reads it; a name in its record that is an order to a machine is none."""
    article = unit.source.article
    outlet, author = (None if name and is_planted(name) else name for name in (article.outlet, article.author))
    return Evidence(
        " ".join(unit.quote.split()),
        outlet=outlet,
        author=author,
        speaker=unit.speaker or unit.quoted,
        published=article.published,
        kind=article.kind,
    )


def misquoted(claim: str, units: Sequence[Unit]) -> list[str]:
    """Words in quotation marks, three or more, that no cited sentence has; a title may stand in them too."""
    given = [_bare(text) for unit in units for text in (unit.quote, unit.source.article.title)]
    wrong = []
    for quoted in _QUOTED.findall(claim):
        parts = [_bare(part) for part in _LEFT_OUT.split(quoted) if part.strip()]
        told = len(quoted.split()) >= _QUOTED_WORDS
        if told and not any(all(part in text for part in parts) for text in given):
            wrong.append(quoted)
    return wrong


def _bare(text: str) -> str:
    """Words and figures between single spaces: print and models differ in quotation marks, dashes, the last comma."""
    words = re.sub(r"[^\w$€£₩%]+", " ", text.casefold().replace("’", "").replace("'", "")).split()
    return f" {' '.join(words)} "
