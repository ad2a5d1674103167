"""What a team wants of Hanmi in a channel: hanmi.toml, what admins set in Slack, and who may set it."""

from __future__ import annotations

import difflib
import json
import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol, get_args, get_type_hints

from app.answers.schema import Language, Status
from app.errors import SettingsError
from app.settings import EngineChoice
from app.slack.addressed import is_question, names_others
from ingest.records import Filters

logger = logging.getLogger(__name__)

Unsure = Literal["say", "silent", "emoji"]
SpokenLanguage = Literal["auto", "en", "ko"]
# How a question came: a direct message, command or shortcut; Hanmi's name in a channel; a thread it has answered in.
Way = Literal["private", "mention", "follow_up"]

UNSURE_EMOJI = "shrug"  # the reaction for ``unsure = "emoji"``
EVERYWHERE, DIRECT = "default", "direct"  # the tables that are no channel's: for all channels, for direct messages
TABLE = "slack_channels"
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{7,}")
_USER = re.compile(r"[UW][A-Z0-9]{7,}")


class ChannelMemory(Protocol):
    """Where what is set in Slack is kept: values as JSON, by channel and name."""

    def setting(self, channel: str) -> dict[str, str]:
        """What is set for the channel; {} for nothing."""
        ...

    def set_setting(self, channel: str, name: str, value: str | None) -> None:
        """Keep one value; None forgets it."""
        ...


@dataclass(frozen=True)
class Preferences:
    """How Hanmi behaves in one channel; the defaults are what bothers a team least (docs/slack.md)."""

    on: bool = True
    unsure: Unsure = "say"  # where Hanmi was called and the articles don't say
    questions_only: bool = False  # a mention that does not read as a question is left alone
    follow_ups: bool = True  # without a mention, in a thread that Hanmi has answered in
    engine: EngineChoice = "auto"
    outlets: tuple[str, ...] = ()  # articles of these alone; () for all
    language: SpokenLanguage = "auto"  # auto: the question's
    guests: bool = False
    shared: bool = False  # channels shared with another organisation

    @property
    def filters(self) -> Filters:
        """What the channel's questions search."""
        return Filters(outlets=self.outlets)

    @property
    def answer_language(self) -> Language | None:
        """The language of Hanmi's own words; None for the question's."""
        return None if self.language == "auto" else self.language

    @property
    def answer_engine(self) -> EngineChoice | None:
        """Who answers; None for what the settings say."""
        return None if self.engine == "auto" else self.engine

    def hears(self, text: str, way: Way, *, guest: bool = False, shared: bool = False) -> bool:
        """Whether a message is answered at all; ``text`` without Hanmi's own mention.

        ``guest``: sent by a guest or a stranger; ``shared``: in a channel shared with another organisation. What
        nobody addressed to Hanmi has to read as a question that is put to nobody else: people also talk to each
        other in a thread that Hanmi has answered in, and thank each other.
        """
        if not self.on or (guest and not self.guests) or (shared and not self.shared):
            return False
        if way == "follow_up":
            return self.follow_ups and is_question(text) and not names_others(text)
        return way == "private" or not self.questions_only or is_question(text)

    def voice(self, status: Status, way: Way) -> Unsure:
        """How an answer is given: said, left unsaid, or a reaction (UNSURE_EMOJI) on the question.

        Who asked in private is always answered; who did not call Hanmi hears from it only what the articles say.
        """
        if way == "follow_up":
            return "silent" if status in ("not_in_corpus", "conversation") else "say"
        return self.unsure if status == "not_in_corpus" and way == "mention" else "say"


NAMES = tuple(each.name for each in fields(Preferences))
_KINDS = get_type_hints(Preferences)
_FLAGS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


def value_of(name: str, given: object, where: str) -> bool | str | tuple[str, ...]:
    """A preference in its type, from hanmi.toml, from memory or from words ("on", "A, B", "all").

    Raises SettingsError, which begins with ``where``.
    """
    if _KINDS[name] is bool:
        flag = _FLAGS.get(given.strip().lower()) if isinstance(given, str) else given
        if not isinstance(flag, bool):
            raise SettingsError(f"{where} must be on or off, not {given!r}")
        return flag
    if name == "outlets":
        return _outlets(given, where)
    choices = get_args(_KINDS[name])
    chosen = given.strip().lower() if isinstance(given, str) else None
    if chosen not in choices:
        raise SettingsError(f"{where} must be one of {', '.join(choices)}, not {given!r}")
    return str(chosen)


def _outlets(given: object, where: str) -> tuple[str, ...]:
    if isinstance(given, str):
        given = [] if given.strip().lower() in ("all", "") else re.split(r"[,;，、]", given)
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise SettingsError(f"{where} must be names of outlets, or all")
    return tuple(dict.fromkeys(name for each in given if (name := " ".join(each.split()))))


class ChannelPreferences:
    """The preferences of every channel: defaults, then hanmi.toml, then what was set in Slack; threads may share it."""

    def __init__(self, table: Mapping[str, Any], memory: ChannelMemory) -> None:
        """``table``: ``slack_channels`` of hanmi.toml. Raises SettingsError that names the line."""
        self._file = read_table(table)
        self._memory = memory

    def of(self, channel: str) -> Preferences:
        """The preferences in force in a channel."""
        return Preferences(**{name: value for name, (value, _) in self.sources(channel).items()})

    def sources(self, channel: str) -> dict[str, tuple[Any, str]]:
        """Each preference in force in a channel, with where it comes from: "default", "hanmi.toml" or "Slack"."""
        found: dict[str, tuple[Any, str]] = {name: (getattr(Preferences(), name), "default") for name in NAMES}
        tables = (EVERYWHERE, DIRECT, channel) if channel.startswith("D") else (EVERYWHERE, channel)
        for table in tables:
            found |= {name: (value, "hanmi.toml") for name, value in self._file.get(table, {}).items()}
        found |= {name: (value, "Slack") for name, value in self._set_in_slack(channel).items()}
        return found

    def set(self, channel: str, name: str, value: bool | str | tuple[str, ...]) -> None:
        """Keep a value that was set in Slack (``value_of``); it wins over hanmi.toml."""
        self._memory.set_setting(channel, name, json.dumps(value, ensure_ascii=False))

    def reset(self, channel: str, name: str | None = None) -> None:
        """Forget what was set in Slack: one preference, or all of the channel's."""
        for each in (name,) if name else tuple(self._memory.setting(channel)):
            self._memory.set_setting(channel, each, None)

    def _set_in_slack(self, channel: str) -> dict[str, Any]:
        """What is set, without what this version cannot read: an old value must not keep a channel from its answers."""
        read = {}
        for name, kept in self._memory.setting(channel).items():
            try:
                read[name] = value_of(name, json.loads(kept), name)
            except (KeyError, ValueError, SettingsError) as error:
                logger.warning("the setting %s of channel %s cannot be read: %s", name, channel, error)
        return read


def read_table(table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every table of ``slack_channels``, checked. Raises SettingsError that names the line."""
    read = {}
    for channel, given in table.items():
        where = f"{TABLE}.{channel}"
        if channel not in (EVERYWHERE, DIRECT) and not _CHANNEL.fullmatch(channel):
            raise SettingsError(
                f"[{where}] in hanmi.toml is no channel's id, such as C0123ABCDEF: in Slack it stands at the foot of"
                f" the channel's About tab; [{TABLE}.{EVERYWHERE}] is for all channels, [{TABLE}.{DIRECT}] for direct"
                " messages"
            )
        if not isinstance(given, Mapping):
            raise SettingsError(f"{where} in hanmi.toml must be a table: [{where}]")
        read[channel] = {name: _of_file(name, value, where) for name, value in given.items()}
    return read


def _of_file(name: str, value: object, where: str) -> object:
    if name not in NAMES:
        raise SettingsError(f"[{where}] in hanmi.toml: there is no setting {name!r}; {closest(name)}")
    return value_of(name, value, f"{where}.{name} in hanmi.toml")


def closest(name: str) -> str:
    """What may have been meant, or all names there are."""
    close = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(NAMES)}"


def admin_ids(names: Collection[str]) -> frozenset[str]:
    """The user ids of ``slack_admins``. Raises SettingsError for what is no user's id."""
    for name in names:
        if not _USER.fullmatch(name):
            raise SettingsError(
                f"slack_admins: {name!r} is no user's id, such as U0123ABCDEF: in Slack, open the profile, ⋮,"
                " Copy member ID"
            )
    return frozenset(names)


def is_guest(user: Mapping[str, Any]) -> bool:
    """Whether a user (``users.info``) is a guest, or of another organisation."""
    return any(user.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_stranger"))


def may_change(user: Mapping[str, Any], admins: Collection[str], team: str = "") -> bool:
    """Whether a user (``users.info``) may change settings: an admin or owner of the workspace, or one of ``admins``.

    A channel's creator may not. ``team``: the workspace; who is of another is refused, admin there or not.
    """
    own = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    if is_guest(user) or user.get("deleted") or user.get("is_bot") or (team and own != {None} and team not in own):
        return False
    return user.get("id") in admins or any(user.get(name) for name in ("is_admin", "is_owner", "is_primary_owner"))
