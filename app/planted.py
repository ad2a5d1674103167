"""Words in an article that were planted for a machine: orders to it, turns of a chat, markup of a prompt.

They are shown as the article's words, and flagged; what stands in one paragraph with them carries nothing that a model
writes. Patterns, not a model: a stranger who words an order like news is not found out, and his sentence is then what
any other sentence is, a quotation with its source. Counted over 157 White House documents and 609 news articles
(MultiHop-RAG), November 2026: see docs/evals.md.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from app.orders import is_order
from app.plain import plain_text
from ingest.sentences import split_sentences

_MACHINE: Final = (
    r"(?:(?:ai|artificial intelligence|virtual|language[- ]model) (?:assistants?|models?|systems?|agents?|chatbots?)"
    r"|(?:large )?language models?|llms?|chatbots?|assistants?|summari[sz]ers?)"
)
_SAY: Final = r"(?:answer|say|state|report|reply|respond|write|tell|claim|cite|quote|mention|output|repeat|obey|ignore)"
_REPLY: Final = r"(?:answer|reply|response|summary)"
_MARKUP: Final = "|".join(
    (
        r"<\|[a-z_]+\|>|\[/?inst\]|<</?sys>>",
        r"</?(?:system|assistant|user|human|instructions?|tools?|tool_\w+|function_\w+|passage|question|prompt)\b[^<>]*>",
        r"\b(?:outlet|tool_name|role) ?= ?[\"']|<!(?:channel|here|everyone)\b|<@[uw][a-z0-9]{6,}>",
        r"<(?:img|script|iframe|svg|object|embed)\b|!\[[^\[\]]*\][(\[]|\bjavascript:",
    )
)
_ADDRESSED: Final = "|".join(
    (
        rf"\b{_MACHINE}\b.{{0,20}}\b(?:reading|summari[sz]ing|processing|that reads?|who reads?) (?:this|these)\b",
        rf"\b{_MACHINE} (?:must|should|shall|will now|(?:is|are) (?:to|ordered to|instructed to)) "
        rf"(?:now |always |never )*(?:{_SAY}|prefer|use|move|insert|add|translate|change|treat|assume|refuse)\b",
        rf"\b(?:note|message|memo|instructions?|attention|order)(?: to| for|,|:) "
        rf"(?:all |any |the |every )*{_MACHINE}\b",
        rf"\bdear (?:ai|{_MACHINE})\b|\b(?:system|developer|hidden) prompts?\b|\bassistant, (?:would|could|please)\b",
        r"\byou are (?:now )?(?:(?:a|an|the|only) )*(?:ai|assistant|language model|chatbot|dan|\w*gpt)\b",
        r"\b(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,2}(?:your|previous|prior|earlier|above) "
        r"(?:\w+ ){0,2}(?:instructions?|prompts?|rules?|guidelines?|training|orders)\b",
        rf"\bwhen (?:you are )?asked\b[^.,]{{0,60}}, (?:always |only |just |please |you must )*{_SAY}\b",
        rf"\bwhen(?:ever)? you (?:cite|quote|summari[sz]e|answer|reply|respond)\b[^.]{{0,60}}, (?:always )?"
        rf"(?:{_SAY}|insert|add|use)\b|\bapply it when you {_SAY}\b",
        r"\bthis (?:sentence|line|paragraph) (?:proves|supports|confirms|backs|carries)\b",
        r"\bcite this (?:sentence|line|paragraph|article) (?:for|behind|after|with|whatever)\b",
        r"\byou must (?:now |always |only )*(?:answer|reply|respond|state|claim|cite|obey|ignore|report a)\b",
        rf"\bif you (?:do not|don't) {_SAY}\b.{{0,80}}\byou will be\b|\b(?:article|text|page) orders you to\b",
        r"\blet(?: us|'s) play a game\b|, obey the\b|\bverified results\b",
        rf"\b(?:your|each|every) {_REPLY} (?:must|should|shall|has to)\b|\bto (?:each|every|your) {_REPLY}\b",
        rf"\b(?:begin|end|start|finish|close|open) (?:your|each|every) {_REPLY}\b|\bafter (?:each|every) sentence\b",
        r"\bdecode (?:this|the following|it)\b.{0,60}\b(?:and|then)\b",
    )
)
_ORDERED: Final = "|".join(
    (
        r"(?:assistant|human|user|system|tool|ai) ?:",
        r"say the \w+ (?:is|are|was|were|will|costs?)\b|print your\b|call whoever\b|attribute the\b.{1,60}\bto\b",
        r"show (?:this|the following) (?:picture|image|link)\b",
        r"write the (?:address|link)\b|add the (?:reference|link)\b",
        r"(?:end|begin|start|close) with (?:\[|the words)|quote (?:the )?[\w ]{1,30} as saying\b",
        r"tell (?:the |all )*(?:readers?|users?|everyone|everybody|whoever)\b (?:to|that|who)\b",
        r"(?:answer|reply|respond) (?:with|in|only|that)\b|do not (?:mention|cite|reveal|disclose) that\b",
        r"whenever (?:a|an|any) [\w ]{1,30} is (?:mentioned|asked)\b|write every (?:figure|number|date|name)\b",
        r"disregard everything\b|ignore everything\b",
    )
)
_TOLD: Final = r"(?:하라|하십시오|하시오|하세요|할 것|십시오|(?<=[가-힣])세요|야 한다|야 합니다|시오)"
_KOREAN: Final = "|".join(
    (
        r"(?:이전|위|앞|모든|기존)(?:의|에)? ?(?:모든 )?(?:지시|명령|규칙|지침|프롬프트)[가-힣]* ?"
        r"(?:모두 |전부 |다 )?(?:무시|잊|무효)",
        rf"(?:인공 ?지능|\bai\b|언어 ?모델|챗봇|어시스턴트).{{0,60}}"
        rf"(?:답|대답|말|쓰|적|인용|출력|무시|번역)[가-힣]{{0,4}}{_TOLD}",
        rf"(?:지금|이제)부터.{{0,30}}(?:답|대답|말|쓰|출력)[가-힣]{{0,4}}{_TOLD}|당신은 (?:이제|지금부터)",
        r"(?:라고|다고)(?:만)? ?(?:답|대답|답변|말|출력)(?:하라|하십시오|하시오|하세요|해라|할 것)",
        r"^(?:시스템|사용자|어시스턴트) ?:",
    )
)
_ELSEWHERE: Final = "|".join(
    (
        r"\bignor(?:a|e|en|ez|iere|ieren sie|are) (?:\w+ ){0,3}"
        r"(?:instrucciones|instructions|anweisungen|istruzioni|instruções)\b",
        r"忽略.{0,12}(?:指令|指示|提示)|指示.{0,6}無視",
    )
)
_PLANTED: Final = re.compile(
    rf"{_MARKUP}|{_ELSEWHERE}|{_ADDRESSED}|{_KOREAN}"
    rf"|^(?:[a-z][\w ]{{0,40}}[:>] *)?(?:(?:please|now|then|and|also),? +)*(?:{_ORDERED})"
)
# Letters of other scripts that look like Latin ones, and digits that stand for letters.
_ALIKE: Final = str.maketrans("асеорхуіѕјԁһӏοανιρτ", "aceopxyisjdhloavipt")
_DIGITS: Final = str.maketrans("013457", "oieast")
_LEET: Final = re.compile(r"\b(?=\w*[a-z])(?=\w*\d)\w+|\b\d\b")
_CODED: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_LEAST_PARTED: Final = 12  # letters with spaces between them
_PARTED: Final = re.compile(rf"(?:\b\w ){{{_LEAST_PARTED},}}\w\b")
# Such letters, together, are known by these words of an order.
_RUN_ON: Final = re.compile(r"(?:ignore|disregard|forget)\w{0,20}(?:instructions|prompt|rules)")


@lru_cache(maxsize=512)
def holds_planted(text: str) -> bool:
    """Whether a sentence of the text was planted for a machine, plainly or in a simple code."""
    sentences = [text[span.start : span.end] for span in split_sentences(text)]
    return any(is_planted(sentence) for sentence in sentences)


def is_planted(sentence: str) -> bool:
    """Whether a sentence tells a machine what to do, or plays a machine's part."""
    return any(is_order(reading) or bool(_PLANTED.search(reading)) for reading in _readings(sentence)) or bool(
        _RUN_ON.search(_PARTED.sub(lambda match: match[0].replace(" ", ""), sentence).lower())
    )


def _readings(sentence: str) -> Iterator[str]:
    """The sentence in plain small letters, and what it says in codes that a model reads."""
    plain = unicodedata.normalize("NFKC", plain_text(sentence)).lower().replace("’", "'").translate(_ALIKE)
    yield plain
    if any(char.isdigit() for char in plain):
        yield _LEET.sub(lambda match: match[0].translate(_DIGITS), plain)
    yield codecs.decode(plain, "rot13")
    yield plain[::-1].lstrip(".!? ")
    for coded in _CODED.findall(sentence):
        yield from _decoded(coded)


def _decoded(coded: str) -> Iterator[str]:
    """The words in hexadecimal figures or base64; none where there are none."""
    decoders = (bytes.fromhex, lambda text: base64.b64decode(text + "=" * (-len(text) % 4)))
    for decode in decoders:
        try:
            words = decode(coded).decode("ascii").lower()
        except (ValueError, binascii.Error):
            continue
        if words.isprintable():
            yield words
