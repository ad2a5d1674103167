"""A conversation as a file to hand on: Markdown, HTML or JSON, each citation with its place and the article's hash."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Literal

from app.answers.schema import Answer
from app.render import answer_json, printable, to_html, to_markdown
from app.render.prose import escape_markdown

Format = Literal["markdown", "html", "json"]
MEDIA_TYPES: dict[Format, str] = {
    "markdown": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
ENDINGS: dict[Format, str] = {"markdown": "md", "html": "html", "json": "json"}
_NAME_CHARS = 60
_STYLE = """
:root { color-scheme: light dark; }
body { font: 17px/1.6 system-ui, "Noto Sans KR", sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 3rem; }
.status, .source, .remark, .notice, .place, .exported { color: GrayText; font-size: .85rem; margin: .25rem 0; }
.place { overflow-wrap: anywhere; } .title { font-weight: 600; margin: 0; }
.evidence { list-style: none; padding: 0; } .evidence li { border-top: 1px solid; padding: .75rem 0; }
blockquote { margin: .5rem 0; padding-left: .75rem; border-left: 3px solid; }
mark { background: none; color: inherit; font-weight: 600; } .around { color: GrayText; }
.number { font-weight: 700; } .chip a { text-decoration: none; padding: 0 .15em; }
@media print { body { font-size: 11pt; margin: 0; max-width: none; } .evidence li { break-inside: avoid; } }
"""


def export(format_: Format, answers: Sequence[Answer], title: str = "") -> str:
    """The answers, in their order, as the text of a file. Without a title the first question is it."""
    title = printable(" ".join((title or answers[0].question).split())) or "Hanmi"
    written = datetime.now(UTC).isoformat(timespec="seconds")
    if format_ == "json":
        kept = {"title": title, "exported_at": written, "answers": [answer_json(answer) for answer in answers]}
        return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    if format_ == "markdown":
        told = "\n---\n\n".join(to_markdown(answer, places=True) for answer in answers)
        return f"# {escape_markdown(title)}\n\n*Hanmi, {written}*\n\n{told}"
    return _page(title, written, answers)


def file_name(title: str, format_: Format) -> str:
    """A name for the file: letters and digits of the title, and the ending of the format."""
    words = re.sub(r"[\W_]+", "-", title)[:_NAME_CHARS].strip("-")
    return f"{words or 'hanmi'}.{ENDINGS[format_]}"


def _page(title: str, written: str, answers: Sequence[Answer]) -> str:
    """A page that loads nothing and runs nothing, whatever the articles hold."""
    told = "".join(
        f"<h2>{escape(printable(answer.question))}</h2>{to_html(answer, places=True)}\n" for answer in answers
    )
    return (
        f'<!doctype html>\n<html lang="{answers[0].language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>"
        f'<p class="exported">Hanmi, {written}</p>\n{told}</body></html>\n'
    )
