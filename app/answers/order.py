"""What comes before what, and what is for or against what: whether a claim keeps its evidence's order of things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from app.answers.english_words import Word
from app.answers.statements import Statement

_SENTENCE_END = frozenset(".!?;")
_EARLIER = (
    ("followed", "by"),
    ("preceded",),
    ("precede",),
    ("precedes",),
    ("ahead", "of"),
    ("prior", "to"),
    ("before",),
    ("until",),
    ("till",),
    ("leading", "up", "to"),
)
_LATER = (
    ("follows",),
    ("followed",),
    ("preceded", "by"),
    ("follows", "up", "on"),
    ("in", "the", "wake", "of"),
    ("after",),
    ("following",),
    ("since",),
    ("once",),
)
_NO_ORDER = frozenset(
    ("by", "day", "week", "month", "year", "days", "weeks", "months", "years")
)  # "the following week"
_MAX_GAP = 9  # tokens between "from" and "to"
_REACH = 7  # words on either side of "before" that say what it parts, and …
_RANK_REACH = 4  # … of "over"


@dataclass(frozen=True)
class Exchanged:
    """Words of a claim whose order the evidence has the other way round: ``start`` to ``end`` in the claim."""

    start: int
    end: int


def turned_ways(claim: Statement, given: Statement) -> Iterator[Exchanged]:
    """What the claim says is for something and the evidence against it, or the other way round."""
    ways = {stem: way for word, way in _ways_taken(given) for stem in word.stems}
    for word, way in _ways_taken(claim):
        if any(ways.get(stem, way) != way for stem in word.stems):
            yield Exchanged(word.start, word.end)


def _ways_taken(statement: Statement) -> Iterator[tuple[Word, str]]:
    places = {start: at for at, (start, _, _) in enumerate(statement.tokens)}
    for word in statement.words:
        behind = [token[2] for token in statement.tokens[places[word.start] + 1 :][:2]] if word.start in places else []
        way = next((one for one in behind if one in ("for", "against")), None)
        if way:
            yield word, way


def exchanged_times(claim: Statement, given: Statement) -> Iterator[Exchanged]:
    """Claims that something came before what, in the evidence, came before it."""
    orders = list(_orders(given))
    for order in _orders(claim):
        for other in orders:
            if order.kind != other.kind:
                continue
            straight = len(order.first & other.first) + len(order.second & other.second)
            ends = len(order.first & other.second), len(order.second & other.first)
            if order.kind == "rank":  # "took priority" stands before "over" in both
                exchanged = all(ends) and not order.second & other.second
            else:
                exchanged = sum(ends) > max(straight, 1)
            if exchanged:
                yield Exchanged(order.start, order.end)
                break


class _Order(NamedTuple):
    first: frozenset[str]  # stems of what came first
    second: frozenset[str]
    start: int
    end: int
    kind: Literal["time", "way", "rank"] = "time"  # one before the other, from one to the other, one over the other


def _orders(statement: Statement) -> Iterator[_Order]:
    """What the text puts in order: by "before" and "after", by "from … to …" and by "over"."""
    tokens = statement.tokens
    words = [token[2] for token in tokens]
    yield from _ways(statement)
    yield from _ranks(statement)
    for at in range(len(words)):
        for phrases, earlier in ((_EARLIER, True), (_LATER, False)):
            phrase = next((one for one in phrases if tuple(words[at : at + len(one)]) == one), None)
            if phrase is None or (len(phrase) == 1 and set(words[at + 1 : at + 2]) & _NO_ORDER):
                continue
            end = at + len(phrase) - 1
            left, right = _around(statement, tokens[at][0], tokens[end][1])
            if left and right:
                first, second = (left, right) if earlier else (right, left)
                yield _Order(first, second, tokens[at][0], tokens[end][1])


def _ways(statement: Statement) -> Iterator[_Order]:
    tokens = statement.tokens
    for at, token in enumerate(tokens):
        if token[2] != "from":
            continue
        to = next(
            (n for n in range(at + 1, min(len(tokens), at + 1 + _MAX_GAP)) if tokens[n][2] in ("to", "into")), None
        )
        if to is None:
            continue
        left = [word for word in statement.words if token[1] <= word.start and word.end <= tokens[to][0]]
        if any(word.text[0].isdigit() for word in left):  # figures are compared as figures
            continue
        behind = [word for word in statement.words if word.start >= tokens[to][1]][: max(1, len(left))]
        if left and behind:
            yield _Order(_stems(left), _stems(behind), token[0], behind[-1].end, "way")


def _ranks(statement: Statement) -> Iterator[_Order]:
    """What is put above what: "guns over butter"."""
    for start, end, word in statement.tokens:
        if word == "over":
            left = [one for one in statement.words if one.end <= start][-_RANK_REACH:]
            right = [one for one in statement.words if one.start >= end][:_RANK_REACH]
            if left and right:
                yield _Order(_stems(left), _stems(right), start, end, "rank")


def _around(statement: Statement, start: int, end: int) -> tuple[frozenset[str], frozenset[str]]:
    """Stems on both sides of a word of time; where it opens a sentence or follows a comma, of the clauses behind it."""
    before = [word for word in statement.words if word.end <= start][-_REACH:]
    behind = [word for word in statement.words if word.start >= end]
    between = [token[2] for token in statement.tokens if before and before[-1].end <= token[0] < start]
    opens = not before or bool(_SENTENCE_END & set(between))
    if between[-1:] == [","] and len({word.clause for word in behind}) > 1:
        opens = True
    if opens and behind:
        inner = [word for word in behind if word.clause == behind[0].clause]
        outer = [word for word in behind if word.clause != behind[0].clause][:_REACH]
        return _stems(outer), _stems(inner)
    return _stems(before), _stems(behind[:_REACH])


def _stems(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in word.stems)
