"""The team's two tables: names that mean the same thing, and the Korean–English words of the field.

``names.toml`` and ``terms.toml`` are edited by hand (how: their own heads); here they are read, checked and searched.
What a question means with them is app/question.py's business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from app.answers.schema import Language
from app.errors import TablesInvalid
from app.inflection import verb_surfaces
from app.romanise import fold, is_hangul, romanised_person

GROUPS = (
    "people",
    "offices",
    "institutions",
    "countries",
    "agreements",
    "laws",
    "places",
    "exercises",
    "forces",
    "weapons",
    "companies",
    "events",
    "topics",
    "outlets",
)
_FIELDS = {"name", "forms", "exact", "alone", "korean", "pronoun"}
_PRONOUNS = {"he", "she", "they", "it"}
# "U.S." and "D.P.R.K." are one token; "Trump's" is "Trump"; "Suk-yeol" is two.
TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[A-Za-z0-9À-ɏḀ-ỿ]+(?:['’](?!s\b)[A-Za-z]+)?|&")
_MAX_FORM_TOKENS = 9
_SEARCH_FORMS = 7  # more forms of one name than this only dilute a query (most names have three or four)
_HANGUL_FORMS = 3
_SMALL_WORDS = frozenset(("of", "the", "and", "for", "in", "to", "&", "it", "own"))
# Words that may stand before or behind a surname without being a part of the name.
_BESIDE = """president prime minister vice secretary general ambassador chairman chair leader foreign defense defence mr
ms mrs dr administration government and or but if is was are were did does do has have had will would can could should
what why how when where who which whom whose in on at by for from to of with under about after before since
the a an south north korean korea american u.s. us"""
_BESIDE_A_SURNAME = frozenset(_BESIDE.split())


@dataclass(frozen=True)
class Name:
    """Forms that mean the same person, office, agreement …; ``name`` is the one shown."""

    name: str
    group: str  # one of GROUPS
    forms: tuple[str, ...] = ()  # other English forms, matched in any case
    exact: tuple[str, ...] = ()  # matched in just this case: "US" is not "us"
    alone: tuple[str, ...] = ()  # a surname that means this person where no other part of a name stands beside it
    korean: tuple[str, ...] = ()  # Hangul forms, with or without spaces
    pronoun: str = "it"  # he, she, they or it: what a follow-up question may call it

    def all_forms(self) -> tuple[str, ...]:
        """Every form of the tables, the shown one first, surnames on their own left out."""
        return tuple(dict.fromkeys((self.name, *self.forms, *self.exact, *self.korean)))

    def search_forms(self) -> tuple[str, ...]:
        """English forms worth adding to a query: each brings a word the ones before it lack; at most seven.

        "R.O.K." beside "ROK", a plural beside its singular and initials ("S. Korea") bring nothing.
        """
        seen: set[str] = set()
        chosen: list[str] = []
        for form in (self.name, *self.exact, *self.forms):
            words = {_singular(token) for token in TOKEN.findall(form)} - _SMALL_WORDS
            if not words <= seen and min(map(len, words)) > 1 and len(chosen) < _SEARCH_FORMS:
                chosen.append(form)
                seen |= words
        return tuple(chosen)

    def gloss(self) -> str:
        """How an article goes on calling it: a person by surname, which finds more sentences than the full name."""
        if self.group == "people":
            return next((form for form in (*self.alone, *self.forms) if re.fullmatch(r"\w+", form)), self.name)
        return self.name

    def hangul_forms(self) -> tuple[str, ...]:
        """Hangul forms worth adding to a query: none that holds another, at most three."""
        chosen: list[str] = []
        for form in self.korean:
            if not any(shorter.replace(" ", "") in form.replace(" ", "") for shorter in chosen):
                chosen.append(form)
        return tuple(chosen[:_HANGUL_FORMS])


@dataclass(frozen=True)
class Term:
    """A Korean word of the field and the English words an article would use for it, the best first."""

    korean: str
    english: tuple[str, ...]
    verb: bool = False


class Found(NamedTuple):
    """A name found in a text, as written there: ``text[start:end]``."""

    start: int
    end: int
    written: str
    name: Name


@dataclass(frozen=True)
class NameTables:
    """Both tables, ready to be searched."""

    names: tuple[Name, ...] = ()
    terms: tuple[Term, ...] = ()
    any_case: dict[str, Name] = field(default_factory=dict)  # folded tokens joined by spaces
    exact_case: dict[str, Name] = field(default_factory=dict)
    alone: dict[str, Name] = field(default_factory=dict)
    hangul: dict[str, Name | Term] = field(default_factory=dict)  # without spaces; verbs by every stem they take
    mixed: dict[str, Name | Term] = field(default_factory=dict)  # Korean forms with other signs in them: "6·25전쟁"
    reverse: dict[str, tuple[str, ...]] = field(default_factory=dict)  # folded English rendering → Korean terms

    @classmethod
    def load(cls, corpus: Path, shipped: Path | None = None) -> NameTables:
        """The tables in a corpus folder; for a missing file the one in ``shipped``, else an empty table.

        Raises TablesInvalid, naming file, entry and reason, for TOML that cannot be read, an unknown group or
        field, an entry without forms, and a form that two names claim.
        """

        def table(name: str) -> Path:
            return corpus / name if shipped is None or (corpus / name).exists() else shipped / name

        names = [_name(group, entry) for group, entry in _entries(table("names.toml"))]
        terms = list(_terms(table("terms.toml")))
        return cls.of(names, terms)

    @classmethod
    def of(cls, names: Iterable[Name], terms: Iterable[Term] = ()) -> NameTables:
        """Tables over entries already read; raises TablesInvalid when two names claim one form."""
        tables = cls(tuple(names), tuple(terms))
        for name in tables.names:
            tables._index_name(name)
        for name in tables.names:
            tables._index_romanisations(name)
        for term in tables.terms:
            tables._index_term(term)
        return tables

    def find(self, text: str) -> list[Found]:
        """Names written in Latin letters in the text, longest first, none overlapping, in order.

        Forms under ``exact`` are passed over in a text all in capitals, where "US" may be "us".
        """
        tokens = list(TOKEN.finditer(text))
        starts = self._first_tokens
        shouting = len(tokens) > 3 and text.upper() == text
        found: list[Found] = []
        at = 0
        while at < len(tokens):
            hit = self._longest(tokens, at, shouting) if fold(tokens[at][0]) in starts else None
            if hit is None:
                at += 1
                continue
            length, name = hit
            start, end = tokens[at].start(), tokens[at + length - 1].end()
            found.append(Found(start, end, text[start:end], name))
            at += length
        return found

    def shown(self, name: str, language: Language) -> str:
        """The name as an answer in that language shows it: in Korean the first Hangul form, where there is one."""
        korean = self._korean.get(name, ()) if language == "ko" else ()
        return korean[0] if korean else name

    @cached_property
    def _korean(self) -> dict[str, tuple[str, ...]]:
        return {name.name: name.korean for name in self.names}

    @cached_property
    def _first_tokens(self) -> frozenset[str]:
        """Folded first tokens of all forms: nearly every word of a question is none of them."""
        return frozenset(
            fold(key.split(" ", 1)[0]) for table in (self.any_case, self.exact_case, self.alone) for key in table
        )

    @cached_property
    def mixed_starts(self) -> frozenset[str]:
        """First characters of the forms that mixed_forms finds."""
        return frozenset(form[0] for form in self.mixed)

    @cached_property
    def mixed_forms(self) -> re.Pattern[str]:
        """Finds Korean forms that hold more than Hangul, the longest first; spaces inside do not matter."""
        forms = sorted(self.mixed, key=len, reverse=True)
        return re.compile("|".join(r"\s?".join(map(re.escape, form)) for form in forms) or r"(?!)")

    def _longest(self, tokens: list[re.Match[str]], at: int, shouting: bool) -> tuple[int, Name] | None:
        for length in range(min(_MAX_FORM_TOKENS, len(tokens) - at), 0, -1):
            run = [token[0] for token in tokens[at : at + length]]
            if not shouting and (name := self.exact_case.get(" ".join(run))):
                return length, name
            if name := self.any_case.get(" ".join(map(fold, run))):
                return length, name
        name = self.alone.get(tokens[at][0])
        return (1, name) if name and _stands_alone(tokens, at) else None

    def _index_name(self, name: Name) -> None:
        for form in (name.name, *name.forms):
            self._claim(self.any_case, " ".join(fold(token) for token in TOKEN.findall(form)), form, name)
        for form in name.exact:
            self._claim(self.exact_case, " ".join(TOKEN.findall(form)), form, name)
        for form in name.alone:
            self._claim(self.alone, form, form, name)
        for form in name.korean:
            table = self.hangul if all(map(is_hangul, form.replace(" ", ""))) else self.mixed
            self._claim(table, form.replace(" ", ""), form, name)

    def _index_romanisations(self, name: Name) -> None:
        """Other spellings and orders of a person's name; what the tables say outright goes first."""
        if name.group != "people":
            return
        for form in (name.name, *name.forms):
            for spelling in _orders([fold(token) for token in TOKEN.findall(form)]):
                self.any_case.setdefault(spelling, name)
        if len(TOKEN.findall(name.name)) == 3 and name.korean and len(name.korean[0]) == 3:
            for spelling in romanised_person(name.korean[0]):
                self.any_case.setdefault(spelling, name)

    def _index_term(self, term: Term) -> None:
        bare = term.korean.replace(" ", "")
        for surface in verb_surfaces(bare) if term.verb else {bare}:
            (self.hangul if all(map(is_hangul, surface)) else self.mixed).setdefault(surface, term)
        for english in term.english:
            key = " ".join(fold(token) for token in TOKEN.findall(english))
            self.reverse[key] = (*self.reverse.get(key, ()), term.korean)

    def _claim(self, table: dict[str, Any], key: str, form: str, name: Name) -> None:
        owner = table.setdefault(key, name)
        if owner is not name:
            raise TablesInvalid(
                f'names.toml: "{form}" stands under both "{owner.name}" and "{name.name}"; leave it with one of them'
            )


def _singular(token: str) -> str:
    word = fold(token).replace(".", "")
    return word.removesuffix("s") if len(word) > 3 else word


def _stands_alone(tokens: list[re.Match[str]], at: int) -> bool:
    """Whether no other part of a name stands beside the surname: "Yoon", "President Yoon", not "Yoon Mee-hyang"."""
    text = tokens[at].string

    def is_part(other: re.Match[str], between: str) -> bool:
        word = other[0]
        return between in (" ", "-") and word[:1].isupper() and fold(word) not in _BESIDE_A_SURNAME

    if at and is_part(tokens[at - 1], text[tokens[at - 1].end() : tokens[at].start()]):
        return False
    return at + 1 == len(tokens) or not is_part(tokens[at + 1], text[tokens[at].end() : tokens[at + 1].start()])


def _orders(tokens: list[str]) -> Iterator[str]:
    """Surname first and last, a given name of two syllables joined and apart."""
    if len(tokens) == 2:
        yield f"{tokens[1]} {tokens[0]}"
    elif len(tokens) == 3:
        first, second, third = tokens
        yield f"{first} {second}{third}"
        yield f"{second} {third} {first}"
        yield f"{second}{third} {first}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TablesInvalid(f"{path.name} cannot be read: {error}") from error


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for group, entries in _read(path).items():
        if group not in GROUPS:
            raise TablesInvalid(f"names.toml: [[{group}]] is no group; the groups are {', '.join(GROUPS)}")
        if not isinstance(entries, list):
            raise TablesInvalid(f"names.toml: write [[{group}]] with two brackets, once for each name")
        for entry in entries:
            yield group, entry


def _name(group: str, entry: dict[str, Any]) -> Name:
    shown = entry.get("name")
    if not isinstance(shown, str) or not TOKEN.search(shown):
        raise TablesInvalid(f"names.toml: an entry of [[{group}]] has no name in Latin letters: {entry}")
    if unknown := sorted(entry.keys() - _FIELDS):
        raise TablesInvalid(f'names.toml: "{shown}" has {unknown[0]!r}; the fields are {", ".join(sorted(_FIELDS))}')
    lists = {key: _forms(shown, key, entry.get(key, [])) for key in ("forms", "exact", "alone", "korean")}
    pronoun = entry.get("pronoun", "he" if group == "people" else "it")
    if pronoun not in _PRONOUNS:
        raise TablesInvalid(f'names.toml: "{shown}" has pronoun {pronoun!r}; write he, she, they or it')
    if not any(lists.values()):
        raise TablesInvalid(f'names.toml: "{shown}" has no other form; add one under forms, exact or korean')
    for form in (shown, *lists["forms"]):
        if re.fullmatch(r"[A-Z]{2,3}", form) and form != shown:
            raise TablesInvalid(
                f'names.toml: "{form}" of "{shown}" is short and all capitals; put it under exact, or it matches words'
            )
    return Name(shown, group, **lists, pronoun=pronoun)


def _forms(shown: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(form, str) and form.strip() for form in value):
        raise TablesInvalid(f'names.toml: {key} of "{shown}" must be a list of texts, like ["one", "two"]')
    wrong = [form for form in value if any(map(is_hangul, form)) != (key == "korean") and re.search(r"[^\W\d]", form)]
    if wrong:
        place = "under korean" if key != "korean" else "under forms"
        raise TablesInvalid(f'names.toml: "{wrong[0]}" of "{shown}" belongs {place}, not under {key}')
    return tuple(value)


def _terms(path: Path) -> Iterator[Term]:
    seen: dict[str, str] = {}
    for section, words in _read(path).items():
        if not isinstance(words, dict):
            raise TablesInvalid(f'terms.toml: "{section}" stands outside a section; put it under one, like [economy]')
        for korean, english in words.items():
            if not any(map(is_hangul, korean)):
                raise TablesInvalid(f'terms.toml: "{korean}" in [{section}] is not Korean; the Korean word goes left')
            renderings = [part.strip() for part in english.split(",")] if isinstance(english, str) else []
            if not all(TOKEN.search(part) for part in renderings) or not renderings:
                raise TablesInvalid(f'terms.toml: "{korean}" needs English words on the right, like "tariff, levy"')
            if korean in seen:
                raise TablesInvalid(f'terms.toml: "{korean}" stands in both [{seen[korean]}] and [{section}]; keep one')
            seen[korean] = section
            yield Term(korean, tuple(renderings), verb=section == "verbs")
