"""What is in the fake workspace: people, channels, messages with the state of their streams, what the app has set."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

TEAM: Final = "T0HANMI01"
OTHER_TEAM: Final = "T0OTHER01"
APP: Final = "A0HANMI01"
BOT: Final = "B0HANMI01"
BOT_USER: Final = "U0HANMI01"
ANNA: Final = "U0ANNA001"
BORA: Final = "U0BORA001"
ADMIN: Final = "U0ADMIN01"
OWNER: Final = "U0OWNER01"
GUEST: Final = "U0GUEST01"
STRANGER: Final = "U0STRANGE"  # of another workspace, met in the shared channel
OTHER_BOT: Final = "U0OTHERBT"
GENERAL: Final = "C0GENERAL"
RANDOM: Final = "C0RANDOM1"
PRIVATE: Final = "C0PRIVATE"
SHARED: Final = "C0SHARED1"
ELSEWHERE: Final = "C0ELSEWHR"  # the bot is no member
GROUP: Final = "G0GROUPDM"
STREAM_S: Final = 300.0  # that Slack lets a stream live (python-slack-sdk #1859), whether it is appended to or not

StreamState = Literal["streaming", "stopped", "expired"]
ChannelKind = Literal["channel", "group", "im", "mpim"]


@dataclass(frozen=True)
class User:
    """A person or a bot, as users.info tells."""

    id: str
    team: str = TEAM
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False  # a guest
    is_bot: bool = False
    locale: str = "en-US"

    def as_json(self) -> dict[str, Any]:
        """The ``user`` of users.info."""
        name = self.id.lower()
        roles = {"is_admin": self.is_admin, "is_owner": self.is_owner, "is_primary_owner": False}
        return {
            "id": self.id,
            "team_id": self.team,
            "name": name,
            "real_name": name,
            "deleted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.team != TEAM,
            "tz": "Asia/Seoul",
            "locale": self.locale,
            "profile": {"display_name": name, "team": self.team},
            **roles,
        }


@dataclass(frozen=True)
class Channel:
    """Where messages are."""

    id: str
    kind: ChannelKind = "channel"
    user: str | None = None  # the other side of a direct message
    shared: bool = False  # with another workspace
    member: bool = True  # whether the bot is one

    def as_json(self) -> dict[str, Any]:
        """The ``channel`` of conversations.info."""
        private = self.kind != "channel"
        told = {
            "id": self.id,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": private,
            "is_archived": False,
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "context_team_id": TEAM,
        }
        if self.kind == "im":
            return told | {"user": self.user}
        return told | {"name": self.id.lower(), "is_member": self.member, "creator": ANNA}


@dataclass
class Message:
    """A message as it stands now."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    parent_user: str = ""  # who began the thread
    stream: StreamState | None = None
    stream_started: float = 0.0
    tasks: list[dict[str, Any]] = field(default_factory=list)
    only_for: str | None = None  # an ephemeral message's reader
    reactions: set[str] = field(default_factory=set)
    edited: bool = False
    by_url: bool = False  # written through a response_url

    @property
    def by_app(self) -> bool:
        """Whether the app under test wrote it."""
        return self.user == BOT_USER

    @property
    def words(self) -> str:
        """Everything a reader sees of it: its text, and below that the texts of its blocks, one a line."""
        # ``text`` beside blocks is for notifications; under a stream the blocks follow the text.
        own = [self.text] if self.text and (self.stream or not self.blocks) else []
        return "\n".join([*own, *_texts(self.blocks)])

    @property
    def root(self) -> str:
        """The ts of its thread, its own where it is in none."""
        return self.thread_ts or self.ts

    def as_json(self) -> dict[str, Any]:
        """As conversations.replies tells it."""
        told: dict[str, Any] = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM}
        if self.by_app:
            told |= {"bot_id": BOT, "app_id": APP}
        if self.blocks:
            told["blocks"] = self.blocks
        if self.thread_ts:
            told |= {"thread_ts": self.thread_ts, "parent_user_id": self.parent_user}
        return told


@dataclass
class ResponseUrl:
    """What may still be said through a response_url: five times in thirty minutes."""

    channel: str
    user: str
    message: Message | None = None  # the one whose button was pressed
    uses: int = 5


class Workspace:
    """All of it; whoever reads or writes holds the server's lock."""

    def __init__(self) -> None:
        self.users = {user.id: user for user in _USERS}
        self.channels = {channel.id: channel for channel in _CHANNELS}
        self.messages: dict[tuple[str, str], Message] = {}
        self.statuses: dict[tuple[str, str], str] = {}  # by (channel, thread): what the app is said to be doing
        self.prompts: list[dict[str, Any]] = []  # every call of setSuggestedPrompts
        self.views: list[dict[str, Any]] = []
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: set[str] = set()
        self.stream_s = STREAM_S
        self._numbers = itertools.count(1)
        self._second = int(time.time())

    def new_ts(self) -> str:
        """Later than every other."""
        return f"{self._second}.{next(self._numbers):06d}"

    def new_id(self, prefix: str) -> str:
        """Unlike every other."""
        return f"{prefix}{next(self._numbers):08d}"

    def direct(self, user: str) -> str:
        """The channel between the user and the bot."""
        channel = "D0" + user[2:]
        self.channels.setdefault(channel, Channel(channel, "im", user))
        return channel

    def write(self, channel: str, user: str, text: str = "", **fields: Any) -> Message:  # noqa: ANN401 - of Message
        """A new message, kept."""
        message = Message(channel, self.new_ts(), user, text, **fields)
        if message.thread_ts and (first := self.messages.get((channel, message.thread_ts))):
            message.parent_user = first.user
        self.messages[channel, message.ts] = message
        if user == BOT_USER and message.thread_ts:
            # Slack takes the status away as soon as the app replies in the thread.
            self.statuses.pop((channel, message.thread_ts), None)
        return message

    def thread(self, channel: str, thread_ts: str) -> list[Message]:
        """The thread's messages that all may see, the first one first."""
        return [one for one in self.said(channel) if one.root == thread_ts]

    def said(self, channel: str) -> Iterator[Message]:
        """The channel's messages that all may see, oldest first."""
        return (one for one in self.messages.values() if one.channel == channel and one.only_for is None)

    def age_streams(self) -> None:
        """Streams that have lived long enough expire."""
        now = time.monotonic()
        for message in self.messages.values():
            if message.stream == "streaming" and now - message.stream_started >= self.stream_s:
                message.stream = "expired"


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        if value.get("type") in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
            yield "".join(_texts(value["elements"]))
        else:
            for inner in value.values():
                if not isinstance(inner, str):
                    yield from _texts(inner)


_USERS: Final = (
    User(ANNA),
    User(BORA),
    User(ADMIN, is_admin=True),
    User(OWNER, is_admin=True, is_owner=True),
    User(GUEST, is_restricted=True),
    User(STRANGER, team=OTHER_TEAM),
    User(OTHER_BOT, is_bot=True),
    User(BOT_USER, is_bot=True),
)
_CHANNELS: Final = (
    Channel(GENERAL),
    Channel(RANDOM),
    Channel(PRIVATE, "group"),
    Channel(SHARED, shared=True),
    Channel(ELSEWHERE, member=False),
    Channel(GROUP, "mpim"),
)
