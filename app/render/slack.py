"""An Answer as Slack messages: the words, then status, quotations with their sources, what a reader must know, buttons.

Blocks are ``rich_text`` and ``plain_text``: Slack shows their words as they are, without a sign that could format, link
or mention, which ``mrkdwn`` cannot promise (app.render.slack_text). Plain dictionaries, in the shapes of
docs.slack.dev/reference/block-kit, November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS
from app.render.parts import printable, source_line, status_line
from app.render.slack_prose import (
    BLOCK_BYTES,
    Block,
    bold,
    italic,
    linked,
    plain,
    prose_blocks,
    rich_text,
    section,
    weight,
    words_of,
)
from app.render.slack_text import claim_text, mrkdwn

__all__ = [
    "DELETE",
    "FEEDBACK",
    "OPEN",
    "SHARE",
    "Buttons",
    "SlackMessage",
    "answer_messages",
    "claim_text",
    "closing_blocks",
    "mrkdwn",
]

FEEDBACK: Final = "hanmi_feedback"  # value "up:ID" or "down:ID"
OPEN: Final = "hanmi_open"
DELETE: Final = "hanmi_delete"  # value ID
SHARE: Final = "hanmi_share"  # value ID

# Slack takes 50 blocks and some 13,170 characters over all of them (bolt-js #2509). What it counts is not told; it has
# refused rich text with less (#2867), and it counts streams in bytes (openclaw #143882). So all of the JSON counts.
MESSAGE_BLOCKS: Final = 45
MESSAGE_BYTES: Final = 11_000
LEAST_BYTES: Final = 3_000  # for blocks, however long the text was that was streamed above them
FALLBACK_BYTES: Final = 3_900  # of ``text``; chat.update takes 4,000 (gitlab !258898)
WARNING: Final = "⚠"
QUOTE_CHARS: Final = 1_200  # of a quotation: ten lines; the rest is behind the title and on the page
NEAREST_CHARS: Final = 400  # of a passage that is only near
NOTE_CHARS: Final = 2_000
TITLE_CHARS: Final = 200
# Notices that say in a team's channel what every answer would say, or what its status line says.
_UNTOLD: Final = frozenset({"no_model", "old_source"})


@dataclass(frozen=True)
class Buttons:
    """What stands under an answer."""

    feedback: bool = True
    delete: bool = True
    share: bool = False
    asker: str | None = None  # the user who sees "delete"; None for everybody


@dataclass(frozen=True)
class SlackMessage:
    """What chat.postMessage and its like take: ``text`` for notifications and screen readers, ``blocks`` to see."""

    text: str
    blocks: list[Block] = field(default_factory=list)


def answer_messages(answer: Answer, *, public_url: str, buttons: Buttons, question: bool = False) -> list[SlackMessage]:
    """The whole answer in one message or, where Slack takes no more in one, several; the buttons under the last.

    ``question``: with the question above, for where it is not to be seen. Numbers link to the articles.
    """
    asked = _cut(printable(answer.question).strip(), NOTE_CHARS) if question else ""
    blocks = [*([rich_text([section([bold(asked)])])] if asked else []), *prose_blocks(answer)]
    return _messages(answer, [*blocks, *_evidence(answer)], _button_blocks(answer, public_url, buttons), MESSAGE_BYTES)


def closing_blocks(answer: Answer, *, public_url: str, buttons: Buttons) -> list[SlackMessage]:
    """What follows a streamed text: the first message's blocks close the stream, further messages follow it.

    [] where nothing follows, as after a greeting. The first leaves room for the streamed text, should Slack count it.
    """
    room = max(MESSAGE_BYTES - len(printable(answer.text).encode()), LEAST_BYTES)
    return _messages(answer, list(_evidence(answer)), _button_blocks(answer, public_url, buttons), room)


def _evidence(answer: Answer) -> Iterator[Block]:
    """Status and notices, then the quotations, or the passages that come nearest."""
    language = answer.language
    # "The articles don't say", an error and a greeting are their own status.
    status = status_line(answer) if answer.status in ("answered", "partial") else ""
    notices = " ".join(notice.text.strip() for notice in answer.notices if notice.code not in _UNTOLD)
    yield from (_context(line) for line in (status, notices) if printable(line).strip())
    yield from _source_blocks(answer.citations, language, numbered=True, most=QUOTE_CHARS)
    if answer.nearest:
        yield rich_text([section([bold(LABELS[language]["nearest"])])])
        yield from _source_blocks(answer.nearest, language, numbered=False, most=NEAREST_CHARS)


def _source_blocks(citations: Sequence[Citation], language: Language, *, numbered: bool, most: int) -> Iterator[Block]:
    """A block for each source in a row: its title and line, then the words quoted from it."""

    def source(citation: Citation) -> tuple[str, str, tuple[str, ...]]:
        return citation.article_id, source_line(citation, language), citation.flags

    for _, cited in groupby(citations, source):
        group = list(cited)
        heading = section(_heading(group, language))
        quotes: list[Block] = []
        for citation in group:
            quote = _quote(citation, numbered, most)
            if quotes and weight(rich_text([heading, *quotes, quote])) > BLOCK_BYTES:
                yield rich_text([heading, *quotes])
                quotes = []
            quotes.append(quote)
        yield rich_text([heading, *quotes])


def _heading(group: Sequence[Citation], language: Language) -> list[Block]:
    """Title, linked to the original, and who, when and what kind; how the question's names met these words."""
    citation = group[0]
    title = _cut(" ".join(printable(citation.title).split()), TITLE_CHARS) or "–"
    line = _cut(" ".join(source_line(citation, language).split()), TITLE_CHARS)
    heading = [linked(citation, title, bold=True), plain(f" · {line}")]
    met = dict.fromkeys(form for each in group for form in each.matched_via)
    if met:
        names = _cut(printable(", ".join(met)), TITLE_CHARS)
        heading.append(plain(f" · {LABELS[language]['matched_via']}: {names}"))
    if "instruction" in citation.flags:
        heading.append(italic(f" {WARNING} {LABELS[language]['flag_instruction']}"))
    return heading


def _quote(citation: Citation, numbered: bool, most: int) -> Block:
    """The exact words behind a bar; cut only at the end, where " […]" says so."""
    words = plain(_cut(printable(citation.quote).strip(), most) or "…")
    return {"type": "rich_text_quote", "elements": [bold(f"[{citation.number}] "), words] if numbered else [words]}


def _cut(text: str, most: int) -> str:
    """The text, or its beginning up to a word's end and " […]"."""
    if len(text) <= most:
        return text
    kept = text[: most - 4]
    whole, gap, _ = kept.rpartition(" ")
    return f"{whole if gap and len(whole) > most // 2 else kept} […]"


def _context(note: str) -> Block:
    return {"type": "context", "elements": [_label(_cut(printable(note), NOTE_CHARS))]}


def _label(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": False}


def _button_blocks(answer: Answer, public_url: str, buttons: Buttons) -> list[Block]:
    """[] under small talk and failures, which nobody rates or shares."""
    if answer.status in ("conversation", "error"):
        return []
    words = LABELS[answer.language]
    kept = all(notice.code != "not_kept" for notice in answer.notices)
    row: list[Block] = []
    if public_url and kept:
        address = f"{public_url.rstrip('/')}/a/{answer.id}"
        row.append({"type": "button", "action_id": OPEN, "text": _label(words["open_page"]), "url": address})
    if buttons.share:
        row.append({"type": "button", "action_id": SHARE, "text": _label(words["share"]), "value": answer.id})
    small = [_feedback(answer)] if buttons.feedback else []
    small += [_delete(answer, buttons.asker)] if buttons.delete else []
    blocks = [{"type": "actions", "elements": row}] if row else []
    return [*blocks, *([{"type": "context_actions", "elements": small}] if small else [])]


def _feedback(answer: Answer) -> Block:
    def button(way: str, sign: str, words: str) -> Block:
        return {"text": _label(sign), "value": f"{way}:{answer.id}", "accessibility_label": words}

    words = LABELS[answer.language]
    return {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": button("up", "👍", words["helpful"]),
        "negative_button": button("down", "👎", words["unhelpful"]),
    }


def _delete(answer: Answer, asker: str | None) -> Block:
    words = LABELS[answer.language]
    return {
        "type": "icon_button",
        "icon": "trash",
        "action_id": DELETE,
        "text": _label(words["delete"]),
        "value": answer.id,
        "confirm": {
            "title": _label(words["delete"]),
            "text": _label(words["delete_sure"]),
            "confirm": _label(words["delete"]),
            "deny": _label(words["keep"]),
            "style": "danger",
        },
        **({"visible_to_user_ids": [asker]} if asker else {}),
    }


def _messages(answer: Answer, blocks: Sequence[Block], buttons: Sequence[Block], room: int) -> list[SlackMessage]:
    """The blocks in as few messages as take them, the first within ``room``; every one has room for the buttons."""
    reserved = sum(map(weight, buttons))
    messages: list[list[Block]] = [[]]
    used = reserved
    for block in blocks:
        most = room if len(messages) == 1 else MESSAGE_BYTES
        if messages[-1] and (used + weight(block) > most or len(messages[-1]) + len(buttons) >= MESSAGE_BLOCKS):
            messages.append([])
            used = reserved
        messages[-1].append(block)
        used += weight(block)
    messages[-1] += buttons
    texts = [_fallback(answer), *[LABELS[answer.language]["sources"]] * (len(messages) - 1)]
    return [SlackMessage(words, each) for words, each in zip(texts, messages, strict=True) if each]


def _fallback(answer: Answer) -> str:
    """The words of the answer for notifications and screen readers, as much as goes."""
    words = words_of(prose_blocks(answer)) or status_line(answer)
    most = FALLBACK_BYTES
    while len((text := mrkdwn(_cut(words, most))).encode()) > FALLBACK_BYTES:
        most = most * 2 // 3  # Hangul, entities and the like take more room than one
    return text
