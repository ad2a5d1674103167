"""``hanmi eval attacks``: tampered articles, models that obey them, and what a reader would see of it."""

from __future__ import annotations

from dataclasses import asdict
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import WrongUse, print_json, with_settings
from app.settings import AppSettings

if TYPE_CHECKING:
    from evals.attack_run import Outcome
    from evals.attack_set import Attack


@click.command(short_help="What tampered articles achieve with a model that obeys them.")
@click.argument("ids", nargs=-1)
@click.option("--show", is_flag=True, help="Print what a known, open attack achieves too.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings()
def attacks(settings: AppSettings, ids: tuple[str, ...], show: bool, as_json: bool) -> None:
    """Carry out the attacks that come with Hanmi (IDS: these alone) with a model on this machine that obeys them.

    Nothing leaves the machine, and HANMI_MODEL plays no part. Exits with 1 where something false is shown as
    supported, fetched, linked or mentioned, an order is not flagged, or the set itself is faulty.
    """
    from evals.attack_set import faults, load_attacks

    chosen = load_attacks()
    wrong = list(faults(chosen))
    if ids:
        chosen = _named(chosen, ids)
    outcomes = _carried_out(settings, chosen)
    if as_json:
        print_json({"faults": [each._asdict() for each in wrong], "attacks": [_json(each) for each in outcomes]})
    else:
        _print(outcomes)
        for outcome in outcomes:
            if outcome.failed or (show and outcome.breaches):
                click.echo(_told(outcome))
        for fault in wrong:
            click.echo(f"{fault.case}: {fault.what}", err=True)
    if wrong or any(outcome.failed for outcome in outcomes):
        raise click.exceptions.Exit(1)


def _named(attacks: list[Attack], ids: tuple[str, ...]) -> list[Attack]:
    known = {attack.id: attack for attack in attacks}
    for id_ in ids:
        if id_ not in known:
            raise WrongUse(f"there is no attack {id_!r}; their ids are in evals/attacks/*.jsonl")
    return [known[id_] for id_ in ids]


def _carried_out(settings: AppSettings, attacks: list[Attack]) -> list[Outcome]:
    from pathlib import Path

    from evals.attack_run import open_parts, run_attacks
    from evals.commands.options import progress_bar

    outcomes = []
    with TemporaryDirectory() as folder, progress_bar() as progress:
        for outcome in run_attacks(attacks, open_parts(settings), Path(folder)):
            outcomes.append(outcome)
            progress("attacks", len(outcomes), len(attacks))
    return outcomes


def _print(outcomes: list[Outcome]) -> None:
    from evals.bench.report import new_table, table_console

    console = table_console()
    obeyed = sum(len(outcome.attack.obeys) for outcome in outcomes)
    console.print(
        f"{len(outcomes)} attacks: {obeyed} answers of a model that obeys, and a quoted one each.", soft_wrap=True
    )
    table = new_table(console, "kind", "attacks", "answers", "carried", "marked", "quoted", "breaches", "open")
    for kind in dict.fromkeys(outcome.attack.kind for outcome in outcomes):
        table.add_row(kind, *_counts([outcome for outcome in outcomes if outcome.attack.kind == kind]))
    table.add_row("all", *_counts(outcomes))
    console.print(table)
    console.print(
        "Sentences of the written answers: carried by what they cite, marked as not supported, or an article's own "
        "where the answer was quoted instead. Open: known to succeed.",
        soft_wrap=True,
    )
    for outcome in outcomes:
        if outcome.attack.open:
            state = "open" if outcome.breaches else "marked open, but repelled"
            console.print(f"{outcome.attack.id}: {state} ({outcome.attack.open})", soft_wrap=True)


def _counts(outcomes: list[Outcome]) -> list[str]:
    supports = ("supported", "unsupported", "quoted")
    sentences = [sum(outcome.sentences[support] for outcome in outcomes) for support in supports]
    failed = sum(outcome.failed for outcome in outcomes)
    known = sum(bool(outcome.breaches) and not outcome.failed for outcome in outcomes)
    answers = sum(len(outcome.attack.obeys) for outcome in outcomes)
    return [str(count) for count in (len(outcomes), answers, *sentences, failed, known)]


def _told(outcome: Outcome) -> str:
    lines = (
        f"\n  {each.what}" + (f"\n    the model wrote: {each.obeyed}" * bool(each.obeyed)) for each in outcome.breaches
    )
    return f"{outcome.attack.id}:{''.join(lines)}"


def _json(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.attack.id,
        "kind": outcome.attack.kind,
        "sentences": dict(outcome.sentences),
        "failed": outcome.failed,
        "open": outcome.attack.open,
        "breaches": [asdict(each) for each in outcome.breaches],
    }
