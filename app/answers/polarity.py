"""Whether a claim affirms what its evidence affirms, and goes the way the evidence goes.

Two comparisons. Words of opposite meaning (opposites.toml): raise and lower, agree and refuse, delay and cancel, each
turned round by a "not" before it. And plain denial: a word that one side denies and the other asserts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from app.answers.alignment import Alignment
from app.answers.denials import undone
from app.answers.english_words import Word, is_adverb, stem
from app.answers.statements import Statement

OPPOSITES_FILE = "opposites.toml"
_NEAR = 6  # words on either side that say what a word of direction is about
_LONGEST_PHRASE = 4
PARTICLES = frozenset(("off", "out", "up", "down", "back", "forward", "away", "apart", "on"))  # "cut off" is no "cut"
_MORE = frozenset(("more", "less", "fewer", "greater", "higher", "lower", "above", "below"))
_SPELLED = frozenset(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "half", "twice"))
_CLOSE = frozenset(("upkeep",))  # axes so broad that the word behind must be the same
_MARGIN = 2  # by how much better a word against the claim must fit than one with it
# A word stands for another from this cosine, or where no word of the evidence is that much nearer to it; a "lift" of
# rates is no "softening" of inflation. Chosen on the NLI sets and on pairs of our own (2026-11-24).
_ALIKE, _SHORT_OF_BEST = 0.35, 0.25


@dataclass(frozen=True)
class Against:
    """A word of the claim that goes against the evidence, and in which way."""

    kind: Literal["negation", "direction"]
    word: Word
    given: Word | None
    axis: str = ""


@dataclass(frozen=True)
class _Signal:
    word: Word
    axis: str
    classes: frozenset[int]
    near: frozenset[str]  # stems around it
    left: frozenset[str]  # of the word right before it, and …
    right: frozenset[str]  # … right behind it

    def fits(self, other: _Signal) -> int:
        """How likely the other says it of the same thing."""
        beside = bool(self.left & other.left) + bool(self.right & other.right)
        return len(self.near & other.near) + 2 * beside


class Opposites:
    """The table, ready to be looked up."""

    def __init__(self, axes: dict[str, list[str]]) -> None:
        self.stems: dict[tuple[str, ...], dict[str, set[int]]] = {}
        self.forms: dict[str, dict[str, set[int]]] = {}
        for axis, classes in axes.items():
            for number, listed in enumerate(classes):
                for entry in (word.strip() for word in listed.split(",")):
                    if entry.startswith("=") or is_adverb(entry):
                        self.forms.setdefault(entry.removeprefix("="), {}).setdefault(axis, set()).add(number)
                    else:
                        key = tuple(stem(word) for word in entry.split())
                        self.stems.setdefault(key, {}).setdefault(axis, set()).add(number)

    def at(self, words: Sequence[Word], place: int) -> dict[str, set[int]]:
        """Axes, and the classes on them, of the word at this place or of a phrase that begins there."""
        word = words[place]
        ever = word.text.removesuffix("-ever")  # "largest-ever"
        found = {axis: set(classes) for axis, classes in self.forms.get(ever, {}).items()}
        if is_adverb(word.text) or "-" in word.text:
            return found
        behind = words[place + 1] if len(words) > place + 1 else None
        particle = behind is not None and behind.text in PARTICLES and behind.start - word.end == 1
        keys: list[tuple[str, ...]] = [] if particle else [(one,) for one in word.stems]
        for length in range(2, _LONGEST_PHRASE + 1):
            rest = tuple(next(iter(other.stems)) for other in words[place + 1 : place + length])
            keys += [(one, *rest) for one in word.stems]
        for key in keys:
            for axis, classes in self.stems.get(key, {}).items():
                found.setdefault(axis, set()).update(classes)
        return found


@lru_cache(maxsize=1)
def load_table() -> dict[str, Any]:
    """opposites.toml as it is."""
    return tomllib.loads(resources.files(__package__).joinpath(OPPOSITES_FILE).read_text("utf-8"))


@lru_cache(maxsize=1)
def load_opposites() -> Opposites:
    """The axes of the table shipped beside this module."""
    return Opposites(load_table()["axes"])


def contradictions(claim: Statement, given: Statement, alignment: Alignment | None = None) -> Iterator[Against]:
    """What in the claim goes against the evidence, in the order of the claim.

    ``alignment``: tells words apart that are opposite in another sense only; without it every pair of the table counts.
    """
    alignment = alignment or Alignment()
    for against in _opposed(claim, given):
        if against.given is None or _stands_for(against.word, against.given, given, alignment):
            yield against
    yield from _compounds(claim, given)
    yield from _denied(claim, given)


def _signals(statement: Statement) -> list[_Signal]:
    opposites = load_opposites()
    found = []
    for place, word in enumerate(statement.words):
        if word.named or (word.text in _MORE and _before_figure(statement, place)):
            continue
        for axis, classes in opposites.at(statement.words, place).items():
            around = (*statement.words[max(0, place - _NEAR) : place], *statement.words[place + 1 : place + _NEAR])
            near = frozenset(one for other in around for one in other.stems)
            left = statement.words[place - 1].stems if place else frozenset()
            right = statement.words[place + 1].stems if place + 1 < len(statement.words) else frozenset()
            found.append(_Signal(word, axis, frozenset(classes), near, left, right))
    return found


def _before_figure(statement: Statement, place: int) -> bool:
    """Whether it is "more than" of a figure, which is compared with the figures."""
    following = statement.words[place + 1 : place + 2]
    return bool(following and (following[0].text[0].isdigit() or following[0].text in _SPELLED))


def _opposed(claim: Statement, given: Statement) -> Iterator[Against]:
    signals, all_claimed = _signals(given), _signals(claim)
    for claimed in all_claimed:
        on_axis = [signal for signal in signals if signal.axis == claimed.axis]
        with_it = [s for s in on_axis if _agree(claimed, s) or (s.classes & claimed.classes and s.word.soft)]
        against = [signal for signal in on_axis if _agree(claimed, signal) is False]
        if not against:
            continue
        worst = max(against, key=claimed.fits)
        if with_it and claimed.fits(worst) < max(map(claimed.fits, with_it)) + _MARGIN:
            continue
        if not claimed.near & worst.near or (claimed.axis in _CLOSE and not claimed.right & worst.right):
            continue
        if _said_by_another(claimed, worst, all_claimed):
            continue
        kind: Literal["negation", "direction"] = "direction" if claimed.classes != worst.classes else "negation"
        yield Against(kind, claimed.word, worst.word, claimed.axis)


def _said_by_another(claimed: _Signal, given: _Signal, others: Sequence[_Signal]) -> bool:
    """Whether another word of the claim says what the evidence does: "end the tests and start talks", "cease"."""
    return any(
        other.axis == given.axis and _agree(other, given) and other.fits(given) >= claimed.fits(given)
        for other in others
        if other.word.start != claimed.word.start
    )


def _stands_for(word: Word, other: Word, given: Statement, alignment: Alignment) -> bool:
    cosine = alignment.cosine(word, other)
    return cosine is None or cosine >= _ALIKE or cosine >= alignment.best(word, given.words) - _SHORT_OF_BEST


def _agree(one: _Signal, other: _Signal) -> bool | None:
    """Whether two words on one axis say the same; None where they say neither the same nor the opposite."""
    alike = one.word.denied == other.word.denied
    if one.classes & other.classes:
        if not alike and (one.word.soft or other.word.soft or not (one.word.head or other.word.head)):
            return None
        return alike
    if one.word.denied and other.word.denied:
        return None if one.word.head or other.word.head else False  # "did not see an increase", "… a decrease"
    return not alike


def _compounds(claim: Statement, given: Statement) -> Iterator[Against]:
    """Compounds like "short-range" and "long-range" that differ by a word of opposite meaning alone."""
    forms = load_opposites().forms
    for word in claim.words:
        head, _, tail = word.text.partition("-")
        if not tail or any(other.text == word.text for other in given.words):
            continue
        for other in given.words:
            first, _, rest = other.text.partition("-")
            mine, theirs = forms.get(head, {}), forms.get(first, {})
            if head == first:
                mine, theirs = forms.get(tail, {}), forms.get(rest, {})
            if (rest == tail or head == first) and any(
                axis in theirs and not classes & theirs[axis] for axis, classes in mine.items()
            ):
                yield Against("direction", word, other)


def _undone(claim: Statement, given: Statement) -> Iterator[Against]:
    """Words that only one side has with "un" or the like before them: "lethal", "nonlethal"."""
    for word in claim.words:
        if word.doubted or word.named or any(other.stems & word.stems for other in given.words):
            continue
        other = next((other for other in given.words if undone(word, other)), None)
        if other and not other.doubted:
            yield Against("negation", word, other)


def _denied(claim: Statement, given: Statement) -> Iterator[Against]:
    for word in claim.words:
        if not word.head or not word.denied or word.named:
            continue
        same = [other for other in given.words if other.stems & word.stems]
        if any(undone(word, other) for other in given.words):
            continue
        if same and not any(other.doubted for other in same):
            yield Against("negation", word, same[0])
        elif not same and word.hard and not given.hints:
            yield Against("negation", word, None)
    yield from _undone(claim, given)
    for word in given.words:
        if not word.head or not word.denied or word.named:
            continue
        same = [other for other in claim.words if other.stems & word.stems]
        asserted = [other for other in given.words if other.stems & word.stems and not other.doubted]
        if same and not asserted and not any(other.doubted for other in same):
            yield Against("negation", same[0], word)
