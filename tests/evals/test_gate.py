"""A figure below its threshold, or missing, closes the gate; thresholds are renewed from a run."""

import os
import tomllib
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from evals.commands import evaluate
from evals.datasets import BadDataset
from evals.gate import (
    THRESHOLDS,
    Threshold,
    Thresholds,
    as_toml,
    check,
    failing,
    newly_failing,
    read_thresholds,
    renewed,
    started,
    without_openai,
)
from evals.run_folder import ROWS, Run, row_file, write_summary
from tests.evals.case_files import a_case, unanswerable, write_cases, write_corpus

CONTAINS = Threshold("owner", "all", "answer contains", "minimum", 0.7, 0.03, "the answer is in it")
REFUSED = Threshold("owner", "all", "wrong abstentions", "maximum", 0.1, 0.03, "it answers")


def summary(contains=0.75, refused=0.08, **settings):
    figures = {"answer contains": {"value": contains, "n": 77}, "wrong abstentions": {"value": refused, "n": 77}}
    return {
        "format": 1,
        "metrics": {},
        "stopped": False,
        "settings": {"part": "all", "limit": None, "index": {"embedding": "none"}, **settings},
        "sets": {"owner": {"groups": {"all": {"n": 104, "figures": figures}}}},
    }


def row(case, failures=(), state="scored", reason=None):
    return {"set": "owner", "case": {"id": case}, "state": state, "reason": reason, "failures": list(failures)}


def test_a_figure_holds_up_to_its_bound_and_not_beyond():
    def holds(**figures):
        return [each.holds for each in check(summary(**figures), [CONTAINS, REFUSED])]

    assert holds() == [True, True]
    assert holds(contains=0.7, refused=0.1) == [True, True]
    assert holds(contains=0.6994, refused=0.1006) == [False, False]
    assert holds(contains=0.6996) == [True, True]  # as the table shows it: 0.700


def test_a_figure_that_was_not_measured_does_not_hold():
    for other in (
        replace(CONTAINS, set="whitehouse"),
        replace(CONTAINS, group="lang ko"),
        replace(CONTAINS, metric="MRR@10"),
    ):
        (checked,) = check(summary(), [other])
        assert (checked.value, checked.cases, checked.holds) == (None, 0, False)


@pytest.mark.parametrize("settings", [{"part": "B"}, {"limit": 10}])
def test_a_run_of_some_cases_is_refused(settings):
    with pytest.raises(BadDataset, match="needs a run of all"):
        check(summary(**settings), [CONTAINS])
    with pytest.raises(BadDataset, match="needs a run of all"):
        check(summary() | {"stopped": True}, [CONTAINS])


def bounds(margin=None, **figures):
    exact = replace(CONTAINS, margin=0.0)
    return [each.bound for each in renewed(check(summary(**figures), [CONTAINS, REFUSED, exact]), margin)]


def test_bounds_are_renewed_a_margin_away_rounded_so_that_the_run_holds_them():
    assert bounds(contains=0.7532, refused=0.0518) == [0.723, 0.082, 0.753]
    assert bounds(contains=0.78, refused=0.07) == [0.75, 0.1, 0.78]
    assert bounds(contains=0.78, refused=0.07, margin=0.05) == [0.73, 0.12, 0.78]  # what allows nothing still does not
    missing = replace(CONTAINS, set="whitehouse")
    assert renewed(check(summary(), [missing])) == [missing]


def test_a_file_of_thresholds_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "thresholds.toml"
    written = Thresholds((CONTAINS, REFUSED, replace(CONTAINS, why='"so" \\ 그래')), {"owner": ["a", "b"], "off": []})
    file.write_text(as_toml(written), "utf-8")
    assert read_thresholds(file) == written


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[figure]", "cannot be read"),
        ("margin = 1", "'figure' is missing"),
        ("figure = []", "holds no"),
        ('[[figure]]\nset = "owner"\ngroup = "all"\nmetric = "x"\nwhy = ""', "either a minimum or a maximum"),
        ('[[figure]]\nset = "owner"\ngroup = "all"\nminimum = 1\nwhy = ""', "'metric' is missing"),
        ('[[figure]]\nset = "o"\ngroup = "all"\nmetric = "x"\nminimum = "much"\nwhy = ""', "could not convert"),
        ("figure = 3", "not of the expected form"),
    ],
)
def test_a_file_of_another_form_is_named_with_the_reason(tmp_path, text, reason):
    file = tmp_path / "thresholds.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadDataset, match=rf"thresholds\.toml.*{reason}"):
        read_thresholds(file)
    with pytest.raises(BadDataset, match="--write makes it"):
        read_thresholds(tmp_path / "none.toml")


def test_a_new_file_guards_what_the_run_has():
    assert [(each.set, each.metric, each.side) for each in started(summary())] == [
        ("owner", "answer contains", "minimum"),
        ("owner", "wrong abstentions", "maximum"),
    ]


def test_cases_that_newly_fail_are_named_with_the_first_reason():
    rows = [row("a", ["no"]), row("b", ["lost", "more"]), row("c"), row("d", state="error", reason="broken")]
    run = Run(summary(), [*rows, row("e", state="not_run")])
    assert failing(run.rows) == {"owner": ["a", "b", "d"]}
    assert newly_failing(run, {"owner": ["a", "c"]}) == [("b", "lost"), ("d", "broken")]
    assert newly_failing(run, {"other": []}) == []  # nothing is known of this set


def test_no_openai_variable_is_seen_and_all_are_there_again(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    with without_openai():
        assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["OPENAI_API_KEY"] == "sk-1"


def gate(tmp_path, *arguments):
    return CliRunner().invoke(evaluate, ["gate", *map(str, arguments)], env={"HANMI_HOME": str(tmp_path / "home")})


def write_run(folder, rows=(), **figures):
    folder.mkdir(exist_ok=True)
    with row_file(folder) as file:
        for each in rows:
            file.write(each)
    write_summary(folder, summary(**figures))
    return folder


def test_the_gate_closes_when_a_figure_falls(tmp_path):
    file = tmp_path / "thresholds.toml"
    run = write_run(tmp_path / "run", [row("a", ["no"]), row("b")])
    result = gate(tmp_path, "--run", run, "--thresholds", file, "--write")
    assert result.exit_code == 0, result.output
    assert tomllib.loads(file.read_text("utf-8"))["failing"] == {"owner": ["a"]}
    assert gate(tmp_path, "--run", run, "--thresholds", file).exit_code == 0
    write_run(run, [row("a", ["no"]), row("b", ["lacks “x”"])], contains=0.6)
    result = gate(tmp_path, "--run", run, "--thresholds", file)
    assert result.exit_code == 1
    assert "newly fails: b: lacks “x”" in result.stdout
    assert "owner, all: answer contains stands for" in result.stderr
    assert "1 of 2 figures do not hold" in result.stderr
    assert "not installed" in result.stderr
    result = gate(tmp_path, "--run", run, "--thresholds", file, "--write", "--margin", "0.01")
    assert "answer contains: minimum 0.590, was 0.720 (measured 0.600)" in result.stdout
    assert gate(tmp_path, "--run", run, "--thresholds", file).exit_code == 0


def test_wrong_use_is_one_line(tmp_path):
    file = tmp_path / "thresholds.toml"
    assert gate(tmp_path, "--margin", "0.1").exit_code == 2
    missing = gate(tmp_path, "--thresholds", file)
    assert (missing.exit_code, missing.stdout) == (2, "")  # told before any case is asked
    file.write_text(as_toml(Thresholds((CONTAINS,), {})), "utf-8")
    assert "holds no run" in gate(tmp_path, "--thresholds", file, "--run", tmp_path).stderr


def test_a_teams_own_cases_are_asked_with_the_embedded_model_whatever_is_set(tmp_path, model_cache, monkeypatch):
    (tmp_path / "home").mkdir()
    model_cache.mkdir(exist_ok=True)
    (tmp_path / "home" / "model").symlink_to(model_cache)
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "some-model")
    monkeypatch.setenv("HANMI_EMBEDDING_BASE_URL", "http://127.0.0.1:1/v1")
    corpus = write_corpus(tmp_path / "corpus")
    cases = write_cases(tmp_path / "own.jsonl", [a_case(question="When did the harbour reopen?"), unanswerable()])
    file = tmp_path / "thresholds.toml"
    result = gate(tmp_path, "--set", cases, "--corpus", corpus, "--thresholds", file, "--write")
    assert result.exit_code == 0, result.output
    table = SimpleNamespace(**tomllib.loads(file.read_text("utf-8")))
    assert {each["metric"] for each in table.figure} >= {"answer contains", "quote exactness", "errors"}
    (folder,) = (tmp_path / "home" / "evals" / "runs").iterdir()
    assert '"embedding": "all-MiniLM-L6-v2 int8"' in (folder / "summary.json").read_text("utf-8")
    assert (folder / ROWS).is_file()


def test_the_shipped_thresholds_guard_both_sets_of_the_gate():
    shipped = read_thresholds(THRESHOLDS)
    assert {each.set for each in shipped.bounds} == {"owner", "offtopic"} == set(shipped.failing)
    exact = [each for each in shipped.bounds if each.metric == "quote exactness"]
    assert [each.bound for each in exact] == [1.0, 1.0]
