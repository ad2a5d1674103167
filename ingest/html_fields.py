"""What a web page says of itself: meta tags, JSON-LD, its title."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser

from ingest.articles import parse_partial_date
from ingest.characters import count_words
from ingest.cleaning import clean_line
from ingest.metadata import is_web_address

# Where a page may say it, most reliable first. What JSON-LD says has the prefix "ld:".
_SOURCES = {
    "title": ("og:title", "citation_title", "ld:headline", "dc.title", "dcterms.title", "twitter:title", "h1", "title"),
    "outlet": ("og:site_name", "ld:publisher", "citation_journal_title", "dc.publisher", "dcterms.publisher"),
    "section": ("article:section", "ld:articleSection"),
    "author": ("ld:author", "citation_author", "article:author", "dc.creator", "dcterms.creator", "author"),
    "published": (
        *("article:published_time", "ld:datePublished", "citation_publication_date", "citation_date"),
        *("citation_online_date", "dc.date.issued", "dc.date", "dcterms.issued", "dcterms.date", "dcterms.created"),
        *("datepublished", "pubdate", "publish-date", "date"),
    ),
    "url": ("canonical", "og:url", "ld:url"),
}
_KINDS = {
    "OpinionNewsArticle": "opinion",
    "AnalysisNewsArticle": "analysis",
    "BackgroundNewsArticle": "analysis",
    "ReportageNewsArticle": "news",
    "NewsArticle": "news",
    "ReviewNewsArticle": "review",
    "Interview": "interview",
}
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "title", "svg", "textarea", "select", "option", "iframe", "object")
)
_INLINE = frozenset(
    (
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q"),
        *("s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "wbr"),
    )
)


class PageFacts(HTMLParser):
    """What a page says of itself outside its text, and every word a reader of the whole page sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: defaultdict[str, list[str]] = defaultdict(list)
        self.json_ld: list[str] = []
        self.visible: list[str] = []
        self.comment_words = 0
        self._silent = 0
        self._collect: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what the tag says, and start to listen where its text matters."""
        attributes = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            if attributes.get("content", "").strip():
                self.found[name.lower().replace("dc:", "dc.")].append(attributes["content"].strip())
        elif tag == "link" and "canonical" in attributes.get("rel", "").lower():
            self.found["canonical"].append(attributes.get("href", "").strip())
        elif tag == "script":
            self._collect = "ld" if "ld+json" in attributes.get("type", "").lower() else None
            if self._collect:
                self.json_ld.append("")
        elif tag in ("title", "h1") and not (tag == "title" and self.found["title"]):
            self._collect = tag
            self.found[tag].append("")
        if tag in _SILENT:
            self._silent += 1
        elif tag not in _INLINE:
            self.visible.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Stop listening to the tag's text."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag not in _INLINE:
            self.visible.append("\n")
        if tag in ("script", "title", "h1"):
            self._collect = None

    def handle_data(self, data: str) -> None:
        """Keep text where it is wanted."""
        if self._collect == "ld":
            self.json_ld[-1] += data
        elif self._collect:
            self.found[self._collect][-1] += data
        if not self._silent:
            self.visible.append(data)

    def handle_comment(self, data: str) -> None:
        """Count the words of a comment."""
        self.comment_words += count_words(data)


def page_fields(facts: PageFacts) -> dict[str, str]:
    """The page's fields under our names, "" for what it does not say."""
    known = dict(facts.found)
    article = _json_ld_article(facts.json_ld)
    for name in ("headline", "author", "publisher", "datePublished", "url", "articleSection"):
        known[f"ld:{name}"] = _names(article.get(name))
    fields: dict[str, str] = {}
    for field, sources in _SOURCES.items():
        usable = (_usable(field, [value for value in known.get(source, []) if value.strip()]) for source in sources)
        fields[field] = next((value for value in usable if value), "")
    if not any(known.get(source) for source in _SOURCES["title"][:-1]):
        fields["title"] = _without_site(fields["title"], fields["outlet"])
    types = article.get("@type")
    fields["kind"] = next(
        (_KINDS[name] for name in (types if isinstance(types, list) else [types]) if name in _KINDS), ""
    )
    return fields


def _usable(field: str, values: list[str]) -> str:
    """What a source's values give for a field, or "" where they cannot be it."""
    if field == "published":
        return next((date for value in values if (date := _date(value))), "")
    if field == "url":
        return next((value for value in values if is_web_address(value)), "")
    if field == "author":
        people = (clean_line(value) for value in values if "://" not in value)
        return ", ".join(dict.fromkeys(person for person in people if person))
    return clean_line(values[0]) if values else ""


def _date(value: str) -> str:
    """A page's date as ISO 8601, or "" where it is written in no known way."""
    value = re.sub(r"^(\d{4})[/.](\d{1,2})(?:[/.](\d{1,2}))?", r"\1-\2-\3", value.strip()).rstrip("-")
    value = re.sub(r"^(\d{4})(\d{2})(\d{2})(?!\d)", r"\1-\2-\3", value)
    value = re.sub(r"-(\d)(?!\d)", r"-0\1", value)
    try:
        return parse_partial_date(value)
    except ValueError:
        pass
    for form in ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%a, %d %b %Y"):
        try:
            return datetime.strptime(value[:40].split(" at ")[0].strip(), form).date().isoformat()
        except ValueError:
            continue
    return ""


def _without_site(title: str, outlet: str) -> str:
    """A <title> without the site's name behind it."""
    head, sign, site = re.match(r"(.*?)(?:(\s+[|–—-]\s+)([^|–—]+))?$", title, re.S).groups()  # type: ignore[union-attr]
    return head if sign and (site.strip().lower() == outlet.lower() or "|" in sign) else title


def _json_ld_article(scripts: list[str]) -> dict[str, object]:
    """The first node of the page's JSON-LD that is an article, or {}."""
    for script in scripts:
        try:
            loaded = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(loaded, depth=0):
            names = _names(node.get("@type"))
            if any(name.endswith(("Article", "Posting", "Report", "Interview")) for name in names):
                return node
    return {}


def _nodes(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > 5:
        return
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(name), depth + 1)


def _names(value: object) -> list[str]:
    """The strings behind a JSON-LD value: itself, or the names of what it lists."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [name for part in value for name in _names(part)]
    return _names(value.get("name") or value.get("@id")) if isinstance(value, dict) else []
