"""An Answer as Markdown, for a note or an issue: the text, then its sources as a numbered list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS
from app.render.parts import encoded_address, place_line, printable, source_line, status_line
from app.render.prose import escape_markdown


def to_markdown(answer: Answer, *, places: bool = False) -> str:
    """The answer in CommonMark; sources and quotations are escaped, addresses encoded. It ends with a line break.

    ``places``: with the article, the characters and the hash below each quotation, as ``hanmi verify`` reads them.
    """
    return "\n\n".join(part for part in _parts(answer, places) if part) + "\n"


def _parts(answer: Answer, places: bool) -> Iterator[str]:
    yield f"**{escape_markdown(printable(answer.question))}**".replace("\n", " ") if answer.question.strip() else ""
    yield f"*{escape_markdown(status_line(answer))}*"
    yield _prose(printable(answer.text))
    if answer.citations:
        yield f"**{LABELS[answer.language]['sources']}**"
    for citation in answer.citations:
        yield f"\\[{citation.number}\\] {_source(citation, answer.language, places)}"
    if answer.nearest:
        yield f"**{LABELS[answer.language]['nearest']}**"
    for citation in answer.nearest:
        yield f"- {_source(citation, answer.language, places)}".replace("\n", "\n  ")
    for notice in answer.notices:
        yield f"*{escape_markdown(notice.text)}*"


# Signs that open more than prose has (app.render.prose); an escaped sign and a marker stay as they are.
_FOREIGN = re.compile(r"\\.|\[\d{1,3}\](?![(:])|[<\[`&~#|]", re.DOTALL)


def _prose(text: str) -> str:
    """The text with lists, quotations and emphasis alone: HTML, links, pictures and headings are shown as written."""
    return _FOREIGN.sub(lambda match: match[0] if len(match[0]) > 1 else f"\\{match[0]}", text)


def _source(citation: Citation, language: Language, places: bool) -> str:
    title = escape_markdown(printable(citation.title))
    if address := encoded_address(citation.url):
        title = f"[{title}](<{address}>)"
    words = escape_markdown(" ".join(printable(citation.quote).split()))
    place = f"\n>\n> {escape_markdown(place_line(citation, language))}" if places else ""
    return f"{escape_markdown(source_line(citation, language))}: {title}\n> {words}{place}"
