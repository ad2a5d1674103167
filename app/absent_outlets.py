"""Outlets that a question asks for by name and no article here is of: "the Reuters report" where there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.cues import Described
from app.names import NameTables

_NAME: Final = r"(?P<name>(?:[A-Z][\w&.-]*|The)(?: (?:[A-Z][\w&.-]*|of|the)){0,4}?)"
_WHOLE_NAME: Final = _NAME.replace("}?)", "})")
_TEXT: Final = (
    r"(?:articles?|reports?|reviews?|pieces?|story|stories|coverage|columns?|op-?eds?|editorials?|interviews?)"
)
_QUOTED: Final = r"[\"‘“']?"
# How a question names where something stood: "a Variety piece", "an article by Variety", "reported by Variety".
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"(?:\b(?:an?|the|in|from|by|and|this|that)|,) (?:the )?{_QUOTED}{_NAME}[\"’”']? {_TEXT}\b",
        rf"\b(?:reported|published) by (?:an? |the )?"
        rf"{_QUOTED}{_WHOLE_NAME}(?!\w|['’]s)",
        rf"\b(?:{_TEXT}|another|one) (?:by|from|in) (?:the )?{_QUOTED}{_WHOLE_NAME}(?!\w|['’]s)",
    )
)
# Enough beside an outlet that the tables know: "according to Reuters", "what did Reuters say", "로이터에 따르면".
_LOOSE: Final = (
    r"(?i:\b(?:according to|per|in|from|by|did|does|do|has)) (?:the |The )?{0}\b"
    r"|\b{0} (?:reports?|reported|says?|said|writes?|wrote)\b|{0}(?:은|는|이|가|에|의|에서)(?!\w*[A-Za-z])"
)
_NO_OUTLET: Final = re.compile(
    r"\d|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes"
    r"|Thurs|Fri|Satur|Sun)day|American|Korean|Japanese|Chinese|Russian|British|European|Western|Asian|U\.?S\.?"
    r"|U\.?N\.?|EU|UK|GAO|CRS|IAEA|Seoul|Washington|Pyongyang|Presidents?|(?:Prime |Vice )?Ministers?"
    r"|Ministry|Secretary|Senators?|Ambassador|General|Admiral|Mr|Mrs|Ms|Dr|Treasury|Department|Senate|House"
    r"|Congress(?:ional)?|Committee|Commission|Court|Bank|Office|Agency|Army|Navy|Air Force|Fed)\b",
    re.IGNORECASE,
)
_EMPTY: Final = frozenset(("the", "of", "and", "a"))


def absent_outlets(question: str, articles: Mapping[str, Described], tables: NameTables) -> tuple[str, ...]:
    """Their names as the question writes them, each once, in its order; () where it asks for none."""
    found = [(match.start("name"), match["name"]) for form in _FORMS for match in form.finditer(question)]
    named = {name: start for start, name in sorted(found, reverse=True) if _may_be_outlet(name, tables)}
    for name, start in _known(question, tables):
        if re.search(_LOOSE.format(re.escape(name)), question):
            named.setdefault(name, start)
    if not named:
        return ()
    here = [_words(outlet) for outlet in {article.outlet for article in articles.values()} if outlet]
    forms = {name: [_words(form) for form in _forms(name, tables)] for name in named}
    absent = [name for name in named if not any(_same(form, one) for form in forms[name] for one in here)]
    return tuple(sorted(absent, key=named.__getitem__))


def _known(question: str, tables: NameTables) -> list[tuple[str, int]]:
    """Outlets of the tables as the question writes them, without "The", and where."""
    latin = [(hit.written.removeprefix("The ").removeprefix("the "), hit) for hit in tables.find(question)]
    found = [(name, question.index(name, hit.start)) for name, hit in latin if hit.name.group == "outlets"]
    hangul = [form for name in tables.names if name.group == "outlets" for form in name.korean if form in question]
    longest = [form for form in hangul if not any(form != other and form in other for other in hangul)]
    return found + [(form, question.index(form)) for form in longest]


def _may_be_outlet(name: str, tables: NameTables) -> bool:
    """Not a month, a nation or what the tables know as something else: "the White House report"."""
    groups = {hit.name.group for hit in tables.find(name)}
    return bool(_words(name)) and not _NO_OUTLET.search(name) and groups <= {"outlets"}


def _forms(name: str, tables: NameTables) -> list[str]:
    """The name and its other forms, where the tables know it: an outlet may be filed under its Korean name."""
    known = [
        entry for entry in tables.names if entry.group == "outlets" and name in (*entry.all_forms(), f"The {name}")
    ]
    return [name, *(form for entry in known for form in entry.all_forms())]


def _same(one: set[str], other: set[str]) -> bool:
    """Whether two names may mean one outlet: the words of one are among the other's ("Fox News – Sports")."""
    return one <= other or other <= one


def _words(name: str | None) -> set[str]:
    return set(re.findall(r"\w+", (name or "").casefold())) - _EMPTY
