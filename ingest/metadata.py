"""What is known about an article, from whatever fields its source has, in the terms of Article."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from ingest.articles import parse_partial_date
from ingest.cleaning import clean_line
from ingest.errors import UnreadableArticle

# The names under which other tools keep the same fields.
_ALIASES = {
    "id": ("article_id",),
    "title": ("headline",),
    "outlet": ("source", "publication", "publisher"),
    "section": ("category",),
    "author": ("authors", "byline"),
    "published": ("published_at", "date", "publication_date"),
    "url": ("link",),
    "lang": ("language",),
    "kind": ("type",),
}
KOREAN_SHARE = 0.3  # of the letters; an English article with Korean names and quotations stays far below
MAX_ID_CHARS = 500


def own_fields(given: Mapping[str, str]) -> dict[str, str]:
    """The given fields under our names (id, title, outlet …), each a clean line; unknown names are left out.

    Raises UnreadableArticle for an id that cannot be one and for a date that is none. An address that is not
    http(s) is left out: it could not be opened from an answer.
    """
    fields: dict[str, str] = {}
    for name, aliases in _ALIASES.items():
        value = next((given[key] for key in (name, *aliases) if given.get(key)), "")
        cleaned = value.strip() if name in ("id", "url") else clean_line(value)
        if cleaned:
            fields[name] = cleaned
    if "id" in fields:
        _check_id(fields["id"])
    if "published" in fields:
        try:
            fields["published"] = parse_partial_date(fields["published"])
        except ValueError as error:
            raise UnreadableArticle(f"published: {error}") from error
    if "url" in fields and not is_web_address(fields["url"]):
        del fields["url"]
    if "lang" in fields:
        fields["lang"] = re.split("[-_]", fields["lang"].lower())[0]
    if "kind" in fields:
        fields["kind"] = fields["kind"].lower()
    return fields


def is_web_address(url: str) -> bool:
    """Whether an address is http or https, names a host and holds no space or control character."""
    return bool(re.fullmatch(r"https?://[^\s/?#\x00-\x20\x7f\"<>]+[^\s\x00-\x20\x7f\"<>]*", url, re.I))


def id_from_path(path: Path, corpus: Path | None) -> str:
    """An id from where the file lies, without its ending: "articles/2025/Lee's visit.md" → "2025__lee-s-visit".

    ``corpus`` is the folder that ids are relative to; without it, or for a file outside it, the name alone counts.
    """
    relative = Path(path.name)
    if corpus is not None:
        try:
            relative = path.absolute().relative_to(corpus.absolute())
        except ValueError:
            relative = Path(path.name)
    parts = [slug(part) for part in relative.with_suffix("").parts]
    if len(parts) > 1 and parts[0] == "articles":
        parts = parts[1:]
    return "__".join(part for part in parts if part) or "article"


def slug(text: str) -> str:
    """Lower-case letters (of any script) and digits with "-" between them; "" where there are none."""
    words = re.findall(r"[^\W]+", unicodedata.normalize("NFC", text).lower())
    return "-".join(words)


def detect_language(text: str) -> str:
    """The language by its letters: "ko" where Hangul makes up KOREAN_SHARE of them or more, else "en"."""
    sample = text[:20_000]
    hangul = len(re.findall("[가-힣ㄱ-ㅎㅏ-ㅣ]", sample))
    latin = len(re.findall("[A-Za-z]", sample))
    # A syllable says about as much as two and a half letters.
    return "ko" if hangul and hangul * 2.5 >= KOREAN_SHARE * (hangul * 2.5 + latin) else "en"


def _check_id(value: str) -> None:
    if len(value) > MAX_ID_CHARS or not value.isprintable():
        raise UnreadableArticle(f"the id is no plain text of at most {MAX_ID_CHARS} characters")
