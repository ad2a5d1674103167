"""``hanmi verify``: whether the quotations of an export still stand in the articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FILE, print_json, with_settings
from app.errors import BadInput
from app.render import printable
from app.settings import AppSettings

if TYPE_CHECKING:
    from app.verification import Finding

QUOTE_CHARS = 160  # of a quotation in the list


@click.command(short_help="Re-check the citations of an export.")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print every finding as JSON.")
@with_settings()
def verify(settings: AppSettings, file: Path, as_json: bool) -> None:
    """Check every quotation in FILE (Markdown, HTML or JSON) against the articles in the index.

    So are the answers against their quotations: a sentence that is nearly one and not quite was changed. What does not
    hold is listed, and the exit status is 1.
    """
    findings = _findings(settings, file)
    if as_json:
        print_json([{**asdict(each.cited), "holds": each.holds, "note": each.note} for each in findings])
    else:
        _print(findings)
    if not all(each.holds for each in findings):
        raise click.exceptions.Exit(1)


def _findings(settings: AppSettings, file: Path) -> list[Finding]:
    from app.opening import index_location, server_cache  # chromadb: a second that --help need not wait
    from app.verification import check, read_export
    from ingest.index import open_index

    try:
        with click.open_file(str(file), encoding="utf-8-sig") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from error
    export = read_export(text)
    index = open_index(index_location(settings), None, cache_dir=server_cache(settings))
    return check(export, cache(index.article))


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        cited = finding.cited
        if finding.note:
            words = " ".join(printable(cited.quote).split())
            shown = words if len(words) <= QUOTE_CHARS else words[:QUOTE_CHARS].rstrip() + "…"
            sign = "○" if finding.holds else "✕"
            click.echo(f"{sign} {printable(cited.article_id)} {cited.start}–{cited.end}: {finding.note}\n  “{shown}”")
    holding = sum(finding.holds for finding in findings)
    click.echo(f"{holding} of {len(findings)} quotations hold")
