"""The block of YAML fields on top of an article: read and written (the only yaml module)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from ingest.errors import UnreadableArticle

MAX_CHARS = 100_000  # a block longer than this is no front matter; it also bounds what YAML can be made to do

_OPENING = re.compile(r"\s*---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$\n?", re.M)
_ABSENT = ("", "~", "null", "Null", "NULL")


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields on top of a text, all as strings and without the empty ones, and the text after them.

    A list becomes "a, b". A text that does not open with "---" has no fields; nor has one whose first rule is an
    ornament (paragraphs without anything like "title:" follow it). Raises UnreadableArticle where the block is no list
    of fields.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return {}, text
    closing = _CLOSING.search(text, opening.end(), opening.end() + MAX_CHARS)
    block = text[opening.end() : closing.start() if closing else opening.end() + MAX_CHARS]
    has_field = re.search(r"^[\w\-]+[ \t]*:(?:\s|$)", block, re.M)
    if not has_field and (closing is None or not block.strip() or re.search(r"\n[ \t\r]*\n", block)):
        return {}, text[closing.end() :] if closing and not block.strip() else text
    if closing is None:
        raise UnreadableArticle("the front matter has no end; close it with a line of three hyphens")
    return _fields(block), text[closing.end() :]


def join_front_matter(fields: Mapping[str, str], body: str) -> str:
    """A file's text: the fields as YAML between two rules, a blank line, the body as it is."""
    block = yaml.safe_dump(dict(fields), allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"---\n{block}---\n\n{body}"


def _fields(block: str) -> dict[str, str]:
    try:
        # BaseLoader makes strings, lists and dicts only: "2025-09" and "007" stay as they were written.
        loaded = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise UnreadableArticle(f"the front matter cannot be read{where}: {problem}") from error
    if not isinstance(loaded, dict):
        raise UnreadableArticle("the front matter is no list of fields; write one “name: value” a line")
    return {
        str(name).strip().lower(): value for name, value in ((n, _scalar(n, v)) for n, v in loaded.items()) if value
    }


def _scalar(name: object, value: object) -> str:
    if isinstance(value, str):
        return "" if value.strip() in _ABSENT else value.strip()
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(part.strip() for part in value if part.strip())
    raise UnreadableArticle(f"the front matter's field “{name}” is no text")
