"""A benchmark's result as tables for a reader and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from evals.bench.answers import AnswersResult
from evals.benchmarks import EngineResult, Result
from evals.statistics import RESAMPLES, SEED, Estimate


def print_result(result: Result) -> None:
    """Tables on standard output: the figures, Hanmi's lead, and its answers; Markdown where that is no terminal."""
    console = table_console()
    counts = f"{result.answerable:,} answerable questions"
    if result.unanswerable:
        counts += f" and {result.unanswerable:,} that are not"
    console.print(
        f"{result.dataset}, part {result.part}: {counts}; {result.articles:,} articles in {result.chunks:,} chunks; "
        f"{result.embedding}. 95 % intervals.",
        soft_wrap=True,
    )
    first, *others = result.engines
    console.print(_table(console, "engine", {engine.name: engine.figures for engine in result.engines}))
    console.print(f"{first.name} less each of the others, over the same questions:")
    console.print(_table(console, "engine", {engine.name: engine.less_than_first for engine in others}, first.figures))
    if result.answers:
        _print_answers(console, result.answers)


def _print_answers(console: Console, answers: AnswersResult) -> None:
    console.print(f"What is answered, over the answerable questions; bar {answers.bar}:")
    console.print(_table(console, "answer", {row.name: row.figures for row in answers.rows}))
    if answers.abstention:
        console.print("What is refused; a question that cannot be answered is the positive:")
        console.print(_table(console, "", {"at the bar": answers.abstention}))
        console.print("Share of them refused, by the share of the answerable that a bar on the confidence loses:")
        console.print(_table(console, "", {"refused": answers.abstained_at}))


def table_console() -> Console:
    """Standard output, wide enough for a table's lines to stay whole where it is a file."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=240)


def new_table(console: Console, first: str, *others: str) -> Table:
    """A table with these columns, the first to the left; in a file it is Markdown."""
    table = Table(box=box.ROUNDED if console.is_terminal else box.MARKDOWN)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def as_json(result: Result) -> dict[str, Any]:
    """The result with its statistics: an estimate is [value, low, high]."""
    return dataclasses.asdict(result) | {
        "interval": {"level": 0.95, "method": "percentile bootstrap", "resamples": RESAMPLES, "seed": SEED},
        "engines": [_engine_json(engine) for engine in result.engines],
    }


def _engine_json(engine: EngineResult) -> dict[str, Any]:
    return {
        "name": engine.name,
        "figures": {name: list(estimate) for name, estimate in engine.figures.items()},
        "hanmi_less_this": {name: list(estimate) for name, estimate in engine.less_than_first.items()},
        "seconds": round(engine.seconds, 2),
    }


def _table(
    console: Console,
    what: str,
    rows: Mapping[str, Mapping[str, Estimate]],
    names: Iterable[str] | None = None,
) -> Table:
    """A row for each name; ``names``: of the columns, those of the first row when not given."""
    names = list(next(iter(rows.values())) if names is None else names)
    table = new_table(console, what, *names)
    for name, figures in rows.items():
        table.add_row(name, *(_shown(figures.get(column)) for column in names))
    return table


def _shown(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    value, low, high = (_rounded(number) for number in estimate)
    return f"{value} [{low}, {high}]"


def _rounded(number: float) -> str:
    """Three decimals without the zero before the point; one of a number of words."""
    if abs(number) >= 10:
        return f"{number:.1f}"
    text = f"{number:.3f}"
    return text.replace("0.", ".", 1) if abs(number) < 1 else text
