"""Many questions from a file of JSON lines: a line in, a line out, in the same order."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import track

from app.answers.schema import Turn
from app.errors import AppError, BadInput
from ingest.errors import IngestError

logger = logging.getLogger(__name__)
FAILED = "unexpected error; the log says where"


@dataclass(frozen=True)
class Query:
    """One line of a batch."""

    question: str
    history: tuple[Turn, ...] = ()


def run_batch(source: Path, out: Path, respond: Callable[[Query], dict[str, Any]]) -> None:
    """Write ``{"id", …}`` to ``out`` ("-": standard output) for every line of ``source`` that is not blank.

    A line that cannot be read, or whose answer fails, becomes ``{"id", "error"}``; its id is the line's number where
    it has none. Then the exit status is 1. Raises BadInput when ``source`` itself cannot be read.
    """
    lines = _lines(source)
    failed = 0
    with click.open_file(str(out), "w", encoding="utf-8") as target:
        console = Console(stderr=True)
        shown = track(lines, "Questions", console=console, disable=not console.is_terminal, transient=True)
        for number, line in shown:
            answer = _respond(number, line, respond)
            failed += "error" in answer
            _write(target, answer)
    if failed:
        raise click.ClickException(f"{failed} of {len(lines)} lines failed")


def read_history(value: object) -> tuple[Turn, ...]:
    """A conversation so far: a list of {"role": "user" | "assistant", "content"}. Raises BadInput."""
    if not isinstance(value, list):
        raise BadInput("a history is a list of turns")
    turns: list[Turn] = []
    for turn in value:
        good = isinstance(turn, dict) and turn.get("role") in ("user", "assistant")
        if not good or not isinstance(turn.get("content"), str):
            raise BadInput('a turn of a history is {"role": "user" or "assistant", "content": "…"}')
        turns.append({"role": turn["role"], "content": turn["content"]})
    return tuple(turns)


def _lines(source: Path) -> list[tuple[int, str]]:
    try:
        with click.open_file(str(source), encoding="utf-8-sig") as stream:
            return [(number, line) for number, line in enumerate(stream, start=1) if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{source} cannot be read: {error}") from error


def _respond(number: int, line: str, respond: Callable[[Query], dict[str, Any]]) -> dict[str, Any]:
    query_id: str | int = number
    try:
        row = parse_line(line)
        query_id = row["id"] if isinstance(row.get("id"), str | int) else number
        if not isinstance(row.get("question"), str):
            raise BadInput('a line of a batch is {"id": …, "question": "…", "history": […]}')
        return {"id": query_id, **respond(Query(row["question"], read_history(row.get("history") or [])))}
    except (AppError, IngestError) as error:
        return {"id": query_id, "error": str(error)}
    except Exception:
        logger.exception("line %d of the batch failed", number)
        return {"id": query_id, "error": FAILED}


def parse_line(line: str) -> dict[str, Any]:
    """The JSON object in a line of a file. Raises BadInput where there is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise BadInput("not a JSON object")
    return row


def _write(target: IO[str], answer: dict[str, Any]) -> None:
    target.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
    target.flush()
