"""Dates in prose, as far as they are given, and whether one text's dates bear out another's.

"In late July" is met by "July 30", "on February 3, 2021" by "today" in a document of that day. What an article calls
"last week" or "this month" counts from its own date.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.korean_numbers import DATE, english_date

_MONTHS = tuple(name.lower() for name in calendar.month_name)[1:]
_WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_NO_YEAR = (
    r"(?![\d,.]*\d)(?!\s*(?:troops|soldiers|workers|people|men|women|personnel|dollars|won|percent|%|million|billion"
    r"|trillion|km|kilometers|miles|tons|jobs))"
)
_PART = r"(?:(?P<part>early|mid|middle of|late|beginning of|start of|end of)[\s-]+(?:in )?)?"
_NAMED = re.compile(
    rf"(?<!\w)(?<![A-Za-z]-)(?:the )?{_PART}"
    rf"(?:(?:(?P<earlier>{_DAY})(?: ?[-–] ?| and | to ))?(?P<before>{_DAY}) (?:of )?)?"
    rf"{_MONTH}(?![a-z])"
    rf"(?: (?P<day>{_DAY})(?!\d|,\d|:)(?:(?: ?[-–] ?| and | to )(?P<to>{_DAY})(?!\d|,\d))?)?"
    rf"(?:(?:,| of)? ?(?P<year>{_YEAR})\b)?"
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?\b")
_PLAIN_YEAR = re.compile(
    rf"(?<![\w$€£₩,.-]){_PART}(?:FY ?)?(?P<year>{_YEAR})(?P<decade>[’']?s(?![a-z]))?"
    rf"(?:[-–](?P<to>{_YEAR}|\d\d)\b)?\b{_NO_YEAR}"
)
_SHORT_YEAR = re.compile(rf"(?<=[-–])(?P<year>{_YEAR})\b")
_WEEKDAY = re.compile(rf"\b(?P<weekday>{'|'.join(day.title() for day in _WEEKDAYS)})s?\b")
_RELATIVE = re.compile(
    r"\b(?P<which>last|this|next|previous|past|coming) (?P<unit>week|month|year)(?![’'\w])"
    r"|\b(?P<day>today|yesterday|tomorrow|tonight)\b(?![’']s)"
    r"|\b(?:later |earlier )?(?P<during>this (?:morning|afternoon|evening))\b",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b(?P<count>\d+|a|one|two|three|four|five|six|seven|eight|nine|ten) (?P<unit>day|week|month|year|decade)s? "
    r"(?:ago|earlier)\b",
    re.IGNORECASE,
)
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_SEASON = re.compile(
    r"\b(?:(?:this|last|next|that|in|the|early|late|by|of|since|until|during) )+"
    r"(?P<season>spring|summer|autumn|fall|winter)\b(?! (?:of|in|from|to) (?!(?:19|20)\d))",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
# May and March begin sentences and name months; without a number beside them they are months behind these words.
_MONTH_CUE = re.compile(
    r"\b(?:in|since|until|till|by|of|from|to|through|last|this|next|early|late|mid|during|and|between|before|after|for)[\s-]+$",
    re.IGNORECASE,
)
_THIRDS = {"early": (1, 11), "mid": (9, 21), "late": (20, 31)}
_SHIFTS = {"last": -1, "previous": -1, "past": -1, "this": 0, "next": 1, "coming": 1}
_KOREAN_RELATIVE = {
    "지난달": "last month",
    "이달": "this month",
    "이번달": "this month",
    "다음달": "next month",
    "작년": "last year",
    "지난해": "last year",
    "올해": "this year",
    "내년": "next year",
    "지난주": "last week",
    "이번주": "this week",
    "다음주": "next week",
    "어제": "yesterday",
    "오늘": "today",
    "내일": "tomorrow",
    "봄에": "in spring",
    "여름에": "in summer",
    "가을에": "in autumn",
    "겨울에": "in winter",
    **{f"{day}요일": name.title() for day, name in zip("월화수목금토일", _WEEKDAYS, strict=True)},
}
_KOREAN_WORD = re.compile("|".join(r"\s?".join(word) for word in _KOREAN_RELATIVE))
_KOREAN_PERIOD = re.compile(r"(?P<year>(?:19|20)\d\d)년대")


@dataclass(frozen=True)
class Moment:
    """A time as far as a text gives it: ``text[start:end]`` is what is written."""

    start: int
    end: int
    written: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: str | None = None  # early, mid or late in the month or year
    weekday: int | None = None  # Monday is 0
    decade: bool = False
    relative: str = ""  # the words, where they count from the article's own date

    @property
    def date(self) -> date | None:
        """The day, where it is fully known."""
        if self.year and self.month and self.day:
            try:
                return date(self.year, self.month, self.day)
            except ValueError:
                return None
        return None


def dates_in_english(text: str) -> str:
    """A Korean text with its dates as English writes them, the rest as it stands; other texts unchanged."""
    if not re.search("[가-힣]", text):
        return text
    text = _KOREAN_PERIOD.sub(lambda match: f" {match['year']}s ", text)
    text = DATE.sub(lambda match: f" in {english_date(match)}; ", text)
    return _KOREAN_WORD.sub(lambda match: f" {_KOREAN_RELATIVE[match[0].replace(' ', '')]} ", text)


def moments_in(text: str, published: str | None = None) -> list[Moment]:
    """The times an English text names, in order; relative ones in numbers where ``published`` gives a date for them."""
    taken: list[tuple[int, int]] = []
    found: list[Moment] = []
    for read in (_iso, _named, _years, _weekdays):
        for moment in read(text):
            if not any(moment.start < end and start < moment.end for start, end in taken):
                found.append(moment)
        taken = [(moment.start, moment.end) for moment in found]
    found += [*_relatives(text, published), *_agos(text, published), *_seasons(text)]
    return sorted(found, key=lambda moment: moment.start)


def published_moment(published: str | None) -> Moment | None:
    """The article's own date; None where it has none."""
    numbers = _numbers(published)
    year, month, day = [*numbers, None, None, None][:3]
    return Moment(0, 0, published or "", year, month, day) if numbers else None


def bears_out(claimed: Moment, given: Moment, published: str | None = None) -> bool:
    """Whether a time of the evidence is the claim's: no field says otherwise, and none of the claim's is made up."""
    if claimed.relative and claimed.relative == given.relative:
        return True
    if claimed.relative in _SEASONS and given.month:
        first, last = _SEASONS[claimed.relative]
        return first <= given.month <= last or first <= given.month + 12 <= last
    if claimed.decade != given.decade:
        return bool(claimed.decade and given.year and claimed.year == given.year // 10 * 10)
    return any(_fields_agree(claimed, known) for known in _dated(given, published))


def _dated(given: Moment, published: str | None) -> Iterator[Moment]:
    """The moment with the years, and for a weekday the day, that the article's date leaves open."""
    yield given
    numbers = _numbers(published)
    if not numbers:
        return
    year, month, day = [*numbers, None, None][:3]
    if year and given.month and not given.year:
        for shift in (0, -1, 1):
            if shift == 0 or (month and abs(given.month + 12 * shift - month) <= 6):
                yield _with(given, year=year + shift)
    if year and month and day and given.weekday is not None and not given.day:
        for shift in range(-7, 8):
            near = date(year, month, day) + timedelta(days=shift)
            if near.weekday() == given.weekday:
                yield _with(given, year=near.year, month=near.month, day=near.day)


def _fields_agree(claimed: Moment, given: Moment) -> bool:
    for field in ("year", "month", "day"):
        value = getattr(claimed, field)
        if value is not None and value != getattr(given, field):
            return False
    if claimed.part and not _in_part(claimed, given):
        return False
    if claimed.weekday is not None:
        day = given.date
        return given.weekday == claimed.weekday or bool(day and day.weekday() == claimed.weekday)
    return claimed.year is not None or claimed.month is not None


def _in_part(claimed: Moment, given: Moment) -> bool:
    if given.part:
        return given.part == claimed.part
    if claimed.month is None:  # "early 2025": which months that is, is a matter of taste
        months = {"early": range(1, 6), "mid": range(4, 10), "late": range(8, 13)}[claimed.part or "mid"]
        return given.month is None or given.month in months
    first, last = _THIRDS[claimed.part or "mid"]
    return given.day is not None and first <= given.day <= last


def _with(moment: Moment, **fields: int) -> Moment:
    return Moment(**{**moment.__dict__, **fields})


def _numbers(published: str | None) -> list[int]:
    return [int(part) for part in published.split("-")] if published and re.match(r"\d{4}(-\d\d)*$", published) else []


def _iso(text: str) -> Iterator[Moment]:
    for match in _ISO.finditer(text):
        yield Moment(*match.span(), match[0], int(match["year"]), int(match["month"]), _int(match["day"]))


def _named(text: str) -> Iterator[Moment]:
    for match in _NAMED.finditer(text):
        month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(match["month"][:3].lower()))
        day = _int(match["before"] or match["day"])
        alone = day is None and not match["year"] and not match["part"]
        if alone and match["month"] in ("May", "March") and not _MONTH_CUE.search(text[: match.start("month")]):
            continue
        fields = (_int(match["year"]), month)
        yield Moment(*match.span(), match[0].strip(), *fields, day, _part(match["part"]))
        for other in (match["to"], match["earlier"]):
            if other:
                yield Moment(*match.span(), match[0].strip(), *fields, _int(other))


def _years(text: str) -> Iterator[Moment]:
    for match in _PLAIN_YEAR.finditer(text):
        year = int(match["year"])
        yield Moment(*match.span(), match[0].strip(), year, part=_part(match["part"]), decade=bool(match["decade"]))
        if match["to"]:
            last = int(match["to"]) if len(match["to"]) == 4 else year // 100 * 100 + int(match["to"])
            yield Moment(*match.span(), match[0], last)
    for match in _SHORT_YEAR.finditer(text):
        yield Moment(*match.span(), match[0], int(match["year"]))


def _weekdays(text: str) -> Iterator[Moment]:
    for match in _WEEKDAY.finditer(text):
        yield Moment(*match.span(), match[0], weekday=_WEEKDAYS.index(match["weekday"].lower()))


def _relatives(text: str, published: str | None) -> Iterator[Moment]:
    for match in _RELATIVE.finditer(text):
        words = (match["during"] or match[0]).lower()
        unit = match["unit"] or "day"
        shift = _SHIFTS[match["which"].lower()] if match["which"] else {"yesterday": -1, "tomorrow": 1}.get(words, 0)
        if match["day"] or match["during"]:
            words = words if shift else "today"
        fields = _shifted(published, unit.lower(), shift)
        yield Moment(*match.span(), match[0], *fields, relative=words)


def _seasons(text: str) -> Iterator[Moment]:
    for match in _SEASON.finditer(text):
        season = match["season"].lower()
        yield Moment(*match.span(), match[0], relative="autumn" if season == "fall" else season)


def _agos(text: str, published: str | None) -> Iterator[Moment]:
    for match in _AGO.finditer(text):
        word = match["count"].lower()
        count = int(word) if word.isdigit() else _COUNTS.get(word, 1)
        unit = match["unit"].lower()
        if unit == "decade":
            count, unit = 10 * count, "year"
        yield Moment(*match.span(), match[0], *_shifted(published, unit, -count), relative=match[0].lower())


def _shifted(published: str | None, unit: str, steps: int) -> tuple[int | None, int | None, int | None]:
    """Year, month and day that lie so many units from the article's date, as far as both allow."""
    numbers = _numbers(published)
    year, month, day = [*numbers, None, None, None][:3]
    if not year:
        return None, None, None
    if unit == "year":
        return year + steps, None, None
    if month and unit == "month":
        months = year * 12 + month - 1 + steps
        return months // 12, months % 12 + 1, None
    if month and day and unit in ("day", "week"):
        then = date(year, month, day) + timedelta(days=steps * (7 if unit == "week" else 1))
        return then.year, then.month, then.day if unit == "day" else None
    return (year, month, None) if not steps else (year, None, None)


def _part(written: str | None) -> str | None:
    if not written:
        return None
    return {"b": "early", "s": "early", "m": "mid", "l": "late"}.get(
        written[0], "early" if written[1] == "a" else "late"
    )


def _int(digits: str | None) -> int | None:
    return int(re.sub(r"\D", "", digits)) if digits else None
