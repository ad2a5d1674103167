"""``hanmi eval``: how good the answers are, on questions whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from click.core import ParameterSource

from app.answers.schema import Engine
from app.cli.options import FOLDER, WrongUse, print_json, with_settings
from app.settings import AppSettings
from evals.commands.attacks import attacks
from evals.commands.calibrate import calibrate
from evals.commands.compare import compare
from evals.commands.draft import draft
from evals.commands.gate import gate
from evals.commands.lint import lint
from evals.commands.options import progress_bar
from evals.commands.verifier import verifier

if TYPE_CHECKING:
    from evals.datasets import Part
    from evals.judge_model import Judge
    from evals.run import Finished


@click.group("eval", invoke_without_command=True, short_help="Measure the answers on questions with known answers.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME|FILE.jsonl",
    help="owner, offtopic, whitehouse, or cases of your own over --corpus; several times for several.  [default: all]",
)
@click.option("--data", type=FOLDER, help="Folder with the White House documents, for the set that is asked over them.")
@click.option(
    "--part",
    type=click.Choice(["A", "B", "all"]),
    default="all",
    help="Which cases: A for looking at failures, B for the figures that are reported.  [default: all]",
)
@click.option(
    "--limit", type=click.IntRange(1), help="So many cases of each set at most, drawn the same way every time."
)
@click.option(
    "--engine",
    type=click.Choice(get_args(Engine)),
    default="extractive",
    help="Who answers: generative is the model of HANMI_MODEL, which is sent questions and passages.  "
    "[default: extractive]",
)
@click.option("--out", type=FOLDER, help="Folder for the run.  [default: evals/runs/DATE-TIME in .hanmi]")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option(
    "--judge",
    "judge_model",
    is_flag=False,
    flag_value="",
    metavar="[MODEL]",
    help="Also have a model judge the answers; it is sent questions, answers and quotations.  [default: no model]",
)
@with_settings()
def evaluate(
    settings: AppSettings,
    sets: tuple[str, ...],
    data: Path | None,
    part: Part,
    limit: int | None,
    engine: Engine,
    out: Path | None,
    as_json: bool,
    judge_model: str | None,
) -> None:
    """Ask the cases of the sets and compare the answers with what is known of them.

    Rows, summary and an HTML report are kept in a folder of the run; nothing but the embedded model is needed, and
    without --judge or --engine generative nothing leaves the machine. The indexes are its own, in .hanmi/evals: --index
    is not looked at. The exit status is 1 when a case could not be asked or the run was stopped.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        _refuse_misplaced(context)
        return
    if engine == "generative" and not settings.model:
        raise WrongUse("--engine generative needs a model: set HANMI_MODEL and its key or address (docs/settings.md)")
    judge = _judge(settings, judge_model)  # before the run, which takes minutes: it may not be usable
    finished = _run(settings, sets, data, part, limit, engine, out)
    report = _report(finished.folder)
    if judge is not None and not finished.stopped:
        finished = _judged(finished, judge)
        report = _report(finished.folder)  # anew; where the judging was stopped the first one stands
    if as_json:
        print_json({"folder": str(finished.folder), "report": str(report), **finished.summary})
    else:
        from evals.commands.run_table import print_run

        print_run(finished, str(report))
    if finished.stopped or any(about["errors"] for about in finished.summary["sets"].values()):
        raise click.exceptions.Exit(1)


def _refuse_misplaced(context: click.Context) -> None:
    """An option before the subcommand would be ignored in silence."""
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = next(each.opts[0] for each in context.command.params if each.name == name)
            raise WrongUse(
                f"put {option} after {context.invoked_subcommand}: hanmi eval {context.invoked_subcommand} …"
            )


def _run(
    settings: AppSettings,
    names: tuple[str, ...],
    data: Path | None,
    part: Part,
    limit: int | None,
    engine: Engine,
    out: Path | None,
) -> Finished:
    from evals.collections import load_sets
    from evals.run import run_sets
    from evals.run_folder import new_folder

    sets = load_sets(settings, names, data)
    folder = new_folder(settings.home, out)
    with progress_bar() as progress:
        return run_sets(sets, settings, folder, progress, part, limit, engine)


def _judge(settings: AppSettings, model: str | None) -> Judge | None:
    if model is None:
        return None
    from evals.judge_model import open_judge

    return open_judge(settings, model)


def _judged(finished: Finished, judge: Judge) -> Finished:
    from evals.judge import judge_run

    with progress_bar() as progress:
        return replace(finished, summary=judge_run(finished.folder, judge, progress))


def _report(folder: Path) -> Path:
    from evals.report import write_report

    return write_report(folder)


evaluate.add_command(attacks)
evaluate.add_command(calibrate)
evaluate.add_command(compare)
evaluate.add_command(lint)
evaluate.add_command(gate)
evaluate.add_command(draft)
evaluate.add_command(verifier)
