"""Figures of rows made by hand: every metric over the cases it applies to, errors apart."""

from typing import Any

import pytest

from evals import summary
from evals.cases import as_json, read_case
from evals.scoring import METRICS
from tests.evals.case_files import a_case, unanswerable
from tests.evals.made_answers import REOPENED, answered, cite, refused


def row(case: dict[str, Any], answer: dict[str, Any] | None, state: str = "scored", **changes: Any) -> dict[str, Any]:
    fields = {"set": "x", "part": "A", "overlap": None, "state": state, "reason": None, "scores": {}, "failures": []}
    return {**fields, "case": as_json(read_case(case)), "answer": answer, **changes}


def right(confidence: float = 0.9, **changes: Any) -> dict[str, Any]:
    scores = {"answer contains": 1.0, "wrong abstentions": 0.0}
    return row(a_case(**changes), answered(cite(REOPENED), confidence=confidence), scores=scores)


def lost(confidence: float = 0.2, **changes: Any) -> dict[str, Any]:
    return row(
        a_case(**changes), refused(confidence=confidence), scores={"answer contains": 0.0, "wrong abstentions": 1.0}
    )


def rightly(confidence: float = 0.1) -> dict[str, Any]:
    return row(unanswerable(), refused(confidence=confidence), scores={"abstention recall": 1.0})


def fooled(confidence: float = 0.6) -> dict[str, Any]:
    return row(unanswerable(), answered(cite(REOPENED), confidence=confidence), scores={"abstention recall": 0.0})


def error(**changes: Any) -> dict[str, Any]:
    return row(a_case(**changes), None, "error", reason="it broke")


def not_run() -> dict[str, Any]:
    return row(a_case(), None, "not_run", reason="no documents")


def values(rows: list[dict[str, Any]]) -> dict[str, tuple[float, int]]:
    return {name: (round(estimate.value, 6), n) for name, (estimate, n) in summary.figures(rows).items()}


def test_abstention_is_counted_with_what_cannot_be_answered_as_the_positive():
    found = values([right(), right(), right(), lost(), rightly(), rightly(), fooled()])
    assert found["abstention precision"] == (pytest.approx(2 / 3, abs=1e-6), 3)
    assert found["abstention recall"] == (pytest.approx(2 / 3, abs=1e-6), 3)
    assert found["abstention F1"] == (pytest.approx(2 / 3, abs=1e-6), 7)
    assert found["wrong abstentions"] == (0.25, 4)
    assert found["answer contains"] == (0.75, 4)
    # answerable .9 .9 .9 .2, others .1 .1 .6: 3 x 3 + 2 of 12 pairs
    assert found["abstention AUROC"] == (pytest.approx(11 / 12, abs=1e-6), 7)
    assert list(found) == [name for name in METRICS if name in found]


def test_an_error_is_counted_once_and_scores_nothing():
    found = values([right(), error(), error(), not_run()])
    assert found["errors"] == (pytest.approx(2 / 3, abs=1e-6), 3)
    assert found["answer contains"] == (1.0, 1)
    about = summary.set_summary([right(), error(), not_run(), not_run()])
    assert [about[name] for name in ("cases", "scored", "errors", "not_run", "reason")] == [4, 1, 1, 2, "no documents"]


def test_what_does_not_apply_is_absent():
    assert set(values([rightly(), fooled()])) == {"abstention recall", "errors"}
    assert "abstention precision" not in values([right(), fooled()])  # nothing was refused
    assert values([right(), fooled()])["abstention F1"] == (0.0, 2)
    assert summary.figures([not_run()]) == {}
    about = summary.set_summary([not_run()])
    assert (about["groups"], about["latency_ms"], about["coverage_risk"]) == ({}, {}, [])


def test_korean_is_compared_with_english():
    korean = {"lang": "ko", "question": "언제?"}
    rows = [right(**korean), lost(**korean), right(), right(), right(), right()]
    estimate, n = summary.figures(rows)["Korean less English"]
    assert (estimate.value, n) == (-0.5, 6)
    assert estimate.low < -0.5 < estimate.high
    assert "Korean less English" not in values([right()])


def test_groups_hold_the_cases_that_were_asked():
    rows = [
        right() | {"part": "B", "overlap": 0.3},
        right(kind="who") | {"overlap": 0.31},
        rightly(),
        error(kind="who"),
        not_run(),
    ]
    sizes = {name: group["n"] for name, group in summary.groups(rows).items()}
    assert sizes == {
        "all": 4,
        "part A": 3,
        "part B": 1,
        "lang en": 4,
        "kind date": 1,
        "kind who": 2,
        "kind unanswerable": 1,
        "overlap ≤ 30 %": 1,
        "overlap > 30 %": 1,
        "no overlap measured": 2,
    }
    figure = summary.groups(rows)["kind who"]["figures"]["answer contains"]
    assert figure == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 1}


def test_coverage_and_risk_go_from_the_surest_down():
    points = summary.coverage_risk([right(0.9), fooled(0.9), lost(0.5), rightly(0.1)])
    assert points == [
        {"coverage": 0.5, "risk": 0.5, "bar": 0.9},
        {"coverage": 0.75, "risk": pytest.approx(1 / 3), "bar": 0.5},
        {"coverage": 1.0, "risk": 0.5, "bar": 0.1},
    ]
    assert summary.coverage_risk([rightly(), fooled()]) == []


def test_small_talk_is_no_confident_answer():
    talk = row(unanswerable(), refused(status="conversation", confidence=1.0), scores={"abstention recall": 1.0})
    assert values([right(0.4), talk])["abstention AUROC"] == (1.0, 2)
    assert summary.coverage_risk([right(0.4), talk])[0] == {"coverage": 0.5, "risk": 0.0, "bar": 0.4}


def test_confidence_is_compared_with_what_was_answerable_tenth_by_tenth():
    assert summary.calibration_curve([right(1.0), right(0.92), fooled(0.94), rightly(0.05)]) == [
        {"mean_confidence": pytest.approx(0.05), "answerable_share": 0.0, "n": 1},
        {"mean_confidence": pytest.approx(0.953333), "answerable_share": pytest.approx(2 / 3), "n": 3},
    ]


def test_latency_has_its_quantiles_and_a_histogram_of_all_answers():
    rows = [
        right() | {"answer": answered(cite(REOPENED), timings_ms={"total": took})} for took in (5, 15, 15, 100, 9_000)
    ]
    found = summary.latency(rows)
    assert found["p50"] == 15
    assert found["p95"] == pytest.approx(7220)
    bars = {bar["from"]: bar["n"] for bar in found["histogram"] if bar["n"]}
    assert bars == {0: 1, 10: 2, 100: 1, 5000: 1}
    assert found["histogram"][-1]["to"] is None


def test_every_figure_has_its_definition():
    shown = summary.metrics_json()
    assert set(values([right(), right(lang="ko"), lost(), rightly()])) <= set(shown)
    assert all(about["title"] and about["definition"] and about["denominator"] for about in shown.values())
    assert {about["better"] for about in shown.values()} == {"higher", "lower"}
