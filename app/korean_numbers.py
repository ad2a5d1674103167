"""Korean numbers and dates as English writes them: "3,500억 달러" → "$350 billion", "7월 말" → "late July"."""

from __future__ import annotations

import calendar
import re

_MONTHS = tuple(calendar.month_name)[1:]
NUMBER = re.compile(
    r"(?P<dollar>[$₩￥€])?(?P<digits>\d[\d,]*(?:\.\d+)?(?:\s*(?:조|억|만|천"
    r"|백)(?![가-힣]*[a-z])\s*(?:\d[\d,]*(?:\.\d+)?)?)*)"
    r"(?P<more>여)?\s?(?P<unit>퍼센트포인트|퍼센트|프로|%포인트|%p|%|달러|불|유로|위안|엔|원|개월|개국|주년|년간|명"
    r"|차례|차|발|기|척|대|건|번|회)?"
)
DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})년(?:도)?\s*(?:(?P<month>\d{1,2})월\s*)?"
    r"|(?P<only_month>\d{1,2})월\s*)(?:(?P<day>\d{1,2})일)?"
    r"\s?(?P<part>초|중순|말)?"
)
_SCALES = {"조": 10**12, "억": 10**8, "만": 10**4}
_CURRENCY = {
    "달러": "$",
    "불": "$",
    "$": "$",
    "원": " won",
    "₩": " won",
    "엔": " yen",
    "유로": " euros",
    "위안": " yuan",
}
_COUNTED = {"개월": " months", "개국": " countries", "년간": " years", "차례": " times", "회": " times", "번": " times"}
# From three on: "한" and "두" mean much besides.
_TENS = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_ONES = {
    **{"하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "넷": 4, "네": 4, "넉": 4},
    **{"다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9},
}
_NATIVE = re.compile(
    rf"(?<![가-힣])(?:(?P<tens>{'|'.join(_TENS)})(?P<ones>{'|'.join(_ONES)})?|(?P<few>[세네]|다섯|여섯|일곱|여덟|아홉))"
    r" ?(?=(?:척|명|사람|개월|개국|개|대|번|차례|곳|건|가지|달|시간|배|살|마리|나라|주)"
    r"(?:은|는|이|가|을|를|의|에|에서|에게|으로|로|와|과|도|만|씩|째|이다|이며|입니다|당)?(?![가-힣]))"
)
_PARTS_OF_MONTH = {"초": "early ", "중순": "mid-", "말": "late ", None: ""}


def counts_in_digits(text: str) -> str:
    """Korea's own numerals before what they count in digits: "여섯 척" → "6척"; one and two stay as they are."""
    return _NATIVE.sub(
        lambda match: str(_TENS.get(match["tens"], 0) + _ONES.get(match["ones"] or match["few"], 0)), text
    )


def english_number(match: re.Match[str]) -> str:
    """A number with Korean units as English writes it: "3,500억 달러" → "$350 billion", "2만8500명" → "28,500"."""
    plain = re.fullmatch(r"\d+", match["digits"])
    value = _value(match["digits"])
    unit = match["unit"] or match["dollar"] or ""
    amount = match["digits"] if plain and value < 10_000 and unit not in _CURRENCY else _spoken(value)
    if unit in ("%", "퍼센트", "프로"):
        return f"{amount} percent"
    if unit in ("%포인트", "%p", "퍼센트포인트"):
        return f"{amount} percentage points"
    if unit == "주년":
        return f"{_ordinal(int(value))} anniversary"
    if unit == "차":
        return _ordinal(int(value))
    if match["more"]:
        amount = f"over {amount}"
    currency = _CURRENCY.get(unit, "")
    return f"${amount}" if currency == "$" else f"{amount}{currency}{_COUNTED.get(unit, '')}"


def _value(digits: str) -> float:
    total = section = current = 0.0
    for number, unit in re.findall(r"([\d,]+(?:\.\d+)?)|([조억만천백])", digits):
        if number:
            current = float(number.replace(",", "") or 0)
        elif unit in _SCALES:
            total += (section + current or 1) * _SCALES[unit]
            section = current = 0.0
        else:
            section += (current or 1) * (1000 if unit == "천" else 100)
            current = 0.0
    return total + section + current


def _spoken(value: float) -> str:
    for scale, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= scale:
            return f"{value / scale:.6g} {name}"
    return f"{value:,.6g}" if value != int(value) else f"{int(value):,}"


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def english_date(match: re.Match[str]) -> str:
    """A match of DATE in English: "2025년 9월" → "September 2025"; a month that is none stays as it is."""
    month = match["month"] or match["only_month"]
    if month is None or not 1 <= int(month) <= 12:
        return match["year"] or match[0].strip()
    part = "" if match["day"] else _PARTS_OF_MONTH[match["part"]]
    named = part + _MONTHS[int(month) - 1] + (f" {int(match['day'])}" if match["day"] else "")
    return f"{named}{', ' if match['day'] else ' '}{match['year']}" if match["year"] else named
