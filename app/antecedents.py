"""Whether a pronoun means something in its own sentence: then the sentence is complete, whatever was asked before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.names import Found

AUX = (
    r"(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|may|might|isn't|aren't|wasn't|didn't"
    r"|doesn't|don't|won't)"
)
POSSESSIVE = frozenset(("his", "hers", "their", "theirs", "its"))
_NOMINATIVE = frozenset(("he", "she", "they"))
# What parts one clause from the next: a pronoun may mean a noun before such a word, but not one in its own clause.
_BOUNDARY = re.compile(
    r"\b(?:when|while|after|before|if|because|that|and|but|since|as|who|which|what|whether|although|so|until|once"
    r"|where|how|why|than)\b|[,;:]|\bsays?\s+(?=would\b|will\b|could\b|has\b|had\b|is\b|was\b)",
    re.IGNORECASE,
)
_PERSON_NOUNS = (
    r"(?:individual|person|man|woman|leader|president|minister|official|author|columnist|writer|envoy|ambassador"
    r"|general"
    r"|commander|soldier|senator|lawmaker|executive|chairman|spokesperson|secretary|veteran|winner|player|king"
    r"|candidate)"
)
_WHO = re.compile(rf"\b(?:who|whom|whose|someone|anyone|everyone|{_PERSON_NOUNS}s?)\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?<=[\w,] )(?:the )?[A-Z][\w’'.-]+")
_PLURAL = re.compile(
    r"\b(?!(?:does|was|has|this|his|its|is|as|us|says|wants|means|works)\b)[a-z-]{3,}s\b|\bpeople\b", re.IGNORECASE
)
_NOUN = re.compile(rf"\b(?:the|an?|this|that|its|their|his|which|what|whose)\s+(?!{AUX}\b)[a-z-]{{3,}}", re.IGNORECASE)
_ASKED_FOR = re.compile(rf"^(?:what|which)\s+(?:(?!{AUX}\b)[\w-]+\s+){{1,2}}", re.IGNORECASE)
_PAIR = re.compile(r"\b[A-Z][\w’'.-]+ and [A-Z][\w’'.-]+")
_PATTERNS = {
    "he": (_WHO, _CAPITALISED, _ASKED_FOR),
    "she": (_WHO, _CAPITALISED, _ASKED_FOR),
    "they": (_PLURAL, _WHO, _PAIR),
    "it": (_NOUN, _CAPITALISED),
}
_BE = re.compile(r"\s+(?:is|was|will|would|has|had|can|could|should|might|may|to)\b", re.IGNORECASE)
_LONG = 16  # words; in a question longer than this a pronoun that comes late has its noun before it
_EARLY = 5


def means_own_noun(text: str, pronoun: re.Match[str], own: list[Found], gender: str) -> bool:
    """Whether the pronoun can mean a noun that stands before it in its own sentence.

    ``gender``: he, she, they or it. ``own``: the names in the text. A possessive may mean any of them, a subject one
    outside its clause, an object one of a clause before.
    """
    before = text[: pronoun.start()].split()
    if len(text.split()) > _LONG and len(before) > _EARLY:
        return True
    word = pronoun[0].lower()
    if re.match(r"\s+own\b", text[pronoun.end() :]) and len(before) > _EARLY - 2:
        return True
    possessive = word in POSSESSIVE or (word == "her" and re.match(r"\s+[a-z]", text[pronoun.end() :]) is not None)
    main_subject = bool(before) and re.fullmatch(AUX, before[-1].strip("’'"), re.IGNORECASE) is not None
    embedded = not main_subject and bool(_BE.match(text[pronoun.end() :]))
    for end in _ends(text[: pronoun.start()], own, gender):
        apart = _BOUNDARY.search(text[end : pronoun.start()]) is not None
        if possessive or apart or embedded or (word in _NOMINATIVE and not main_subject):
            return True
    return False


def _ends(before: str, own: list[Found], gender: str) -> Iterator[int]:
    """Where nouns end that the pronoun may mean."""
    for found in own:
        if found.end <= len(before) and _fits(found, gender):
            yield found.end
    known = [(found.start, found.end) for found in own]
    for pattern in _PATTERNS[gender]:
        for match in pattern.finditer(before):
            if gender == "it" and _WHO.search(match[0]):
                continue
            if pattern is _PAIR or not any(start < match.end() and match.start() < end for start, end in known):
                yield match.end()


def _fits(found: Found, gender: str) -> bool:
    if found.name.group != "people":
        return gender in ("it", "they")
    return found.name.pronoun == gender or (gender == "it" and found.written.endswith(("'s", "’s")))
