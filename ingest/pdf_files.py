"""A PDF becomes an article's text and fields (the only pypdf module)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from ingest.blocks import Kind
from ingest.characters import count_words, plain_characters
from ingest.cleaning import Cleaned, Removals, assemble, clean_line
from ingest.errors import UnreadableArticle
from ingest.metadata import own_fields
from ingest.wrapping import printed_blocks

HEADING_SIZE = 1.12  # times the usual letters
WIDE_GAP = 1.25  # times the usual distance between lines
_KOREAN_SIGN = re.compile(r"(?<=[가-힣]) (?=[.,!?)”’](?:\s|$))")  # a space that a change of font leaves behind
_EDGE_LINES = 2  # lines at the top and the bottom of a page that may be a running head or foot
_NO_TITLE = re.compile(
    r"untitled|microsoft word|\.(?:docx?|pdf|hwpx?|indd|rtf)$|^(?:document|print|제목 ?없음)\b", re.I
)


# A damaged file surfaces as whatever pypdf stumbles over; its own errors are only some of them. NotImplementedError is
# pypdf's word for a filter or an encryption that it does not know.
_DAMAGED = (
    *(PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, RecursionError),
    *(OverflowError, ZeroDivisionError, NotImplementedError),
)


def read_pdf(path: Path, max_chars: int) -> tuple[Cleaned, dict[str, str]]:
    """The text of all pages and the fields of the document's properties (title, author).

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
        except _DAMAGED as error:
            raise UnreadableArticle(f"the PDF is damaged: {str(error)[:200] or type(error).__name__}") from error
    if not any(pages):
        raise UnreadableArticle("the PDF holds no text (scanned pages?); run text recognition on it first")
    pages, removed = _without_running_lines(pages)
    blocks = printed_blocks(_stretches(pages))
    return assemble(blocks, fields.get("title"), Removals(boilerplate=removed)), fields


@dataclass(frozen=True)
class _Line:
    """A printed line: its words, its height above the page's foot, and the size of its letters, in points."""

    text: str
    y: float
    size: float


def _pages(reader: PdfReader, max_chars: int) -> list[list[_Line]]:
    pages: list[list[_Line]] = []
    size = 0
    for page in reader.pages:
        lines = _page_lines(page)
        size += sum(len(line.text) for line in lines)
        if size > max_chars:
            raise UnreadableArticle(f"the text is over the limit of {max_chars // 1_000_000} MB; split the file")
        pages.append(lines)
    if not pages:
        raise UnreadableArticle("the PDF has no pages")
    return pages


def _page_lines(page: PageObject) -> list[_Line]:
    """The lines with words on them, in reading order."""
    pieces: list[tuple[str, float, float]] = []

    def keep(text: str, user: list[float], matrix: list[float], _font: object, size: float) -> None:
        scale = (matrix[3] or matrix[1]) * (user[3] or user[1])
        pieces.append((text, user[3] * matrix[5] + user[5], abs(size * scale)))

    page.extract_text(visitor_text=keep)
    lines: list[_Line] = []
    words, y, letters = "", 0.0, 0.0
    for text, height, size in [*pieces, ("\n", 0.0, 0.0)]:
        for place, part in enumerate(text.split("\n")):
            if place:
                lines += [_Line(plain, y, letters)] if (plain := plain_characters(words)).strip() else []
                words = ""
            if re.search(r"\w", part) and not re.search(r"\w", words):
                y, letters = height, size
            words += part
    return lines


def _fields(reader: PdfReader) -> dict[str, str]:
    properties = reader.metadata
    if properties is None:
        return {}
    title = clean_line(str(properties.title or ""))
    # The date of creation is when the file was made (a print-out, an archive), not when its text was published.
    return own_fields({"title": "" if _NO_TITLE.search(title) else title, "author": str(properties.author or "")})


def _without_running_lines(pages: list[list[_Line]]) -> tuple[list[list[_Line]], int]:
    """The pages without the lines that stand at the edge of most of them, and how many words those were."""
    edges: defaultdict[str, list[float]] = defaultdict(list)
    for line in (page[place] for page in pages for place in _edge(page)):
        edges[_shape(line.text)].append(line.size)
    # The title may be the running head too: in larger letters it stays.
    running = {shape: min(sizes) * 1.1 for shape, sizes in edges.items() if len(sizes) >= max(3, len(pages) * 0.6)}
    kept: list[list[_Line]] = []
    removed = 0
    for number, page in enumerate(pages, start=1):
        drop = {
            place
            for place in _edge(page)
            if page[place].size <= running.get(_shape(page[place].text), -1.0)
            or _is_page_number(page[place].text, number, len(pages))
        }
        removed += sum(count_words(page[place].text) for place in drop)
        kept.append([line for place, line in enumerate(page) if place not in drop])
    return kept, removed


def _edge(page: list[_Line]) -> list[int]:
    places = range(len(page))
    return sorted({*places[:_EDGE_LINES], *places[-_EDGE_LINES:]})


def _shape(line: str) -> str:
    """A line with its numbers made alike, so that "Page 3" and "Page 4" are the same running foot."""
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _is_page_number(line: str, number: int, pages: int) -> bool:
    found = re.fullmatch(r"\W*(?:page|p\.)? ?(\d{1,4})(?: ?(?:/|of) ?(\d{1,4}))?\W*", line.strip(), re.I)
    if found is None or pages == 1:
        return False
    return int(found[1]) == number and found[2] in (None, str(pages))


def _stretches(pages: list[list[_Line]]) -> list[tuple[Kind, list[str]]]:
    """Lines that may run on into each other: of one size, with no wider gap between them than usual.

    Larger letters than most of the text has make a heading. A page's end interrupts nothing.
    """
    sizes = Counter({0.0: 0})
    for line in (line for page in pages for line in page):
        sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0]
    neighbours = [pair for page in pages for pair in pairwise(page)]
    gaps = sorted(above.y - line.y for above, line in neighbours if above.y > line.y and line.size <= body * 1.05)
    usual = gaps[len(gaps) // 3] if gaps else 0.0
    stretches: list[tuple[Kind, list[str]]] = []
    last: _Line | None = None
    for page in pages:
        for place, line in enumerate(page):
            kind: Kind = "heading" if body and line.size > body * HEADING_SIZE else "paragraph"
            scale = line.size / body if body else 1.0
            apart = place > 0 and last is not None and last.y - line.y > usual * scale * WIDE_GAP
            inside_sentence = last is not None and _breaks_off(last.text) and re.match("[a-z]", line.text.strip())
            if last is None or (apart and not inside_sentence) or abs(line.size - last.size) > 0.08 * last.size:
                stretches.append((kind, []))
            stretches[-1][1].append(_KOREAN_SIGN.sub("", line.text))
            last = line
    return stretches


def _breaks_off(line: str) -> bool:
    """Whether a line ends in the middle of a sentence."""
    return bool(re.search(r"[\w,]\s*$", line))
