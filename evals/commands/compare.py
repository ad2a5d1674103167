"""``hanmi eval compare``: what got better and what worse between two runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FOLDER, print_json, with_settings
from app.settings import AppSettings

if TYPE_CHECKING:
    from evals.datasets import Part


@click.command(short_help="What got better and what worse between two runs.")
@click.argument("first", type=FOLDER, metavar="A")
@click.argument("second", type=FOLDER, metavar="B")
@click.option("--part", type=click.Choice(["A", "B", "all"]), default="all", help="Which cases.  [default: all]")
@click.option("--cases", type=click.IntRange(0), default=10, help="So many changed cases of each set.  [default: 10]")
@click.option("--json", "as_json", is_flag=True, help="Print it all as JSON.")
@with_settings()
def compare(settings: AppSettings, first: Path, second: Path, part: Part, cases: int, as_json: bool) -> None:
    """Compare the run in folder B with the one in folder A, case by case.

    For every figure the difference over the cases both have, with its 95 % interval; a figure is called better or worse
    where the interval leaves 0 out and at least six cases differ. Then the cases that changed, and what else is
    different between the runs.
    """
    from evals.commands.compare_tables import print_comparison
    from evals.compare import compare as compare_runs
    from evals.run_folder import read_run

    found = compare_runs(read_run(first), read_run(second), part)
    if as_json:
        print_json({"first": str(first), "second": str(second), **asdict(found)})
    else:
        print_comparison(found, str(first), str(second), cases)
