"""A run as tables on standard output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console

from evals.bench.report import new_table, table_console
from evals.judge_words import agreement_words, estimate_words
from evals.run import Finished
from evals.writing import tokens_words, writing_words

COLUMNS: Final = ("part B", "all", "written")


def print_run(finished: Finished, report: str | None) -> None:
    """For every set its counts and figures with 95 % intervals, then where the run lies; ``report``: its file."""
    console = table_console()
    summary = finished.summary
    if summary["model"]:
        console.print(f"Answers written by {summary['model']}.", soft_wrap=True, markup=False)
    for name, about in summary["sets"].items():
        console.print(f"{name}: {_counts(about)}", soft_wrap=True)
        if about["groups"]:
            _print_figures(console, about["groups"], summary["metrics"])
            if summary["engine"] == "generative":
                console.print(writing_words(about["writing"]), soft_wrap=True)
            console.print(_speed(about), soft_wrap=True)
        if "judge" in about:
            told = "\n".join(agreement_words(summary["judge"]["model"], about["judge"]))
            console.print(told, soft_wrap=True, markup=False)
    if finished.stopped:
        console.print("Stopped: the cases that were not asked by then are marked as not run.")
    if len(summary["sets"]) > 1 and (spent := tokens_words(summary["tokens"])):
        console.print(f"Together {spent}.", soft_wrap=True)
    places = [f"Run in {finished.folder}", *([f"report in {report}"] if report else [])]
    console.print(f"{'; '.join(places)}. {summary['seconds']:.0f} s. 95 % intervals.", soft_wrap=True)


def _print_figures(console: Console, groups: Mapping[str, Any], metrics: Mapping[str, Any]) -> None:
    shown = [name for name in COLUMNS if name in groups]
    table = new_table(console, "", *shown)
    for metric, about in metrics.items():
        cells = [groups[name]["figures"].get(metric) for name in shown]
        if any(cells) and not (metric == "errors" and not any(cell and cell["value"] for cell in cells)):
            table.add_row(about["title"], *(_cell(cell) for cell in cells))
    console.print(table)


def _cell(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return "–"
    return f"{estimate_words(figure)} of {figure['n']}"


def _counts(about: Mapping[str, Any]) -> str:
    """How many cases there were and what became of them."""
    parts = [f"{about['cases']:,} cases"]
    if about["articles"] is not None:
        parts[0] += f" over {about['articles']:,} articles in {about['chunks']:,} chunks"
    if about["errors"]:
        parts.append(f"{about['errors']:,} errors")
    if about["not_run"]:
        parts.append(f"{about['not_run']:,} not run: {about['reason']}")
    return "; ".join(parts)


def _speed(about: Mapping[str, Any]) -> str:
    latency, tokens = about["latency_ms"], about["tokens"]
    if not latency:
        return ""
    words = f"An answer takes {latency['p50']:.0f} ms at the median, {latency['p95']:.0f} ms at the 95th percentile"
    return f"{words}; {spent}." if (spent := tokens_words(tokens)) else f"{words}."
