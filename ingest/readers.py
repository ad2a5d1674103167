"""A file becomes an Article: Markdown, plain text, HTML, PDF and DOCX, told apart by the file's ending."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.articles import Article
from ingest.cleaning import Cleaned, Removals, clean_markdown, clean_plain
from ingest.docx_files import read_docx
from ingest.encodings import decode
from ingest.errors import UnreadableArticle
from ingest.front_matter import split_front_matter
from ingest.html_pages import read_html
from ingest.metadata import detect_language, id_from_path, own_fields
from ingest.pdf_files import read_pdf

logger = logging.getLogger(__name__)

MAX_TEXT_BYTES = 20_000_000  # of text; pictures in a PDF or DOCX do not count


@dataclass(frozen=True)
class Source:
    """What a format's reader found in a file: its text, clean, and the fields it carries, under any known name."""

    cleaned: Cleaned
    fields: Mapping[str, str]


def read_article(path: Path, corpus: Path | None = None) -> tuple[Article, Removals]:
    """The article in a file and how many words were left out of it, by reason (also logged).

    ``corpus`` is the folder that derived ids are relative to. Fields come from the file; a missing title is the
    heading or short line at the top of the text, or the file's name, a missing id the file's path, a missing language
    is found from the text.
    Raises UnreadableArticle, with the reason as its text, for every file that cannot become an article.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableArticle(f"files ending in “{path.suffix}” are not read; use {', '.join(sorted(READERS))}")
    try:
        if path.stat().st_size == 0:
            raise UnreadableArticle("the file is empty")
        source = reader(path)
    except FileNotFoundError as error:
        reason = "the link points at no file" if path.is_symlink() else "there is no such file"
        raise UnreadableArticle(reason) from error
    except PermissionError as error:
        raise UnreadableArticle("no permission to read the file") from error
    except OSError as error:
        raise UnreadableArticle(f"the file cannot be read: {error.strerror or error}") from error
    article = _article(source, path, corpus)
    if source.cleaned.removals.total:
        removals = source.cleaned.removals
        logger.info("%s: left out %d words (%s)", path.name, removals.total, removals)
    return article, source.cleaned.removals


def _article(source: Source, path: Path, corpus: Path | None) -> Article:
    fields = dict(source.fields)
    text = source.cleaned.text
    if not re.search(r"\w", text):
        raise UnreadableArticle("the file holds no text")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise UnreadableArticle(_too_long(len(text.encode())))
    title = fields.pop("title", "") or source.cleaned.title or re.sub(r"[-_\s]+", " ", path.stem).strip()
    identity = fields.pop("id", "") or id_from_path(path, corpus)
    fields["lang"] = fields.get("lang") or detect_language(text)
    return Article(id=identity, title=title, text=text, marks=source.cleaned.marks, **_known(fields))


def _known(fields: Mapping[str, str]) -> dict[str, str]:
    return {
        name: fields[name]
        for name in ("outlet", "section", "author", "published", "url", "lang", "kind")
        if name in fields
    }


def _too_long(size: int) -> str:
    return f"the text is over the limit of {MAX_TEXT_BYTES // 1_000_000} MB ({size / 1_000_000:.1f} MB); split the file"


def read_text_bytes(path: Path) -> bytes:
    """The bytes of a text file; raises UnreadableArticle for one over the limit, before reading it."""
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise UnreadableArticle(_too_long(size))
    return path.read_bytes()


def _read_markdown(path: Path) -> Source:
    return _from_text(decode(read_text_bytes(path)), clean_markdown)


def _read_plain(path: Path) -> Source:
    return _from_text(decode(read_text_bytes(path)), clean_plain)


def _from_text(text: str, clean: Callable[[str, str | None], Cleaned]) -> Source:
    given, body = split_front_matter(text)
    fields = own_fields(given)
    return Source(clean(body, fields.get("title")), fields)


def _read_html(path: Path) -> Source:
    return Source(*read_html(read_text_bytes(path)))


def _read_pdf(path: Path) -> Source:
    return Source(*read_pdf(path, MAX_TEXT_BYTES))


def _read_docx(path: Path) -> Source:
    return Source(*read_docx(path, MAX_TEXT_BYTES))


READERS: Mapping[str, Callable[[Path], Source]] = {
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".txt": _read_plain,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
}
