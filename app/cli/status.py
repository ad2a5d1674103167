"""``hanmi status``: what is in the index, what it was made with, when, and what went wrong."""

from __future__ import annotations

import stat
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from app.cli.options import print_json, with_settings
from app.errors import SettingsError
from app.labels import display_date
from app.settings import AppSettings

if TYPE_CHECKING:
    from ingest.embedding import TextEmbeddings


@dataclass(frozen=True)
class Status:
    """Everything ``hanmi status`` shows."""

    index: str  # folder or address
    corpus: str
    generation: int
    articles: int
    chunks: int
    outlets: dict[str, int]  # articles of each, most first; those without an outlet are not counted
    oldest: str | None
    newest: str | None
    embedding: str
    embedding_now: str  # what would embed a question now; the same unless something is missing
    calibration: str  # "shipped", or the file of one's own
    size_bytes: int | None  # None on a server
    last_sync: str | None  # ISO 8601, UTC
    problems: tuple[str, ...]


@click.command(short_help="Show what is in the index, and problems.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@with_settings()
def status(settings: AppSettings, as_json: bool) -> None:
    """Show articles, chunks, outlets, dates, embedding model, calibration, size, last sync and problems."""
    found = read_status(settings)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)


def read_status(settings: AppSettings) -> Status:
    """The state of the index. Raises IndexUnavailable when there is none."""
    from app.opening import index_location, open_embeddings, server_cache, state_folder
    from ingest.index import open_index
    from ingest.sync_report import load_state

    location = index_location(settings)
    index = open_index(location, None, cache_dir=server_cache(settings))
    embeddings = open_embeddings(settings)
    state = load_state(state_folder(settings))
    records = index.articles().values()
    dates = sorted(record.published for record in records if record.published)
    problems = _problems(state.report if state else {})
    problems += _problems_of_settings(settings, embeddings, index.settings.embedding)
    return Status(
        index=str(location) if isinstance(location, Path) else location.url,
        corpus=state.corpus if state else str(settings.corpus),
        generation=index.generation,
        articles=len(records),
        chunks=sum(len(record.chunk_ids) for record in records),
        outlets=dict(Counter(record.outlet for record in records if record.outlet).most_common()),
        oldest=dates[0] if dates else None,
        newest=dates[-1] if dates else None,
        embedding=index.settings.embedding,
        embedding_now=embeddings.name,
        calibration=str(settings.calibration or "shipped"),
        size_bytes=_size(location) if isinstance(location, Path) else None,
        last_sync=state.finished_at if state else None,
        problems=tuple(problems),
    )


def _problems(report: dict[str, object]) -> list[str]:
    """What the last sync could not do, a line each."""
    failed, duplicates = report.get("failed"), report.get("duplicates")
    lines = [f"{each['file']}: {each['reason']}" for each in failed] if isinstance(failed, list) else []
    if isinstance(duplicates, list):
        lines += [f"{each['file']}: left out, {each['kept']} has it ({each['reason']})" for each in duplicates]
    return lines


def _problems_of_settings(settings: AppSettings, embeddings: TextEmbeddings, made_with: str) -> list[str]:
    """Where what is set does not fit the index, or cannot be used, a line each."""
    from app.answers.confidence import load_calibration
    from ingest.embedding import NoEmbeddings

    lines = []
    if isinstance(embeddings, NoEmbeddings):
        lines.append(f"word matches alone (BM25): {embeddings.reason}")
    if embeddings.name != made_with:
        lines.append(
            f"the index was made with {made_with}, and {embeddings.name} is set now: "
            "run `hanmi ingest --rebuild`, or set the former again"
        )
    try:
        load_calibration(settings.calibration)
    except SettingsError as error:
        lines.append(str(error))
    return lines


def _size(folder: Path) -> int:
    size = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a running ingest replaces files while they are counted
            found = file.stat()
            size += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return size


def _print(found: Status) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    outlets = ", ".join(f"{outlet} ({count:,})" for outlet, count in list(found.outlets.items())[:10])
    dates = " – ".join(dict.fromkeys(display_date(date, "en") for date in (found.oldest, found.newest) if date))
    size = "on the server" if found.size_bytes is None else f"{found.size_bytes / 1e6:,.1f} MB"
    rows = {
        "index": f"{found.index} (generation {found.generation}, {size})",
        "corpus": found.corpus,
        "articles": f"{found.articles:,} in {found.chunks:,} chunks",
        "outlets": outlets + (f" and {len(found.outlets) - 10} more" if len(found.outlets) > 10 else ""),
        "dates": dates,
        "embedding": found.embedding,
        "calibration": found.calibration,
        "last sync": found.last_sync or "never finished",
        "problems": "\n".join(found.problems) or "none",
    }
    for name, value in rows.items():
        table.add_row(name, value or "unknown", end_section=False)
    Console(highlight=False, markup=False, soft_wrap=True).print(table)
