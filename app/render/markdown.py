"""An Answer as Markdown, for a note or an issue: the text, then its sources as a numbered list."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS
from app.render.parts import printable, source_line, status_line, web_address
from app.render.prose import escape_markdown


def to_markdown(answer: Answer) -> str:
    """The answer in CommonMark; sources and quotations are escaped, addresses encoded. It ends with a line break."""
    return "\n\n".join(part for part in _parts(answer) if part) + "\n"


def _parts(answer: Answer) -> Iterator[str]:
    yield f"**{escape_markdown(printable(answer.question))}**".replace("\n", " ") if answer.question.strip() else ""
    yield f"*{status_line(answer)}*"
    yield printable(answer.text)
    if answer.citations:
        yield f"**{LABELS[answer.language]['sources']}**"
    for citation in answer.citations:
        yield f"\\[{citation.number}\\] {_source(citation, answer.language)}"
    if answer.nearest:
        yield f"**{LABELS[answer.language]['nearest']}**"
    for citation in answer.nearest:
        yield f"- {_source(citation, answer.language)}".replace("\n", "\n  ")
    for notice in answer.notices:
        yield f"*{escape_markdown(notice.text)}*"


def _source(citation: Citation, language: Language) -> str:
    title = escape_markdown(printable(citation.title))
    if address := web_address(citation.url):
        title = f"[{title}](<{quote(address, safe=':/?#@!$&*+,;=%~-._')}>)"
    words = escape_markdown(" ".join(printable(citation.quote).split()))
    return f"{escape_markdown(source_line(citation, language))}: {title}\n> {words}"
