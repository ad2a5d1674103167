"""Numbers, shares and sums in prose, normalised, and whether one text's figures bear out another's.

"$350 billion", "350 billion dollars" and "3,500억 달러" are one quantity; "nearly a third" is met by 32 percent. Dates
are app/answers/moments.py's business: their spans are given here to be passed over.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.korean_numbers import NUMBER, counts_in_digits, english_number
from ingest.articles import Span

Hedge = Literal["", "about", "over", "under"]

_UNITS_LIST = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TENS_LIST = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS_LIST = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_UNITS = {word: value for value, word in enumerate(_UNITS_LIST.split())}
_TENS = {word: 10 * value for value, word in enumerate(_TENS_LIST.split(), 2)}
_ORDINALS = {word: value for value, word in enumerate(_ORDINALS_LIST.split(), 1)}
_SCALES = {
    **dict.fromkeys(("thousand", "k"), 1e3),
    **dict.fromkeys(("million", "mn", "m"), 1e6),
    **dict.fromkeys(("billion", "bn", "b"), 1e9),
    **dict.fromkeys(("trillion", "tn"), 1e12),
}
_FIRSTS = ("inaugural", "maiden", "initial", "debut")
_CURRENCIES = {
    **dict.fromkeys(("$", "us$", "$us", "usd", "dollar", "dollars"), "dollars"),
    **dict.fromkeys(("₩", "krw", "won"), "won"),
    **dict.fromkeys(("¥", "jpy", "yen"), "yen"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "euros"),
    **dict.fromkeys(("£", "gbp", "pound", "pounds"), "pounds"),
    **dict.fromkeys(("yuan", "renminbi", "rmb"), "yuan"),
}
_PARTS = {"half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5, "tenth": 10}
_MULTIPLES = {
    **dict.fromkeys(("double", "doubled", "doubles", "doubling", "twice", "twofold"), 2.0),
    **dict.fromkeys(("triple", "tripled", "triples", "tripling", "threefold", "thrice"), 3.0),
    **dict.fromkeys(("treble", "trebled", "trebles", "trebling"), 3.0),
    **dict.fromkeys(("quadruple", "quadrupled", "fourfold"), 4.0),
}
# What a vague plural may stand for, from and to.
_VAGUE = {
    "dozens": (20.0, 200.0),
    "scores": (20.0, 200.0),
    "hundreds": (150.0, 2e3),
    "thousands": (1.1e3, 1e6),
    "millions": (1.1e6, 1e9),
    "billions": (1.1e9, 1e12),
    "trillions": (1.1e12, 1e15),
}
_WORD = "|".join(sorted((*_UNITS, *_TENS, "hundred", "thousand", "million", "billion", "trillion"), key=len)[::-1])
_CURRENCY_WORD = r"(?:U\.?S\.? )?(?:dollars?|won|yen|euros?|yuan|renminbi|pounds)\b"
_DIGITS = re.compile(
    r"(?<![\w.,])(?<![A-Za-z]-)(?P<currency>(?:US)?\$(?:US)?|[₩¥€£]|(?:USD|KRW|JPY|EUR|GBP) ?)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?"
    r"(?P<plus>\+|-plus| plus)?"
    r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|bn|mn|tn|[kmb](?=[\s.,;)]|$))\b)?(?P<plus2>\+|-plus)?"
    rf"(?:[\s-]?(?P<unit>%(?:p|-points?)?|per ?cent(?:age)?(?:[ -]points?)?\b|points?\b|{_CURRENCY_WORD}))?",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"\b(?P<number>(?:a )?(?:{_WORD})(?:(?:[\s-]| and )(?:{_WORD}))*)\b"
    rf"(?:[\s-](?P<unit>per ?cent(?:age)?(?:[ -]points?)?\b|points?\b|{_CURRENCY_WORD}))?",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:(?P<count>a|an|one|two|three|four|nine)[\s-](?P<part>thirds?|quarters?|fifths?|tenths?)"
    r"(?=\Z|[\s,.;-](?!time\b|term\b|quarter|party\b|country|summit))|(?P<half>half|halve[sd]?|halving))\b",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(rf"\b(?:{'|'.join(_MULTIPLES)})\b", re.IGNORECASE)
_ORDINAL = re.compile(rf"\b(?:{'|'.join((*_ORDINALS, *_FIRSTS))})\b", re.IGNORECASE)
_ADVERB = re.compile(r"\s*(?:[,.;:]|\Z|and\b|then\b|of all\b)")  # "first, …": in what order, not which
_DECADES = re.compile(r"[\s-](?P<unit>decade|centur)(?:s|y|ies)?\b", re.IGNORECASE)  # five decades are 50 years
_FOLD = re.compile(rf"(?<![\d,.])\b(?P<number>\d{{1,2}}(?:\.\d+)?|{_WORD})(?:[\s-]?fold| times)\b", re.IGNORECASE)
_HALF_OF = re.compile(r"\bhalf (?:a )?(?P<scale>thousand|million|billion|trillion)\b(?P<unit> dollars)?", re.IGNORECASE)
_AND_A_HALF = re.compile(
    rf"\b(?P<number>\d+|{_WORD}) and a half(?: (?P<scale>thousand|million|billion|trillion))?\b"
    rf"(?: (?P<unit>{_CURRENCY_WORD}))?",
    re.IGNORECASE,
)
_VAGUELY = re.compile(rf"\b(?:{'|'.join(_VAGUE)})\b", re.IGNORECASE)
_DOZEN = re.compile(r"\b(?P<count>a|one|two|three|half a) dozen\b", re.IGNORECASE)

_BEFORE: tuple[tuple[Hedge, str], ...] = (
    (
        "over",
        r"over|more than|above|at least|exceed(?:ing|s|ed)?|upwards? of|no (?:less|fewer) than|in excess of|surpass\w*",
    ),
    (
        "under",
        r"nearly|almost|under|less than|fewer than|below|up to|at most|as (?:many|much) as|close to|approaching"
        r"|just shy of|no more than|not quite|short of",
    ),
    ("about", r"about|around|some|roughly|approximately|approx\.|circa|an estimated|estimated|in the region of|~"),
)
_HEDGED = [(name, re.compile(rf"(?:\b|(?<=\s))(?:{cue})\s+(?:the |a |an )?(?:\w+ )?$", re.I)) for name, cue in _BEFORE]
_BEHIND = re.compile(r"^\s*(?:or so|or more|and more|plus|\+)", re.IGNORECASE)
# How far, as a share, a rounded figure may lie from the one it stands for.
_ROUNDING = 0.08
_KOREAN_PARTS = re.compile(r"(?P<part>\d+)분의\s?(?P<count>\d+)|절반|두\s?배|세\s?배|수십|수백|수천")
_KOREAN_WORDS = {
    "절반": "half",
    "두배": "double",
    "세배": "triple",
    "수십": "dozens",
    "수백": "hundreds",
    "수천": "thousands",
}


@dataclass(frozen=True)
class Quantity:
    """A figure and how it is meant: ``text[start:end]`` is what is written."""

    start: int
    end: int
    written: str
    value: float
    unit: str = ""  # percent, points, ordinal, times, vague, a currency; "" for a count or what nothing tells
    hedge: Hedge = ""
    most: float = 0.0  # of a vague one: the largest value it may stand for


def figures_in_english(text: str) -> str:
    """A Korean text with its figures as English writes them, the rest as it stands; other texts unchanged."""
    if not re.search("[가-힣]", text):
        return text

    def part(match: re.Match[str]) -> str:
        if match["part"]:
            share = 100 * int(match["count"]) / max(1, int(match["part"]))
            return f" {share:.4g} percent "
        return f" {_KOREAN_WORDS[match[0].replace(' ', '')]} "

    shares = _KOREAN_PARTS.sub(part, counts_in_digits(text))
    return " ".join(NUMBER.sub(lambda match: f" {english_number(match)} ", shares).split())


def quantities_in(text: str, passed_over: Sequence[Span] = ()) -> list[Quantity]:
    """The quantities of an English text in order; those within ``passed_over`` (dates, names) are left out.

    "One" is a pronoun as often as a number and never counted; nor is "second" of time or a lone "a".
    """
    taken = [*passed_over]
    found: list[Quantity] = []
    for read in (_joined, _digits, _fractions, _dozens, _words, _simple):
        for quantity in read(text):
            if (factor := _DECADES.match(text, quantity.end)) and not quantity.unit:
                quantity = replace(quantity, value=quantity.value * (10 if factor["unit"] == "decade" else 100))
            if not any(quantity.start < end and start < quantity.end for start, end in taken):
                found.append(quantity)
                taken.append(Span(quantity.start, quantity.end))
    return sorted(found, key=lambda quantity: quantity.start)


def bears_out(claimed: Quantity, given: Quantity) -> bool:
    """Whether a figure of the evidence is the claim's: the same value and unit, or rounded where the claim hedges."""
    if not _one_kind(claimed, given):
        return False
    if claimed.unit == "vague" or given.unit == "vague":
        return _vaguely(claimed, given)
    if {claimed.hedge, given.hedge} == {"over", "under"} and _equal(claimed.value, given.value):
        return not (_strict(claimed) and _strict(given))
    if _equal(claimed.value, given.value):
        return True
    if claimed.unit == given.unit == "percent" and _is_fraction(claimed):
        return abs(claimed.value - given.value) <= (3.0 if claimed.hedge else 1.0)
    return bool(claimed.hedge) and _rounded(claimed, given)


def derived(claimed: Quantity, given: Sequence[Quantity]) -> bool:
    """Whether a claim's figure comes of two of the evidence's: 25 to 15 percent is "by 10 points", 2 to 4 "doubled".

    A sum that "more than doubled" or "nearly tripled" may be off by a quarter of itself.
    """
    if claimed.unit == "times":
        alike = [(a.value, b.value) for a in given for b in given if a.unit == b.unit and b.value]
        return any(_multiplied(claimed, a / b) for a, b in alike)
    if claimed.unit not in ("points", *_CURRENCIES.values()):
        return False
    unit = "percent" if claimed.unit == "points" else claimed.unit
    values = [one.value for one in given if one.unit == unit]
    pairs = [(a, b) for place, a in enumerate(values) for b in values[place + 1 :]]
    return any(_equal(abs(a - b), claimed.value) for a, b in pairs)


def _multiplied(claimed: Quantity, ratio: float) -> bool:
    most = 1.25 if claimed.hedge == "over" else 1.05
    least = 0.8 if claimed.hedge == "under" else 0.95
    return least * claimed.value <= ratio <= most * claimed.value


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def _strict(quantity: Quantity) -> bool:
    """Whether its hedge is a bound rather than a rounding word."""
    return bool(quantity.hedge in ("over", "under"))


def _one_kind(claimed: Quantity, given: Quantity) -> bool:
    one, other = claimed.unit, given.unit
    if one == other or "vague" in (one, other):
        return True
    if "ordinal" in (one, other):
        return claimed.value >= 13 and "" in (one, other)  # "70 years", "70th anniversary"
    return "" in (one, other) and "times" not in (one, other)


def _vaguely(claimed: Quantity, given: Quantity) -> bool:
    if claimed.unit == given.unit:
        return claimed.written.lower() == given.written.lower()
    vague, exact = (claimed, given) if claimed.unit == "vague" else (given, claimed)
    return vague is claimed and vague.value <= exact.value <= vague.most


def _is_fraction(quantity: Quantity) -> bool:
    return not re.search(r"\d|cent", quantity.written)


def _rounded(claimed: Quantity, given: Quantity) -> bool:
    """Whether the claim's value is the evidence's with fewer digits, on the side that the hedge names."""
    value, exact = claimed.value, given.value
    if not exact or abs(value - exact) > _ROUNDING * abs(exact):
        return False
    if (claimed.hedge == "over" and exact < value) or (claimed.hedge == "under" and exact > value):
        return False
    digits = len(f"{value:.12g}".replace(".", "").rstrip("0").lstrip("0")) or 1
    step = 10 ** (math.floor(math.log10(abs(exact))) - digits + 1)
    return any(_equal(value, rounding(exact / unit) * unit) for unit in (step, 5 * step) for rounding in _ROUNDINGS)


_ROUNDINGS: tuple[Callable[[float], float], ...] = (math.floor, math.ceil, round)


def _hedge(text: str, start: int, end: int, plus: bool) -> Hedge:
    if plus or _BEHIND.match(text[end : end + 12]):
        return "over"
    before = text[max(0, start - 30) : start]
    for name, cue in _HEDGED:
        if cue.search(before):
            return name
    return ""


def _unit(written: str | None, currency: str | None = None) -> str:
    if currency:
        return _CURRENCIES[currency.strip().lower()]
    if not written:
        return ""
    word = written.lower()
    if word.startswith(("%", "per")):
        return "points" if re.search(r"%p|point", word) else "percent"
    if word.startswith("point"):
        return "points"
    return _CURRENCIES[word.split()[-1]]


def _digits(text: str) -> Iterator[Quantity]:
    for match in _DIGITS.finditer(text):
        value = float(match["digits"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1.0)
        unit = "ordinal" if match["ordinal"] else _unit(match["unit"], match["currency"])
        hedge = _hedge(text, match.start(), match.end(), bool(match["plus"] or match["plus2"]))
        yield Quantity(*match.span(), match[0].strip(), value, unit, hedge)


def _words(text: str) -> Iterator[Quantity]:
    for match in _WORDS.finditer(text):
        value = _spelled(re.findall(r"[a-z]+", match["number"].lower()))
        if value is None or (value == 1 and not match["unit"]):
            continue
        hedge = _hedge(text, match.start(), match.end(), plus=False)
        yield Quantity(*match.span(), match[0], value, _unit(match["unit"]), hedge)


def _spelled(words: Sequence[str]) -> float | None:
    """The value of "three hundred and fifty billion"; None for what counts nothing."""
    total = section = 0.0
    counted = False
    for word in words:
        if word in ("a", "and"):
            continue
        counted = True
        if word in _UNITS or word in _TENS:
            section += _UNITS.get(word, _TENS.get(word, 0))
        elif word == "hundred":
            section = (section or 1) * 100
        else:
            total += (section or 1) * _SCALES[word]
            section = 0.0
    return total + section if counted else None


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        count = _UNITS.get((match["count"] or "one").lower(), 1)
        share = 100 * count / (2 if match["half"] else _PARTS[match["part"].lower()])
        yield Quantity(*match.span(), match[0], share, "percent", _hedge(text, match.start(), match.end(), plus=False))


def _dozens(text: str) -> Iterator[Quantity]:
    for match in _DOZEN.finditer(text):
        value = {"half a": 6.0}.get(match["count"].lower(), 12.0 * _UNITS.get(match["count"].lower(), 1))
        yield Quantity(*match.span(), match[0], value, "", _hedge(text, match.start(), match.end(), plus=False))


def _joined(text: str) -> Iterator[Quantity]:
    """Figures that others stand in: "half a million", "four and a half billion", "tenfold"."""
    for match in _AND_A_HALF.finditer(text):
        number = match["number"].lower()
        whole = float(number) if number.isdigit() else _spelled([number]) or 0.0
        value = (whole + 0.5) * _SCALES.get((match["scale"] or "").lower(), 1.0)
        hedge = _hedge(text, match.start(), match.end(), plus=False)
        yield Quantity(*match.span(), match[0], value, _unit(match["unit"]), hedge)
    for match in _HALF_OF.finditer(text):
        hedge = _hedge(text, match.start(), match.end(), plus=False)
        value = 0.5 * _SCALES[match["scale"].lower()]
        yield Quantity(*match.span(), match[0], value, "dollars" if match["unit"] else "", hedge)
    for match in _FOLD.finditer(text):
        number = match["number"].lower()
        times = (_spelled([number]) or 0.0) if number.isalpha() else float(number)
        yield Quantity(*match.span(), match[0], times, "times")


def _simple(text: str) -> Iterator[Quantity]:
    for match in _MULTIPLE.finditer(text):
        hedge = _hedge(text, match.start(), match.end(), plus=False)
        yield Quantity(*match.span(), match[0], _MULTIPLES[match[0].lower()], "times", hedge)
    for match in _ORDINAL.finditer(text):
        if match[0].lower() == "first" and _ADVERB.match(text, match.end()):
            continue
        yield Quantity(*match.span(), match[0], float(_ORDINALS.get(match[0].lower(), 1)), "ordinal")
    for match in _VAGUELY.finditer(text):
        least, most = _VAGUE[match[0].lower()]
        yield Quantity(*match.span(), match[0], least, "vague", "about", most)
