"""An Answer for a terminal, with colours and links, and the same as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it.token import Token
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS
from app.render.parts import printable, source_line, status_line, web_address
from app.render.prose import MARKER_TOKEN, parse

STATUS_STYLES = {"answered": "green", "partial": "yellow", "not_in_corpus": "yellow", "error": "red"}
_QUIET = "dim"
_INDENT = 4  # columns: room for "[12]" before a quotation


class _Line(NamedTuple):
    indent: int  # columns
    text: Text


def to_terminal(answer: Answer) -> Group:
    """The answer for rich's Console: status, text with markers, numbered quotations with links, notices."""
    return Group(*(Padding(line.text, (0, 0, 0, line.indent)) for line in _lines(answer)))


def to_text(answer: Answer) -> str:
    """The same without colours, as long lines; it ends with a line break."""
    return "".join(f"{' ' * line.indent}{line.text.plain}".rstrip() + "\n" for line in _lines(answer))


def _lines(answer: Answer) -> Iterator[_Line]:
    yield _Line(0, Text(status_line(answer), STATUS_STYLES.get(answer.status, "")))
    if answer.matched_names:
        yield _Line(0, _labelled("names", ", ".join(answer.matched_names), answer.language))
    yield _Line(0, Text())
    numbers = {citation.number for citation in answer.citations}
    yield from _prose(answer.text, numbers)
    yield from _quotations(answer.citations, answer.language, numbered=True)
    if answer.nearest:
        yield _Line(0, Text(LABELS[answer.language]["nearest"], "bold"))
        yield _Line(0, Text())
        yield from _quotations(answer.nearest, answer.language, numbered=False)
    for notice in answer.notices:
        yield _Line(0, Text(printable(notice.text), _QUIET))


def _prose(text: str, numbers: set[int]) -> Iterator[_Line]:
    depth, bullet = 0, ""
    for token in parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
            depth -= 1
        elif token.type == "list_item_open":
            bullet = f"{token.info}{token.markup} " if token.info else "• "
        elif token.type == "inline":
            yield _Line(2 * depth, Text(bullet).append_text(_inline(token.children or [], numbers)))
            yield _Line(0, Text())
            bullet = ""


def _inline(tokens: Sequence[Token], numbers: set[int]) -> Text:
    line, styles = Text(), [""]
    for token in tokens:
        if token.type == MARKER_TOKEN:
            line.append(f"[{token.content}]", "bold cyan" if int(token.content) in numbers else "")
        elif token.nesting:
            styles = [*styles, "bold" if token.tag == "strong" else "italic"] if token.nesting > 0 else styles[:-1]
        else:
            line.append("\n" if token.type in ("softbreak", "hardbreak") else printable(token.content), styles[-1])
    return line


def _quotations(citations: Sequence[Citation], language: Language, *, numbered: bool) -> Iterator[_Line]:
    for citation in citations:
        label = f"[{citation.number}]" if numbered else "–"
        yield _Line(
            0, Text(label.ljust(_INDENT), "bold cyan").append(source_line(citation, language), "not bold default")
        )
        yield _Line(_INDENT, Text(printable(citation.title), "bold"))
        yield _Line(_INDENT, Text(f"“{printable(citation.quote)}”", "italic"))
        if address := web_address(citation.url):
            yield _Line(_INDENT, Text(address, f"{_QUIET} link {address}"))
        if citation.matched_via:
            yield _Line(_INDENT, _labelled("matched_via", ", ".join(citation.matched_via), language))
        if "instruction" in citation.flags:
            yield _Line(_INDENT, Text(LABELS[language]["flag_instruction"], "yellow"))
        yield _Line(0, Text())


def _labelled(label: str, value: str, language: Language) -> Text:
    return Text(f"{LABELS[language][label]}: {printable(value)}", _QUIET)
