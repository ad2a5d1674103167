"""Whether a message in a thread reads like a question, and whether it is put to somebody else."""

from __future__ import annotations

import re

from app.conversation import without_greeting
from app.plain import plain_text

_OTHERS = re.compile(r"<(?:@[UW]|!subteam\^|!here|!channel|!everyone)[^>]*>")
_LINK = re.compile(r"<[^<>]*>")
_ASKS = re.compile(
    r"(?:(?:and|but|so|also|then),? )*(?:"
    r"(?:who(?:se|m)?|what|when|where|why|which|how)(?:['’]?s|['’]re|['’]d)?\b(?! an?\b)"
    r"|(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]t)?"
    r" (?:the|an?|this|that|these|those|they|it|he|she|there|any|(?-i:[A-Z]))"
    r"|(?:please )?(?:tell me|show me|give me|explain|summari[sz]e|compare|list|find|quote|look up)\b"
    r")",
    re.IGNORECASE,
)
_KOREAN_ASKS = re.compile(
    r"(?:까요?|나요|[은는던인한]가요?|느냐|냐|(?<!아)니|(?:알려|말해|보여|설명해|요약해|비교해|찾아)"
    r" ?(?:줘요?|주세요|주시겠어요|달라|다오)|[은는]요)[.~]*$"
)
_KOREAN_WORDS = re.compile(r"(?:^|\s)(?:누가|누구|무엇|무슨|언제|어디|어떻게|왜|얼마)")


def names_others(text: str) -> bool:
    """Whether a Slack message, without Hanmi's own mention, names a person or a group: then it is for them."""
    return bool(_OTHERS.search(text))


def is_question(text: str) -> bool:
    """Whether a Slack message reads like a question to whoever knows.

    English and Korean, by form alone: a question mark, a question's first word, a request to tell or show. A mark
    inside a link counts for nothing.
    """
    said = without_greeting(plain_text(_LINK.sub(" ", text)))
    if said.endswith("!"):
        return False
    return "?" in said or bool(_ASKS.match(said) or _KOREAN_ASKS.search(said) or _KOREAN_WORDS.search(said))
