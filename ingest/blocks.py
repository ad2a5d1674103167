"""Paragraphs, headings and list items of a text in Markdown or without markup."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

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
_ITEM = re.compile(
    r"(?P<indent>\s*)(?:(?P<bullet>[-*+•◦▪●■‣])|(?P<number>\(?\d{1,3}[.)]))(?:\s+|(?<=[•◦▪●■‣]))(?P<text>\S.*)"
)
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_FENCE = re.compile(r"\s{0,3}(?:`{3,}|~{3,})")
_REFERENCE = re.compile(r" {0,3}\[(?!\^)[^\[\]]{1,200}\]:\s+\S+(?:\s+[\"'(].*)?$")
_SENTENCE_END = re.compile(r"[.?!:;…][)\]\"”’*_]*$|[)\]”—]$")


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of Markdown with plain characters and hidden escapes; ornaments ("###") are left out."""
    blocks: list[Block] = []
    for kind, lines in _grouped_lines(text):
        raw = "\n".join(lines)
        if _ORNAMENT.fullmatch(raw):
            continue
        blocks += _finished(kind, clean_inline(raw))
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
        starts = not fenced and _starts_block(line, lines, after_blank=after_blank, in_list=in_list)
        ornament = _ORNAMENT.fullmatch(line) and not (lines and re.fullmatch(r"[*_]{1,2}", line.strip()))
        if starts or ornament:
            if lines and _UNDERLINE.match(line) and len(lines) == 1 and kind == "paragraph":
                kind = "heading"
            if lines:
                yield kind, lines
            kind, lines = "paragraph", []
        if ornament or _REFERENCE.match(line):
            after_blank = True
            continue
        if after_blank and not line.startswith("  "):
            in_list = False
        found = None if fenced else _starts_block(line, lines, after_blank=after_blank, in_list=in_list)
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
    item = _ITEM.match(line)
    if item:
        interrupts = _SENTENCE_END.search(lines[-1]) or lines[-1].endswith(HARD_BREAK) if lines else True
        numbered = item["number"]
        follows_on = not numbered or numbered.strip("().") == "1"
        if after_blank or in_list or (interrupts and follows_on):
            return "item", f"{numbered} {item['text']}" if numbered else item["text"]
    if lines and opens_turn(line.strip(" *_")) and _SENTENCE_END.search(lines[-1].rstrip(f" {HARD_BREAK}")):
        return "paragraph", line
    return None


def _finished(kind: Kind, text: str) -> list[Block]:
    """A cleaned stretch as blocks: its bold lines are headings, its other lines stay together."""
    blocks: list[Block] = []
    prose: list[str] = []
    bold = False
    for line in text.split(HARD_BREAK):
        plain, wholly_bold, bold = _read_bold(line, bold)
        if not plain or _ORNAMENT.fullmatch(plain):
            continue
        plain = re.sub(r"\s*#{3,}$", "", plain)
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


def plain_blocks(text: str) -> list[Block]:
    """The blocks of a text without markup, hard-wrapped or not: a line that was cut at the margin joins the next.

    The margin is measured in columns (a Hangul syllable takes two). Lists keep their items.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    margin = _margin(lines)
    blocks: list[Block] = []
    vocabulary = Counter(re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", text.lower()))
    current = ""
    kind: Kind = "paragraph"
    last = ""
    for line in [*lines, ""]:
        item = _ITEM.match(line)
        starts_item = item and (not current or kind == "item" or _SENTENCE_END.search(current))
        if current and line.strip() and not starts_item and _is_wrapped(last, line, margin):
            current = join_wrapped(current, line.strip(), vocabulary)
            last = line
            continue
        if current and not _ORNAMENT.fullmatch(current):
            blocks.append(Block(kind, re.sub(" +", " ", current)))
        kind = "item" if starts_item else "paragraph"
        current = line.strip()
        if item and starts_item:
            current = f"{item['number']} {item['text']}" if item["number"] else item["text"]
        last = line
    return blocks


def _columns(line: str) -> int:
    return len(line) + sum(east_asian_width(char) in "WF" for char in line if char > "\u10ff")


def _margin(lines: list[str]) -> int:
    """Columns at which the text was wrapped, or 0 where it was not: wrapped texts hold no line over 120 columns."""
    widths = sorted(_columns(line) for line in lines if line.strip())
    return widths[-1] if widths and widths[-1] <= 120 else 0


def _is_wrapped(line: str, following: str, margin: int) -> bool:
    """Whether the break after ``line`` was set by the margin, not by the author."""
    if not margin:
        return False
    if opens_turn(following.strip()) and _SENTENCE_END.search(line):
        return False
    first_word = following.split(maxsplit=1)[0]
    full = _columns(line.rstrip()) + 1 + _columns(first_word) > margin - 2
    unfinished = not _SENTENCE_END.search(line) and bool(re.match(r"[a-z]", following.strip()))
    return full or (unfinished and _columns(line) > margin * 0.5)


def join_wrapped(before: str, after: str, vocabulary: Counter[str]) -> str:
    """Two halves of a wrapped line as one.

    A hyphen at the margin stays ("self-" + "reliance") unless the text itself writes the word without one, never with.
    """
    cut = re.search(r"([A-Za-z]{2,})-$", before)
    rest = re.match(r"([a-z]{2,})", after)
    if not cut or not rest or rest[1] in ("and", "or", "to", "nor", "but"):
        return f"{before} {after}"
    whole, hyphened = (cut[1] + rest[1]).lower(), f"{cut[1]}-{rest[1]}".lower()
    if vocabulary[whole] and not vocabulary[hyphened]:
        return before[:-1] + after
    return before + after
