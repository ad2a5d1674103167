"""What somebody asks in Slack: from an event, a command or a shortcut to a Question, or to none."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.question import MAX_QUESTION_CHARS
from app.slack.preferences import Way

# Messages that people write: a file with words, and a reply in a thread that is shown in the channel too.
_WRITTEN = (None, "", "file_share", "thread_broadcast")
_REFERENCE = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
NO_WORDS = "help"  # what a mention without a word is answered like


@dataclass(frozen=True)
class Question:
    """A question, and where its answer goes."""

    key: str  # the same for every event that brings it
    way: Way
    team: str  # of the asker
    channel: str
    thread_ts: str  # the thread it is asked in, or begins; of a command "", of a shortcut the message's
    ts: str  # the message that asks; "" where none does
    user: str
    text: str  # as Slack writes it, without Hanmi's own name
    shared: bool = False  # in a channel shared with another organisation
    response_url: str = ""  # where the answer goes that only the asker sees
    at: float = field(default_factory=time.time)

    @property
    def lane(self) -> str:
        """Its conversation; a question that only the asker sees answered is one of its own."""
        return self.key if self.only_asker else f"{self.channel}:{self.thread_ts}"

    @property
    def only_asker(self) -> bool:
        """Whether nobody else sees the answer."""
        return bool(self.response_url)

    @property
    def follows(self) -> bool:
        """Whether it stands in a thread that something else began."""
        return not self.only_asker and self.thread_ts != self.ts

    @property
    def words(self) -> str:
        """The question as the assistant reads it."""
        return plain(self.text) or NO_WORDS

    def as_json(self) -> dict[str, Any]:
        """For the memory; ``Question(**…)`` reads it."""
        return asdict(self)


def asked_in(event: Mapping[str, Any], body: Mapping[str, Any], bot: str) -> Question | None:
    """The question in a message or mention; None for what nobody wrote, for edits, and for an empty message.

    ``way`` is ``follow_up`` for everything that names nobody, outside a direct message: whether it is one is for
    whoever knows the thread.
    """
    # An edit that adds a mention arrives as a mention that was edited.
    if event.get("subtype") not in _WRITTEN or event.get("bot_id") or event.get("hidden") or event.get("edited"):
        return None
    user, channel, ts = (str(event.get(name) or "") for name in ("user", "channel", "ts"))
    if not (user and channel and ts) or user in (bot, "USLACKBOT"):
        return None
    mention = re.compile(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>")
    written = str(event.get("text") or "")
    mentioned = bool(mention.search(written))
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    text = re.sub(r"[ \t]+", " ", mention.sub(" ", written)).strip()
    if not (text or mentioned):
        return None
    team = str(body.get("team_id") or "")
    own = str(event.get("user_team") or event.get("source_team") or event.get("team") or team)
    return Question(
        key=f"{channel}:{ts}",
        way="private" if direct else "mention" if mentioned else "follow_up",
        team=own,
        channel=channel,
        thread_ts=str(event.get("thread_ts") or ts),
        ts=ts,
        user=user,
        text=text,
        shared=bool(body.get("is_ext_shared_channel")) or bool(team and own != team),
    )


def asked_by_command(body: Mapping[str, Any], question: str) -> Question:
    """What a slash command asks; ``question``: as people read it, with no markup of Slack's."""
    return Question(
        key=f"command:{body.get('trigger_id') or time.time_ns()}",
        way="private",
        team=str(body.get("team_id") or ""),
        channel=str(body["channel_id"]),
        thread_ts="",
        ts="",
        user=str(body["user_id"]),
        text=html.escape(question, quote=False),
        response_url=str(body["response_url"]),
    )


def asked_by_shortcut(body: Mapping[str, Any], bot: str) -> Question | None:
    """What "Ask Hanmi about this" asks: the message's words, as many as a question may have; None without any."""
    message: Mapping[str, Any] = body.get("message") or {}
    text = re.sub(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>", " ", str(message.get("text") or ""))
    words = plain(text)
    if not words:
        return None
    if len(words) > MAX_QUESTION_CHARS:
        words = words[:MAX_QUESTION_CHARS].rpartition(" ")[0] or words[:MAX_QUESTION_CHARS]
    return Question(
        key=f"shortcut:{body.get('trigger_id') or time.time_ns()}",
        way="private",
        team=str((body.get("user") or {}).get("team_id") or (body.get("team") or {}).get("id") or ""),
        channel=str(body["channel"]["id"]),
        thread_ts=str(message.get("thread_ts") or message.get("ts") or body.get("message_ts") or ""),
        ts="",
        user=str(body["user"]["id"]),
        text=html.escape(words, quote=False),
        response_url=str(body["response_url"]),
    )


def plain(text: str) -> str:
    """What people read where Slack writes its markup: labels for links, names for channels, nothing for a user's id."""
    return html.unescape(re.sub(r"[ \t]+", " ", _REFERENCE.sub(_read, text))).strip()


def _read(reference: re.Match[str]) -> str:
    sign, target, label = reference["sign"], reference["target"], reference["label"]
    if sign == "@" or (sign == "!" and not label):  # somebody's id, everybody here
        return f"@{label}" if label and sign == "@" else " "
    return f"#{label}" if sign == "#" and label else label or ("" if sign else target)
