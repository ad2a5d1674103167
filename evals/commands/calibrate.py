"""``hanmi eval calibrate``: sets the bar below which the articles don't say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FOLDER, WrongUse, with_settings
from app.settings import AppSettings
from evals.commands.options import progress_bar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from app.answers.confidence import Calibration
    from evals.calibration import Checked, Group, Point
    from evals.statistics import Estimate

OUT = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help='Set the bar for "the articles don\'t say".')
@click.option("--data", type=FOLDER, help="Folder of the benchmark sets; those that are not there are left out.")
@click.option(
    "--set", "sets", multiple=True, metavar="FILE", help="Cases of your own over --corpus; may be given several times."
)
@click.option("--work", type=FOLDER, help="Folder for the indexes of the public sets.  [default: .hanmi/evals]")
@click.option(
    "--wrong",
    type=click.FloatRange(0, 1),
    help="Share of the answerable questions that the bar may refuse.  [default: 0.03]",
)
@click.option("--out", type=OUT, help="File to write; HANMI_CALIBRATION=FILE makes the app read it.")
@click.option("--write", is_flag=True, help="Write the calibration that comes with Hanmi.")
@with_settings()
def calibrate(
    settings: AppSettings,
    data: Path | None,
    sets: tuple[str, ...],
    work: Path | None,
    wrong: float | None,
    out: Path | None,
    write: bool,
) -> None:
    """Fit how sure an answer is, and the bar it has to reach, on one half of the questions; report on the other.

    Without --set it uses the questions that come with Hanmi and the benchmark sets of --data; with --set the cases of
    your own, over your own articles. Cases that the articles do not answer are needed too.
    """
    from app.answers.confidence import load_calibration
    from evals.bench.report import table_console
    from evals.calibration import WRONG_ABSTENTIONS, as_toml, calibration_of, check, curve
    from evals.calibration_groups import built_in_groups, groups_of

    if write and (sets or out or settings.embedding_model):
        raise WrongUse(
            "--write is for the calibration that comes with Hanmi, with its own sets and the embedded model; "
            "for yours, --out FILE"
        )
    left_out: list[str] = []
    with progress_bar() as progress:
        if sets:
            groups = groups_of(sets, settings, data, progress)
        else:
            groups, left_out = built_in_groups(settings, data, work or settings.home / "evals", progress)
    if write and left_out:
        raise WrongUse(f"--write needs all sets; {'; '.join(left_out)}")
    share = WRONG_ABSTENTIONS if wrong is None else wrong
    found = calibration_of(groups, load_calibration(), share)
    console = table_console()
    _print(console, found, groups, curve(found, groups, share), check(found, groups), left_out)
    text = as_toml(found, _command(data, sets, wrong, write))
    if target := _shipped_file() if write else out:
        target.write_text(text, encoding="utf-8")
        click.echo(f"Written to {target}." if write else f"Written to {target}; HANMI_CALIBRATION={target} uses it.")
    else:
        click.echo(text)


def _shipped_file() -> Path:
    import app.answers
    from app.answers.confidence import CALIBRATION_FILE

    return Path(app.answers.__file__).parent / CALIBRATION_FILE


def _command(data: Path | None, sets: tuple[str, ...], wrong: float | None, write: bool) -> str:
    """The command without paths, which say nothing on another machine."""
    words = ["hanmi eval calibrate", *(["--data DIR"] if data else [])]
    words += [f"--set {Path(name).name}" for name in sets]
    return " ".join(
        [*words, *([f"--wrong {wrong:g}"] if wrong is not None else []), "--write" if write else "--out FILE"]
    )


def _print(
    console: Console,
    found: Calibration,
    groups: list[Group],
    points: list[Point],
    checked: list[Checked],
    left_out: list[str],
) -> None:
    """The curve on the halves that set the bar, and what the bar does on the others."""
    from evals.calibration import FOR_A_WEIGHT, are_enough

    for reason in left_out:
        console.print(f"Left out: {reason}.", soft_wrap=True, markup=False)
    if not are_enough(groups):
        console.print(
            f"Fewer than {FOR_A_WEIGHT} questions of a kind for each weight: the weights that come with Hanmi are "
            "kept, and only the bar is set.",
            soft_wrap=True,
        )
    console.print("What a bar gives, on the halves that set it; every collection weighs the same.", soft_wrap=True)
    console.print(_curve_table(console, points, found.bar))
    console.print(f"What the bar {found.bar:g} gives on the other halves. 95 % intervals.", soft_wrap=True)
    console.print(_checked_table(console, checked))


def _curve_table(console: Console, points: list[Point], chosen: float) -> Table:
    from evals.bench.report import new_table

    table = new_table(
        console, "bar", "answered", "… of which not answerable", "wrong abstentions", "right abstentions", ""
    )
    for point in points:
        shares = (f"{share:.1%}" for share in point[1:])
        table.add_row(f"{point.bar:.3f}", *shares, "chosen" if point.bar == chosen else "")
    return table


def _checked_table(console: Console, checked: list[Checked]) -> Table:
    from evals.bench.report import new_table

    names = ("articles", "answerable", "not", "AUROC", "wrong abstentions", "right abstentions")
    table = new_table(console, "questions", *names)
    for one in checked:
        counts = (f"{one.group.articles:,}", f"{one.answerable}", f"{one.others}")
        figures = (one.auroc, one.wrong_abstentions, one.right_abstentions)
        table.add_row(one.group.name, *counts, *map(_shown, figures))
    return table


def _shown(estimate: Estimate | None) -> str:
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]" if estimate else "–"
