"""What people do with Hanmi in Slack, from the question to the feedback, over Socket Mode and signed HTTP."""

from __future__ import annotations

import json

import pytest
import yaml

from app.render.slack import DELETE, FEEDBACK, OPEN, SHARE
from app.slack.listeners import SHORTCUT
from app.slack.manifest import manifest
from evals.bench.fake_slack import events
from evals.bench.fake_slack.web_api import SCOPES
from evals.bench.fake_slack.workspace import (
    ADMIN,
    ANNA,
    BORA,
    BOT_USER,
    ELSEWHERE,
    GENERAL,
    GROUP,
    GUEST,
    OTHER_BOT,
    OWNER,
    PRIVATE,
    RANDOM,
    SHARED,
    STRANGER,
)
from tests.app.samples import answered, cite
from tests.app.slack.conftest import LINKED, TITLE
from tests.app.slack.newsroom import PUBLIC_URL, saying, told

QUESTION = "What did Seoul pay in 2023?"


def elements(message, action_id):
    return [
        each for block in message.blocks for each in block.get("elements", ()) if each.get("action_id") == action_id
    ]


def only_for(room, user, channel=GENERAL):
    return [one for one in room.slack.messages(channel, seen_by=user) if one.only_for == user]


@pytest.fixture
def says_nothing(room, unsure):
    """No answer is good enough."""
    room.assistant.instead = unsure


def test_from_the_mention_to_the_feedback(room):
    asked = room.mention(ANNA, QUESTION)
    assert [ack.status for ack in asked.acks] == [200, 200]  # message and app_mention, both about the same words
    answer = room.answer(asked)
    assert "Seoul paid 1.29 trillion won" in answer.text
    assert answer.stream == "stopped"
    quoted = answer.words.removeprefix(answer.text)
    for part in ("About costs-2023", "Yonhap", "2023", "news", "[1] Seoul paid 1.29 trillion won"):
        assert part in quoted
    statuses = [call.args["status"] for call in room.slack.calls("assistant.threads.setStatus")]
    assert "is searching the articles…" in statuses
    # Without a mention, by somebody else, in the thread: and the question before is known, without asking Slack.
    read_from_slack = len(room.slack.calls("conversations.replies"))
    further = room.slack.says(BORA, GENERAL, "And what did Seoul pay in 2019?", asked.message.ts)
    second = room.answer(further)
    assert "Seoul paid 1.04 trillion won" in second.text
    assert room.assistant.asked[-1][1][0] == {"role": "user", "content": QUESTION}
    assert len(room.slack.calls("conversations.replies")) == read_from_slack
    room.slack.presses(BORA, second, FEEDBACK, up=False)
    room.slack.wait_for(lambda: [each for each in room.store.feedback() if each.verdict == "down"], "the feedback")
    (given,) = [each for each in room.store.feedback() if each.verdict == "down"]
    assert given.answer["question"] == "And what did Seoul pay in 2019?"
    # The same answer is on the page.
    (button,) = elements(second, OPEN)
    assert button["url"] == f"{PUBLIC_URL}/a/{given.answer_id}"
    assert room.store.answer(given.answer_id)["text"] == given.answer["text"]


def test_feedback_can_be_changed_by_pressing_again(room):
    room.assistant.says = saying()
    answer = room.answer(room.mention(ANNA, "How much?"))
    answer_id = elements(answer, FEEDBACK)[0]["positive_button"]["value"].removeprefix("up:")

    def verdicts():
        return [each.verdict for each in room.store.feedback() if each.answer_id == answer_id]

    room.slack.presses(BORA, answer, FEEDBACK, up=True)
    room.slack.wait_for(lambda: verdicts() == ["up"], "the feedback")
    room.slack.presses(BORA, answer, FEEDBACK, up=False)
    room.slack.wait_for(lambda: verdicts() == ["down"], "the other feedback")


def test_hostile_words_stand_in_slack_as_they_are(room):
    answer = room.answer(room.mention(ANNA, "Who said that three submarines will be built at the yard?"))
    assert TITLE in answer.words
    assert "We <will> build & *float* three submarines | here," in answer.words
    assert "Yonhap <News>" in answer.words
    links = [run for block in answer.blocks for run in _runs(block) if run["type"] == "link"]
    assert {link["url"] for link in links} == {"https://news.example/a_%28b%29?c=%3Cd%3E&e=f"}
    assert "<!channel>" not in answer.text  # where Slack would make it a call to everybody
    assert LINKED.url not in answer.text


def _runs(block):
    for element in block.get("elements", ()):
        if element.get("type") in ("text", "link"):
            yield element
        yield from _runs(element)


def test_a_korean_question_is_answered_in_korean(room):
    answer = room.answer(room.mention(ANNA, "방위비 분담금은 얼마입니까?"))
    assert "1조 5천억 원" in answer.words
    assert room.slack.calls("assistant.threads.setStatus")[-1].args["status"] == "글을 검색하는 중입니다…"


def test_direct_messages_need_no_mention(room):
    direct = room.slack.workspace.direct(ANNA)
    room.slack.opens(ANNA)
    room.slack.wait_for(lambda: room.slack.workspace.prompts, "suggested prompts")
    assert room.slack.workspace.prompts[-1] == {
        "channel_id": direct,
        "prompts": [{"title": "How much?", "message": "How much?"}],
    }
    asked = room.slack.says_to_hanmi(ANNA, QUESTION)
    assert "1.29" in room.answer(asked).words
    room.answer(room.slack.says_to_hanmi(ANNA, "And in 2019?", asked.message.ts))
    assert len(room.assistant.asked[-1][1]) == 2
    room.answer(room.slack.says_to_hanmi(ANNA, "What was agreed in Gyeongju?"))
    assert room.assistant.asked[-1][1] == []  # another question of its own


def test_prompts_are_in_the_language_of_slack(room):
    workspace = room.slack.workspace
    workspace.users["U0KOREAN1"] = type(workspace.users[ANNA])("U0KOREAN1", locale="ko-KR")
    before = len(workspace.prompts)
    room.slack.opens("U0KOREAN1")
    room.slack.wait_for(lambda: len(workspace.prompts) > before, "suggested prompts")
    assert workspace.prompts[-1]["prompts"][0]["title"] == "얼마?"


def test_in_a_group_message_only_questions_are_for_hanmi(room):
    room.assistant.says = saying()
    assert room.answers(room.slack.says(ANNA, GROUP, "I had soup for lunch")) == []
    assert room.answer(room.slack.says(ANNA, GROUP, "How much does Washington want?"))
    assert room.answer(room.mention(ANNA, "the demand", GROUP))


def test_a_command_answers_its_user_alone_and_shares_once(room):
    room.slack.runs(ANNA, QUESTION, RANDOM)
    room.slack.wait_for(lambda: [one for one in only_for(room, ANNA, RANDOM) if elements(one, SHARE)], "the answer")
    room.settle()
    private = only_for(room, ANNA, RANDOM)[-1]
    assert QUESTION in private.words
    assert "1.29" in private.words
    assert not [one for one in room.slack.messages(RANDOM, seen_by=BORA) if "1.29" in one.words]
    room.slack.presses(ANNA, private, SHARE)

    def shared():
        return [one for one in room.slack.messages(RANDOM, seen_by=BORA) if "1.29" in one.words]

    room.slack.wait_for(shared, "the shared answer")
    (message,) = shared()
    assert f"<@{ANNA}> asked:" in message.words
    assert elements(message, FEEDBACK)
    room.slack.wait_for(lambda: private.text == "Shared in the channel.", "the word about it")


def test_a_shortcut_asks_about_a_message(room):
    room.assistant.says = saying()
    message = room.slack.writes(BORA, GENERAL, "How much <https://x.example|does Washington> want?")
    room.slack.uses_shortcut(ANNA, SHORTCUT, message)
    room.slack.wait_for(lambda: [one for one in only_for(room, ANNA) if elements(one, SHARE)], "the answer")
    assert room.assistant.asked[-1][0] == "How much does Washington want?"


def test_what_the_articles_do_not_say_is_said_with_what_comes_near(room, says_nothing):
    answer = room.answer(room.mention(ANNA, "What did Seoul pay for the troops in 2023?"))
    assert "Seoul paid 1.29 trillion won" in answer.words
    assert answer.stream is None  # nothing was streamed that had to be taken back


def test_unsupported_sentences_are_marked(room):
    claims = answered().claims
    doubtful = (claims[0], type(claims[1])("Nobody said this.", (), "unsupported"))
    room.assistant.says = saying(claims=doubtful, citations=answered().citations[:1], engine="generative")
    answer = room.answer(room.mention(ANNA, "How much?"))
    marked = answer.text[answer.text.index("Nobody said this.") - 5 :]
    assert marked.strip() != "Nobody said this."


def test_an_answer_that_replaces_its_sentences_is_shown_alone(room):
    first, last = answered(id="1" * 32), answered(id="1" * 32, text="Only this. [1]")
    last = type(last)(**{**vars(last), "claims": (type(last.claims[0])("Only this.", (1,), "supported"),)})
    room.assistant.says = lambda _: [*told(first)[:-1], told(last)[-1]]
    answer = room.answer(room.mention(ANNA, "How much?"))
    assert "Only this." in answer.words
    assert "Washington is reportedly demanding" not in answer.words.split("Only this.")[0]
    assert elements(answer, FEEDBACK)


def test_a_long_answer_is_several_messages_within_the_limits(room):
    words = "한국 정부는 방위비 분담금 협상을 다시 시작했다고 밝혔다. " * 4
    claim = answered().claims[0]
    claims = tuple(type(claim)(f"{number}번째 문장. {words}", (number + 1,), "quoted") for number in range(40))
    citations = tuple(cite(number + 1, "Talks go on.") for number in range(40))
    text = " ".join(f"{each.text} [{number}]" for number, each in enumerate(claims, 1))
    room.assistant.says = saying(claims=claims, citations=citations, text=text, language="ko")
    messages = room.answers(room.mention(ANNA, "How much?"))
    assert len(messages) > 2
    written = "".join(message.text for message in messages)
    assert all(each.text.strip() in written for each in claims)
    with_buttons = [message for message in messages if elements(message, FEEDBACK)]
    assert with_buttons == messages[-1:]


def test_whoever_asked_may_delete_the_answer(room):
    room.assistant.says = saying()
    asked = room.mention(ANNA, "How much?")
    answer = room.answer(asked)
    answer_id = elements(answer, DELETE)[0]["value"]
    room.slack.presses(BORA, answer, DELETE)
    room.slack.wait_for(
        lambda: [one for one in only_for(room, BORA) if "Only whoever asked" in one.text], "the refusal"
    )
    assert room.slack.answers(asked) == [answer]
    room.slack.presses(ANNA, answer, DELETE)
    room.slack.wait_for(lambda: room.slack.answers(asked) == [], "the end of the answer")
    room.slack.wait_for(lambda: room.store.answer(answer_id) is None, "the end of what was kept")
    assert room.memory.kept(answer_id) is None


# Settings


def settings(room, user, said, channel=RANDOM):
    """What the command replies."""
    before = len(room.slack.calls("response_url"))
    room.slack.runs(user, said, channel)
    room.slack.wait_for(lambda: len(room.slack.calls("response_url")) > before, "the reply")
    return room.slack.calls("response_url")[-1].args["text"]


def test_admins_say_how_hanmi_behaves_in_a_channel(room, says_nothing):
    assert "Nothing was changed" in settings(room, ANNA, "settings unsure silent")
    assert room.answer(room.mention(ANNA, QUESTION, RANDOM))
    assert "unsure: silent" in settings(room, ADMIN, "settings unsure silent")
    asked = room.mention(ANNA, QUESTION, RANDOM)
    assert room.answers(asked) == []
    assert asked.message.reactions == set()
    settings(room, OWNER, "settings unsure emoji")
    asked = room.mention(ANNA, QUESTION, RANDOM)
    assert room.answers(asked) == []
    assert asked.message.reactions == {"shrug"}
    assert room.answer(room.mention(ANNA, QUESTION))  # another channel
    settings(room, ADMIN, "settings reset")
    assert room.answer(room.mention(ANNA, QUESTION, RANDOM))


def test_hanmi_can_be_switched_off_in_a_channel(room):
    room.assistant.says = saying()
    settings(room, ADMIN, "settings off")
    assert room.answers(room.mention(ANNA, "How much?", RANDOM)) == []
    settings(room, ADMIN, "settings on")
    assert room.answer(room.mention(ANNA, "How much?", RANDOM))
    settings(room, ADMIN, "settings reset")


def test_a_question_may_begin_with_a_commands_word(room):
    room.assistant.says = saying()
    room.slack.runs(ANNA, "ask settings of the agreement?", RANDOM)
    room.slack.wait_for(lambda: room.assistant.asked, "the question")
    assert room.assistant.asked[-1][0] == "settings of the agreement?"
    room.settle()


# What is no question


def test_what_is_not_put_to_hanmi_is_left_alone(room):
    room.assistant.says = saying()
    channel = room.slack.workspace.channels[GENERAL]
    for user, where, text in [
        (ANNA, GENERAL, "Does anybody know how much?"),
        (GUEST, GENERAL, f"<@{BOT_USER}> How much?"),
        (STRANGER, SHARED, f"<@{BOT_USER}> How much?"),
        (ANNA, SHARED, f"<@{BOT_USER}> How much?"),
        (ANNA, ELSEWHERE, f"<@{BOT_USER}> How much?"),
    ]:
        assert room.answers(room.slack.says(user, where, text)) == [], (user, where, text)
    said = room.slack.writes(ANNA, GENERAL, f"<@{BOT_USER}> How much?")
    by_bot = room.slack.writes(OTHER_BOT, GENERAL, f"<@{BOT_USER}> How much?")
    for delivery in [
        events.message_changed(said, channel, f"<@{BOT_USER}> How much is it?"),
        events.message_deleted(said, channel),
        events.message(said, channel, subtype="channel_join"),
        events.message(by_bot, channel, bot_id="B0OTHER", subtype="bot_message"),
        events.message(by_bot, channel, bot_id="B0OTHER"),
        events.event({"type": "reaction_added", "user": ANNA, "reaction": "eyes", "event_ts": "1.2"}),
    ]:
        assert room.slack.deliver(delivery).status == 200
    assert room.answers(said) == room.answers(by_bot) == []
    assert room.assistant.asked == []


def test_a_file_with_a_question_is_a_question(room):
    room.assistant.says = saying()
    said = room.slack.writes(ANNA, GENERAL, f"<@{BOT_USER}> How much?")
    channel = room.slack.workspace.channels[GENERAL]
    room.slack.deliver(events.message(said, channel, subtype="file_share", files=[{"id": "F1", "name": "a.pdf"}]))
    assert room.answer(said)


def test_in_its_own_thread_hanmi_does_not_answer_everything(room):
    room.assistant.says = saying()
    asked = room.mention(ANNA, "How much?")
    answers = room.answers(asked)
    for text in ("Thanks!", "I will send this to the desk.", f"<@{BORA}> could you check this?", "ok"):
        room.slack.says(ANNA, GENERAL, text, asked.message.ts)
        assert room.answers(asked) == answers, text
    room.slack.says(BORA, GENERAL, "Who balked at the demand?", asked.message.ts)
    assert len(room.answers(asked)) == len(answers) + 1
    another = room.slack.says(ANNA, PRIVATE, "Lunch?")
    assert room.answers(room.slack.says(BORA, PRIVATE, "Who pays for lunch?", another.message.ts)) == []


def test_the_manifest_asks_for_all_that_is_used_here_and_no_more():
    asked_for = yaml.safe_load(manifest(None))
    assert set(asked_for["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    subscribed = {"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "message.mpim"}
    assert set(asked_for["settings"]["event_subscriptions"]["bot_events"]) == subscribed
    assert json.dumps(asked_for)
