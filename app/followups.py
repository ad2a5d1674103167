"""Makes a follow-up question stand alone, by rules: what it leaves out is taken from the question before.

A question that is complete stays as it is, so a new topic is never polluted by the old one. English here, Korean in
app/followups_korean.py. Where the parts cannot be fitted together, both are kept, joined by a dash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answers.schema import Language, Turn
from app.context import Context, other_of_kind, swap
from app.conversation import reply_to, without_greeting
from app.followups_korean import resolve_korean
from app.names import NameTables
from app.plain import plain_text
from app.pronouns import resolve_pronouns

_MAX_TURNS = 8  # questions looked back on; a chain of follow-ups longer than this starts afresh
_MAX_CHARS = 2_000  # of an earlier turn that are read

_CONNECTOR = re.compile(r"^(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|plus|now)\b[,\s]+)+", re.IGNORECASE)
_AUX = (
    r"(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might|isn't|aren't|wasn't|didn't"
    r"|doesn't)"
)
_MORE = re.compile(
    r"(?:(?:please )?(?:tell|give|show) me (?:more|details?)(?: (?:about|on) (?:it|this|that))?|(?:any )?more(?:"
    r" details?| info(?:rmation)?)?(?: please)?|go on"
    r"|continue|(?:can you |could you |please )?elaborate(?: on (?:it|this|that))?|(?:can you )?explain(?: (?:more"
    r"|further|it|this|that))*|what else|anything else|for example"
    r"|such as|like what|in (?:more )?detail|say more|expand(?: on (?:it|this|that))?|details?)",
    re.IGNORECASE,
)
_WH = r"(?:why|when|where|who|whom|whose|what|which|how)"
_IS_SO = r"(?:\s+(?:is|was|did|does)\s+(?:that|this|it|so)(?:\s+so|\s+happen)?)?"
_BARE_WH = re.compile(
    rf"(?P<wh>(?:exactly\s+)?(?:why|when|where|who|whom|how)(?:\s+(?:much|many|long|often|far|come|so (?:much|many"
    rf"|few|long|late|high|low|little)|so|not|soon|big|large|exactly|else))?{_IS_SO}"
    rf"|(?:(?:in|by|for|from|to|at|on|with|since|until|under|of|into|about|over|within|against|through|after"
    rf"|before)\s+){_WH}(?:\s+(?:much|many|long))?(?:\s+(?!{_AUX}\b)[a-z-]+)?"
    rf"|(?:what|which|whose|how many|how much)\s+(?!(?:{_AUX}|about|if|else|happened|changed|came|caused|led|made)\b"
    rf"|\w+ed\b)[a-z-]+|what|which|whose)",
    re.IGNORECASE,
)
_HOLLOW = re.compile(rf"{_IS_SO}$", re.IGNORECASE)
_ABOUT = re.compile(r"(?:what|how) about\s+(?P<what>.+)|(?:what|how) (?:of|with)\s+(?P<other>.+)", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"(?:in|on|at|for|by|since|during|after|before|under|with|from|until|to|between|over|through|within|against"
    r"|without|despite|among|as of|according to)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"^(?P<wh>(?:\w+\s+)?(?:how (?:much|many|long|often|far|big|large)|what|which|whose|who|whom|when|where|why"
    rf"|how))\s+(?P<nouns>(?:(?!{_AUX}\b)[\w'’.-]+\s+){{0,5}}?)"
    rf"(?P<aux>{_AUX})\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
# The question word stands for a noun that the rest of the question would lack with another word in its place.
_NOUN_ASKED = re.compile(r"(?:what|which|who|whom|whose)$", re.IGNORECASE)
_SECOND_QUESTION = re.compile(rf",?\s+and\s+(?:(?:in|by|for|to)\s+)?{_WH}\b.*$", re.IGNORECASE)
_VERB = re.compile(rf"\b{_AUX}\b|\b\w+(?:n't)\b", re.IGNORECASE)
# Nouns that need a complement: without one ("the deadline") they mean that of the matter in hand.
_RELATIONAL = (
    "deadline|amount|rate|reasons?|cause|outcome|results?|conditions?|number|total|cost|price|purpose|goals?|aim"
    "|context|background|response|reaction"
    "|timeline|plan|alternatives?|author|date|decision|vote|verdict|ruling|impact|effects?|consequences?|terms"
    "|details|deal|agreement|demands?|proposal"
    "|transfer|talks|negotiations|catch|difference|breakdown|schedule|share|percentage|figure|size|source|statement"
    "|announcement|implications?|risks?|benefits?|next steps?"
)
_SHORT_DEFINITE = re.compile(
    rf"(?:(?:what|who|when|where|how (?:much|big|large|long|high))\s+(?:is|was|are|were|about)\s+(?:the|its"
    rf"|their)\s+(?:\w+\s+)?(?:{_RELATIONAL})"
    rf"|(?:{_WH}\s+(?:\w+\s+)?)?{_AUX}\s+the\s+(?:{_RELATIONAL})\s+(?:be\s+|been\s+)?\w+)",
    re.IGNORECASE,
)


def make_standalone(question: str, history: Sequence[Turn], tables: NameTables, language: Language) -> tuple[str, bool]:
    """The question so that it makes sense without the conversation, and whether that took anything from it.

    ``history`` ends with the turn before the question; greetings in it are passed over, earlier follow-ups resolved.
    """
    context: Context | None = None
    for asked, answer in exchanges(history):
        complete, _ = _resolve(asked, context, tables)
        context = Context(complete, answer, context.question if context else "", tables)
    return _resolve(question, context, tables)


def exchanges(history: Sequence[Turn]) -> list[tuple[str, str]]:
    """Questions with their answers, oldest first, eight at most; greetings and thanks left out."""
    pairs: list[tuple[str, str]] = []
    for turn in history:
        content = turn.get("content")
        if not isinstance(content, str):
            continue
        text = plain_text(content[:_MAX_CHARS])
        if turn.get("role") == "user":
            pairs.append((without_greeting(text), ""))
        elif turn.get("role") == "assistant" and pairs:
            pairs[-1] = (pairs[-1][0], text)
    asked = [pair for pair in pairs if pair[0] and reply_to(pair[0], "en") is None]
    return asked[-_MAX_TURNS:]


def _resolve(question: str, context: Context | None, tables: NameTables) -> tuple[str, bool]:
    if context is None:
        return question, False
    korean = re.search(r"[가-힣]", question)
    complete = resolve_korean(question, context, tables) if korean else _resolve_english(question, context, tables)
    return (complete, True) if complete else (question, False)


def _resolve_english(question: str, context: Context, tables: NameTables) -> str | None:
    """The completed question, or None where it is complete already."""
    bare = question.strip().rstrip("?!. ").strip()
    core = _CONNECTOR.sub("", bare)
    if _MORE.fullmatch(core):
        return context.question
    asked = _BARE_WH.fullmatch(core)
    if asked and not tables.find(core):
        return _ask_again(asked["wh"], context)
    about = _ABOUT.fullmatch(core)
    if about:
        return _replaced(about["what"] or about["other"], context, tables)
    if _is_fragment(core, led=core != bare, names=bool(tables.find(core))):
        return _replaced(core, context, tables)
    if _SHORT_DEFINITE.fullmatch(core) and not tables.find(core):
        return _joined(question, context)
    return resolve_pronouns(question, context, tables)


def _is_fragment(core: str, led: bool, names: bool) -> bool:
    """Whether the words are no sentence: "in 2024", "the tariff rate", "and Japan"; a search in key words is none."""
    words = core.split()
    if _VERB.search(core) or re.match(rf"{_WH}\b", core, re.IGNORECASE) or len(words) > 6:
        return False
    if led or _PREPOSITION.match(core):
        return True
    return re.match(r"(?:the|any|its|their|his|her|only|just|all)\b", core, re.IGNORECASE) is not None and not names


def _clause(context: Context) -> str:
    """The last question without its mark and without a second question hung on."""
    return _SECOND_QUESTION.sub("", context.question.rstrip("?!. "))


def _ask_again(wh: str, context: Context) -> str:
    """The last question with another question word: "Why?" → "Why does Washington want Seoul to invest?"."""
    before = _clause(context)
    wh = _HOLLOW.sub("", wh)
    wh = wh[0].upper() + wh[1:]
    asked = None if wh.lower() == "why not" else _ASKED.match(before)
    if asked and not asked["nouns"] and not _NOUN_ASKED.search(asked["wh"]):
        return f"{wh} {asked['aux']} {asked['rest']}?"
    if asked and asked["aux"].lower() in ("is", "are", "was", "were", "has", "have", "had"):
        return f"{wh} {asked['aux']} {asked['nouns'].strip()} {asked['rest']}?"
    if re.match(rf"{_AUX}\b", before, re.IGNORECASE) and wh.lower() != "why not":
        return f"{wh} {before[0].lower() + before[1:]}?"
    return f"{wh} — {_lowered(before)}?"


def _replaced(what: str, context: Context, tables: NameTables) -> str:
    """The last question about something else: a name or date of its own kind gives way, anything else is added."""
    before = _clause(context)
    swapped = swap(before, what, tables)
    if swapped:
        return f"{swapped}?"
    preposition = _PREPOSITION.match(what)
    if preposition:
        own = re.search(rf"\s{re.escape(preposition[0])}\s+(?:[\w'’.-]+\s*){{1,3}}$", before, re.IGNORECASE)
        return f"{before[: own.start()] if own else before} {what}?"
    other = other_of_kind(what, context, tables)
    return f"{other}?" if other else f"What about {what} — {_lowered(before)}?"


def _joined(question: str, context: Context) -> str:
    return f"{question.rstrip('?!. ')} — {_lowered(_clause(context))}?"


def _lowered(text: str) -> str:
    """The question with its first word in lower case, where that word is no name."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if re.fullmatch(rf"{_WH}|{_AUX}", first, re.IGNORECASE) else text
