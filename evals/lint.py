"""Whether the cases of a set can be trusted: that the articles hold every gold quote, and what the set is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from app.errors import BadInput
from evals.cases import Case, Gold, overlap, parse_line, read_case
from evals.collections import CaseSet
from evals.datasets import BadDataset
from evals.summary import MUCH_OVERLAP
from evals.wording import holds
from ingest.articles import Article

MAX_QUOTE_WORDS: Final = 60  # a longer gold quote is a paragraph: half of it would say nothing about the answer
LEAST_LOW: Final = 0.50  # of the cases with an overlap: worded in their own way, not in the article's
LEAST_NOT_ANSWERABLE: Final = 0.25
LEAST_KOREAN: Final = 15
NEAR: Final = 0.6  # share of a quote's words that a stretch must have in common with it to be named


class Fault(NamedTuple):
    """What is wrong, and in which case; ``case`` is "" for a line that is no case."""

    case: str
    what: str


class Aim(NamedTuple):
    """Something a set should have, what it has, and whether that is enough; a miss is no fault."""

    text: str
    reached: bool


@dataclass(frozen=True)
class SetReport:
    """What was found in one set."""

    name: str
    cases: int
    kinds: dict[str, int]  # the most frequent first
    korean: int
    not_answerable: int
    overlaps: dict[str, float]  # by case, in the order of the file; those without one are left out
    faults: tuple[Fault, ...]
    unchecked: str | None = None  # why no gold quote was looked up

    @property
    def low(self) -> int:
        """Cases whose questions share few words with their quotes."""
        return sum(share <= MUCH_OVERLAP for share in self.overlaps.values())

    def aims(self) -> list[Aim]:
        """What a set of its own should have; [] for one without an answerable case, which only goes with another."""
        if self.not_answerable == self.cases:
            return []
        measured, low = len(self.overlaps), self.low
        refused = self.not_answerable / self.cases
        return [
            Aim(
                f"{low} of {measured} questions share at most {MUCH_OVERLAP:.0%} of their words with the quotes; "
                f"at least {LEAST_LOW:.0%} should",
                low >= LEAST_LOW * measured,
            ),
            Aim(
                f"{refused:.0%} are not answerable; at least {LEAST_NOT_ANSWERABLE:.0%} should not be",
                refused >= LEAST_NOT_ANSWERABLE,
            ),
            Aim(f"{self.korean} are in Korean; at least {LEAST_KOREAN} should be", self.korean >= LEAST_KOREAN),
        ]


def lint(cases: CaseSet, articles: Mapping[str, Article] | None) -> SetReport:
    """What the set is made of, and its faults in the order of the cases; ``articles`` by id.

    Without articles no gold quote is looked up, and the report says why.
    """
    faults = [*_repeated(cases.cases), *(each for case in cases.cases for each in faults_of(case, articles))]
    order = {case.id: place for place, case in enumerate(cases.cases)}
    overlaps = {case.id: share for case in cases.cases if (share := overlap(case)) is not None}
    return SetReport(
        name=cases.name,
        cases=len(cases.cases),
        kinds=dict(Counter(case.kind for case in cases.cases).most_common()),
        korean=sum(case.lang == "ko" for case in cases.cases),
        not_answerable=sum(not case.answerable for case in cases.cases),
        overlaps=overlaps,
        faults=tuple(sorted(faults, key=lambda fault: order[fault.case])),
        unchecked=cases.reason if articles is None else None,
    )


def unreadable(file: Path, error: BadDataset) -> SetReport:
    """The faults of a file that could not be read as cases, line by line; at least the one that was met."""
    faults: list[Fault] = []
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        lines = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            read_case(parse_line(line))
        except BadInput as wrong:
            faults.append(Fault("", f"line {number}: {wrong}"))
    return SetReport(file.stem, 0, {}, 0, 0, {}, tuple(faults) or (Fault("", str(error)),), "mend the lines first")


def faults_of(case: Case, articles: Mapping[str, Article] | None) -> Iterator[Fault]:
    """What is wrong with one case by itself."""
    if case.answerable and not case.gold:
        yield Fault(case.id, "it is answerable but has no gold quote")
    if case.lang == "ko" and not any("가" <= letter <= "힣" for letter in case.question):
        yield Fault(case.id, "its lang is ko, but the question has no Hangul")
    for gold in case.gold:
        yield from (Fault(case.id, what) for what in wrong_with(gold, articles))
    quotes = [gold.quote for gold in case.gold]
    for words in (alternative for group in case.answer_contains for alternative in group):
        if quotes and not any(holds(quote, words) for quote in quotes):
            yield Fault(case.id, f"no gold quote holds “{words}” of answer_contains")
    for words in case.must_not_contain:
        if any(holds(quote, words) for quote in quotes):
            yield Fault(case.id, f"a gold quote holds “{words}” of must_not_contain: the right answer would fail")


def nearest(quote: str, text: str) -> tuple[float, str]:
    """The stretch of the text, as many words long, that has most words in common with the quote; and their share."""
    wanted, words = Counter(quote.split()), text.split()
    size = min(sum(wanted.values()), len(words))
    window = Counter(words[:size])
    best, at = (window & wanted).total(), 0
    for end in range(size, len(words)):
        window[words[end]] += 1
        window[words[end - size]] -= 1
        if (shared := (window & wanted).total()) > best:
            best, at = shared, end - size + 1
    return best / max(1, wanted.total()), " ".join(words[at : at + size])


def wrong_with(gold: Gold, articles: Mapping[str, Article] | None, name: str = "a gold quote") -> Iterator[str]:
    """What is wrong with the words of an article, called ``name``: too many, or not there word for word.

    Without articles, which are by id, only their number is looked at.
    """
    count = len(gold.quote.split())
    if count > MAX_QUOTE_WORDS:
        yield f"{name} has {count} words; at most {MAX_QUOTE_WORDS}"
    if articles is None:
        return
    article = articles.get(gold.article_id)
    if article is None:
        yield f"there is no article {gold.article_id!r}"
    elif " ".join(gold.quote.split()) not in " ".join(article.text.split()):
        yield _not_there(gold, article, articles)


def _not_there(gold: Gold, article: Article, articles: Mapping[str, Article]) -> str:
    """That the article does not hold the quote, and what comes nearest: another article, or other words."""
    what = f"{gold.article_id} does not hold “{gold.quote}”"
    words = " ".join(gold.quote.split())
    other = next((id_ for id_, one in articles.items() if words in " ".join(one.text.split())), None)
    if other is not None:
        return f"{what}; {other} does"
    share, near = nearest(gold.quote, article.text)
    return f"{what}; nearly: “{near}”" if share >= NEAR else f"{what}, nor anything like it"


def _repeated(cases: Sequence[Case]) -> Iterator[Fault]:
    """Questions that are asked twice after the same turns; ids that are there twice are no set at all."""
    first: dict[tuple[str, ...], str] = {}
    for case in cases:
        asked = (*(turn["content"] for turn in case.history), " ".join(case.question.casefold().split()))
        if asked in first:
            yield Fault(case.id, f"it asks what {first[asked]} asks")
        first.setdefault(asked, case.id)
