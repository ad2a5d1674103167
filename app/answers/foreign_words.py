"""Words of a claim that no cited sentence has and that no honest rewording brings in.

Addresses, markup, odd figures, a "nothing" from nowhere, and a model that speaks to its reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from app.answers.prompts import Fault

_SIGNS: Final = re.compile(
    r"(?:https?:|javascript:|data:)\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+|<[^<>\s][^<>]{0,200}>|(?<!\w)[@#]\w+|"
    r"\[/?[A-Z]{3,}\]|!?\[[^\[\]]*\]\([^()]*\)|:[a-z_]{3,}:",
    re.IGNORECASE,
)
_SPOKEN: Final = re.compile(r"\b(?:you|your|yours)\b", re.IGNORECASE)
_NONE: Final = re.compile(r"\b(?:nothing|nobody|no one)\b", re.IGNORECASE)
_DENIES: Final = re.compile(
    r"\b(?:no|not|nor|none|never|neither|nothing|nobody|without|zero|cannot|free)\b|n['’]t\b|\b(?:refus|reject|den[iy]|lack|fail)"
    r"|없|않|아니|못",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[“\"「『][^“”\"「」『』]*[”\"」』]")
# What a claim says of several articles at once; each of them has to carry it.
TOGETHER: Final = re.compile(
    r"\b(?:both|all|every|each|the two)(?: of)?(?: the)? (?:\w+ )?"
    r"(?:articles?|outlets?|sources?|papers?|passages?|reports)\b"
    r"|\b(?:articles|outlets|sources|reports) (?:all )?(?:agree|concur)\b|(?:두|모든) (?:매체|기사|글|출처)",
    re.IGNORECASE,
)


def foreign_words(claim: str, quotes: Sequence[str]) -> Iterator[Fault]:
    """Each with what it is; ``quotes``: the cited sentences. Nothing where these have the same words."""
    given = "\n".join(quotes)
    for sign in _SIGNS.findall(claim):
        if sign not in given:
            yield Fault("name", sign)
    for char in dict.fromkeys(claim):
        if unicodedata.category(char) in ("Nd", "Nl", "No") and not char.isascii() and char not in given:
            yield Fault("number", char)
    for word in [] if _DENIES.search(given) else _NONE.findall(claim):
        yield Fault("negation", word)
    for word in _SPOKEN.findall(_QUOTED.sub(" ", claim)):
        if word.casefold() not in given.casefold():
            yield Fault("support", word)
