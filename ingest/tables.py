"""Rows of the store <-> articles and chunks, and the tables of a whole index that are kept in memory.

An article is current when all chunks of one of its versions are there; of several complete versions the one written
last counts. So a writer that is killed half-way leaves the version before, and no reader ever gets two.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from ingest.articles import Article, Mark, Span, date_range
from ingest.chroma import Fields, Pointer, Row
from ingest.chunking import Chunk, rebuild_text
from ingest.lexical import LexicalRow
from ingest.records import ArticleRecord, Filters

_METADATA = ("title", "outlet", "section", "author", "published", "url", "lang", "kind")


def encode(article: Article, chunks: Sequence[Chunk], revision: int) -> list[Row]:
    """The rows that hold an article; ``revision`` counts up with every write and tells versions' order."""
    shared: Fields = {name: value for name in _METADATA if (value := getattr(article, name)) is not None}
    shared |= {
        "article_id": article.id,
        "version": article.version,
        "sha256": article.sha256,
        "chunks": len(chunks),
        "revision": revision,
    }
    if article.published:
        shared["first_day"], shared["last_day"] = date_range(article.published)
    rows = []
    for position, chunk in enumerate(chunks):
        fields = shared | {"position": position, "start": chunk.start, "end": chunk.end}
        fields["sentences"] = json.dumps(chunk.sentences, separators=(",", ":"))
        if chunk.marks:
            fields["marks"] = json.dumps(chunk.marks, ensure_ascii=False, separators=(",", ":"))
        rows.append(Row(chunk.chunk_id, chunk.text, fields))
    return rows


def decode(row: Row) -> Chunk:
    """The chunk a row holds."""
    fields = row.fields
    return Chunk(
        chunk_id=row.chunk_id,
        article_id=str(fields["article_id"]),
        version=str(fields["version"]),
        start=int(fields["start"]),
        end=int(fields["end"]),
        text=row.text,
        sentences=tuple(Span(*pair) for pair in json.loads(str(fields["sentences"]))),
        marks=tuple(Mark(*parts) for parts in json.loads(str(fields.get("marks", "[]")))),
    )


def rebuild_article(record: ArticleRecord, chunks: Sequence[Chunk]) -> Article | None:
    """The article as it was indexed; None when its chunks do not give the text and metadata of the record."""
    try:
        text = rebuild_text(chunks)
    except ValueError:
        return None
    marks = {mark: None for chunk in sorted(chunks, key=lambda chunk: chunk.start) for mark in chunk.marks}
    metadata = {name: getattr(record, name) for name in _METADATA}
    article = Article(id=record.id, text=text, marks=tuple(marks), **metadata)
    return article if article.version == record.version else None


def record_of(article: Article, chunks: Sequence[Chunk]) -> ArticleRecord:
    """An article's line in the tables."""
    return ArticleRecord(
        id=article.id,
        sha256=article.sha256,
        version=article.version,
        words=len(article.text.split()),
        chunk_ids=tuple(chunk.chunk_id for chunk in chunks),
        **{name: getattr(article, name) for name in _METADATA},
    )


def matches(record: ArticleRecord, filters: Filters) -> bool:
    """Whether the article passes the filters, as ``Filters`` defines it."""
    for value, wanted in ((record.outlet, filters.outlets), (record.kind, filters.kinds)):
        if wanted and (value or "").casefold() not in {choice.casefold() for choice in wanted if choice}:
            return False
    first, last = filters.days()
    if first is None and last is None:
        return True
    if record.published is None:
        return False
    earliest, latest = date_range(record.published)
    return latest >= (first or 0) and earliest <= (last or latest)


@dataclass(frozen=True)
class Tables:
    """The current articles by id, in the order of ids."""

    records: dict[str, ArticleRecord]  # never changed

    @cached_property
    def article_of(self) -> dict[str, str]:
        """Chunk id → article id, of all current chunks."""
        return {chunk_id: record.id for record in self.records.values() for chunk_id in record.chunk_ids}

    def save(self, path: Path) -> None:
        """Write the tables as JSON."""
        records = [asdict(record) for record in self.records.values()]
        path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Tables:
        """The tables that ``save`` wrote. Raises OSError or ValueError when they are not there or broken."""
        records = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            {fields["id"]: ArticleRecord(**fields | {"chunk_ids": tuple(fields["chunk_ids"])}) for fields in records}
        )


class Scanned:
    """What a pass over all rows of a collection shows.

    Articles that were taken out do not count, although a killed writer may have left their chunks.
    """

    def __init__(self, rows: Iterable[Row], pointer: Pointer, *, committed: bool) -> None:
        """``committed``: pass over what was written after the pointer, which a writer would take up."""
        versions: dict[tuple[str, str], list[Row]] = defaultdict(list)
        removed = set(pointer.removed)
        self.revision = pointer.revision  # the highest one there is
        self.leftovers: dict[str, str] = {}  # chunks that are not current → their articles
        for row in rows:
            article_id, revision = str(row.fields["article_id"]), int(row.fields["revision"])
            self.revision = max(self.revision, revision)
            self.leftovers[row.chunk_id] = article_id
            out = revision <= pointer.revision if article_id in removed else committed and revision > pointer.revision
            if not out:
                versions[article_id, str(row.fields["version"])].append(row)
        current: dict[str, list[Row]] = {}
        for (article_id, _), group in sorted(versions.items(), key=lambda item: _revision(item[1])):
            if len(group) == int(group[0].fields["chunks"]):
                current[article_id] = sorted(group, key=lambda row: int(row.fields["position"]))
        self.rows = [row for article_id in sorted(current) for row in current[article_id]]  # current, in order
        for row in self.rows:
            del self.leftovers[row.chunk_id]
        self.tables = Tables({article_id: _record(current[article_id]) for article_id in sorted(current)})


def lexical_row(row: Row) -> LexicalRow:
    """A row as the lexical index takes it."""
    fields = row.fields
    outlet, kind, published = (
        str(fields[name]) if name in fields else None for name in ("outlet", "kind", "published")
    )
    return LexicalRow(row.chunk_id, row.text, str(fields["title"]), outlet, kind, published)


def _revision(rows: Sequence[Row]) -> tuple[int, str]:
    # Chunks of one version may carry two revisions when a killed write of it was taken up again: the first counts.
    return min(int(row.fields["revision"]) for row in rows), str(rows[0].fields["version"])


def _record(rows: Sequence[Row]) -> ArticleRecord:
    fields = rows[0].fields
    metadata = {name: str(fields[name]) if name in fields else None for name in _METADATA}
    return ArticleRecord(
        id=str(fields["article_id"]),
        sha256=str(fields["sha256"]),
        version=str(fields["version"]),
        words=len(rebuild_text([decode(row) for row in rows]).split()),
        chunk_ids=tuple(row.chunk_id for row in rows),
        **metadata,  # type: ignore[arg-type]  # title and lang are always there
    )
