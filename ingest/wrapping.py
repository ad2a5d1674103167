"""Paragraphs of text without markup: lines that were cut at a margin are put together again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from unicodedata import east_asian_width

from ingest.blocks import ITEM, SENTENCE_END, Block, Kind, is_ornament
from ingest.speakers import opens_turn

MAX_MARGIN = 120  # columns; a text with longer lines was not wrapped
# A printed line below this share of the usual width that ends a sentence ends its paragraph.
SHORT_LINE = 0.8


def plain_blocks(text: str) -> list[Block]:
    """The blocks of a plain text, hard-wrapped or not; lists keep their items.

    The margin is measured in columns (a Hangul syllable takes two). Text that is not wrapped has a paragraph a line.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    widths = [_columns(line) for line in lines if line.strip()]
    margin = max(widths, default=0)
    if margin > MAX_MARGIN:
        margin = 0
    return _blocks(lines, lambda line, following: _is_cut(line, following, margin), _cut_between_letters(lines, margin))


def printed_blocks(text: str) -> list[Block]:
    """The blocks of a text taken from printed pages, where lines are about equally wide and no blank line is sure."""
    lines = [line.rstrip() for line in text.split("\n")]
    widths = sorted(_columns(line) for line in lines if line.strip())
    usual = widths[int(len(widths) * 0.75)] if widths else 0
    return _blocks(lines, lambda line, following: _runs_on(line, following, usual), glue=False)


def _blocks(lines: list[str], continues: Callable[[str, str], bool], glue: bool) -> list[Block]:
    vocabulary = Counter(re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", "\n".join(lines).lower()))
    blocks: list[Block] = []
    pieces: list[str] = []
    kind: Kind = "paragraph"
    for place, line in enumerate([*lines, ""]):
        item = ITEM.match(line)
        last = lines[place - 1] if place else ""
        opens_item = item and (not pieces or kind == "item" or SENTENCE_END.search(last))
        if pieces and line.strip() and not opens_item and continues(last, line):
            _append(pieces, line.strip(), vocabulary, glue=glue)
            continue
        if pieces and not is_ornament("".join(pieces)):
            blocks.append(Block(kind, re.sub(" +", " ", "".join(pieces))))
        pieces = [line.strip()] if line.strip() else []
        kind = "item" if opens_item else "paragraph"
        if item and opens_item:
            pieces = [f"{item['number']} {item['text']}" if item["number"] else item["text"]]
    return blocks


def _append(pieces: list[str], after: str, vocabulary: Counter[str], *, glue: bool) -> None:
    """Add the next line of a paragraph.

    A hyphen at the margin stays ("self-" + "reliance") unless the text itself writes the word without one, never with.
    """
    before = pieces[-1]
    cut = re.search(r"([A-Za-z]{2,})-$", before)
    rest = re.match(r"([a-z]{2,})", after)
    if cut and rest and rest[1] not in ("and", "or", "to", "nor", "but"):
        whole, hyphened = (cut[1] + rest[1]).lower(), f"{cut[1]}-{rest[1]}".lower()
        if vocabulary[whole] and not vocabulary[hyphened]:
            pieces[-1] = before[:-1]
        pieces.append(after)
    elif glue and re.search("[가-힣]$", before) and re.match("[가-힣]", after):
        pieces.append(after)
    else:
        pieces += [" ", after]


def _columns(line: str) -> int:
    return len(line) + sum(east_asian_width(char) in "WF" for char in line if char > "\u10ff")


def _is_cut(line: str, following: str, margin: int) -> bool:
    """Whether the margin, not the author, ended ``line``: the next word did not fit, or a sentence runs on."""
    if not margin or _opens_turn_after(line, following):
        return False
    full = _columns(line) + 1 + _columns(following.split(maxsplit=1)[0]) > margin - 2
    runs_on = not SENTENCE_END.search(line) and bool(re.match(r"[a-z]", following.strip()))
    return full or (runs_on and _columns(line) > margin * 0.5)


def _runs_on(line: str, following: str, usual: int) -> bool:
    if _opens_turn_after(line, following):
        return False
    short = _columns(line) < usual * SHORT_LINE
    if re.match(r"[a-z]", following.strip()) and not re.search(r"[.?!]$", line):
        return True
    return not short


def _opens_turn_after(line: str, following: str) -> bool:
    return bool(SENTENCE_END.search(line)) and opens_turn(following.strip())


def _cut_between_letters(lines: list[str], margin: int) -> bool:
    """Whether a Korean text was cut at a column, also inside words: then all its full lines are equally wide."""
    if not margin:
        return False
    inner = [line for line, following in pairwise(lines) if line.strip() and following.strip()]
    korean = [line for line in inner if re.search("[가-힣]$", line)]
    full = [line for line in korean if _columns(line) >= margin - 1]
    return len(full) > 3 and len(full) >= 0.9 * len(korean)
