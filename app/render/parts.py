"""The parts every rendering shares: who and when in one line, a safe address, a quotation's surroundings."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS, SHAPES, STATUS_WORDS, display_basis, display_date

if TYPE_CHECKING:
    from app.retrieval import Passage  # at run time its vendors cost a second, and only its fields are read here

AROUND_CHARS = 120  # of the passage shown on either side of a quotation: about two lines of a card
_KEPT_CONTROLS = "\n\t"


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer contract as plain dictionaries, lists, strings and numbers."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(answer)))
    return plain


def source_line(citation: Citation, language: Language) -> str:
    """Outlet, speaker or author, date and kind in one line; what is unknown is left out."""
    date = display_date(citation.published, language) or LABELS[language]["undated"]
    parts = (citation.outlet, citation.speaker or citation.author, date, citation.kind)
    return printable(" · ".join(part for part in parts if part))


def place_line(citation: Citation, language: Language) -> str:
    """Where the quotation stands: article, characters, and the hash of the article's text."""
    return printable(
        LABELS[language]["place"].format(
            article=citation.article_id, start=citation.start, end=citation.end, sha256=citation.article_sha256
        )
    )


def status_line(answer: Answer) -> str:
    """The status in a shape and a word, what the answer rests on, and the model that wrote it."""
    words = [f"{SHAPES[answer.status]} {STATUS_WORDS[answer.language][answer.status]}"]
    written = LABELS[answer.language]["written"].format(model=printable(answer.model or "?"))
    by = [written] if answer.engine == "generative" else []
    return " · ".join([*words, *display_basis(answer.basis, answer.language), *by])


def web_address(url: str | None) -> str | None:
    """The address if it is http or https with a host, no white space, control character or half of one, else None."""
    address = (url or "").strip()
    if not address or any(char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def encoded_address(url: str | None) -> str | None:
    """The address as ``web_address``, with each sign that could end it in Markdown or in Slack percent-encoded."""
    address = web_address(url)
    return quote(address, safe=":/?#@!$&*+,;=%~-._") if address else None


def printable(text: str) -> str:
    """The text without control characters, which could move a terminal's cursor or hide words; line breaks stay.

    Halves of surrogate pairs go too: they are no characters, and nothing in UTF-8 takes them.
    """
    return "".join(char for char in text if char in _KEPT_CONTROLS or unicodedata.category(char) not in ("Cc", "Cs"))


def around(citation: Citation) -> tuple[str, str]:
    """What the passage says just before and just after the quotation, cut at words, on one line each."""
    passage = citation.passage
    before = passage.text[: max(citation.start - passage.start, 0)]
    after = passage.text[max(citation.end - passage.start, 0) :]
    if len(before) > AROUND_CHARS:
        before = "… " + before[-AROUND_CHARS:].partition(" ")[2]
    if len(after) > AROUND_CHARS:
        after = after[:AROUND_CHARS].rpartition(" ")[0] + " …"
    return " ".join(before.split()), " ".join(after.split())


def hit_json(passage: Passage) -> dict[str, Any]:
    """A passage as a line of ``hits`` in the contract."""
    chunk = passage.chunk
    return {
        "article_id": chunk.article_id,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "score": passage.score,
    }


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage with what article it is of and where its score came from."""
    article = passage.article
    about = {name: getattr(article, name) for name in ("title", "outlet", "author", "published", "url", "kind")}
    return {**hit_json(passage), **about, "parts": passage.parts._asdict()}
