"""When to say "the articles don't say": fits the probability of an answer, and sets the bar it is held to.

Everything is fitted on the half of each group's questions that calibrates and reported on the other; each group, and
within it each of the two classes, weighs the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.answers.confidence import Calibration, Signals
from app.answers.schema import Turn
from evals import statistics
from evals.datasets import BadDataset
from evals.statistics import Estimate

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

WRONG_ABSTENTIONS: Final = 0.03  # of the answerable, on the halves that set the bar; 0.05 refused 16 % of the owner's
SHOWN: Final = (0.0, 0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30)  # wrong abstentions at which the curve is shown
# Questions of the rarer class that each weight wants; with fewer the weights follow chance (Peduzzi et al. 1996).
FOR_A_WEIGHT: Final = 10
RIDGE: Final = 0.003
RATE: Final = 1.5
STEPS: Final = 4_000


class Asked(NamedTuple):
    """One question with its history, whether it can be answered, and which half it belongs to."""

    id: str
    question: str
    history: tuple[Turn, ...]
    answerable: bool
    calibrates: bool


@dataclass(frozen=True)
class Group:
    """Questions asked of one collection, and the signals they gave."""

    name: str
    articles: int
    asked: tuple[Asked, ...]
    signals: Floats  # (questions, signals)

    def half(self, calibrates: bool) -> tuple[Floats, Flags]:
        """Signals and answerable flags of one half."""
        chosen = [place for place, one in enumerate(self.asked) if one.calibrates is calibrates]
        return self.signals[chosen], np.array([self.asked[place].answerable for place in chosen], dtype=bool)


class Point(NamedTuple):
    """What a bar gives; shares from 0 to 1, every group weighing the same."""

    bar: float
    answered: float  # of all questions
    not_answerable: float  # of the answered: the risk
    wrong_abstentions: float  # of the answerable
    right_abstentions: float  # of those that are not


class Checked(NamedTuple):
    """What a calibration does on the half of a group that it was not made from; None where a class is missing."""

    group: Group
    answerable: int
    others: int
    auroc: Estimate | None
    wrong_abstentions: Estimate | None
    right_abstentions: Estimate | None


def calibration_of(groups: Sequence[Group], shipped: Calibration, wrongly: float = WRONG_ABSTENTIONS) -> Calibration:
    """Weights from the calibrating halves, and the highest bar that loses the share ``wrongly`` of the answerable.

    Where these questions are too few for weights (``are_enough``) those of ``shipped`` are kept and only the bar is
    set. Raises BadDataset for a group whose calibrating half lacks a class.
    """
    for group in groups:
        _, answerable = group.half(calibrates=True)
        if answerable.all() or not answerable.any():  # an empty half is all answerable
            missing = "answerable" if not answerable.any() else "unanswerable"
            raise BadDataset(
                f"{group.name}: half of the cases set the bar, and none of them is {missing}; add some, and let "
                "them have other ids than these"
            )
    weighted = fit(groups) if are_enough(groups) else shipped
    return Calibration(weighted.weights, weighted.intercept, _bar(weighted, groups, wrongly))


def are_enough(groups: Sequence[Group]) -> bool:
    """Whether the calibrating halves hold, of either class, ten questions for each weight."""
    flags = np.concatenate([group.half(calibrates=True)[1] for group in groups])
    return bool(min(flags.sum(), (~flags).sum()) >= FOR_A_WEIGHT * len(Signals._fields))


def fit(groups: Sequence[Group]) -> Calibration:
    """Logistic regression over the calibrating halves; its bar is 0."""
    rows, flags, weights = [], [], []
    for group in groups:
        signals, answerable = group.half(calibrates=True)
        rows.append(signals)
        flags.append(answerable)
        share = np.where(answerable, 1 / max(1, answerable.sum()), 1 / max(1, (~answerable).sum()))
        weights.append(share / len(groups))
    solved = _regress(np.vstack(rows), np.concatenate(flags).astype(float), np.concatenate(weights))
    return Calibration(Signals(*map(float, solved[:-1])), float(solved[-1]), 0.0)


def curve(calibration: Calibration, groups: Sequence[Group], wrongly: float = WRONG_ABSTENTIONS) -> list[Point]:
    """What bars give on the calibrating halves, from the lowest to the highest; the calibration's own is among them."""
    bars = {_bar(calibration, groups, share) for share in (*SHOWN, wrongly)} | {calibration.bar}
    return [_point(calibration, groups, bar) for bar in sorted(bars)]


def check(calibration: Calibration, groups: Sequence[Group]) -> list[Checked]:
    """What the calibration does on the other half of each group."""
    return [_checked(calibration, group) for group in groups]


def as_toml(calibration: Calibration, made_by: str) -> str:
    """The file that the app reads; ``made_by`` is the command, for its first line."""
    weights = {**calibration.weights._asdict(), "intercept": calibration.intercept}
    return "\n".join(
        [
            f"# Made by `{made_by}`; do not edit by hand.",
            "",
            "[weights]",
            *(f"{name} = {value:.4f}" for name, value in weights.items()),
            "",
            "[bars]",
            f"answered = {calibration.bar}",
            "",
        ]
    )


def _regress(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Weights of the columns and the intercept, by gradient descent; no weight is negative: more is never worse."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    columns = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    solved = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-columns @ solved)) - y
        solved -= RATE * (columns.T @ (error * weights) + RIDGE * np.append(solved[:-1], 0.0))
        solved[:-1] = np.maximum(solved[:-1], 0.0)
    scaled = solved[:-1] / spread
    return np.append(scaled, solved[-1] - (scaled * mean).sum())


def _bar(calibration: Calibration, groups: Sequence[Group], wrongly: float) -> float:
    """The highest bar that loses this share of the answerable questions, every group weighing the same.

    Rounded down: the question that sets it stays above.
    """
    chances, weights = [], []
    for group in groups:
        signals, answerable = group.half(calibrates=True)
        chances.append(_probabilities(calibration, signals[answerable]))
        weights.append(np.full(answerable.sum(), 1 / answerable.sum() / len(groups)))
    chance, weight = np.concatenate(chances), np.concatenate(weights)
    order = np.argsort(chance)
    place = min(int(np.searchsorted(np.cumsum(weight[order]), wrongly + 1e-9)), len(chance) - 1)
    return float(np.floor(chance[order][place] * 1000) / 1000)


def _probabilities(calibration: Calibration, signals: Floats) -> Floats:
    return np.array([calibration.probability(Signals(*map(float, row))) for row in signals])


def _point(calibration: Calibration, groups: Sequence[Group], bar: float) -> Point:
    rows = []
    for group in groups:
        signals, answerable = group.half(calibrates=True)
        kept = _probabilities(calibration, signals) >= bar
        rows.append([kept.mean(), (kept & ~answerable).mean(), (~kept)[answerable].mean(), (~kept)[~answerable].mean()])
    answered, not_answerable, wrong, right = (float(share) for share in np.mean(rows, axis=0))
    return Point(bar, answered, not_answerable / answered if answered else 0.0, wrong, right)


def _checked(calibration: Calibration, group: Group) -> Checked:
    signals, answerable = group.half(calibrates=False)
    chance = _probabilities(calibration, signals)
    below = (chance < calibration.bar).astype(float)
    ours, others = int(answerable.sum()), int((~answerable).sum())
    return Checked(
        group,
        ours,
        others,
        statistics.auroc(chance[answerable], chance[~answerable]) if ours and others else None,
        statistics.mean(below[answerable]) if ours else None,
        statistics.mean(below[~answerable]) if others else None,
    )
