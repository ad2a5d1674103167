"""Proposals come from sentences and feedback, are decided on by a person, and nothing is lost on the way."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from app.names import NameTables
from app.store import Feedback, Store
from evals.cases import read_case, read_cases
from evals.commands import evaluate
from evals.datasets import BadDataset
from evals.draft import CASES, DRAFT, from_feedback, read_draft
from evals.draft_patterns import asked_of
from evals.draft_questions import NearMisses, suggested
from evals.lint import faults_of
from ingest.articles import Article
from tests.app.collection import CORPUS
from tests.evals.case_files import HARBOUR, a_case, write_cases, write_corpus


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (
            "President Biden hosted President Yoon in Washington on April 26, 2023.",
            {
                ("who", "Who hosted President Yoon in Washington on April 26?", "Biden"),
                ("date", "When did President Biden host President Yoon in Washington?", "April 26, 2023"),
            },
        ),
        (
            "Yoon was removed from office on April 4.",
            {("date", "When was Yoon removed from office?", "April 4")},
        ),
        (
            "Seoul was under pressure to reach a deal, as the European Union had lowered the levy.",
            {("why", "Why was Seoul under pressure to reach a deal?", "")},
        ),
        (
            "Korean Air will also purchase 103 new Boeing aircraft, supporting jobs.",
            {("who", "Which company will purchase 103 new Boeing aircraft?", "Korean Air")},
        ),
        (
            "Trump has demanded that Korea pay more for the 28,500 U.S. troops, and soon.",
            {("who", "Who has demanded that Korea pay more for the 28,500 U.S. troops?", "Trump")},
        ),
        ("Analysts warned Seoul of a storm on May 3.", set()),  # no name opens it
        ("President Biden hosted him in Washington on April 26.", set()),  # whom?
    ],
)
def test_a_sentence_is_asked_who_when_and_why(tables, sentence, asked):
    assert {(one.kind, one.question, one.answer) for one in asked_of(sentence, tables)} == asked


ARTICLES = {
    "harbour": Article("harbour", "Harbour reopens", HARBOUR, outlet="The Daily", published="2025-05"),
    "rate": Article(
        "rate", "A deal", "Not 25 percent: both sides reached a deal to decrease the tariff rate to 15 percent."
    ),
}


def test_a_suggested_case_has_the_sentence_as_gold_and_no_fault(tables):
    cases = suggested(ARTICLES, tables, 40)
    by_question = {case.question: case for case in cases}
    date = by_question["When did President Lee Jae-myung visit the harbour of Ulsan?"]
    assert (date.kind, date.answer_contains) == ("date", (("May 3, 2025",),))
    assert date.gold[0].quote == "President Lee Jae-myung visited the harbour of Ulsan on May 3, 2025."
    assert by_question["What was the tariff rate decreased to?"].answer_contains == (("15 percent",),)
    assert by_question["How much will Hyundai Motor invest in the United States?"].kind == "number"
    assert {case.kind for case in cases} >= {"date", "who", "number", "unanswerable"}
    assert "ko" in {case.lang for case in cases}
    assert [fault for case in cases for fault in faults_of(case, ARTICLES)] == []
    assert len({case.id for case in cases}) == len(cases)


def test_the_same_articles_suggest_the_same_and_never_what_is_known(tables):
    first = suggested(ARTICLES, tables, 4)
    assert suggested(ARTICLES, tables, 4) == first
    more = suggested(ARTICLES, tables, 40, {case.question for case in first})
    assert more
    assert not {case.id for case in first} & {case.id for case in more}
    assert suggested({}, tables, 4) == []


def near_miss(tables, question, lang="en", texts="Trump spoke to Seoul in 2024."):
    return NearMisses(tables, texts).of(read_case(a_case(question=question, lang=lang)))


def test_a_near_miss_names_what_no_article_has(tables):
    miss = near_miss(tables, "What did President Trump demand?")
    assert (miss.kind, miss.answerable, miss.gold, miss.answer_contains) == ("unanswerable", False, (), ())
    name = miss.question.removeprefix("What did ").removesuffix(" demand?")
    assert tables.find(name)[0].name.group == "people"
    assert "Trump" not in name
    assert miss.note.startswith(f"'{name}' put for 'President Trump' in")
    assert near_miss(tables, "What happened in 2024?", texts="2024 2025 2026").question == "What happened in 2027?"
    assert near_miss(tables, "What happened?") is None


def test_in_korean_the_other_name_fits_the_particle(tables):
    miss = near_miss(tables, "트럼프는 무엇이라고 말했나요?", lang="ko")
    name = miss.question.split("는 ")[0]
    assert name != "트럼프"
    assert (ord(name[-1]) - 0xAC00) % 28 == 0  # no consonant at its end: 는, not 은


def answer(**changes):
    cited = {"article_id": "harbour", "quote": "The harbour of Ulsan reopened on Monday.", "start": 0, "end": 40}
    plain = {"question": "When did it reopen?", "standalone_question": "When did the harbour reopen?", "filters": {}}
    return {**plain, "status": "answered", "language": "en", "citations": [cited], **changes}


def judged(verdict, answer_id="0f3a", reason="", **changes):
    return Feedback(answer_id, "2026-11-24T10:00:00Z", verdict, reason, answer(**changes), {})


def test_what_a_reader_found_good_is_a_whole_case():
    (row,) = from_feedback([judged("up")])
    assert (row["id"], row["kind"], row["question"]) == ("feedback-0f3a", "date", "When did the harbour reopen?")
    case = read_case({name: value for name, value in row.items() if name != "accepted"})
    assert list(faults_of(case, ARTICLES)) == []
    assert "it was asked as “When did it reopen?”" in row["note"]
    (refusal,) = from_feedback([judged("up", status="not_in_corpus", citations=[])])
    assert (refusal["kind"], refusal["answerable"], refusal["gold"]) == ("unanswerable", False, [])


def test_what_a_reader_found_wrong_is_to_be_completed():
    (row,) = from_feedback([judged("down", reason="It was Tuesday", filters={"outlets": ["The Daily"]})])
    assert (row["answerable"], row["gold"], row["accepted"]) == (True, [], None)
    assert "a reader found this answer wrong; “It was Tuesday”" in row["note"]
    assert "The Daily" in row["note"]
    assert from_feedback([judged("down", status="conversation")]) == []


@pytest.fixture
def team(tmp_path):
    """A team's folder with one article and one answer that a reader found wrong; runs ``hanmi eval draft``."""
    corpus, home, folder = write_corpus(tmp_path / "corpus"), tmp_path / "home", tmp_path / "draft"
    Store(home / "hanmi.db", 30).give(judged("down"))

    def run(*arguments, keys="", editor="true"):
        command = ["draft", str(folder), "--corpus", str(corpus), *arguments]
        environment = {"HANMI_HOME": str(home), "EDITOR": editor, "VISUAL": editor}
        return CliRunner().invoke(evaluate, command, input=keys, env=environment)

    return SimpleNamespace(run=run, folder=folder, corpus=corpus, home=home)


def rows(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_proposing_again_only_adds(team):
    result = team.run("--limit", "2")
    assert result.exit_code == 0, result.output
    assert "2 new proposals from 1 articles, 1 from feedback" in result.stdout
    assert all(row["accepted"] is None for row in rows(team.folder / DRAFT))
    before = rows(team.folder / DRAFT)
    before[0] |= {"question": "Put otherwise by hand?", "accepted": False}
    write_cases(team.folder / DRAFT, before)
    assert "2 new proposals from 1 articles, 0 from feedback" in team.run("--limit", "2").stdout
    after = rows(team.folder / DRAFT)
    assert after[:3] == before
    assert len({row["id"] for row in after}) == 5


def test_each_is_accepted_dropped_or_left_and_the_cases_can_be_asked(team):
    team.run("--limit", "3")
    result = team.run("--accept", keys="y\nn\nq\n")
    assert result.exit_code == 0, result.output
    assert "1 accepted" in result.stdout
    assert "2 left to go through" in result.stdout
    assert [row["accepted"] for row in rows(team.folder / DRAFT)] == [True, False, None, None]
    # Goes on where it stopped; the last cannot be accepted without gold, and the end of the input quits.
    result = team.run("--accept", keys="s\ny\n")
    assert "[1 of 2]" in result.stdout
    assert "neither gold nor answer_contains" in result.stdout
    assert "cannot be accepted" in result.stdout
    assert len(read_cases(team.folder / CASES)) == 1
    lint = ["lint", str(team.folder / CASES), "--corpus", str(team.corpus)]
    assert CliRunner().invoke(evaluate, lint, env={"HANMI_HOME": str(team.home)}).exit_code == 0


def editor_that_writes(tmp_path, text):
    """A command that puts the text into the file it is given."""
    (tmp_path / "text").write_text(text, "utf-8")
    script = tmp_path / "editor"
    script.write_text(f'#!/bin/sh\ncat "{tmp_path / "text"}" > "$1"\ntouch -d "+2 seconds" "$1"\n', "utf-8")
    script.chmod(0o755)
    return str(script)


def test_an_edited_proposal_keeps_its_id_and_is_accepted_once_it_is_whole(team, tmp_path):
    team.run("--limit", "0")
    editor = editor_that_writes(tmp_path, json.dumps(a_case(id="mine", question="On which day did it open?")))
    result = team.run("--accept", keys="e\ny\n", editor=editor)
    assert result.exit_code == 0, result.output
    (case,) = read_cases(team.folder / CASES)
    assert (case.id, case.question) == ("feedback-0f3a", "On which day did it open?")


def test_what_is_no_json_is_not_taken_and_nothing_is_lost(team, tmp_path):
    team.run("--limit", "0")
    before = rows(team.folder / DRAFT)
    result = team.run("--accept", keys="e\nn\nq\n", editor=editor_that_writes(tmp_path, "{"))
    assert "Edit again?" in result.stdout
    assert rows(team.folder / DRAFT) == before


@pytest.mark.parametrize(
    "wrong", [{"gold": ["The harbour"]}, {"gold": 5}, {"answer_contains": [5]}, {"note": "\ud800"}]
)
def test_an_edit_that_is_no_case_is_named_and_can_be_mended(team, tmp_path, wrong):
    team.run("--limit", "0")
    result = team.run("--accept", keys="e\ny\nq\n", editor=editor_that_writes(tmp_path, json.dumps(a_case(**wrong))))
    assert (result.exit_code, result.exception) == (0, None), result.output
    assert "cannot be accepted like this" in result.stdout
    result = team.run("--accept", keys="e\ny\n", editor=editor_that_writes(tmp_path, json.dumps(a_case())))
    assert len(read_cases(team.folder / CASES)) == 1, result.output


def test_cases_mended_by_hand_stay_and_what_was_accepted_by_hand_is_added(team):
    team.run("--limit", "2")
    mine = write_cases(team.folder / CASES, [a_case(id="mine")]).read_text("utf-8").rstrip()
    (team.folder / CASES).write_text(mine, "utf-8")  # without a line's end, as some editors leave it
    edited = rows(team.folder / DRAFT)
    write_cases(team.folder / DRAFT, [{**edited[0], "accepted": True}, *edited[1:]])
    team.run("--accept", keys="q\n")
    assert [case.id for case in read_cases(team.folder / CASES)] == ["mine", edited[0]["id"]]


def test_a_broken_draft_is_named_and_left_alone(team):
    team.folder.mkdir()
    (team.folder / DRAFT).write_text('{"id": "a"}\n{"id": \n', "utf-8")
    result = team.run()
    assert result.exit_code == 2
    assert "draft.jsonl:2: not JSON" in result.stderr
    assert (team.folder / DRAFT).read_text("utf-8") == '{"id": "a"}\n{"id": \n'
    (team.folder / DRAFT).write_text('{"id": "a", "accepted": "yes"}\n', "utf-8")
    with pytest.raises(BadDataset, match="proposal 1 needs an id"):
        read_draft(team.folder)
    (team.folder / DRAFT).write_text('{"id": "a", "accepted": 1}\n', "utf-8")
    with pytest.raises(BadDataset, match="proposal 1 needs an id"):
        read_draft(team.folder)
