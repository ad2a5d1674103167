"""Which questions take more than one search, and into what they are split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.names import NameTables
from app.question import language_of
from app.splitting import asked_in, split_question

ROOT = Path(__file__).parents[2]
OUTLETS = ("The Diplomat", "Yonhap", "한겨레")


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(ROOT / "corpus")


def split(question: str, tables: NameTables) -> list[str]:
    return list(split_question(question, tables, language_of(question), OUTLETS))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Compare what The Diplomat and Yonhap say about the tariff deal.",
            ["What does The Diplomat say about the tariff deal?", "What does Yonhap say about the tariff deal?"],
        ),
        (
            "Compare how The Diplomat and Yonhap described the raid",
            ["How did The Diplomat describe the raid?", "How did Yonhap describe the raid?"],
        ),
        (
            "How do The Diplomat and Yonhap differ on the pledge?",
            ["What does The Diplomat say about the pledge?", "What does Yonhap say about the pledge?"],
        ),
        (
            "Did The Diplomat and Yonhap agree on the pledge?",
            ["What did The Diplomat say about the pledge?", "What did Yonhap say about the pledge?"],
        ),
        (
            "How do Trump and Lee view North Korea?",
            ["How does Trump view North Korea?", "How does Lee view North Korea?"],
        ),
        (
            "How do Biden's and Trump's policies on North Korea compare?",
            ["Biden's policies on North Korea?", "Trump's policies on North Korea?"],
        ),
        (
            "How does Lee's approach to China differ from Yoon's and Moon's?",
            ["Lee's approach to China?", "Yoon's approach to China?", "Moon's approach to China?"],
        ),
        ("How does the duty on Japan compare with that on Korea?", ["The duty on Japan?", "The duty on Korea?"]),
        (
            "What is the difference in tariff rates between South Korea and Japan?",
            ["Tariff rates of South Korea?", "Tariff rates of Japan?"],
        ),
        (
            "Compare the tariff rates of Japan and South Korea.",
            ["The tariff rates of Japan?", "The tariff rates of South Korea?"],
        ),
        (
            "Compare Biden and Trump on the North",
            ["What does Biden say about the North?", "What does Trump say about the North?"],
        ),
        ("Tariffs on Japan versus South Korea?", ["Tariffs on Japan?", "Tariffs on South Korea?"]),
        (
            "What tariff do Japan, South Korea and the EU each pay?",
            ["What tariff does Japan pay?", "What tariff does South Korea pay?", "What tariff does the EU pay?"],
        ),
        (
            "Do the Biden and Trump messages give the same death toll?",
            ["Do the Biden messages give the death toll?", "Do the Trump messages give the death toll?"],
        ),
        (
            "What was the rate before and after the July deal?",
            ["What was the rate before the July deal?", "What was the rate after the July deal?"],
        ),
        ("How many troops were there in 2019 and 2024?", [
            "How many troops were there in 2019?", "How many troops were there in 2024?",
        ]),
        ("How did the levy change between 2019 and March 2024?", [
            "How did the levy change in 2019?", "How did the levy change in March 2024?",
        ]),
        ("What was the policy on the North then and now?", [
            "What was the policy on the North then?", "What was the policy on the North now?",
        ]),
        (
            "What does The Diplomat say about tariffs and the shipbuilding fund?",
            ["What does The Diplomat say about tariffs?", "What does The Diplomat say about the shipbuilding fund?"],
        ),
        (
            "How much did Seoul pledge, and who signed it?",
            ["How much did Seoul pledge?", "Who signed it — how much did Seoul pledge?"],
        ),
        (
            "How much did Seoul pledge to invest? And when did Trump visit the Gyeongju summit?",
            ["How much did Seoul pledge to invest?", "When did Trump visit the Gyeongju summit?"],
        ),
        (
            "Tell me how many workers were held at the plant and which state it stands in.",
            [
                "How many workers were held at the plant?",
                "Which state it stands in — how many workers were held at the plant?",
            ],
        ),
    ],
)  # fmt: skip
def test_a_question_that_takes_two_searches_is_split(tables, question, parts):
    assert split(question, tables) == parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("한겨레와 조선일보의 관세 보도를 비교해 줘", ["한겨레의 관세 보도?", "조선일보의 관세 보도?"]),
        (
            "한겨레와 연합뉴스는 관세 협상을 어떻게 다르게 보도했나요?",
            ["한겨레는 관세 협상을 어떻게 보도했나요?", "연합뉴스는 관세 협상을 어떻게 보도했나요?"],
        ),
        ("바이든과 트럼프의 대북 정책 차이는 무엇인가요?", ["바이든의 대북 정책?", "트럼프의 대북 정책?"]),
        (
            "이재명과 윤석열은 핵무장에 대해 어떻게 말했나요?",
            ["이재명은 핵무장에 대해 어떻게 말했나요?", "윤석열은 핵무장에 대해 어떻게 말했나요?"],
        ),
        ("한국과 일본의 관세율은 각각 얼마인가요?", ["한국의 관세율은 얼마인가요?", "일본의 관세율은 얼마인가요?"]),
        (
            "2024년 기준으로 한국의 대미 수출 비중과 대중 수출 비중을 비교해 주세요.",
            ["2024년 기준으로 한국의 대미 수출 비중?", "2024년 기준으로 한국의 대중 수출 비중?"],
        ),
        ("7월 합의 전과 후의 관세율은?", ["7월 합의 전의 관세율은?", "7월 합의 후의 관세율은?"]),
        (
            "관세 합의 전후로 관세율이 어떻게 바뀌었나요?",
            ["관세 합의 전에 관세율이 어떻게 바뀌었나요?", "관세 합의 후에 관세율이 어떻게 바뀌었나요?"],
        ),
        (
            "2022년과 2023년에 윤 대통령은 누구를 인용했나요?",
            ["2022년에 윤 대통령은 누구를 인용했나요?", "2023년에 윤 대통령은 누구를 인용했나요?"],
        ),
        (
            "한국은 얼마를 투자하기로 했고 누가 서명했나요?",
            ["한국은 얼마를 투자하기로 했나요?", "한국은 누가 서명했나요?"],
        ),
    ],
)
def test_korean_questions_are_split(tables, question, parts):
    assert split(question, tables) == parts


def test_clauses_that_ask_an_outlet_each_are_split(tables):
    question = (
        "Does the Yonhap article suggest that the frigates of Ulsan were late, while The Diplomat's analysis holds that"
        " the shipyards of Geoje and those of Philadelphia had more orders than workers, whatever the two governments"
        " had agreed on in the summer?"
    )
    first, second = split(question, tables)
    assert first == "Does the Yonhap article suggest that the frigates of Ulsan were late?"
    assert second.startswith("The Diplomat's analysis holds that the shipyards")
    assert split("Did Yonhap say more of tariffs than The Diplomat?", tables) == []


@pytest.mark.parametrize(
    "question",
    [
        "What did Biden and Yoon agree to at Camp David?",
        "Did Biden and Yoon agree on nuclear consultation?",  # together, perhaps
        "How do the US and South Korea share the costs?",
        "What did Trump say about who pays and who benefits?",
        "Who is the man who led the talks and who signed?",
        "Where and when was the second one?",
        "How many shells were fired between 2019 and 2024?",  # a stretch of time
        "Did Tottenham vs Chelsea end in a draw?",
        "What does Yonhap say about trade and security?",
        "What are peace and prosperity built on?",
        "Compare Biden and Trump",  # nothing to look for
        "Has the gap between American and Chinese influence been growing?",
        "When using a primality test, how is the chance of error expressed?",
        "Why does that worry them more now than before?",
        "What tariff do Japan, Taiwan, South Korea and Vietnam each pay?",  # four
        f"Compare what The Diplomat and Yonhap say about {'the many details of ' * 12}the deal.",
        "한국과 미국의 관계는 어떤가요?",
        "미국과 한국은 무엇에 합의했나요?",
        "한국전쟁 전후 질서는 어떻게 만들어졌나요?",
        "",
    ],
)
def test_any_other_question_stays_whole(tables, question):
    assert split(question, tables) == []


def test_few_of_our_own_questions_are_split(tables):
    """Thirteen of the two sets, and none on another matter, when the rules were written."""
    shares = {}
    for name in ("owner", "whitehouse", "offtopic"):
        lines = (ROOT / "evals" / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        shares[name] = sum(bool(split(json.loads(line)["question"], tables)) for line in lines) / len(lines)
    assert shares["owner"] < 0.07
    assert shares["whitehouse"] < 0.07
    assert shares["offtopic"] == 0


def test_what_a_part_asks_stands_before_what_it_is_about():
    assert asked_in("Who signed it — how much did Seoul pledge?") == "Who signed it"
    assert asked_in("How much did Seoul pledge?") == "How much did Seoul pledge?"


WORDS = (
    *("compare", "what", "how", "The Diplomat", "Yonhap", "and", "versus", ",", "?", "before", "after", "2019", "in"),
    *(
        "say",
        "about",
        "differ",
        "on",
        "the",
        "Biden's",
        "한겨레와",
        "비교",
        "누가",
        "했고",
        "—",
        "İ",
        "each",
        "between",
    ),
)


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_parts_are_questions_of_their_own_whatever_is_asked(words):
    question = " ".join(words)
    parts = split_question(question, NameTables(), language_of(question), OUTLETS)
    assert len(parts) in (0, 2, 3)
    assert len(set(parts)) == len(parts)
    for part in parts:
        assert part.endswith("?")
        assert len(part) <= 2 * len(question) + 40
