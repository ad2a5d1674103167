"""The figures of a run's sets as the report shows them: what is first, the table of all, and the charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evals.judge_words import agreement_words
from evals.report import charts
from evals.report.charts import Curve, Dots, Figure
from evals.report.targets import GROUPS as WANTED_GROUPS
from evals.report.targets import SHIPPED, target
from evals.run_folder import Run
from evals.summary import GROUPS, figures
from evals.writing import tokens_words, writing_words

HEADLINES: Final = ("answer contains", "citation recall", "citation precision", "abstention F1", "abstention recall",
                    "quote exactness")  # fmt: skip
_CHARTED: Final = ("answer contains", "citation recall", "citation precision", "recall@5", "abstention recall")
_BREAKDOWNS: Final = (("lang ", "By language"), ("overlap ", "By overlap of question and quote"))
_SHOWN_GROUPS: Final = ("part B", "all", "written")
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
    writing: tuple[str, ...]  # what a model wrote, and the tokens; () where none was asked
    judging: tuple[str, ...]  # a judge's agreement with itself; () where none was asked


def figures_of(run: Run) -> list[SetFigures]:
    """Every set of the run, in its order."""
    return [_set(run, number, name, about) for number, (name, about) in enumerate(run.summary["sets"].items())]


def _set(run: Run, number: int, name: str, about: Mapping[str, Any]) -> SetFigures:
    groups = about.get("groups", {})
    columns = tuple(group for group in _SHOWN_GROUPS if groups.get(group, {}).get("figures"))
    rows = tuple(row for row in (_row(run, name, groups, columns, metric) for metric in run.summary["metrics"]) if row)
    apart = tuple(_rows_of_groups(run, name, columns)) if name in SHIPPED else ()
    return SetFigures(
        name,
        about,
        columns,
        _headlines(rows),
        rows + apart,
        _breakdowns(f"set{number}", groups, run.summary["metrics"]),
        _curves(f"set{number}", about, (run.summary.get("calibration") or {}).get("bar")),
        tuple(_writing(run.summary["engine"], about)),
        agreement_words(run.summary["judge"]["model"], about["judge"]) if "judge" in about else (),
    )


def _writing(engine: str, about: Mapping[str, Any]) -> Iterator[str]:
    if engine == "generative":
        yield writing_words(about["writing"])
    if spent := tokens_words(about["tokens"]):
        yield f"{spent}."


def _headlines(rows: Sequence[Row]) -> tuple[Row, ...]:
    """What a reader wants first; of abstention its F1, or its recall where nothing is answerable."""
    first = {row.metric: row for row in rows if row.cells[0]}
    if "abstention F1" in first:
        first.pop("abstention recall", None)
    return tuple(first[metric] for metric in HEADLINES if metric in first)


def _rows_of_groups(run: Run, name: str, columns: Sequence[str]) -> Iterator[Row]:
    """The groups that have a figure of their own to reach, in the parts that are shown."""
    of_set = [row for row in run.rows if row["set"] == name]
    for words, group, metric, wanted in WANTED_GROUPS:
        cells = tuple(
            _cell_of([row for row in of_set if GROUPS[group](row) and GROUPS[part](row)], metric, wanted, part)
            for part in columns
        )
        if any(cells):
            yield Row(metric, f"{run.summary['metrics'][metric]['title']}, {words}", cells)


def _cell_of(rows: Sequence[Mapping[str, Any]], metric: str, wanted: float, part: str) -> Cell | None:
    if (found := figures(rows).get(metric)) is None:
        return None
    estimate, n = found
    return _cell({**estimate._asdict(), "n": n}, wanted if part == "part B" else None)


def _row(run: Run, name: str, groups: Mapping[str, Any], columns: Sequence[str], metric: str) -> Row | None:
    cells = tuple(_cell(groups[group]["figures"].get(metric), target(name, group, metric)) for group in columns)
    return Row(metric, run.summary["metrics"][metric]["title"], cells) if any(cells) else None


def _cell(figure: Mapping[str, Any] | None, wanted: float | None) -> Cell | None:
    if figure is None:
        return None
    interval = f"{shown(figure['low'])} to {shown(figure['high'])}"
    reached = wanted is not None and figure["high"] >= wanted
    return Cell(shown(figure["value"]), interval, figure["n"], "" if wanted is None else f"{wanted:.2f}", reached)


def shown(value: float) -> str:
    """Three decimals, or a whole number where the figure is no share."""
    return (f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3f}").replace("-", "−")


def _breakdowns(
    prefix: str, groups: Mapping[str, Any], metrics: Mapping[str, Any]
) -> tuple[tuple[str, tuple[Dots, ...]], ...]:
    kinds = [group for group in groups if group.startswith("kind ")]
    by_kind = [
        charts.dots(f"{prefix}-kind-{number}", metrics[metric]["title"], {"": drawn})
        for number, metric in enumerate(_CHARTED)
        if (drawn := _figures(groups, kinds, metric))
    ]
    others = [
        charts.dots(f"{prefix}-{start.strip()}", title, sections)
        for start, title in _BREAKDOWNS
        if (sections := _sections(groups, [group for group in groups if start in f"{group} "], metrics))
    ]
    return tuple(
        (title, tuple(some)) for title, some in (("By kind", by_kind), ("By language and overlap", others)) if some
    )


def _sections(groups: Mapping[str, Any], chosen: Sequence[str], metrics: Mapping[str, Any]) -> dict[str, list[Figure]]:
    found = {metrics[metric]["title"]: _figures(groups, chosen, metric) for metric in _CHARTED if metric in metrics}
    return {title: drawn for title, drawn in found.items() if drawn}


def _figures(groups: Mapping[str, Any], chosen: Sequence[str], metric: str) -> list[Figure]:
    return [
        Figure(
            _NAMES.get(group, group.removeprefix("kind ").replace("_", " ")),
            figure["value"], figure["low"], figure["high"], figure["n"],
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
