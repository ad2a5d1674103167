"""Questions that take more than one search, taken apart by rules: comparisons, before and after, two questions in one.

Conservative: a question that one search answers stays whole. Each part makes sense without the others. English here and
in app/comparisons.py, Korean in app/splitting_korean.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.answers.schema import Language
from app.comparisons import MAX_PARTS, compared, mark
from app.cues import DATE_TEXT
from app.followups import make_standalone
from app.names import NameTables
from app.parts import split_parts
from app.splitting_korean import split_korean
from app.topic_words import topic_words
from ingest.lexical import analyse

JOIN: Final = " — "  # between what a part asks and the question that says what it is about
_MAX_CHARS: Final = 220  # a longer question tells a story; but for its outlets, where it might be cut is a guess
_TELLS: Final = 3  # content words from which a second question says what it is about
_CLAUSE: Final = 5  # … and from which a clause with an outlet can be searched on its own

_ASKS_WHETHER = re.compile(r"(?:do|does|did|is|are|was|were|has|have)\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"^[\s,;]*(?:while|whereas|but|and|or|than|unlike|(?:as )?compared (?:to|with)|in contrast (?:to|with)"
    r"|as opposed to|similar(?:ly)? to)\s+(?:how\s+)?",
    re.IGNORECASE,
)
_AUX = r"(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might)(?:n['’]t)?"
_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
_LED = r"(?:(?:in|by|for|to|at|on|with|since|until|under|of|from|about|against)\s+)?"
_ORDER = re.compile(
    r"(?:(?:please|can you|could you)\s+)?(?:tell (?:me|us)|explain|describe|say|show (?:me|us))\s+"
    rf"(?={_WH}\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(rf"{_LED}(?:{_WH}|{_AUX})\b", re.IGNORECASE)
# A second question; "which" needs its noun and "who" no "also", or it may go on about the first one's answer.
_SECOND = re.compile(
    rf"\s*[,;]?\s+(?:and|but)\s+(?:then\s+|also\s+)?"
    rf"(?={_LED}(?:who(?:m|se)?|what|when|where|why|how|which\s+(?!{_AUX}\b))\b)",
    re.IGNORECASE,
)
_INNER = re.compile(rf"\b(?:{_WH}|whether|that|if)\b", re.IGNORECASE)
_GOES_ON = re.compile(r"\b(?:also|too|as well)\b", re.IGNORECASE)
_AND = re.compile(r"^(?:(?:and|but|also|then|so)\b[,\s]+)+", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[?？])\s+(?=\S)")
_BEFORE_AND_AFTER = re.compile(
    r"\b(?P<one>before|prior to)(?:\s*,)?\s+(?:and|versus|vs\.?)\s+(?P<two>after|since)\b", re.IGNORECASE
)
_AFTER_AND_BEFORE = re.compile(r"\b(?P<one>after)\s+(?:and|versus|vs\.?)\s+(?P<two>before)\b", re.IGNORECASE)
_THEN_AND_NOW = re.compile(r",?\s*\b(?P<one>then)\s+(?:and|versus|vs\.?)\s+(?P<two>now|today)\b", re.IGNORECASE)
_POINT = rf"(?:{DATE_TEXT.pattern})"
_DATES = re.compile(
    rf"(?<!between )\b(?P<in>in|of|for|during|from|on|by)\s+(?P<one>{_POINT})\s*,?\s+(?:and(?:\s+(?P=in))?|versus|vs\.?"
    rf"|compared (?:to|with)|than in)\s+(?P<two>{_POINT})",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"\b(?:between\s+(?P<one>{_POINT})\s+and\s+(?P<two>{_POINT})|from\s+(?P<first>{_POINT})\s+to\s+(?P<last>{_POINT}))",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:chang\w+|differ\w*|develop\w*|evolv\w+|shift\w*|compar\w+|r[io]se|fall|fell|grow|grew|increas\w+|decreas\w+|drop\w*)\b",
    re.IGNORECASE,
)
_TOPICS = re.compile(
    r"(?P<ask>.+\b(?:say|said|says|write|wrote|written|report|reported|know|known|mention|mentioned)\s+(?P<on>about|on|of)\s+)"
    r"(?P<one>.+?)\s*,?\s+and\s+(?:(?P<again>(?P=on)\s+)|(?P<own>(?:the|its|their|his|her)\s+))?(?P<two>[^,?]+?)",
    re.IGNORECASE,
)


def split_question(
    question: str, tables: NameTables, language: Language, outlets: Sequence[str] = ()
) -> tuple[str, ...]:
    """The questions to be searched apart, two or three, in the order of the question; () where one search does.

    ``question`` stands alone; ``outlets``: those of the collection that it names, as the articles spell them.
    """
    if language == "ko":
        parts = split_korean(question, tables) if len(question) <= _MAX_CHARS else ()
    else:
        parts = _clauses(question, outlets) or _split_english(question, tables, outlets)
    return parts if 2 <= len(parts) <= MAX_PARTS and len(set(parts)) == len(parts) else ()


def asked_in(part: str) -> str:
    """What a part asks, without the question that stands behind to say what it is about."""
    return part.split(JOIN, 1)[0]


def _clauses(question: str, outlets: Sequence[str]) -> tuple[str, ...]:
    """What each outlet is asked in a clause of its own: "does Yonhap say that …, while The Diplomat says that …"."""
    first, *others = [question[slice(*part.span)] for part in split_parts(question, outlets)] or [""]
    if not (_ASKS_WHETHER.match(first) and others and all(map(_BESIDE.match, others))):
        return ()
    parts = [first, *(_BESIDE.sub("", other) for other in others)]
    return tuple(map(mark, parts)) if all(len(analyse(part)) >= _CLAUSE for part in parts) else ()


def _split_english(question: str, tables: NameTables, outlets: Sequence[str]) -> tuple[str, ...]:
    if len(question) > _MAX_CHARS:
        return ()
    return (
        _two_questions(question, tables)
        or _telling(compared(question, tables, outlets), tables)
        or _two_times(question)
        or _two_topics(question, tables)
    )


def _telling(parts: Sequence[str], tables: NameTables) -> tuple[str, ...]:
    """The parts, if each says something beside names: "Compare Biden and Trump" leaves nothing to look for."""
    names = [[hit.written for hit in tables.find(part)] for part in parts]
    return tuple(parts) if all(topic_words(*one) for one in zip(parts, names, strict=True)) else ()


def _two_questions(question: str, tables: NameTables) -> tuple[str, ...]:
    """Two in one: "how much did Seoul pledge, and who signed?"; the second as a follow-up of the first."""
    bare = question.strip().rstrip("?!. ")
    order = _ORDER.match(bare)
    asked = bare[order.end() :] if order else bare
    pieces = [_AND.sub("", piece) for piece in _ENDS.split(asked) if piece.strip("? ")]
    if len(pieces) == 1:
        cut = next((cut for cut in _SECOND.finditer(asked) if _may_cut(asked, cut)), None)
        pieces = [asked[: cut.start()], asked[cut.end() :]] if cut else []
    if not 2 <= len(pieces) <= MAX_PARTS or not all(_QUESTION.match(piece) for piece in pieces):
        return ()
    first = mark(pieces[0])
    return (first, *(_completed(mark(piece), first, tables) for piece in pieces[1:]))


def _may_cut(asked: str, cut: re.Match[str]) -> bool:
    """Whether a question of its own stands on either side."""
    before, behind = asked[: cut.start()], asked[cut.end() :]
    opening = _QUESTION.match(before)
    if not opening or _INNER.search(before, opening.end()) or _GOES_ON.search(behind):
        return False
    return len(before.split()) >= 4 and len(behind.split()) >= 2 and len(analyse(before)) >= 2


def _completed(second: str, first: str, tables: NameTables) -> str:
    """The second question so that it makes sense alone."""
    resolved, _ = make_standalone(second, [{"role": "user", "content": first}], tables, "en")
    if JOIN in resolved or len(analyse(resolved)) >= _TELLS:
        return mark(resolved)
    return f"{second.rstrip('?')}{JOIN}{first[:1].lower()}{first[1:]}"


def _two_times(question: str) -> tuple[str, ...]:
    for pattern in (_BEFORE_AND_AFTER, _AFTER_AND_BEFORE, _THEN_AND_NOW, _DATES):
        match = pattern.search(question)
        if match:
            led = f"{match['in']} " if pattern is _DATES else " " if pattern is _THEN_AND_NOW else ""
            return tuple(_put(question, match, f"{led}{match[side]}") for side in ("one", "two"))
    between = _BETWEEN.search(question)
    if between and _CHANGED.search(question):
        sides = (between["one"], between["two"]) if between["one"] else (between["first"], between["last"])
        return tuple(_put(question, between, f"in {side}") for side in sides)
    return ()


def _two_topics(question: str, tables: NameTables) -> tuple[str, ...]:
    """Two things asked of: "about tariffs and the shipbuilding fund"; not a pair that is one: "trade and security"."""
    match = _TOPICS.fullmatch(question.strip().rstrip("?!. "))
    if not match or not _QUESTION.match(question) or max(len(match[side].split()) for side in ("one", "two")) > 5:
        return ()
    both_named = all(
        any(hit.name.group not in ("countries", "people") for hit in tables.find(match[side]))
        for side in ("one", "two")
    )
    if not (match["again"] or match["own"] or both_named):
        return ()
    return tuple(mark(f"{match['ask']}{words}") for words in (match["one"], f"{match['own'] or ''}{match['two']}"))


def _put(question: str, match: re.Match[str], words: str) -> str:
    return mark(f"{question[: match.start()]}{words}{question[match.end() :]}")
