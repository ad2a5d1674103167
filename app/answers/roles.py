"""Who does what to whom, and what comes before what: whether a claim keeps its evidence's order of things.

No parser: names stand before or behind the word that joins them, and a passive turns them round. Only a clear exchange
counts; where the order cannot be told, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.answers.statements import Statement, Word, is_irregular
from app.romanise import fold

_SENTENCE_END = frozenset(".!?;")
_PASSIVE_LIST = "be been being is are was were get got gets"
_PASSIVE = frozenset(_PASSIVE_LIST.split())
_MAX_GAP = 9  # tokens between a verb and the name that it belongs to
# Behind these a word is a noun; behind those, a verb.
_BEFORE_NOUNS_LIST = "the a an this that these those its his her their our my no any some of for on in by with from and"
_BEFORE_NOUNS = frozenset(_BEFORE_NOUNS_LIST.split())
_BEFORE_VERBS_LIST = """to will would shall should can could may might must has have had did does do not never also be
been being is are was were who which"""
_BEFORE_VERBS = frozenset(_BEFORE_VERBS_LIST.split())
_EARLIER = (("ahead", "of"), ("prior", "to"), ("before",), ("until",), ("till",), ("leading", "up", "to"))
_LATER = (("in", "the", "wake", "of"), ("after",), ("following",), ("since",), ("once",))
_REACH = 7  # words on either side of "before" that say what it parts


class Named(NamedTuple):
    """A name in a text and what it is known by, so that two forms of one name are one."""

    start: int
    end: int
    key: str


@dataclass(frozen=True)
class Exchanged:
    """Words of a claim whose order the evidence has the other way round: ``start`` to ``end`` in the claim."""

    start: int
    end: int


@dataclass(frozen=True)
class _Deed:
    word: Word
    before: tuple[str, ...]  # who stands on the doing side, the nearest last
    behind: tuple[str, ...]  # who stands on the other, the nearest first


def exchanged_roles(
    claim: Statement, given: Statement, claimed: Sequence[Named], held: Sequence[Named]
) -> Iterator[Exchanged]:
    """Deeds of the claim whose doer is, in the evidence, the one it is done to; ``claimed``, ``held``: their names."""
    deeds = list(_deeds(given, held))
    for deed in _deeds(claim, claimed):
        same = [other for other in deeds if other.word.stems & deed.word.stems]
        if same and all(_exchanged(deed, other) for other in same):
            yield Exchanged(deed.word.start, deed.word.end)


def exchanged_times(claim: Statement, given: Statement) -> Iterator[Exchanged]:
    """Claims that something came before what, in the evidence, came before it."""
    orders = list(_orders(given))
    for order in _orders(claim):
        for other in orders:
            straight = len(order.first & other.first) + len(order.second & other.second)
            crossed = len(order.first & other.second) + len(order.second & other.first)
            if crossed > straight and crossed > 1:
                yield Exchanged(order.start, order.end)
                break


def _exchanged(deed: _Deed, other: _Deed) -> bool:
    """Whether the claim's doer is only ever on the evidence's receiving side, and somebody else is its doer."""
    if not deed.before or not other.before:
        return False
    doer = deed.before[-1]
    if doer in other.before or doer not in other.behind:
        return False
    return other.before[-1] not in deed.before


def _deeds(statement: Statement, names: Sequence[Named]) -> Iterator[_Deed]:
    tokens = statement.tokens
    for word in statement.words:
        if any(name.start <= word.start < name.end for name in names):
            continue
        place = next((at for at, token in enumerate(tokens) if token[0] == word.start), None)
        if place is None or not _is_verb(tokens, place):
            continue
        first, last = _sentence(tokens, place)
        before = [name.key for name in names if first <= name.start and name.end <= word.start]
        behind = [name.key for name in names if word.end <= name.start and name.end <= last]
        if _is_passive(tokens, place):
            by = _by_whom(tokens, place, names)
            if by is None:
                continue
            before, behind = [by], [key for key in before if key != by]
        yield _Deed(word, tuple(before), tuple(key for key in behind))


def _is_verb(tokens: Sequence[tuple[int, int, str]], place: int) -> bool:
    """Whether a word is used as a verb, by its ending and the word before it."""
    word = tokens[place][2]
    before = tokens[place - 1][2] if place else ""
    if before in _BEFORE_VERBS or is_irregular(word):
        return True
    if before in _BEFORE_NOUNS or word.endswith("ly"):
        return False
    return word.endswith(("ed", "ing", "es")) or (word.endswith("s") and before not in ("'s", ""))


def _sentence(tokens: Sequence[tuple[int, int, str]], place: int) -> tuple[int, int]:
    """Where, in characters, the sentence around a token begins and ends."""
    first = next((at for at in range(place, -1, -1) if tokens[at][2] in _SENTENCE_END), None)
    last = next((at for at in range(place, len(tokens)) if tokens[at][2] in _SENTENCE_END), None)
    return (tokens[first][1] if first is not None else 0, tokens[last][0] if last is not None else tokens[-1][1])


def _is_passive(tokens: Sequence[tuple[int, int, str]], place: int) -> bool:
    """A participle behind a form of "be", or before "by"."""
    word = tokens[place][2]
    participle = word.endswith(("ed", "en")) or word in ("set", "led", "made", "told", "sent", "met", "held", "put")
    behind = [token[2] for token in tokens[place + 1 : place + 2]]
    before = {token[2] for token in tokens[max(0, place - 3) : place]}
    return behind == ["by"] or (participle and bool(before & _PASSIVE))


def _by_whom(tokens: Sequence[tuple[int, int, str]], place: int, names: Sequence[Named]) -> str | None:
    for at in range(place + 1, min(len(tokens), place + 1 + _MAX_GAP)):
        if tokens[at][2] in _SENTENCE_END:
            return None
        if tokens[at][2] == "by":
            start = tokens[at][1]
            return next((name.key for name in names if 0 <= name.start - start <= 40), None)
    return None


class _Order(NamedTuple):
    first: frozenset[str]  # stems of what came first
    second: frozenset[str]
    start: int
    end: int


def _orders(statement: Statement) -> Iterator[_Order]:
    """What the text puts in order: by "before" and "after", and by "from … to …"."""
    tokens = statement.tokens
    words = [token[2] for token in tokens]
    yield from _ways(statement)
    for at in range(len(words)):
        for phrases, earlier in ((_EARLIER, True), (_LATER, False)):
            phrase = next((one for one in phrases if tuple(words[at : at + len(one)]) == one), None)
            if phrase is None:
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
        behind = [word for word in statement.words if word.start >= tokens[to][1]][: max(1, len(left))]
        if left and behind:
            yield _Order(_stems(left), _stems(behind), token[0], behind[-1].end)


def _around(statement: Statement, start: int, end: int) -> tuple[frozenset[str], frozenset[str]]:
    """Stems on both sides of a word of time; where it opens its sentence, of the two clauses behind it."""
    before = [word for word in statement.words if word.end <= start][-_REACH:]
    behind = [word for word in statement.words if word.start >= end]
    opens = not before or any(
        token[2] in _SENTENCE_END for token in statement.tokens if before[-1].end <= token[0] < start
    )
    if opens and behind:
        inner = [word for word in behind if word.clause == behind[0].clause]
        outer = [word for word in behind if word.clause != behind[0].clause][:_REACH]
        return _stems(outer), _stems(inner)
    return _stems(before), _stems(behind[:_REACH])


def _stems(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in word.stems)


def named(mentions: Sequence[tuple[int, int, str, str | None]]) -> list[Named]:
    """Names by what they are known by: start, end, the words, and the entry of the tables where there is one."""
    return [Named(start, end, name or _surname(written)) for start, end, written, name in mentions]


def _surname(written: str) -> str:
    return fold(re.split(r"[\s-]+", written)[-1])
