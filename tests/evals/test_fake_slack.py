"""The fake Slack against Slack's own SDK and Bolt: what it refuses, keeps, sends and waits for."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient

from evals.bench.fake_slack import events
from evals.bench.fake_slack.rates import Rates
from evals.bench.fake_slack.server import SIGNING_SECRET, FakeSlack
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, Failure, rate_limited
from evals.bench.fake_slack.workspace import (
    ANNA,
    BORA,
    BOT_USER,
    ELSEWHERE,
    GENERAL,
    GROUP,
    GUEST,
    OWNER,
    PRIVATE,
    SHARED,
    STRANGER,
    TEAM,
)

FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "fb",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up:1"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down:1"},
        }
    ],
}


@pytest.fixture(scope="module")
def running():
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def slack(running):
    """The same server; what a test scripts is used up by it or taken back here."""
    yield running
    running.failures.clear()
    running.mode = "socket"


@pytest.fixture
def client(slack):
    return WebClient(BOT_TOKEN, base_url=slack.api_url, retry_handlers=[])


def refusal(call, *args, **kwargs):
    with pytest.raises(SlackApiError) as refused:
        call(*args, **kwargs)
    return refused.value.response["error"]


def stream(client, slack, channel=GENERAL, **kwargs):
    asked = slack.writes(ANNA, channel, "What?")
    who = {"recipient_user_id": ANNA, "recipient_team_id": TEAM}
    return asked, client.chat_stream(channel=channel, thread_ts=asked.ts, buffer_size=1, **who, **kwargs)


# Tokens and scopes


def test_tokens_are_told_apart(slack, client):
    told = client.auth_test()
    assert told["user_id"] == BOT_USER
    assert "chat:write" in told.headers["x-oauth-scopes"]
    assert refusal(WebClient(base_url=slack.api_url).auth_test) == "not_authed"
    assert refusal(WebClient("xoxb-wrong", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert refusal(client.apps_connections_open, app_token=BOT_TOKEN) == "not_allowed_token_type"
    assert client.apps_connections_open(app_token=APP_TOKEN)["url"].startswith("ws://127.0.0.1:")
    assert refusal(client.api_call, "apps.manifest.export") == "not_allowed_token_type"
    slack.api.manifest = {"features": {}}
    assert client.api_call("apps.manifest.export", params={"app_id": "A"}, headers=_bearer(CONFIG_TOKEN))["manifest"]
    assert refusal(client.api_call, "chat.nothing") == "unknown_method"


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_scope_that_is_missing_is_named(slack, client):
    root = slack.writes(ANNA, PRIVATE, "Hello").ts
    assert client.conversations_replies(channel=PRIVATE, ts=root)["messages"]
    slack.api.scopes -= {"groups:history"}
    with pytest.raises(SlackApiError) as refused:
        client.conversations_replies(channel=PRIVATE, ts=root)
    slack.api.scopes |= {"groups:history"}
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "groups:history"
    root = slack.writes(ANNA, GENERAL, "Hello").ts
    assert client.conversations_replies(channel=GENERAL, ts=root)["messages"]


# Messages


def test_messages_are_posted_changed_and_deleted(slack, client):
    ts = client.chat_postMessage(channel=GENERAL, text="One", blocks=[{"type": "divider"}])["ts"]
    client.chat_update(channel=GENERAL, ts=ts, text="Two")
    (message,) = [one for one in slack.messages(GENERAL) if one.ts == ts]
    assert (message.text, message.blocks, message.edited, message.by_app) == ("Two", [], True, True)
    client.chat_delete(channel=GENERAL, ts=ts)
    assert not [one for one in slack.messages(GENERAL) if one.ts == ts]


def test_what_a_bot_may_not_write_is_refused(slack, client):
    others = slack.writes(ANNA, GENERAL, "Mine")
    assert refusal(client.chat_postMessage, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel=ELSEWHERE, text="x") == "not_in_channel"
    assert refusal(client.api_call, "chat.postMessage", params={"channel": GENERAL}) == "no_text"
    assert refusal(client.chat_postMessage, channel=GENERAL, text="x", thread_ts="1.2") == "thread_not_found"
    assert refusal(client.chat_update, channel=GENERAL, ts=others.ts, text="x") == "cant_update_message"
    assert refusal(client.chat_delete, channel=GENERAL, ts=others.ts) == "cant_delete_message"
    assert refusal(client.chat_update, channel=GENERAL, ts="1.2", text="x") == "message_not_found"
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=GENERAL, text="x", blocks=json.dumps([{"type": "header", "text": "x"}]))
    assert refused.value.response["error"] == "invalid_blocks"
    assert "blocks[0] header" in refused.value.response["response_metadata"]["messages"][0]
    assert slack.refused()[-1].faults


def test_what_only_one_reads_is_kept_apart(slack, client):
    ts = client.chat_postEphemeral(channel=GENERAL, user=ANNA, text="Only you")["message_ts"]
    assert ts in {one.ts for one in slack.messages(GENERAL, seen_by=ANNA)}
    assert ts not in {one.ts for one in slack.messages(GENERAL, seen_by=BORA)}
    assert ts not in {one["ts"] for one in client.conversations_history(channel=GENERAL)["messages"]}
    assert refusal(client.chat_update, channel=GENERAL, ts=ts, text="x") == "message_not_found"


def test_a_thread_is_read_back_in_pages(slack, client):
    root = slack.writes(ANNA, GROUP, "First")
    texts = ["First"]
    for number in range(3):
        client.chat_postMessage(channel=GROUP, thread_ts=root.ts, text=f"Reply {number}")
        texts.append(f"Reply {number}")
    pages = client.conversations_replies(channel=GROUP, ts=root.ts, limit=3)
    assert [one["text"] for page in pages for one in page["messages"]] == texts
    assert [one["text"] for one in client.conversations_history(channel=GROUP)["messages"]] == ["First"]
    assert refusal(client.conversations_replies, channel=GROUP, ts="1.2") == "thread_not_found"


# Streams


def test_a_stream_is_written_piece_by_piece_and_stopped_once(slack, client):
    asked, written = stream(client, slack)
    written.append(markdown_text="One ")
    assert slack.answers(asked) == []
    assert len(slack.spinning()) == 1
    written.append(
        markdown_text="two.", chunks=[{"type": "task_update", "id": "a", "title": "T", "status": "complete"}]
    )
    written.stop(blocks=[FEEDBACK])
    (message,) = slack.answers(asked)
    assert (message.text, message.blocks, message.stream) == ("One two.", [FEEDBACK], "stopped")
    assert slack.spinning() == []
    again = {"channel": GENERAL, "ts": written.ts}
    assert refusal(client.chat_appendStream, **again, markdown_text="x") == "message_not_in_streaming_state"
    assert refusal(client.chat_stopStream, **again) == "message_not_in_streaming_state"


def test_a_stream_that_lived_too_long_is_finished_by_an_update(slack, client):
    asked, written = stream(client, slack)
    written.append(markdown_text="One ")
    assert refusal(client.chat_update, channel=GENERAL, ts=written.ts, text="x") == "streaming_state_conflict"
    slack.expire_streams()
    assert refusal(written.append, markdown_text="two.") == "message_not_in_streaming_state"
    client.chat_update(channel=GENERAL, ts=written.ts, text="One two.")
    assert [one.text for one in slack.answers(asked)] == ["One two."]


def test_a_stream_expires_by_itself(slack, client):
    _, written = stream(client, slack)
    written.append(markdown_text="One ")
    slack.workspace.stream_s = 0.0
    assert refusal(written.append, markdown_text="two.") == "message_not_in_streaming_state"
    slack.workspace.stream_s = 300.0


def test_a_stream_in_a_channel_needs_its_reader(slack, client):
    asked = slack.writes(ANNA, GENERAL, "What?")
    to = {"channel": GENERAL, "thread_ts": asked.ts}
    assert refusal(client.chat_startStream, **to) == "missing_recipient_team_id"
    assert refusal(client.chat_startStream, **to, recipient_team_id=TEAM) == "missing_recipient_user_id"
    nobody = {"recipient_team_id": TEAM, "recipient_user_id": "U0NOBODY"}
    assert refusal(client.chat_startStream, **to, **nobody) == "user_not_found"
    direct = slack.workspace.direct(ANNA)
    asked = slack.writes(ANNA, direct, "What?")
    assert client.chat_startStream(channel=direct, thread_ts=asked.ts)["ok"]
    assert refusal(client.chat_startStream, channel=direct, thread_ts="") == "invalid_arguments"
    slack.expire_streams()


def test_a_stream_takes_only_what_slack_takes(slack, client):
    _, written = stream(client, slack)
    written.append(markdown_text="x" * 9_000)
    to = {"channel": GENERAL, "ts": written.ts}
    assert refusal(client.chat_appendStream, **to, markdown_text="x" * 12_001) == "msg_too_long"
    assert refusal(client.chat_appendStream, **to, markdown_text="x" * 2_000) == "msg_too_long"
    assert refusal(client.chat_appendStream, **to, chunks=[{"type": "task_update", "id": "a"}]) == "invalid_chunks"
    both = {"markdown_text": "x", "chunks": [{"type": "markdown_text", "text": "y"}]}
    assert refusal(client.chat_appendStream, **to, **both) == "invalid_arguments"
    assert refusal(client.chat_appendStream, **to, markdown_text="") == "no_text"
    assert refusal(client.chat_stopStream, **to, blocks=[{"type": "divider"}] * 51) == "invalid_blocks"
    others = slack.writes(ANNA, GENERAL, "Mine")
    to_another = {"channel": GENERAL, "ts": others.ts, "markdown_text": "x"}
    assert refusal(client.chat_appendStream, **to_another) == "message_not_owned_by_app"
    written.stop()
    assert slack.messages(GENERAL)[-2].text == "x" * 9_000  # nothing of what was refused


# Status, prompts, reactions, views, people


def test_a_status_stands_until_the_app_answers(slack, client):
    asked = slack.writes(ANNA, GENERAL, "What?")
    to = {"channel_id": GENERAL, "thread_ts": asked.ts}
    client.assistant_threads_setStatus(**to, status="is looking")
    assert slack.spinning()
    client.chat_postMessage(channel=GENERAL, thread_ts=asked.ts, text="This.")
    assert slack.spinning() == []
    client.assistant_threads_setStatus(**to, status="is looking")
    client.assistant_threads_setStatus(**to, status="")
    assert slack.spinning() == []
    refused = refusal(client.assistant_threads_setStatus, **to, status="x", loading_messages=["x"] * 11)
    assert refused == "invalid_arguments"


def test_prompts_go_into_direct_messages(slack, client):
    direct = slack.workspace.direct(ANNA)
    prompt = {"title": "Costs", "message": "What did Seoul pay?"}
    client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=[prompt])
    assert slack.workspace.prompts[-1]["prompts"] == [prompt]
    set_prompts = client.assistant_threads_setSuggestedPrompts
    assert refusal(set_prompts, channel_id=direct, prompts=[prompt] * 5) == "invalid_arguments"
    assert refusal(set_prompts, channel_id=GENERAL, prompts=[prompt]) == "invalid_arguments"


def test_reactions_come_and_go(slack, client):
    message = slack.writes(ANNA, GENERAL, "What?")
    to = {"channel": GENERAL, "timestamp": message.ts, "name": "shrug"}
    client.reactions_add(**to)
    assert message.reactions == {"shrug"}
    assert refusal(client.reactions_add, **to) == "already_reacted"
    client.reactions_remove(**to)
    assert refusal(client.reactions_remove, **to) == "no_reaction"
    assert refusal(client.reactions_add, **to | {"timestamp": "1.2"}) == "message_not_found"


def test_people_and_channels_are_described(slack, client):
    slack.api.scopes |= {"channels:read"}
    assert client.users_info(user=OWNER)["user"]["is_owner"]
    assert client.users_info(user=GUEST)["user"]["is_restricted"]
    assert client.users_info(user=STRANGER)["user"]["is_stranger"]
    assert refusal(client.users_info, user="U0NOBODY") == "user_not_found"
    assert client.conversations_info(channel=SHARED)["channel"]["is_ext_shared"]
    assert not client.conversations_info(channel=ELSEWHERE)["channel"]["is_member"]


# Failures


def test_failures_are_scripted_by_method(slack, client):
    slack.failures["chat.postMessage"] = [rate_limited(7), Failure(500)]
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=GENERAL, text="x")
    assert (refused.value.response.status_code, refused.value.response.headers["retry-after"]) == (429, "7")
    assert refusal(client.chat_postMessage, channel=GENERAL, text="x") == "fatal_error"
    assert client.chat_postMessage(channel=GENERAL, text="x")["ok"]
    assert not [call for call in slack.refused() if call.scripted]
    slack.failures["*"] = [rate_limited(0)]
    client.retry_handlers.append(RateLimitErrorRetryHandler())
    assert client.auth_test()["ok"]


def test_a_call_can_be_done_and_its_answer_lost(slack, client):
    slack.failures["chat.postMessage"] = [Failure(500, done=True)]
    assert refusal(client.chat_postMessage, channel=GENERAL, text="Done all the same")
    assert slack.messages(GENERAL)[-1].text == "Done all the same"


def test_slack_takes_only_so_many_calls_in_a_minute(slack, client):
    slack.api.rates = Rates(minute_s=0.5)
    try:
        streams = [stream(client, slack)[1] for _ in range(21)]
        for one in streams[:20]:
            one.append(markdown_text="x")
        with pytest.raises(SlackApiError) as refused:
            streams[20].append(markdown_text="x")
        assert (refused.value.response.status_code, refused.value.response.headers["retry-after"]) == (429, "1")
        assert refused.value.response["error"] == "ratelimited"
        for _ in range(60):
            client.chat_postMessage(channel=GENERAL, text="x")
        assert refusal(client.chat_postMessage, channel=GENERAL, text="x") == "ratelimited"
        client.chat_postMessage(channel=PRIVATE, text="x")
        slack.wait_for(lambda: slack.api.rates.retry_after("chat.startStream") is None, "the end of the minute")
        assert not [call for call in slack.refused() if call.answer["error"] == "ratelimited"]
    finally:
        slack.api.rates = None
        slack.expire_streams()


def test_an_answer_can_come_too_late(slack):
    slack.failures["auth.test"] = [Failure(delay_s=1.5)]
    with pytest.raises(TimeoutError):
        WebClient(BOT_TOKEN, base_url=slack.api_url, timeout=1, retry_handlers=[]).auth_test()


# Socket Mode


@pytest.fixture
def bolt(slack, client):
    app = App(client=client, signing_secret=SIGNING_SECRET, token_verification_enabled=False)
    handler = SocketModeHandler(app, APP_TOKEN)
    yield app, handler
    handler.close()


def test_bolt_answers_over_socket_mode(slack, bolt):
    app, handler = bolt
    seen = []

    @app.event("app_mention")
    def mention(event, say):
        seen.append(event["text"])
        say("Hello", thread_ts=event["ts"], blocks=[FEEDBACK])

    @app.event("message")
    def message(event):
        seen.append(event["channel_type"])

    @app.action("fb")
    def pressed(ack, action, body):
        ack()
        seen.append((action["value"], body["message"]["ts"]))

    @app.command("/hanmi")
    def command(ack, command, respond):
        ack("Wait…")
        respond(f"You asked {command['text']}", response_type="ephemeral")

    @app.shortcut("hanmi_ask")
    def shortcut(ack, shortcut):
        ack()
        seen.append(shortcut["message"]["text"])

    handler.connect()
    asked = slack.says(ANNA, GENERAL, f"<@{BOT_USER}> Hi & <b>안녕</b>")
    assert [ack.status for ack in asked.acks] == [200, 200]
    slack.wait_for(lambda: slack.answers(asked) and len(seen) == 2, "both events")
    assert set(seen) == {f"<@{BOT_USER}> Hi & <b>안녕</b>", "channel"}
    (answer,) = slack.answers(asked)
    slack.presses(BORA, answer, "fb", up=False)
    slack.wait_for(lambda: ("down:1", answer.ts) in seen, "the button")
    with pytest.raises(LookupError):
        slack.presses(ANNA, answer, "nothing")
    slack.runs(ANNA, "한미 <동맹> & co")
    slack.wait_for(lambda: len([one for one in slack.messages(GENERAL, seen_by=ANNA) if one.only_for]) >= 2, "both")
    said = [one.text for one in slack.messages(GENERAL, seen_by=ANNA)[-2:]]
    assert sorted(said) == ["Wait…", "You asked 한미 <동맹> & co"]
    slack.uses_shortcut(ANNA, "hanmi_ask", asked.message)
    slack.wait_for(lambda: seen[-1] == asked.message.text, "the shortcut")
    opened = slack.link.opened
    slack.link.disconnect()
    slack.wait_for(lambda: slack.link.opened == opened + 1, "a new connection")
    slack.says_to_hanmi(ANNA, "Still there?")
    slack.wait_for(lambda: seen[-1] == "im", "the event after it")


def test_events_are_those_that_slack_sends(slack):
    def kinds(user, channel, text):
        message = slack.writes(user, channel, text)
        return [one.payload["event"]["type"] for one in slack.events_of(message)]

    mention = f"<@{BOT_USER}> Hi"
    assert kinds(ANNA, GENERAL, "Hi") == ["message"]
    assert kinds(ANNA, GENERAL, mention) == ["message", "app_mention"]
    assert kinds(ANNA, slack.workspace.direct(ANNA), mention) == ["message"]
    assert kinds(ANNA, ELSEWHERE, mention) == []
    of_stranger = slack.events_of(slack.writes(STRANGER, SHARED, mention))
    assert len({one.event_id for one in of_stranger}) == 2
    assert of_stranger[0].payload["is_ext_shared_channel"]
    assert of_stranger[0].payload["event"]["team"] != TEAM
    reply = slack.writes(BORA, GENERAL, "And?", slack.writes(ANNA, GENERAL, "What?").ts)
    assert slack.events_of(reply)[0].payload["event"]["parent_user_id"] == ANNA


# HTTP


@pytest.fixture
def received():
    """Requests that came in, and where to send them."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"seen")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield got, f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    server.shutdown()
    server.server_close()


def test_http_is_signed_as_the_sdk_checks_it(slack, received):
    got, slack.target = received
    slack.mode = "http"
    (ack,) = slack.says(ANNA, GENERAL, "안녕하세요").acks
    assert (ack.status, ack.body) == (200, "seen")
    headers, body = got[0]
    verifier = SignatureVerifier(SIGNING_SECRET)
    assert verifier.is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)
    assert json.loads(body)["event"]["text"] == "안녕하세요"
    delivery = events.app_home_opened(ANNA, slack.workspace.direct(ANNA))
    assert not verifier.is_valid_request(*delivery.request(SIGNING_SECRET, time.time() - 301)[::-1])
    slack.deliver(delivery.again(2))
    assert (got[1][0]["x-slack-retry-num"], got[1][0]["x-slack-retry-reason"]) == ("2", "timeout")
    slack.runs(ANNA, "한미 & co")
    assert b"command=%2Fhanmi" in got[2][1]
    assert verifier.is_valid_request(got[2][1], got[2][0])


def test_a_response_url_speaks_five_times(slack):
    url, _ = slack._answerable(GENERAL, ANNA)
    hook = WebhookClient(url)
    assert hook.send(text="Only you", response_type="ephemeral").body == "ok"
    assert hook.send(text="All", response_type="in_channel").status_code == 200
    said = slack.messages(GENERAL, seen_by=ANNA)[-2:]
    assert [(one.text, one.only_for) for one in said] == [("Only you", ANNA), ("All", None)]
    assert hook.send(text="x", blocks=[{"type": "nothing"}]).status_code == 404
    assert [hook.send(text="x").status_code for _ in range(3)] == [200, 200, 404]


def test_waiting_tells_what_it_saw(slack):
    with pytest.raises(TimeoutError, match="an answer"):
        slack.wait_for(lambda: False, "an answer", seconds=0.05)
