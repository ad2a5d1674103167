"""``hanmi ask``: a question, or a file of them, to cited answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from app.answers.schema import Answer, Turn
from app.cli.batch import Query, read_history, run_batch
from app.cli.options import FILE, WrongUse, filter_options, one_question, print_json, print_lines, with_settings
from app.errors import BadInput
from app.render import answer_json, answer_lines
from app.settings import AppSettings, EngineChoice
from ingest.records import Filters

if TYPE_CHECKING:
    from app.assistant import Assistant


@click.command(short_help="Answer a question, or a file of them, with citations.")
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
@click.option("--history", type=FILE, help='The conversation so far: JSON list of {"role", "content"}.')
@click.option("--batch", type=FILE, help='JSON lines of {"id", "question", "history"} instead of one question.')
@click.option("--out", type=FILE, default=Path("-"), help="Where a batch's answers go.  [default: standard output]")
@click.option("--engine", type=click.Choice(get_args(EngineChoice)), help="Who answers.  [default: auto]")
@click.option("--fresh", is_flag=True, help="Have it written anew, though the same was asked before.")
@filter_options
@with_settings("engine")
def ask(
    settings: AppSettings,
    question: str | None,
    as_json: bool,
    history: Path | None,
    batch: Path | None,
    out: Path,
    fresh: bool,
    filters: Filters,
) -> None:
    """Answer QUESTION from the articles, with citations ("-" reads it from standard input)."""
    if batch and (question or history):
        raise WrongUse("--batch has the questions and histories in its file; leave QUESTION and --history out")
    if not batch:
        question, turns = one_question(question), read_history_file(history) if history else ()
    assistant = _open(settings)
    if batch:
        run_batch(batch, out, lambda query: {"answer": answer_json(_answer(assistant, query, filters, fresh))})
        return
    answer = assistant.answer(str(question), turns, filters, fresh=fresh)
    if as_json:
        print_json(answer_json(answer))
    else:
        print_lines(answer_lines(answer))
    if answer.status == "error":
        raise click.exceptions.Exit(1)


def _open(settings: AppSettings) -> Assistant:
    from app.opening import open_assistant  # chromadb and onnxruntime: a second that --help need not wait

    return open_assistant(settings)


def _answer(assistant: Assistant, query: Query, filters: Filters, fresh: bool) -> Answer:
    return assistant.answer(query.question, query.history, filters, fresh=fresh)


def read_history_file(file: Path) -> tuple[Turn, ...]:
    """The turns in a JSON file. Raises BadInput."""
    try:
        with click.open_file(str(file), encoding="utf-8-sig") as stream:
            return read_history(json.load(stream))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{file} cannot be read as a history: {error}") from error
