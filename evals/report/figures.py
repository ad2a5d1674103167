"""The figures of a run's sets as the report shows them: what is first, the table of all, and the charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evals.report import charts
from evals.report.charts import Curve, Dots, Figure
from evals.report.targets import target
from evals.run_folder import Run

HEADLINES: Final = ("answer contains", "citation recall", "citation precision", "abstention F1", "abstention recall",
                    "quote exactness")  # fmt: skip
_MOST_HEADLINES: Final = 5
_CHARTED: Final = ("answer contains", "citation recall", "citation precision", "recall@5", "abstention recall")
_BREAKDOWNS: Final = (("lang ", "By language"), ("overlap ", "By overlap of question and quote"))
_SHOWN_GROUPS: Final = ("part B", "all")
_NAMES: Final = {
    "lang en": "English",
    "lang ko": "Korean",
    "overlap ≤ 30 %": "≤ 30 %",
    "overlap > 30 %": "> 30 %",
    "no overlap measured": "not measured",
}


@dataclass(frozen=True)
class Cell:
    """A figure as words, or the reason why there is none is that it does not apply."""

    value: str
    interval: str
    n: int
    target: str  # "" where none was set
    reached: bool


@dataclass(frozen=True)
class Row:
    """A metric and its cells, one a group shown; None where the metric does not apply."""

    metric: str
    title: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class SetFigures:
    """All of one set."""

    name: str
    about: Mapping[str, Any]
    groups: tuple[str, ...]  # the columns of ``rows``
    headlines: tuple[Row, ...]
    rows: tuple[Row, ...]
    dots: tuple[tuple[str, tuple[Dots, ...]], ...]  # heading, charts
    curves: tuple[Curve, ...]


def figures_of(run: Run) -> list[SetFigures]:
    """Every set of the run, in its order."""
    return [_set(run, number, name, about) for number, (name, about) in enumerate(run.summary["sets"].items())]


def _set(run: Run, number: int, name: str, about: Mapping[str, Any]) -> SetFigures:
    groups = about.get("groups", {})
    shown = tuple(group for group in _SHOWN_GROUPS if groups.get(group, {}).get("figures"))
    rows = tuple(row for row in (_row(run, name, groups, shown, metric) for metric in run.summary["metrics"]) if row)
    first = [row for metric in HEADLINES for row in rows if row.metric == metric and row.cells[0]]
    return SetFigures(
        name,
        about,
        shown,
        tuple(first[:_MOST_HEADLINES]),
        rows,
        _breakdowns(f"set{number}", name, groups, run.summary["metrics"]),
        _curves(f"set{number}", about, (run.summary.get("calibration") or {}).get("bar")),
    )


def _row(run: Run, name: str, groups: Mapping[str, Any], shown: Sequence[str], metric: str) -> Row | None:
    cells = tuple(_cell(groups[group]["figures"].get(metric), target(name, group, metric)) for group in shown)
    return Row(metric, run.summary["metrics"][metric]["title"], cells) if any(cells) else None


def _cell(figure: Mapping[str, Any] | None, wanted: float | None) -> Cell | None:
    if figure is None:
        return None
    interval = f"{shown(figure['low'])} to {shown(figure['high'])}"
    reached = wanted is not None and figure["high"] >= wanted
    return Cell(shown(figure["value"]), interval, figure["n"], "" if wanted is None else f"{wanted:.2f}", reached)


def shown(value: float) -> str:
    """Three decimals, or a whole number where the figure is no share."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3f}"


def _breakdowns(
    prefix: str, name: str, groups: Mapping[str, Any], metrics: Mapping[str, Any]
) -> tuple[tuple[str, tuple[Dots, ...]], ...]:
    kinds = [group for group in groups if group.startswith("kind ")]
    by_kind = [
        charts.dots(f"{prefix}-kind-{number}", metrics[metric]["title"], {"": figures})
        for number, metric in enumerate(_CHARTED)
        if (figures := _figures(name, groups, kinds, metric))
    ]
    others = [
        charts.dots(f"{prefix}-{start.strip()}", title, sections)
        for start, title in _BREAKDOWNS
        if (sections := _sections(name, groups, [group for group in groups if start in f"{group} "], metrics))
    ]
    return tuple(
        (title, tuple(some)) for title, some in (("By kind", by_kind), ("By language and overlap", others)) if some
    )


def _sections(
    name: str, groups: Mapping[str, Any], chosen: Sequence[str], metrics: Mapping[str, Any]
) -> dict[str, list[Figure]]:
    found = {
        metrics[metric]["title"]: _figures(name, groups, chosen, metric) for metric in _CHARTED if metric in metrics
    }
    return {title: figures for title, figures in found.items() if figures}


def _figures(name: str, groups: Mapping[str, Any], chosen: Sequence[str], metric: str) -> list[Figure]:
    return [
        Figure(
            _NAMES.get(group, group.removeprefix("kind ").replace("_", " ")),
            figure["value"], figure["low"], figure["high"], figure["n"], target(name, group, metric),
        )
        for group in chosen
        if (figure := groups[group]["figures"].get(metric))
    ]  # fmt: skip


def _curves(prefix: str, about: Mapping[str, Any], bar: float | None) -> tuple[Curve, ...]:
    curves = (
        charts.coverage_risk(f"{prefix}-coverage", about.get("coverage_risk") or (), bar),
        charts.calibration(f"{prefix}-calibration", about.get("calibration_curve") or ()),
        charts.latency(f"{prefix}-latency", about.get("latency_ms") or {}),
    )
    return tuple(curve for curve in curves if curve is not None)
