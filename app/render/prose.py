"""An answer's text, which is Markdown with markers, as blocks and inline tokens.

Read are paragraphs, lists, quotations, emphasis, escapes and markers. Links, images, headings, code and HTML stay the
characters they are, so nothing an article or a model writes can fetch, link or format beyond that.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MARKER = re.compile(r"\[(\d{1,3})\]")
MARKER_TOKEN = "marker"
_SIGNS = re.compile(r"([\\`*_\[\]<>#|~&])|^(\s*)([-+]|\d{1,9}[.)])(?=\s|$)", re.MULTILINE)


def parse(text: str) -> list[Token]:
    """The block tokens of an answer's text; a marker is an inline token whose ``content`` is its number."""
    return _parser().parse(text)


def escape_markdown(text: str) -> str:
    """The text so that Markdown shows each of its characters as it is."""
    return _SIGNS.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}{match[3][:-1]}\\{match[3][-1]}", text)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero").enable(["list", "blockquote", "emphasis", "escape", "newline", "balance_pairs"])
    parser.inline.ruler.before("escape", MARKER_TOKEN, _marker)
    return parser


def _marker(state: StateInline, silent: bool) -> bool:
    match = MARKER.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push(MARKER_TOKEN, "", 0).content = match[1]
    state.pos = match.end()
    return True
