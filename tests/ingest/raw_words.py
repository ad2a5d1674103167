"""The words of a raw file less its markup, found without the code under test, and a comparison with a cleaned text.

Written apart from ingest/ on purpose: it knows only what markup is, by plain patterns over the whole file.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class RawWords:
    """What a raw text says: its words in order, and how many words stood in comments and in struck-out speech."""

    words: list[str]
    comments: int
    struck_out: int


def words_of(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", text))


def raw_words(raw: str) -> RawWords:
    """The words of Markdown or HTML, front matter apart."""
    text = re.sub(r"\A---\n.*?\n---\n", "", raw, flags=re.S)
    text = re.sub(r"<(script|style|title)\b.*?</\1>", " ", text, flags=re.S | re.I)
    text = re.sub("\u00ad\\s*\n\\s*|[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]", "", text)
    text = re.sub(r"<!doctype[^>]*>", "", text, flags=re.I)
    comments = re.findall(r"<!--(.*?)-->", text, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    struck = re.findall(r"<s>(.*?)</s>|~~(.*?)~~", text, flags=re.S)
    text = re.sub(r"<s>.*?</s>|~~.*?~~", " ", text, flags=re.S)
    link = r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)"
    text = re.sub(link, r"\1", re.sub(r"\\([\[\]()])", r" \\\1", text))
    text = re.sub(r"<(https?:[^>\s]+|[^<>\s]+@[^<>\s]+)>", r" \1 ", text)
    text = re.sub(r"<sup>(\d+)</sup>", r" \1 ", text)
    text = re.sub(r"</?(?:td|tr|th|li|p|br|div|h\d|figure|figcaption|table|tbody|ul|nav|footer)\b[^>]*>", " ", text)
    text = re.sub(r"</?[a-zA-Z][^<>]*>", "", text)
    text = html.unescape(re.sub(r"\*+", "", re.sub(r"\\(.)", r"\1", text)))
    return RawWords(
        words_of(text),
        sum(len(words_of(comment)) for comment in comments),
        sum(len(words_of(" ".join(pair))) for pair in struck),
    )


@dataclass(frozen=True)
class Difference:
    """How a cleaned text's words differ from the raw ones: ``wrong`` is "" where only allowed things happened."""

    wrong: str
    titles: int  # words left out because they repeat the title at the top
    parted: list[str]  # raw words that stand as two: a space was missing


def compare(raw: list[str], cleaned: list[str], title: str = "") -> Difference:
    """Walk both lists side by side; the title may be missing among the first words, a glued word may be parted."""
    heading = [word.casefold() for word in words_of(title)]
    at = titles = 0
    parted: list[str] = []
    for place, word in enumerate(cleaned):
        while (
            at < 60 and heading and heading == _folded(raw, at, len(heading)) != _folded(cleaned, place, len(heading))
        ):
            titles, at = titles + len(heading), at + len(heading)
        if parted and parted[-1].endswith(f"|{word}"):
            parted[-1] = parted[-1].replace("|", " ")
            continue
        if at < len(raw) and raw[at] == word:
            at += 1
        elif at < len(raw) and place + 1 < len(cleaned) and raw[at] == word + cleaned[place + 1]:
            parted.append(f"{word}|{cleaned[place + 1]}")
            at += 1
        else:
            return Difference(f"…{cleaned[max(0, place - 4) : place + 4]} is not {raw[at : at + 4]}", titles, parted)
    rest = raw[at:]
    return Difference(f"lost at the end: {rest[:8]}" if rest else "", titles, parted)


def _folded(words: list[str], at: int, count: int) -> list[str]:
    return [word.casefold() for word in words[at : at + count]]
