"""Which of the passages' sentences answer, and how much of the article each has to bring along to be read alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.answers.asked_for import asked_for
from app.retrieval import Passage
from ingest.articles import Article, Mark, Span
from ingest.chunking import Chunk
from ingest.lexical import analyse
from ingest.quotations import opens_with_pronoun, quotation_runs, quoted_speaker
from ingest.sentences import split_sentences

MAX_UNITS = 5
# How much of a sentence's score comes from elsewhere: 0.1 for its passage's rank, 0.1 for holding what was asked for
# (a number, a date, a name). Chosen on half of our own cases; on the other half they added 3 points (2026-11-24).
PASSAGE_SHARE = 0.1
KIND_SHARE = 0.1
# … and for its article being of the outlet, kind or time that the question names. Without it 25 of the 49 White House
# questions that name one were given a sentence that answers, with 0.1 it is 29, with 0.2 it is 32 (2026-11-24).
LIFT_SHARE = 0.2
KEPT = 0.72  # of the best sentence's score that a further one needs
SAME_WORDS = 0.85  # share of words in common from which two sentences say the same
MAX_WORDS = 120  # a longer "sentence" is a legal list of clauses; nobody checks that in a second
MIN_WORDS = 4  # a shorter line is a heading, a name or a greeting
MAX_UNIT_SENTENCES = 6  # a quotation that runs longer is cited from the sentence that was found
MAX_BEFORE = 2  # sentences that pronouns bring along
_QUESTION = re.compile(r"\?[\"”’')\]]*\Z")
_KOREAN = re.compile(r"\s\S*다[.!][\"”’')\]]*\Z")  # two words make a sentence: 대통령은 사임했다.
# What stands before the words of a turn or a caption.
_LABELS = {
    "speaker": re.compile(r"(?:Q(?:[:.]|(?=\s))|(?:[^\s:]+ ){0,9}?[^\s:]+ ?:(?=[\s“\"(A-Z]))\s*"),
    "caption": re.compile(r"(?:Caption|사진 ?설명)\s*:\s*", re.IGNORECASE),
}
_CREDIT = re.compile(r"(?:(?:photo )?credit|photo|사진)\s*:", re.IGNORECASE)


class Source:
    """An article of the index with its sentences, and which of them a quotation ties together."""

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def sentences(self) -> list[Span]:
        """All sentences in order."""
        return split_sentences(self.article.text)

    @cached_property
    def runs(self) -> list[tuple[int, int]]:
        """Ranges of sentence indexes that a quotation ties together, half open."""
        return quotation_runs(self.article.text, self.sentences)

    def marks_at(self, start: int, kind: str) -> Iterator[Mark]:
        """The marks of that kind which cover the character."""
        return (mark for mark in self.article.marks if mark.kind == kind and mark.start <= start < mark.end)

    def words(self, span: Span) -> str:
        """The article's words there."""
        return self.article.text[span.start : span.end]


@dataclass(frozen=True)
class Unit:
    """What one claim quotes: a sentence, or the run of sentences that a quotation or a pronoun ties to it."""

    source: Source
    passage: Passage
    span: Span
    found: RankedSentence  # the sentence that was found
    speaker: str | None  # whose turn it is in a transcript
    quoted: str | None  # who is quoted or paraphrased in it
    caption: bool

    @property
    def quote(self) -> str:
        """The article's own words."""
        return self.source.words(self.span)

    @cached_property
    def words(self) -> frozenset[str]:
        """The quotation's words as the lexical index sees them, to compare two."""
        return frozenset(analyse(self.quote))


@dataclass(frozen=True)
class RankedSentence:
    """A sentence of a passage with its score for the question."""

    passage: Passage
    span: Span
    score: float
    late: float  # late interaction alone, comparable between questions
    holds: float  # whether it holds the kind of thing asked for; 1 when the question asks for no such kind


def rank_sentences(question: str, passages: Sequence[Passage]) -> list[RankedSentence]:
    """The sentences of the passages, best first.

    Those that do not stand alone are left out. A sentence in two passages (chunks overlap, and one too long for a
    chunk is cut) counts once, with the better score.
    """
    best: dict[tuple[str, Span], RankedSentence] = {}
    top = max((passage.score for passage in passages), default=0.0)
    lift = max((passage.parts.lift for passage in passages), default=0.0)
    asked = asked_for(question)
    for passage in passages:
        chunk = passage.chunk
        for span, late in zip(chunk.sentences, passage.sentences, strict=True):
            if not stands_alone(chunk, span):
                continue
            words = words_in(chunk, span)
            share = passage.score / top if top > 0 else 0.0
            lifted = passage.parts.lift / lift if lift > 0 else 0.0
            holds = asked.held_by(words) if asked else 1.0
            score = late + PASSAGE_SHARE * share + KIND_SHARE * holds + LIFT_SHARE * lifted
            known = best.get((chunk.article_id, span))
            if known is None or score > known.score:
                best[chunk.article_id, span] = RankedSentence(passage, span, score, late, holds)
    return sorted(best.values(), key=lambda sentence: -sentence.score)


def words_in(chunk: Chunk, span: Span) -> str:
    """The chunk's words there; of a sentence that the chunk cuts, its part."""
    return chunk.text[max(0, span.start - chunk.start) : span.end - chunk.start]


def stands_alone(chunk: Chunk, span: Span) -> bool:
    """Whether a sentence can be an answer: no heading or question, no line of under four words or list of over 120."""
    if any(mark.kind == "heading" and (mark.start, mark.end) == span for mark in chunk.marks):
        return False
    words = words_in(chunk, span)
    count = len(words.split())
    if _QUESTION.search(words) or count > MAX_WORDS:
        return False
    return count >= MIN_WORDS or bool(_KOREAN.search(words))


def choose_units(
    ranked: Sequence[RankedSentence],
    open_source: Callable[[str], Source | None],
    kept: float = KEPT,
    first: Sequence[RankedSentence] = (),
) -> list[Unit]:
    """At most five units, best first: none that says what a better one says, none far below the best.

    ``open_source`` gives an article by its id, None when it has just gone. ``kept``: see KEPT. ``first``: sentences
    that come before all others, however they score.
    """
    units: list[Unit] = []
    for place, sentence in enumerate((*first, *ranked)):
        if len(units) == MAX_UNITS or (place >= len(first) and sentence.score < kept * ranked[0].score):
            break
        chunk = sentence.passage.chunk
        source = open_source(chunk.article_id)
        if source is None or source.article.version != chunk.version:  # replaced while the question was answered
            continue
        unit = grow(source, sentence)
        shared = [other for other in units if _overlap(unit, other)]
        if shared:
            units = _joined(units, shared, unit)
        elif not any(_alike(unit.words, other.words) for other in units):
            units.append(unit)
    return units


def _joined(units: Sequence[Unit], shared: Sequence[Unit], unit: Unit) -> list[Unit]:
    """The units with those that the new one shares sentences with made one, unless that got too long."""
    spans = [unit.span, *(other.span for other in shared)]
    whole = Span(min(span.start for span in spans), max(span.end for span in spans))
    first, end = _indexes(unit.source, whole)
    if end - first > MAX_UNIT_SENTENCES:
        return list(units)
    joined = replace(shared[0], span=whole)
    return [joined if other is shared[0] else other for other in units if other is shared[0] or other not in shared]


def grow(source: Source, sentence: RankedSentence) -> Unit:
    """The sentence with what it cannot be read without."""
    found, end = _indexes(source, sentence.span)
    first, end = _with_runs(source, found, end)
    for _ in range(MAX_BEFORE):
        if first == 0 or end - first >= MAX_UNIT_SENTENCES or not _needs_previous(source, first):
            break
        first, end = _with_runs(source, first - 1, end)
    return unit_over(source, sentence, Span(source.sentences[first].start, source.sentences[end - 1].end))


def unit_over(source: Source, sentence: RankedSentence, span: Span) -> Unit:
    """Whole sentences as a unit, the label of a turn left out; who speaks is told by the one that was found."""
    found, _ = _indexes(source, sentence.span)
    before = source.words(source.sentences[found - 1]) if found else ""
    speaker = next((mark.label for mark in source.marks_at(sentence.span.start, "speaker")), None)
    return Unit(
        source=source,
        passage=sentence.passage,
        span=Span(_after_label(source, source.sentences[_indexes(source, span)[0]]), span.end),
        found=sentence,
        speaker=speaker,
        quoted=quoted_speaker(source.words(sentence.span), before),
        caption=any(source.marks_at(sentence.span.start, "caption")),
    )


def _with_runs(source: Source, first: int, end: int) -> tuple[int, int]:
    """The range grown by the quotations that it cuts, as far as one voice speaks and the unit does not get too long."""
    for run_first, run_end in source.runs:
        grown = min(first, run_first), max(end, run_end)
        cuts = run_first < end and first < run_end
        if cuts and grown[1] - grown[0] <= MAX_UNIT_SENTENCES and _one_voice(source, run_first, run_end - 1):
            first, end = grown
    return first, end


def _after_label(source: Source, sentence: Span) -> int:
    """Where its words begin: behind "PRESIDENT YOON:" or "Caption:", which the lead-in says already."""
    for kind, label in _LABELS.items():
        if any(mark.start == sentence.start for mark in source.marks_at(sentence.start, kind)):
            match = label.match(source.article.text, sentence.start, sentence.end)
            if match and match.end() < sentence.end:
                return match.end()
    return sentence.start


def _indexes(source: Source, span: Span) -> tuple[int, int]:
    """The half-open range of sentence indexes that hold the span."""
    starts = [sentence.start for sentence in source.sentences]
    first = max(0, bisect_right(starts, span.start) - 1)
    return first, max(first + 1, bisect_right(starts, span.end - 1))


def _needs_previous(source: Source, index: int) -> bool:
    """Whether the sentence cannot do without the one before it, and that is prose of the same speaker.

    It opens with a pronoun, or it is the credit line of a caption.
    """
    here, before = source.words(source.sentences[index]), source.sentences[index - 1]
    if any(source.marks_at(before.start, "heading")) or not _one_voice(source, index - 1, index):
        return False
    return opens_with_pronoun(here) or bool(_CREDIT.match(here))


def _one_voice(source: Source, first: int, last: int) -> bool:
    """Whether two sentences, by index, stand in the same turn of a transcript, and in the same caption or none."""
    return all(
        list(source.marks_at(source.sentences[first].start, kind))
        == list(source.marks_at(source.sentences[last].start, kind))
        for kind in _LABELS
    )


def _overlap(one: Unit, other: Unit) -> bool:
    same = one.source.article.id == other.source.article.id
    return same and one.span.start < other.span.end and other.span.start < one.span.end


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Nearly the same words, and not a figure or a date between them that differs: yearly notices are not the same."""
    if not (one and other) or len(one & other) / len(one | other) < SAME_WORDS:
        return False
    return not any(token[0].isdigit() for token in one ^ other)
