"""What goes wrong in Slack: events twice, late and forged, refusals, streams that end, restarts, thirty at once."""

from __future__ import annotations

import json
import logging
import time

import pytest

from app.errors import AppError
from app.render.slack import DELETE, FEEDBACK, OPEN
from app.slack import streaming
from evals.bench.fake_slack import events
from evals.bench.fake_slack.server import SIGNING_SECRET
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN, Failure, rate_limited
from evals.bench.fake_slack.workspace import ANNA, BORA, GENERAL, RANDOM, User
from tests.app.samples import FIRST, SECOND
from tests.app.slack.newsroom import STARTS, Newsroom, saying
from tests.app.slack.test_journeys import elements, only_for

# A crash is an answering thread that ends.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
WHOLE = (FIRST, SECOND)


@pytest.fixture(autouse=True)
def says_something(request):
    """Answers made by hand: what is tested here is on the way to Slack."""
    for name in ("room", "own_room"):
        if name in request.fixturenames:
            request.getfixturevalue(name).assistant.says = saying()


def whole(message):
    return all(sentence in message.words for sentence in WHOLE) and bool(elements(message, FEEDBACK))


def end_quietly(room):
    """Refusals that come of what a test has done are no surprise to the fixture."""
    for call in room.slack.refused():
        assert call.answer["error"] in ("message_not_in_streaming_state", "streaming_state_conflict"), call
        room.slack.api.calls.remove(call)


# Events twice, in another order, forged


def test_what_slack_sends_again_is_answered_once(room):
    asked = room.mention(ANNA, "How much?")
    assert whole(room.answer(asked))
    for delivery in room.slack.events_of(asked.message):  # with other ids, as after an outage
        assert [room.slack.deliver(delivery.again(number)).status for number in (1, 2, 3)] == [200] * 3
    assert len(room.answers(asked)) == len(room.assistant.asked) == 1


def test_a_question_that_is_sent_again_while_it_is_answered_is_answered_once(room):
    room.assistant.go.clear()
    asked = room.mention(ANNA, "How much?")
    room.begun(asked)
    for delivery in room.slack.events_of(asked.message):
        room.slack.deliver(delivery.again())
    room.assistant.go.set()
    assert whole(room.answer(asked))
    assert len(room.assistant.asked) == 1


def test_events_may_come_in_another_order(room):
    first = room.slack.writes(ANNA, GENERAL, "<@U0HANMI01> How much?")
    second = room.slack.writes(BORA, GENERAL, "<@U0HANMI01> And who balked?", first.ts)
    for message in (second, first):
        room.slack.deliver_all(room.slack.events_of(message))
    room.settle()
    answers = [one for one in room.slack.messages(GENERAL, first.ts) if one.by_app]
    assert len(answers) == len(room.assistant.asked) == 2
    assert all(whole(one) for one in answers)


def test_a_further_question_waits_for_the_answer_before_it(room):
    room.assistant.go.clear()
    asked = room.mention(ANNA, "How much?")
    room.begun(asked)
    further = room.mention(BORA, "And who balked?", thread_ts=asked.message.ts)
    assert len(room.assistant.asked) == 1
    room.assistant.go.set()
    room.settle()
    assert room.assistant.asked[1][1][0]["content"] == "How much?"
    assert whole(room.answer(further))


def test_what_slack_did_not_sign_is_refused(room):
    if room.mode == "socket":
        pytest.skip("only what comes over HTTP is signed")
    said = room.slack.writes(ANNA, GENERAL, "<@U0HANMI01> How much?")
    delivery = room.slack.events_of(said)[1]
    headers, body = delivery.request(SIGNING_SECRET)
    old_headers, old_body = delivery.request(SIGNING_SECRET, at=time.time() - 301)
    for given_headers, given_body in [
        delivery.request("f" * 32),
        (headers, body.replace(b"How much", b"How many")),
        (headers | {"x-slack-request-timestamp": str(int(time.time()) - 200)}, body),
        (old_headers, old_body),
        ({"content-type": "application/json"}, body),
    ]:
        assert room.slack.post(given_headers, given_body).status == 401
    assert room.answers(said) == room.assistant.asked == []
    assert room.slack.post(headers, body).status == 200
    assert whole(room.answer(said))
    ack = room.slack.deliver(events.url_verification("a b"))
    assert (ack.status, "a b" in ack.body) == (200, True)
    assert (
        room.slack.post({"content-type": "application/json"} | events.sign(b"\xff", SIGNING_SECRET), b"\xff").status
        == 400
    )


# Slack refuses, is slow, ends a stream


@pytest.mark.parametrize(
    ("method", "failures"),
    [
        ("chat.startStream", [rate_limited(0)]),
        ("chat.startStream", [Failure(error="channel_type_not_supported")]),
        ("chat.startStream", [Failure(500)]),
        ("chat.appendStream", [rate_limited(0)]),
        ("chat.appendStream", [Failure(500)]),
        ("chat.appendStream", [Failure(500, done=True)]),
        ("chat.stopStream", [rate_limited(0)]),
        ("chat.stopStream", [Failure(500)]),
        ("chat.stopStream", [Failure(500, done=True)]),
        ("assistant.threads.setStatus", [Failure(500), rate_limited(30)]),
        ("assistant.threads.setStatus", [Failure(error="missing_scope")]),
        ("users.info", [rate_limited(0)]),
    ],
    ids=lambda given: given if isinstance(given, str) else f"{given[0].status}-{given[0].error}-{given[0].done}",
)
def test_whatever_slack_refuses_once_the_answer_is_there_once(room, monkeypatch, method, failures):
    monkeypatch.setattr(streaming, "SEND_S", 0)
    user = room.slack.workspace.new_id("U0NEW")  # of whom nothing is known yet
    with room.slack.changed:
        room.slack.workspace.users[user] = User(user)
    room.slack.failures[method] = list(failures)
    answer = room.answer(room.mention(user, "How much?"))
    assert whole(answer)
    assert [answer.words.count(sentence) for sentence in WHOLE] == [2, 2]  # said, and quoted
    assert room.slack.failures[method] == failures[1:]
    end_quietly(room)


def test_a_stream_that_slack_ends_is_finished_by_an_update(room):
    room.assistant.go.clear()
    asked = room.mention(ANNA, "How much?")
    ts = room.begun(asked)
    room.slack.expire_streams()
    room.assistant.go.set()
    answer = room.answer(asked)
    assert answer.ts == ts
    assert whole(answer)
    end_quietly(room)


def test_an_answer_that_its_reader_deletes_meanwhile_comes_whole(room):
    room.assistant.go.clear()
    asked = room.mention(ANNA, "How much?")
    ts = room.begun(asked)
    with room.slack.changed:
        del room.slack.workspace.messages[GENERAL, ts]
    room.assistant.go.set()
    assert whole(room.answer(asked))
    for call in room.slack.refused():
        assert call.answer["error"] == "message_not_found"
        room.slack.api.calls.remove(call)


@pytest.mark.parametrize("failure", [RuntimeError("secret words"), AppError("The index is being made; ask again.")])
def test_an_answer_that_fails_ends_in_a_sentence(room, failure):
    room.assistant.fails = failure
    answer = room.answer(room.mention(ANNA, "How much?"))
    assert "secret" not in answer.words
    assert answer.words
    assert ("The index is being made" in answer.words) == isinstance(failure, AppError)
    assert room.slack.spinning() == []


def test_an_answer_that_fails_in_the_middle_keeps_what_was_said(room):
    def breaks(question):
        yield from saying()(question)[:2]
        raise RuntimeError("secret words")

    room.assistant.says = breaks
    answer = room.answer(room.mention(ANNA, "How much?"))
    assert FIRST in answer.words
    assert len(answer.words) > len(FIRST) + 20
    assert "secret" not in answer.words


def test_what_nobody_asked_of_hanmi_fails_in_silence(room):
    asked = room.mention(ANNA, "How much?")
    assert whole(room.answer(asked))
    room.assistant.fails = RuntimeError("secret words")
    assert room.answers(room.slack.says(BORA, GENERAL, "And who balked?", asked.message.ts)) == []


# Many at once


def test_thirty_questions_at_once_are_each_answered_once(room):
    people = [f"U0MANY{number:03}" for number in range(30)]
    with room.slack.changed:
        room.slack.workspace.users |= {user: User(user) for user in people}
    said = [room.slack.writes(user, GENERAL, f"<@U0HANMI01> How much, {user}?") for user in people]
    acks = room.slack.deliver_all([each for message in said for each in room.slack.events_of(message)])
    assert [ack.status for ack in acks] == [200] * 60
    answers = [room.answer(message) for message in said]
    assert all(whole(answer) for answer in answers)
    assert sorted(question for question, _ in room.assistant.asked) == sorted(f"How much, {user}?" for user in people)


@pytest.fixture
def limited(articles, tmp_path):
    with Newsroom("socket", articles, tmp_path, limited=True) as room:
        room.assistant.says = saying()
        yield room


def test_more_answers_than_slack_lets_stream_are_posted(limited):
    people = [f"U0MANY{number:03}" for number in range(30)]
    with limited.slack.changed:
        limited.slack.workspace.users |= {user: User(user) for user in people}
    said = [limited.slack.writes(user, GENERAL, "<@U0HANMI01> How much?") for user in people]
    limited.slack.deliver_all([each for message in said for each in limited.slack.events_of(message)])
    answers = [limited.answer(message) for message in said]
    assert all(whole(answer) for answer in answers)
    streamed = [answer for answer in answers if answer.stream]
    assert len(streamed) == STARTS
    assert [call for call in limited.slack.calls() if not call.ok] == []  # nothing waited for a minute


def test_nobody_waits_for_one_who_asks_much_and_who_asks_too_much_is_told(room):
    room.assistant.go.clear()
    said = [room.mention(ANNA, f"How much, {number}?") for number in range(2)]
    for each in said:
        room.begun(each)
    said += [room.mention(ANNA, f"How much, {number}?") for number in range(2, 12)]
    too_much = room.mention(ANNA, "How much, at last?")
    room.slack.wait_for(lambda: "waiting already" in str(only_for(room, ANNA)[-1:]), "the word about it")
    room.begun(room.mention(BORA, "How much?"))
    room.assistant.go.set()
    for each in said:
        assert whole(room.answer(each))
    assert [one for one in room.answers(too_much) if one.only_for is None] == []


# Connections and restarts


def test_after_a_disconnect_events_come_over_a_new_connection(room):
    if room.mode == "http":
        pytest.skip("over HTTP there is no connection")
    opened = room.slack.link.opened
    room.slack.link.disconnect()
    asked = room.mention(ANNA, "How much?")
    assert whole(room.answer(asked))
    room.slack.wait_for(lambda: room.slack.link.opened > opened, "a new connection")


@pytest.mark.long
def test_after_a_connection_that_breaks_events_come_over_a_new_one(room):
    if room.mode == "http":
        pytest.skip("over HTTP there is no connection")
    opened = room.slack.link.opened
    room.slack.link.cut()
    room.slack.wait_for(lambda: room.slack.link.opened > opened, "a new connection")
    assert whole(room.answer(room.mention(ANNA, "How much?")))


def test_what_a_crash_interrupts_is_finished_after_it(own_room):
    room = own_room
    room.assistant.go.clear()
    asked, waiting = room.mention(ANNA, "How much?"), room.mention(ANNA, "Who balked?", RANDOM)
    ts = room.begun(asked)
    room.begun(waiting)
    room.assistant.crash()
    room.stop()
    assert len(room.memory.under_way()) == 2
    room.assistant.recover()
    room.assistant.says = saying()
    room.start()
    answer = room.answer(asked)
    assert answer.ts == ts
    assert whole(answer)
    assert whole(room.answer(waiting))
    # What Slack sends again is known after a restart too, and the thread, and the answer under its buttons.
    for delivery in room.slack.events_of(asked.message):
        room.slack.deliver(delivery.again())
    assert len(room.answers(asked)) == 1
    assert whole(room.answer(room.slack.says(BORA, GENERAL, "And who balked?", asked.message.ts)))
    room.slack.presses(BORA, answer, FEEDBACK)
    room.slack.wait_for(room.store.feedback, "the feedback")
    end_quietly(room)


def test_a_thread_that_was_forgotten_is_read_from_slack(own_room):
    room = own_room
    asked = room.mention(ANNA, "How much?")
    room.answer(asked)
    room.stop()
    (room.settings.home / "slack.db").unlink()
    room.start()
    assert room.answers(room.slack.says(BORA, GENERAL, "And who balked?", asked.message.ts)) == []
    assert whole(room.answer(room.mention(BORA, "And who balked?", thread_ts=asked.message.ts)))
    assert room.assistant.asked[-1][1][0] == {"role": "user", "content": "How much?"}
    assert "Washington is reportedly demanding" in room.assistant.asked[-1][1][1]["content"]
    assert len(room.slack.calls("conversations.replies")) == 1


@pytest.fixture
def forgetful(articles, tmp_path):
    with Newsroom("socket", articles, tmp_path, slack_days=0) as room:
        yield room


def test_with_no_days_nothing_is_kept_and_no_button_needs_it(forgetful):
    room = forgetful
    room.assistant.says = saying()
    asked = room.mention(ANNA, "How much?")
    room.slack.wait_for(lambda: room.slack.answers(asked) and not room.slack.spinning(), "the answer")
    (answer,) = room.slack.answers(asked)
    assert FIRST in answer.words
    assert elements(answer, FEEDBACK) == elements(answer, OPEN) == []
    assert elements(answer, DELETE)
    assert not (room.settings.home / "slack.db").exists()
    assert not room.settings.database.exists()
    room.slack.presses(ANNA, answer, DELETE)
    room.slack.wait_for(lambda: room.slack.answers(asked) == [], "the end of the answer")


def test_no_token_and_no_question_is_logged(room, caplog):
    caplog.set_level(logging.DEBUG)
    room.slack.failures["chat.startStream"] = [Failure(error="channel_type_not_supported")]
    room.slack.failures["users.info"] = [Failure(500)]
    room.answer(room.mention(ANNA, "How much of the 한국어 secret?"))
    room.assistant.fails = RuntimeError("broken")
    room.answer(room.mention(ANNA, "How much of the 한국어 secret?"))
    logged = caplog.text + json.dumps([str(record.args) for record in caplog.records])
    for secret in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, "한국어 secret", "ticket-"):
        assert secret not in logged
