"""The figures of a run, from its rows alone: by set and group, each with its 95 % interval and number of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from evals import statistics
from evals.cases import KINDS
from evals.scoring import METRICS, abstained, confidence
from evals.statistics import Estimate, Floats
from evals.writing import writing, written_or_not

Row = Mapping[str, Any]  # as rows.jsonl has it
MUCH_OVERLAP: Final = 0.30
BINS: Final = 10  # of the calibration curve, by confidence
LATENCY_EDGES_MS: Final = (0, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000)
_OF_SETS: Final = ("abstention F1", "abstention precision", "abstention AUROC", "Korean less English", "errors")


def metrics_json() -> dict[str, dict[str, str]]:
    """The definitions of all metrics, in their order."""
    return {name: asdict(metric) for name, metric in METRICS.items()}


def set_summary(rows: Sequence[Row]) -> dict[str, Any]:
    """What the rows of one set come to: counts, groups, curves, latency and tokens."""
    scored = _scored(rows)
    reasons = [row["reason"] for row in rows if row["state"] == "not_run"]
    return {
        "cases": len(rows),
        "scored": len(scored),
        "errors": sum(row["state"] == "error" for row in rows),
        "not_run": len(reasons),
        "reason": reasons[0] if reasons else None,
        "groups": groups(rows),
        "coverage_risk": coverage_risk(scored),
        "calibration_curve": calibration_curve(scored),
        "latency_ms": latency(scored),
        "writing": writing([row["answer"] for row in scored]),
        "tokens": total_tokens([row["answer"]["usage"] for row in scored]),
    }


def total_tokens(used: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """What answers, or sets of them, took together."""
    used = list(used)
    names = ("input_tokens", "output_tokens", "cost_usd")
    return {name: round(sum(one[name] for one in used), 6) for name in names}


def groups(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """By group the number of cases that were asked and its figures; groups without any are left out."""
    asked = [row for row in rows if row["state"] != "not_run"]
    found = {name: [row for row in asked if belongs(row)] for name, belongs in GROUPS.items()}
    return {
        name: {"n": len(members), "figures": dict(_figures_json(members))} for name, members in found.items() if members
    }


def figures(rows: Sequence[Row]) -> dict[str, tuple[Estimate, int]]:
    """Every metric that applies to these rows, with the number of cases it is taken over, in the order of METRICS.

    Rows that were not run are left out; an error counts in "errors" and nowhere else.
    """
    asked = [row for row in rows if row["state"] != "not_run"]
    scored = _scored(asked)
    found = {**_means(scored), **_abstention(scored), **_parity(scored)}
    if asked:
        errors = np.array([row["state"] == "error" for row in asked], dtype=float)
        found["errors"] = statistics.mean(errors), len(asked)
    return {name: found[name] for name in METRICS if name in found}


def coverage_risk(scored: Sequence[Row]) -> list[dict[str, float]]:
    """For every bar, from the highest confidence down: the share of cases at or above it, and of them the share that
    the articles do not answer. [] where none or all of the cases are answerable.
    """
    if len({row["case"]["answerable"] for row in scored}) < 2:
        return []
    sure = np.array([confidence(row["answer"]) for row in scored])
    wrong = np.array([not row["case"]["answerable"] for row in scored])
    points = [(float(bar), sure >= bar) for bar in sorted(set(sure), reverse=True)]
    return [{"coverage": float(above.mean()), "risk": float(wrong[above].mean()), "bar": bar} for bar, above in points]


def calibration_curve(scored: Sequence[Row]) -> list[dict[str, float]]:
    """For each tenth of confidence that holds cases: their mean confidence and the share that is answerable."""
    tenths: dict[int, list[Row]] = {}
    for row in scored:
        tenths.setdefault(min(BINS - 1, int(confidence(row["answer"]) * BINS)), []).append(row)
    return [
        {
            "mean_confidence": float(np.mean([confidence(row["answer"]) for row in members])),
            "answerable_share": float(np.mean([row["case"]["answerable"] for row in members])),
            "n": len(members),
        }
        for _, members in sorted(tenths.items())
    ]


def latency(scored: Sequence[Row]) -> dict[str, Any]:
    """Median, 95th percentile and histogram of the milliseconds a whole answer took; {} without answers.

    A bar of the histogram counts from ``from`` up to below ``to``; the last one is open (``to`` is null).
    """
    if not scored:
        return {}
    took = np.array([row["answer"]["timings_ms"]["total"] for row in scored])
    counts = np.histogram(took, [*LATENCY_EDGES_MS, np.inf])[0]
    bars = zip(LATENCY_EDGES_MS, [*LATENCY_EDGES_MS[1:], None], counts, strict=True)
    return {
        "p50": round(float(np.quantile(took, 0.5)), 1),
        "p95": round(float(np.quantile(took, 0.95)), 1),
        "histogram": [{"from": low, "to": high, "n": int(n)} for low, high, n in bars],
    }


def _overlap_group(row: Row) -> str:
    if row["overlap"] is None:
        return "no overlap measured"
    return "overlap > 30 %" if row["overlap"] > MUCH_OVERLAP else "overlap ≤ 30 %"


GROUPS: Final[dict[str, Callable[[Row], bool]]] = {
    "all": lambda row: True,
    "part A": lambda row: row["part"] == "A",
    "part B": lambda row: row["part"] == "B",
    "lang en": lambda row: row["case"]["lang"] == "en",
    "lang ko": lambda row: row["case"]["lang"] == "ko",
    **{
        name: lambda row, name=name: row["state"] == "scored" and written_or_not(row["answer"]) == name  # type: ignore[misc]
        for name in ("written", "quoted instead")
    },
    **{f"kind {kind}": lambda row, kind=kind: row["case"]["kind"] == kind for kind in KINDS},  # type: ignore[misc]
    **{
        name: lambda row, name=name: _overlap_group(row) == name  # type: ignore[misc]
        for name in ("overlap ≤ 30 %", "overlap > 30 %", "no overlap measured")
    },
}


def _scored(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["state"] == "scored"]


def _figures_json(rows: Sequence[Row]) -> Iterator[tuple[str, dict[str, float]]]:
    for name, (estimate, n) in figures(rows).items():
        yield name, {**{part: round(value, 4) for part, value in estimate._asdict().items()}, "n": n}


def _values(scored: Sequence[Row], metric: str) -> Floats:
    return np.array([row["scores"][metric] for row in scored if metric in row["scores"]], dtype=float)


def _means(scored: Sequence[Row]) -> dict[str, tuple[Estimate, int]]:
    columns = {metric: _values(scored, metric) for metric in METRICS if metric not in _OF_SETS}
    return {metric: (statistics.mean(values), len(values)) for metric, values in columns.items() if len(values)}


def _abstention(scored: Sequence[Row]) -> dict[str, tuple[Estimate, int]]:
    wrongly, rightly = _values(scored, "wrong abstentions"), _values(scored, "abstention recall")
    if not len(wrongly) or not len(rightly):
        return {}
    how = statistics.abstention(wrongly, rightly)
    found = {"abstention F1": (how.f1, len(scored))}
    refused = sum(abstained(row["answer"]) for row in scored)
    if refused:
        found["abstention precision"] = how.precision, refused
    sure = {kind: np.array([confidence(row["answer"]) for row in scored if row["case"]["answerable"] is kind])
            for kind in (True, False)}  # fmt: skip
    found["abstention AUROC"] = statistics.auroc(sure[True], sure[False]), len(scored)
    return found


def _parity(scored: Sequence[Row]) -> dict[str, tuple[Estimate, int]]:
    korean, english = (
        _values([row for row in scored if row["case"]["lang"] == lang], "answer contains") for lang in ("ko", "en")
    )
    if not len(korean) or not len(english):
        return {}
    return {"Korean less English": (statistics.difference_of_means(korean, english), len(korean) + len(english))}
