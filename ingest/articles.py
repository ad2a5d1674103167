"""What an article is: its text, its metadata, and the marks that say who speaks where."""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal, NamedTuple

PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Span(NamedTuple):
    """A stretch of Article.text: ``text[start:end]``, in characters, 0-based."""

    start: int
    end: int


class Mark(NamedTuple):
    """What a stretch of Article.text is, where that is more than prose.

    ``heading``: a line that titles what follows. ``caption``: words under a picture.
    ``speaker``: a turn in a transcript; ``label`` is the person's name as the article gives it.
    """

    kind: Literal["heading", "caption", "speaker"]
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True)
class Article:
    """One article as read and cleaned; every citation counts characters in ``text``."""

    id: str
    title: str
    text: str  # paragraphs parted by a blank line, list items by a line break, single spaces inside
    outlet: str | None = None
    section: str | None = None
    author: str | None = None
    published: str | None = None  # ISO 8601, possibly partial: 2025, 2025-09, 2025-09-30
    url: str | None = None  # http or https only
    lang: str = "en"
    kind: str | None = None  # analysis, news, opinion, fact sheet, remarks, joint statement …
    marks: tuple[Mark, ...] = ()  # in the order of start

    @cached_property
    def sha256(self) -> str:
        """Digest of the text alone: what a citation is re-checked against."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def version(self) -> str:
        """Digest of the text and all metadata: what decides whether the index is up to date."""
        fields = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(fields.encode()).hexdigest()


def parse_partial_date(value: str) -> str:
    """The date as ISO 8601, as partial as it was given; a time of day is dropped.

    Raises ValueError for anything that is no date between the years 1000 and 9999.
    """
    match = PARTIAL_DATE.match(value.strip())
    rest = value.strip()[match.end() :] if match else ""
    if match is None or (rest and not (match[3] and rest[0] in "T ")):
        raise ValueError(f"{value!r} is no date; write 2025, 2025-09 or 2025-09-30")
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or year < 1000 or (month is not None and not 1 <= month <= 12):
        raise ValueError(f"{value!r} is no date; write 2025, 2025-09 or 2025-09-30")
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"{value!r} is no date: that month has no such day")
    return match[0]


def date_range(published: str) -> tuple[int, int]:
    """First and last day a partial date may mean, as yyyymmdd integers: "2025-09" → (20250901, 20250930)."""
    parts = [int(part) for part in published.split("-")]
    year, month, day = [*parts, 0, 0][:3]
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return (
        year * 10_000 + (month or 1) * 100 + (day or 1),
        year * 10_000 + last_month * 100 + last_day,
    )
