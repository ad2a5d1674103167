"""What Slack refuses in a message: the documented limits, and the sums that it does not document.

Pure functions; each gives the faults found, [] for none. Numbers: docs.slack.dev/reference/block-kit, November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from evals.bench.fake_slack.blocks import MARKDOWN_CHARS, Block, is_kind, wrong_with

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
# Not documented: one markdown block is refused from 13,297 characters, with a divider beside it from 13,172 (bolt-js
# #2509), and many sections from fewer than 11,341 (#2867). So a block weighs 125 whatever it holds. In bytes, as what
# is streamed is counted (openclaw #143882); whoever keeps to bytes keeps to characters too.
ALL_BLOCKS_BYTES: Final = 13_422
BLOCK_BYTES: Final = 125
POST_CHARS: Final = 40_000  # text of a new message; Slack cuts there, which loses words
UPDATE_BYTES: Final = 4_000  # text of chat.update, counted with & < > escaped (gitlab !258898)
# Of one streamed message: text, titles of tasks, and twice their details and output. Not documented: 10,571 bytes were
# taken and 10,821 refused (openclaw #143882), 11,977 of plain text taken (CopilotKit #6063).
STREAM_BYTES: Final = 10_600

_BARE: Final = re.compile("&(?!amp;|lt;|gt;)|[<>]")


class Fault(NamedTuple):
    """Something Slack would refuse."""

    code: str  # as Slack's ``error`` says it
    message: str  # which field of which block, and the limit


def message_faults(
    text: str | None = None, blocks: Sequence[Block] | None = None, markdown_text: str | None = None
) -> list[Fault]:
    """What is wrong with a new message."""
    faults = []
    if markdown_text is not None and (text or blocks):
        faults.append(Fault("markdown_text_conflict", "markdown_text beside text or blocks"))
    if not (text or blocks or markdown_text):
        faults.append(Fault("no_text", "neither text nor blocks"))
    if text is not None and len(text) > POST_CHARS:
        faults.append(Fault("msg_too_long", f"text has {len(text)} characters of {POST_CHARS}"))
    faults += markdown_faults(markdown_text)
    return [*faults, *block_faults(blocks or ())]


def update_faults(
    text: str | None = None, blocks: Sequence[Block] | None = None, markdown_text: str | None = None
) -> list[Fault]:
    """What is wrong with the new form of a message, in chat.update."""
    faults = message_faults(text, blocks, markdown_text)
    size = _bytes(_BARE.sub(lambda bare: escape(bare[0]), text or ""))
    if size > UPDATE_BYTES:
        faults.append(Fault("msg_too_long", f"text has {size} bytes of {UPDATE_BYTES}"))
    return faults


def markdown_faults(markdown_text: str | None) -> list[Fault]:
    """What is wrong with the text of one call of a stream."""
    if markdown_text is not None and len(markdown_text) > MARKDOWN_CHARS:
        return [Fault("msg_too_long", f"markdown_text has {len(markdown_text)} characters of {MARKDOWN_CHARS}")]
    return []


def stream_faults(text: str, tasks: Sequence[Mapping[str, Any]] = ()) -> list[Fault]:
    """What is wrong with a streamed message as a whole, when this is all that it holds."""
    size = _bytes(text)
    for task in tasks:
        size += _bytes(task.get("title") or "") + 2 * _bytes((task.get("details") or "") + (task.get("output") or ""))
    # Tasks alone are not counted.
    if text and size > STREAM_BYTES:
        return [Fault("msg_too_long", f"the stream holds {size} bytes of {STREAM_BYTES}")]
    return []


def block_faults(blocks: Sequence[Block], *, most: int = MESSAGE_BLOCKS) -> list[Fault]:
    """What is wrong with the blocks of one message; ``most``: VIEW_BLOCKS in a view."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        return [Fault("invalid_blocks_format", "blocks is no list")]
    faults = [
        Fault("invalid_blocks", f"blocks[{at}] {wrong}") for at, one in enumerate(blocks) for wrong in wrong_with(one)
    ]
    if len(blocks) > most:
        faults.append(Fault("invalid_blocks", f"{len(blocks)} blocks of {most}"))
    ids = [one["block_id"] for one in blocks if isinstance(one, Mapping) and one.get("block_id")]
    if len(ids) != len(set(ids)):
        faults.append(Fault("invalid_blocks", "two blocks have the same block_id"))
    markdown = sum(len(one.get("text") or "") for one in blocks if is_kind(one, "markdown"))
    if markdown > MARKDOWN_CHARS:
        faults.append(Fault("invalid_blocks", f"{markdown} characters of {MARKDOWN_CHARS} in all markdown blocks"))
    if (total := blocks_bytes(blocks)) > ALL_BLOCKS_BYTES:
        faults.append(Fault("msg_blocks_too_long", f"{total} bytes of {ALL_BLOCKS_BYTES} over all blocks"))
    return faults


def blocks_bytes(blocks: Sequence[Block]) -> int:
    """What the blocks weigh together: the bytes of every text and URL in them, and 125 for each."""
    return sum(BLOCK_BYTES + _size(one) for one in blocks)


def _size(value: Any) -> int:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        own = sum(_bytes(value[key]) for key in ("text", "url", "alt_text") if isinstance(value.get(key), str))
        return own + sum(_size(inner) for inner in value.values() if not isinstance(inner, str))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sum(_size(inner) for inner in value)
    return 0


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
