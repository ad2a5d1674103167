import json
from pathlib import Path

import pytest

from app.followups import make_standalone
from app.names import NameTables
from tests.app.followup_cases import COMPLETE, FIRST, INVEST, LAST, NCG, SECOND, UNSEEN, YOON, Case

CORPUS = Path(__file__).parents[2] / "corpus"
QUESTIONS = sorted((Path(__file__).parents[2] / "evals" / "questions").glob("*.jsonl"))


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


def history(turns):
    return [{"role": "assistant" if place % 2 else "user", "content": turn} for place, turn in enumerate(turns)]


@pytest.mark.parametrize(
    "case", [*FIRST, *SECOND, *LAST, *UNSEEN], ids=lambda case: f"{case.before[-2:-1]}{case.question}"
)
def test_a_follow_up_stands_alone_and_a_new_topic_stays(tables, case: Case):
    standalone, taken = make_standalone(case.question, history(case.before), tables, "en")
    if case.same:
        assert standalone == case.question
        assert not taken
        return
    assert taken
    assert all(part in standalone.lower() for part in case.must), standalone
    assert not any(part in standalone.lower() for part in case.must_not), standalone


def test_a_chain_of_follow_ups_is_resolved_step_by_step(tables):
    turns = history(["What tariff did South Korea pay in 2024?", "…", "and in 2025?", "…", "And Japan?", "…"])
    assert make_standalone("Why?", turns, tables, "en")[0] == "Why — what tariff did Japan pay in 2025?"


@pytest.mark.parametrize(
    ("before", "follow_up", "complete"),
    [
        ("What did Trump say about the investment?", "Why?", "Why — what did Trump say about the investment?"),
        ("Who did Seoul send to Washington?", "When?", "When — who did Seoul send to Washington?"),
        ("How did Seoul pay?", "Why?", "Why did Seoul pay?"),
    ],
)
def test_a_question_for_a_noun_is_kept_whole_behind_another_question_word(tables, before, follow_up, complete):
    assert make_standalone(follow_up, history([before, "…"]), tables, "en")[0] == complete


def test_greetings_and_thanks_in_between_are_passed_over(tables):
    turns = history([*YOON, "Thanks!", "You're welcome."])
    assert make_standalone("When was he removed?", turns, tables, "en")[0] == "When was Yoon Suk-yeol removed?"


def test_the_last_question_counts_not_the_one_before(tables):
    turns = history([*YOON, *INVEST])
    assert make_standalone("Why?", turns, tables, "en")[0] == "Why does Washington want Seoul to invest?"


def test_a_history_that_is_malformed_is_no_history(tables):
    broken = [{"role": "user"}, {"content": "x"}, {"role": "assistant", "content": None}, {}]
    assert make_standalone("Why?", broken, tables, "en") == ("Why?", False)


def test_a_person_is_taken_from_the_answer_where_the_question_names_none(tables):
    turns = history(["Who commands USFK?", "According to Yonhap (2025): “Gen. Xavier Brunson took command.” [1]"])
    assert (
        make_standalone("Where did he serve before?", turns, tables, "en")[0]
        == "Where did Xavier Brunson serve before?"
    )


def test_the_pronoun_tells_women_from_men(tables):
    turns = history(["Did Kim Jong Un or Kim Yo Jong answer?", "…"])
    assert "Kim Yo Jong" in make_standalone("What did she say?", turns, tables, "en")[0]
    assert "Kim Jong Un" in make_standalone("What did he say?", turns, tables, "en")[0]


def test_possessives_stay_possessives(tables):
    assert make_standalone("What are its members?", history(NCG), tables, "en")[0] == (
        "What are the Nuclear Consultative Group’s members?"
    )


@pytest.mark.parametrize("question", COMPLETE)
@pytest.mark.parametrize("before", [INVEST, YOON])
def test_a_pronoun_that_means_a_noun_of_its_own_sentence_takes_nothing_from_the_conversation(tables, question, before):
    assert make_standalone(question, history(before), tables, "en") == (question, False)


def test_hardly_any_complete_question_is_taken_for_a_follow_up(tables):
    cases = [json.loads(line) for path in QUESTIONS for line in path.read_text(encoding="utf-8").splitlines() if line]
    complete = [case["question"] for case in cases if not case.get("history")]
    assert complete
    taken = [question for question in complete if make_standalone(question, history(INVEST), tables, "en")[1]]
    assert len(taken) <= 0.02 * len(complete), taken


def test_another_country_takes_the_place_of_the_united_states_partner(tables):
    turns = history(["How much does Seoul want Washington to pay?", "…"])
    assert make_standalone("And Japan?", turns, tables, "en")[0] == "How much does Japan want Washington to pay?"
