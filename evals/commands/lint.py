"""``hanmi eval lint``: whether the cases of a set can be trusted, and what the set is made of."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import FOLDER, print_json, with_settings
from app.settings import AppSettings

if TYPE_CHECKING:
    from evals.lint import SetReport


@click.command(short_help="Check the cases: gold quotes, kinds, wording.")
@click.argument("sets", nargs=-1, metavar="[NAME|FILE.jsonl]…")
@click.option("--data", type=FOLDER, help="Folder with the White House documents, for the set that is asked over them.")
@click.option("--cases", "by_case", is_flag=True, help="Print how many of each question's words its quotes hold.")
@click.option("--json", "as_json", is_flag=True, help="Print it all as JSON.")
@with_settings()
def lint(settings: AppSettings, sets: tuple[str, ...], data: Path | None, by_case: bool, as_json: bool) -> None:
    """Check that the articles hold every gold quote word for word, and count what the sets are made of.

    Without a name the sets that come with Hanmi; a FILE.jsonl of your own is checked over --corpus. Says how many
    questions share few words with their quotes, are not answerable, are in Korean. The exit status is 1 for faults.
    """
    reports = _reports(settings, sets, data)
    if as_json:
        print_json([_json(report) for report in reports])
    else:
        _print(reports, by_case=by_case)
    if any(report.faults for report in reports):
        raise click.exceptions.Exit(1)


def _reports(settings: AppSettings, names: tuple[str, ...], data: Path | None) -> list[SetReport]:
    from evals.collections import BUILT_IN, Collection, load_sets, read_articles
    from evals.datasets import BadDataset
    from evals.lint import lint as lint_set
    from evals.lint import unreadable

    articles: dict[Collection, Any] = {}
    reports = []
    for name in names or BUILT_IN:
        try:
            cases = load_sets(settings, [name], data)[0]
        except BadDataset as error:
            if not Path(name).is_file():
                raise
            reports.append(unreadable(Path(name), error))
            continue
        if cases.collection is not None and cases.collection not in articles:
            articles[cases.collection] = read_articles(cases.collection, settings.home)
        reports.append(lint_set(cases, articles.get(cases.collection) if cases.collection else None))
    return reports


def _json(report: SetReport) -> dict[str, Any]:
    return {
        **asdict(report),
        "faults": [fault._asdict() for fault in report.faults],
        "aims": [aim._asdict() for aim in report.aims()],
    }


def _print(reports: list[SetReport], *, by_case: bool) -> None:
    from evals.bench.report import new_table, table_console
    from evals.cases import KINDS

    console = table_console()
    names = [report.name for report in reports]
    table = new_table(console, "cases", *names)
    for name in ("cases", "not_answerable", "korean"):
        table.add_row(
            name.replace("_", " ").replace("korean", "Korean"), *(f"{getattr(report, name):,}" for report in reports)
        )
    for kind in KINDS:
        if any(kind in report.kinds for report in reports):
            table.add_row(f"kind {kind}", *(str(report.kinds.get(kind, "")) for report in reports))
    console.print(table)
    spread = new_table(console, "words shared with the quotes", *names)
    for low in range(0, 100, 10):
        spread.add_row(f"{low}–{low + 10} %", *(str(_between(report, low) or "") for report in reports))
    console.print(spread)
    for report in reports:
        _print_report(report, by_case=by_case)


def _print_report(report: SetReport, *, by_case: bool) -> None:
    """What there is to say of one set, line by line; faults on standard error."""
    if report.unchecked:
        click.echo(f"{report.name}: quotes not looked up: {report.unchecked}")
    for aim in report.aims():
        click.echo(f"{report.name}: {'yes' if aim.reached else 'NO '} {aim.text}")
    if by_case:
        for case, share in report.overlaps.items():
            click.echo(f"{report.name}: {share:4.0%} {case}")
    for fault in report.faults:
        click.echo(f"{report.name}: {f'{fault.case}: ' if fault.case else ''}{fault.what}", err=True)


def _between(report: SetReport, low: int) -> int:
    """Cases from ``low`` percent on and below ten more; the last ten hold all of them too."""
    shares = [min(int(100 * share + 1e-9), 99) for share in report.overlaps.values()]
    return sum(low <= share < low + 10 for share in shares)
