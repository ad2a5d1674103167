"""Figures with their 95 % intervals: percentile bootstrap over questions, with a fixed seed.

Two engines that answered the same questions are compared question by question, on the same resamples: most of what
moves one moves the other, so their difference is known better than either.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

RESAMPLES: Final = 2_000  # the ends of an interval move by about 0.001 between seeds
SEED: Final = 20_261_124
LEVEL: Final = 0.95
Z: Final = 1.959964  # of the normal distribution, for that level

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


def share(count: int, of: int) -> Estimate:
    """The share ``count`` of ``of``, at least 1, with Wilson's score interval (1927).

    For a share that may be 0 or 1: a bootstrap then knows of no other value, however few there are.
    """
    value, z2 = count / of, Z * Z
    middle = (value + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * math.sqrt(value * (1 - value) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Estimate(value, max(0.0, middle - half), min(1.0, middle + half))


def difference_of_means(ours: Floats, theirs: Floats) -> Estimate:
    """The mean of ours less that of theirs, of different questions; (n,) and (m,), both at least 1."""
    ours_again = _counts(len(ours), 0) @ ours / len(ours)
    theirs_again = _counts(len(theirs), 1) @ theirs / len(theirs)
    return _estimate(float(ours.mean() - theirs.mean()), ours_again - theirs_again)


def auroc(positive: Floats, negative: Floats) -> Estimate:
    """The chance that a positive's score is above a negative's, a tie counting half; both at least 1."""
    wins = _wins(positive, negative)
    return _estimate(float(wins.mean()), _resampled_wins(wins))


def auroc_difference(ours: tuple[Floats, Floats], theirs: tuple[Floats, Floats]) -> Estimate:
    """Our AUROC less theirs; each (positive, negative) in the same order of questions."""
    wins = _wins(*ours) - _wins(*theirs)
    return _estimate(float(wins.mean()), _resampled_wins(wins))


class Abstention(NamedTuple):
    """How well "the articles don't say" is said; a question that cannot be answered is the positive."""

    precision: Estimate  # of the refused, the share that cannot be answered; 0 where nothing is refused
    recall: Estimate  # of those that cannot be answered, the share refused
    f1: Estimate


def abstention(wrongly: Floats, rightly: Floats) -> Abstention:
    """``wrongly``: 1 for each answerable question that was refused, else 0; ``rightly``: of the others; none empty."""
    return Abstention(*(_estimate(float(shares[0]), shares[1:]) for shares in _abstention(wrongly, rightly)))


def abstention_difference(ours: tuple[Floats, Floats], theirs: tuple[Floats, Floats]) -> Abstention:
    """Ours less theirs; each (wrongly, rightly) as above, in the same order of questions."""
    figures = zip(_abstention(*ours), _abstention(*theirs), strict=True)
    return Abstention(*(_estimate(float(mine[0] - other[0]), mine[1:] - other[1:]) for mine, other in figures))


def _abstention(wrongly: Floats, rightly: Floats) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1, each of the questions as they are and then of every resample."""
    wrong = np.append(wrongly.sum(), _counts(len(wrongly), 0) @ wrongly)
    right = np.append(rightly.sum(), _counts(len(rightly), 1) @ rightly)
    positives = len(rightly)
    return right / np.maximum(1, right + wrong), right / positives, 2 * right / (right + wrong + positives)


def refused_at(wrongly: float, answerable: Floats, others: Floats) -> Estimate:
    """The share of the others below the highest bar that at most the share ``wrongly`` of the answerable is below.

    ``answerable``, ``others``: confidences, both not empty. The bar is set anew on each resample.
    """
    once = np.ones((1, len(answerable))), np.ones((1, len(others)))
    value = _refused_at(wrongly, answerable, others, *once)
    counts = _counts(len(answerable), 0), _counts(len(others), 1)
    return _estimate(float(value[0]), _refused_at(wrongly, answerable, others, *counts))


def _refused_at(wrongly: float, answerable: Floats, others: Floats, n_answerable: Floats, n_others: Floats) -> Floats:
    """For each row of how often each question counts, (rows, n) and (rows, m)."""
    order, other_order = np.argsort(answerable), np.argsort(others)
    below = np.cumsum(n_answerable[:, order], axis=1)
    place = (below <= wrongly * len(answerable) + 1e-9).sum(axis=1)  # the first that may not be refused
    bars = np.append(answerable[order], np.inf)[place]
    refused = np.hstack([np.zeros((len(n_others), 1)), np.cumsum(n_others[:, other_order], axis=1)])
    places = np.searchsorted(others[other_order], bars, side="left")
    shares: Floats = refused[np.arange(len(refused)), places] / len(others)
    return shares


class Agreement(NamedTuple):
    """How far two verdicts on the same things agree."""

    agreement: Estimate  # share of the pairs that are equal
    kappa: Estimate | None  # Cohen's: what of it is beyond chance; None where every verdict is the same


def agreement(tables: Floats) -> Agreement:
    """``tables``: (cases, 2, 2), how often a case's pairs were (no, no), (no, yes), (yes, no), (yes, yes); n above 0.

    Cases are resampled, not pairs: those of one case are alike. Resamples without a kappa are left out of its interval.
    """
    resampled = np.tensordot(_counts(len(tables), 0), tables, axes=1)  # (resamples, 2, 2)
    same, kappa = _agreement(tables.sum(axis=0)[None])
    again, kappas = _agreement(resampled)
    known = kappas[~np.isnan(kappas)]
    return Agreement(
        _estimate(float(same[0]), again),
        _estimate(float(kappa[0]), known) if not np.isnan(kappa[0]) else None,
    )


def _agreement(tables: Floats) -> tuple[Floats, Floats]:
    """Share of equal pairs and Cohen's kappa of each (2, 2) table; NaN where chance alone would agree throughout."""
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    same = shares[:, 0, 0] + shares[:, 1, 1]
    chance = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return same, np.where(chance > 1 - 1e-12, np.nan, (same - chance) / (1 - chance))


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


@lru_cache(maxsize=128)  # a run has some fifty groups of cases; 16 kB a question and size
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
