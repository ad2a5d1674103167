"""Cases that one's own articles suggest: a question made of a sentence, which is its gold, and near misses of it.

Whether Hanmi answers a question decides nothing here: cases that it answers already would only flatter it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from app.answers.units import Source
from app.names import Name, NameTables
from app.question_candidates import Candidate, candidates_of
from app.romanise import is_hangul
from evals.cases import Case, Gold
from evals.draft_patterns import Turned, asked_of
from evals.lint import MAX_QUOTE_WORDS
from ingest.articles import Article

# What the rules of the start screen ask for, in the words of the cases.
_KINDS: Final = {
    **dict.fromkeys(("sum", "promised", "count", "number", "rate", "investment"), "number"),
    **dict.fromkeys(("demand", "duty", "commitment", "topic"), "fact"),
    "said": "opinion",
    "cause": "why",
}
_WIDE: Final = ("said", "topic", "commitment")  # other sentences may answer these as well
_SUM: Final = r"\$\d[\d,.]*(?:[ -](?:million|billion|trillion))?"
_ANSWERS: Final = {
    **dict.fromkeys(("sum", "promised", "investment"), re.compile(_SUM)),
    "rate": re.compile(r"(?<= to )\d[\d.]* ?(?:percent|%)"),
    **dict.fromkeys(
        ("count", "number"), re.compile(r"(?<![$\d.,])\d[\d,]*(?![\d.,]*\d)(?! ?(?:percent|%|million|billion))")
    ),
}
_TITLE: Final = re.compile(r"(?:(?:Vice )?President|(?:Prime |Foreign )?Minister|Secretary) \Z")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NUMBER: Final = re.compile(r"(?<![\w.,])\d[\d,]*(?![\w.,]*\d)")
_ENOUGH: Final = 8  # times as many as are wanted: what the rest of a large collection would add is not looked for


@dataclass(frozen=True)
class _Found:
    """A case with what near misses of it are made of."""

    case: Case
    rule: str


def suggested(
    articles: Mapping[str, Article], tables: NameTables, wanted: int, known: Set[str] = frozenset()
) -> list[Case]:
    """At most so many cases: English and Korean, of all kinds in turn, about a third of them near misses.

    The same articles give the same cases, less those whose ids or questions are ``known``. []
    where no sentence fits a rule.
    """
    found = _answerable(articles, tables, _ENOUGH * (wanted + len(known)))
    texts = "\n".join(
        "\n".join(filter(None, (each.title, each.outlet, each.author, each.text))) for each in articles.values()
    )
    misses = NearMisses(tables, texts)
    streams = {
        "en": _by_kind((each.case for each in found if each.case.lang == "en"), known),
        "ko": _by_kind((each.case for each in found if each.case.lang == "ko"), known),
        "miss": _by_kind((miss for each in found if (miss := misses.of(each.case))), known),
    }
    chosen: list[Case] = []
    while len(chosen) < wanted and any(streams.values()):
        for name in ("en", "miss", "en", "ko", "miss", "en"):
            if streams[name] and len(chosen) < wanted:
                chosen.append(streams[name].pop(0))
    return chosen


class NearMisses:
    """Questions that could be asked of the articles but that they do not answer: a name or number is another."""

    def __init__(self, tables: NameTables, texts: str) -> None:
        self._tables = tables
        self._texts = texts.casefold()
        self._absent: dict[str, list[Name]] = {}

    def of(self, case: Case) -> Case | None:
        """The question with something in it that no article has; None where nothing in it can be swapped."""
        swapped = self._other_name(case) or self._other_number(case)
        if swapped is None:
            return None
        question, before, after = swapped
        return replace(
            case,
            id=case_id("unanswerable", question),
            kind="unanswerable",
            question=question,
            answerable=False,
            gold=(),
            answer_contains=(),
            note=f"{after!r} put for {before!r} in “{case.question}”: no article has it",
        )

    def _other_name(self, case: Case) -> tuple[str, str, str] | None:
        if case.lang == "ko":
            return self._other_korean_name(case)
        for found in reversed(self._tables.find(case.question)):  # rather what is said than who says it
            others = self._not_treated(found.name.group)
            if not others or case.question.count(found.written) != 1:
                continue
            after = _drawn(others, case.question).name
            title = _TITLE.search(case.question[: found.start])
            start = title.start() if title else found.start
            before = case.question[start : found.end]
            return case.question[:start] + after + case.question[found.end :], before, after
        return None

    def _other_korean_name(self, case: Case) -> tuple[str, str, str] | None:
        """The particle behind a name must fit the other one too: both end in a consonant, or neither does."""
        for name in self._tables.names:
            before = next((form for form in name.korean if case.question.count(form) == 1), None)
            if before is None:
                continue
            others = [
                each
                for each in self._not_treated(name.group)
                if each.korean and _closed(each.korean[0]) == _closed(before) is not None
            ]
            if others:
                after = _drawn(others, case.question).korean[0]
                return case.question.replace(before, after), before, after
        return None

    def _other_number(self, case: Case) -> tuple[str, str, str] | None:
        for match in _NUMBER.finditer(case.question):
            number = int(match[0].replace(",", ""))
            year = _YEAR.fullmatch(match[0])
            tries = [number + step for step in range(1, 15)] if year else [2 * number, 3 * number, number + 7]
            for other in map(str, tries):
                if not re.search(rf"(?<!\d){other}(?!\d)", self._texts.replace(",", "")):
                    return case.question[: match.start()] + other + case.question[match.end() :], match[0], other
        return None

    def _not_treated(self, group: str) -> list[Name]:
        """The names of the group of which no form is in any article; kept for the next question."""
        if group not in self._absent:
            self._absent[group] = [
                name
                for name in self._tables.names
                if name.group == group
                and not any(form.casefold() in self._texts for form in (*name.all_forms(), *name.alone))
            ]
        return self._absent[group]


def case_id(kind: str, question: str) -> str:
    """An id that the same question always gets."""
    return f"{kind}-{hashlib.sha256(question.encode()).hexdigest()[:8]}"


def _answerable(articles: Mapping[str, Article], tables: NameTables, enough: int) -> list[_Found]:
    """Cases from the articles in an order of their own, each question once, until there are enough."""
    found: dict[str, _Found] = {}
    for article in sorted(articles.values(), key=lambda each: _digest(each.id)):
        for each in _of_article(article, tables, alone=len(articles) == 1):
            found.setdefault(each.case.question, each)
        if len(found) >= enough:
            break
    return sorted(found.values(), key=lambda each: (each.rule == "topic", _digest(each.case.question)))


def _of_article(article: Article, tables: NameTables, *, alone: bool) -> Iterator[_Found]:
    source = Source(article)
    for candidate in candidates_of(source, tables, alone=alone):
        yield from _made(source, candidate, _KINDS[candidate.kind], _words_of_answer(source, candidate))
    if article.lang != "en":
        return
    for span in source.sentences:
        if any(any(source.marks_at(span.start, kind)) for kind in ("heading", "caption", "speaker")):
            continue
        for turned in asked_of(source.words(span), tables):
            candidate = Candidate(turned.question, "en", turned.kind, article.id, span)
            yield from _made(source, candidate, turned.kind, _holding(turned))


def _made(source: Source, candidate: Candidate, kind: str, contains: tuple[tuple[str, ...], ...]) -> Iterator[_Found]:
    quote = " ".join(source.words(candidate.span).split())
    if len(quote.split()) > MAX_QUOTE_WORDS:
        return
    note = f"made of a sentence of {source.article.id}"
    if candidate.kind in _WIDE:
        note += "; other sentences may answer it as well"
    gold = (Gold(source.article.id, quote),)
    question = candidate.question
    case = Case(case_id(kind, question), candidate.language, kind, (), question, True, gold, contains, (), note)
    yield _Found(case, candidate.kind)


def _holding(turned: Turned) -> tuple[tuple[str, ...], ...]:
    return ((turned.answer,),) if turned.answer else ()


def _words_of_answer(source: Source, candidate: Candidate) -> tuple[tuple[str, ...], ...]:
    """The figure asked for, where the sentence holds just one such that the question does not name."""
    shape = _ANSWERS.get(candidate.kind)
    held = [match[0].rstrip(".,") for match in shape.finditer(source.words(candidate.span))] if shape else []
    new = [words for words in dict.fromkeys(held) if words not in candidate.question]
    return ((new[0],),) if len(new) == 1 else ()


def _by_kind(cases: Iterator[Case], known: Set[str]) -> list[Case]:
    """The kinds in turn, each in the order given, and each case once that is not known."""
    kinds: dict[str, list[Case]] = {}
    for case in {case.id: case for case in cases if not {case.id, case.question} & known}.values():
        kinds.setdefault(case.kind, []).append(case)
    longest = max(map(len, kinds.values()), default=0)
    return [of_kind[place] for place in range(longest) for of_kind in kinds.values() if place < len(of_kind)]


def _drawn(names: Sequence[Name], question: str) -> Name:
    """One of them, always the same for the same question."""
    return names[int(_digest(question), 16) % len(names)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _closed(word: str) -> bool | None:
    """Whether a Korean word ends in a consonant; None for one that ends in another sign."""
    return bool((ord(word[-1]) - ord("가")) % 28) if is_hangul(word[-1]) else None
