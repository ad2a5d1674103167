"""Articles from a file of JSON lines, each written as one Markdown file with front matter."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.articles import parse_partial_date
from ingest.cleaning import clean_line, clean_markdown
from ingest.encodings import decode
from ingest.errors import UnreadableArticle
from ingest.front_matter import join_front_matter
from ingest.metadata import MAX_ID_CHARS, own_fields, slug

_BODY_NAMES = ("body", "text", "content")
_MAX_NAME_BYTES = 180  # file systems allow 255 bytes; room for the ending and a temporary name

# What a title says about the kind of text, most telling first; then what a category says.
_KIND_BY_TITLE = (
    (r"\bjoint fact sheet\b|\bfact sheet\b", "fact sheet"),
    (
        r"\bjoint (?:leaders[’']? |press )?statement\b|\bjoint declaration\b|\b(?:washington|camp david) declaration\b",
        "joint statement",
    ),
    (r"\breadout\b", "readout"),
    (r"\bpress (?:briefing|call|gaggle)\b|\bgaggle\b", "press briefing"),
    (r"\bpress conference\b", "press conference"),
    (r"\bremarks\b", "remarks"),
    (r"\bproclamation\b", "proclamation"),
    (r"\bexecutive order\b", "executive order"),
    (r"\bmemorandum\b", "memorandum"),
    (r"\bnotice\b", "notice"),
    (r"\b(?:message|letter)\b", "letter"),
    (r"\bstatement\b", "statement"),
    (r"\bop-?ed\b|^opinion\b|\| opinion$", "opinion"),
    (r"^interview\b", "interview"),
)
_KIND_BY_CATEGORY = {
    "statements-releases": "statement",
    "briefings-statements": "statement",
    "speeches-remarks": "remarks",
    "remarks": "remarks",
    "press-briefings": "press briefing",
    "fact-sheets": "fact sheet",
    "presidential-actions": "presidential action",
    "opinion": "opinion",
    "op-ed": "opinion",
    "editorial": "opinion",
    "analysis": "analysis",
    "news": "news",
    "interview": "interview",
    "interviews": "interview",
}


@dataclass(frozen=True)
class ImportReport:
    """What an import did; ``problems`` are (line number from 1, reason), in the file's order."""

    written: tuple[Path, ...]
    unchanged: int
    problems: tuple[tuple[int, str], ...]


def import_jsonl(path: Path, to_dir: Path) -> ImportReport:
    """Write each line of ``path`` as one Markdown file in ``to_dir`` (made when missing).

    ``source`` becomes outlet, ``published_at`` published, ``body`` the text, ``category`` section and, with the title,
    kind; ``id`` is kept, or made from the title, and for a second article of that title from its words too. A line that
    is no article is reported and the others are written. A file that is there already is left alone: the same content
    counts as unchanged, other content is a problem.
    Raises UnreadableArticle where ``path`` itself cannot be read.
    """
    to_dir.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    problems: list[tuple[int, str]] = []
    unchanged = 0
    by_title: dict[str, str] = {}  # ids made from titles → the article that has it
    for number, line in _lines(path):
        try:
            fields, body = _article_fields(line)
            if not fields.get("id"):
                fields = {"id": _own_id(fields, body, by_title), **fields}
            target = to_dir / f"{_file_name(fields['id'])}.md"
            if _write_new(target, join_front_matter(fields, body)):
                written.append(target)
            else:
                unchanged += 1
        except (UnreadableArticle, OSError) as error:
            problems.append((number, str(error)))
    return ImportReport(tuple(written), unchanged, tuple(problems))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableArticle(f"{path}: {error.strerror or error}") from error
    # Not splitlines(): JSON may hold U+2028 and its like inside a string.
    for number, line in enumerate(decode(raw).split("\n"), start=1):
        if line.strip():
            yield number, line


def _article_fields(line: str) -> tuple[dict[str, str], str]:
    """The front matter and the text of one line; raises UnreadableArticle where there is no article in it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableArticle(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise UnreadableArticle("not a JSON object")
    body = next((row[name] for name in _BODY_NAMES if isinstance(row.get(name), str)), "")
    body = re.sub("[\ud800-\udfff]", "", body)
    if not re.search(r"\w", clean_markdown(body).text):
        raise UnreadableArticle("there is no text in “body”")
    given = {name: text for name, value in row.items() if (text := _as_text(value)) and name not in _BODY_NAMES}
    category = given.get("category", "")
    fields = own_fields(given | {"published": "", "published_at": "", "date": ""})
    if "title" not in fields:
        raise UnreadableArticle("there is no “title”")
    published = given.get("published") or given.get("published_at") or given.get("date")
    if published:
        fields["published"] = _date(published)
    kind = fields.get("kind") or _kind(fields["title"], category)
    order = ("id", "title", "outlet", "section", "author", "published", "url", "lang", "kind")
    fields |= {"kind": kind} if kind else {}
    return {name: fields[name] for name in order if name in fields}, body


def _own_id(fields: dict[str, str], body: str, taken: dict[str, str]) -> str:
    """An id from the title; with a digest behind it where another article of this file has that title."""
    plain = slug(fields["title"])[:MAX_ID_CHARS] or _digest(body)
    whole = join_front_matter(fields, body)
    if taken.setdefault(plain, whole) == whole:
        return plain
    return f"{plain[: MAX_ID_CHARS - 11]}-{_digest(whole)}"


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "", value).strip()
    if isinstance(value, list):
        return ", ".join(part for part in (_as_text(part) for part in value) if part)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _date(value: str) -> str:
    try:
        return parse_partial_date(value)
    except ValueError as error:
        raise UnreadableArticle(f"published_at: {error}") from error


def _kind(title: str, category: str) -> str | None:
    """The kind of text that the title tells, else the category."""
    for pattern, kind in _KIND_BY_TITLE:
        # A newspaper's headline may hold any of these words; only an office's own pages are named by them.
        if slug(category) in _KIND_BY_CATEGORY and re.search(pattern, clean_line(title), re.I):
            return kind
    return _KIND_BY_CATEGORY.get(slug(category))


def _file_name(identity: str) -> str:
    """A name that is safe on every file system and different for different ids."""
    safe = re.sub(r"[^\w.\-]+", "-", identity).strip("-.")
    cut = safe.encode()[:_MAX_NAME_BYTES].decode(errors="ignore")
    reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", cut)
    if cut == identity and cut == cut.lower() and not reserved:
        return cut
    return f"{cut or 'article'}-{_digest(identity)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _write_new(target: Path, text: str) -> bool:
    """Whether the file was written: False when it is there with the same content, an error when with other content."""
    content = text.encode()
    if target.exists():
        if target.read_bytes() == content:
            return False
        raise UnreadableArticle(f"{target.name} is there already and says something else; not overwritten")
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".import-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return True
