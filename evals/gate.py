"""What the figures of a run may not fall below: thresholds in a file, and whether a run holds them."""

from __future__ import annotations

import json
import math
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from evals.datasets import BadDataset
from evals.run_folder import Run

THRESHOLDS: Final = Path(__file__).with_name("thresholds.toml")
# Between two kinds of processor the embedded model's vectors differ in the last digits, and a case or two in a hundred
# turns; one that turns in a group of ten is a tenth.
MARGIN: Final = 0.03
SMALL_MARGIN: Final = 0.10
_DIGITS: Final = 3
_HEAD: Final = """\
# What the figures of `hanmi eval gate` may not fall below (or rise above). Renewed with `hanmi eval gate --write`,
# which takes the margin from each figure of that run; a figure is added or taken out by hand. `failing`: the cases that
# failed in that run, so that the gate can name those that newly do.
"""

_Side = Literal["minimum", "maximum"]
_SIDES: Final[tuple[_Side, ...]] = get_args(_Side)


@dataclass(frozen=True)
class Threshold:
    """The bound of one figure."""

    set: str
    group: str  # as summary.json has it: "all", "lang ko" …
    metric: str
    side: _Side
    bound: float
    margin: float  # taken from the figure when the bound is renewed
    why: str


@dataclass(frozen=True)
class Thresholds:
    """What a file of thresholds holds."""

    bounds: tuple[Threshold, ...]
    failing: Mapping[str, Sequence[str]]  # ids of cases by set


class Checked(NamedTuple):
    """A bound and what was measured; ``value`` is None where nothing was, which is below any bound."""

    threshold: Threshold
    value: float | None
    cases: int

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bound, to the digits that the file has."""
        if self.value is None:
            return False
        value, bound = round(self.value, _DIGITS), self.threshold.bound
        return value >= bound if self.threshold.side == "minimum" else value <= bound


class _Guarded(NamedTuple):
    """A figure that a new file of thresholds guards, where it was measured."""

    group: str
    metric: str
    side: _Side
    margin: float
    why: str


_GUARDED: Final = (
    _Guarded("all", "answer contains", "minimum", MARGIN, "the answer is in the answer"),
    _Guarded("all", "citation recall", "minimum", MARGIN, "the words that carry the answer are quoted"),
    _Guarded("all", "citation precision", "minimum", MARGIN, "little is quoted that does not carry it"),
    _Guarded("all", "abstention recall", "minimum", MARGIN, "what the articles do not say is not answered"),
    _Guarded("all", "wrong abstentions", "maximum", MARGIN, "what they say is"),
    _Guarded("all", "abstention AUROC", "minimum", MARGIN, "the confidence tells the two apart"),
    _Guarded("all", "recall@10", "minimum", MARGIN, "search brings the passages that carry the answer"),
    _Guarded("all", "MRR@10", "minimum", MARGIN, "and brings them first"),
    _Guarded("overlap ≤ 30 %", "answer contains", "minimum", SMALL_MARGIN, "also where the wording is another"),
    _Guarded("lang ko", "answer contains", "minimum", SMALL_MARGIN, "also in Korean"),
    _Guarded("kind followup", "answer contains", "minimum", SMALL_MARGIN, "also when asked as a follow-up"),
    _Guarded("all", "quote exactness", "minimum", 0.0, "a quotation is the article's own words, always"),
    _Guarded("all", "claims supported", "minimum", 0.0, "nothing is claimed that is not carried"),
    _Guarded("all", "attribution kept", "minimum", MARGIN, "an opinion is somebody's"),
    _Guarded("all", "must not contain", "minimum", 0.0, "what must not be said is not said"),
    _Guarded("all", "errors", "maximum", 0.0, "every case can be asked"),
)


def read_thresholds(file: Path) -> Thresholds:
    """The thresholds in the order of the file. Raises BadDataset that names the file and what is wrong with it."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        bounds = tuple(_bound(row) for row in table["figure"])
        failing = {str(name): [str(case) for case in ids] for name, ids in table.get("failing", {}).items()}
    except FileNotFoundError as error:
        raise BadDataset(f"there is no {file}; hanmi eval gate --write makes it from a run") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadDataset(f"{file} cannot be read: {error}") from error
    except KeyError as error:
        raise BadDataset(
            f"{file}: {error} is missing; every [[figure]] has set, group, metric, a bound, why"
        ) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BadDataset(f"{file} is not of the expected form: {error}") from error
    if not bounds:
        raise BadDataset(f"{file} holds no [[figure]]")
    return Thresholds(bounds, failing)


def check(summary: Mapping[str, Any], thresholds: Sequence[Threshold]) -> list[Checked]:
    """Each threshold with the run's figure, in their order.

    Raises BadDataset for a run of a part or a few of the cases, whose figures are others.
    """
    settings = summary["settings"]
    if settings["part"] != "all" or settings["limit"] is not None or summary["stopped"]:
        raise BadDataset("the run was stopped, or asked a part of the cases; the gate needs a run of all of them")
    return [Checked(each, *_measured(summary, each)) for each in thresholds]


def started(summary: Mapping[str, Any]) -> list[Threshold]:
    """What a new file guards: those of the usual figures that the run has; their bounds are still to be set."""
    return [
        Threshold(name, each.group, each.metric, each.side, 0.0, each.margin, each.why)
        for name in summary["sets"]
        for each in _GUARDED
        if _figure(summary, name, each.group, each.metric)
    ]


def renewed(checked: Sequence[Checked], margin: float | None = None) -> list[Threshold]:
    """The thresholds with bounds the margin away from what was measured; one that was not measured stays.

    ``margin``: for all but those without one; else each its own. Rounded away from the figure.
    """
    return [_renewed(each, margin) for each in checked]


def failing(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The ids of the cases that failed, or could not be asked, by set and in order."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["state"] != "not_run":
            ids = found.setdefault(row["set"], [])
            ids += [row["case"]["id"]] if row["failures"] or row["state"] == "error" else []
    return found


def newly_failing(run: Run, before: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """(case, why it failed) of the cases that failed in this run and not when the thresholds were set."""
    now = failing(run.rows)
    new = {(name, case) for name, ids in now.items() if name in before for case in ids if case not in before[name]}
    return [
        (row["case"]["id"], (row["failures"] or [row["reason"]])[0])
        for row in run.rows
        if (row["set"], row["case"]["id"]) in new
    ]


def as_toml(thresholds: Thresholds) -> str:
    """The file's text; ``read_thresholds`` reads it again."""
    parts = [_HEAD]
    for each in thresholds.bounds:
        fields: dict[str, str | float] = {"set": each.set, "group": each.group, "metric": each.metric}
        fields |= {each.side: each.bound, "margin": each.margin, "why": each.why}
        parts.append("\n".join(["[[figure]]", *(f"{name} = {_toml(value)}" for name, value in fields.items()), ""]))
    parts.append("[failing]")
    for name, ids in thresholds.failing.items():
        parts.append("\n".join([f"{_toml(name)} = [", *(f"  {_toml(case)}," for case in ids), "]"]))
    return "\n".join(parts) + "\n"


@contextmanager
def without_openai() -> Iterator[None]:
    """Nothing in the environment that an OpenAI client would take up by itself; put back afterwards."""
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("OPENAI_")}
    try:
        yield
    finally:
        os.environ.update(taken)


def _bound(row: Mapping[str, Any]) -> Threshold:
    sides: list[_Side] = [side for side in _SIDES if side in row]
    if len(sides) != 1:
        raise ValueError("a [[figure]] has either a minimum or a maximum")
    return Threshold(
        set=str(row["set"]),
        group=str(row["group"]),
        metric=str(row["metric"]),
        side=sides[0],
        bound=float(row[sides[0]]),
        margin=float(row.get("margin", MARGIN)),
        why=str(row["why"]),
    )


def _measured(summary: Mapping[str, Any], threshold: Threshold) -> tuple[float | None, int]:
    figure = _figure(summary, threshold.set, threshold.group, threshold.metric)
    return (figure["value"], figure["n"]) if figure else (None, 0)


def _figure(summary: Mapping[str, Any], name: str, group: str, metric: str) -> dict[str, Any] | None:
    groups = summary["sets"].get(name, {}).get("groups", {})
    found: dict[str, Any] | None = groups.get(group, {}).get("figures", {}).get(metric)
    return found


def _renewed(checked: Checked, margin: float | None) -> Threshold:
    each = checked.threshold
    if checked.value is None:
        return each
    room = each.margin if margin is None or not each.margin else margin
    scale = 10**_DIGITS
    if each.side == "minimum":
        bound = math.floor(round((checked.value - room) * scale, 6)) / scale
    else:
        bound = math.ceil(round((checked.value + room) * scale, 6)) / scale
    return replace(each, bound=bound, margin=room)


def _toml(value: str | float) -> str:
    return json.dumps(value, ensure_ascii=False)
