"""``hanmi eval draft``: cases from one's own articles and from feedback, for a person to accept, mend or drop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.options import FOLDER, with_settings
from app.errors import BadInput
from app.render import printable
from app.settings import AppSettings

if TYPE_CHECKING:
    from evals.collections import Collection
    from evals.draft import Draft, Row
    from ingest.articles import Article

CHOICES = {"y": "accept", "n": "drop", "e": "edit", "s": "leave for later", "q": "quit"}


@click.command(short_help="Propose cases from your own articles and feedback.")
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--limit", type=click.IntRange(0), default=40, show_default=True, help="New cases from the articles.")
@click.option("--accept", is_flag=True, help="Go through the proposals: accept, edit or drop each.")
@with_settings()
def draft(settings: AppSettings, folder: Path, limit: int, accept: bool) -> None:
    """Write proposals for cases into DIR/draft.jsonl, then go through them with --accept.

    They come from the articles of --corpus (a sentence turned into a question, and near misses that no article
    answers) and from the feedback given on the page. Accepted ones are added to DIR/cases.jsonl, which hanmi eval --set
    and hanmi eval lint take. Proposing again only adds; what was decided stays.
    """
    from evals.collections import own_collection, read_articles
    from evals.draft import read_draft

    collection = own_collection(settings)
    found = read_draft(folder)
    if accept:
        _review(found, read_articles(collection, settings.home))
    else:
        _propose(settings, found, collection, limit)


def _propose(settings: AppSettings, found: Draft, collection: Collection, limit: int) -> None:
    from app.opening import load_tables
    from app.store import Store
    from evals.collections import read_articles
    from evals.draft import DRAFT, from_feedback, known, proposed
    from evals.draft_questions import suggested

    articles = read_articles(collection, settings.home)
    cases = suggested(articles, load_tables(settings), limit, known(found.folder))
    added = found.add(proposed(case) for case in cases)
    judged = found.add(from_feedback(Store(settings.database, settings.answer_days).feedback()))
    found.save()
    click.echo(f"{len(added)} new proposals from {len(articles):,} articles, {len(judged)} from feedback")
    if found.open:
        click.echo(
            f"{len(found.open)} to go through in {found.folder / DRAFT}: hanmi eval draft {found.folder} --accept"
        )


def _review(found: Draft, articles: Mapping[str, Article]) -> None:
    """Ask about every open proposal until there is none or the person stops; each decision is on disk at once."""
    from evals.draft import CASES

    found.save()  # what was accepted by hand in the file
    waiting = found.open
    for number, row in enumerate(waiting, start=1):
        click.echo(f"\n[{number} of {len(waiting)}]")
        if not _decide(found, row, articles):
            break
    accepted = sum(row["accepted"] is True for row in found.rows)
    click.echo(f"\n{accepted} accepted in {found.folder / CASES}; {len(found.open)} left to go through")


def _decide(found: Draft, row: Row, articles: Mapping[str, Article]) -> bool:
    """Until the person has decided on this one; whether to go on with the next."""
    while True:
        _show(row)
        faults = _faults(row, articles)
        for fault in faults:
            click.echo(f"  ! {printable(fault)}")
        choice = _choice()
        if choice == "e":
            _edit(row)
            found.save()
            continue
        if choice == "y" and faults:
            click.echo("  It cannot be accepted like this: e edits it.")
            continue
        if choice in ("y", "n"):
            row["accepted"] = choice == "y"
            found.save()
        return choice != "q"


def _show(row: Row) -> None:
    """The proposal as a person judges it; what an edit left in another form is left out, and ``_faults`` names it."""
    click.echo(printable(f"{row.get('kind')}, {row.get('lang')}: {row.get('question')}"))
    for gold in _listed(row, "gold", dict):
        click.echo(printable(f"  gold: “{gold.get('quote')}” ({gold.get('article_id')})"))
    if row.get("answerable") is False:
        click.echo("  not answerable")
    for group in _listed(row, "answer_contains", list):
        click.echo(printable(f"  the answer holds: {' or '.join(map(str, group))}"))
    click.echo(f"  {printable(str(row.get('note', '')))}")


def _listed(row: Row, name: str, kind: type) -> list[Any]:
    value = row.get(name)
    return [one for one in value if isinstance(one, kind)] if isinstance(value, list) else []


def _faults(row: Row, articles: Mapping[str, Article]) -> list[str]:
    """Why it is no case yet; of a whole one also how close its words are to the quotes, which is no fault."""
    from evals.cases import overlap
    from evals.draft import case_of
    from evals.lint import faults_of
    from evals.summary import MUCH_OVERLAP

    try:
        case = case_of(row)
    except BadInput as error:
        return [str(error)]
    share = overlap(case)
    if share is not None and share > MUCH_OVERLAP:
        click.echo(f"  {share:.0%} of its words are the quote's: an analyst would put it in other words (e)")
    return [fault.what for fault in faults_of(case, articles)]


def _choice() -> str:
    """The letter of a choice; the end of the input quits."""
    shown = ", ".join(f"{letter} {what}" for letter, what in CHOICES.items())
    try:
        return str(click.prompt(shown, type=click.Choice(list(CHOICES)), show_choices=False))
    except click.Abort:
        return "q"


def _edit(row: Row) -> None:
    """The proposal in the person's editor, until it is JSON again or they give up; its id stays what it is."""
    from evals.draft import case_row

    text = json.dumps(case_row(row), ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace").decode()
    while True:
        edited = click.edit(text, extension=".json")
        if edited is None:  # closed without saving
            return
        try:
            changed: Any = json.loads(edited)
            if not isinstance(changed, dict):
                raise ValueError("it is no JSON object")
        except ValueError as error:
            click.echo(f"  {error}")
            text = edited
            if not click.confirm("Edit again?", default=True):
                return
            continue
        kept = {"id": row["id"], "accepted": row["accepted"]}
        row.clear()
        row.update({**changed, **kept})
        return
