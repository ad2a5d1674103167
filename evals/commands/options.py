"""What the commands of evals share: progress, a folder to work in, and results as JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

if TYPE_CHECKING:
    from evals.benchmarks import Progress


def give_result(file: Path | None, show: Callable[[], None], as_json: Callable[[], dict[str, Any]]) -> None:
    """The result shown, and as indented JSON into the file, where one is given; "-" is standard output, alone."""
    if file is None or str(file) != "-":
        show()
    if file is None:
        return
    text = json.dumps(as_json(), ensure_ascii=False, indent=2)
    if str(file) == "-":
        click.echo(text.encode())
    else:
        file.write_text(text + "\n", encoding="utf-8")


@contextmanager
def work_folder(given: Path | None) -> Iterator[Path]:
    """The folder that was given, or one that is gone afterwards."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
    else:
        with tempfile.TemporaryDirectory(prefix="hanmi-bench-") as folder:
            yield Path(folder)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on standard error for each thing that is done in turn; silent where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=total)

        yield show
