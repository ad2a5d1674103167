"""What a ranking is worth for one question; means over questions are taken elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """One over the place of the first relevant item (1, 1/2, 1/3 …); 0.0 where there is none."""
    return next((1 / place for place, hit in enumerate(relevant, start=1) if hit), 0.0)


def hit(relevant: Sequence[bool], k: int) -> float:
    """1.0 when at least one of the first k is relevant, else 0.0."""
    return float(any(relevant[:k]))


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """nDCG@k as trec_eval and BEIR compute it: the grade itself as gain, log2(place + 1) as discount.

    ``ranked``: document ids, best first, each once. ``grades``: above 0 for the relevant, at least one.
    """
    gained = sum(grades.get(document, 0) / math.log2(place + 1) for place, document in enumerate(ranked[:k], start=1))
    ideal = sorted(grades.values(), reverse=True)[:k]
    return gained / sum(grade / math.log2(place + 1) for place, grade in enumerate(ideal, start=1))
