"""One case in two runs: whether its answer got better or worse, and what changed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.labels import STATUS_WORDS
from evals.summary import Row

Pair = tuple[Row, Row]
# Told beside what else changed, but a case whose passages alone moved got neither better nor worse for a reader.
RETRIEVAL: Final = ("recall@1", "recall@5", "recall@10", "MRR@10", "nDCG@10")


@dataclass(frozen=True)
class Change:
    """A case whose answer is worth more or less than it was."""

    id: str
    question: str
    verdict: Literal["better", "worse", "mixed"]
    what: tuple[str, ...]  # each thing that changed: "answer contains 0 → 1"
    gain: float  # mean change over the metrics that changed, above 0 for the better; an error gone or come counts 1


def change_of(pair: Pair, metrics: Mapping[str, Mapping[str, Any]]) -> Change | None:
    """What changed in the case, or None where its answer is worth the same."""
    first, second = pair
    moved = _errors(pair) or _scores(pair, metrics)
    gains = [gain for _, gain, judged in moved if judged]
    if not gains:
        return None
    case = second["case"]
    verdict: Literal["better", "worse", "mixed"] = (
        "better" if min(gains) > 0 else "worse" if max(gains) < 0 else "mixed"
    )
    told = [_status(first, second), *(words for words, _, _ in moved)]
    return Change(
        case["id"], case["question"], verdict, tuple(words for words in told if words), sum(gains) / len(gains)
    )


def _errors(pair: Pair) -> list[tuple[str, float, bool]]:
    first, second = ((row["state"] == "error", row["reason"]) for row in pair)
    if first[0] == second[0]:
        return []
    reason = second[1] if second[0] else first[1]
    return [(f"{'now' if second[0] else 'no longer'} an error: {reason}", -1.0 if second[0] else 1.0, True)]


def _scores(pair: Pair, metrics: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, float, bool]]:
    """For each metric that changed: words, how much it gained, and whether the answer is judged by it."""
    before, after = (row["scores"] for row in pair)
    found = []
    for metric, about in metrics.items():
        if metric in before and metric in after and before[metric] != after[metric]:
            gain = (after[metric] - before[metric]) * (1 if about["better"] == "higher" else -1)
            words = f"{metric} {before[metric]:.3g} → {after[metric]:.3g}"
            found.append((words, gain, metric not in RETRIEVAL))
    return found


def _status(first: Row, second: Row) -> str:
    """The old and the new status, "answered → the articles don't say"; "" where they are the same or one is missing."""
    if not first["answer"] or not second["answer"] or first["answer"]["status"] == second["answer"]["status"]:
        return ""
    words: Mapping[str, str] = {str(status): words for status, words in STATUS_WORDS["en"].items()}
    return " → ".join(words.get(row["answer"]["status"], row["answer"]["status"]) for row in (first, second))
