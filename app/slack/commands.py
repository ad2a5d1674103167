"""What ``/hanmi …`` says: a question, or a word about the channel's settings; and the replies to the latter.

The replies are plain text: whoever sends them escapes them, since the names of outlets are anybody's words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass

from app.errors import SettingsError
from app.plain import plain_text
from app.slack.preferences import NAMES, ChannelPreferences, closest, value_of

COMMAND = "/hanmi"
ASK_ANYWAY = f"To ask a question that begins with this word: {COMMAND} ask settings …"
HELP = f"""{COMMAND} QUESTION: an answer that only you see; you can share it.
{COMMAND} ask QUESTION: the same, for a question that begins with "ask", "help" or "settings".
{COMMAND} settings: how Hanmi behaves in this channel, and how to change it.
In a channel, mention Hanmi; in the thread it answers in, just ask on. In a direct message, just ask.
{COMMAND} 질문: 나에게만 보이는 답변이 오며, 채널에 공유할 수 있습니다.
채널에서는 Hanmi를 멘션하고, 답변이 달린 스레드와 다이렉트 메시지에서는 바로 질문하세요."""
NOT_ALLOWED = (
    "Only admins and owners of the workspace may change this, and whoever slack_admins in hanmi.toml names. Nothing"
    " was changed."
)
OFF = f"Hanmi is off in this channel. An admin can switch it on: {COMMAND} settings on"
_USAGE = f"""Change one: {COMMAND} settings unsure silent
Undo it: {COMMAND} settings reset unsure (reset alone: all)
• on, off: whether Hanmi answers here
• unsure: say, silent or emoji, where Hanmi is mentioned and the articles don't say
• questions-only: on to leave a mention alone that is no question
• follow-ups: off to want a mention in threads and group messages too
• engine: auto, extractive or generative
• outlets: names with commas between, or all
• language: auto, en or ko
• guests, shared: on to answer guests, and in channels shared with another organisation"""
_SPOKEN = {name.replace("_", "-"): name for name in NAMES}
_NAMED = re.compile(
    rf"(?P<name>{'|'.join(spoken.replace('-', '[-_ ]?') for spoken in _SPOKEN)})(?:\s*[:=]\s*|\s+|$)(?P<value>.*)", re.I
)
_ALONE = {"on": True, "off": False}


@dataclass(frozen=True)
class Ask:
    """A question."""

    question: str


@dataclass(frozen=True)
class Help:
    """What the command can do: HELP."""


@dataclass(frozen=True)
class Show:
    """The channel's settings."""


@dataclass(frozen=True)
class Change:
    """A setting and its value, checked."""

    name: str
    value: bool | str | tuple[str, ...]


@dataclass(frozen=True)
class Reset:
    """Back to hanmi.toml: one setting, or all of them for None."""

    name: str | None = None


@dataclass(frozen=True)
class Wrong:
    """A word about settings that cannot be followed, and what to say to it."""

    reply: str


Command = Ask | Help | Show | Change | Reset | Wrong


def command(text: str) -> Command:
    """What the text behind ``/hanmi`` says, with Slack's ``&amp;`` and its like already undone.

    What begins with "settings" is about them, and is never asked; "ask settings …" is.
    """
    said = plain_text(text)
    first, _, rest = said.partition(" ")
    match first.lower():
        case "settings":
            return _about_settings(rest)
        case "ask":
            return Ask(rest) if rest else Help()
        case "" | "help" | "?" | "도움말" if not rest:
            return Help()
    return Ask(said)


def _about_settings(said: str) -> Change | Reset | Show | Wrong:
    word, _, rest = said.partition(" ")
    if said.lower() in ("", "show", "help"):
        return Show()
    if said.lower() in _ALONE:
        return Change("on", _ALONE[said.lower()])
    if word.lower() == "reset":
        named = _NAMED.fullmatch(rest)
        return Reset() if not rest else Reset(_name(named)) if named and not named["value"] else _unknown(rest)
    named = _NAMED.fullmatch(said)
    if named is None:
        return _unknown(word)
    name = _name(named)
    try:
        return Change(name, value_of(name, named["value"] or None, _spoken(name)))
    except SettingsError as error:
        return Wrong(f"{error}. Nothing was changed. {ASK_ANYWAY}".replace(", not None", ""))


def _name(named: re.Match[str]) -> str:
    return _SPOKEN[
        next(each for each in _SPOKEN if re.sub("[-_ ]", "", named["name"].lower()) == each.replace("-", ""))
    ]


def _spoken(name: str) -> str:
    return name.replace("_", "-")


def _unknown(word: str) -> Wrong:
    meant = closest(word.lower().replace("-", "_")).replace("_", "-")
    return Wrong(f"There is no setting {word!r}; {meant}{'' if meant.endswith('?') else '.'} {ASK_ANYWAY}")


def reply(
    said: Show | Change | Reset,
    preferences: ChannelPreferences,
    channel: str,
    *,
    allowed: bool,
    outlets: Collection[str],
) -> str:
    """Do what was said of the channel's settings and say what is so now.

    ``allowed``: whether the speaker may change them (``preferences.may_change``); anyone may look. ``outlets``: those
    that articles are from, so that a misspelt one is named.
    """
    if isinstance(said, Show):
        return shown(preferences, channel)
    if not allowed:
        return NOT_ALLOWED
    if isinstance(said, Change):
        preferences.set(channel, said.name, said.value)
        return _now(preferences, channel, said.name) + _missing(said, outlets)
    preferences.reset(channel, said.name)
    return _now(preferences, channel, said.name) if said.name else shown(preferences, channel)


def shown(preferences: ChannelPreferences, channel: str) -> str:
    """Every setting of the channel, where it was set, and how to change it."""
    lines = [_line(name, value, source) for name, (value, source) in preferences.sources(channel).items()]
    return "\n".join(["In this channel:", *lines, "", _USAGE])


def _now(preferences: ChannelPreferences, channel: str, name: str) -> str:
    return "In this channel, from now on: " + _line(name, *preferences.sources(channel)[name])


def _line(name: str, value: bool | str | tuple[str, ...], source: str) -> str:
    shown = "Hanmi" if name == "on" else _spoken(name)
    return f"{shown}: {_words(value)} ({'by default' if source == 'default' else f'set in {source}'})"


def _words(value: bool | str | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else ", ".join(value) or "all"


def _missing(said: Change, known: Collection[str]) -> str:
    """A line for each outlet that no article is from."""
    if not isinstance(said.value, tuple):
        return ""
    folded = {name.casefold(): name for name in known}
    lines = []
    for name in said.value:
        if name.casefold() not in folded:
            close = difflib.get_close_matches(name.casefold(), folded, n=1)
            lines.append(f"\nNo article is from {name}." + (f" Did you mean {folded[close[0]]}?" if close else ""))
    return "".join(lines)
