"""A comparison of two runs on standard output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from app.render import printable
from evals.bench.report import new_table, table_console
from evals.compare import Comparison, Difference, SetComparison
from evals.compare_cases import Change


def print_comparison(found: Comparison, first: str, second: str, cases: int) -> None:
    """What differs between the runs, then every set: figures, and so many changed cases; Markdown in a file."""
    console = table_console()
    _say(console, f"A is {first}, B is {second}. Differences are B less A, with 95 % intervals.")
    for name, ours, theirs in found.different:
        _say(console, f"  {name}: {_shown(ours)} in A, {_shown(theirs)} in B")
    if not found.different:
        _say(console, "  Both were made in the same way.")
    for run, names in (("A", found.sets_only_first), ("B", found.sets_only_second)):
        if names:
            _say(console, f"Only {run} has the set{'' if len(names) == 1 else 's'} {', '.join(names)}.")
    for one in found.sets:
        _print_set(console, one, found.part, cases)


def _print_set(console: Console, one: SetComparison, part: str, cases: int) -> None:
    which = "" if part == "all" else f", part {part}"
    _say(console, f"\n{one.name}{which}: {_counted(one.both, 'case')} in both.")
    for what, ids in (
        ("only in A", one.only_first),
        ("only in B", one.only_second),
        ("with another question or gold in B, left out", one.altered),
    ):
        if ids:
            _say(console, f"{_counted(len(ids), 'case')} {what}: {_some(ids)}")
    if one.differences:
        table = new_table(console, "", "A", "B", "B less A", "of", "verdict")
        for difference in one.differences:
            table.add_row(*_cells(difference))
        console.print(table)
    for verdict in ("worse", "better", "mixed"):
        changes = [change for change in one.changes if change.verdict == verdict]
        if changes:
            _print_changes(console, verdict, changes, cases)


def _cells(one: Difference) -> tuple[str, ...]:
    value, low, high = one.difference
    difference = f"{value:+.3f} [{low:+.3f}, {high:+.3f}]" if one.changed else "0"
    return one.title, f"{one.first:.3f}", f"{one.second:.3f}", difference, str(one.n), one.verdict


def _print_changes(console: Console, verdict: str, changes: Sequence[Change], most: int) -> None:
    left = len(changes) - min(len(changes), most)
    tail = f" (the {most} that changed most)" if left and most else ""
    _say(console, f"{_counted(len(changes), 'case')} {verdict}{tail}{':' if most else ''}")
    for change in changes[:most]:
        _say(console, f"  {change.id}: {'; '.join(change.what)}")


def _some(ids: Sequence[str], most: int = 8) -> str:
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _shown(value: Any) -> str:  # noqa: ANN401
    return "nothing" if value is None else str(value)


def _say(console: Console, text: str) -> None:
    """A line as it is: what a file says is no markup and moves no cursor."""
    console.print(Text(printable(text)), soft_wrap=True)
