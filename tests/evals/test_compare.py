"""Two runs are compared case by case, and nothing is called better that chance may have brought."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from evals.commands import evaluate
from evals.compare import Comparison, Difference, compare
from evals.compare_cases import Change
from evals.datasets import BadDataset
from evals.run_folder import read_run
from tests.evals.case_files import a_case, unanswerable
from tests.evals.made_answers import INVESTS, REOPENED, answered, cite, refused
from tests.evals.made_runs import lost_row, made_row, write_run

RIGHT = answered(cite(REOPENED))
WRONG = answered(cite(INVESTS))
LOST = refused(cite(INVESTS))


def rows(answers: dict[str, dict[str, Any]], case: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [made_row({**(case or a_case()), "id": id_}, answer) for id_, answer in answers.items()]


def many(answer: dict[str, Any], count: int, start: int = 0) -> dict[str, dict[str, Any]]:
    return {f"case-{number}": answer for number in range(start, start + count)}


def compared(tmp_path: Path, first: list[dict[str, Any]], second: list[dict[str, Any]], **changes: Any) -> Comparison:
    a, b = write_run(tmp_path / "a", first), write_run(tmp_path / "b", second, **changes)
    return compare(read_run(a), read_run(b))


def by_metric(found: Comparison) -> dict[str, Difference]:
    return {one.metric: one for one in found.sets[0].differences}


def by_id(found: Comparison) -> dict[str, Change]:
    return {one.id: one for one in found.sets[0].changes}


def printed(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate, ["compare", *map(str, arguments)])


def test_a_figure_is_compared_over_the_cases_that_have_it_in_both(tmp_path) -> None:
    first = rows({"x": WRONG, "y": RIGHT, "z": LOST, "gone": RIGHT})
    second = rows({"x": RIGHT, "y": RIGHT, "z": RIGHT, "new": WRONG})
    found = compared(tmp_path, first, second)
    contains = by_metric(found)["answer contains"]
    assert (contains.first, contains.second, contains.n, contains.changed) == (pytest.approx(1 / 3), 1.0, 3, 2)
    assert contains.difference.value == pytest.approx(2 / 3)
    precision = by_metric(found)["citation precision"]  # a refusal cites nothing: it has none
    assert (precision.first, precision.second, precision.n) == (0.5, 1.0, 2)
    assert found.sets[0].both == 3
    assert (found.sets[0].only_first, found.sets[0].only_second) == (("gone",), ("new",))


@pytest.mark.parametrize(("moved", "verdict"), [(0, "no change"), (5, "not significant"), (6, "better")])
def test_better_needs_six_cases_that_changed(tmp_path, moved: int, verdict: str) -> None:
    """Where all of a few cases change the bootstrap's interval leaves 0 out, though chance does that too."""
    first = rows({**many(WRONG, moved), **many(RIGHT, 6 - moved, moved)})
    found = compared(tmp_path, first, rows(many(RIGHT, 6)))
    assert by_metric(found)["answer contains"].verdict == verdict


def test_what_goes_both_ways_is_not_significant(tmp_path) -> None:
    first = rows({**many(WRONG, 8), **many(RIGHT, 6, 8)})
    second = rows({**many(RIGHT, 8), **many(WRONG, 6, 8)})
    contains = by_metric(compared(tmp_path, first, second))["answer contains"]
    assert contains.changed == 14
    assert contains.difference.low < 0 < contains.difference.high
    assert contains.verdict == "not significant"


def test_fewer_wrong_abstentions_are_better(tmp_path) -> None:
    found = by_metric(compared(tmp_path, rows(many(LOST, 7)), rows(many(RIGHT, 7))))
    assert (found["wrong abstentions"].difference.value, found["wrong abstentions"].verdict) == (-1.0, "better")
    back = by_metric(compared_again(tmp_path))
    assert back["wrong abstentions"].verdict == "worse"


def compared_again(tmp_path: Path) -> Comparison:
    """The same two runs the other way round."""
    return compare(read_run(tmp_path / "b"), read_run(tmp_path / "a"))


def test_figures_of_a_whole_set_differ_as_they_do_alone(tmp_path) -> None:
    no = unanswerable()
    first = [*rows(many(RIGHT, 8)), *rows(many(WRONG, 8, 8), no)]
    second = [*rows({**many(LOST, 2), **many(RIGHT, 6, 2)}), *rows(many(LOST, 8, 8), no)]
    found = by_metric(compared(tmp_path, first, second))
    f1 = found["abstention F1"]
    assert (f1.first, f1.second, f1.n, f1.changed) == (0.0, pytest.approx(16 / 18), 16, 10)
    assert f1.difference.value == pytest.approx(16 / 18)
    assert f1.verdict == "better"
    assert "abstention precision" not in found  # the first run refused nothing
    auroc = found["abstention AUROC"]  # all at .8; then six of eight at .8 over eight at .2
    assert (auroc.first, auroc.second) == (0.5, pytest.approx((6 + 2 / 2) / 8))


def test_korean_less_english_is_the_change_of_the_one_less_that_of_the_other(tmp_path) -> None:
    korean = a_case(lang="ko")
    first = [*rows({"k": WRONG, "l": WRONG}, korean), *rows({"e": RIGHT, "f": WRONG})]
    second = [*rows({"k": RIGHT, "l": RIGHT}, korean), *rows({"e": RIGHT, "f": RIGHT})]
    parity = by_metric(compared(tmp_path, first, second))["Korean less English"]
    assert (parity.first, parity.second, parity.difference.value) == (-0.5, 0.0, 0.5)
    assert (parity.n, parity.changed) == (4, 3)


def test_a_changed_case_says_what_changed_the_largest_first(tmp_path) -> None:
    half = answered(cite(REOPENED), cite(INVESTS, 2))
    first = rows({"same": RIGHT, "up": LOST, "down": RIGHT, "little": RIGHT})
    found = compared(tmp_path, first, rows({"same": RIGHT, "up": RIGHT, "down": WRONG, "little": half}))
    changes = by_id(found)
    assert list(changes) == ["up", "down", "little"]
    assert changes["up"].verdict == "better"
    assert changes["up"].what[0] == "the articles don't say → answered"
    assert "answer contains 0 → 1" in changes["up"].what
    assert changes["down"].verdict == "worse"
    assert changes["little"].what == ("citation precision 1 → 0.5",)


def test_passages_alone_change_no_answer(tmp_path) -> None:
    case = a_case()
    found = compared(tmp_path, [made_row(case, RIGHT, ())], [made_row(case, RIGHT)])
    assert by_metric(found)["recall@10"].changed == 1
    assert found.sets[0].changes == ()


def test_an_error_is_compared_as_an_error_alone(tmp_path) -> None:
    first = [*rows({"x": RIGHT, "y": RIGHT}), lost_row(a_case(id="both"), "error", "away")]
    second = [lost_row(a_case(id="x"), "error", "too slow"), *rows({"y": RIGHT, "both": RIGHT})]
    found = compared(tmp_path, first, second)
    errors = by_metric(found)["errors"]
    assert (errors.first, errors.second, errors.n) == (pytest.approx(1 / 3), pytest.approx(1 / 3), 3)
    assert by_metric(found)["answer contains"].n == 1
    assert by_id(found)["x"].what == ("now an error: too slow",)
    assert by_id(found)["both"].verdict == "better"


def test_a_case_with_another_question_is_left_out_and_named(tmp_path) -> None:
    first = rows({"x": RIGHT, "y": RIGHT})
    second = [*rows({"x": WRONG}, a_case(question="Another?")), *rows({"y": RIGHT}, a_case(note="only the note"))]
    found = compared(tmp_path, first, second).sets[0]
    assert (found.both, found.altered, found.changes) == (1, ("x",), ())


def test_what_was_not_run_is_in_no_figure(tmp_path) -> None:
    found = compared(tmp_path, rows({"x": RIGHT}), [lost_row(a_case(id="x"), "not_run", "stopped")]).sets[0]
    assert (found.both, found.only_first, found.differences) == (0, ("x",), ())


def test_how_the_runs_were_made_is_told_where_it_differs(tmp_path) -> None:
    settings = {"embedding_model": "none", "index": {"dimension": 1}}
    found = compared(tmp_path, rows({"x": RIGHT}), rows({"x": RIGHT}), settings=settings, commit=None, seconds=9)
    assert found.different == (
        ("commit", "0123456789abcdef+changes", None),
        ("settings.embedding_model", "embedded", "none"),
        ("settings.index.dimension", 384, 1),
    )


def test_another_corpus_is_told(tmp_path) -> None:
    first, second = (read_run(write_run(tmp_path / name, rows({"x": RIGHT}))) for name in "ab")
    second.summary["sets"]["own"]["corpus_sha256"] = "f00d"
    assert compare(first, second).different == (("set own.corpus_sha256", "c0ffee", "f00d"),)


def test_runs_without_a_set_in_common_cannot_be_compared(tmp_path) -> None:
    other = [{**row, "set": "other"} for row in rows({"x": RIGHT})]
    with pytest.raises(BadDataset, match="the first has own, the second other"):
        compared(tmp_path, rows({"x": RIGHT}), other)


def test_the_command_prints_figures_and_cases(tmp_path) -> None:
    first = [*rows(many(WRONG, 12)), *({**row, "set": "more"} for row in rows({"x": RIGHT}))]
    a, b = write_run(tmp_path / "a", first), write_run(tmp_path / "b", rows(many(RIGHT, 12)), engine="other")
    text = printed(a, b, "--cases", "2").output
    assert "engine: extractive in A, other in B" in text
    assert "Only A has the set more." in text
    assert "own: 12 cases in both." in text
    (line,) = [line for line in text.splitlines() if line.startswith("| Answer contains")]
    assert line.split("|")[2:7] == [" 0.000 ", " 1.000 ", " +1.000 [+1.000, +1.000] ", " 12 ", "    better "]
    assert "12 cases better (the 2 that changed most):" in text
    assert text.count("answer contains 0 → 1") == 2
    part = sum(row["part"] == "B" for row in first if row["set"] == "own")
    assert f"own, part B: {part} cases in both." in printed(a, b, "--part", "B").output


def test_the_command_prints_json(tmp_path) -> None:
    a, b = write_run(tmp_path / "a", rows({"x": LOST})), write_run(tmp_path / "b", rows({"x": RIGHT}))
    found = json.loads(printed(a, b, "--json").stdout)
    (own,) = found["sets"]
    assert (found["first"], found["second"], own["name"]) == (str(a), str(b), "own")
    assert own["changes"][0]["id"] == "x"
    assert {one["metric"]: one["difference"] for one in own["differences"]}["answer contains"] == [1.0, 1.0, 1.0]


def test_words_of_a_case_move_no_cursor_and_are_no_markup(tmp_path) -> None:
    wrong, right = rows({"[bold]x\x1b[2J": WRONG}), rows({"[bold]x\x1b[2J": RIGHT})
    text = printed(write_run(tmp_path / "a", wrong), write_run(tmp_path / "b", right)).output
    assert "  [bold]x[2J: answer contains" in text


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "holds no run: there is no summary.json in it"),
        ({"summary.json": '{"format": 1}'}, "holds no run: there is no rows.jsonl in it"),
        ({"summary.json": "{", "rows.jsonl": ""}, "cannot be read"),
        ({"summary.json": '{"format": 99, "sets": {}, "metrics": {}}', "rows.jsonl": ""}, "is not of the form"),
        ({"summary.json": '{"format": 1}', "rows.jsonl": ""}, "is not of the form that this version writes"),
    ],
)
def test_a_folder_that_is_no_run_is_one_line(tmp_path, files: dict[str, str], reason: str) -> None:
    good, bad = write_run(tmp_path / "good", rows({"x": RIGHT})), tmp_path / "bad"
    bad.mkdir()
    for name, text in files.items():
        (bad / name).write_text(text, "utf-8")
    result = printed(good, bad)
    assert result.exit_code == 2
    assert str(bad) in result.stderr
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
