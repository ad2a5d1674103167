"""What the index takes and gives: filters in, hits and article records out, and where the index lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.articles import date_range, parse_partial_date


class Hit(NamedTuple):
    """One chunk found, with a score that only compares within the list it came in; higher is better."""

    chunk_id: str
    score: float


@dataclass(frozen=True)
class Filters:
    """What a reader restricts a search to; empty fields restrict nothing.

    Outlets and kinds are compared without regard to case. The dates may be partial and both ends are inclusive:
    ``published_to="2025"`` ends on 31 December. An article with a partial date passes when any day it may mean lies
    in the range; an article without a date fails a date filter. Raises
    ValueError for a date that is none, and for a range that ends before it begins.
    """

    outlets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None

    def __post_init__(self) -> None:
        for value in (self.published_from, self.published_to):
            if value is not None:
                parse_partial_date(value)
        first, last = self.days()
        if first is not None and last is not None and first > last:
            raise ValueError(f"the dates leave no day: {self.published_from} is after {self.published_to}")

    def __bool__(self) -> bool:
        return bool(self.outlets or self.kinds or self.published_from or self.published_to)

    def days(self) -> tuple[int | None, int | None]:
        """First and last day that pass, as yyyymmdd integers; None where that end is open."""
        first = date_range(self.published_from)[0] if self.published_from else None
        last = date_range(self.published_to)[1] if self.published_to else None
        return first, last


@dataclass(frozen=True)
class ArticleRecord:
    """An article of the index without its text: all of Article's fields but ``text`` and ``marks``, and more."""

    id: str
    title: str
    outlet: str | None
    section: str | None
    author: str | None
    published: str | None
    url: str | None
    lang: str
    kind: str | None
    sha256: str  # of the text, as Article.sha256
    version: str  # of text and metadata, as Article.version
    words: int  # of the text, parted by white space
    chunk_ids: tuple[str, ...]  # in the order of the text


@dataclass(frozen=True)
class ChromaServer:
    """An index on a Chroma server or cluster instead of in a folder."""

    url: str  # http://host:port or https://host
    token: str | None = field(default=None, repr=False)  # sent as x-chroma-token; never logged
    tenant: str = "default_tenant"
    database: str = "default_database"
