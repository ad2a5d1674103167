"""``hanmi slack --check`` against the fake Slack: what is in order, and what each missing thing is called."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.settings import NO_SECRET, AppSettings, Secret
from app.slack.checking import Finding, check
from app.slack.manifest import over_http, read, scopes
from evals.bench.fake_slack.methods import METHODS, Method
from evals.bench.fake_slack.server import SIGNING_SECRET, FakeSlack
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, Failure
from evals.bench.fake_slack.workspace import APP


@pytest.fixture(scope="module")
def running() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def slack(running: FakeSlack) -> FakeSlack:
    running.api.scopes = set(scopes())
    running.api.manifest = read()
    running.failures.clear()
    return running


@pytest.fixture
def settings(slack: FakeSlack) -> AppSettings:
    return AppSettings(
        slack_api_url=slack.api_url,
        slack_bot_token=Secret(BOT_TOKEN),
        slack_app_token=Secret(APP_TOKEN),
        slack_config_token=Secret(CONFIG_TOKEN),
    )


@pytest.fixture
def over_http_settings(settings: AppSettings) -> AppSettings:
    return replace(
        settings,
        slack_app_token=NO_SECRET,
        slack_signing_secret=Secret(SIGNING_SECRET),
        public_url="https://hanmi.example",
    )


def missing(found: list[Finding]) -> list[str]:
    return [finding.text for finding in found if finding.state == "missing"]


def test_all_in_order(settings: AppSettings) -> None:
    found = check(settings)
    assert {finding.state for finding in found} == {"ok"}
    assert [str(finding) for finding in found] == [
        "✓ Bot token: @hanmi in Fake (https://fake.slack.com/)",
        f"✓ Scopes: all {len(scopes())}",
        "✓ App-level token: Socket Mode connects",
        "✓ Subscriptions, command and shortcut: as in the manifest",
    ]


def test_an_address_without_its_last_slash_is_the_same(settings: AppSettings) -> None:
    assert not missing(check(replace(settings, slack_api_url=settings.slack_api_url.rstrip("/"))))


def test_tokens_are_never_shown(settings: AppSettings, slack: FakeSlack) -> None:
    slack.failures["*"] = [Failure(error="invalid_auth")] * 9
    shown = "".join(map(str, check(settings)))
    assert "invalid_auth" in shown
    assert not any(token in shown for token in (BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN))


def test_nothing_is_set() -> None:
    bot, transport = missing(check(AppSettings()))
    assert "HANMI_SLACK_BOT_TOKEN is not set" in bot
    assert "Install App" in bot
    assert "HANMI_SLACK_APP_TOKEN" in transport
    assert "connections:write" in transport


def test_tokens_that_were_taken_for_each_other(settings: AppSettings) -> None:
    swapped = replace(
        settings,
        slack_bot_token=Secret(APP_TOKEN),
        slack_app_token=Secret(BOT_TOKEN),
        slack_config_token=Secret("xoxe-1-abc"),
    )
    assert missing(check(swapped)) == [
        "HANMI_SLACK_BOT_TOKEN does not begin with xoxb-; it is an app-level token",
        "HANMI_SLACK_APP_TOKEN does not begin with xapp-; it is a bot token",
        "HANMI_SLACK_CONFIG_TOKEN does not begin with xoxe.xoxp-; it is a refresh token",
    ]


def test_missing_scopes_are_named_with_what_they_are_for(settings: AppSettings, slack: FakeSlack) -> None:
    slack.api.scopes -= {"users:read", "mpim:history"}
    slack.api.scopes |= {"files:read"}
    (text,) = missing(found := check(settings))
    assert "mpim:history (group messages with Hanmi); users:read (who is an admin, who is a guest)" in text
    assert "OAuth & Permissions" in text
    assert "files:read" in next(finding.text for finding in found if finding.state == "note")


@pytest.mark.parametrize(
    ("error", "says"),
    [("account_inactive", "no longer installed"), ("token_revoked", "revoked"), ("odd_new_error", "odd_new_error")],
)
def test_a_bot_token_that_slack_refuses(settings: AppSettings, slack: FakeSlack, error: str, says: str) -> None:
    slack.failures["auth.test"] = [Failure(error=error)]
    (text,) = missing(check(settings))
    assert text.startswith("HANMI_SLACK_BOT_TOKEN: ")
    assert says in text


def test_an_app_level_token_that_slack_refuses(settings: AppSettings, slack: FakeSlack) -> None:
    slack.failures["apps.connections.open"] = [Failure(error="missing_scope")]
    (text,) = missing(check(settings))
    assert "HANMI_SLACK_APP_TOKEN: missing_scope" in text
    assert "connections:write" in text


def test_a_slack_that_does_not_answer(settings: AppSettings) -> None:
    gone = replace(settings, slack_api_url="http://127.0.0.1:9/api/")
    texts = missing(check(gone))
    # The manifest is asked for with an id that the app-level token holds.
    assert len(texts) == 3
    assert all("http://127.0.0.1:9/api/ does not answer" in text for text in texts)


def _without_events(told: dict[str, Any]) -> None:
    told["settings"]["event_subscriptions"]["bot_events"] = ["app_mention", "message.im"]


def _without_command(told: dict[str, Any]) -> None:
    del told["features"]["slash_commands"]


def _without_shortcut(told: dict[str, Any]) -> None:
    told["features"]["shortcuts"][0]["callback_id"] = "other"


def _without_buttons(told: dict[str, Any]) -> None:
    told["settings"]["interactivity"]["is_enabled"] = False


def _without_messages(told: dict[str, Any]) -> None:
    told["features"]["app_home"]["messages_tab_read_only_enabled"] = True


def _without_agent(told: dict[str, Any]) -> None:
    del told["features"]["agent_view"]


def _without_socket(told: dict[str, Any]) -> None:
    told["settings"]["socket_mode_enabled"] = False


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_without_events, "app_home_opened, message.channels, message.groups, message.mpim. Event Subscriptions"),
        (_without_command, "/hanmi is missing. Slash Commands"),
        (_without_shortcut, "hanmi_ask is missing. Interactivity & Shortcuts"),
        (_without_buttons, "Buttons do not work"),
        (_without_messages, "App Home, Messages Tab"),
        (_without_agent, "no agent"),
        (_without_socket, "Socket Mode has to be on"),
    ],
)
def test_what_the_app_lacks_is_named(settings: AppSettings, slack: FakeSlack, change: Any, says: str) -> None:
    change(slack.api.manifest)
    (text,) = missing(check(settings))
    assert says in text


def test_without_a_configuration_token_it_says_where_to_look(settings: AppSettings) -> None:
    *_, last = check(replace(settings, slack_config_token=NO_SECRET))
    assert last.state == "note"
    assert all(word in last.text for word in ("message.groups", "/hanmi", "hanmi_ask", "Your App Configuration Tokens"))


def test_over_http(over_http_settings: AppSettings, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, "bots.info", Method(lambda _, __: {"bot": {"app_id": APP}}, "users:read"))
    slack.api.manifest = over_http("https://hanmi.example")
    assert not missing(check(over_http_settings))
    assert slack.calls("apps.manifest.export")[-1].args["app_id"] == APP
    slack.api.manifest = over_http("https://old.example")
    texts = missing(check(over_http_settings))
    assert len(texts) == 3
    assert all("https://hanmi.example/slack/events, not https://old.example/slack/events" in text for text in texts)
    slack.api.manifest = read()
    assert "Socket Mode has to be off: Socket Mode, Enable Socket Mode" in missing(check(over_http_settings))


def test_over_http_the_address_and_the_secret_have_a_form(over_http_settings: AppSettings) -> None:
    odd = replace(over_http_settings, public_url="http://hanmi.example", slack_signing_secret=Secret("xapp-1"))
    secret, address = missing(check(replace(odd, slack_config_token=NO_SECRET)))
    assert "HANMI_SLACK_SIGNING_SECRET is not 32 digits" in secret
    assert "HANMI_PUBLIC_URL: Slack calls only an address that begins with https://" in address


def test_a_wrong_line_of_the_channels_settings_is_told_too(settings: AppSettings) -> None:
    assert missing(check(replace(settings, slack_channels={"default": {"unsure": "loud"}}))) == [
        "slack_channels.default.unsure in hanmi.toml must be one of say, silent, emoji, not 'loud'"
    ]
