"""Whether an answer holds certain words, however quotation marks, dashes, percentages and sums of money are written."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‛ʼ′`", "'"),
        **dict.fromkeys('“”„«»″"「」『』', ""),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "\u00ad": "",
    }
)
_AMOUNT: Final = r"(?P<number>\d+(?:\.\d+)?)"
_SIZE: Final = r"(?P<size>thousand|million|billion|trillion)"
_REWRITTEN: Final = (
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),  # 28,500 → 28500
    (re.compile(r"\s+"), " "),
    (re.compile(r" ?- ?"), "-"),
    (re.compile(r"(?<=\d)[ -]?(?:%|per ?cent(?![a-z])|퍼센트)"), " percent"),
    (re.compile(r"(?:\bus|\bu\.s\.) ?\$"), "$"),
    (re.compile(r"\$ (?=\d)"), "$"),
    (re.compile(rf"\${_AMOUNT}[ -]?(?:bn|b)(?![a-z])"), r"$\g<number> billion"),
    (re.compile(rf"\${_AMOUNT}[ -]?(?:mn|m)(?![a-z])"), r"$\g<number> million"),
    (re.compile(rf"{_AMOUNT}[ -]{_SIZE}"), r"\g<number> \g<size>"),
    (re.compile(rf"(?<![$\d.]){_AMOUNT} {_SIZE} (?:u\.?s\.? )?dollars?(?![a-z])"), r"$\g<number> \g<size>"),
    (re.compile(rf"(?<![$\d.]){_AMOUNT} (?:u\.?s\.? )?dollars?(?![a-z])"), r"$\g<number>"),
)


def plain(text: str) -> str:
    """The text in one writing: no capitals, no double quotation marks, one dash, one space, numbers without commas.

    "28,500" → "28500", "15%" → "15 percent", "US$350bn" and "350 billion dollars" → "$350 billion".
    """
    written = unicodedata.normalize("NFKC", text.translate(_SIGNS)).casefold()
    for pattern, with_this in _REWRITTEN:
        written = pattern.sub(with_this, written)
    return written.strip()


def holds(text: str, words: str) -> bool:
    """Whether the words stand in the text, both taken as ``plain`` writes them.

    They start where a word of the text starts (in Hangul anywhere), and may go on in an ending: "Japan" stands in
    "Japanese", "art" not in "part". A number is whole: "15 percent" does not stand in "115 percent", nor "3" in "3.5".
    """
    wanted = plain(words)
    if not wanted:
        return False
    before = r"(?<!\d)(?<!\d\.)" if wanted[0].isdigit() else r"(?<![a-z\d])" if wanted[0].isascii() else ""
    after = r"(?!\d|\.\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, plain(text)) is not None
