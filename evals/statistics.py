"""Figures with their 95 % intervals: percentile bootstrap over questions, with a fixed seed.

Two engines that answered the same questions are compared question by question, on the same resamples: most of what
moves one moves the other, so their difference is known better than either.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

RESAMPLES: Final = 2_000  # the ends of an interval move by about 0.001 between seeds
SEED: Final = 20_261_124
LEVEL: Final = 0.95

Floats = npt.NDArray[np.float64]


class Estimate(NamedTuple):
    """A figure and the interval it lies in with 95 % confidence."""

    value: float
    low: float
    high: float


def mean(values: Floats) -> Estimate:
    """The mean over questions, (n,), n at least 1."""
    return _estimate(float(values.mean()), _resampled_means(values))


def mean_difference(ours: Floats, theirs: Floats) -> Estimate:
    """The mean of ours less theirs, question by question; both (n,), in the same order."""
    return mean(ours - theirs)


def auroc(positive: Floats, negative: Floats) -> Estimate:
    """The chance that a positive's score is above a negative's, a tie counting half; both at least 1."""
    wins = _wins(positive, negative)
    return _estimate(float(wins.mean()), _resampled_wins(wins))


def auroc_difference(ours: tuple[Floats, Floats], theirs: tuple[Floats, Floats]) -> Estimate:
    """Our AUROC less theirs; each (positive, negative) in the same order of questions."""
    wins = _wins(*ours) - _wins(*theirs)
    return _estimate(float(wins.mean()), _resampled_wins(wins))


def _wins(positive: Floats, negative: Floats) -> Floats:
    """(positives, negatives): 1 where the positive is above, ½ where they are equal."""
    above: Floats = (positive[:, None] > negative[None]) + 0.5 * (positive[:, None] == negative[None])
    return above


def _resampled_means(values: Floats) -> Floats:
    resampled: Floats = _counts(len(values), 0) @ values / len(values)
    return resampled


def _resampled_wins(wins: Floats) -> Floats:
    rows, columns = wins.shape
    by_column = _counts(rows, 0) @ wins  # (resamples, negatives)
    resampled: Floats = (by_column * _counts(columns, 1)).sum(axis=1) / (rows * columns)
    return resampled


@lru_cache(maxsize=4)
def _counts(size: int, stream: int) -> Floats:
    """(RESAMPLES, size): how often each question is in each resample."""
    random = np.random.default_rng([SEED, stream])
    counts = np.zeros((RESAMPLES, size))
    for row in counts:
        row += np.bincount(random.integers(size, size=size), minlength=size)
    return counts


def _estimate(value: float, resampled: Floats) -> Estimate:
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))
