"""The folder of a run: its rows, its summary, its report; written while cases are asked, read by what looks at runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from evals.datasets import BadDataset

ROWS = "rows.jsonl"
SUMMARY = "summary.json"
REPORT = "report.html"
FORMAT = 1


class Run(NamedTuple):
    """What a run's folder holds."""

    summary: dict[str, Any]
    rows: list[dict[str, Any]]  # one a case, in the order they were asked


class RowFile:
    """Takes rows one by one; each is on disk before the next case is asked."""

    def __init__(self, file: Path) -> None:
        # Half of a surrogate pair, which a model's words can bring, becomes its escape, as JSON has it.
        self._file = file.open("w", encoding="utf-8", errors="backslashreplace")

    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """No row comes after this."""
        self._file.close()


def new_folder(home: Path, given: Path | None) -> Path:
    """An empty folder for a run: the one given, made when missing, or one by date and time under ``home``.

    Raises BadDataset where the one given is a file, or holds a run already.
    """
    if given is None:
        runs, name = home / "evals" / "runs", datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        names = [name, *(f"{name}-{number}" for number in range(2, 100))]
        given = next(runs / each for each in names if not (runs / each).exists())
    if given.exists() and not given.is_dir():
        raise BadDataset(f"{given} is a file; name a folder for the run with --out")
    if any((given / name).exists() for name in (ROWS, SUMMARY)):
        raise BadDataset(f"{given} holds a run already; name another folder with --out")
    given.mkdir(parents=True, exist_ok=True)
    return given


@contextmanager
def row_file(folder: Path, name: str = ROWS) -> Iterator[RowFile]:
    """The rows of the run, open for writing."""
    rows = RowFile(folder / name)
    try:
        yield rows
    finally:
        rows.close()


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write the summary; a run without one did not come to its end."""
    text = json.dumps(summary, ensure_ascii=False, indent=2)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def read_run(folder: Path) -> Run:
    """The run in the folder. Raises BadDataset that names what is missing or cannot be read."""
    try:
        summary = json.loads((folder / SUMMARY).read_text("utf-8"))
        lines = (folder / ROWS).read_text("utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
    except FileNotFoundError as error:
        raise BadDataset(f"{folder} holds no run: there is no {Path(error.filename).name} in it") from error
    except (OSError, ValueError) as error:
        raise BadDataset(f"the run in {folder} cannot be read: {error}") from error
    whole = isinstance(summary, dict) and all(isinstance(summary.get(name), dict) for name in ("sets", "metrics"))
    if not whole or summary.get("format") != FORMAT or not all(isinstance(row, dict) for row in rows):
        raise BadDataset(f"{folder / SUMMARY} is not of the form that this version writes; run hanmi eval again")
    return Run(summary, rows)
