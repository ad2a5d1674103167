"""``hanmi doctor``: which of the parts that are set up work, and what to do about the others."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.cli.options import print_json, with_settings
from app.settings import AppSettings


@click.command(short_help="Try the key, the model, embeddings, the index.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings()
def doctor(settings: AppSettings, as_json: bool) -> None:
    """Try index, embeddings, key, model and streaming, and look for Slack's tokens: a line each.

    A model that is set is asked twice, for a few words. The exit status is 1 when something that is set up fails.
    """
    from app.doctor import examine  # chromadb and onnxruntime: a second that --help need not wait

    found = []
    for check in examine(settings):
        found.append(check)
        if not as_json:
            click.echo(f"{check.state:<9}{check.name:<12}{check.text}")
    if as_json:
        print_json([asdict(check) for check in found])
    if any(check.state == "fails" for check in found):
        raise click.exceptions.Exit(1)
