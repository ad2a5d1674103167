"""``hanmi eval verifier``: how well claims are told from altered ones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import FOLDER, WrongUse, print_json, with_settings
from app.settings import AppSettings

if TYPE_CHECKING:
    from evals.verifier_pairs import PairPart
    from evals.verifier_run import Measured, Outcome
    from ingest.articles import Article


@click.command(short_help="How well the verifier tells claims from altered ones.")
@click.option(
    "--part",
    type=click.Choice(["a", "b"]),
    default="a",
    help="a for rules and bars, b for the figures that are reported.  [default: a]",
)
@click.option("--show", is_flag=True, help="Print the pairs of part a that it is wrong about, with its reasons.")
@click.option("--lint", "only_lint", is_flag=True, help="Check the pairs of both parts instead.")
@click.option("--data", type=FOLDER, help="For --lint: folder of the White House documents that most sentences are of.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings()
def verifier(
    settings: AppSettings, part: PairPart, show: bool, only_lint: bool, data: Path | None, as_json: bool
) -> None:
    """Check the claims that come with Hanmi against the sentences they cite: altered ones should be caught.

    Needs nothing but the files that come with Hanmi; HANMI_EMBEDDING_MODEL=none measures it without the model. --lint
    exits with 1 for faults.
    """
    if data is not None and not only_lint:
        raise WrongUse("--data goes with --lint")
    if show and (part == "b" or only_lint):
        raise WrongUse("--show is for part a: who looks at a pair of part b cannot report its figures any more")
    if only_lint:
        _lint(settings, data, as_json=as_json)
        return
    measured, reads = _measure(settings, part)
    if as_json:
        print_json(_json(measured, part, show=show))
        return
    _print(measured, part, reads)
    for outcome in measured.outcomes if show else ():
        if not outcome.right:
            click.echo(_told(outcome))


def _measure(settings: AppSettings, part: PairPart) -> tuple[Measured, str]:
    """What was found, and what the verifier read with."""
    from app.answers.verification import Verifier
    from app.assistant import reading_model
    from app.opening import load_tables, open_embeddings
    from evals.verifier_pairs import load_pairs
    from evals.verifier_run import measure

    model = reading_model(settings, open_embeddings(settings))
    check = Verifier(load_tables(settings), model).check
    return measure(load_pairs(part), check), "the embedded model" if model else "words alone"


def _print(measured: Measured, part: PairPart, reads: str) -> None:
    from evals.bench.report import new_table, table_console
    from evals.judge_words import estimate_words

    console = table_console()
    console.print(
        f"Part {part.upper()}: {len(measured.outcomes)} claims, read with {reads}; {measured.median_ms:.1f} ms a claim "
        f"at the median, {measured.p95_ms:.1f} ms at the 95th percentile. 95 % intervals.",
        soft_wrap=True,
    )
    table = new_table(console, "kind", "right", "of", "share", "to reach", "reached")
    for row in measured.rows:
        target = "" if row.target is None else f"{row.target:.2f}".lstrip("0")
        words = estimate_words(row.share._asdict())
        table.add_row(row.name, f"{row.right}", f"{row.pairs}", words, target, _reached(row.reached))
    console.print(table)
    console.print("Right: a paraphrase passed, any other claim caught.")


def _reached(reached: bool | None) -> str:
    return "" if reached is None else "yes" if reached else "NO"


def _told(outcome: Outcome) -> str:
    pair = outcome.pair
    reasons = "; ".join(f"{reason.code}: {reason.words}" for reason in outcome.verdict.reasons) or "passed"
    cited = "".join(f"\n    {each.evidence.text}" for each in pair.cited)
    return f"{pair.id}: {reasons}\n  {pair.claim}{cited}"


def _json(measured: Measured, part: PairPart, *, show: bool) -> dict[str, Any]:
    rows = [{**asdict(row), "share": row.share._asdict(), "reached": row.reached} for row in measured.rows]
    wrong = [
        {"id": each.pair.id, "claim": each.pair.claim, "reasons": [asdict(reason) for reason in each.verdict.reasons]}
        for each in measured.outcomes
        if show and not each.right
    ]
    found = {"part": part, "rows": rows, "median_ms": measured.median_ms, "p95_ms": measured.p95_ms}
    return {**found, "wrong": wrong} if show else found


def _lint(settings: AppSettings, data: Path | None, *, as_json: bool) -> None:
    """Raises Exit with 1 for faults."""
    from evals.verifier_pairs import PARTS, faults, load_pairs

    parts = {part: load_pairs(part) for part in PARTS}
    articles = _articles(settings, data) if data is not None else None
    found = list(faults(list(parts.values()), articles))
    if as_json:
        counts = {part: len(pairs) for part, pairs in parts.items()}
        print_json({"pairs": counts, "looked_up": articles is not None, "faults": [each._asdict() for each in found]})
    else:
        for part, pairs in parts.items():
            click.echo(f"part {part.upper()}: {len(pairs)} pairs")
        if articles is None:
            click.echo("sentences not looked up: name the folder of the White House documents with --data DIR")
        for fault in found:
            click.echo(f"{fault.case}: {fault.what}", err=True)
    if found:
        raise click.exceptions.Exit(1)


def _articles(settings: AppSettings, data: Path) -> dict[str, Article]:
    from evals.collections import BUILT_IN, read_articles
    from evals.datasets import BadDataset

    collection, reason = BUILT_IN["whitehouse"](data)
    if collection is None:
        raise BadDataset(str(reason))
    return read_articles(collection, settings.home)
