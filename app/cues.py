"""What a question says about where its answer stands: an outlet, a kind of document, a time.

Cues lift articles in the ranking; they never filter, because "in 2024" may be what an article is about,
not when it appeared.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from app.names import NameTables
from app.romanise import fold


class Described(Protocol):
    """An article's metadata, as far as a question can name it."""

    @property
    def title(self) -> str:
        """Its headline."""
        ...

    @property
    def outlet(self) -> str | None:
        """Who published it."""
        ...

    @property
    def kind(self) -> str | None:
        """Analysis, fact sheet, remarks …"""
        ...

    @property
    def lang(self) -> str:
        """Language code, "en" or "ko"."""
        ...


class DateRange(NamedTuple):
    """From and to, both included, as partial ISO dates; None is open."""

    first: str | None
    last: str | None


# What a question calls a kind of document → how articles' ``kind`` or titles name it.
_OPINION = ("opinion", "op-ed", "analysis", "column", "commentary", "editorial")
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bthe (?:author|columnist|writer|commentator|essayist)s?\b|\b(?:author|columnist|writer)['’]s\b", _OPINION),
    (r"필자|저자|글쓴이|칼럼니스트|논설위원|기고자", _OPINION),
    (
        r"\bop-?eds?\b|\bcolumns?\b|\bcommentar(?:y|ies)\b|\bopinion (?:piece|article|column)s?\b|칼럼|기고문|오피니언",
        _OPINION,
    ),
    (r"\beditorials?\b|사설", ("editorial", "opinion")),
    (r"\banalys(?:is|es)\b(?! of)|분석 ?(?:글|기사)", ("analysis",)),
    (r"\bjoint fact ?sheets?\b|\bfact ?sheets?\b|팩트 ?시트|설명 ?자료", ("fact sheet",)),
    (
        r"\bjoint (?:\w+ )?(?:statement|communiqu[eé]|declaration)s?\b|공동 ?(?:성명|선언)(?:문|서)?",
        ("joint statement",),
    ),
    (r"\bread-?outs?\b|통화 ?결과|회담 ?결과 ?자료", ("readout",)),
    (
        r"\b(?:['’]s|s['’]|the|his|her|their|in|opening|prepared) remarks\b|\bspeech(?:es)?\b|연설|모두 ?발언",
        ("remarks", "speech"),
    ),
    (r"\bpress conferences?\b|기자 ?회견", ("press conference", "remarks")),
    (
        r"\b(?:press|background|news) (?:briefing|call|gaggle)s?\b|브리핑",
        ("press briefing", "press call", "press gaggle", "briefing"),
    ),
    (r"\bproclamations?\b|포고문", ("proclamation",)),
    (r"\bexecutive orders?\b|행정 ?명령", ("executive order", "presidential action")),
    (r"\binterviews?\b(?! with foreign)|인터뷰", ("interview",)),
    (r"\bpress releases?\b|보도 ?자료", ("press release",)),
    (r"\bthe (?:news )?report(?:er)?\b(?! card)", ("news", "report")),
)
_KIND_CUES = tuple((re.compile(pattern, re.IGNORECASE), kinds) for pattern, kinds in _KINDS)


def kinds_in(question: str) -> tuple[str, ...]:
    """Kinds of document the question names, as articles call them; all the kinds "the author" may have written."""
    return tuple(dict.fromkeys(kind for cue, kinds in _KIND_CUES if cue.search(question) for kind in kinds))


def is_of_kind(article: Described, kinds: Iterable[str]) -> bool:
    """Whether an article is of one of these kinds by its ``kind``, or, where that is silent, by its title."""
    named = fold(article.kind or "").replace("-", " ")
    title = fold(article.title).replace("-", " ")
    return any(_singular(kind) in (_singular(named) if named else title) for kind in kinds)


def _singular(kind: str) -> str:
    return fold(kind).replace("-", " ").rstrip("s")


def outlets_in(question: str, articles: Mapping[str, Described], tables: NameTables) -> tuple[str, ...]:
    """Outlets of the collection that the question names, spelled as the articles spell them.

    By the outlet's own name ("The" and case do not matter, but a capital does), or a form that names.toml lists.
    """
    known = {article.outlet for article in articles.values() if article.outlet}
    folded = f" {_plain(question)} "
    by_table = {_plain(form) for found in tables.find(question) for form in found.name.all_forms()}
    for name in tables.names:
        if name.group in ("outlets", "institutions") and any(form in question for form in name.korean):
            by_table |= {_plain(form) for form in name.all_forms()}
    chosen = []
    for outlet in sorted(known):
        plain = _plain(outlet)
        written = re.search(rf"(?<!\w){re.escape(outlet.removeprefix('The '))}", question)
        if (written and f" {plain} " in folded) or plain in by_table or (f" the {plain} " in folded and " " in plain):
            chosen.append(outlet)
    return tuple(chosen)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", fold(text)).strip().removeprefix("the ")


_MONTH_NAMES = tuple(name.lower() for name in calendar.month_name)[1:]
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d"
_POINT = (
    rf"(?:(?P<iso>{_YEAR}[-.]\d\d(?:[-.]\d\d)?)"
    rf"|(?P<kyear>{_YEAR})년(?:도)?(?:\s*(?P<kmonth>\d{{1,2}})월(?:\s*(?P<kday>\d{{1,2}})일)?)?"
    rf"|(?:(?P<dayfirst>\d{{1,2}})\s+)?\b{_MONTH}\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?,?\s+)?(?:of\s+)?(?P<myear>{_YEAR})"
    rf"|(?<![$€£₩\d,.])\b(?P<year>{_YEAR})\b(?!\s*(?:troops|soldiers|workers|people|men|dollars|won|percent|%"
    rf"|million|billion|trillion|명|달러|억|만|조|원|개|[,.]\d)))"
)
_POINT_RE = re.compile(_POINT, re.IGNORECASE)
_RANGE = re.compile(
    rf"(?:\b(?:between|from)\s+)?(?P<a>{_YEAR})(?:년)?\s*(?:-|–|~|∼|and|to|until|through|부터"
    rf"|에서)\s*(?P<b>{_YEAR})(?:년)?(?:\s*(?:까지|사이))?",
    re.IGNORECASE,
)
# A date as it stands in a question, for one to take another's place.
DATE_TEXT = re.compile(
    rf"{_MONTH.replace('?P<month>', '?:')}\s+(?:\d{{1,2}},?\s+)?{_YEAR}|{_YEAR}년(?:\s*\d{{1,2}}월)?|\b{_YEAR}\b",
    re.IGNORECASE,
)
_OPEN_FIRST = re.compile(r"(?:\bsince|\bafter|\bfrom)\s+(?:the\s+)?(?:(?:early|mid|late)[- ])?$", re.IGNORECASE)
_AFTER = re.compile(r"\bafter\s+$", re.IGNORECASE)
_OPEN_LAST = re.compile(
    r"(?P<before>\bbefore|\bprior to)\s+$|(?:\buntil|\bup to|\btill|\bby|\bthrough)\s+$", re.IGNORECASE
)
_KOREAN_AFTER = re.compile(r"^\s*(?:이래|부터|이후|후)")
_KOREAN_BEFORE = re.compile(r"^\s*(?:이전|전(?!쟁|작|략|환))")
_KOREAN_UNTIL = re.compile(r"^\s*까지")
_RELATIVE: tuple[tuple[str, str], ...] = (
    (r"\blast month\b|지난 ?달|저번 ?달|전월", "month-1"),
    (r"\bthis month\b|이번 ?달|이달", "month0"),
    (r"\blast year\b|작년|지난 ?해|전년", "year-1"),
    (r"\bthis year\b|올해|금년|올 ?들어", "year0"),
    (r"\bthe year before last\b|재작년", "year-2"),
    (r"\blast week\b|지난 ?주|저번 ?주", "week-1"),
    (r"\bthis week\b|이번 ?주", "week0"),
    (r"\byesterday\b|어제", "day-1"),
    (r"\btoday(?!['’]s)\b|오늘(?!날)", "day0"),
)
_RELATIVE_CUES = tuple((re.compile(pattern, re.IGNORECASE), offset) for pattern, offset in _RELATIVE)


def dates_in(question: str, today: date) -> tuple[DateRange, ...]:
    """Times the question names, in its order, as ranges of partial ISO dates; "last month" counts from today.

    A day or a month without its year names no range, nor does an event ("before the July deal").
    """
    ranges: list[tuple[int, DateRange]] = []
    spans: list[tuple[int, int]] = []
    for match in _RANGE.finditer(question):
        if match["a"] <= match["b"]:
            ranges.append((match.start(), DateRange(match["a"], match["b"])))
            spans.append(match.span())
    for match in _POINT_RE.finditer(question):
        if any(start <= match.start() < end for start, end in spans):
            continue
        point = _point(match)
        if point:
            ranges.append((match.start(), _opened(point, question[: match.start()], question[match.end() :])))
    for cue, offset in _RELATIVE_CUES:
        ranges += [(match.start(), _relative(offset, today)) for match in cue.finditer(question)]
    return tuple(dict.fromkeys(found for _, found in sorted(ranges)))


def _point(match: re.Match[str]) -> str | None:
    if match["iso"]:
        parts = re.split(r"[-.]", match["iso"])
    elif match["kyear"]:
        parts = [match["kyear"], match["kmonth"] or "", match["kday"] or ""]
    elif match["myear"]:
        month = next(place for place, name in enumerate(_MONTH_NAMES, 1) if name.startswith(match["month"].lower()[:3]))
        parts = [match["myear"], str(month), match["day"] or match["dayfirst"] or ""]
    else:
        parts = [match["year"]]
    numbers = [int(part) for part in parts if part]
    try:
        date(*[*numbers, 1, 1][: max(3, len(numbers))])
    except ValueError:
        return str(numbers[0])
    return "-".join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:])])


def _opened(point: str, before: str, behind: str) -> DateRange:
    """The range a point in time opens: "since 2023" → 2023 on, "before 2023" → to the end of 2022."""
    if _AFTER.search(before) and len(point) == 4:
        return DateRange(str(int(point) + 1), None)
    if _OPEN_FIRST.search(before) or _KOREAN_AFTER.match(behind):
        return DateRange(point, None)
    last = _OPEN_LAST.search(before)
    if _KOREAN_BEFORE.match(behind) or (last and last["before"]):
        return DateRange(None, _just_before(point))
    if _KOREAN_UNTIL.match(behind) or last:
        return DateRange(None, point)
    return DateRange(point, point)


def _just_before(point: str) -> str:
    numbers = [int(part) for part in point.split("-")]
    if len(numbers) == 1:
        return f"{numbers[0] - 1:04d}"
    if len(numbers) == 2:
        year, month = (numbers[0], numbers[1] - 1) if numbers[1] > 1 else (numbers[0] - 1, 12)
        return f"{year:04d}-{month:02d}"
    return (date(*numbers) - timedelta(days=1)).isoformat()


def _relative(offset: str, today: date) -> DateRange:
    unit, shift = re.fullmatch(r"([a-z]+)(-?\d+)", offset).groups()  # type: ignore[union-attr]
    steps = int(shift)
    if unit == "year":
        year = f"{today.year + steps:04d}"
        return DateRange(year, year)
    if unit == "month":
        months = today.year * 12 + today.month - 1 + steps
        month = f"{months // 12:04d}-{months % 12 + 1:02d}"
        return DateRange(month, month)
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=steps)
        return DateRange(monday.isoformat(), (monday + timedelta(days=6)).isoformat())
    day = (today + timedelta(days=steps)).isoformat()
    return DateRange(day, day)
