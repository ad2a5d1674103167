import re
import unicodedata
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import AppError, QuestionRefused
from app.names import NameTables
from app.question import MAX_QUESTION_CHARS, clean_question, language_of, understand
from tests.app.korean_questions import BRIDGED, NOT_BRIDGED

CORPUS = Path(__file__).parents[2] / "corpus"
TABLES = NameTables.load(CORPUS)
TODAY = date(2025, 11, 24)
KOREAN_ARTICLE = {"k": SimpleNamespace(title="제목", outlet="한겨레", kind="news", lang="ko")}


def ask(question, history=(), articles=None):
    return understand(question, history, TABLES, articles or {}, TODAY)


def user(*turns):
    return [{"role": "assistant" if place % 2 else "user", "content": turn} for place, turn in enumerate(turns)]


# ── English ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_searched_under_its_other_forms():
    understood = ask("When will the OPCON transfer take place?")
    assert "wartime operational control" in understood.search_text
    assert "전작권" in understood.search_text
    assert understood.search_text.startswith(understood.standalone)
    assert understood.dense_text == understood.standalone


def test_a_match_says_what_was_written_and_what_it_stands_for():
    (match,) = ask("Did Yun Seok-yeol resign?").matches
    assert match.written == "Yun Seok-yeol"
    assert match.name == "Yoon Suk-yeol"
    assert "윤석열" in match.forms
    assert "Yun Seok-yeol" not in match.forms


def test_no_word_is_added_twice():
    search = ask("Does the United States of America protect South Korea?").search_text
    words = re.findall(r"\w+", search.lower())
    assert words.count("korea") == 1
    assert words.count("united") == 1


def test_a_word_two_names_share_is_added_once():
    words = re.findall(r"\w+", ask("Will Seoul talk to Pyongyang?").search_text.lower())
    assert words.count("republic") == 1
    assert words.count("korea") == 1


def test_a_question_without_names_is_searched_as_it_is():
    understood = ask("What form should payments take?")
    assert understood.search_text == understood.standalone
    assert understood.matches == ()


def test_a_hangul_name_in_an_english_question_is_read_in_english():
    understood = ask("What does 전작권 mean?")
    assert understood.language == "en"
    assert understood.dense_text == "What does wartime operational control mean?"
    assert "OPCON" in understood.search_text


def test_english_words_are_searched_in_korean_only_where_there_are_korean_articles():
    question = "What is the tariff rate?"
    assert "관세율" in ask(question, articles=KOREAN_ARTICLE).search_text
    assert "관세율" not in ask(question).search_text


def test_cues_come_from_the_standalone_question():
    understood = ask("and in 2024?", user("What did the author say about exports in 2023?", "…"))
    assert understood.follow_up
    assert understood.dates == (("2024", "2024"),)
    assert "analysis" in understood.kinds


# ── Korean ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("question", "words"), BRIDGED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_korean_question_is_carried_into_english(question, words):
    understood = ask(question)
    assert understood.language == "ko"
    assert understood.bridged, understood.unbridged
    assert understood.search_text.startswith(question)
    searched = understood.search_text.lower()
    assert [word for word in words if not all(part in searched for part in word.split())] == []
    assert understood.dense_text.isascii() or "é" in understood.dense_text


@pytest.mark.parametrize(("question", "unknown"), NOT_BRIDGED)
def test_a_korean_question_the_tables_cannot_carry_is_said_not_to_be_bridged(question, unknown):
    understood = ask(question)
    assert not understood.bridged
    assert understood.unbridged == unknown


def test_a_question_is_not_bridged_when_the_word_it_asks_about_is_unknown():
    assert not ask("미국과 한국과 일본이 합의한 구들장은 얼마인가요?").bridged


def test_a_question_is_bridged_when_a_lesser_word_is_unknown():
    understood = ask("미국이 한국에 구들장처럼 요구한 투자액은 얼마인가요?")
    assert understood.bridged
    assert understood.unbridged == ("구들장",)


def test_korean_words_are_in_the_order_of_the_question():
    understood = ask("미국이 한국에 요구한 투자액은 얼마인가요?")
    places = [understood.expansions.index(form) for form in ("United States", "South Korea", "demand", "investment")]
    assert places == sorted(places)
    assert [match.written for match in understood.matches] == ["미국", "한국"]


def test_hangul_typed_on_a_mac_is_the_same_question():
    decomposed = unicodedata.normalize("NFD", "윤석열은 언제 파면됐나요?")
    assert ask(decomposed).standalone == "윤석열은 언제 파면됐나요?"


@pytest.mark.parametrize(
    ("question", "history", "language"),
    [
        ("What is OPCON?", (), "en"),
        ("What is 전작권 and 방위비?", (), "en"),
        ("전작권은?", (), "ko"),
        ("THAAD 배치 이유", (), "ko"),
        ("IRA FTA OPCON 차이", (), "ko"),
        ("THAAD?", user("사드 배치 이유는?", "…"), "ko"),
        ("THAAD?", user("What is it?", "…"), "en"),
        ("Why was THAAD deployed?", user("사드 배치 이유는?", "…"), "en"),
        ("ما هو التحالف؟", (), "en"),
    ],
)
def test_the_language_is_the_sentences_not_the_names(question, history, language):
    assert language_of(question, history) == language


# ── Conversation ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    [
        "Hello",
        "hi!",
        "Hey there",
        "Good morning 👋",
        "thanks",
        "Thank you very much!",
        "ok, thanks",
        "what can you do?",
        "Who are you?",
        "help",
        "What is Hanmi?",
        "how does this work",
        "Are you a bot?",
        "bye",
        "안녕하세요",
        "안녕!",
        "고마워",
        "감사합니다!",
        "뭘 할 수 있어?",
        "무엇을 할 수 있나요?",
        "넌 누구야?",
        "도와줘",
        "사용법",
        "안녕하세요, 뭘 할 수 있어?",
        "Hi, what can you do?",
    ],
)
def test_greetings_thanks_and_questions_about_hanmi_are_conversation(said):
    understood = ask(said)
    assert understood.conversation
    assert understood.reply
    assert ("가" <= understood.reply[0] <= "힣") == (understood.language == "ko")


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("Hello, how much does Washington want?", "how much does Washington want?"),
        ("Hi! What is OPCON?", "What is OPCON?"),
        ("Thanks. And what is THAAD?", "And what is THAAD?"),
        ("please tell me who Yoon is", "tell me who Yoon is"),
        ("안녕하세요, 방위비 분담금은 얼마인가요?", "방위비 분담금은 얼마인가요?"),
        ("What can you do about North Korea?", "What can you do about North Korea?"),
        ("Who are you, Lee Jae-myung?", "Who are you, Lee Jae-myung?"),
        ("Hello Kitty in Seoul", "Hello Kitty in Seoul"),
        ("help for Ukraine", "help for Ukraine"),
        ("Thanks to whom was the deal reached?", "Thanks to whom was the deal reached?"),
    ],
)
def test_a_question_behind_a_greeting_is_a_question(said, question):
    understood = ask(said)
    assert not understood.conversation
    assert understood.standalone == question


# ── What is no question ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("empty", ["", "   ", "\n\t", "\x00\x01", "\u200b\u202e", "\ud800"])
def test_an_empty_question_is_refused_in_a_sentence(empty):
    with pytest.raises(QuestionRefused, match="empty"):
        ask(empty)


@pytest.mark.parametrize("wordless", ["?", "?!…", "((((", "😀😀", "---", "«»"])
def test_a_question_without_words_is_refused_in_a_sentence(wordless):
    with pytest.raises(QuestionRefused, match="no words"):
        ask(wordless)


def test_a_question_over_the_limit_is_refused_and_the_limit_said():
    with pytest.raises(QuestionRefused, match=r"10,000 characters long; the limit is 4,000"):
        ask("a" * 10_000)
    assert ask("THAAD " * 600).matches[0].name == "THAAD"
    assert MAX_QUESTION_CHARS == 4_000


@pytest.mark.parametrize(
    ("asked", "cleaned"),
    [
        ("'; DROP TABLE articles; --", "'; DROP TABLE articles; --"),
        ("<script>alert(1)</script> THAAD?", "<script>alert(1)</script> THAAD?"),
        ("what\x00is\x07THAAD", "what is THAAD"),
        ("\u202ewhat is\u202c THAAD", "what is THAAD"),
        ("\ud83dwhat is THAAD", "what is THAAD"),
        ("한\u200b국", "한국"),
        ("ＴＨＡＡＤ？", "THAAD?"),
        ("  What \n is\tit ", "What is it"),
    ],
)
def test_control_characters_go_and_words_stay(asked, cleaned):
    assert clean_question(asked) == cleaned


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.characters(), max_size=200)
    | st.text(alphabet="한국은왜? itheyUS2025년,.()\\|*\ud800\u202e", max_size=200),
    st.lists(
        st.sampled_from(["Why was Yoon impeached?", "왜?", "", "hi", "…", "and in 2024?", "(((", "\ud800"]), max_size=4
    ),
)
def test_any_text_is_understood_or_refused_in_a_sentence(question, turns):
    refusal = understood = None
    try:
        understood = ask(question, user(*turns))
    except AppError as refused:
        refusal = str(refused)
    if understood is None:
        assert refusal is not None
        assert refusal.endswith(".")
    else:
        assert understood.search_text.encode()
        assert understood.standalone
