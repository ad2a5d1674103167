"""Suggested questions: made of the articles' sentences, really answered, all different."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from app.answers.units import Source
from app.names import NameTables
from app.question_candidates import candidates_of
from app.question_patterns import turned_round
from app.suggestions import Suggestions
from ingest.articles import Article
from tests.app.collection import CORPUS
from tests.app.samples import FIRST, answered, cite
from tests.app.stubs import StubAssistant


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


@pytest.fixture
def suggestions(owner, tmp_path) -> Suggestions:
    return Suggestions(owner, tmp_path / "suggestions.json")


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "Korean Air will purchase 103 new Boeing aircraft valued at $36.2 billion.",
            "How many new Boeing aircraft will Korean Air purchase?",
        ),
        (
            "Amazon will invest $5 billion through 2031 to build the ROK’s cloud infrastructure, helping exports.",
            "How much will Amazon invest through 2031 to build the ROK’s cloud infrastructure?",
        ),
        (
            "LS Group pledged to invest $3 billion by 2030 in U.S. power-grid infrastructure, including cables.",
            "How much did LS Group pledge to invest by 2030 in U.S. power-grid infrastructure?",
        ),
        (
            "When media reported over 300 South Korean workers had been detained by U.S. agents this month, all asked.",
            "How many South Korean workers were detained by U.S. agents?",
        ),
        (
            "Two sides were negotiating over Seoul’s investment of $350 billion in the United States.",
            "How much is Seoul’s investment in the United States?",
        ),
        ("They reached a deal to decrease the tariff rate to 15 percent.", "What was the tariff rate decreased to?"),
        (
            "Washington is reportedly demanding that South Korea hand over the money.",
            "What is Washington demanding of South Korea?",
        ),
        ("The demand has clearly engendered anti-U.S. sentiment.", "What has engendered anti-U.S. sentiment?"),
        (
            "The United States reaffirmed its pledge to provide extended deterrence.",
            "What did the United States reaffirm about extended deterrence in May 2022?",
        ),
        ("LS Group pledged to be bold.", "What did LS Group pledge in May 2022?"),
    ],
)
def test_a_sentence_is_turned_into_the_question_it_answers(sentence: str, question: str) -> None:
    def about(part: str) -> str:
        return "extended deterrence" if "extended deterrence" in part else ""

    assert question in [asked.question for asked in turned_round(sentence, about, "in May 2022")]


@pytest.mark.parametrize(
    "sentence",
    [
        "We will invest $5 billion in it.",
        "He pledged to spend $3 million on them.",
        "The Presidents announced a new initiative.",
        "More than 32,000 people were killed in action.",
        "Bank of Korea will raise 25 points.",
        "The trip will take 12 hours.",
        "They have created a brighter, safer world.",
        "",
    ],
)
def test_a_sentence_that_leaves_open_who_or_what_gives_no_question(sentence: str) -> None:
    assert not list(turned_round(sentence, lambda _part: "", "in May 2022"))


@pytest.mark.parametrize(
    ("sentence", "subjects"),
    [
        ("The DPRK has tested weapons of mass destruction.", ["weapons of mass destruction"]),
        ("It rests on its declaration of martial law.", ["the declaration of martial law"]),
        ("The law is the CHIPS and Science Act.", ["the CHIPS and Science Act"]),
        ("It tested an intercontinental ballistic missile.", ["intercontinental ballistic missiles"]),
        ("The two countries met.", []),
        ("It dealt with the matter at hand.", []),
    ],
)
def test_a_subject_is_asked_about_with_the_article_it_takes(tables, sentence: str, subjects: list[str]) -> None:
    source = Source(Article("a", "A", sentence, outlet="Yonhap"))
    found = [each.question for each in candidates_of(source, tables, alone=True) if each.language == "en"]
    assert found == [f"What does Yonhap say about {subject}?" for subject in subjects]


def test_what_has_caused_something_is_asked_only_where_it_is_named_whose(tables) -> None:
    text = "His words have created a crisis of confidence. The demand has engendered anti-U.S. sentiment."
    source = Source(Article("a", "A", text))
    found = [each.question for each in candidates_of(source, tables, alone=True) if each.kind == "cause"]
    assert found == ["What has engendered anti-U.S. sentiment?"]


def test_the_same_is_asked_in_korean_where_the_tables_know_every_word(tables) -> None:
    text = (
        "Washington is demanding that South Korea hand it over. They agreed to decrease the tariff rate to 15 percent."
        " Over 300 South Korean workers had been detained by the U.S. Congress. Xanadu is demanding that Oz pay."
        " President Moon said that extended deterrence was firm."
    )
    source = Source(Article("a", "A", text, outlet="Yonhap"))
    assert [each.question for each in candidates_of(source, tables, alone=True) if each.language == "ko"] == [
        "미국은 한국에 무엇을 요구하고 있나요?",
        "관세율은 몇 퍼센트로 낮아졌나요?",
        "구금된 한국 노동자는 몇 명인가요?",
        "문재인 대통령은 확장억제에 대해 무엇이라고 말했나요?",
        "연합뉴스는 확장억제에 대해 무엇이라고 하나요?",
    ]


def test_four_questions_in_each_language_are_answered_each_by_another_sentence(suggestions, owner) -> None:
    found = suggestions.find()
    assert [len(found[language]) for language in ("en", "ko")] == [4, 4]
    for language, questions in found.items():
        answers = [owner.answer(question) for question in questions]
        assert {answer.status for answer in answers} == {"answered"}
        assert {answer.language for answer in answers} == {language}
        assert len({answer.citations[0].start for answer in answers}) == 4


def test_follow_ups_are_answered_in_its_language_and_not_asked_yet(suggestions, owner) -> None:
    for question in ("How much does Washington want from Seoul?", "미국은 한국에 무엇을 요구하고 있나요?"):
        answer = owner.answer(question)
        first = suggestions.follow_ups(answer)
        assert 2 <= len(first) <= 3
        cited = {citation.start for citation in answer.citations}
        for asked in first:
            follow_up = owner.answer(asked)
            assert (follow_up.status, follow_up.language) == ("answered", answer.language)
            assert {citation.start for citation in follow_up.citations} - cited
        assert not set(first) & set(suggestions.follow_ups(answer, first))


def test_they_are_found_in_the_background_and_kept_until_the_articles_change(suggestions, owner, tmp_path) -> None:
    assert suggestions.questions() == {"en": [], "ko": []}
    deadline = time.monotonic() + 60
    while not suggestions.questions()["en"] and time.monotonic() < deadline:
        time.sleep(0.05)
    found = suggestions.questions()
    assert len(found["en"]) == 4
    while not (tmp_path / "suggestions.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    again = Suggestions(owner, tmp_path / "suggestions.json")
    assert again.questions() == found
    (tmp_path / "suggestions.json").write_text('{"state": "of other articles", "questions": {}}', "utf-8")
    assert Suggestions(owner, tmp_path / "suggestions.json").questions() == {"en": [], "ko": []}


def test_an_empty_collection_has_none(suggestions, collection, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(collection.index, "articles", dict)
    assert Suggestions(collection, tmp_path / "none.json").find() == {"en": [], "ko": []}


TWO = Article(
    "self-reliance",
    "Two sums",
    "Korean Air will invest $5 billion in new aircraft. Samsung Electronics will spend $7 billion in American schools.",
)


@pytest.mark.parametrize(("words", "count"), [(TWO.text, 1), ("Nobody knows.", 0)])
def test_an_answer_from_elsewhere_does_not_count_and_one_sentence_answers_one_question(
    tables, tmp_path, words: str, count: int
) -> None:
    cited = replace(cite(1, FIRST), start=0, end=len(TWO.text), article_id=TWO.id if words == TWO.text else "other")
    engine = StubAssistant(answered(citations=(cited,)))
    engine.tables = tables
    engine.index.article = lambda _id: TWO
    found = Suggestions(engine, tmp_path / "none.json").find()  # type: ignore[arg-type]
    assert len(engine.asked) >= 2
    assert len(found["en"]) == count
