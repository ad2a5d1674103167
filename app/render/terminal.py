"""Answers and passages for a terminal, with colours and links, and the same as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS, display_date
from app.render.parts import printable, source_line, status_line, web_address
from app.render.prose import MARKER_TOKEN, parse

if TYPE_CHECKING:
    from app.retrieval import Passage, ScoreParts  # at run time its vendors cost a second; only fields are read here

STATUS_STYLES = {"answered": "green", "partial": "yellow", "not_in_corpus": "yellow", "error": "red"}
_QUIET = "dim"
_INDENT = 4  # columns: room for "[12]" before a quotation


class Line(NamedTuple):
    """A line of text, or several that share an indent."""

    indent: int  # columns
    text: Text


def to_terminal(lines: Iterable[Line]) -> Group:
    """The lines for rich's Console, which colours, links and wraps them."""
    return Group(*(Padding(line.text, (0, 0, 0, line.indent)) for line in lines))


def to_text(lines: Iterable[Line]) -> str:
    """The same without colours, as long lines; it ends with a line break."""
    return "".join(indent(line.text.plain, " " * line.indent).rstrip() + "\n" for line in lines)


def answer_lines(answer: Answer) -> Iterator[Line]:
    """Status, text with markers, numbered quotations with links, notices."""
    yield Line(0, Text(status_line(answer), STATUS_STYLES.get(answer.status, "")))
    if answer.matched_names:
        yield Line(0, _labelled("names", ", ".join(answer.matched_names), answer.language))
    yield Line(0, Text())
    numbers = {citation.number for citation in answer.citations}
    yield from _prose(answer.text, numbers)
    yield from _quotations(answer.citations, answer.language, numbered=True)
    if answer.nearest:
        yield Line(0, Text(LABELS[answer.language]["nearest"], "bold"))
        yield Line(0, Text())
        yield from _quotations(answer.nearest, answer.language, numbered=False)
    for notice in answer.notices:
        yield Line(0, Text(printable(notice.text), _QUIET))


def passage_lines(passages: Sequence[Passage]) -> Iterator[Line]:
    """Of each passage: rank, score and what it adds up from; article and place; the text on one line."""
    if not passages:
        yield Line(0, Text("No passage."))
    for rank, passage in enumerate(passages, start=1):
        parts, article, chunk = passage.parts, passage.article, passage.chunk
        came_from = f"= candidates {parts.candidates:.3f} + late {parts.read:.3f}  ({_searches(parts)})"
        yield Line(0, Text.assemble((f"{rank:2} ", "bold cyan"), f"{passage.score:.3f}  ", (came_from, _QUIET)))
        known = (article.title, article.outlet, display_date(article.published, "en"), article.kind)
        source = printable(" · ".join(part for part in known if part))
        yield Line(3, Text.assemble((source, "bold"), (f"  {article.id} {chunk.start}–{chunk.end}", _QUIET)))
        yield Line(3, Text(" ".join(printable(chunk.text).split())))
        yield Line(0, Text())


def _searches(parts: ScoreParts) -> str:
    """What the searches made of a passage, in their own units."""
    cosine = "–" if parts.cosine is None else f"{parts.cosine:.2f}"
    bm25 = "–" if parts.bm25_score is None else f"{parts.bm25_score:.1f}"
    return f"cosine {cosine} · BM25 {bm25} · lift {parts.lift:.2f} · likeness {parts.late:.2f}"


def _prose(text: str, numbers: set[int]) -> Iterator[Line]:
    depth, bullet = 0, ""
    for token in parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
            depth -= 1
        elif token.type == "list_item_open":
            bullet = f"{token.info}{token.markup} " if token.info else "• "
        elif token.type == "inline":
            yield Line(2 * depth, Text(bullet).append_text(_inline(token.children or [], numbers)))
            yield Line(0, Text())
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


def _quotations(citations: Sequence[Citation], language: Language, *, numbered: bool) -> Iterator[Line]:
    for citation in citations:
        label = f"[{citation.number}]" if numbered else "–"
        yield Line(
            0, Text(label.ljust(_INDENT), "bold cyan").append(source_line(citation, language), "not bold default")
        )
        yield Line(_INDENT, Text(printable(citation.title), "bold"))
        yield Line(_INDENT, Text(f"> {printable(citation.quote)}", "italic"))
        if address := web_address(citation.url):
            yield Line(_INDENT, Text(address, f"{_QUIET} link {address}"))
        if citation.matched_via:
            yield Line(_INDENT, _labelled("matched_via", ", ".join(citation.matched_via), language))
        if "instruction" in citation.flags:
            yield Line(_INDENT, Text(LABELS[language]["flag_instruction"], "yellow"))
        yield Line(0, Text())


def _labelled(label: str, value: str, language: Language) -> Text:
    return Text(f"{LABELS[language][label]}: {printable(value)}", _QUIET)
