"""The passages of a question that was searched whole and in parts, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.retrieval import Passage

# So many of the whole question's passages, then so many of each part's, then the rest. Tried on the 270 questions of
# part A of MultiHop-RAG that ask two or three outlets, cut at the outlets: facts in ten .698 whole, .714 so; MRR .746
# and .745. Taking turns to the end, or reciprocal ranks, lost 1 to 10 points of MRR (2026-11-24).
WHOLE_FIRST: Final = 1
PART_FIRST: Final = 2


def with_parts(whole: Sequence[Passage], apart: Sequence[Sequence[Passage]]) -> list[Passage]:
    """The passages, each once: the best of the whole question and of each part in front, then the rest in their order.

    Scores are those of the question that found a passage: they do not fall from one to the next.
    """
    if not apart:
        return list(whole)
    heads = [passages[:PART_FIRST] for passages in apart]
    tails = [passages[PART_FIRST:] for passages in apart]
    ordered = [*whole[:WHOLE_FIRST], *_in_turns(heads), *whole[WHOLE_FIRST:], *_in_turns(tails)]
    first: dict[str, Passage] = {}
    for passage in ordered:
        first.setdefault(passage.chunk.chunk_id, passage)
    return list(first.values())


def _in_turns(lists: Iterable[Sequence[Passage]]) -> list[Passage]:
    return [passage for row in zip_longest(*lists) for passage in row if passage is not None]
