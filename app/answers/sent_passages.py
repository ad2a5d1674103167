"""Which sentences a model is sent, and in which order it counts them: the best passages, whole, within a budget."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from app.answers.spending import estimated_tokens
from app.answers.units import Source
from app.retrieval import Passage
from ingest.articles import Span

AROUND = 2  # sentences before and after a passage that come along: a chunk ends where it is full, not where it is told
AROUND_FIRST = 8  # … of so many of the best passages
HEADER_TOKENS = 60  # of a passage: outlet, author, date, kind, title and the frame around it
NUMBER_TOKENS = 5  # of a sentence: its number and the line break


@dataclass(frozen=True)
class Sent:
    """A run of an article's sentences as the model is sent it."""

    source: Source
    passage: Passage  # the best of those it covers
    spans: tuple[Span, ...]  # its sentences, whole, in order

    def words(self, sentence: int) -> str:
        """A sentence, counted from 1, on one line."""
        return " ".join(self.source.words(self.spans[sentence - 1]).split())


@dataclass
class _Taken:
    """Sentences of an article that go along, by index, each with the rank of the passage that brought it."""

    source: Source
    ranks: dict[int, int] = field(default_factory=dict)


def passages_within(
    passages: Sequence[Passage], open_source: Callable[[str], Source | None], tokens: int
) -> list[Sent]:
    """The passages, best first, until about ``tokens`` are full; those that touch are one.

    Of the first that does not fit go its best sentence and what fits around it. ``open_source``: see ``choose_units``;
    an article that was replaced meanwhile is left out. [] where not even one sentence fits.
    """
    taken: dict[str, _Taken] = {}
    left = tokens
    for rank, passage in enumerate(passages):
        source = open_source(passage.chunk.article_id)
        if source is None or source.article.version != passage.chunk.version:
            continue
        article = taken.setdefault(passage.chunk.article_id, _Taken(source))
        wanted = [at for at in _indexes(source, passage, rank) if at not in article.ranks]
        costs = {at: NUMBER_TOKENS + estimated_tokens(source.words(source.sentences[at])) for at in wanted}
        room = left - HEADER_TOKENS
        fits = sum(costs.values()) <= room
        chosen = wanted if fits else _around_best(passage, source, costs, room)
        article.ranks.update((at, rank) for at in chosen)
        left -= HEADER_TOKENS + sum(costs[at] for at in chosen) if chosen else 0
        if not fits:
            break
    runs = [run for article in taken.values() for run in _runs(article)]
    return [
        Sent(source, passages[rank], tuple(source.sentences[at] for at in run))
        for rank, source, run in sorted(runs, key=lambda each: (each[0], each[2]))
    ]


def _indexes(source: Source, passage: Passage, rank: int) -> range:
    """The article's sentences that the passage covers, and some around."""
    around = AROUND if rank < AROUND_FIRST else 0
    first = _index(source, passage.chunk.start) - around
    last = _index(source, passage.chunk.end - 1) + around
    return range(max(0, first), min(len(source.sentences), last + 1))


def _index(source: Source, at: int) -> int:
    return max(0, bisect_right(source.sentences, at, key=lambda span: span.start) - 1)


def _around_best(passage: Passage, source: Source, costs: dict[int, int], room: int) -> list[int]:
    """The passage's best sentence that is not there yet, and its neighbours while they fit."""
    scored = zip(passage.chunk.sentences, passage.sentences, strict=True)
    ranked = [_index(source, span.start) for span, _ in sorted(scored, key=lambda one: -one[1])]
    best = next((at for at in ranked if at in costs and costs[at] <= room), None)
    if best is None:
        return []
    chosen, room = [best], room - costs[best]
    for step in (1, -1):
        at = best + step
        while at in costs and costs[at] <= room:
            chosen.append(at)
            room -= costs[at]
            at += step
    return sorted(chosen)


def _runs(article: _Taken) -> Iterator[tuple[int, Source, list[int]]]:
    """Sentences that follow one another, each run with its best rank."""
    run: list[int] = []
    for at in sorted(article.ranks):
        if run and at != run[-1] + 1:
            yield min(article.ranks[each] for each in run), article.source, run
            run = []
        run.append(at)
    if run:
        yield min(article.ranks[each] for each in run), article.source, run
