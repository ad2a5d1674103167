"""Every fault that a set of cases may have is named with its case; a set without faults passes."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.settings import load_settings
from evals.cases import read_case
from evals.collections import CaseSet, Collection, load_sets, read_articles
from evals.commands import evaluate
from evals.lint import MAX_QUOTE_WORDS, faults_of, lint, nearest
from ingest.articles import Article
from tests.evals.case_files import HARBOUR, a_case, unanswerable, write_cases, write_corpus

ARTICLES = {
    "harbour": Article("harbour", "Harbour reopens", HARBOUR),
    "bridge": Article("bridge", "Bridge is late", "The bridge to Geoje will open two years late, the mayor said."),
}


def faults(**changes):
    return [fault.what for fault in faults_of(read_case(a_case(**changes)), ARTICLES)]


def gold(quote, article_id="harbour"):
    return [{"article_id": article_id, "quote": quote}]


def test_a_quote_that_stands_in_the_article_whatever_the_white_space_is_no_fault():
    assert faults() == []
    assert faults(gold=gold("The harbour\n of  Ulsan reopened on Monday.")) == []


def test_a_quote_that_is_not_there_is_shown_beside_what_comes_nearest():
    (fault,) = faults(gold=gold("The harbor of Ulsan reopened on Monday."))
    assert fault == (
        "harbour does not hold “The harbor of Ulsan reopened on Monday.”; "
        "nearly: “The harbour of Ulsan reopened on Monday.”"
    )
    (fault,) = faults(gold=gold("Nobody sailed on Monday night."), answer_contains=[["Monday"]])
    assert fault.endswith("“Nobody sailed on Monday night.”, nor anything like it")


def test_a_quote_of_another_article_names_that_one():
    (fault,) = faults(gold=gold("The bridge to Geoje will open two years late"), answer_contains=[])
    assert fault == "harbour does not hold “The bridge to Geoje will open two years late”; bridge does"
    assert faults(gold=gold("on Monday", "habour")) == ["there is no article 'habour'"]


def test_a_quote_is_at_most_sixty_words_long():
    words = " ".join(["word"] * (MAX_QUOTE_WORDS + 1))
    articles = {"harbour": Article("harbour", "", words)}
    case = read_case(a_case(gold=gold(words), answer_contains=[]))
    assert [fault.what for fault in faults_of(case, articles)] == ["a gold quote has 61 words; at most 60"]


def test_what_an_answer_has_to_hold_stands_in_a_quote_and_what_it_must_not_hold_does_not():
    assert faults(answer_contains=[["on Monday", "on Tuesday"]]) == [
        "no gold quote holds “on Tuesday” of answer_contains"
    ]
    (fault,) = faults(must_not_contain=["ULSAN"])
    assert fault.startswith("a gold quote holds “ULSAN” of must_not_contain")


def test_an_answerable_case_has_gold_and_a_korean_one_hangul():
    assert faults(gold=[]) == ["it is answerable but has no gold quote"]
    assert faults(lang="ko") == ["its lang is ko, but the question has no Hangul"]
    assert faults(lang="ko", question="울산항은 언제 다시 열렸나요?") == []


def test_the_nearest_stretch_is_as_long_as_the_quote_and_may_be_the_last():
    assert nearest("c x e", "a b c d e") == (pytest.approx(2 / 3), "c d e")
    assert nearest("a b c", "a b") == (pytest.approx(2 / 3), "a b")
    assert nearest("a", "") == (0, "")


def case_set(tmp_path, *cases, reason=None):
    rows = tuple(read_case(case) for case in cases)
    return CaseSet("made", tmp_path / "made.jsonl", rows, None if reason else Collection("made", tmp_path), reason)


def test_one_question_twice_is_a_fault_unless_the_turns_before_it_differ(tmp_path):
    turns = [{"role": "user", "content": "And the bridge?"}]
    again = a_case(id="again", question="On which  day could ships use the PORT once more?")
    made = case_set(tmp_path, a_case(), again, a_case(id="later", kind="followup", history=turns))
    assert [tuple(fault) for fault in lint(made, ARTICLES).faults] == [("again", "it asks what harbour-1 asks")]


def test_what_a_set_is_made_of_and_whether_that_is_enough(tmp_path):
    copied = a_case(id="copied", question="On which day was the harbour of Ulsan reopened?")
    korean = a_case(id="korean", lang="ko", question="울산항은 언제 다시 열렸나요?")
    report = lint(case_set(tmp_path, a_case(), copied, korean, unanswerable()), ARTICLES)
    assert (report.cases, report.korean, report.not_answerable) == (4, 1, 1)
    assert report.kinds == {"date": 3, "unanswerable": 1}
    assert report.overlaps == {"harbour-1": 0, "copied": pytest.approx(3 / 4)}  # none in Korean over English quotes
    assert [aim.reached for aim in report.aims()] == [True, True, False]
    assert report.aims()[0].text.startswith("1 of 2 questions share at most 30%")
    more = lint(case_set(tmp_path, copied, a_case(), {**copied, "id": "b", "question": "Ulsan harbour reopened?"}), {})
    assert [aim.reached for aim in more.aims()] == [False, False, False]
    assert lint(case_set(tmp_path, unanswerable()), ARTICLES).aims() == []


def test_without_the_articles_the_report_says_why_no_quote_was_looked_up(tmp_path):
    report = lint(case_set(tmp_path, a_case(gold=gold("on Monday", "nowhere")), reason="no documents"), None)
    assert report.faults == ()
    assert report.unchecked == "no documents"


def run(tmp_path, *arguments):
    command = ["lint", *map(str, arguments), "--corpus", str(tmp_path / "corpus")]
    return CliRunner().invoke(evaluate, command, env={"HANMI_HOME": str(tmp_path / "home")})


def test_a_teams_own_file_is_checked_over_its_own_articles(tmp_path):
    write_corpus(tmp_path / "corpus")
    file = write_cases(tmp_path / "own.jsonl", [a_case(), unanswerable()])
    result = run(tmp_path, file, "--cases")
    assert result.exit_code == 0, result.output
    assert "own: yes 1 of 1 questions share" in result.stdout
    assert "own:   0% harbour-1" in result.stdout
    write_cases(file, [a_case(), unanswerable(), a_case(id="b", question="When?", gold=gold("on Tuesday"))])
    result = run(tmp_path, file)
    assert result.exit_code == 1
    assert "own: b: harbour does not hold “on Tuesday”" in result.stderr
    result = run(tmp_path, file, "--json")
    assert [fault["case"] for fault in json.loads(result.stdout)[0]["faults"]] == ["b", "b"]


def test_every_line_that_is_no_case_is_named(tmp_path):
    write_corpus(tmp_path / "corpus")
    file = write_cases(tmp_path / "own.jsonl", [a_case(kind="riddle"), a_case(), a_case(id="b", answerable="yes")])
    result = run(tmp_path, file)
    assert result.exit_code == 1
    assert "own: line 1: there is no kind 'riddle'" in result.stderr
    assert "own: line 3: 'answerable' must be true or false" in result.stderr
    write_cases(file, [a_case(), a_case()])
    assert "the id 'harbour-1' is that of line 1 too" in run(tmp_path, file).stderr
    missing = run(tmp_path, tmp_path / "none.jsonl")
    assert missing.exit_code == 2
    assert "none.jsonl cannot be read" in missing.stderr


def test_the_shipped_sets_have_no_fault_and_reach_what_a_set_should(tmp_path):
    """The quotes of the White House documents are looked up where those lie; all else is checked without them."""
    settings = load_settings({"home": tmp_path}, {})
    folder = Path(os.environ.get("HANMI_BENCH_DIR") or Path(__file__).parents[3] / "shared" / "bench")
    for cases in load_sets(settings, data=folder if (folder / "us_rok_whitehouse").is_dir() else None):
        articles = read_articles(cases.collection, tmp_path) if cases.collection else None
        report = lint(cases, articles)
        assert report.faults == ()
        assert all(aim.reached for aim in report.aims()), report.aims()
