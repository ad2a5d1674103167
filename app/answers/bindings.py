"""Whether a claim's figure is a figure of the same thing in its evidence, where the evidence has several.

"$150 billion in shipbuilding and $200 billion under the memorandum" is not borne out by the two sums the other way
round. What a figure is of is told by the words around it; only a clear preference for another figure counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from app.answers.quantities import Quantity, bears_out
from app.answers.statements import Statement

_BEFORE, _BEHIND = 4, 7  # words on either side that say what a figure is of
_MARGIN = 2  # by how many of them another figure must fit better
_BREAK = re.compile(r"(?<=[a-z0-9%)”\"])[.;!?](?=\s|\Z)|\n")  # not "U.S."
_TO, _FROM = (
    re.compile(r"\bto (?:about |around |nearly |just )?\Z"),
    re.compile(r"\bfrom (?:about |around |nearly )?\Z"),
)


class Figure(NamedTuple):
    """A quantity and the stems of the words around it."""

    quantity: Quantity
    near: frozenset[str]
    to: bool  # "to 15 percent"
    source: bool  # "from 25 percent"


def figures_of(text: str, quantities: Sequence[Quantity], statement: Statement) -> list[Figure]:
    """The quantities of a text with what stands around them, up to the next figure and within their sentence.

    ``statement``: the words of the same text.
    """
    found = []
    for place, quantity in enumerate(quantities):
        first = max([0, *(one.end for one in quantities[:place] if one.end <= quantity.start)])
        last = min([len(text), *(one.start for one in quantities[place + 1 :] if one.start >= quantity.end)])
        first = max([first, *(match.end() for match in _BREAK.finditer(text, first, quantity.start))])
        end = _BREAK.search(text, quantity.end, last)
        last = end.start() if end else last
        clause = next((word.clause for word in statement.words if word.end > quantity.start), None)
        before = [
            word
            for word in statement.words
            if first <= word.start and word.end <= quantity.start and word.clause == clause
        ][-_BEFORE:]
        behind = [word for word in statement.words if quantity.end <= word.start and word.end <= last][:_BEHIND]
        near = frozenset(stem for word in (*before, *behind) for stem in word.stems)
        lead = text[max(0, quantity.start - 20) : quantity.start]
        found.append(Figure(quantity, near, bool(_TO.search(lead)), bool(_FROM.search(lead))))
    return found


def misplaced(claimed: Sequence[Figure], given: Sequence[Figure]) -> Iterator[Quantity]:
    """Figures of the claim that the evidence has, but of something else."""
    for figure in claimed:
        alike = [other for other in given if other.quantity.unit == figure.quantity.unit]
        same = [other for other in alike if bears_out(figure.quantity, other.quantity)]
        others = [other for other in alike if not bears_out(figure.quantity, other.quantity)]
        if not same or not others:
            continue
        best = max(len(figure.near & other.near) for other in same)
        # A figure that the claim has as well is no rival: what stands around the two may be common to them.
        rivals = [other for other in others if not any(bears_out(one.quantity, other.quantity) for one in claimed)]
        rival = max((len(figure.near & other.near) for other in rivals), default=0)
        if rival >= best + _MARGIN or _other_end(figure, same, others):
            yield figure.quantity
    yield from _crossed(claimed, given)


def _crossed(claimed: Sequence[Figure], given: Sequence[Figure]) -> Iterator[Quantity]:
    """The first of two figures that fit the evidence's two the other way round."""
    for one, other in combinations(claimed, 2):
        ones = [figure for figure in given if bears_out(one.quantity, figure.quantity)]
        others = [figure for figure in given if bears_out(other.quantity, figure.quantity)]
        if len(ones) == len(others) == 1 and one.quantity.unit == other.quantity.unit and ones != others:
            gain = len(one.near & others[0].near) - len(one.near & ones[0].near)
            other_gain = len(other.near & ones[0].near) - len(other.near & others[0].near)
            if gain > 0 and other_gain > 0:
                yield one.quantity


def _other_end(figure: Figure, same: Sequence[Figure], others: Sequence[Figure]) -> bool:
    """Whether it is "to 25 percent" where the evidence goes to another figure, or "from" what it goes to."""
    to = figure.to and any(other.to for other in others) and not any(other.to for other in same)
    return to or (figure.source and any(other.to for other in same))
