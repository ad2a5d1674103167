"""A web page becomes an article's text and fields (the only trafilatura module)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import trafilatura

from ingest.blocks import Block, finish_block
from ingest.characters import BOLD_OFF, BOLD_ON, HARD_BREAK, count_words, plain_characters
from ingest.cleaning import Cleaned, Removals, assemble
from ingest.encodings import decode
from ingest.errors import UnreadableArticle
from ingest.html_fields import PageFacts, page_fields
from ingest.inline import superscript, tidy
from ingest.metadata import own_fields

_KOREAN_CHARSETS = frozenset(
    ("euc-kr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "korean", "x-windows-949", "windows-949", "ms949")
)
# What opens a paragraph that was a <figcaption> or a heading on its way through trafilatura, which drops both from
# pages without an <article>. (It drops private-use characters too.)
_CAPTION, _HEADING = "⁂⁂caption⁂⁂", "⁂⁂heading⁂⁂"


def read_html(raw: bytes) -> tuple[Cleaned, dict[str, str]]:
    """The article in a page and its fields, from meta tags and JSON-LD.

    Navigation, footers and the like are counted as boilerplate. A caption stays, as a paragraph marked so. Raises
    UnreadableArticle for a page in which no article is found.
    """
    page = _decoded(raw)
    facts = PageFacts()
    facts.feed(page)
    facts.close()
    fields = own_fields(page_fields(facts))
    blocks, struck_out = _blocks(page)
    if not blocks:
        raise UnreadableArticle("no article text was found in the page")
    cleaned = assemble(blocks, fields.get("title"), Removals(struck_out=struck_out, comments=facts.comment_words))
    left = count_words(plain_characters("".join(facts.visible))) - struck_out
    boilerplate = left - count_words(cleaned.text) - cleaned.removals.repeated_title
    return replace(cleaned, removals=cleaned.removals + Removals(boilerplate=max(0, boilerplate))), fields


def _decoded(raw: bytes) -> str:
    declared = re.search(rb"charset\s*=\s*[\"']?\s*([\w\-]+)", raw[:4096], re.I)
    name = declared[1].decode().lower() if declared else None
    if name in _KOREAN_CHARSETS:
        name = "cp949"
    elif name and (name.startswith(("utf", "ucs")) or name in ("iso-8859-1", "latin1", "us-ascii", "ascii")):
        name = None  # UTF-8 is tried anyway, and browsers read the others as windows-1252
    return decode(raw, name)


def _blocks(page: str) -> tuple[list[Block], int]:
    """The article's blocks, and how many of its words were struck out."""
    page = re.sub(r"<figcaption\b[^<>]{0,2000}>", f"<p>{_CAPTION}", page, flags=re.I)
    page = re.sub(r"</figcaption\s*>", "</p>", page, flags=re.I)
    page = re.sub(r"</?figure\b[^<>]{0,2000}>", " ", page, flags=re.I)
    if not re.search(r"<(?:article|main)\b", page, re.I):
        page = re.sub(r"<h[1-6]\b[^<>]{0,2000}>", f"<p>{_HEADING}", page, flags=re.I)
        page = re.sub(r"</h[1-6]\s*>", "</p>", page, flags=re.I)
    for recall in (False, True):
        extracted = trafilatura.extract(
            page, output_format="xml", include_formatting=True, include_comments=False, favor_recall=recall
        )
        try:
            main = ElementTree.fromstring(extracted).find("main") if extracted else None
        except ElementTree.ParseError as error:
            raise UnreadableArticle("the page's text could not be taken out of its markup") from error
        if main is not None and "".join(main.itertext()).strip():
            struck_out = sum(count_words(plain_characters("".join(part.itertext()))) for part in main.iter("del"))
            return list(_walk(main)), struck_out
    return [], 0


def _walk(parent: ElementTree.Element) -> Iterator[Block]:
    """Blocks of trafilatura's tree; text that stands loose beside blocks is a paragraph of its own."""
    loose = [plain_characters(parent.text or "")]
    for element in parent:
        if element.tag in ("hi", "ref", "del", "lb", "code"):
            loose += [*_inline(element), plain_characters(element.tail or "")]
            continue
        yield from finish_block("paragraph", tidy("".join(loose)))
        loose = [plain_characters(element.tail or "")]
        yield from _element_blocks(element)
    yield from finish_block("paragraph", tidy("".join(loose)))


def _element_blocks(element: ElementTree.Element) -> Iterator[Block]:
    if element.tag == "list":
        for item in element.iter("item"):
            own = "".join(_text(item, without=("list",)))
            yield from finish_block("item", tidy(own))
    elif element.tag == "table":
        for row in element.iter("row"):
            cells = (tidy("".join(_text(cell))).replace(HARD_BREAK, " ") for cell in row.iter("cell"))
            yield from finish_block("item", " | ".join(cell for cell in cells if cell))
    elif element.tag in ("p", "head", "fw", "ab"):
        text = tidy("".join(_text(element)))
        if element.tag == "head" or text.startswith(_HEADING):
            yield from finish_block("heading", text.removeprefix(_HEADING).strip())
        elif text.startswith(_CAPTION):
            yield from finish_block("caption", text.removeprefix(_CAPTION).strip())
        else:
            yield from finish_block("paragraph", text)
    else:
        yield from _walk(element)


def _text(element: ElementTree.Element, without: tuple[str, ...] = ()) -> Iterator[str]:
    yield plain_characters(element.text or "")
    for child in element:
        if child.tag not in without:
            yield from _inline(child)
        yield plain_characters(child.tail or "")


def _inline(element: ElementTree.Element) -> Iterator[str]:
    if element.tag == "del":
        return
    inner = "".join(_text(element))
    look = element.get("rend", "")
    if element.tag == "lb":
        yield HARD_BREAK
    elif look == "#sup":
        yield superscript(inner)
    elif look == "#b":
        yield f"{BOLD_ON}{inner}{BOLD_OFF}"
    elif element.tag == "p":
        yield f"{HARD_BREAK}{inner}{HARD_BREAK}"
    else:
        yield inner
