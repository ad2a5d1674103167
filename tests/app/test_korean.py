from pathlib import Path

import pytest

from app.gloss import gloss
from app.inflection import is_tail, verb_surfaces
from app.korean import read_korean
from app.names import NameTables, Term

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


def stems(tables, text):
    return [word.stem for word in read_korean(text, tables)]


TAILS = """은 는 이 가 을 를 의 에 에서 에게 으로 로 와 과 도 만 까지 부터 이라고 라는 이란 한 했 하는 된 되 되는 될
인가 입니까 나요 습니까 했나요 되었습니까 에서는 으로부터 하기로 시켰나요 받았나요 들의 에는 인가요 이었나요 해야"""


@pytest.mark.parametrize("tail", TAILS.split())
def test_particles_and_endings_come_off_before_look_up(tail):
    assert is_tail(tail)


@pytest.mark.parametrize("word", ["김치", "투자", "한국", "관세율"])
def test_words_are_not_endings(word):
    assert not is_tail(word)


VERBS = """낮추다 낮췄 낮추다 낮춘 오르다 올랐 만나다 만났 열다 연 어렵다
어려운 돕다 도운 묻다 물었 줄이다 줄여 보다 봤 받다 받은 늘리다 늘릴"""


@pytest.mark.parametrize(("verb", "surface"), list(zip(VERBS.split()[::2], VERBS.split()[1::2], strict=True)))
def test_verbs_are_found_under_the_stems_they_take(verb, surface):
    assert surface in verb_surfaces(verb)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("방위비분담금협상", ["방위비분담금", "협상"]),
        ("방위비 분담금 협상을", ["방위비분담금", "협상"]),
        ("한미동맹현대화는", ["한미", "동맹현대화"]),
        ("주한 미군이", ["주한미군"]),
        ("핵협의그룹(NCG)은", ["핵협의그룹", "NCG"]),
        ("6·25 전쟁에서", ["6·25 전쟁"]),
        ("THAAD는", ["THAAD"]),
        ("트럼프행정부에서는", ["트럼프행정부"]),
    ],
)
def test_compounds_are_taken_apart_and_parts_put_together(tables, written, parts):
    assert stems(tables, written) == parts


def test_an_ending_that_is_also_a_name_is_an_ending_behind_a_noun(tables):
    assert stems(tables, "한국이란 나라") == ["한국", "나라"]
    assert stems(tables, "이란 제재") == ["이란", "제재"]


def test_a_table_word_is_found_though_it_begins_like_a_function_word(tables):
    assert stems(tables, "바이든의 수도 원전") == ["바이든", "수도", "원전"]


def test_an_unknown_word_is_shown_without_its_particle(tables):
    words = read_korean("비트코인은 떡볶이를", tables)
    assert [(word.stem, word.bridged) for word in words] == [("비트코인", False), ("떡볶이", False)]


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("3,500억 달러", "$350 billion"),
        ("3천500억 달러를", "$350 billion"),
        ("1조 2,000억 원", "1.2 trillion won"),
        ("2만8500명", "28,500"),
        ("2만 8,500명", "28,500"),
        ("28,500명의", "28,500"),
        ("300여 명", "over 300"),
        ("25%", "25 percent"),
        ("15퍼센트로", "15 percent"),
        ("18.7%", "18.7 percent"),
        ("70주년", "70th anniversary"),
        ("제12차", "12th"),
        ("2025년 9월", "September 2025"),
        ("2025년 8월 25일", "August 25, 2025"),
        ("8월 25일에", "August 25"),
        ("7월 말", "late July"),
        ("1997년의", "1997"),
        ("103대", "103"),
        ("500만 달러", "$5 million"),
        ("2025년 13월", "2025"),
    ],
)
def test_numbers_and_dates_are_read_as_english_writes_them(tables, korean, english):
    assert [word.english for word in read_korean(korean, tables) if word.english][:1] == [english]


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("미국이 한국에 요구한 투자액은 얼마인가요?", "how much investment United States demand South Korea"),
        ("윤석열은 언제 파면됐나요?", "when Yoon removed from office"),
        ("유럽연합과 일본은 관세를 얼마로 낮췄나요?", "how much European Union Japan lower tariff"),
        ("반미 감정이 커진 원인은 무엇입니까?", "why anti-U.S. sentiment grow"),
        ("누가 조약에 서명했나요?", "who sign treaty"),
        ("이재명이 대통령직을 잃을 수 있다고 말한 까닭은 무엇인가?", "why say Lee lose president"),
        ("조지아주에서 구금된 한국인 노동자는 몇 명인가요?", "how many South Korean workers detain Georgia"),
    ],
)
def test_a_gloss_reads_like_an_english_question(tables, question, english):
    assert gloss(read_korean(question, tables)) == english


def test_every_term_is_found_under_its_own_form(tables):
    for term in tables.terms:
        if term.verb or " " in term.korean:
            continue
        entries = [word.entry for word in read_korean(term.korean, tables)]
        assert entries, term.korean
        assert all(entry is not None for entry in entries), term.korean
        assert isinstance(entries[0], Term) or term.korean in tables.hangul
