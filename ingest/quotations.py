"""Sentences that do not stand alone: those a quotation ties together, and those that open with a pronoun.

Who is quoted in a sentence is in ``ingest.attribution``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ingest.articles import Span
from ingest.attribution import quoted_speaker

__all__ = ["opens_with_pronoun", "quotation_runs", "quoted_speaker"]

_FAMILIES = ("“”", '""', "「」", "『』", "«»")
_MOST_LINES = 3  # without a quotation mark that a quotation may run over
_NESTED_CHARS = 2000  # beyond that a mark that does not fit is taken for a slip
_SINGLE = re.compile(r"(?<!\w)(?:‘(?=\S)[^\n]{1,1000}?[.,!?…]’|'(?=[A-Z])[^\n']{1,1000}?[.,!?…]')(?!\w)")


class _Mark(NamedTuple):
    at: int
    kind: Literal["open", "close", "either"]
    line: int  # counted over lines with text
    first: bool  # in its line


def quotation_runs(text: str, sentences: Sequence[Span]) -> list[tuple[int, int]]:
    """Ranges ``(first, end)`` of sentence indexes, half open, that a quotation ties together: in order, apart.

    Each holds at least two sentences. A quotation goes on in the next paragraph when that opens with a quotation mark
    again, as print does, or when the next mark closes it; one that is never closed ties nothing.
    """
    starts = [sentence.start for sentence in sentences]
    runs: list[tuple[int, int]] = []
    for start, end in sorted(_quotations(text)):
        first = max(0, bisect_right(starts, start) - 1)
        last = bisect_right(starts, end - 1) - 1
        if runs and first < runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last + 1))
        elif last > first:
            runs.append((first, last + 1))
    return runs


def _quotations(text: str) -> Iterator[Span]:
    """Every quotation, marks included, one inside another left out when both have the same marks."""
    lines = [line.start() for line in re.finditer(r"[^\n]*\S[^\n]*", text)]
    for family in _FAMILIES:
        yield from _paired(text, family, _marks(text, family, lines))
    for match in _SINGLE.finditer(text):
        yield Span(*match.span())


def _marks(text: str, family: str, lines: Sequence[int]) -> Iterator[_Mark]:
    for match in re.finditer(f"[{family}]", text):
        at = match.start()
        line = bisect_right(lines, at) - 1
        kind: Literal["open", "close", "either"] = "open" if match[0] == family[0] else "close"
        if family == '""':
            kind = _straight_kind(text[at - 1 : at] or " ", text[at + 1 : at + 2] or " ")
        yield _Mark(at, kind, line, first=not text[lines[line] : at].strip() if at - lines[line] < 9 else False)


def _straight_kind(before: str, after: str) -> Literal["open", "close", "either"]:
    opens = before.isspace() or before in "([{“‘'—–"
    closes = after.isspace() or after in ".,;:!?)]}”’'—–"
    if opens == closes:
        return "either"
    return "open" if opens else "close"


def _paired(text: str, family: str, marks: Iterator[_Mark]) -> Iterator[Span]:
    start, depth, line = -1, 0, 0  # of the quotation that is open, and the line of the last mark
    for mark in marks:
        kind = mark.kind
        if kind == "either":
            kind = "close" if depth else "open"
        if depth and mark.line - line > _MOST_LINES:
            start, depth = -1, 0
        if kind == "close":
            depth = max(0, depth - 1)
            if not depth and start >= 0:
                yield Span(start, mark.at + 1)
                start = -1
        elif depth and mark.first and mark.line == line + 1:
            depth = 1  # opened again
        elif depth and mark.line == line and _nested(text, family, start, mark.at):
            depth += 1
        else:
            start, depth = mark.at, 1
        line = mark.line


def _nested(text: str, family: str, start: int, at: int) -> bool:
    """Whether a quotation opened inside another: the line, up to some way on, closes as many as it opens."""
    end = text.find("\n", at, at + _NESTED_CHARS)
    end = at + _NESTED_CHARS if end < 0 else end
    if at - start > _NESTED_CHARS:
        return False
    return family != '""' and text.count(family[1], start, end) >= text.count(family[0], start, end)


_LEAD = re.compile(
    r"[\s“”\"'‘’«「『(\[•\-–—]*(?:Q\s+|[A-Z][A-Z.’'\- ]+:\s+)?"
    r"(?i:(?:But|And|Yet|So|Or|Nor|Still|Then|Thus|Also|However|Moreover|Meanwhile|Instead|Therefore|Indeed|Furthermore|"
    r"Nevertheless|Nonetheless|Hence|Besides|Otherwise|Similarly|Likewise|Accordingly|Consequently|Even so|Even|"
    r"In addition|As a result|For example|For instance|In fact|In turn|In short|Of course|At the same time|"
    r"On the other hand|On the contrary|In other words|Perhaps|Maybe|Clearly|Now|Later|Today|Of)\b,?\s+)*",
)
_PRONOUN = re.compile(
    r"(?:he|she|they|him|them|his|their|theirs|its|it|this|that|these|those|such|"
    r"the (?:latter|former|same|two|pair|duo|trio)|both|neither|others|doing so|hers|her)\b(?:[’'](?:s|re|d|ll|ve)\b)?",
    re.IGNORECASE,
)
_AFTER_PREPOSITION = re.compile(
    r"(?:In|For|With|To|At|Despite|After|Before|By|From|Because of|As|On|Of|Under|Beyond|Like|Unlike|Given|Amid|"
    r"Without|Since|Among|Between|Until|If|When|While|Though|Although|Once|Unless|All of|Some of|Most of|Many of|"
    r"One of|None of|Part of|Much of|Neither of|Both of|Each of)"
    r"\s+(?P<rest>this|that|these|those|such|them|him|which)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:If|When|While|Though|Although|After|Before|Because|Since|Once|Unless|As|Until)\s+(?:he|she|they|it)\b[^,]*,\s+"
    r"(?P<subject>\S+)"
)
_EMPTY_IT = (  # an "it" whose sense comes later in its own sentence
    r"it(?:[’']s|\s+(?:(?:is|was)(?:n[’']t|\s+not)?|ha[sd]\s+(?:\w+\s+)?been"
    r"|(?:will|would|may|might|must|can|could|should)\s+(?:not\s+)?be|seems|appears|remains|became))"
)
_STANDS_ALONE = re.compile(  # points at the time of writing, at nothing, or at a name that follows
    r"(?i:(?:this|these|that)\s+(?:past\s+|coming\s+)?(?:week|month|year|morning|afternoon|evening|fall|autumn|spring|summer|winter|time|decade|"
    r"century|quarter|days?|article|essay|column|analysis|report|paper|piece|author)\b"
    r"|that\s+said,|this\s+said,|that\s+is,|such\s+as\b|those\s+(?:who|whose|which|in|with|of|from)\b"
    rf"|{_EMPTY_IT}\s+(?:\S+\s+){{0,4}}?(?:that|to|whether|who|how|why|if)\b"
    rf"|{_EMPTY_IT}\s+(?:\S+\s+){{0,3}}?(?:for|of)\s+(?:[^\s,.;:]+\s+){{1,8}}?to\s+(?-i:[a-z])"  # hard for us to
    r"|it\s+(?:makes?|made)\s+(?:\w+\s+)?sense\b|it\s+(?:takes|took|turns\s+out|seems\s+that|rain)\w*\b"
    r"|her\s+majesty\b|his\s+(?:majesty|excellency|holiness)\b|neither\s+\S+(?:\s+\S+)?\s+nor\b)"
    r"|[Bb]oth\s+(?:[A-Z]|the\b|\S+\s+and\b)|[Tt]he\s+(?:two|same)\s+[A-Z]"
)
_KOREAN_TITLES = (
    "대통령|장관|의원|대표|총리|후보|위원장|실장|교수|회장|사장|수석|차관|대변인|지사|시장|씨|"
    "부총리|원내대표|총재|사령관"
)
_KOREAN_PRONOUN = re.compile(
    r"[\s“”\"'‘’「『(]*"
    r"(?:(?:그러나|하지만|그리고|그런데|또한?|다만|특히|이어서?|한편|따라서|그래서|반면|아울러|다음날|이날)[,\s]\s*)*"
    r"(?:(?:(?:그|그녀|그들|이들|저들)(?:는|은|가|이|의|도|를|을|에게|와|과|만)?"
    r"|이(?:는|에|를|로|와|것|것은|것이|때|처럼|러한|런|같은|로써)|그런|그러한|그것[은이을]?|후자[는가]|전자[는가]"
    r"|양측[은이]|두 (?:정상|사람|나라|장관|회사)[은는이가]|여기에는?|거기에는?|그때|당시|해당"
    r"|이 ?중|이 ?가운데)(?=[\s,])"
    rf"|이 (?!(?:전 )?(?:{_KOREAN_TITLES}))[가-힣])"  # "이 협정은", but not "이 대통령은"
)


def opens_with_pronoun(sentence: str) -> bool:
    """Whether a sentence begins with a word that points back at the sentence before it; False for an empty one.

    Pronouns, "the latter", "the two", also after "But", "However, " or "Despite"; 그는, 이에, 그러나 그는. Not
    words that point at the time of writing ("this week") or at nothing ("It is clear that …").
    """
    if _KOREAN_PRONOUN.match(sentence):
        return True
    lead = _LEAD.match(sentence)
    rest = sentence[lead.end() :] if lead else sentence
    preposition = _AFTER_PREPOSITION.match(rest)
    if preposition:
        return not _STANDS_ALONE.match(rest, preposition.start("rest"))
    clause = _CLAUSE.match(rest)
    if clause:
        subject = clause["subject"]  # "When he arrived, Lee said": the name comes after all
        return not subject[:1].isupper() and subject != "the"
    pronoun = _PRONOUN.match(rest)
    if pronoun is None or not (rest[:1].isupper() or (lead and lead.end())):
        return False
    return not _STANDS_ALONE.match(rest)
