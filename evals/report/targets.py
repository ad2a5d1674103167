"""What the figures of the shipped sets are to reach, as it was set before they were measured (issue 4)."""

from __future__ import annotations

from typing import Final

PART: Final[dict[tuple[str, str], float]] = {  # of part B, by set and metric
    ("owner", "answer contains"): 0.75,
    ("owner", "citation recall"): 0.75,
    ("owner", "citation precision"): 0.70,
    ("owner", "abstention F1"): 0.70,
    ("whitehouse", "answer contains"): 0.75,
    ("whitehouse", "citation recall"): 0.70,
}
EVERYWHERE: Final[dict[str, float]] = {"quote exactness": 1.0}  # of every set and part
# Of the cases of a group alone, on part B too: what the row is called, the group, the metric.
GROUPS: Final[tuple[tuple[str, str, str, float], ...]] = (
    ("follow-ups", "kind followup", "answer contains", 0.55),
    ("Korean", "lang ko", "answer contains", 0.50),
)
SHIPPED: Final = ("owner", "whitehouse")


def target(set_name: str, group: str, metric: str) -> float | None:
    """The figure to reach there, or None where none was set.

    It counts as reached when the upper end of the 95 % interval is at least the figure.
    """
    if metric in EVERYWHERE:
        return EVERYWHERE[metric]
    return PART.get((set_name, metric)) if group == "part B" else None
