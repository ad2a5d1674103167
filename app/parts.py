"""The parts of a question that ask different sources: "what The Diplomat says of X and Yonhap of Y"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.articles import Span

# Where one part may end and the next begin, between the names of two outlets.
_JOINT = re.compile(r"\b(?:while|whereas|and|but|or|than|versus|vs|compared (?:to|with))\b|[;,]", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A stretch of the question and the outlet it asks."""

    span: Span
    outlet: str  # as the articles spell it


def split_parts(question: str, outlets: Sequence[str]) -> list[Part]:
    """One part for each mention of an outlet, in order, together the whole question; [] for fewer than two mentions.

    The cut is made at the last joint (a comma, "while", "and" …) before the next outlet's name.
    """
    mentions = outlet_mentions(question, outlets)
    if len(mentions) < 2:
        return []
    cuts = [0]
    for (before, _), (after, _) in pairwise(mentions):
        joints = [joint.start() for joint in _JOINT.finditer(question, before.end, after.start)]
        cuts.append(joints[-1] if joints else after.start)
    cuts.append(len(question))
    return [Part(Span(start, end), outlet) for start, end, (_, outlet) in zip(cuts, cuts[1:], mentions, strict=False)]


def outlet_mentions(question: str, outlets: Sequence[str]) -> list[tuple[Span, str]]:
    """Where outlets are named, in order, and which; of two that overlap ("The Sun", "Sun Times") the longer."""
    found = [
        (Span(*match.span()), outlet)
        for outlet in outlets
        for match in re.finditer(rf"(?<!\w){re.escape(outlet)}(?!\w)", question, re.IGNORECASE)
    ]
    kept: list[tuple[Span, str]] = []
    for span, outlet in sorted(found, key=lambda mention: mention[0].start - mention[0].end):
        if all(span.end <= other.start or other.end <= span.start for other, _ in kept):
            kept.append((span, outlet))
    return sorted(kept)
