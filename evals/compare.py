"""Two runs side by side: what got better or worse over the cases both asked, and what else they differ in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from evals import statistics
from evals.compare_cases import Change, Pair, change_of
from evals.datasets import BadDataset, Part
from evals.run_folder import Run
from evals.scoring import abstained, confidence
from evals.statistics import Estimate, Floats
from evals.summary import Row, figures

Verdict = Literal["better", "worse", "not significant", "no change"]
# A two-sided sign test cannot reach 5 % with fewer cases that differ (2 · ½⁶ = 0.031, 2 · ½⁵ = 0.063): the bootstrap
# alone would call one changed case of one significant.
LEAST_CHANGED: Final = 6
_SAME_CASE: Final = ("question", "history", "answerable", "gold", "answer_contains", "must_not_contain")
_OF_A_SET: Final = ("articles", "chunks", "corpus_sha256", "cases_sha256")
_ABSTENTION: Final = {"abstention precision": "precision", "abstention F1": "f1"}


@dataclass(frozen=True)
class Difference:
    """A figure in both runs, over the cases that have it in both, and the second less the first."""

    metric: str
    title: str
    first: float
    second: float
    difference: Estimate
    n: int
    changed: int  # cases in which it is not the same
    verdict: Verdict


@dataclass(frozen=True)
class SetComparison:
    """One set in both runs; ids in the order of the runs."""

    name: str
    both: int  # cases that are the same in both
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]  # the largest first
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    altered: tuple[str, ...]  # in both under one id, but with another question or gold: left out of the figures


@dataclass(frozen=True)
class Comparison:
    """All that two runs differ in."""

    part: Part
    different: tuple[tuple[str, Any, Any], ...]  # what, in the first, in the second; of settings, commit, corpus …
    sets: tuple[SetComparison, ...]
    sets_only_first: tuple[str, ...]
    sets_only_second: tuple[str, ...]


def compare(first: Run, second: Run, part: Part = "all") -> Comparison:
    """The second run against the first, over the cases of that part. Raises BadDataset without a set in both."""
    ours, theirs = first.summary["sets"], second.summary["sets"]
    both = [name for name in ours if name in theirs]
    if not both:
        raise BadDataset(
            f"the runs have no set in common: the first has {', '.join(ours) or 'none'}, the second "
            f"{', '.join(theirs) or 'none'}"
        )
    metrics = {name: about for name, about in second.summary["metrics"].items() if name in first.summary["metrics"]}
    return Comparison(
        part,
        tuple(_different(first.summary, second.summary, both)),
        tuple(_compare_set(name, _cases(first, name, part), _cases(second, name, part), metrics) for name in both),
        tuple(name for name in ours if name not in theirs),
        tuple(name for name in theirs if name not in ours),
    )


def _cases(run: Run, name: str, part: Part) -> dict[str, Row]:
    """The rows that were asked, by case id."""
    chosen = (row for row in run.rows if row["set"] == name and part in ("all", row["part"]))
    return {row["case"]["id"]: row for row in chosen if row["state"] != "not_run"}


def _compare_set(
    name: str, first: Mapping[str, Row], second: Mapping[str, Row], metrics: Mapping[str, Mapping[str, Any]]
) -> SetComparison:
    common = [id_ for id_ in first if id_ in second]
    altered = tuple(id_ for id_ in common if not _is_same(first[id_], second[id_]))
    pairs = [(first[id_], second[id_]) for id_ in common if id_ not in altered]
    changes = [change for pair in pairs if (change := change_of(pair, metrics))]
    return SetComparison(
        name,
        len(pairs),
        tuple(_differences(pairs, metrics)),
        tuple(sorted(changes, key=lambda change: -abs(change.gain))),
        tuple(id_ for id_ in first if id_ not in second),
        tuple(id_ for id_ in second if id_ not in first),
        altered,
    )


def _is_same(first: Row, second: Row) -> bool:
    return all(first["case"].get(name) == second["case"].get(name) for name in _SAME_CASE)


def _differences(pairs: Sequence[Pair], metrics: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    """Every metric that applies to pairs, in the order of ``metrics``."""
    scored = [pair for pair in pairs if all(row["state"] == "scored" for row in pair)]
    for metric, about in metrics.items():
        found = _difference(metric, pairs if metric == "errors" else scored)
        if found is not None:
            first, second, estimate, n, changed = found
            verdict = _verdict(estimate, changed, about["better"])
            yield Difference(metric, about["title"], first, second, estimate, n, changed, verdict)


_Found = tuple[float, float, Estimate, int, int]  # first, second, difference, n, changed


def _difference(metric: str, pairs: Sequence[Pair]) -> _Found | None:
    if metric in _ABSTENTION or metric == "abstention AUROC":
        return _of_abstention(metric, pairs)
    if metric == "Korean less English":
        return _of_parity(pairs)
    if metric == "errors":
        return _of_values([tuple(float(row["state"] == "error") for row in pair) for pair in pairs])
    return _of_values([tuple(row["scores"][metric] for row in pair) for pair in _having(metric, pairs)])


def _having(metric: str, pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if all(metric in row["scores"] for row in pair)]


def _of_values(values: Sequence[tuple[float, ...]]) -> _Found | None:
    if not values:
        return None
    first, second = np.array(values, dtype=float).T
    estimate = statistics.mean_difference(second, first)
    return float(first.mean()), float(second.mean()), estimate, len(values), int((first != second).sum())


def _of_abstention(metric: str, pairs: Sequence[Pair]) -> _Found | None:
    """Of the whole set, both runs on the same resamples; None where it does not apply to both."""
    sides = [figures([pair[side] for pair in pairs]).get(metric) for side in (0, 1)]
    if sides[0] is None or sides[1] is None:
        return None
    if metric == "abstention AUROC":
        first, second = (_by_answerable(pairs, side, confidence) for side in (0, 1))
        estimate = statistics.auroc_difference(second, first)
    else:
        first, second = (_by_answerable(pairs, side, abstained) for side in (0, 1))
        estimate = getattr(statistics.abstention_difference(second, first), _ABSTENTION[metric])
    changed = sum(int((one != other).sum()) for one, other in zip(first, second, strict=True))
    return sides[0][0].value, sides[1][0].value, estimate, len(pairs), changed


def _by_answerable(
    pairs: Sequence[Pair], side: int, value: Callable[[Mapping[str, Any]], float]
) -> tuple[Floats, Floats]:
    """The value of one run's answers: to the questions that can be answered, and to the others."""
    answers = [(pair[side]["case"]["answerable"], value(pair[side]["answer"])) for pair in pairs]
    can, cannot = (np.array([one for which, one in answers if which is kind], dtype=float) for kind in (True, False))
    return can, cannot


def _of_parity(pairs: Sequence[Pair]) -> _Found | None:
    """Of the changes in Korean less those in English."""
    scores = {
        lang: np.array(
            [[row["scores"]["answer contains"] for row in pair] for pair in _having("answer contains", pairs)
             if pair[0]["case"]["lang"] == lang], dtype=float,
        ).reshape(-1, 2)
        for lang in ("ko", "en")
    }  # fmt: skip
    korean, english = scores["ko"], scores["en"]
    if not len(korean) or not len(english):
        return None
    first, second = korean.mean(axis=0) - english.mean(axis=0)
    moved = [side[:, 1] - side[:, 0] for side in (korean, english)]
    changed = sum(int((one != 0).sum()) for one in moved)
    return float(first), float(second), statistics.difference_of_means(*moved), len(korean) + len(english), changed


def _verdict(estimate: Estimate, changed: int, better: str) -> Verdict:
    """Whether the interval leaves 0 out and enough cases differ; which way is better is the metric's."""
    if not changed:
        return "no change"
    if changed < LEAST_CHANGED or estimate.low <= 0 <= estimate.high:
        return "not significant"
    return "better" if (estimate.value > 0) == (better == "higher") else "worse"


def _different(
    first: Mapping[str, Any], second: Mapping[str, Any], sets: Sequence[str]
) -> Iterator[tuple[str, Any, Any]]:
    """How the runs were made, where it is not the same."""
    ours, theirs = (_flat(_made(summary, sets)) for summary in (first, second))
    for name in dict.fromkeys([*ours, *theirs]):
        if ours.get(name) != theirs.get(name):
            yield name, ours.get(name), theirs.get(name)


def _made(summary: Mapping[str, Any], sets: Sequence[str]) -> dict[str, Any]:
    whole = {
        name: summary.get(name)
        for name in ("commit", "engine", "model", "settings", "calibration", "machine", "stopped")
    }
    return whole | {f"set {name}": {one: summary["sets"][name].get(one) for one in _OF_A_SET} for name in sets}


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Each thing in it by its way there: {"a": {"b": 1}} → {"a.b": 1}."""
    found: dict[str, Any] = {}
    for name, one in value.items():
        found |= _flat(one, f"{prefix}{name}.") if isinstance(one, Mapping) else {f"{prefix}{name}": one}
    return found
