"""``hanmi search``: passages with their scores, and where each score came from."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.batch import run_batch
from app.cli.options import FILE, WrongUse, filter_options, one_question, print_json, print_lines, with_settings
from app.render import hit_json, passage_json, passage_lines
from app.settings import AppSettings
from ingest.records import Filters

MAX_HITS = 100


@click.command(short_help="Show passages and where their scores came from.")
@click.argument("question", required=False)
@click.option("--k", type=click.IntRange(1, MAX_HITS), default=10, show_default=True, help="Passages at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the hits as JSON.")
@click.option("--batch", type=FILE, help='JSON lines of {"id", "question"} instead of one question.')
@click.option("--out", type=FILE, default=Path("-"), help="Where a batch's hits go.  [default: standard output]")
@filter_options
@with_settings()
def search(
    settings: AppSettings,
    question: str | None,
    k: int,
    as_json: bool,
    batch: Path | None,
    out: Path,
    filters: Filters,
) -> None:
    """Show the passages nearest to QUESTION, best first ("-" reads it from standard input)."""
    if batch and question:
        raise WrongUse("--batch has the questions in its file; leave QUESTION out")
    if not batch:
        question = one_question(question)
    from app.opening import open_assistant  # chromadb and onnxruntime: a second that --help need not wait

    assistant = open_assistant(settings)
    if batch:
        run_batch(batch, out, lambda query: {"hits": [*map(hit_json, assistant.search(query.question, k, filters))]})
        return
    passages = assistant.search(str(question), k, filters)
    if as_json:
        print_json({"question": question, "hits": [passage_json(passage) for passage in passages]})
    else:
        print_lines(passage_lines(passages))
