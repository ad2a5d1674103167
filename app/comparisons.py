"""English questions that set two or three things beside each other: "compare what The Diplomat and Yonhap say of X".

Each becomes one question for every thing that is compared. Only names that are joined are taken apart, and only where a
word says that they are compared, or each of them is asked what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from app.names import NameTables
from app.parts import outlet_mentions

MAX_PARTS: Final = 3
SOURCES: Final = frozenset(("outlets", "people", "offices", "institutions"))  # they say something

_M: Final = "\x00"  # stands for the things compared
_VERSUS = r"(?:versus|vs\.?|compared (?:to|with)|as (?:against|opposed to))"
_JOINT = re.compile(
    rf"(?:['’]s?)?(?:\s*,)?\s+(?P<word>and|with|to|{_VERSUS})\s+(?:(?:that|those) of\s+|with\s+)?(?:the\s+)?"
    r"|,\s+(?:the\s+)?",
    re.IGNORECASE,
)
# Words with a capital that begin no name: those that open a question or an order.
_OPENING = """what which who whom whose when where why how do does did is are was were has have had will would can could
should compare contrast explain describe tell list show give between both in on at for of and or but if besides since
the before after during while please versus according"""
_OPENERS: Final = frozenset(_OPENING.split())
_WORD = r"[A-Z][\w&.]*(?:[-'’](?!s\b)\w+)*"
_CAPITALS = re.compile(rf"{_WORD}(?:\s(?:of\s)?{_WORD})*")
_SAYING = """say think write report argue describe claim view see cover make portray treat assess explain"""
_PAST: Final = {"said": "say", "thought": "think", "wrote": "write", "saw": "see", "made": "make"} | {
    f"{verb.removesuffix('e')}ed": verb for verb in _SAYING.split()
}
_SAY = rf"(?:{'|'.join((*_SAYING.split(), *_PAST))})"
_ON = r"(?:on|over|about|regarding|concerning|as to|when it comes to|with regard to)"
_EACH = r"(?:(?:both|each|respectively) )?"
_DO = r"(?P<aux>do|does|did|has|have)"
_PARTED = r"(?:differ|disagree|agree|compare|diverge|clash|contradict each other|part ways)"
_GAP = r"(?:differences?|contrasts?|disagreements?|divergences?)"
_ASKS_GAP = (
    r"(?:(?:what|which)(?:['’]s| is| are| was| were)|where (?:is|are)|is there|are there|explain|describe"
    r"|(?:show|tell) me)"
)


class _Thing(NamedTuple):
    """A name in the question, and its group in the tables; "" for one that they do not know."""

    start: int
    end: int
    group: str


class _Compared(NamedTuple):
    """A question with one word in the place of the things it compares."""

    masked: str  # without its mark
    things: tuple[str, ...]
    says: bool  # all are of those who say something
    word: str  # that joins them
    outlets: bool  # all are outlets
    known: bool  # the tables know them, or the collection


def compared(question: str, tables: NameTables, outlets: Sequence[str] = ()) -> tuple[str, ...]:
    """A question for each thing compared, in order; () where nothing is, or more than three are.

    ``outlets``: names of outlets that it may hold, beside those in the tables.
    """
    bare = " ".join(question.split()).rstrip("?!. ")
    if parts := list(_against_owners(bare)):
        return tuple(parts)
    for one in _joined(bare, tables, outlets):
        for form in _FORMS:
            parts = [form(one, thing) or "" for thing in one.things]
            if all(parts):
                return tuple(parts)
    return ()


def _saying(one: _Compared, thing: str) -> str | None:
    """What each says: "compare what X and Y say about Z", "how did X and Y describe Z"."""
    match = re.fullmatch(
        rf"(?:(?P<order>compare|contrast) )?(?P<wh>what|how) (?:{_DO} )?(?:the )?{_M} {_EACH}(?P<rest>{_SAY}\b.*)",
        one.masked,
        re.IGNORECASE,
    )
    if not match or not (match["order"] or match["aux"]):
        return None
    verb, _, rest = match["rest"].partition(" ")
    said = _PAST.get(verb.lower())
    aux = _singular(match["aux"] or ("did" if said else "do"))
    return _asked(match["wh"], aux, thing, f"{said if said and aux != 'has' else verb} {rest}")


def _parted(one: _Compared, thing: str) -> str | None:
    """What each says: "how do X and Y differ on Z", "do X and Y agree on Z"; "did X and Y agree" may mean together."""
    match = re.fullmatch(
        rf"(?P<wh>(?:how|where|in what ways?|on what points?) )?{_DO} (?:the )?{_M} {_EACH}{_PARTED}"
        rf"(?: (?:with|from) (?:each other|one another))? (?P<on>{_ON}|in|that|whether) (?P<rest>.+)",
        one.masked,
        re.IGNORECASE,
    )
    if match and (match["aux"].lower() == "do" or one.outlets or (match["wh"] and one.says)):
        return _said(thing, match["rest"], match["aux"])
    lines = re.fullmatch(
        rf"how {_DO} (?P<what>(?:the )?{_M}(?:['’]s?)? .+?) {_PARTED}(?: in .+)?", one.masked, re.IGNORECASE
    )
    return mark(_put(lines["what"], thing)) if lines else None


def _gap(one: _Compared, thing: str) -> str | None:
    """What is of each: "what is the difference in Z between X and Y", "the differences between X's and Y's Z"."""
    match = re.fullmatch(
        rf"(?:{_ASKS_GAP} )?(?:(?:the|a|any|all) )?(?:\w+ )?{_GAP}(?: (?:in|of|over) (?P<what>.+?))? between (?:the )?"
        rf"{_M}(?P<rest>.*)",
        one.masked,
        re.IGNORECASE,
    )
    if not match:
        return None
    if match["what"]:
        return mark(f"{match['what']} of {thing}{match['rest']}")
    return _on_topic(one, thing, match["rest"])


def _ordered(one: _Compared, thing: str) -> str | None:
    """What is of each: "compare X and Y on Z", "compare the Z of X with that of Y"."""
    match = re.fullmatch(
        rf"(?:please )?(?:compare|contrast) (?P<what>.*?)(?:the )?{_M}(?P<rest>.*)", one.masked, re.IGNORECASE
    )
    if not match:
        return None
    if match["what"]:
        return mark(f"{match['what']}{thing}{match['rest']}")
    return _on_topic(one, thing, match["rest"])


def _versus(one: _Compared, thing: str) -> str | None:
    """Each in turn: "tariffs on X versus Y", of things that the tables know; a match of two teams is one thing."""
    joined = one.known and re.fullmatch(_VERSUS, one.word, re.IGNORECASE)
    return mark(_put(one.masked, thing)) if joined else None


def _same(one: _Compared, thing: str) -> str | None:
    """Each in turn: "do the X and Y messages give the same Z", "what rate did X and Y each get"."""
    if re.match(rf"(?:do|did|have) (?:the )?{_M}.* the same ", one.masked, re.IGNORECASE):
        alone = one.masked.replace(" the same ", " the ")
    elif re.search(rf"{_M}.*\b(?:each|respectively)\b", one.masked):
        alone = re.sub(r",? (?:each|respectively)\b", "", one.masked)
    else:
        return None
    for plural in ("do", "have"):  # "do the X and Y messages" stays
        one_does = rf"\b{plural} (?=(?:the )?{_M}(?!(?: [\w-]+){{1,2}}s ))"
        alone = re.sub(one_does, f"{_singular(plural)} ", alone, flags=re.IGNORECASE)
    return mark(_put(alone, thing))


# What a question of each shape asks of one thing alone; None where it is not of that shape. The first that fits counts.
_FORMS: tuple[Callable[[_Compared, str], str | None], ...] = (_saying, _parted, _gap, _ordered, _versus, _same)
_OWNER = rf"(?:the )?{_WORD}(?: {_WORD})*"
_HOW = r"how (?:does|did|do|is|was)"
_IS_UNLIKE = (
    r"(?:compare|differ|different|diverge|set (?:itself|themselves) apart|depart|contrast)(?: in .{3,40}?)? "
    r"(?:from|with|to)"
)
_BY = r"(?:in|of|by|under|for|on|against|with|at)"
_OWNERS = re.compile(
    rf"{_HOW} (?P<first>{_OWNER}['’]s?) (?P<what>.{{3,80}}?) {_IS_UNLIKE} "
    rf"(?P<others>{_OWNER}['’]s?(?: and {_OWNER}['’]s?)?)"
)
_OF_OTHERS = re.compile(
    rf"{_HOW} (?P<what>.{{3,80}}? {_BY}) (?P<first>{_OWNER}) {_IS_UNLIKE} (?:that|those) {_BY} (?P<other>{_OWNER})"
)


def _against_owners(bare: str) -> Iterator[str]:
    """That line of each: "how does X's line on Z differ from Y's", "how does the duty on X compare with that on Y"."""
    asked = bare[:1].lower() + bare[1:]
    if match := _OWNERS.fullmatch(asked):
        yield from (mark(f"{owner} {match['what']}") for owner in [match["first"], *match["others"].split(" and ")])
    elif match := _OF_OTHERS.fullmatch(asked):
        yield from (mark(f"{match['what']} {owner}") for owner in (match["first"], match["other"]))


def _on_topic(one: _Compared, thing: str, rest: str) -> str | None:
    """What a thing is asked where only a topic is named: what it says of it, if it says anything."""
    topic = re.fullmatch(
        rf"(?:['’]s?)? (?:(?:positions?|views?|stances?|lines?|coverage|takes?) )?{_ON} (?P<topic>.+)",
        rest,
        re.IGNORECASE,
    )
    if topic and one.says:
        return _said(thing, topic["topic"], "do")
    return mark(f"{thing}{rest}") if rest.strip() else None


def _said(thing: str, topic: str, aux: str) -> str:
    return _asked("What", _singular(aux), thing, f"say about {topic}")


def _singular(aux: str) -> str:
    return {"do": "does", "have": "has"}.get(aux.lower(), aux.lower())


def _asked(wh: str, aux: str, thing: str, rest: str) -> str:
    return mark(" ".join(filter(None, (wh, aux, thing, rest))))


def mark(words: str) -> str:
    """Words as a question of their own: a capital in front, one mark behind."""
    words = re.sub(r"\s+", " ", words).strip(" ,;.?!")
    return f"{words[:1].upper()}{words[1:]}?"


def _joined(bare: str, tables: NameTables, outlets: Sequence[str]) -> Iterator[_Compared]:
    """The question once for each run of names in it that are joined and alike."""
    for run, word in _runs(bare, _things(bare, tables, outlets)):
        things = tuple(_with_article(bare, thing) for thing in run)
        groups = {thing.group for thing in run} - {""}
        yield _Compared(
            bare[: run[0].start] + _M + bare[run[-1].end :],
            things,
            says=bool(groups) and groups <= SOURCES,
            word=word,
            outlets=groups == {"outlets"},
            known=all(thing.group for thing in run),
        )


def _with_article(bare: str, thing: _Thing) -> str:
    article = "the " if bare[: thing.start].lower().endswith("the ") else ""
    return article + bare[thing.start : thing.end]


def _put(masked: str, thing: str) -> str:
    """The question with one thing; an article before the first may be that of the noun behind them all."""
    return re.sub(
        rf"(?i:the ){_M}" if thing.startswith("the ") and f"the {_M}" in masked.lower() else _M, thing, masked
    )


def _runs(bare: str, things: Sequence[_Thing]) -> Iterator[tuple[list[_Thing], str]]:
    run: list[_Thing] = []
    word = ""
    for thing in things:
        joint = _JOINT.fullmatch(bare, run[-1].end, thing.start) if run else None
        if joint and not word and _alike(run[-1], thing):
            run.append(thing)
            word = joint["word"] or ""
            continue
        if word and len(run) <= MAX_PARTS:
            yield run, word
        run, word = [thing], ""
    if word and len(run) <= MAX_PARTS:
        yield run, word


def _alike(one: _Thing, other: _Thing) -> bool:
    return one.group == other.group or not (one.group and other.group) or {one.group, other.group} <= SOURCES


def _things(bare: str, tables: NameTables, outlets: Sequence[str]) -> list[_Thing]:
    """Names in order, none overlapping: outlets, what the tables know, and other words with capitals."""
    found = [_Thing(*span, "outlets") for span, _ in outlet_mentions(bare, outlets)]
    found += [_Thing(hit.start, hit.end, hit.name.group) for hit in tables.find(bare)]
    found += list(_capitals(bare))
    kept: list[_Thing] = []
    for thing in found:
        if all(thing.end <= other.start or other.end <= thing.start for other in kept):
            kept.append(thing)
    return sorted(kept)


def _capitals(bare: str) -> Iterator[_Thing]:
    for match in _CAPITALS.finditer(bare):
        words = list(re.finditer(r"\S+", match[0]))
        while words and words[0][0].casefold() in _OPENERS:
            words.pop(0)
        if words:
            yield _Thing(match.start() + words[0].start(), match.end(), "")
