"""Under which form a text writes a name of the question: "OPCON" is asked, "wartime operational control" is met."""

from __future__ import annotations

import re
from functools import lru_cache

from app.question import NameMatch
from app.romanise import is_hangul
from ingest.lexical import analyse

# Cities that stand for a government. To give one as another name of the country would be wrong: 한국 is not Seoul.
_SEATS = frozenset(
    [
        "Seoul",
        "Washington",
        "Pyongyang",
        "P'yŏngyang",
        "Tokyo",
        "Beijing",
        "Moscow",
        "Taipei",
        "Kyiv",
        "Brussels",
        "Hanoi",
        "Delhi",
        "Canberra",
        "Tehran",
        "Manila",
        "Ottawa",
        "Berlin",
        "Paris",
        "서울",
        "워싱턴",
        "평양",
        "도쿄",
        "베이징",
        "모스크바",
        "하노이",
        "테헤란",
        "파리",
    ]
)
_SHORT = 4  # capital letters up to which a form is written in just this case: "ICE" is not "ice"


def holds_form(text: str, form: str) -> bool:
    """Whether the text holds the form as words of its own; a short one of capitals only in capitals."""
    return bool(form) and _pattern(form).search(text) is not None


def met_form(match: NameMatch, text: str) -> str | None:
    """The words by which the text means the name that the question writes otherwise; None where there are none.

    Not where the question's own form stands there too, nor for a form that only says more or less of the same words
    ("Donald Trump", "Trump"), nor for a country within English ("Seoul", "South Korea"): that needs no telling. Nor is
    a seat of government given for a country ("한국", "Seoul").
    """
    country = match.group == "countries"
    if holds_form(text, match.written) or (country and (not is_hangul(match.written[0]) or _is_seat(match.written))):
        return None
    forms = [form for form in (match.name, *match.forms) if not (country and _is_seat(form))]
    found = [(form, _pattern(form).search(text)) for form in forms]
    held = [(form, words[0]) for form, words in found if words]
    if not held or any(_same_words(form, match.written) for form, _ in held):
        return None
    return held[0][1]


def _is_seat(form: str) -> bool:
    return form.split()[-1] in _SEATS


@lru_cache(maxsize=4096)
def _pattern(form: str) -> re.Pattern[str]:
    if is_hangul(form[-1]):  # a particle may follow
        return re.compile(r"(?<!\w)" + r"\s?".join(map(re.escape, form.replace(" ", ""))))
    exact = len(form) <= _SHORT and form.upper() == form
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", form))
    return re.compile(rf"(?<!\w){words}(?!\w)", 0 if exact else re.IGNORECASE)


@lru_cache(maxsize=4096)
def _words(form: str) -> frozenset[str]:
    return frozenset(analyse(form))


def _same_words(one: str, other: str) -> bool:
    return bool(_words(one) and _words(other)) and (_words(one) <= _words(other) or _words(other) <= _words(one))
