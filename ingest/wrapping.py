"""Paragraphs of text without markup: lines that were cut at a margin are put together again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal
from unicodedata import east_asian_width

from ingest.blocks import ITEM, SENTENCE_END, Block, Kind, is_ornament
from ingest.speakers import opens_turn

MAX_MARGIN = 120  # columns; a text with longer lines was not wrapped
# A printed line below this share of the usual width that ends a sentence ends its paragraph.
SHORT_LINE = 0.8
TAIL = 80  # characters of a paragraph that the next line is joined to: the longest word there may be


def plain_blocks(text: str) -> list[Block]:
    """The blocks of a plain text, hard-wrapped or not; lists keep their items.

    The margin is measured in columns (a Hangul syllable takes two). Text that is not wrapped has a paragraph a line.
    """
    lines = text.split("\n")
    widths = [_columns(line.rstrip()) for line in lines if line.strip()]
    margin = max(widths, default=0)
    if margin > MAX_MARGIN:
        margin = 0
    words = _Words(lines, korean="glued" if _cut_between_letters(lines, margin) else "spaced")
    return _blocks(lines, lambda line, following: _is_cut(line, following, margin), words)


def printed_blocks(stretches: Sequence[tuple[Kind, Sequence[str]]]) -> list[Block]:
    """The blocks of lines taken from printed pages, in stretches that do not run on into each other.

    A heading's lines are one heading. Elsewhere a line that is clearly shorter than usual ends its paragraph.
    """
    everything = [line for _, lines in stretches for line in lines]
    widths = sorted(_columns(line) for line in everything if line.strip())
    usual = widths[int(len(widths) * 0.75)] if widths else 0
    words = _Words(everything, korean="unsure")
    blocks: list[Block] = []
    for kind, lines in stretches:
        if kind == "heading":
            blocks += _blocks(lines, lambda _line, _following: True, words, kind)
        else:
            blocks += _blocks(lines, lambda line, following: _runs_on(line, following, usual), words, kind)
    return blocks


def _blocks(
    lines: Sequence[str], continues: Callable[[str, str], bool], words: _Words, plain_kind: Kind = "paragraph"
) -> list[Block]:
    blocks: list[Block] = []
    done: list[str] = []  # the paragraph so far, but for its end: to look at all of it for each line takes for ever
    current = ""
    kind = plain_kind
    for place, line in enumerate([*lines, ""]):
        item = ITEM.match(line) if plain_kind == "paragraph" else None
        last = lines[place - 1] if place else ""
        opens_item = item and (not current or kind == "item" or SENTENCE_END.search(last.rstrip()))
        if current and line.strip() and not opens_item and continues(last.rstrip(), line):
            spaced = last.endswith(" ") or line.startswith(" ")
            done.append(current[:-TAIL])
            current = words.joined(f"{current[-TAIL:]} " if spaced else current[-TAIL:], line.strip())
            continue
        whole = "".join([*done, current])
        if not is_ornament(whole):
            blocks.append(Block(kind, re.sub(" +", " ", whole)))
        done = []
        current = line.strip()
        kind = "item" if opens_item else plain_kind
        if item and opens_item:
            current = f"{item['number']} {item['text']}" if item["number"] else item["text"]
    return blocks


class _Words:
    """The words a text writes, which tell how the two halves at a line's end belong together."""

    def __init__(self, lines: Sequence[str], korean: Literal["spaced", "glued", "unsure"]) -> None:
        self._korean = korean  # how Korean lines are cut: between words, anywhere, or as the words will tell
        text = "\n".join(lines)
        self._latin = frozenset(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))
        # The first and last word of a line may be half a word.
        inner_words = r"(?<=[ (“‘\"'])[가-힣]+(?=[ .,)”’\"'])"
        self._hangul = frozenset(re.findall(inner_words, text if korean == "unsure" else ""))

    def joined(self, before: str, after: str) -> str:
        """Two lines of a paragraph as one.

        A hyphen at the margin stays ("self-" + "reliance") unless the text writes the word without one, never with.
        """
        if before.endswith(" "):
            return before + after
        cut = re.search(r"([A-Za-z]{2,})-$", before)
        rest = re.match(r"([a-z]{2,})", after)
        if cut and rest and rest[1] not in ("and", "or", "to", "nor", "but"):
            whole, hyphened = (cut[1] + rest[1]).lower(), f"{cut[1]}-{rest[1]}".lower()
            unhyphened = whole in self._latin and hyphened not in self._latin
            return (before[:-1] if unhyphened else before) + after
        if re.search(r"[a-z]-$", before) and re.match(r"[A-Z][a-z]", after):
            return before + after
        return before + ("" if self._halves(before, after) else " ") + after

    def _halves(self, before: str, after: str) -> bool:
        left, right = re.search("[가-힣]+$", before), re.match(r"([가-힣]+)(.?)", after)
        if left is None or right is None or self._korean == "spaced":
            return False
        if self._korean == "glued":
            return True
        if left[0] + right[1] in self._hangul:
            return not (left[0] in self._hangul and right[1] in self._hangul)
        return bool(_ENDING.fullmatch(right[1])) or (right[1] == "다" and right[2] == ".")


# What no Korean word begins with: a line that opens so goes on with the last line's word.
_ENDING = re.compile(
    "를|을|은|는|의|에|에서|에게|으로|부터|까지|했다|한다|된다|됐다|였다|이다|면서|지만|습니다|합니다|됩니다"
)


def _columns(line: str) -> int:
    return len(line) + sum(east_asian_width(char) in "WF" for char in line if char > "\u10ff")


def _is_cut(line: str, following: str, margin: int) -> bool:
    """Whether the margin, not the author, ended ``line``: the next word did not fit, or a sentence runs on."""
    if not margin or _opens_turn_after(line, following):
        return False
    if re.search(r"[A-Za-z]-$", line) and re.match("[a-z]", following.strip()):
        return True
    full = _columns(line) + 1 + _columns(following.split(maxsplit=1)[0]) > margin - 2
    runs_on = not SENTENCE_END.search(line) and bool(re.match(r"[a-z]", following.strip()))
    return full or (runs_on and _columns(line) > margin * 0.5)


def _runs_on(line: str, following: str, usual: int) -> bool:
    if _opens_turn_after(line, following):
        return False
    if re.match(r"[a-z]", following.strip()) and not re.search(r"[.?!]$", line):
        return True
    return line.endswith(",") or _columns(line) >= usual * SHORT_LINE


def _opens_turn_after(line: str, following: str) -> bool:
    return bool(SENTENCE_END.search(line)) and opens_turn(following.strip())


def _cut_between_letters(lines: Sequence[str], margin: int) -> bool:
    """Whether a Korean text was cut at a column, also inside words: then all its full lines are equally wide."""
    if not margin:
        return False
    inner = [line for line, following in pairwise(lines) if line.strip() and following.strip()]
    korean = [line for line in inner if re.search("[가-힣] ?$", line)]
    full = [line for line in korean if _columns(line.rstrip()) >= margin - 2]
    return len(full) > 3 and len(full) >= 0.9 * len(korean)
