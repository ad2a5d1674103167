"""What a channel wants: its layers, what is refused and where, who may change it, and what is answered then."""

from typing import Any

import pytest

from app.errors import SettingsError
from app.slack.preferences import ChannelPreferences, Preferences, Way, admin_ids, is_guest, may_change

CHANNEL = "C0123ABCDEF"
OTHER = "C9999ABCDEF"


class Memory:
    """Settings kept in a dictionary, as app.slack.memory keeps them in a table."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}

    def setting(self, channel: str) -> dict[str, str]:
        return dict(self.kept.get(channel, {}))

    def set_setting(self, channel: str, name: str, value: str | None) -> None:
        if value is None:
            self.kept.get(channel, {}).pop(name, None)
        else:
            self.kept.setdefault(channel, {})[name] = value


def test_slack_beats_the_channels_table_beats_the_default_table_beats_the_defaults() -> None:
    table = {"default": {"unsure": "silent", "language": "ko"}, CHANNEL: {"unsure": "emoji", "outlets": ["Yonhap"]}}
    preferences = ChannelPreferences(table, Memory())
    assert preferences.of(OTHER) == Preferences(unsure="silent", language="ko")
    assert preferences.of(CHANNEL) == Preferences(unsure="emoji", language="ko", outlets=("Yonhap",))
    preferences.set(CHANNEL, "outlets", ("경향신문, Seoul", "The Diplomat"))
    preferences.set(CHANNEL, "on", False)
    assert preferences.of(CHANNEL).outlets == ("경향신문, Seoul", "The Diplomat")
    assert not preferences.of(CHANNEL).on
    assert preferences.of(OTHER).on
    assert {source for _, source in preferences.sources(CHANNEL).values()} == {"default", "hanmi.toml", "Slack"}
    preferences.reset(CHANNEL, "on")
    assert preferences.of(CHANNEL).on
    preferences.reset(CHANNEL)
    assert preferences.of(CHANNEL).outlets == ("Yonhap",)


def test_direct_messages_have_a_table_of_their_own() -> None:
    preferences = ChannelPreferences({"default": {"on": False}, "direct": {"on": True}}, Memory())
    assert preferences.of("D0123ABCDEF").on
    assert not preferences.of(CHANNEL).on


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"general": {"on": False}}, r"\[slack_channels.general\].*no channel's id.*About"),
        ({CHANNEL: "off"}, rf"slack_channels.{CHANNEL} in hanmi.toml must be a table"),
        ({CHANNEL: {"usure": "silent"}}, rf"slack_channels.{CHANNEL}\].*'usure'; did you mean 'unsure'"),
        ({CHANNEL: {"xyzzy": 1}}, "there are on, unsure, questions_only"),
        ({CHANNEL: {"unsure": "loud"}}, rf"slack_channels.{CHANNEL}.unsure.*say, silent, emoji, not 'loud'"),
        ({CHANNEL: {"on": 1}}, "on or off, not 1"),
        ({"default": {"engine": 3}}, "slack_channels.default.engine.*auto, extractive, generative"),
        ({"default": {"outlets": [1]}}, "names of outlets"),
    ],
)
def test_a_wrong_line_is_named_at_the_start(table: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        ChannelPreferences(table, Memory())


def test_what_an_older_version_kept_keeps_no_channel_from_its_answers() -> None:
    memory = Memory()
    memory.kept[CHANNEL] = {"unsure": '"shout"', "gone": "1", "language": "{", "follow_ups": "false"}
    assert ChannelPreferences({}, memory).of(CHANNEL) == Preferences(follow_ups=False)


ADMIN = {"id": "U0000000001", "team_id": "T1", "is_admin": True}


@pytest.mark.parametrize(
    ("user", "may"),
    [
        (ADMIN, True),
        ({"id": "U0000000002", "team_id": "T1", "is_owner": True}, True),
        ({"id": "U0000000003", "team_id": "T1", "is_primary_owner": True}, True),
        ({"id": "U0000000004", "team_id": "T1"}, False),
        ({"id": "U0000000005", "team_id": "T1"}, True),  # named in slack_admins
        (ADMIN | {"team_id": "T2"}, False),
        (ADMIN | {"team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}, True),
        (ADMIN | {"is_stranger": True}, False),
        (ADMIN | {"deleted": True}, False),
        ({"id": "U0000000005", "team_id": "T1", "is_ultra_restricted": True}, False),
    ],
)
def test_admins_owners_and_those_the_file_names_may_change_settings(user: dict[str, Any], may: bool) -> None:
    assert may_change(user, admin_ids(["U0000000005"]), "T1") is may


def test_who_the_file_names_is_named_by_id() -> None:
    with pytest.raises(SettingsError, match=r"'kim' is no user's id.*Copy member ID"):
        admin_ids(["U0000000005", "kim"])


def test_guests_and_strangers_are_known() -> None:
    assert is_guest({"is_restricted": True})
    assert is_guest({"is_stranger": True})
    assert not is_guest(ADMIN)


QUESTION, THANKS = "And what about Japan?", "Thanks, that helps."


@pytest.mark.parametrize(
    ("preferences", "text", "way", "heard"),
    [
        (Preferences(), THANKS, "private", True),
        (Preferences(), THANKS, "mention", True),
        (Preferences(), THANKS, "follow_up", False),
        (Preferences(), QUESTION, "follow_up", True),
        (Preferences(), "<@U0123ABCDEF> what do you think?", "follow_up", False),
        (Preferences(follow_ups=False), QUESTION, "follow_up", False),
        (Preferences(questions_only=True), THANKS, "mention", False),
        (Preferences(questions_only=True), QUESTION, "mention", True),
        (Preferences(questions_only=True), "Did Seoul pledge that, as <@U0123ABCDEF> says?", "mention", True),
        (Preferences(questions_only=True), "tariffs", "private", True),
        (Preferences(on=False), QUESTION, "mention", False),
    ],
)
def test_what_is_answered(preferences: Preferences, text: str, way: Way, heard: bool) -> None:
    assert preferences.hears(text, way) is heard


def test_guests_and_shared_channels_only_where_they_are_allowed() -> None:
    assert not Preferences().hears(QUESTION, "mention", guest=True)
    assert not Preferences(guests=True).hears(QUESTION, "mention", guest=True, shared=True)
    assert Preferences(guests=True, shared=True).hears(QUESTION, "mention", guest=True, shared=True)


def test_who_did_not_call_hears_only_what_the_articles_say() -> None:
    default, silent, emoji = Preferences(), Preferences(unsure="silent"), Preferences(unsure="emoji")
    assert default.voice("not_in_corpus", "mention") == "say"
    assert silent.voice("not_in_corpus", "mention") == "silent"
    assert emoji.voice("not_in_corpus", "mention") == "emoji"
    for preferences in (default, silent, emoji):
        assert preferences.voice("not_in_corpus", "private") == "say"
        assert preferences.voice("not_in_corpus", "follow_up") == "silent"
        assert preferences.voice("conversation", "follow_up") == "silent"
        assert preferences.voice("answered", "follow_up") == "say"
        assert preferences.voice("error", "mention") == "say"


def test_auto_leaves_engine_and_language_to_the_question() -> None:
    assert Preferences().answer_engine is None
    assert Preferences(engine="extractive").answer_engine == "extractive"
    assert Preferences().answer_language is None
    assert Preferences(language="ko").answer_language == "ko"
    assert not Preferences().filters
    assert Preferences(outlets=("Yonhap",)).filters.outlets == ("Yonhap",)
