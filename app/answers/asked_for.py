"""What kind of thing a question asks for (a share, a sum, a count, a time, a person), and which sentences hold one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ingest.lexical import analyse

Kind = Literal["share", "sum", "count", "number", "time", "person"]

_NUMBER = (
    r"(?:\d[\d,.]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|dozens?|hundreds?|thousands?)\b)"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NEAR = 4  # words that may stand between a number and what it counts: "300 South Korean workers"

_SHARE_ASKED = (
    r"\b(?:what|which) (?:\w+ )?(?:share|percentage|percent|proportion|portion|rate|tariff|levy|duty)\b"
    r"|\bapproval rating\b|몇 ?(?:퍼센트|%|프로)|비율|점유율|득표율|지지율|관세율|세율"
)
_SUM_ASKED = (
    r"\bhow much\b|\bwhat (?:\w+ )?(?:sum|amount|price|figure|cost|budget|value)\b"
    r"|\bhow (?:big|large) .*\b(?:fund|deal|order|investment|package)\b|얼마|금액|액수|[가-힣]+액은|규모"
)
_COUNT_ASKED = (
    r"\bhow many (?P<noun>(?:[\w’'-]+ ){0,2}?[\w’'-]+?s?)\b(?=[ ?])|몇 ?(?:명|개|곳|건|차례|번|척|대|일|시간|분)"
)
_NUMBER_ASKED = r"\bhow (?:long|far|high|old|often|big|large|tall)\b|\bwhat number\b|최고 고도|사거리"
_TIME_ASKED = (
    r"\bwhen\b|\b(?:what|which) (?:date|year|month|day|time)\b|\bon what date\b"
    r"|언제|며칠|날짜|몇 ?(?:년|월)|연도|시기"
)
_PERSON_ASKED = (
    r"\bwho(?:m|se)?\b|\bwhich (?:official|person|general|minister|president|leader|envoy|novelist)\b|누가|누구"
)
# The first that fits decides.
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("share", re.compile(_SHARE_ASKED, re.IGNORECASE)),
    ("sum", re.compile(_SUM_ASKED, re.IGNORECASE)),
    ("count", re.compile(_COUNT_ASKED, re.IGNORECASE)),
    ("number", re.compile(_NUMBER_ASKED, re.IGNORECASE)),
    ("time", re.compile(_TIME_ASKED, re.IGNORECASE)),
    ("person", re.compile(_PERSON_ASKED, re.IGNORECASE)),
)
_SHARE = r"\d\s?(?:%|percent|per cent|퍼센트)|\b(?:half|a third|a quarter|two-thirds)\b"
_SUM = r"[$€£₩¥]\s?\d|\d[\d,.]*\s?(?:million|billion|trillion|dollars|won|yen|달러|원|억|조)"
_TIME = (
    rf"\b(?:19|20)\d\ds?\b|\b{_MONTH}\b|\b(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\."
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:last|next|this) (?:week|month|year)\b"
    r"|\b(?:today|yesterday|tomorrow)\b|\d ?[년월일]"
)
_PERSON = r"(?:[A-Z][\w’'-]+\.? )+[A-Z][\w’'-]+|[가-힣]{2,4} (?:대통령|장관|총리|의원|사령관|대표|대사)"
_HELD: dict[Kind, re.Pattern[str]] = {
    "share": re.compile(_SHARE, re.IGNORECASE),
    "sum": re.compile(_SUM, re.IGNORECASE),
    "count": re.compile(_NUMBER, re.IGNORECASE),
    "number": re.compile(_NUMBER, re.IGNORECASE),
    "time": re.compile(_TIME),
    "person": re.compile(_PERSON),
}
# Numbers that count nothing.
_NO_COUNT = re.compile(
    rf"\b{_MONTH}\s+\d{{1,2}}\b|\b(?:19|20)\d\d\b|[$€£₩]\s?\d[\d,.]*(?: (?:million|billion|trillion))?"
    r"|\d[\d,.]*\s?(?:%|percent)"
)


@dataclass(frozen=True)
class Asked:
    """The kind of thing a question asks for, and, where it counts, what is to be counted."""

    kind: Kind
    noun: frozenset[str] = frozenset()  # stems of the counted noun
    question: frozenset[str] = frozenset()  # stems of the question

    def held_by(self, sentence: str) -> float:
        """How far the sentence holds such a thing: 1 it does, 0 it does not, ½ a number that counts something else."""
        if self.kind == "count":
            return self._counted_in(sentence)
        if self.kind == "person":
            return float(any(not self._known(name[0]) for name in _HELD["person"].finditer(sentence)))
        return float(bool(_HELD[self.kind].search(sentence)))

    def _counted_in(self, sentence: str) -> float:
        bare = _NO_COUNT.sub(" ", sentence)
        best = 0.0
        for number in _HELD["count"].finditer(bare):
            after = analyse(" ".join(bare[number.end() :].split()[: _NEAR + 1]))
            best = max(best, 1.0 if not self.noun or self.noun & set(after) else 0.5)
        return best

    def _known(self, name: str) -> bool:
        """Whether the question itself names them."""
        return bool(self.question & set(analyse(name)))


def asked_for(question: str) -> Asked | None:
    """What the question asks for; None for a question that asks for no such thing."""
    for kind, cue in _ASKED:
        match = cue.search(question)
        if match:
            noun = match.groupdict().get("noun") or ""
            return Asked(kind, frozenset(analyse(noun)[-1:]), frozenset(analyse(question)))
    return None
