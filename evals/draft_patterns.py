"""Who, when and why: questions that a sentence answers, beside those that the start screen makes.

As there, each rule reads one shape of sentence that can be turned round without a grammar; what does not fit gives
no question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from app.names import NameTables
from app.question_patterns import acceptable, inside

_BASES: Final = {
    "announced": "announce",
    "approved": "approve",
    "arrived": "arrive",
    "called": "call",
    "convened": "convene",
    "declared": "declare",
    "deployed": "deploy",
    "held": "hold",
    "hosted": "host",
    "imposed": "impose",
    "invited": "invite",
    "joined": "join",
    "launched": "launch",
    "met": "meet",
    "reached": "reach",
    "rejected": "reject",
    "removed": "remove",
    "signed": "sign",
    "spoke": "speak",
    "took": "take",
    "traveled": "travel",
    "visited": "visit",
    "warned": "warn",
    "won": "win",
}
_PASSIVE: Final = r"[a-z]+ed|held|won|sent|made|built|taken|shown|given|sworn in"
_MONTH: Final = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE: Final = rf"(?P<by>on|in) (?P<date>{_MONTH} \d{{1,2}}(?:, \d{{4}})?|{_MONTH}(?:,? \d{{4}})?|(?:19|20)\d\d)"
_TITLE: Final = (
    r"(?:(?:The |Former |Acting )?(?:Vice )?(?:President|Prime Minister|Foreign Minister|Minister|Secretary) )?"
)
_ACTIVE: Final = re.compile(rf"(?: today| also)? (?P<verb>{'|'.join(_BASES)}) (?:today )?(?P<rest>[^;:—–()]+?)\.?\Z")
# What an actor does, did or will do, up to where the sentence may as well have ended.
_DOES: Final = re.compile(
    rf"(?: today| also)? (?P<did>{'|'.join(_BASES)}|(?:will|has|had|plans to|intends to)(?: also)? [a-z]+)"
    r"(?P<rest>(?: (?:[^\s,;:—–()]|,(?=\d))+){3,14}?)"
    r"(?=[,;:—–(.](?!\d)| (?:that|which|who|via|while|including|as|and|to|through|by)\b)"
)
_WAS: Final = re.compile(rf" (?P<be>was|were) (?P<verb>{_PASSIVE})\b(?P<rest>[^,;:—–()]*?) {_DATE}\b")
_WHEN: Final = re.compile(rf"(?P<rest>[^,;:—–()]+?) {_DATE}\b")
_REASON: Final = r"(?:,? because (?!of\b)|, (?:as|since) (?=the |it |they |[A-Z]))(?P<why>.+)\Z"
_STATE: Final = re.compile(rf" (?P<be>was|were|is|are) (?P<rest>[^,;:—–()]+?){_REASON}")
_BECAUSE: Final = re.compile(rf"(?P<rest>[^,;:—–()]+?){_REASON}")
_SOMEBODY: Final = re.compile(r"\b(?:him|her|them|us|me)\b")
_WHO: Final = {"people": "Who", "companies": "Which company", "countries": "Which country"}


class Turned(NamedTuple):
    """A question, its kind as the cases have it, and the words that answer it; "" where they cannot be told."""

    question: str
    kind: str
    answer: str


def asked_of(sentence: str, tables: NameTables) -> Iterator[Turned]:
    """The questions that the sentence answers; none where no name opens it."""
    subject, after = _subject(sentence, tables)
    if not subject:
        return
    for turned in (*_by_actor(subject, after, tables), *_by_state(subject, after)):
        if acceptable(turned.question) and not _SOMEBODY.search(turned.question):
            yield turned


def _subject(sentence: str, tables: NameTables) -> tuple[str, str]:
    """The name that opens the sentence, with its title, and what comes after; "" twice where none does."""
    found = next(iter(tables.find(sentence)), None)
    if found is None or not re.fullmatch(rf"{_TITLE}(?:[Tt]he )?", sentence[: found.start]):
        return "", ""
    return sentence[: found.end], sentence[found.end :]


def _by_actor(subject: str, after: str, tables: NameTables) -> Iterator[Turned]:
    """Who did it, when, and why."""
    name = tables.find(subject)[0]
    asks, does = _WHO.get(name.name.group), _DOES.match(after)
    if asks and does and re.search(r"[A-Z\d]", does["rest"]) and name.written not in does["rest"]:
        done = re.sub(r" (?:also|today)\b", "", does["did"] + does["rest"])
        yield Turned(f"{asks} {done}?", "who", name.written)
    active = _ACTIVE.match(after)
    if not active:
        return
    rest, verb = active["rest"], active["verb"]
    did = f"did {inside(subject)} {_BASES[verb]}"
    if dated := _WHEN.match(rest):
        yield Turned(f"When {did} {dated['rest']}?", "date", dated["date"])
    if caused := _BECAUSE.match(rest):
        yield Turned(f"Why {did} {caused['rest']}?", "why", "")


def _by_state(subject: str, after: str) -> Iterator[Turned]:
    """When something was done to it, and why it is as it is."""
    if done := _WAS.match(after):
        yield Turned(f"When {done['be']} {inside(subject)} {done['verb']}{done['rest']}?", "date", done["date"])
    if state := _STATE.match(after):
        yield Turned(f"Why {state['be']} {inside(subject)} {state['rest']}?", "why", "")
