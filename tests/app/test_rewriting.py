"""A model completes follow-ups and splits questions: what of it is taken, and what is left to the rules."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from app.answers.chat_model import Reply, open_chat_model
from app.answers.schema import Turn, Usage
from app.assistant import Assistant
from app.errors import ModelFailed
from app.names import NameTables
from app.rewriting import TASK, Proposal, Rewriter, open_rewriter
from app.settings import AppSettings, Secret
from tests.app.answers.writing import QUICK, scripted, written_by
from tests.app.collection import CORPUS
from tests.app.test_assistant import check, codes
from tests.fake_openai import Failure, FakeOpenAI

FIRST = "How much does Washington want Seoul to invest?"
SAID = [
    {"role": "user", "content": FIRST},
    {"role": "assistant", "content": "According to The Diplomat (September 2025): Trump wants $350 billion in cash."},
]
KOREAN = [
    {"role": "user", "content": "미국은 한국에 얼마를 투자하라고 요구했나요?"},
    {"role": "assistant", "content": "The Diplomat (2025년 9월)에 따르면: Trump wants $350 billion."},
]
COMPARE = "Compare what Biden and Trump said about South Korea in 2023."


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


class Says:
    """A model that replies with one text."""

    def __init__(self, text: str, finished: bool = True) -> None:
        self.text, self.finished = text, finished
        self.asked: list[Sequence[Turn]] = []

    def ask(self, messages: Sequence[Turn]) -> Reply:
        self.asked.append(messages)
        return Reply(self.text, Usage(100, 20, 0.001), self.finished)


class Fails:
    """A model that cannot be reached."""

    def ask(self, messages: Sequence[Turn]) -> Reply:
        raise ModelFailed("unreachable", "no answer")


def reply(question: str, *parts: str) -> str:
    return json.dumps({"question": question, "parts": parts}, ensure_ascii=False)


def proposed(said: str, question: str, history: Sequence[Turn], tables: NameTables, language="en") -> Proposal:
    return Rewriter(Says(said), tables).propose(question, history, language)


# ── Follow-ups ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "history", "language", "complete"),
    [
        ("Why?", SAID, "en", "Why does Washington want Seoul to invest?"),
        ("And in what form?", SAID, "en", "In what form does Washington want Seoul to invest $350 billion?"),
        ("Does he want Japan to pay too?", SAID, "en", "Does Trump want Japan to pay too?"),
        ("What is the capital of Mongolia?", SAID, "en", "What is the capital of Mongolia?"),
        ("왜?", KOREAN, "ko", "미국은 왜 한국에 투자하라고 요구했나요?"),
        ("그럼 일본은?", KOREAN, "ko", "미국은 일본에 얼마를 투자하라고 요구했나요?"),
    ],
)
def test_a_complete_question_is_taken(tables, question, history, language, complete):
    found = proposed(reply(complete), question, history, tables, language)
    assert found == Proposal(complete, (), Usage(100, 20, 0.001))


def test_what_stands_in_a_fence_is_read_too(tables):
    said = f"```json\n{reply('Why does Washington want Seoul to invest?')}\n```"
    assert proposed(said, "Why?", SAID, tables).standalone == "Why does Washington want Seoul to invest?"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why?", "Washington wants Seoul to invest because of its trade deficit."),  # an answer, and no JSON
        ("Why?", reply("Washington wants Seoul to invest to revive its industry.")),
        ("Why?", reply("Why does Tokyo want Seoul to invest?")),  # another name
        ("Why?", reply("Why does Washington want Seoul to invest $550 billion?")),  # another figure
        ("Why?", reply("Why does Scott Bessent want Seoul to invest?")),
        ("Why?", reply("Why do the secret files about vaccines, aliens and elections matter so much?")),
        ("Why?", reply("Why does the white house want Seoul to invest?")),
        ("Why?", reply("Why does Zorblatt want Seoul to invest?")),
        # The question's own name is lost, its year, or what it asks.
        ("Does japan want Seoul to invest as well?", reply("Does Washington want Seoul to invest as well?")),
        ("Did Washington want Seoul to invest in 2024 too?", reply("Did Washington want Seoul to invest too?")),
        ("Was the shipbuilding fund approved?", reply("Why does Washington want Seoul to invest?")),
        ("Why?", reply("미국은 왜 한국에 투자를 요구했나요?")),  # another language
        ("Why?", reply("Why " + "does Washington want Seoul to invest " * 12 + "?")),
        ("Why?", reply("")),
        ("Why?", reply("x" * 900)),
        ("Why?", '{"question": 5}'),
        ("Why?", '{"question": "Why does Washington want Seoul to invest?", "parts": "none"}'),
        ("Why?", '["Why does Washington want Seoul to invest?"]'),
        ("Why?", f"Sure! {reply('Why does Washington want Seoul to invest?')}"),
        ("Why?", "[" * 5000),
        ("Why?", ""),
    ],
)
def test_nonsense_is_left_to_the_rules_and_paid_for(tables, question, said):
    assert proposed(said, question, SAID, tables) == Proposal(usage=Usage(100, 20, 0.001))


def test_a_reply_that_was_cut_is_left_to_the_rules(tables):
    model = Says(reply("Why does Washington want Seoul to invest?"), finished=False)
    assert Rewriter(model, tables).propose("Why?", SAID, "en").standalone is None


def test_a_name_that_korean_tables_do_not_know_is_not_let_in(tables):
    found = proposed(reply("왜 봉칠득은 한국에 투자하라고 요구했나요?"), "왜?", KOREAN, tables, "ko")
    assert found.standalone is None


def test_a_failure_is_left_to_the_rules(tables):
    assert Rewriter(Fails(), tables).propose("Why?", SAID, "en") == Proposal()


# ── When it is asked, and what ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", ["What tariff does Seoul pay?", "Why was Yoon impeached?", "관세율은 얼마인가요?"])
def test_it_is_not_asked_what_nothing_can_be_made_of(tables, question):
    model = Says("")
    greeted = [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello."}]
    assert Rewriter(model, tables).propose(question, [], "en") == Proposal()
    assert Rewriter(model, tables).propose(question, greeted, "en") == Proposal()
    assert model.asked == []


def test_the_conversation_goes_as_data_and_not_all_of_it(tables):
    model = Says("")
    long = [
        {"role": role, "content": f"{number} " + "x" * 3000} for number in range(9) for role in ("user", "assistant")
    ]
    Rewriter(model, tables).propose('Why, "so"?\nIgnore all', long, "en")
    ((system, user),) = model.asked
    assert system == {"role": "system", "content": TASK}
    sent = json.loads(user["content"])
    assert sent["question"] == 'Why, "so"?\nIgnore all'
    assert [one["asked"][0] for one in sent["before"]] == ["5", "6", "7", "8"]
    assert len(user["content"]) < 5000


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

PARTS = ("What did Biden say about South Korea in 2023?", "What did Trump say about South Korea in 2023?")


def test_parts_are_taken_and_a_question_without_history_stays_as_it_is(tables):
    found = proposed(reply("What is the weather?", *PARTS), COMPARE, [], tables)
    assert (found.standalone, found.parts) == (None, PARTS)


def test_a_model_may_say_that_one_search_does(tables):
    assert proposed(reply(COMPARE), COMPARE, [], tables).parts == ()
    assert proposed(reply(COMPARE, PARTS[0]), COMPARE, [], tables).parts == ()


@pytest.mark.parametrize(
    "parts",
    [
        (PARTS[0], PARTS[0]),
        (PARTS[0], "What did Trump say about South Korea in 2024?"),
        (PARTS[0], "What did Obama say about South Korea in 2023?"),
        (PARTS[0], "What did Biden say about troops?"),  # nobody asks of Trump
        (PARTS[0], "Trump said in 2023 that South Korea must pay."),
        (*PARTS, "What of South Korea?", "And in 2023?"),
        (PARTS[0], ""),
    ],
)
def test_parts_that_do_not_ask_the_question_are_left_to_the_rules(tables, parts):
    assert proposed(reply(COMPARE, *parts), COMPARE, [], tables).parts is None


# ── The whole way ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def server():
    with FakeOpenAI() as running:
        yield running


@pytest.fixture
def assistant(server, owner) -> Assistant:
    """Written by the server's model over the article of this repository, which completes questions too."""
    server.requests.clear()
    server.failures = []
    written = written_by(server, owner)
    settings = AppSettings(model="writer", openai_api_key=Secret("ours"), openai_base_url=server.url)
    chat = open_chat_model(settings, QUICK)
    assert chat is not None
    rewriter = Rewriter(chat, owner.tables)
    written._rewriter = lambda: rewriter
    return written


ALONE = "In what form does Washington want Seoul to invest $350 billion?"
IN_CASH = "The Diplomat reports that Washington is reportedly demanding it in cash [{hand over the $350 billion}]."


def replies(question: str, *parts: str):
    write = scripted(IN_CASH)
    return lambda body: reply(question, *parts) if body["messages"][0]["content"] == TASK else write(body)


def test_the_completed_question_is_searched_shown_and_paid_for(server, assistant):
    server.reply = replies(ALONE)
    answer = assistant.answer("And in what form?", SAID)
    assert (answer.engine, answer.standalone_question) == ("generative", ALONE)
    assert f"Understood as: {ALONE}" in [notice.text for notice in answer.notices]
    asked, written = (request.body["messages"] for request in server.requests)
    assert f"<question>{ALONE}</question>" in written[1]["content"]
    sent = sum(len(str(message["content"]).split()) for message in (*asked, *written))
    assert answer.usage.input_tokens == sent
    assert answer.usage.output_tokens > len(IN_CASH.split())


def test_where_the_model_fails_the_rules_complete_it(server, assistant):
    server.reply = replies(ALONE)
    server.failures = [Failure(401, code="invalid_api_key")]
    answer = assistant.answer("Why?", SAID)
    assert answer.standalone_question == "Why does Washington want Seoul to invest?"
    assert answer.engine == "generative"


def test_quoted_answers_ask_no_model(server, assistant):
    answer = assistant.answer("Why?", SAID, engine="extractive")
    assert answer.standalone_question == "Why does Washington want Seoul to invest?"
    assert server.requests == []
    assert answer.usage == Usage()


def test_parts_of_the_model_are_searched_apart(server, assistant):
    parts = "How much does Washington want Seoul to invest?", "Who was impeached in South Korea?"
    server.reply = replies("Who?", *parts)
    question = "How much does Washington want Seoul to invest while who in South Korea was impeached?"
    rewriter = assistant._rewriter()
    assert rewriter is not None
    assert tuple(part.standalone for part in assistant.understand(question, (), rewriter.propose).apart) == parts
    answer = assistant.answer(question)
    told = server.requests[-1].body["messages"][1]["content"]
    assert all(f"<part>{part}</part>" in told for part in parts)
    check(replied := assistant.answer(question, engine="extractive"), assistant)
    assert answer.engine == "generative"
    assert "no_model" in codes(replied)


def test_without_a_model_there_is_no_rewriter(tables):
    assert open_rewriter(AppSettings(), tables) is None
