"""Proper names in a claim, and whether its evidence knows them: by the team's tables, else by the words themselves."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from app.korean import read_korean
from app.names import TOKEN, Name, NameTables
from app.romanise import fold
from ingest.lexical import analyse

# Capitalised words that name nobody: titles, and what heads and opens a sentence.
_TITLES = """president vice prime minister secretary general ambassador chairman chairwoman chair leader foreign defense
defence mr ms mrs dr sir madam administration government director chief spokesperson spokesman spokeswoman senator
representative congressman congresswoman governor premier adviser advisor envoy admiral commander colonel assistant
deputy under acting former first lady ministry department state trade commerce treasury unification national security
council office house special joint statement fact sheet summit alliance agreement deal treaty act bill declaration
republic republican democrat democratic article report analysis remarks readout white press secretary-general
i in the a an as of on at by for to and or but while with from after before since during under over when"""
_TIMES = tuple(name.lower() for name in (*calendar.month_name, *calendar.month_abbr, *calendar.day_name) if name)
_GENERIC = frozenset((*_TITLES.split(), *_TIMES, "sept"))
_CAPITAL = re.compile(
    r"(?:[A-Z]\.){2,}|[A-Z][A-Za-z0-9À-ɏḀ-ỿ]*(?:[-'’](?!s\b)[A-Za-z0-9À-ɏ]+)*|[A-Za-z]*[A-Z]+[A-Za-z]*-?\d+[A-Za-z]*"
)
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;]\s|\n)[\s\"“‘'(\[*–—-]*\Z")
_SPEAKS_OR_ACTS = re.compile(
    r"\s+(?:is|was|has|had|will|would|said|says|told|wrote|did|does|may|might|could|can|should|must|also|\w{2,}ed)\b"
)
_SHOUTED = re.compile(r"\b[A-Z]{4,}(?=:|[ ’'][A-Z ]*:)")  # a transcript's label: "PRESIDENT YOON:"
_ON_X = re.compile(r"\b(?:on|to|via|from) X\Z")  # the one name of a single letter
# A plural or an abstract noun at the head of a sentence: "Gratitude was expressed".
_COMMON = re.compile(r"(?:s|ing|ly|ude|ion|ment|ness|ity|nce|ism|ship|age|ure)\Z")
# Whose words a document of such an outlet or office are: "the Administration" there is the American one.
_HOME = {
    "United States": r"White House|State Department|Department of|Pentagon|USTR|Treasury|Congress|U\.?S\.? ",
    "South Korea": r"Cheong Wa Dae|Blue House|Presidential Office|Ministry of|Korea\.net|Republic of Korea",
}
_HOME_CUES = [(name, re.compile(cue)) for name, cue in _HOME.items()]
# A side of the peninsula without its second word.
_SIDES = (("South Korea", re.compile(r"\b[Tt]he South(?:[’']s)?\b(?! (?:China|Pacific|Asia|Pole))")),
          ("North Korea", re.compile(r"\b[Tt]he North(?:[’']s)?\b(?! (?:Atlantic|Pacific|Pole))")))  # fmt: skip
_TWO = re.compile(r"\b(?:two|both|between|bilateral\w*|each other|mutual\w*|couple|pair|respective)\b|양국|양측|두")
# What may stand between two names of one list, titles included.
_THREE = re.compile(r"\btri(?:lateral|partite)\w*|3국|삼국|한미일")
_SEVERAL = re.compile(r"\b(?:[Tt]hey|[Ww]e|[Oo]ur|[Tt]heir)\b")
_LISTED = re.compile(
    r"(?:\s|,|&|and\b|the\b|of\b|with\b|Republic\b|President\b|Prime\b|Minister\b|Secretary\b|Kingdom\b)+"
)
# Who held the offices that articles name without their holder: "the Vice President", "the U.S. president".
_HOLDERS = (
    ("Donald Trump", "United States", "president", "2017-01-20", "2021-01-20"),
    ("Joe Biden", "United States", "president", "2021-01-20", "2025-01-20"),
    ("Donald Trump", "United States", "president", "2025-01-20", "2029-01-20"),
    ("Mike Pence", "United States", "vice president", "2017-01-20", "2021-01-20"),
    ("Kamala Harris", "United States", "vice president", "2021-01-20", "2025-01-20"),
    ("JD Vance", "United States", "vice president", "2025-01-20", "2029-01-20"),
    ("Moon Jae-in", "South Korea", "president", "2017-05-10", "2022-05-10"),
    ("Yoon Suk-yeol", "South Korea", "president", "2022-05-10", "2025-04-04"),
    ("Lee Jae-myung", "South Korea", "president", "2025-06-04", "2030-06-04"),
)
_OFFICES = {
    "vice president": re.compile(r"\b(?:[Tt]he|[Oo]ur) (?:U\.?S\.? )?[Vv]ice [Pp]resident\b(?! [A-Z])|부통령"),
    "president": re.compile(
        r"(?:\b(?:[Tt]he|[Oo]ur)|\b[Bb]oth|\b[Tt]he [Tt]wo)"
        r"(?: (?:U\.?S\.?|American|(?:South )?Korean))? [Pp]residents?\b"
        r"(?!(?:’s|'s)? (?:[A-Z][a-z]+ )?(?:of the [A-Z]|[A-Z]))|대통령(?!실)"
    ),
}
_CARRIED_INSIDE = {"countries", "places"}


@dataclass(frozen=True)
class Mention:
    """A name in a text, as written there; ``name`` is its entry in the tables, where it has one."""

    start: int
    end: int
    written: str
    name: Name | None = None


def mentions_in(text: str, tables: NameTables) -> list[Mention]:
    """The proper names of a claim in order: those of the tables, then what else is written like one.

    A topic of the tables in small letters is no name. Of a Korean text the names are those the tables know and words
    in Latin letters.
    """
    found = [
        Mention(*hit[:3], hit.name) for hit in tables.find(text) if hit.name.group != "topics" or _capitals(hit.written)
    ]
    if re.search("[가-힣]", text):
        found += [
            Mention(word.start, word.end, word.stem, word.entry)
            for word in read_korean(text, tables)
            if isinstance(word.entry, Name) and word.entry.group != "topics" and not _covered(word.start, found)
        ]
    for match in _CAPITAL.finditer(text):
        if not _covered(match.start(), found) and _is_name(match, text):
            found.append(Mention(*match.span(), match[0]))
    return sorted(found, key=lambda mention: mention.start)


def _covered(at: int, found: list[Mention]) -> bool:
    return any(mention.start <= at < mention.end for mention in found)


def _capitals(written: str) -> bool:
    return any(character.isupper() for character in written)


def _is_name(match: re.Match[str], text: str) -> bool:
    word = match[0]
    if fold(word) in _GENERIC or (len(word) == 1 and not _ON_X.search(text[: match.end()])):
        return False
    if not _SENTENCE_START.search(text[: match.start()]):
        return True
    behind = text[match.end() :]
    following = re.match(r" ([A-Z][\w-]+)", behind)
    return bool(
        (following and fold(following[1]) not in _GENERIC)
        or sum(map(str.isupper, word)) > 1
        or behind.startswith(("’s", "'s"))
        or (_SPEAKS_OR_ACTS.match(behind) and not _COMMON.search(word) and analyse(word))
    )


class KnownNames:
    """What the evidence names: sentences, and whose they are."""

    def __init__(self, sentences: str, source: str, tables: NameTables, published: Sequence[str | None] = ()) -> None:
        """``sentences``: the evidence; ``source``: outlet, author, speaker and kind; ``published``: its dates."""
        text = _SHOUTED.sub(lambda match: match[0].title(), f"{sentences}\n{source}")
        self._names = known_names(text, tables)
        self._names |= homes(source)
        self._names |= {name for name, cue in _SIDES if cue.search(text)}
        self.holders = frozenset(_holders(sentences, source, published))
        self._names |= self.holders
        self._words = frozenset(fold(token) for token in re.findall(r"[^\W_]+", text))
        self._capitals = frozenset(fold(token) for token in re.findall(r"\b[A-Z][^\W_]+", text))
        self._stems = frozenset(analyse(text))
        self._initials = frozenset(_initials(text))
        self._text = text
        self._tables = tables

    @cached_property
    def counted(self) -> set[int]:
        """How many names stand in a row, for each row of two and more: "Sullivan, Shin, and Akiba" are three.

        Two are counted as well where the evidence speaks of both sides: "the two leaders", "bilateral".
        """
        rows = {count for count, cue in ((2, _TWO), (3, _THREE)) if cue.search(self._text)}
        row = 1
        names = mentions_in(self._text, self._tables)
        for one, other in pairwise(names):
            row = row + 1 if _LISTED.fullmatch(self._text[one.end : other.start]) else 1
            rows |= {row}
        if not rows - {1} and _SEVERAL.search(self._text):
            rows.add(2)  # "they agreed": who they are stands in another sentence
        return rows - {1}

    def hold(self, mention: Mention) -> bool:
        """Whether the evidence names this: under any of its names, by surname, as initials or in full."""
        if mention.name and mention.name.name in self._names:
            return True
        if mention.name and mention.name.group in _CARRIED_INSIDE:
            # "European" is met by "European Union", but "Korean" not by "North Korean".
            return mention.name.group == "places" and fold(mention.written) in self._words
        if mention.name and mention.name.group == "people":
            return mention.written in mention.name.alone and self._writes(mention.written)
        forms = [mention.written]
        if mention.name and re.search("[가-힣]", mention.written):
            forms = [form for form in mention.name.all_forms() if not re.search("[가-힣]", form)]
        return any(self._writes(form) or self._spells_out(form) for form in forms) or self._in_parts(mention)

    def _writes(self, written: str) -> bool:
        """Whether every word of it stands in the evidence, in any inflection."""
        tokens = [token for token in analyse(written) if token not in _GENERIC]
        if not tokens:
            return True
        return all(token in self._stems or self._related(token) for token in _parts(written))

    def _related(self, token: str) -> bool:
        """Germany, German; Burma, Burmese: one long beginning; or a short form."""
        word = fold(token)
        if word in self._words:
            return True
        if len(word) == 3:  # the Fed
            return any(name.startswith(word) for name in self._capitals)
        return len(word) > 3 and any(
            other.startswith(word)
            or (len(other) > 3 and word.startswith(other))
            or (len(word) > 4 and other[:5] == word[:5] and abs(len(other) - len(word)) < 4)
            for other in self._words
        )

    def _spells_out(self, written: str) -> bool:
        bare = written.replace(".", "")
        if bare.isupper() and len(bare) > 1:
            return bare in self._initials
        return any(initials in self._words for initials in map(str.lower, _initials(written)) if len(initials) > 1)

    def _in_parts(self, mention: Mention) -> bool:
        """An office or pact whose name is made of names: "U.S.-ROK Alliance", "Korean Peninsula issue"."""
        if mention.name is None or mention.name.group == "people":
            return False
        inside = [Mention(*hit[:3], hit.name) for hit in self._tables.find(mention.written) if hit.name != mention.name]
        rest = mention.written
        for part in inside:
            rest = rest.replace(part.written, " ")
        return bool(inside) and all(map(self.hold, inside)) and self._writes(rest)


def _parts(written: str) -> list[str]:
    return [token for token in analyse(written) if "".join(filter(str.isalnum, token)) and token not in _GENERIC]


@lru_cache(maxsize=512)
def _initials(text: str) -> tuple[str, ...]:
    """Initials of the runs of capitalised words, small words between them passed over: "National Security Council"."""
    found = []
    for run in re.findall(r"(?:[A-Z][\w’'-]*(?:\s+(?:of|the|and|for|on)\s+|\s+)){1,7}[A-Z][\w’'-]*", text):
        letters = "".join(word[0] for word in re.split(r"[\s-]+", run) if word and word[0].isupper())
        found += [letters[at:end] for at in range(len(letters)) for end in range(at + 2, len(letters) + 1)]
    return tuple(found)


def _holders(sentences: str, source: str, published: Sequence[str | None]) -> Iterator[str]:
    """Presidents and vice presidents whom the evidence means by their office, by the days it was published on.

    A document of one of the two governments means its own, unless it speaks of two.
    """
    own_countries = homes(source)
    for name, country, office, first, last in _HOLDERS:
        found = _OFFICES[office].search(sentences)
        own = not own_countries or country in own_countries or (found and found[0].endswith("s"))
        if found and own and any(first <= day <= last for day in published if day):
            yield name


def homes(source: str) -> set[str]:
    """The countries that outlets and offices of these names speak for."""
    return {name for name, cue in _HOME_CUES if cue.search(source)}


def names_nobody(written: str) -> bool:
    """Whether it is made of titles, months and words for documents alone: "July", "Joint Statement"."""
    return all(fold(word) in _GENERIC for word in re.findall(r"[^\W\d_]+", written))


def known_names(text: str, tables: NameTables) -> set[str]:
    """The names of the tables that a text holds, English or Korean, each as the tables show it."""
    return {name.name for name in _all_names(text, tables)}


def _all_names(text: str, tables: NameTables) -> Iterator[Name]:
    """Names in the text, and those within the longer name of another: the countries of a pact, but not of a country."""
    for hit in tables.find(text):
        yield hit.name
        if hit.name.group not in _CARRIED_INSIDE and hit.name.group != "people":
            yield from _inside(hit.written, tables)
    if re.search("[가-힣]", text):
        for word in read_korean(text, tables):
            if isinstance(word.entry, Name):
                yield word.entry


def _inside(written: str, tables: NameTables) -> Iterator[Name]:
    tokens = list(TOKEN.finditer(written))
    for first in tokens:
        for last in tokens:
            part = written[first.start() : last.end()]
            if first.start() <= last.start() and part != written:
                yield from (hit.name for hit in tables.find(part))
