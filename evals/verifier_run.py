"""How many altered claims the verifier catches and how many true ones it passes, by kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from app.answers.verification import Evidence, Verdict
from evals.statistics import Estimate, share
from evals.verifier_pairs import KINDS, TRUE_KIND, Pair

Check = Callable[[str, Sequence[Evidence]], Verdict]  # Verifier.check
# To reach: of altered facts the share caught, of true claims the share passed.
TARGETS: Final = ((("number", "date", "name"), 0.95), (("negation", "direction"), 0.80))
TRUE_TARGET: Final = 0.90


@dataclass(frozen=True)
class Outcome:
    """What the verifier says of one pair."""

    pair: Pair
    verdict: Verdict
    seconds: float

    @property
    def right(self) -> bool:
        """A true claim passed, another caught."""
        return self.verdict.supported == (self.pair.label == "supported")


@dataclass(frozen=True)
class Row:
    """Pairs of one or several kinds, and the share the verifier is right about."""

    name: str
    right: int
    pairs: int
    share: Estimate
    target: float | None = None  # the upper end of the interval reaches it, or it is missed

    @property
    def reached(self) -> bool | None:
        """None without a target."""
        return None if self.target is None else self.share.high >= self.target


@dataclass(frozen=True)
class Measured:
    """One run over a part."""

    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]  # in the order of the pairs
    median_ms: float  # for one claim
    p95_ms: float


def measure(pairs: Sequence[Pair], check: Check) -> Measured:
    """Every pair checked once, in order; at least one."""
    check(pairs[0].claim, pairs[0].evidence)  # what is built on first use does not count as the time of a claim
    outcomes = tuple(_checked(pair, check) for pair in pairs)
    median, p95 = 1000 * np.quantile([each.seconds for each in outcomes], [0.5, 0.95])
    return Measured(tuple(rows(outcomes)), outcomes, float(median), float(p95))


def rows(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    """Kind by kind, the true claims in Korean apart as well; then kinds with a target in common, and all altered ones.

    A group without a pair is left out.
    """
    for kind in KINDS:
        target = TRUE_TARGET if kind == TRUE_KIND else None
        yield from _row(kind, (each for each in outcomes if each.pair.kind == kind), target)
        if kind == TRUE_KIND:
            korean = (each for each in outcomes if each.pair.kind == kind and each.pair.korean)
            yield from _row("… in Korean", korean)
    for kinds, target in TARGETS:
        yield from _row(" + ".join(kinds), (each for each in outcomes if each.pair.kind in kinds), target)
    yield from _row("all altered", (each for each in outcomes if each.pair.kind != TRUE_KIND))


def _checked(pair: Pair, check: Check) -> Outcome:
    begun = time.perf_counter()
    verdict = check(pair.claim, pair.evidence)
    return Outcome(pair, verdict, time.perf_counter() - begun)


def _row(name: str, outcomes: Iterable[Outcome], target: float | None = None) -> Iterator[Row]:
    found = [each.right for each in outcomes]
    if found:
        yield Row(name, sum(found), len(found), share(sum(found), len(found)), target)
