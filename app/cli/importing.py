"""``hanmi import``: articles from JSON lines to one Markdown file each."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.options import FOLDER, print_json, with_settings
from app.settings import AppSettings


@click.command("import", short_help="Turn JSON lines into article files.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", type=FOLDER, help="Folder for the files.  [default: articles/ in the corpus]")
@click.option("--json", "as_json", is_flag=True, help="Print the counts and problems as JSON.")
@with_settings(makes_corpus=True)
def import_(settings: AppSettings, file: Path, to: Path | None, as_json: bool) -> None:
    """Write each article of FILE (JSON lines) as a Markdown file; nothing is overwritten.

    A line has title and body (or text), and where known id, source (or outlet), published_at, author, url, category.
    """
    from ingest.importing import import_jsonl  # reads and cleans articles: not needed for --help

    folder = to or settings.corpus / "articles"
    report = import_jsonl(file, folder)
    for line, reason in report.problems:
        click.echo(f"{file}:{line}: {reason}", err=True)
    counts = {"written": len(report.written), "unchanged": report.unchanged, "failed": len(report.problems)}
    if as_json:
        problems = [{"line": line, "reason": reason} for line, reason in report.problems]
        print_json({**counts, "folder": str(folder), "problems": problems})
    else:
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()) + f" in {folder}")
    if report.problems:
        raise click.exceptions.Exit(1)
