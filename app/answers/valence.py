"""Whether a claim turns what its evidence promotes into what it hinders, or the other way round.

Words of one kind stand for each other in many a paraphrase ("lowered", "cut"); of two kinds they hardly ever do. Which
word stands for which is told by the embedded model, where it is there, and by what the words are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.answers.alignment import Alignment
from app.answers.english_words import Word, is_adverb, stem
from app.answers.polarity import PARTICLES, load_table
from app.answers.statements import Statement

_NEAR = 3  # words behind one of these that say what it promotes or hinders
_KEPT_REACH = 8
_HANGUL = re.compile("[가-힣]")
_ALIGNED = 0.3  # cosine from which one word may stand for another
_MARGIN = 0.08  # … and by how much better than with any of its own kind
_SAID_OTHERWISE = 0.45  # … from which a word of the evidence says the same: "oppose", "opposition"
_SHORT_OF_BEST = 0.2  # … and how far it may stay behind the best match of all


def turned(claim: Statement, given: Statement, alignment: Alignment) -> Iterator[Word]:
    """Words of the claim that stand for words of the other kind in the evidence."""
    held = [(word, sign) for word, sign in _signed(given)]
    for word, sign in _signed(claim):
        same = [other for other, other_sign in held if other_sign == sign]
        against = [other for other, other_sign in held if other_sign == -sign]
        if any(other.stems & word.stems for other in (*same, *against)):
            continue
        deeds = [other for other in same if not other.stems & _states()]
        brought_in = sign < 0 and not deeds and not given.denies and not word.stems & _states()
        brought_in = brought_in and alignment.best(word, given.words) < _SAID_OTHERWISE
        if brought_in or any(_stands_for(word, other, same, claim, given, alignment) for other in against):
            yield word


def _stands_for(
    word: Word, other: Word, same: Sequence[Word], claim: Statement, given: Statement, alignment: Alignment
) -> bool:
    cosine = alignment.cosine(word, other)
    if cosine is not None and cosine < alignment.best(word, given.words) - _SHORT_OF_BEST:
        return False
    rivals = [alignment.cosine(word, one) or 0.0 for one in same]
    objects = _behind(claim, word) & _behind(given, other)
    rival = max((len(_behind(claim, word) & _behind(given, one)) for one in same), default=0)
    rival_objects = rival >= max(1, len(objects))
    if (len(objects) > 1 or _next(claim, word) & _next(given, other)) and not rival_objects:
        return True
    if cosine is None:
        return bool(objects) and not rival_objects and not _HANGUL.search(word.text + other.text)
    if cosine < max([0.0, *rivals]) + _MARGIN or rival_objects:
        return False
    return bool(objects) or cosine >= _ALIGNED


def _next(statement: Statement, word: Word) -> frozenset[str]:
    place = statement.words.index(word)
    return statement.words[place + 1].stems if place + 1 < len(statement.words) else frozenset()


def _behind(statement: Statement, word: Word) -> frozenset[str]:
    place = statement.words.index(word)
    return frozenset(one for other in statement.words[place + 1 : place + 1 + _NEAR] for one in other.stems)


def _signed(statement: Statement) -> Iterator[tuple[Word, int]]:
    """Words with a sign, 1 or -1; a denial turns it."""
    table = _signs()
    for place, word in enumerate(statement.words):
        behind = statement.words[place + 1] if place + 1 < len(statement.words) else None
        particle = behind.text if behind and behind.text in PARTICLES and behind.start - word.end == 1 else ""
        keys = [f"{one}-{particle}" if particle else one for one in word.stems]
        sign = next((table[key] for key in keys if key in table), 0)
        if "keep" in word.stems and _kept_from(statement, word):
            continue
        if sign and word.text != "back" and not word.named and not is_adverb(word.text) and "-" not in word.text:
            yield word, -sign if word.denied and word.head else sign


def _kept_from(statement: Statement, word: Word) -> bool:
    """Whether it is "keep … away" or "keep … from growing"."""
    behind = [token[2] for token in statement.tokens if token[0] >= word.end][:_KEPT_REACH]
    return "from" in behind or any(one in PARTICLES for one in behind)


@lru_cache(maxsize=1)
def _signs() -> dict[str, int]:
    valence = load_table()["valence"]
    promote = {_key(word): 1 for word in valence["promote"].split()}
    return promote | {_key(word): -1 for word in valence["hinder"].split()}


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    """What harms without being done to anything: the evidence of "a threat" knows of no "blocking"."""
    return frozenset(stem(word) for word in load_table()["valence"]["states"].split())


def _key(entry: str) -> str:
    """Its stem; of a verb with a particle ("phase-out") the verb's stem and the particle."""
    verb, _, particle = entry.partition("-")
    return f"{stem(verb)}-{particle}" if particle else stem(verb)
