"""A PDF becomes an article's text and fields (the only pypdf module)."""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingest.characters import plain_characters
from ingest.cleaning import Cleaned, Removals, assemble, clean_line, count_words
from ingest.errors import UnreadableArticle
from ingest.metadata import own_fields
from ingest.wrapping import printed_blocks

# pypdf tells of every small fault it mends; what matters is raised.
logging.getLogger("pypdf").setLevel(logging.ERROR)

_EDGE_LINES = 2  # lines at the top and the bottom of a page that may be a running head or foot
_NO_TITLE = re.compile(
    r"untitled|microsoft word|\.(?:docx?|pdf|hwpx?|indd|rtf)$|^(?:document|print|제목 ?없음)\b", re.I
)


def read_pdf(path: Path, max_chars: int) -> tuple[Cleaned, dict[str, str]]:
    """The text of all pages and the fields of the document's properties (title, author, date of creation).

    Running heads, running feet and page numbers are counted as boilerplate. Raises UnreadableArticle for a file that is
    no PDF, is cut off or damaged, needs a password, holds pictures of pages only, or more than ``max_chars``.
    """
    with path.open("rb") as stream:
        if b"%PDF-" not in stream.read(1024):
            raise UnreadableArticle("the file is no PDF")
        stream.seek(max(0, path.stat().st_size - 2048))
        if b"%%EOF" not in stream.read():
            raise UnreadableArticle("the PDF is cut off before its end; fetch it again")
        try:
            reader = PdfReader(stream)
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableArticle("the PDF is protected by a password; save a copy without one")
            pages = _pages(reader, max_chars)
            fields = _fields(reader)
        # Damaged files surface as whatever pypdf stumbles over; its own errors are only some of them.
        except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, RecursionError,
                OverflowError, ZeroDivisionError, NotImplementedError) as error:  # fmt: skip
            raise UnreadableArticle(f"the PDF is damaged: {str(error)[:200] or type(error).__name__}") from error
    if not any(line.strip() for page in pages for line in page):
        raise UnreadableArticle("the PDF holds no text (scanned pages?); run text recognition on it first")
    pages, removed = _without_running_lines(pages)
    blocks = printed_blocks(_joined(pages))
    cleaned = assemble(blocks, fields.get("title"), Removals(boilerplate=removed))
    return cleaned, fields


def _pages(reader: PdfReader, max_chars: int) -> list[list[str]]:
    pages: list[list[str]] = []
    size = 0
    for page in reader.pages:
        text = plain_characters(page.extract_text())
        size += len(text)
        if size > max_chars:
            raise UnreadableArticle(f"the text is over the limit of {max_chars // 1_000_000} MB; split the file")
        pages.append(text.split("\n"))
    if not pages:
        raise UnreadableArticle("the PDF has no pages")
    return pages


def _fields(reader: PdfReader) -> dict[str, str]:
    properties = reader.metadata
    if properties is None:
        return {}
    title = clean_line(str(properties.title or ""))
    try:
        created = properties.creation_date
    except ValueError:
        created = None
    return own_fields(
        {
            "title": "" if _NO_TITLE.search(title) else title,
            "author": str(properties.author or ""),
            "published": created.date().isoformat() if created else "",
        }
    )


def _without_running_lines(pages: list[list[str]]) -> tuple[list[list[str]], int]:
    """The pages without the lines that stand at the edge of most of them, and how many words those were."""
    if len(pages) < 3:
        running: set[str] = set()
    else:
        edges = Counter(shape for page in pages for shape in {_shape(page[place]) for place in _edge(page)})
        running = {shape for shape, times in edges.items() if times >= max(3, len(pages) * 0.6)}
    kept: list[list[str]] = []
    removed = 0
    for number, page in enumerate(pages, start=1):
        drop = {
            place
            for place in _edge(page)
            if _shape(page[place]) in running or _is_page_number(page[place], number, len(pages))
        }
        removed += sum(count_words(page[place]) for place in drop)
        kept.append([line for place, line in enumerate(page) if place not in drop])
    return kept, removed


def _edge(page: list[str]) -> list[int]:
    filled = [place for place, line in enumerate(page) if line.strip()]
    return sorted({*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]})


def _shape(line: str) -> str:
    """A line with its numbers made alike, so that "Page 3" and "Page 4" are the same running foot."""
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _is_page_number(line: str, number: int, pages: int) -> bool:
    found = re.fullmatch(r"\W*(?:page|p\.)? ?(\d{1,4})(?: ?(?:/|of) ?(\d{1,4}))?\W*", line.strip(), re.I)
    if found is None or pages == 1:
        return False
    return int(found[1]) == number and found[2] in (None, str(pages))


def _joined(pages: list[list[str]]) -> str:
    """All pages as one text. Korean set in columns breaks inside words: a line end without a space is no space then."""
    text = "\n".join(line for page in pages for line in page)
    inside_korean = re.findall(r"[가-힣]( ?)\n(?=[가-힣])", text)
    if inside_korean and inside_korean.count(" ") >= 0.15 * len(inside_korean):
        text = re.sub(r"(?<=[가-힣])\n(?=[가-힣])", "", text)
    return text
