"""A conversation as a file to hand on: Markdown, HTML or JSON, each citation with its place and the article's hash."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Literal

from app.answers.schema import Answer
from app.render import answer_json, to_html, to_markdown
from app.render.prose import escape_markdown

Format = Literal["markdown", "html", "json"]
MEDIA_TYPES: dict[Format, str] = {
    "markdown": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
ENDINGS: dict[Format, str] = {"markdown": "md", "html": "html", "json": "json"}
_NAME_CHARS = 60


def export(format_: Format, answers: Sequence[Answer], title: str = "") -> str:
    """The answers, in their order, as the text of a file. Without a title the first question is it."""
    title = " ".join((title or answers[0].question).split()) or "Hanmi"
    if format_ == "json":
        kept = {"title": title, "exported_at": _now(), "answers": [answer_json(answer) for answer in answers]}
        return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
    if format_ == "markdown":
        return f"# {escape_markdown(title)}\n\n" + "\n---\n\n".join(to_markdown(answer) for answer in answers)
    return f"<!doctype html><title>{escape(title)}</title>" + "".join(to_html(answer) for answer in answers)


def file_name(title: str, format_: Format) -> str:
    """A name for the file: letters and digits of the title, and the ending of the format."""
    words = re.sub(r"[\W_]+", "-", title)[:_NAME_CHARS].strip("-")
    return f"{words or 'hanmi'}.{ENDINGS[format_]}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
