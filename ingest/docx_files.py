"""A Word document becomes an article's text and fields (the only python-docx module)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table
from docx.text.paragraph import Paragraph

from ingest.blocks import Block, finish_block
from ingest.characters import BOLD_OFF, BOLD_ON, HARD_BREAK, count_words, plain_characters
from ingest.cleaning import Cleaned, Removals, assemble, clean_line
from ingest.errors import UnreadableArticle
from ingest.inline import superscript, tidy
from ingest.metadata import own_fields

_OLE = b"\xd0\xcf\x11\xe0"  # how an encrypted .docx and an old .doc begin
_MAX_UNPACKED = 500_000_000  # bytes; a ten-page document unpacks to about one million
_LIST_STYLE = re.compile(r"list|목록|글머리", re.I)
_HEADING_STYLE = re.compile(r"(?:heading|title|subtitle|제목)", re.I)
# The properties of python-docx's own template, which say nothing about the article.
_TEMPLATE_AUTHOR = "python-docx"

_DAMAGE = (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError, EOFError, AttributeError)


def read_docx(path: Path, max_chars: int) -> tuple[Cleaned, dict[str, str]]:
    """The body's paragraphs and tables in order and the fields of the core properties (title, author).

    Struck-out runs and deletions under review are left out and counted. Raises UnreadableArticle for a file that is no
    DOCX, is damaged, needs a password, or holds more than ``max_chars``.
    """
    document = _opened(path)
    struck: list[str] = []
    blocks = list(_blocks(document, struck))
    if sum(len(block.text) for block in blocks) > max_chars:
        raise UnreadableArticle(f"the text is over the limit of {max_chars // 1_000_000} MB; split the file")
    fields = own_fields(_fields(document))
    removals = Removals(struck_out=sum(count_words(words) for words in struck))
    return assemble(blocks, fields.get("title"), removals), fields


def _opened(path: Path) -> Document:
    with path.open("rb") as stream:
        if stream.read(4) == _OLE:
            raise UnreadableArticle("the file is protected by a password, or an old .doc; save it as .docx without one")
    try:
        with zipfile.ZipFile(path) as package:
            if sum(part.file_size for part in package.infolist()) > _MAX_UNPACKED:
                raise UnreadableArticle("the DOCX unpacks to more than 500 MB")
        return docx.Document(str(path))
    except _DAMAGE as error:
        raise UnreadableArticle("the file is no DOCX, or it is damaged") from error


def _fields(document: Document) -> dict[str, str]:
    properties = document.core_properties
    author = clean_line(properties.author or "")
    return {
        "title": clean_line(properties.title or ""),
        "author": "" if author == _TEMPLATE_AUTHOR else author,
        "lang": properties.language or "",
        "section": properties.category or "",
    }


def _blocks(document: Document, struck: list[str]) -> Iterator[Block]:
    for part in document.iter_inner_content():
        if isinstance(part, Paragraph):
            yield from _paragraph_blocks(part, struck)
        elif isinstance(part, Table):
            yield from _table_blocks(part, struck)


def _paragraph_blocks(paragraph: Paragraph, struck: list[str]) -> Iterator[Block]:
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    properties = paragraph._p.pPr
    in_list = _LIST_STYLE.match(style) or (properties is not None and properties.numPr is not None)
    text = tidy("".join(_runs(paragraph._p, struck)))
    if _HEADING_STYLE.match(style):
        yield from finish_block("heading", text)
    elif re.match("caption|캡션", style, re.I):
        yield from finish_block("caption", text)
    else:
        yield from finish_block("item" if in_list else "paragraph", text)


def _table_blocks(table: Table, struck: list[str]) -> Iterator[Block]:
    """One line a row; a cell that spans columns counts once."""
    for row in table._tbl.iter(qn("w:tr")):
        cells = (_cell_text(cell, struck) for cell in row.iter(qn("w:tc")))
        yield from finish_block("item", " | ".join(cell for cell in cells if cell))


def _cell_text(cell: BaseOxmlElement, struck: list[str]) -> str:
    return tidy(" ".join("".join(_runs(p, struck)) for p in cell.iter(qn("w:p")))).replace(HARD_BREAK, " ")


def _runs(paragraph: BaseOxmlElement, struck: list[str]) -> Iterator[str]:
    """The words of a paragraph, inserted ones and links included, deleted and fallback copies not."""
    for run in paragraph.iter(qn("w:r")):
        if any(parent.tag in _HIDDEN for parent in run.iterancestors()):
            continue
        text = "".join(_run_text(run))
        look = run.find(qn("w:rPr"))
        if look is not None and (_is_on(look, "w:strike") or _is_on(look, "w:dstrike")):
            struck.append(text)
            continue
        raised = look.find(qn("w:vertAlign")) if look is not None else None
        if raised is not None and raised.get(qn("w:val")) == "superscript":
            text = superscript(text)
        yield f"{BOLD_ON}{text}{BOLD_OFF}" if look is not None and _is_on(look, "w:b") else text
    struck += ["".join(part.text or "" for part in paragraph.iter(qn("w:delText")))]


_HIDDEN = frozenset(
    {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)


def _run_text(run: BaseOxmlElement) -> Iterator[str]:
    for part in run:
        if part.tag == qn("w:t"):
            yield plain_characters(part.text or "")
        elif part.tag in (qn("w:br"), qn("w:cr")):
            yield HARD_BREAK
        elif part.tag == qn("w:tab"):
            yield " "
        elif part.tag == qn("w:noBreakHyphen"):
            yield "-"


def _is_on(look: BaseOxmlElement, name: str) -> bool:
    switch = look.find(qn(name))
    return switch is not None and switch.get(qn("w:val")) not in ("0", "false", "off", "none")
