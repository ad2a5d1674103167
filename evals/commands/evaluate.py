"""``hanmi eval``: how good the answers are, on questions whose answers are known."""

from __future__ import annotations

import click


@click.group("eval", invoke_without_command=True, short_help="Measure the answers on questions with known answers.")
def evaluate() -> None:
    """Ask the questions of the sets and compare the answers with what is known."""
