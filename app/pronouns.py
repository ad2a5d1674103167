"""What "he", "it", "they" or "that deal" in an English follow-up means."""

from __future__ import annotations

import re

from app.antecedents import POSSESSIVE, means_own_noun
from app.context import Context, people, wh_nouns, written_form
from app.names import Found, Name, NameTables

_PERSON = re.compile(r"\b(?P<he>he|him|his)\b|\b(?P<she>she|her|hers)\b", re.IGNORECASE)
_THEY = re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its)\b", re.IGNORECASE)
_THERE = re.compile(
    r"(?<!n't )(?<!is )(?<!are )(?<!was )(?<!were )(?<!been )(?<!be )\bthere\b(?!\s+(?:is|are|was|were|be|been|will"
    r"|any|a|an"
    r"|has|have|exist))",
    re.IGNORECASE,
)
_NOUN = (
    "deal|agreement|pact|accord|demands?|plan|proposal|offer|investment|decision|statement|declaration|treaty|summit"
    "|meeting|talks|exercises?|drills?|law|act|bill"
    "|money|amount|sum|tariffs?|rate|levy|policy|policies|group|body|company|companies|plant|factory|raid|incident"
    "|issue|visit|war|figure|number|year"
    "|commitment|promise|alliance|position|claims?|accusations?|post|remarks?|words|crisis|sentiment|shift|strategy"
    "|move|missiles?|launch|test|weapons?|order|document|speech"
)
_DEMONSTRATIVE = re.compile(
    rf"\b(?:this|that|these|those|such(?: an?)?|the same)\s+(?:(?!the\b|an?\b)\w+\s+)?(?P<noun>{_NOUN})\b",
    re.IGNORECASE,
)
_BARE_THAT = re.compile(
    r"\b(?:this|that|these|those)\b(?=\s*(?:$|[?.!,;]|(?:mean|affect|happen|matter|change|work|cause|help|lead"
    r"|include|come|apply|violate|compare|differ|create|have|work|go|play|look|hurt|benefit|still|really|also|to)\b))",
    re.IGNORECASE,
)
_THAT_SUBJECT = re.compile(
    r"^(?:\w+\s+){0,3}?(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|might)\s+(?:this|that"
    r"|these|those)\b"
    r"(?!\s+(?:year|month|week|decade|century|summer|autumn|fall|winter|spring|morning|time)\b)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:the|that|this|which|another|any other|a different)\s+(?:\w+\s+)?ones?\b(?!\s+of\b)|\bthe (?:others|former"
    r"|latter|rest|same)\s*(?:$|[?.!,])"
    r"|\b(?:which|what|any|are there|were there) other\b|\b(?:at (?:the|that) time|back then|(?:that|the same)"
    r" (?:day|year|month|week))\s*(?:$|[?.!,])|,\s*then\s*[?.!]*$",
    re.IGNORECASE,
)
_CLAUSE = 5  # words before ", and": a clause of its own, which "that" may mean
_SHORT = 9  # words: a longer question says itself what "that" is
_JUDGED = (
    "true|unfair|unreasonable|possible|impossible|likely|unlikely|legal|illegal|fair|right|wrong|important|necessary"
    "|clear|correct|known"
    "|said|reported|realistic|worth|good|bad"
    "|safe|the case|common|normal|easy|hard|difficult|accurate|reasonable|wise|expected|believed|mandatory|dangerous"
)
_SO_THAT = rf"(?:{_JUDGED})\s+(?:that|to|if|for|whether|when|of)\b"  # without what follows, "was it legal?" points back
_EXPLETIVE = re.compile(
    rf"\b(?:is|was|would|will|does|be|isn't|wasn't)\s+it\s+(?:be\s+|not\s+|really\s+|still\s+|also\s+)*(?:{_SO_THAT}"
    rf"|to|raining|time|matter (?:if|that|whether)|seem|appear)"
    rf"|\bit\s+(?:is|was|'s|would be|will be|seems?|appears?|turns? out|remains?)\s+(?:not\s+|really\s+"
    rf"|still\s+)*(?:{_SO_THAT}|raining|time|that\b|to\b|as if)"
    rf"|\bit\s+(?:\w+ly\s+)?{_SO_THAT}"
    r"|\b(?:will|would|does|did)\s+it\s+(?:(?:take|cost|require|mean)\s+(?:for\b.*)?(?:to|when|if|that)\b|snow|rain)"
    r"|\bit\s+means?\b|\bis it \w+ that\b|\bit\s+(?:takes?|took)\b"
    r"|\bwhat is it like\b|\bwhen it comes to\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(?:each|both|respectively)\b", re.IGNORECASE)
_BARE_PLURAL = re.compile(
    r"\s(?!does\b|has\b|was\b|is\b|this\b)([a-z-]{3,}(?<!s)(?<!u)s)(?=\s+(?:on|in|of|for|to|from|at|by|against"
    r"|with)\b|\s*\?|$)"
)
_KINDS_OF_IT = (
    "agreements",
    "laws",
    "topics",
    "exercises",
    "weapons",
    "events",
    "companies",
    "institutions",
    "forces",
    "offices",
    "outlets",
)
_NOUN_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"deal|agreement|pact|accord|treaty|declaration|statement|summit|document|commitment|plan|strategy",
        ("agreements", "topics"),
    ),
    (r"law|act|bill|order", ("laws",)),
    (r"group|body", ("institutions", "forces")),
    (r"compan(?:y|ies)|plant|factory", ("companies", "places")),
    (r"exercises?|drills?", ("exercises",)),
    (r"missiles?|weapons?|test|launch", ("weapons",)),
    (r"war|crisis", ("events",)),
)


def resolve_pronouns(question: str, context: Context, tables: NameTables) -> str | None:
    """The question with its pronouns replaced by what they mean; None where it has none that points back.

    What cannot be told stays, and the last question is added behind a dash.
    """
    own = tables.find(question)
    text, changed, lost = _persons(question, own, context)
    for step in (_plural, _thing, _place):
        text, did, missed = step(text, tables.find(text), context)
        changed, lost = changed or did, lost or missed
    if lost:
        before = context.question.rstrip("?!. ")
        return f"{text.rstrip('?!. ')} — {before[0].lower() + before[1:] if not before[:2].isupper() else before}?"
    return text if changed else None


def _persons(text: str, own: list[Found], context: Context) -> tuple[str, bool, bool]:
    match = _PERSON.search(text)
    if not match:
        return text, False, False
    pronoun = "he" if match["he"] else "she"
    if means_own_noun(text, match, own, pronoun):
        return text, False, False
    named = {found.name.name for found in own}
    candidate = next((name for name in people(context, pronoun) if name.name not in named), None)
    if candidate is None:
        candidate = next(people(context, pronoun), None)
    if candidate is None:
        return text, False, True
    return _substitute(text, _PERSON, written_form(candidate, context), pronoun), True, False


def _substitute(text: str, pattern: re.Pattern[str], name: str, pronoun: str = "") -> str:
    """Every pronoun of the pattern replaced; possessives get an 's. "her" before a noun is a possessive."""

    def replaced(match: re.Match[str]) -> str:
        word = match[0].lower()
        if pronoun and (word in ("he", "him", "his", "himself")) != (pronoun == "he"):
            return match[0]
        follows = re.match(r"\s+[a-z]", text[match.end() :])
        possessive = word in POSSESSIVE or (word == "her" and follows is not None)
        return name + (("’" if name.endswith("s") else "’s") if possessive else "")

    return pattern.sub(replaced, text)


def _plural(text: str, own: list[Found], context: Context) -> tuple[str, bool, bool]:
    match = _THEY.search(text)
    if not match:
        return text, False, False
    if means_own_noun(text, match, own, "they"):
        return text, False, False
    asked = wh_nouns(context.question)
    if asked and (asked.endswith("s") or re.match(r"how many\b", context.question, re.IGNORECASE)):
        return _substitute(text, _THEY, f"the {asked}"), True, False
    plural = re.search(r"\b(?:the|these|those)\s+((?:[\w-]+\s+){0,2}[\w-]+s)\b", context.question)
    if plural and not re.match(r"(?:articles|.*'s)$", plural[1]):
        return _substitute(text, _THEY, f"the {plural[1]}"), True, False
    bare = _BARE_PLURAL.search(context.question)
    if bare:
        return _with_names(_substitute(text, _THEY, f"the {bare[1]}"), own, context), True, False
    for group in ("people", "companies", "countries", "institutions", "forces", "offices"):
        names = list(dict.fromkeys(found.written for found in context.names if found.name.group == group))
        if len(names) > 1 and (group == "people" or _EACH.search(text)):
            return _substitute(text, _THEY, " and ".join(names)), True, False
        if group != "people" and len(names) == 1 and not _EACH.search(text):
            return _substitute(text, _THEY, names[0]), True, False
        if group != "people" and names:
            break  # several countries: which of them is meant cannot be told
    return text, False, True


def _thing(text: str, own: list[Found], context: Context) -> tuple[str, bool, bool]:
    demonstrative = _DEMONSTRATIVE.search(text)
    if demonstrative:
        return _demonstrative(text, demonstrative, own, context)
    if not _EXPLETIVE.search(text):
        match = _IT.search(text)
        if match:
            if means_own_noun(text, match, own, "it"):
                return text, False, False
            return _replace_thing(text, _IT, own, context)
    bare = _BARE_THAT.search(text)
    if bare and not (
        len(text[: bare.start()].split()) > _CLAUSE and re.search(r", (?:and|but)\b", text[: bare.start()])
    ):
        return _replace_thing(text, _BARE_THAT, own, context)
    if _OTHERS.search(text) and not own and len(text.split()) <= _SHORT:
        return text, False, True
    return text, False, _THAT_SUBJECT.search(text) is not None and len(text.split()) <= _SHORT


def _demonstrative(text: str, match: re.Match[str], own: list[Found], context: Context) -> tuple[str, bool, bool]:
    groups = next((groups for nouns, groups in _NOUN_GROUPS if re.fullmatch(nouns, match["noun"], re.IGNORECASE)), ())
    name = _thing_named(context, groups, own)
    if name:
        return text[: match.start()] + name + text[match.end() :], True, False
    return text, False, True


def _replace_thing(text: str, pattern: re.Pattern[str], own: list[Found], context: Context) -> tuple[str, bool, bool]:
    name = _thing_named(context, _KINDS_OF_IT, own)
    if name:
        return _substitute(text, pattern, name), True, False
    asked = wh_nouns(context.question)
    if asked and not asked.endswith("s"):
        return _with_names(_substitute(text, pattern, f"the {asked}"), own, context), True, False
    return text, False, True


def _thing_named(context: Context, groups: tuple[str, ...], own: list[Found]) -> str | None:
    named = {found.name.name for found in own}
    for group in groups:
        for found in context.names:
            if found.name.group == group and found.name.name not in named:
                article = "the " if _takes_article(found.name) else ""
                return article + found.written
    return None


def _takes_article(name: Name) -> bool:
    return name.group in ("institutions", "agreements", "laws", "forces") and not name.name.isupper()


def _with_names(text: str, own: list[Found], context: Context) -> str:
    """The names of the last question, in brackets behind: a noun alone does not say whose."""
    named = {found.name.name for found in own}
    missing = [found.written for found in context.names if found.name.name not in named and found.written not in text]
    return f"{text.rstrip('?!. ')} ({', '.join(dict.fromkeys(missing))})?" if missing else text


def _place(text: str, own: list[Found], context: Context) -> tuple[str, bool, bool]:
    if not _THERE.search(text) or _OTHERS.search(text):
        return text, False, False
    for group in ("places", "countries"):
        places = [found.written for found in context.names if found.name.group == group]
        if places and places[-1] not in text:
            return _THERE.sub(f"in {places[-1]}", text), True, False
    return text, False, False
