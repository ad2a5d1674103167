"""``hanmi feedback``: what readers thought of answers, as a list or as cases for an evaluation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.cli.options import print_json, with_settings
from app.render import printable
from app.settings import AppSettings
from app.store import Feedback, Store

SIGNS = {"up": "+", "down": "-"}


@click.command(short_help="Show what readers thought of answers.")
@click.option("--json", "as_json", is_flag=True, help="Print it as cases for an evaluation.")
@with_settings()
def feedback(settings: AppSettings, as_json: bool) -> None:
    """Show the feedback given on the page, the oldest first."""
    given = Store(settings.database, settings.answer_days).feedback()
    if as_json:
        print_json([case(each) for each in given])
        return
    for each in given:
        reason = f"\n    {printable(each.reason)}" if each.reason else ""
        question = printable(str(each.answer["question"]))
        click.echo(f"{SIGNS[each.verdict]} {each.given_at[:10]} {question} ({each.answer['status']}){reason}")
    ups = sum(each.verdict == "up" for each in given)
    click.echo(f"{ups} up, {len(given) - ups} down")


def case(given: Feedback) -> dict[str, Any]:
    """A case of an evaluation: the question with its filters, what was answered, and what the reader said of it."""
    answer = given.answer
    quotes = [{name: each[name] for name in ("article_id", "start", "end", "quote")} for each in answer["citations"]]
    return {
        "id": given.answer_id,
        "question": answer["question"],
        "standalone_question": answer["standalone_question"],
        "filters": answer["filters"],
        "verdict": given.verdict,
        "reason": given.reason,
        "given_at": given.given_at,
        "status": answer["status"],
        "quotes": quotes,
        "answer": answer,
        "settings": asdict(given)["settings"],
    }
