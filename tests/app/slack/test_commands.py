"""What ``/hanmi …`` says, and what is answered to a word about settings."""

import pytest

from app.slack.commands import NOT_ALLOWED, Ask, Change, Command, Help, Reset, Show, Wrong, command, reply
from app.slack.preferences import NAMES, ChannelPreferences, Preferences
from tests.app.slack.test_preferences import CHANNEL, OTHER, Memory


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Help()),
        ("help", Help()),
        ("ask", Help()),
        ("What did Seoul pledge?", Ask("What did Seoul pledge?")),
        ("help me find the pledge", Ask("help me find the pledge")),
        ("ask settings of the alliance", Ask("settings of the alliance")),
        ("ask help", Ask("help")),
        ("settings", Show()),
        (" Settings  show", Show()),
        ("settings off", Change("on", False)),
        ("settings on", Change("on", True)),
        ("settings unsure silent", Change("unsure", "silent")),
        ("settings Questions only on", Change("questions_only", True)),
        ("settings questions_only=off", Change("questions_only", False)),
        ("settings follow-ups: no", Change("follow_ups", False)),
        ("settings engine extractive", Change("engine", "extractive")),
        ("settings outlets The Diplomat, 경향신문,", Change("outlets", ("The Diplomat", "경향신문"))),
        ("settings outlets ALL", Change("outlets", ())),
        ("settings language KO", Change("language", "ko")),
        ("settings shared on", Change("shared", True)),
        ("settings reset", Reset()),
        ("settings reset follow-ups", Reset("follow_ups")),
    ],
)
def test_a_word_or_a_question(text: str, said: Command) -> None:
    assert command(text) == said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("settings unsure loud", "say, silent, emoji, not 'loud'"),
        ("settings unsure", "unsure must be one of say, silent, emoji."),
        ("settings usure silent", "did you mean 'unsure'"),
        ("settings of the alliance", "/hanmi ask settings"),
        ("settings on the alliance", "/hanmi ask settings"),
        ("settings reset colour", "no setting 'colour'"),
        ("settings outlets", "names of outlets"),
    ],
)
def test_what_cannot_be_followed_is_said(text: str, says: str) -> None:
    said = command(text)
    assert isinstance(said, Wrong)
    assert says in said.reply
    assert "None" not in said.reply


def test_every_setting_can_be_reset_by_its_name_and_is_shown() -> None:
    assert all(command(f"settings reset {name}") == Reset(name) for name in NAMES)
    shown = reply(Show(), ChannelPreferences({}, Memory()), CHANNEL, allowed=False, outlets=())
    assert all(f"\n{name.replace('_', '-')}: " in shown for name in NAMES if name != "on")


def test_a_change_is_kept_for_that_channel_and_said() -> None:
    preferences = ChannelPreferences({CHANNEL: {"unsure": "emoji"}}, Memory())
    said = reply(Change("unsure", "silent"), preferences, CHANNEL, allowed=True, outlets=())
    assert said == "In this channel, from now on: unsure: silent (set in Slack)"
    assert preferences.of(CHANNEL).unsure == "silent"
    assert preferences.of(OTHER) == Preferences()
    said = reply(Reset("unsure"), preferences, CHANNEL, allowed=True, outlets=())
    assert said == "In this channel, from now on: unsure: emoji (set in hanmi.toml)"


def test_who_may_not_change_anything_changes_nothing() -> None:
    memory = Memory()
    memory.set_setting(CHANNEL, "on", "false")
    preferences = ChannelPreferences({}, memory)
    for said in (Change("on", True), Reset()):
        assert reply(said, preferences, CHANNEL, allowed=False, outlets=()) == NOT_ALLOWED
    assert not preferences.of(CHANNEL).on


def test_an_outlet_that_no_article_is_from_is_named() -> None:
    said = Change("outlets", ("the diplomat", "The Diplomta", "Kyunghyang"))
    lines = reply(said, ChannelPreferences({}, Memory()), CHANNEL, allowed=True, outlets=["The Diplomat"]).split("\n")
    assert lines[1:] == [
        "No article is from The Diplomta. Did you mean The Diplomat?",
        "No article is from Kyunghyang.",
    ]
