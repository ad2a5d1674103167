"""What kind of thing a question asks for, and which sentences hold one."""

from __future__ import annotations

import pytest

from app.answers.asked_for import asked_for


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What percentage of exports go to China?", "share"),
        ("What tariff rate did they agree on?", "share"),
        ("관세율은 몇 퍼센트인가요?", "share"),
        ("How much does Washington want Seoul to invest?", "sum"),
        ("How big is the investment fund?", "sum"),
        ("미국이 한국에 요구한 투자액은 얼마인가요?", "sum"),
        ("How many workers were detained?", "count"),
        ("노동자 몇 명이 구금되었나요?", "count"),
        ("How long did the raid last?", "number"),
        ("When was Yoon removed?", "time"),
        ("In what year did the war end?", "time"),
        ("윤석열은 언제 파면되었나요?", "time"),
        ("Who demanded cash?", "person"),
        ("누가 현금을 요구했나요?", "person"),
    ],
)
def test_the_question_word_decides_what_is_asked_for(question, kind):
    assert asked_for(question).kind == kind


@pytest.mark.parametrize("question", ["", "Why did Seoul agree?", "Tell me about OPCON.", "한미동맹이란?"])
def test_other_questions_ask_for_no_such_thing(question):
    assert asked_for(question) is None


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("What share of exports?", "It was 18.7 percent of exports.", "It was a lot of exports."),
        ("How much did Seoul pay?", "Seoul paid $350 billion.", "Seoul paid dearly."),
        ("얼마를 냈나요?", "정부는 1조 5천억 원을 냈다.", "정부는 많이 냈다."),
        ("How high did it fly?", "It flew 900 kilometers.", "It flew over the sea."),
        ("When did they meet?", "They met in July.", "They met in Gyeongju."),
        ("언제 만났나요?", "두 정상은 8월 25일 만났다.", "두 정상은 만났다."),
        ("Who refused?", "Prime Minister Kim Min-seok refused.", "The government refused."),
        ("누가 거절했나요?", "이재명 대통령은 거절했다.", "정부는 거절했다."),
    ],
)
def test_a_sentence_holds_the_thing_or_lacks_it(question, holds, lacks):
    asked = asked_for(question)
    assert asked.held_by(holds) == 1
    assert asked.held_by(lacks) == 0


def test_a_count_is_held_by_a_number_of_the_things_counted():
    asked = asked_for("How many workers were detained?")
    assert asked.held_by("Over 300 South Korean workers were detained.") == 1
    assert asked.held_by("They waited for 12 hours.") == 0.5
    assert asked.held_by("Workers were detained on September 4, 2025, for $3 million at 5%.") == 0


def test_a_person_whom_the_question_names_is_no_answer():
    assert asked_for("Who met Lee Jae-myung?").held_by("Lee Jae-myung came home.") == 0
