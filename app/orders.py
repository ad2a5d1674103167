"""Orders to a machine inside a question ("ignore your instructions", "reply only with …"): left out, not followed.

A quoted answer could not follow them, but searched for like a question they would be given an answer. Those in an
article are known by app.planted.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.sentences import split_sentences

# How a sentence begins that tells the machine what to do or to be; behind "Please", "now", "SYSTEM:" and the like.
_LABEL: Final = r"(?:[A-Z][\w ]{0,40}: *)?"
_BEFORE: Final = r"(?:(?:please|now|then|and|but|also|instead|just|so),? +)*"
_BEGINNINGS: Final = "|".join(
    (
        r"(?:ignore|disregard|forget|override|bypass|drop) +(?:all|any|every\w*|the|your|these|those|that|what|my"
        r"|previous|prior)\b.*\b(?:instructions?|prompts?|rules?|guidelines?|sources?|articles?|above|before|previous\w*)",
        # "the rules" may be those of a treaty: only "your" rules are the machine's.
        r"(?:reveal|print|show|output|repeat|display|leak|give|tell|write)(?: +me)? +(?:your +(?:\w+ +){0,3}?"
        r"(?:prompt|instructions|configuration|rules)"
        r"|the +(?:\w+ +){0,2}?(?:system|hidden) +(?:prompt|instructions))\b",
        r"(?:pretend|imagine|act|role-?play) +(?:that +)?(?:you|to be|as|like)\b",
        r"repeat after me\b",
        r"(?:you are|you're) now\b|from now on,? +(?:(?:always|only|never|do not|don't) +)?"
        r"(?:you|answer|respond|reply|say|speak|act|write|use|ignore|pretend|call|behave|cite|quote)\b",
        r"(?:answer|respond|reply) +(?:(?:only|just|simply|exactly|always) +)?(?:with\b|by saying\b|[‘“'\"])",
        r"(?:say|state|claim|announce|declare|write) +(?:(?:only|simply|exactly|as (?:a )?fact) +)*that +"
        r"(?!again\b|in\b)\w",
        r"(?:stop|do not|don't) +(?:citing|cite|quoting|quote|using sources)\b",
    )
)
_ANYWHERE: Final = "|".join(
    (
        r"\bsystem override\b|\bdeveloper mode\b|\bjailbreak\b|\bnew (?:system )?instructions? (?:from|by)\b",
        r"\b(?:no matter what|whatever) (?:the |your |any )?(?:text|source|article|document)s? says?\b",
        r"(?:이전|위의?|모든|앞의) ?(?:지시|명령|규칙|지침)[가-힣]* ?(?:모두 ?|전부 ?|다 ?)?(?:무시|잊|무효)",
        r"시스템 ?프롬프트|(?:인|한|은|는) ?척(?:을)? ?(?:해|하고|하며)|라고만 ?(?:답|말|대답)",
    )
)
_ORDER: Final = re.compile(rf"^{_LABEL}{_BEFORE}(?:{_BEGINNINGS})|{_ANYWHERE}", re.IGNORECASE)


def is_order(sentence: str) -> bool:
    """Whether a sentence tells a machine what to do or to be."""
    return bool(_ORDER.search(sentence.replace("’", "'")))


def without_orders(question: str) -> str:
    """The question without the sentences that are orders to a machine; "" where nothing else is left."""
    sentences = [question[span.start : span.end] for span in split_sentences(question)]
    kept = [sentence for sentence in sentences if not is_order(sentence)]
    return question if len(kept) == len(sentences) else " ".join(kept)
