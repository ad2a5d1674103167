"""A budget with what came out, as a table and as JSON."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evals.bench.report import new_table, table_console

Progress = Callable[[str, int, int], None]  # what is being done, how many of it, of how many


@dataclass(frozen=True)
class Measured:
    """One budget: what came out, what it is set beside, and whether it is kept."""

    what: str
    unit: str
    value: float | None  # None: not measured, ``note`` says why
    budget: float  # of ``value``, or of ``ratio`` where ``of_ratio``
    reference: float | None = None
    ratio: float | None = None
    of_ratio: bool = False
    at_most: bool = True
    note: str = ""

    @property
    def kept(self) -> bool | None:
        """None where it was not measured."""
        decisive = self.ratio if self.of_ratio else self.value
        if decisive is None:
            return None
        return decisive <= self.budget if self.at_most else decisive >= self.budget


def as_json(measured: Sequence[Measured]) -> dict[str, object]:
    """The measurements with the day and how busy the machine was."""
    rows = [{name: getattr(one, name) for name in one.__dataclass_fields__} | {"kept": one.kept} for one in measured]
    load = os.getloadavg() if hasattr(os, "getloadavg") else None
    return {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "load_average": load, "budgets": rows}


def print_budgets(measured: Sequence[Measured]) -> None:
    """A table on standard output; Markdown where that is no terminal."""
    console = table_console()
    table = new_table(console, "what", "measured", "reference", "ratio", "budget", "kept", "")
    for one in measured:
        reference = _amount(one.reference, one.unit)
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        sign, unit = "≤" if one.at_most else "≥", "×" if one.of_ratio else one.unit
        budget = f"{sign} {one.budget:g} {unit}".strip()
        kept = {True: "yes", False: "no", None: "–"}[one.kept]
        table.add_row(one.what, _amount(one.value, one.unit) or "–", reference, ratio, budget, kept, one.note)
    console.print(table)
    if hasattr(os, "getloadavg"):
        loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
        console.print(f"Load of the machine over the last 1, 5 and 15 minutes: {loads}")


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if unit in ("MB", "") else 2 if unit in ("s", "/s") else 1
    return f"{value:,.{digits}f} {unit}".strip()
