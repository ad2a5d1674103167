"""What is left of HTML in a Markdown or plain text: comments, struck-out speech, tables and other blocks."""

from __future__ import annotations

import re

from ingest.characters import count_words

_STRUCK_TAG = re.compile(r"<(s|strike|del)(?:\s[^<>]{0,500})?>(?!\s*</\1)", re.I)
_TILDES = re.compile(r"(?<!~)~~(?=\S)([^~]{1,2000}?)(?<=\S)~~(?!~)")
_CELL_END = re.compile(r"\s*</t[dh]\s*>\s*<t[dh]\b[^<>]{0,500}>\s*", re.I)
_ROW = re.compile(r"\s*<tr\b[^<>]{0,500}>\s*", re.I)
_ROW_END = re.compile(r"\s*</tr\s*>", re.I)
_HTML_HEADING = re.compile(
    r"<h([1-6])\b[^<>]{0,500}>\s*([^<>]{1,500}|(?:(?!</?h[1-6])[\s\S]){1,1000}?)\s*</h\1\s*>", re.I
)
_HTML_ITEM = re.compile(r"\s*<li\b[^<>]{0,500}>\s*", re.I)
_FIGCAPTION = re.compile(r"<figcaption\b[^<>]{0,500}>|</figcaption\s*>", re.I)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|table|tbody|thead|tfoot|figure|ul|ol|li|blockquote|section|article|header|footer|center|pre|hr|dl|dt|dd)"
    r"(?:[\s/][^<>]{0,2000})?>",
    re.I,
)


def without_comments(text: str) -> tuple[str, int]:
    """The text without <!-- … --> and how many words stood there; one without an end is no comment."""
    pieces: list[str] = []
    at = words = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        words += count_words(text[start + 4 : end])
        pieces.append(text[at:start])
        at = end + 3
    return "".join([*pieces, text[at:]]), words


def without_struck_out(text: str) -> tuple[str, int]:
    """The text without struck-out speech and how many words it was; a tag without an end strikes out nothing."""
    words = 0

    def left_out(found: re.Match[str]) -> str:
        nonlocal words
        words += count_words(re.sub("<[^<>]{0,500}>", " ", found[1]))
        return ""

    pieces: list[str] = []
    at = 0
    for opening in _STRUCK_TAG.finditer(text):
        if opening.start() < at:
            continue
        closing = re.compile(f"</{opening[1]}\\s*>", re.I).search(text, opening.end(), opening.end() + 5000)
        if closing is None:
            continue
        words += count_words(re.sub("<[^<>]{0,500}>", " ", text[opening.end() : closing.start()]))
        pieces.append(text[at : opening.start()])
        at = closing.end()
    text = "".join([*pieces, text[at:]])
    return _TILDES.sub(left_out, text), words


def html_blocks_as_lines(text: str) -> str:
    """Markdown in which HTML's own blocks (tables, lists, paragraphs) have become lines and blank lines."""
    if "<" not in text:
        return text
    text = _CELL_END.sub(" | ", text)
    text = _ROW_END.sub("\n", _ROW.sub("\n\n| ", text))
    text = re.sub(r" *<t[dh]\b[^<>]{0,500}>[ |]*|[ |]*</t[dh]\s*>[ |]*", " ", text)
    text = _HTML_HEADING.sub(lambda found: f"\n\n# {' '.join(found[2].split())}\n\n", text)
    text = _HTML_ITEM.sub("\n\n- ", text)
    text = _FIGCAPTION.sub("\n\n", text)
    return _BLOCK_TAG.sub("\n\n", text)
