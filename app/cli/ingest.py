"""``hanmi ingest``: makes the index match the folder of articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from app.cli.options import FOLDER, print_json, with_settings
from app.settings import AppSettings

if TYPE_CHECKING:
    from ingest.sync import Progress as Done
    from ingest.sync_report import SyncReport


@click.command(short_help="Make the index match the folder of articles.")
@click.argument("folder", type=FOLDER, required=False, metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--rebuild", is_flag=True, help="Make everything anew beside the old index, then swap them.")
@with_settings()
def ingest(settings: AppSettings, folder: Path | None, as_json: bool, dry_run: bool, rebuild: bool) -> None:
    """Make the index match the articles in DIR (without it: the corpus): add, replace, remove.

    An index holds one folder: what came from another one and is not in DIR is removed.

    The exit status is 1 when a file could not be read; the others are in the index all the same.
    """
    report = run_sync(settings, folder or settings.corpus, dry_run=dry_run, rebuild=rebuild)
    if as_json:
        print_json(report.as_dict())
    else:
        print_report(report)
    if report.failed:
        raise click.exceptions.Exit(1)


def sync_or_rebuild(settings: AppSettings) -> SyncReport:
    """One sync; a rebuild, said in one line, where only the embedded model came or went. Raises IngestError."""
    from ingest.errors import IndexMismatch

    try:
        return run_sync(settings, settings.corpus)
    except IndexMismatch:
        now = _model_that_came_or_went(settings)
        if now is None:
            raise
        click.echo(f"The embedded model {now} since the index was made; making the index anew …", err=True)
    return run_sync(settings, settings.corpus, rebuild=True)


def _model_that_came_or_went(settings: AppSettings) -> str | None:
    """What became of the embedded model; None where the index differs from the settings in anything else."""
    from app.opening import index_location, open_embeddings, server_cache
    from ingest.embedding import MiniLMEmbeddings, NoEmbeddings
    from ingest.index import open_index
    from ingest.index_settings import settings_for
    from ingest.minilm import MODEL_NAME

    stored = open_index(index_location(settings), None, cache_dir=server_cache(settings)).settings
    embeddings = open_embeddings(settings)
    if replace(stored, embedding=embeddings.name, dimension=embeddings.dimension) != settings_for(embeddings):
        return None
    if stored.embedding == NoEmbeddings.name and isinstance(embeddings, MiniLMEmbeddings):
        return "has been installed or chosen"
    if stored.embedding.startswith(MODEL_NAME) and isinstance(embeddings, NoEmbeddings):
        return "is gone or switched off"
    return None


def run_sync(settings: AppSettings, corpus: Path, *, dry_run: bool = False, rebuild: bool = False) -> SyncReport:
    """One sync, with a progress bar on standard error where that is a terminal. Raises IngestError."""
    from app.opening import index_location, open_embeddings, server_cache  # chromadb: a second --help need not wait
    from ingest.embedding import NoEmbeddings
    from ingest.sync import sync

    embeddings = open_embeddings(settings)
    if isinstance(embeddings, NoEmbeddings):
        click.echo(f"Word matches alone (BM25): {embeddings.reason}", err=True)
    with _progress_bar() as progress:
        return sync(
            corpus,
            index_location(settings),
            embeddings,
            cache_dir=server_cache(settings),
            progress=progress,
            dry_run=dry_run,
            rebuild=rebuild,
        )


def print_report(report: SyncReport) -> None:
    """What was done as a table on standard output, and each file that needs attention on standard error."""
    for failure in report.failed:
        click.echo(f"{failure.file}: {failure.reason}", err=True)
    for duplicate in report.duplicates:
        click.echo(f"{duplicate.file}: left out, {duplicate.kept} has it ({duplicate.reason})", err=True)
    for name in report.ignored:
        click.echo(f"{name}: not read, its ending says no kind of article", err=True)
    if _emptied(report):
        done = "would be removed" if report.dry_run else "were removed"
        click.echo(f"the folder holds no articles; {len(report.removed):,} {done} from the index", err=True)
    names = ("added", "replaced", "removed", "unchanged", "failed", "chunks", "seconds")
    counts = (report.added, report.replaced, report.removed, report.unchanged, report.failed, report.chunks)
    table = Table(title="What would be done" if report.dry_run else None, title_justify="left")
    for name in names:
        table.add_column(name, justify="right")
    numbers = [len(count) if isinstance(count, list) else count for count in counts]
    table.add_row(*(f"{number:,}" for number in numbers), f"{report.seconds:.1f}")
    Console(highlight=False).print(table)


def _emptied(report: SyncReport) -> bool:
    """Whether nothing is left in the index because the folder holds nothing."""
    return bool(report.removed) and not any((report.added, report.replaced, report.unchanged, report.kept))


@contextmanager
def _progress_bar() -> Iterator[Callable[[Done], None] | None]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), _Rate(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        def show(done: Done) -> None:
            """The chunks still to come are known when all files are read; until then they are extrapolated."""
            total = done.chunks_found * done.files / done.files_read if done.files_read else None
            reading = done.files_read < done.files
            description = f"Read {done.files_read:,} of {done.files:,} files" if reading else "Embedding"
            bar.update(task, description=description, completed=done.chunks_embedded, total=total)

        yield show


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{int(task.completed):,} chunks" + (f", {speed:,.0f}/s" if speed else ""))
