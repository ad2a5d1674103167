"""Text for Slack, in which nothing of an article formats, links, mentions or fetches.

Slack reads two languages. ``mrkdwn`` (the ``text`` of a message, sections) knows three escapes, &amp; &lt; &gt;, and
none for its * _ ~ `. The Markdown of a stream and of ``markdown`` blocks takes backslashes; Slack's own <!here> and
<@U…> count there too, and entities take them apart: they are decoded for display and never read again (measured in a
workspace by PostHog, pull request 95054). docs.slack.dev, "Formatting message text", "Markdown block", November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.answers.schema import Language
from app.labels import LABELS
from app.render.parts import printable
from app.render.prose import escape_markdown
from app.romanise import is_hangul
from app.texts import text as said

_JOINER = "\u2060"  # takes no room; between two signs it keeps Slack from reading them as one
# What Slack makes something of without any mark: addresses, names of people and channels, :emoji:.
_LIVE = re.compile(r"(?<=[@#])(?=\w)|(?<=:)(?=//|[^\s:]{1,100}:)|(?<=\w)(?=\.[A-Za-z]{2,})")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ENTITY = re.compile("[&<>]")
# Signs of mrkdwn where they may open or close something, and what looks like them and never does.
_MRKDWN_SIGN = re.compile(r"(?<!\w)[*_~]|[*_~](?!\w)|`")
_ALIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_LINE_QUOTED = re.compile(r"^(?=\s*>)", re.MULTILINE)
_LINE_RULED = re.compile(r"^(?=[-=])", re.MULTILINE)  # a line of these makes a heading of the one above
_ESCAPED_ENTITY = re.compile(r"\\([&<>])")


def mrkdwn(text: str) -> str:
    """The text for a section or the ``text`` of a message, so that Slack shows it as it is."""
    inert = _MRKDWN_SIGN.sub(lambda match: _ALIKE[match[0]], _inert(text))
    return _entities(_LINE_QUOTED.sub(_JOINER, inert))


def plain_markdown(text: str) -> str:
    """Plain text as Markdown that Slack shows as it is."""
    escaped = _LINE_RULED.sub(r"\\", escape_markdown(_inert(text)))
    return _ESCAPED_ENTITY.sub(lambda match: _ENTITIES[match[1]], escaped)


def claim_text(claim: Mapping[str, Any], first: bool) -> str:
    """A piece of the stream: the sentence of a ``claim`` event with its markers, after what parts it from the last.

    A sentence that is not supported says so in its own language. A lead-in begins a paragraph.
    """
    words = " ".join(str(claim["text"]).split())
    parting = "" if first else "\n\n" if LEAD_IN.match(words) else " "
    markers = "".join(f" [{int(number)}]" for number in claim["citations"])
    return f"{parting}{plain_markdown(words)}{markers}{_doubt(claim['support'], spoken_in(words))}"


def _doubt(support: str, language: Language) -> str:
    return f" *({LABELS[language]['unsupported']})*" if support == "unsupported" else ""


def spoken_in(words: str) -> Language:
    """Korean where there is Hangul, else English."""
    return "ko" if any(is_hangul(char) for char in words) else "en"


def _inert(text: str) -> str:
    return _LIVE.sub(_JOINER, printable(text))


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], text)


def _lead_ins() -> Iterator[str]:
    """Patterns of the lead-ins before an article's own sentence, from the sentences themselves."""
    for language in ("en", "ko"):
        for code in ("according_to", "asks", "caption", "says"):
            sentence = re.escape(said(code, language, source="\0", speaker="\1"))
            yield sentence.replace("\0", r"[^:]{1,200}\([^()]{1,40}\)").replace("\1", r"[^:]{1,80}")


LEAD_IN = re.compile(rf"(?:{'|'.join(_lead_ins())})\s")
