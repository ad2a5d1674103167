"""Who acts in a text: names, pronouns, and people and bodies called by what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.answers.statements import Statement
from app.romanise import fold

_DEMONYM = re.compile(r"(?:ian|ia|an|ese|ish|a|n)\Z")
PRONOUNS = {
    **dict.fromkeys(("he", "him"), "he"),
    **dict.fromkeys(("she", "her"), "she"),
    **dict.fromkeys(("they", "them"), "they"),
    **dict.fromkeys(("we", "us"), "we"),
    **dict.fromkeys(("i", "me"), "i"),
}
_BODIES_LIST = """leaders leader president presidents minister ministers officials government governments administration
congress senate parliament lawmakers court courts judge judges workers soldiers troops unit companies company firms
investors voters people public agency agencies department ministry party parties opposition allies ally countries
country nations nation members team scientists students families businesses banks prosecutors police"""
_MARKS = frozenset(",.;:—–")
_BODIES = frozenset(_BODIES_LIST.split())


class Named(NamedTuple):
    """A name in a text and what it is known by, so that two forms of one name are one."""

    start: int
    end: int
    key: str


def named(mentions: Sequence[tuple[int, int, str, str | None]], statement: Statement) -> list[Named]:
    """Who acts in a text, in order: its names, pronouns, and people and bodies by what they are ("leaders", "court").

    ``mentions``: start, end, the words, and the entry of the tables, if any; ``statement``: of the same text.
    """
    cited = list(_cited(statement))
    found = [
        Named(start, end, name or _known_by(written))
        for start, end, written, name in mentions
        if not any(first <= start < last for first, last in cited)
    ]
    for start, end, word in statement.tokens:
        key = PRONOUNS.get(word) or (word if word in _BODIES else None)
        inside = (*((name.start, name.end) for name in found), *cited)
        told = word in _BODIES and any(name.end == start - 1 for name in found)  # "Korean firms": whose they are
        if key and not told and not any(first <= start < last for first, last in inside):
            found.append(Named(start, end, key))
    return sorted(found)


def _cited(statement: Statement) -> Iterator[tuple[int, int]]:
    """Where it is told who says so, "according to …" up to the next mark: nobody acts there."""
    tokens = statement.tokens
    for at in range(1, len(tokens)):
        if tokens[at - 1][2] == "according" and tokens[at][2] == "to":
            mark = next((token[0] for token in tokens[at:] if token[2] in _MARKS), tokens[-1][1] + 1)
            yield tokens[at][0], mark


def _known_by(written: str) -> str:
    """The last word of a name no table knows, without the ending that parts "Cambodia" and "Cambodian"."""
    return _DEMONYM.sub("", fold(re.split(r"[\s-]+", written)[-1]))
