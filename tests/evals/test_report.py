"""The report shows every figure and case of a run, and whatever words are in it stay words."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from app.web.static_files import FOLDER
from evals.datasets import BadDataset
from evals.report import charts, page, render_report, write_report
from evals.report.targets import target
from evals.run_folder import Run, read_run
from evals.scoring import METRICS, Place
from tests.e2e.payloads import ADDRESSES, PAYLOADS
from tests.evals.case_files import HARBOUR, a_case, unanswerable
from tests.evals.made_answers import INVESTS, REOPENED, VISITED, answered, cite, refused
from tests.evals.made_runs import lost_row, made_row, write_run
from tests.evals.report_tags import Tags, harmless, hostile_run

RIGHT, MISSED = answered(cite(REOPENED)), answered(cite(INVESTS))


def shown(html: str) -> str:
    """The words of a page, white space evened out."""
    return " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", html, flags=re.S).split())


def case_html(tmp_path: Path, row: dict) -> str:
    html = write_report(write_run(tmp_path / "run", [row])).read_text("utf-8")
    return html[html.index("<details") : html.index("</details>")]


def in_part(part: str, **changes: object) -> dict:
    """A case of that part: the first id that falls into it."""
    cases = (a_case(**{"id": f"harbour-{number}", **changes}) for number in range(50))
    return next(case for case in cases if lost_row(case, "error", "")["part"] == part)


@pytest.fixture
def run(tmp_path) -> Path:
    rows = [
        made_row(in_part("A"), answered(cite(REOPENED))),
        made_row(in_part("B"), answered(cite(INVESTS), cite(VISITED, 2))),
        made_row(unanswerable(), refused(cite(INVESTS))),
        lost_row(a_case(id="broken"), "error", "the model was away"),
        {**lost_row(a_case(id="elsewhere"), "not_run", "no documents"), "set": "far"},
    ]
    return write_run(tmp_path / "run", rows)


def test_part_b_comes_first_and_all_stands_beside_it(run) -> None:
    html = write_report(run).read_text("utf-8")
    assert re.findall(r'<th scope="col">(.*?)</th>', html) == ["Figure", "part B", "all", "to reach"]
    row = re.search(r'<tr><th scope="row">Answer contains</th>(.*?)</tr>', html, re.S)
    assert row is not None
    assert re.findall(r"<b>(.*?)</b>|n (\d+)</span>", row[1]) == [("0.000", ""), ("", "1"), ("0.500", ""), ("", "2")]
    assert "First figures of own, part B" in html


def test_every_metric_is_defined_with_what_it_is_taken_over(run) -> None:
    words = shown(write_report(run).read_text("utf-8").replace("&#39;", "'"))
    for metric in METRICS.values():
        assert f"{metric.title} {metric.definition} Over: {metric.denominator}." in words


def test_it_says_how_the_run_was_made_and_what_was_not_run(run) -> None:
    words = shown(write_report(run).read_text("utf-8"))
    for told in (
        "2026-11-24 12:00:00", "commit 0123456789 with changes", "dimension: 384", "bar: 0.325",
        "own, corpus SHA-256 c0ffee", "own, cases SHA-256 decade",
        "4 cases: 3 scored, 1 error; over 1 article in 1 chunk.",
        "1 case: 0 scored, 0 errors, 1 not run (no documents)",
    ):  # fmt: skip
        assert told in words


def test_gold_is_marked_in_the_citation_that_holds_it(tmp_path) -> None:
    gold = [{"article_id": "harbour", "quote": quote} for quote in (REOPENED, INVESTS)]
    both = HARBOUR[: HARBOUR.index("\n")]
    row = made_row(a_case(gold=gold), answered(cite(both), cite(VISITED, 2)), [Place("harbour", 0, len(both))])
    html = case_html(tmp_path, row)
    assert f"<blockquote><mark>{REOPENED}</mark> {VISITED}</blockquote>" in " ".join(html.split())
    words = shown(html)
    assert f"✓ cited by 1 · passage 1 {REOPENED}" in words
    assert f"✕ not cited · in none of the first passages {INVESTS}" in words
    assert [words.count(mark) for mark in ("✓ gold", "✕ not gold")] == [1, 1]


def test_a_failed_case_shows_why_with_its_history_and_what_was_asked_for(tmp_path) -> None:
    history = [{"role": "user", "content": "Is Ulsan closed?"}, {"role": "assistant", "content": "Not any more."}]
    case = a_case(
        kind="followup", history=history, answer_contains=[["on Monday", "Monday"]], must_not_contain=["a flood"]
    )
    words = shown(case_html(tmp_path, made_row(case, refused(cite(INVESTS)))))
    for told in (
        "✕ failed On which day could ships use the port once more?",
        "asked Is Ulsan closed? answered Not any more.",
        "It was refused (confidence 0.200), though the articles answer it.",
        f"Nearest in the articles The Daily · May 2025 · news Harbour reopens {INVESTS}",
        "must contain “on Monday” or “Monday”",
        "must not contain “a flood”",
        "Wrong abstentions 1.000",
    ):
        assert told in words


def test_an_error_has_its_reason_and_no_verdict_on_its_gold(tmp_path) -> None:
    words = shown(case_html(tmp_path, lost_row(a_case(), "error", "the model was away")))
    assert "! error" in words
    assert "the model was away" in words
    assert REOPENED in words
    assert "cited" not in words


def test_a_number_in_brackets_that_is_no_citation_stays_as_it_is(tmp_path) -> None:
    row = made_row(a_case(), answered(cite(REOPENED), text="In [2024] it reopened. [1] [7]"))
    html = case_html(tmp_path, row)
    prose = html[html.index('class="prose"') :]
    assert "In [2024] it reopened." in prose
    assert "[7]" in prose
    assert prose.count('class="chip"') == 1


def test_the_figures_to_reach_are_those_of_part_b_of_the_shipped_sets() -> None:
    assert target("owner", "part B", "answer contains") == 0.75
    assert target("owner", "all", "answer contains") is None
    assert target("whitehouse", "part B", "citation recall") == 0.70
    assert target("mine", "part B", "answer contains") is None
    assert target("mine", "all", "quote exactness") == 1.0


def test_a_figure_is_reached_when_the_upper_end_of_its_interval_is(run) -> None:
    figures = read_run(run).summary
    own = figures["sets"].pop("own")
    for high, words in ((0.76, "✓ reaches 0.75"), (0.74, "✕ misses 0.75")):
        own["groups"]["part B"]["figures"]["answer contains"] = {"value": 0.6, "low": 0.5, "high": high, "n": 9}
        assert words in shown(render_report(Run({**figures, "sets": {"owner": own}}, [])))


def test_follow_ups_and_korean_have_rows_of_their_own_over_part_b(tmp_path) -> None:
    korean = [made_row(in_part(part, lang="ko"), answer) for part, answer in (("A", MISSED), ("B", RIGHT))]
    english = [made_row({**in_part("B"), "id": "english-3"}, MISSED)]
    rows = [{**row, "set": "owner"} for row in (*korean, *english)]
    html = write_report(write_run(tmp_path / "run", rows)).read_text("utf-8")
    row = re.search(r'<tr><th scope="row">Answer contains, Korean</th>(.*?)</tr>', html, re.S)
    assert row is not None
    assert shown(row[1]) == "1.000 1.000 to 1.000 n 1 0.500 0.000 to 1.000 n 2 0.50 reached"
    assert "Answer contains, follow-ups" not in html


def test_of_abstention_f1_is_told_first_and_its_recall_where_nothing_is_answerable(tmp_path) -> None:
    refusal = made_row(unanswerable(), refused(cite(INVESTS)))
    for name, rows, first in (
        (
            "both",
            [made_row(a_case(), RIGHT), refusal],
            ["Answer contains", "Citation recall", "Citation precision", "Abstention F1"],
        ),
        ("one", [refusal], ["Abstention recall"]),
    ):
        run = write_run(tmp_path / name, [{**row, "part": "B"} for row in rows])
        html = write_report(run).read_text("utf-8")
        assert re.findall(r'<span class="name">(.*?)</span>', html) == [*first, "Quote exactness"]


def test_a_run_without_a_row_is_still_a_report(tmp_path) -> None:
    assert "0 cases in 0 sets" in shown(write_report(write_run(tmp_path / "run", [])).read_text("utf-8"))


def test_nothing_is_loaded_and_only_its_own_style_and_script_may_run(run) -> None:
    html = write_report(run).read_text("utf-8")
    policy = re.search(r'content-security-policy" content="(.*?)"', html)
    assert policy is not None
    allowed = policy[1].replace("&#39;", "'")
    assert allowed.startswith("default-src 'none'; ")
    assert "unsafe" not in allowed
    for name, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}';" in allowed
        assert "url(" not in content
    assert all(address.startswith(("#", "data:,")) for address in Tags(html).addresses)
    assert not re.search(r"\sstyle=|\son\w+=", html)


def test_hostile_words_are_no_elements_and_no_addresses(tmp_path) -> None:
    """The report of hostile words has exactly the elements of one of harmless words."""
    words = (*PAYLOADS, *ADDRESSES)
    hostile = Tags(write_report(hostile_run(tmp_path / "hostile", words)).read_text("utf-8"))
    tame = Tags(write_report(hostile_run(tmp_path / "tame", tuple(map(harmless, words)))).read_text("utf-8"))
    assert len(hostile.found) > 50 * len(PAYLOADS)
    assert hostile.found == tame.found
    assert {address for address in hostile.addresses if not address.startswith(("#", "data:,"))} == set()


def test_a_careless_report_would_be_caught(tmp_path, monkeypatch) -> None:
    careless = page._environment().overlay(autoescape=False)
    monkeypatch.setattr(page, "_environment", lambda: careless)
    hostile = Tags(write_report(hostile_run(tmp_path / "hostile", ("<img src=x>",) * 8)).read_text("utf-8"))
    assert "img" in {tag for tag, _ in hostile.found}
    assert "x" in hostile.addresses


def test_control_characters_and_half_characters_do_no_harm(tmp_path) -> None:
    run = write_run(tmp_path / "run", [made_row(a_case(), answered(cite(REOPENED), text="a\x00b\x1b[2Jc half d"))])
    rows = run / "rows.jsonl"
    rows.write_text(rows.read_text("utf-8").replace(" half ", r"\ud83d"), "utf-8")
    assert "ab[2Jcd" in write_report(run).read_text("utf-8")


def test_a_folder_that_holds_no_run_is_named(tmp_path) -> None:
    with pytest.raises(BadDataset, match=r"holds no run"):
        write_report(tmp_path)


def test_its_colours_are_those_of_the_page() -> None:
    colour = re.compile(r"--(\w+): (light-dark\(.*?\));")
    ours = dict(colour.findall((page.TEMPLATES / "report.css").read_text("utf-8")))
    assert len(ours) >= 8
    theirs = dict(colour.findall((FOLDER / "page.css").read_text("utf-8")))
    assert ours == {name: theirs[name] for name in ours}


def test_a_chart_of_dots_runs_from_nothing_to_one() -> None:
    figures = [charts.Figure("fact", 0.5, 0.0, 1.0, 8)]
    chart = charts.dots("x", "T", {"Recall": figures, "": figures})
    first, second = chart.dots
    assert (first.low, first.high) == (chart.ticks[0][0], chart.ticks[-1][0])
    assert first.x == (first.low + first.high) / 2
    assert [first.y, second.y] == [charts.ROW * 1.5, charts.ROW * 2.5]
    assert chart.height > second.y + charts.ROW / 2
    assert chart.description.startswith("Recall fact 0.500 (0.000 to 1.000)")


def test_the_bar_in_force_is_marked_where_it_leaves_the_coverage() -> None:
    points = [
        {"coverage": 0.25, "risk": 0.0, "bar": 0.9},
        {"coverage": 0.5, "risk": 0.1, "bar": 0.4},
        {"coverage": 1.0, "risk": 0.4, "bar": 0.1},
    ]
    curve = charts.coverage_risk("x", points, 0.325)
    assert curve is not None
    assert curve.marks == (curve.points[1].x,)
    assert [words for _, words in curve.y_ticks][-1] == "0.4"
    above_all = charts.coverage_risk("x", points, 0.95)
    assert above_all is not None
    assert above_all.marks == ()
    assert charts.coverage_risk("x", [], 0.325) is None


def test_latency_leaves_empty_ends_out_and_marks_its_quantiles() -> None:
    counts = {0: 0, 10: 4, 20: 0, 30: 1, 50: 0}
    edges = [*counts, None]
    bins = [{"from": low, "to": high, "n": counts[low]} for low, high in zip(counts, edges[1:], strict=True)]
    curve = charts.latency("x", {"p50": 15.0, "p95": 40.0, "histogram": bins})
    assert curve is not None
    assert [words for _, words in curve.x_ticks] == ["10", "20", "30", "50"]
    assert curve.marks[0] == pytest.approx((curve.x_ticks[0][0] + curve.x_ticks[1][0]) / 2)
    assert curve.marks[1] == pytest.approx((curve.x_ticks[2][0] + curve.x_ticks[3][0]) / 2)
    assert [bar[-1] for bar in curve.bars] == ["10 to 20 ms: 4", "20 to 30 ms: 0", "30 to 50 ms: 1"]
    assert charts.latency("x", {}) is None


@pytest.mark.parametrize(("most", "ticks"), [(1, 5), (0.07, 4), (3, 3), (37, 4), (1234, 3)])
def test_ticks_are_few_and_round(most: float, ticks: int) -> None:
    top = charts._nice(most)
    assert top >= most
    words = [words for _, words in charts._ticks(top, lambda value: value)]
    assert len(words) == ticks + 1
    assert all(len(word) <= 4 for word in words)
