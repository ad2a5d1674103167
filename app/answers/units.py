"""Which of the passages' sentences answer, and how much of the article each has to bring along to be read alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answers.asked_for import asked_for
from app.retrieval import Passage
from ingest.articles import Article, Mark, Span
from ingest.lexical import analyse
from ingest.quotations import opens_with_pronoun, quotation_runs, quoted_speaker
from ingest.sentences import split_sentences

MAX_UNITS = 5
# How much of a sentence's score comes from elsewhere: 0.1 for its passage's rank, 0.1 for holding what was asked for
# (a number, a date, a name). Chosen on half of our own cases; on the other half they added 3 points (2026-11-24).
PASSAGE_SHARE = 0.1
KIND_SHARE = 0.1
KEPT = 0.72  # of the best sentence's score that a further one needs
SAME_WORDS = 0.85  # share of words in common from which two sentences say the same
MIN_WORDS = 4  # a shorter line is a heading, a name or a greeting
MAX_UNIT_SENTENCES = 6  # a quotation that runs longer is cited from the sentence that was found
_QUESTION = re.compile(r"\?[\"”’')\]]*\Z")


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


@dataclass(frozen=True)
class RankedSentence:
    """A sentence of a passage with its score for the question."""

    passage: Passage
    span: Span
    score: float
    late: float  # late interaction alone, comparable between questions
    holds: float  # whether it holds the kind of thing asked for; 1 when the question asks for no such kind


def rank_sentences(question: str, passages: Sequence[Passage]) -> list[RankedSentence]:
    """The sentences that lie whole in the passages, best first.

    Headings, questions and lines of under four words are left out. A sentence in two passages (chunks overlap) counts
    once, with the better score.
    """
    best: dict[tuple[str, Span], RankedSentence] = {}
    top = max((passage.score for passage in passages), default=0.0)
    asked = asked_for(question)
    for passage in passages:
        chunk = passage.chunk
        headings = {(mark.start, mark.end) for mark in chunk.marks if mark.kind == "heading"}
        for span, late in zip(chunk.sentences, passage.sentences, strict=True):
            if span in headings or span.start < chunk.start or span.end > chunk.end:
                continue
            words = chunk.text[span.start - chunk.start : span.end - chunk.start]
            if len(words.split()) < MIN_WORDS or _QUESTION.search(words):
                continue
            share = passage.score / top if top > 0 else 0.0
            holds = asked.held_by(words) if asked else 1.0
            score = late + PASSAGE_SHARE * share + KIND_SHARE * holds
            known = best.get((chunk.article_id, span))
            if known is None or score > known.score:
                best[chunk.article_id, span] = RankedSentence(passage, span, score, late, holds)
    return sorted(best.values(), key=lambda sentence: -sentence.score)


def choose_units(
    ranked: Sequence[RankedSentence], open_source: Callable[[str], Source | None], kept: float = KEPT
) -> list[Unit]:
    """At most five units, best first: none that says what a better one says, none far below the best.

    ``open_source`` gives an article by its id, None when it has just gone. ``kept``: see KEPT.
    """
    units: list[Unit] = []
    said: list[frozenset[str]] = []
    for sentence in ranked:
        if len(units) == MAX_UNITS or sentence.score < kept * ranked[0].score:
            break
        source = open_source(sentence.passage.chunk.article_id)
        if source is None:
            continue
        unit = _grow(source, sentence)
        words = frozenset(analyse(unit.quote))
        if any(_overlap(unit, other) for other in units) or any(_alike(words, other) for other in said):
            continue
        units.append(unit)
        said.append(words)
    return units


def _grow(source: Source, sentence: RankedSentence) -> Unit:
    """The sentence with what it cannot be read without."""
    first, end = _indexes(source, sentence.span)
    for run_first, run_end in source.runs:
        if run_first < end and first < run_end and run_end - run_first <= MAX_UNIT_SENTENCES:
            first, end = min(first, run_first), max(end, run_end)
    while first > 0 and end - first < MAX_UNIT_SENTENCES and _needs_previous(source, first):
        first -= 1
    span = Span(source.sentences[first].start, source.sentences[end - 1].end)
    before = source.words(source.sentences[first - 1]) if first else ""
    speaker = next((mark.label for mark in source.marks_at(sentence.span.start, "speaker")), None)
    return Unit(
        source=source,
        passage=sentence.passage,
        span=span,
        found=sentence,
        speaker=speaker,
        quoted=quoted_speaker(source.words(sentence.span), before),
        caption=any(source.marks_at(sentence.span.start, "caption")),
    )


def _indexes(source: Source, span: Span) -> tuple[int, int]:
    """The half-open range of sentence indexes that hold the span."""
    starts = [sentence.start for sentence in source.sentences]
    first = max(0, bisect_right(starts, span.start) - 1)
    return first, max(first + 1, bisect_right(starts, span.end - 1))


def _needs_previous(source: Source, index: int) -> bool:
    """Whether the sentence opens with a pronoun, and the one before it is prose of the same speaker."""
    here, before = source.sentences[index], source.sentences[index - 1]
    if not opens_with_pronoun(source.words(here)) or any(source.marks_at(before.start, "heading")):
        return False
    return list(source.marks_at(here.start, "speaker")) == list(source.marks_at(before.start, "speaker"))


def _overlap(one: Unit, other: Unit) -> bool:
    same = one.source.article.id == other.source.article.id
    return same and one.span.start < other.span.end and other.span.start < one.span.end


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) / len(one | other) >= SAME_WORDS
