"""``hanmi eval gate``: whether the figures hold what the file of thresholds asks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FOLDER, WrongUse, with_settings
from app.settings import AppSettings
from evals.commands.options import progress_bar

if TYPE_CHECKING:
    from evals.gate import Checked, Thresholds
    from evals.run_folder import Run

FILE_OF_THRESHOLDS = click.Path(dir_okay=False, path_type=Path)
DEFAULT_SETS = ("owner", "offtopic")


@click.command(short_help="Fail when a figure falls below its threshold.")
@click.option("--run", "folder", type=FOLDER, help="A run already made, instead of a new one.")
@click.option(
    "--set", "sets", multiple=True, metavar="NAME|FILE.jsonl", help="Sets to ask.  [default: owner, offtopic]"
)
@click.option("--data", type=FOLDER, help="Folder with the White House documents, for the set that is asked over them.")
@click.option(
    "--thresholds", type=FILE_OF_THRESHOLDS, help="File of the thresholds.  [default: thresholds.toml of evals]"
)
@click.option("--write", is_flag=True, help="Set the thresholds by the run, the margin away from its figures.")
@click.option("--margin", type=click.FloatRange(0, 1), help="For --write, instead of the margins in the file.")
@with_settings()
def gate(
    settings: AppSettings,
    folder: Path | None,
    sets: tuple[str, ...],
    data: Path | None,
    thresholds: Path | None,
    write: bool,
    margin: float | None,
) -> None:
    """Ask the owner's cases and those on other matters, and compare the figures with the thresholds.

    Everyone measures the same: the embedded model and the shipped bars, whatever model or endpoint is set, and without
    OPENAI_* variables. The exit status is 1 when a figure is below its minimum, above its maximum, or missing. Cases
    that fail now and did not when the thresholds were set are named.
    """
    if margin is not None and not write:
        raise WrongUse("--margin goes with --write")
    from evals.gate import THRESHOLDS, read_thresholds
    from evals.run_folder import read_run

    file = thresholds or THRESHOLDS
    # Read first, so that a mistake in it is told before the cases are asked.
    known = None if write and not file.exists() else read_thresholds(file)
    run = read_run(folder or _new_run(settings, sets or DEFAULT_SETS, data))
    if known is None or write:
        _write(run, file, known, margin)
    else:
        _judge(run, known)


def _new_run(settings: AppSettings, names: Sequence[str], data: Path | None) -> Path:
    from evals.collections import load_sets
    from evals.gate import without_openai
    from evals.report import write_report
    from evals.run import run_sets, without_endpoints
    from evals.run_folder import new_folder

    sets = load_sets(settings, names, data)
    folder = new_folder(settings.home, None)
    with without_openai(), progress_bar() as progress:
        run_sets(sets, without_endpoints(settings), folder, progress)
    click.echo(f"Run in {folder}; report in {write_report(folder)}")
    return folder


def _judge(run: Run, thresholds: Thresholds) -> None:
    """Print every figure beside its threshold. Raises Exit where one does not hold."""
    from evals.gate import check, newly_failing

    checked = check(run.summary, thresholds.bounds)
    _print(checked)
    for case, why in newly_failing(run, thresholds.failing):
        click.echo(f"newly fails: {case}: {why}")
    fallen = sum(not each.holds for each in checked)
    if fallen:
        index = run.summary["settings"]["index"]
        if index and index["embedding"] == "none":
            click.echo("The embedded model is not installed: these are figures of word matches alone.", err=True)
        click.echo(f"{fallen} of {len(checked)} figures do not hold", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"All {len(checked)} figures hold.")


def _write(run: Run, file: Path, known: Thresholds | None, margin: float | None) -> None:
    """Set the thresholds by the run and show what changed."""
    from evals.gate import Thresholds, as_toml, check, failing, renewed, started

    checked = check(run.summary, known.bounds if known else started(run.summary))
    bounds = tuple(renewed(checked, margin))
    kept = dict(known.failing) if known else {}
    file.write_text(as_toml(Thresholds(bounds, {**kept, **failing(run.rows)})), "utf-8")
    for before, after in zip(checked, bounds, strict=True):
        was = f", was {before.threshold.bound:.3f}" if known and before.threshold.bound != after.bound else ""
        measured = "not measured" if before.value is None else f"measured {before.value:.3f}"
        click.echo(f"{after.set}, {after.group}, {after.metric}: {after.side} {after.bound:.3f}{was} ({measured})")
    click.echo(f"{len(bounds)} thresholds in {file}")


def _print(checked: Sequence[Checked]) -> None:
    from evals.bench.report import new_table, table_console

    console = table_console()
    table = new_table(console, "figure", "measured", "of cases", "threshold", "holds")
    for each in checked:
        bound = each.threshold
        measured = "–" if each.value is None else f"{each.value:.3f}"
        least = "≥" if bound.side == "minimum" else "≤"
        name = f"{bound.set}, {bound.group}: {bound.metric}"
        table.add_row(name, measured, f"{each.cases:,}", f"{least} {bound.bound:.3f}", "yes" if each.holds else "NO")
    console.print(table)
    for each in checked:
        if not each.holds:
            bound = each.threshold
            click.echo(f"{bound.set}, {bound.group}: {bound.metric} stands for: {bound.why}", err=True)
