"""Paragraphs, headings and list items of a Markdown text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ingest.characters import BOLD_OFF, BOLD_ON, ESCAPED, HARD_BREAK
from ingest.inline import clean_inline
from ingest.speakers import opens_turn

Kind = Literal["paragraph", "heading", "item", "caption"]

MAX_HEADING_WORDS = 30  # the longest bold line that titles something in 1,157 White House pages has 27


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, caption or list item, clean; a line break inside it was set by the author."""

    kind: Kind
    text: str


_ESCAPED_SIGNS = f"{chr(ESCAPED + 0x21)}-{chr(ESCAPED + 0x7E)}"
_ORNAMENT = re.compile(rf"[\s#*=_~•·—–\-.|:+>{_ESCAPED_SIGNS}{HARD_BREAK}]*")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(?:={3,}|-{3,})\s*$")
ITEM = re.compile(
    r"(?P<indent>\s*)(?:(?P<bullet>[-*+•◦▪●■‣])|(?P<number>\(?\d{1,3}[.)]))(?:\s+|(?<=[•◦▪●■‣]))(?P<text>\S.*)"
)
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
_FENCE = re.compile(r"\s{0,3}(?:`{3,}|~{3,})")
_REFERENCE = re.compile(r" {0,3}\[(?!\^)[^\[\]]{1,200}\]:\s+\S+(?:\s+[\"'(].*)?$")
_END_SIGN = re.compile(r"^(?:[*#] ?){3,}|\s*(?:[*#] ?){3,}$")
SENTENCE_END = re.compile(r"[.?!:;…][)\]\"”’*_]*$|[)\]”—]$")


def is_ornament(line: str) -> bool:
    """Whether a line is blank or drawn ("###", "* * *", "-----"), without a word."""
    return bool(_ORNAMENT.fullmatch(line))


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of Markdown with plain characters and hidden escapes; ornaments ("###") are left out."""
    blocks: list[Block] = []
    for kind, lines in _grouped_lines(text):
        raw = "\n".join(lines)
        if is_ornament(raw):
            continue
        blocks += finish_block(kind, clean_inline(raw))
    return blocks


def _grouped_lines(text: str) -> Iterator[tuple[Kind, list[str]]]:
    """Runs of lines that make one block each."""
    kind: Kind = "paragraph"
    lines: list[str] = []
    after_blank, in_list, fenced = True, False, False
    for raw_line in text.split("\n"):
        line = _QUOTE.sub("", raw_line, count=1)
        if _FENCE.match(line):
            fenced = not fenced
            line = ""
        found = None if fenced else _starts_block(line, lines, after_blank=after_blank, in_list=in_list)
        ornament = is_ornament(line) and not (lines and re.fullmatch(r"[*_]{1,2}", line.strip()))
        if lines and (found or ornament):
            underlined = _UNDERLINE.match(line) and len(lines) == 1 and kind == "paragraph"
            yield "heading" if underlined else kind, lines
            kind, lines = "paragraph", []
        if ornament or _REFERENCE.match(line):
            after_blank = True
            continue
        if after_blank and not line.startswith("  "):
            in_list = False
        if found:
            kind, line = found
            in_list = kind == "item"
        elif not lines:
            kind = "item" if in_list else "paragraph"
        lines.append(line.strip())
        after_blank = False
        if kind == "heading" or fenced:
            yield kind, lines
            kind, lines = "paragraph", []
    if lines:
        yield kind, lines


def _starts_block(line: str, lines: list[str], *, after_blank: bool, in_list: bool) -> tuple[Kind, str] | None:
    """What the line opens, and the line without its sign; None where it goes on with what came before."""
    heading = _HEADING.match(line)
    if heading:
        return "heading", heading[1]
    if line.lstrip().startswith("|"):
        cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        return "item", " | ".join(cell for cell in cells if cell)
    item = ITEM.match(line)
    if item:
        interrupts = SENTENCE_END.search(lines[-1]) or lines[-1].endswith(HARD_BREAK) if lines else True
        numbered = item["number"]
        follows_on = not numbered or numbered.strip("().") == "1"
        if after_blank or in_list or (interrupts and follows_on):
            return "item", f"{numbered} {item['text']}" if numbered else item["text"]
    if lines and opens_turn(line.strip(" *_")) and SENTENCE_END.search(lines[-1].rstrip(f" {HARD_BREAK}")):
        return "paragraph", line
    return None


def finish_block(kind: Kind, text: str) -> list[Block]:
    """A clean stretch with its break and bold signs as blocks: bold lines are headings, other lines stay together."""
    blocks: list[Block] = []
    prose: list[str] = []
    bold = False
    for line in text.split(HARD_BREAK):
        plain, wholly_bold, bold = _read_bold(line, bold)
        if not plain or is_ornament(plain):
            continue
        plain = _END_SIGN.sub("", plain)
        if kind == "paragraph" and wholly_bold and _titles(plain):
            blocks += [Block(kind, "\n".join(prose))] if prose else []
            blocks.append(Block("heading", plain))
            prose = []
        elif prose and _goes_on(prose[-1], plain):
            prose[-1] = f"{prose[-1]} {plain}"
        else:
            prose.append(plain)
    if prose and kind == "heading":
        prose = [" ".join(prose)]
    return [*blocks, Block(kind, "\n".join(prose))] if prose else blocks


def _read_bold(line: str, bold: bool) -> tuple[str, bool, bool]:
    """The line without its bold signs, whether all its words are bold, and whether bold is still on at its end."""
    wholly = True
    plain: list[str] = []
    for piece in re.split(f"({BOLD_ON}|{BOLD_OFF})", line):
        if piece in (BOLD_ON, BOLD_OFF):
            bold = piece == BOLD_ON
        elif piece:
            wholly = wholly and (bold or not re.search(r"\w", piece))
            plain.append(piece)
    text = re.sub(" {2,}", " ", "".join(plain)).strip()
    return text, wholly and bool(re.search(r"\w", text)), bold


def _titles(line: str) -> bool:
    words = len(line.split())
    return words <= MAX_HEADING_WORDS and not (line.endswith(".") and words > 8) and not opens_turn(line)


def _goes_on(line: str, following: str) -> bool:
    """Whether a line break fell inside a sentence."""
    return bool(re.match("[a-z]", following)) and not re.search(r"[.?!:;…)\]”\"]$", line)
