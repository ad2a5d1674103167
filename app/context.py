"""What a follow-up question can take from the conversation: the last question, its answer, the names in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.cues import DATE_TEXT
from app.korean import read_korean
from app.names import Found, Name, NameTables
from app.romanise import is_hangul

UNITED_STATES = "United States"


@dataclass(frozen=True)
class Context:
    """The exchange before a follow-up."""

    question: str  # standing alone
    answer: str
    earlier: str  # the question before that, standing alone; "" for none
    tables: NameTables

    @cached_property
    def names(self) -> tuple[Found, ...]:
        """Names in the last question, in its order."""
        return tuple(names_in(self.question, self.tables))

    @cached_property
    def answer_names(self) -> tuple[Found, ...]:
        """Names in the last answer, quotations included."""
        return tuple(names_in(self.answer, self.tables))

    @cached_property
    def earlier_names(self) -> tuple[Found, ...]:
        """Names in the question before the last."""
        return tuple(names_in(self.earlier, self.tables))


def names_in(text: str, tables: NameTables) -> list[Found]:
    """Names in the text, in Latin letters and Hangul, in order."""
    found = tables.find(text)
    if any(map(is_hangul, text)):
        for word in read_korean(text, tables):
            if isinstance(word.entry, Name) and is_hangul(text[word.start]):
                end = word.end - len(word.tail)
                found.append(Found(word.start, end, text[word.start : end], word.entry))
    return sorted(found, key=lambda name: name.start)


def swap(before: str, what: str, tables: NameTables) -> str | None:
    """The question with the name or date of ``what`` in the place of one of its kind; None where there is none."""
    result = before
    dates = list(DATE_TEXT.finditer(what))
    old = list(DATE_TEXT.finditer(before))
    if dates and old:
        result = result[: old[-1].start()] + dates[0][0] + result[old[-1].end() :]
    names = names_in(what, tables)
    if names:
        target = _of_same_kind(names[0].name, names_in(result, tables))
        if target:
            written = " and ".join(name.written for name in names if name.name.group == names[0].name.group)
            result = result[: target.start] + written + fitted_particle(written, result[target.end :])
        elif not (dates and old):
            return None
    return result if result != before else None


def _of_same_kind(name: Name, candidates: list[Found]) -> Found | None:
    same = [found for found in candidates if found.name.group == name.group and found.name is not name]
    if not same:
        return None
    if name.group == "countries" and name.name != UNITED_STATES:
        # Who else is dealt with, not who deals: the United States is a party to nearly everything asked here.
        others = [found for found in same if found.name.name != UNITED_STATES]
        return others[-1] if others else None
    return same[0]


def other_of_kind(what: str, context: Context, tables: NameTables) -> str | None:
    """The question before the last, where ``what`` fits into that one: "Japan" … "and when?" … "and China?"."""
    return swap(context.earlier, what, tables) if context.earlier and names_in(what, tables) else None


_PARTICLE_PAIRS = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"))


def fitted_particle(word: str, rest: str) -> str:
    """The rest of a Korean sentence with its first particle made to fit the sound that the word ends in."""
    if not rest or not is_hangul(word[-1]):
        return rest
    closed = (ord(word[-1]) - 0xAC00) % 28 != 0
    for after_final, after_vowel in _PARTICLE_PAIRS:
        if rest[0] in (after_final, after_vowel) and (len(rest) == 1 or not is_hangul(rest[1])):
            return (after_final if closed else after_vowel) + rest[1:]
    return rest


def people(context: Context, pronoun: str) -> Iterator[Name]:
    """People a pronoun may mean, the likeliest first: of the last question, its answer, the question before."""
    for found in (*context.names, *context.answer_names, *context.earlier_names):
        if found.name.group == "people" and (pronoun == "they" or found.name.pronoun == pronoun):
            yield found.name


def written_form(name: Name, context: Context) -> str:
    """The name as the conversation wrote it, where that was more than a surname; else as it is shown."""
    for found in (*context.names, *context.answer_names, *context.earlier_names):
        if found.name is name and found.written not in name.alone:
            return found.written
    return name.name


def wh_nouns(question: str) -> str | None:
    """What "how many …", "which …" or "what …" asks for: "South Korean workers", "tariff rate"; None without one."""
    match = re.match(
        r"(?:how many|how much|which|what|whose)\s+((?:(?!(?:is|are|was|were|do|does|did|has|have|had|will|would|can"
        r"|could|should)\b)[\w'’.-]+\s+){1,4})"
        r"(?=(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b)",
        question,
        re.IGNORECASE,
    )
    return match[1].strip() if match else None
