"""A run asks every case with the real engine and writes down what became of each, whatever goes wrong."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from app.assistant import Assistant
from app.settings import AppSettings, load_settings
from evals import run as runs
from evals.collections import CaseSet, Collection, gathered, load_sets, open_collection, read_articles
from evals.commands import evaluate
from evals.datasets import BadDataset
from evals.run import Finished, run_sets
from evals.run_folder import FORMAT, new_folder, read_run, row_file, write_summary
from ingest.minilm import load_minilm
from tests.evals.case_files import a_case, unanswerable, write_cases, write_corpus

QUESTIONS = [
    a_case(question="When did the harbour of Ulsan reopen?"),
    unanswerable(question="Which orchestra plays Mahler in Lisbon?"),
    a_case(id="harbour-3", question="Who visited Ulsan?", gold=[{"article_id": "harbour", "quote": "A flood came."}]),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HANMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> AppSettings:
    return load_settings({"corpus": write_corpus(tmp_path / "corpus")})


@pytest.fixture
def own(settings: AppSettings, tmp_path: Path) -> CaseSet:
    (only,) = load_sets(settings, [str(write_cases(tmp_path / "own.jsonl", QUESTIONS))])
    return only


def silent(what: str, done: int, total: int) -> None:
    """No progress is shown."""


def finish(sets: list[CaseSet], settings: AppSettings, folder: Path, progress=silent, **options) -> Finished:
    folder.mkdir()
    return run_sets(sets, settings, folder, progress, **options)


def states(finished: Finished) -> list[str]:
    return [row["state"] for row in read_run(finished.folder).rows]


def evaluated(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments])


def test_the_command_asks_with_the_model_and_writes_rows_summary_and_report(
    home, tmp_path, monkeypatch, model_cache
) -> None:
    load_minilm(model_cache)
    shutil.copytree(model_cache, home / "model")
    monkeypatch.delenv("HANMI_EMBEDDING_MODEL")
    cases = write_cases(tmp_path / "mine.jsonl", QUESTIONS[:2])
    corpus, out = write_corpus(tmp_path / "corpus"), tmp_path / "run"
    done = evaluated("--set", cases, "--set", "whitehouse", "--corpus", corpus, "--out", out)
    assert done.exit_code == 0, done.output
    assert "mine: 2 cases over 1 articles in 1 chunks" in done.output
    assert "whitehouse: 179 cases; 179 not run: it needs the White House documents" in done.output
    assert "Answer contains" in done.output
    assert str(out / "report.html") in done.output
    assert "<html" in (out / "report.html").read_text("utf-8")
    summary, rows = read_run(out)
    answerable, other, *not_run = rows
    assert answerable["answer"]["status"] == "answered"
    assert answerable["scores"]["answer contains"] == answerable["scores"]["citation recall"] == 1
    assert answerable["passages"][0]["article_id"] == answerable["gold_spans"][0]["article_id"] == "harbour"
    assert answerable["gold_spans"][0] == {"gold": 0, "article_id": "harbour", "start": 0, "end": 40}
    assert other["scores"]["abstention recall"] == 1
    assert {row["state"] for row in not_run} == {"not_run"}
    assert summary["sets"]["mine"]["scored"] == 2
    assert summary["sets"]["mine"]["groups"]["all"]["figures"]["answer contains"]["value"] == 1
    assert summary["settings"]["index"]["embedding"].startswith("all-MiniLM")
    assert summary["calibration"]["bar"] > 0
    assert str(tmp_path) not in (out / "summary.json").read_text("utf-8")


def test_json_is_the_summary_and_where_the_run_lies(settings, tmp_path) -> None:
    cases = write_cases(tmp_path / "mine.jsonl", QUESTIONS)
    done = evaluated("--set", cases, "--corpus", settings.corpus, "--json", "--limit", "1", "--part", "A")
    shown = json.loads(done.stdout)
    assert Path(shown["folder"]).parent == settings.home / "evals" / "runs"
    assert Path(shown["report"]).is_file()
    assert shown["sets"]["mine"]["cases"] == 1
    assert (shown["settings"]["part"], shown["settings"]["limit"]) == ("A", 1)


def test_a_case_that_cannot_be_scored_is_an_error_and_the_next_is_asked(own, settings, tmp_path, monkeypatch) -> None:
    stream = Assistant.stream

    def breaks(self, question, history=(), filters=None, **options):
        if "orchestra" in question:
            raise ZeroDivisionError("by nothing")
        return stream(self, question, history, filters, **options)

    monkeypatch.setattr(Assistant, "stream", breaks)
    finished = finish([own], settings, tmp_path / "run")
    assert states(finished) == ["scored", "error", "error"]
    scored, broken, mistaken = read_run(finished.folder).rows
    assert scored["reason"] is None
    assert broken["reason"] == "unexpected ZeroDivisionError: by nothing"
    assert mistaken["reason"] == "the article harbour does not say “A flood came.”"
    assert (broken["scores"], broken["answer"], broken["failures"]) == ({}, None, [])
    about = finished.summary["sets"]["own"]
    assert (about["errors"], about["scored"]) == (2, 1)
    assert about["groups"]["all"]["figures"]["errors"]["value"] == pytest.approx(2 / 3, abs=1e-3)


def test_errors_give_exit_status_one(settings, tmp_path) -> None:
    cases = write_cases(tmp_path / "mine.jsonl", QUESTIONS)
    done = evaluated("--set", cases, "--corpus", settings.corpus)
    assert done.exit_code == 1
    assert "1 errors" in done.output


def test_a_set_whose_index_cannot_be_made_is_all_errors(own, settings, tmp_path) -> None:
    nowhere = CaseSet("lost", own.file, own.cases, Collection("lost", tmp_path / "nowhere"))
    finished = finish([nowhere, own], settings, tmp_path / "run")
    assert states(finished) == ["error"] * 3 + ["scored", "scored", "error"]
    assert "There is no folder" in read_run(finished.folder).rows[0]["reason"]
    assert finished.summary["sets"]["lost"]["articles"] is None


def test_a_run_that_is_stopped_keeps_what_was_asked(own, settings, tmp_path) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "Asking own" and done == 1:
            raise KeyboardInterrupt

    other = CaseSet("other", own.file, own.cases, own.collection)
    finished = finish([own, other], settings, tmp_path / "run", stop)
    assert finished.stopped
    assert states(finished) == ["scored"] + ["not_run"] * 5
    assert {row["reason"] for row in read_run(finished.folder).rows[1:]} == {runs.STOPPED}
    assert finished.summary["sets"]["own"]["groups"]["all"]["n"] == 1


def test_a_stop_while_the_index_is_made_or_a_case_is_asked_is_one_too(own, settings, tmp_path, monkeypatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Assistant, "stream", stop)
    assert states(finish([own], settings, tmp_path / "run")) == ["not_run"] * 3
    monkeypatch.setattr(runs, "open_collection", stop)
    finished = finish([own], settings, tmp_path / "again")
    assert states(finished) == ["not_run"] * 3
    assert finished.summary["stopped"]


def test_a_stop_while_the_figures_are_reckoned_keeps_the_set_and_asks_no_other(
    own, settings, tmp_path, monkeypatch
) -> None:
    calls = []

    def stop_once(rows):
        calls.append(rows)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return set_summary(rows)

    set_summary = runs.set_summary
    monkeypatch.setattr(runs, "set_summary", stop_once)
    other = CaseSet("other", own.file, own.cases, own.collection)
    finished = finish([own, other], settings, tmp_path / "run")
    assert (finished.stopped, states(finished)) == (True, ["scored", "scored", "error"] + ["not_run"] * 3)
    assert finished.summary["sets"]["own"]["scored"] == 2


def test_an_answer_that_is_an_error_is_no_score(own, settings, tmp_path, monkeypatch) -> None:
    said = {"status": "error", "text": "the model gave no answer"}
    monkeypatch.setattr(Assistant, "stream", lambda *_, **__: iter([SimpleNamespace(name="answer", data=said)]))
    rows = read_run(finish([own], settings, tmp_path / "run").folder).rows
    assert {(row["state"], row["reason"]) for row in rows} == {("error", "the model gave no answer")}
    assert not any(row["scores"] for row in rows)


def test_the_same_run_twice_gives_the_same_figures_and_digests(own, settings, tmp_path) -> None:
    first, second = (finish([own], settings, tmp_path / name).summary["sets"]["own"] for name in ("one", "two"))
    for about in (first, second):
        del about["latency_ms"]
    assert first == second
    assert first["corpus_sha256"]
    (settings.corpus / "articles" / "more.md").write_text("# More\n\nA ferry sank off Jindo.\n", "utf-8")
    third = finish([own], settings, tmp_path / "three").summary["sets"]["own"]
    assert third["articles"] == 2
    assert third["corpus_sha256"] != first["corpus_sha256"]
    assert third["cases_sha256"] == first["cases_sha256"]


def test_a_part_and_a_limit_choose_cases(own, settings, tmp_path) -> None:
    parts = {name: len(states(finish([own], settings, tmp_path / name, part=name))) for name in ("A", "B", "all")}
    assert parts["A"] + parts["B"] == parts["all"] == 3
    assert len(states(finish([own], settings, tmp_path / "few", limit=2))) == 2


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--set", "wrong"], "there is no set 'wrong'; name owner, offtopic, whitehouse, or a FILE.jsonl"),
        (["--set", "gone.jsonl"], "gone.jsonl cannot be read"),
        (["--data", "."], "holds neither us_rok_whitehouse/documents.jsonl nor documents.jsonl"),
        (["--data", ".", "lint"], "put --data after lint"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_wrong_use(home, tmp_path, monkeypatch, arguments, reason) -> None:
    monkeypatch.chdir(tmp_path)
    done = evaluated(*arguments)
    assert done.exit_code == 2
    assert reason in done.output
    assert len(done.output.splitlines()) <= 4


def test_files_of_one_name_are_refused_and_a_set_named_twice_is_one(home, settings, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for name in ("mine", "owner"):
            write_cases(tmp_path / folder / f"{name}.jsonl", QUESTIONS)
    assert [one.name for one in load_sets(settings, ["a/mine.jsonl", "./a/mine.jsonl", "b/owner.jsonl"])] == [
        "mine",
        "owner",
    ]
    for names in (["a/mine.jsonl", "b/mine.jsonl"], ["owner", "a/owner.jsonl"]):
        with pytest.raises(BadDataset, match="are both the set"):
            load_sets(settings, names)


def test_half_a_character_in_a_row_is_read_again(tmp_path) -> None:
    write_summary(tmp_path, {"format": FORMAT, "sets": {}, "metrics": {}, "note": "\ud800"})
    with row_file(tmp_path) as file:
        file.write({"why": "fee \udfff"})
    run = read_run(tmp_path)
    assert (run.summary["note"], run.rows) == ("\ud800", [{"why": "fee \udfff"}])


def test_a_folder_holds_one_run(home, tmp_path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "rows.jsonl").touch()
    (tmp_path / "file").touch()
    for given in ("used", "file"):
        with pytest.raises(BadDataset, match=r"name (another|a) folder"):
            new_folder(home, tmp_path / given)
    first, second = new_folder(home, None), new_folder(home, None)
    assert first != second
    with pytest.raises(BadDataset, match=r"holds no run: there is no summary\.json"):
        read_run(first)


def test_documents_join_the_corpus_and_follow_their_files(settings, tmp_path) -> None:
    def lines(*titles: str) -> None:
        rows = [{"id": name.lower(), "title": name, "body": f"{name} was signed in Washington."} for name in titles]
        documents.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    documents = tmp_path / "documents.jsonl"
    lines("Pact", "Treaty")
    both = Collection("both", settings.corpus, documents)
    assert set(read_articles(both, settings.home)) == {"harbour", "pact", "treaty"}
    assert set(open_collection(both, settings).index.articles()) == {"harbour", "pact", "treaty"}
    made = gathered(both, settings.home).stat().st_mtime_ns
    assert gathered(both, settings.home).stat().st_mtime_ns == made
    lines("Pact")
    assert set(open_collection(both, settings).index.articles()) == {"harbour", "pact"}
    documents.write_text('{"title": "No body"}\n', "utf-8")
    with pytest.raises(BadDataset, match=r"documents\.jsonl:1: there is no text"):
        gathered(both, settings.home)


def test_an_index_made_with_other_settings_is_made_anew(own, settings, home, model_cache, tmp_path) -> None:
    assert own.collection is not None
    assert open_collection(own.collection, settings).index.settings.embedding == "none"
    load_minilm(model_cache)
    shutil.copytree(model_cache, home / "model")
    anew = runs.without_endpoints(settings)
    assert open_collection(own.collection, anew).index.settings.embedding.startswith("all-MiniLM")


def test_nothing_but_the_embedded_model_is_left_of_the_settings(settings, monkeypatch) -> None:
    monkeypatch.setenv("HANMI_EMBEDDING_API_KEY", "secret")
    monkeypatch.setenv("HANMI_EMBEDDING_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HANMI_CALIBRATION", "own.toml")
    monkeypatch.setenv("HANMI_MODEL", "writer")
    monkeypatch.setenv("HANMI_ENGINE", "generative")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    left = runs.without_endpoints(load_settings())
    assert (left.embedding_model, left.embedding_api_key.value, left.embedding_base_url) == ("", "", "")
    assert left.calibration is None
    assert left.engine == "extractive"
    assert (left.model, left.openai_api_key.value, left.openai_base_url) == ("", "", "")
