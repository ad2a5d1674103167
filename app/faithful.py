"""Whether a question that a model put into other words is still a question, and asks the same of the same names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from app.answers.schema import Language
from app.context import names_in
from app.korean import read_korean
from app.names import TOKEN, NameTables
from app.romanise import fold, is_hangul
from ingest.lexical import STOP_WORDS, analyse

_NEW_WORDS: Final = 3  # content words that a completed question may have of its own: "rate" for "how much"
_KEPT: Final = 0.5  # of the question's own content words that must be left
_LONGER: Final = 3  # times that a completed question may be as long as the two it is made of
_NUMBER: Final = re.compile(r"\d[\d,.]*")
_ASKS: Final = re.compile(
    r"(?:(?:in|by|for|to|at|on|with|since|until|under|of|from|about|against)\s+)?(?:who|whom|whose|what|which|when"
    r"|where|why|how|do|does|did|is|are|was|were|has|have|had|will|would|can|could|should|compare|contrast|explain"
    r"|describe|list|name|give|show|tell|summari[sz]e)\b",
    re.IGNORECASE,
)
_ASKS_KOREAN: Final = re.compile(r"(?:까|나|나요|요|죠|지|냐|니|줘|세요|시오|는지|은지|인지|해|가|\?|？)\s*$")


class Faithful:
    """Compares questions in one language."""

    def __init__(self, tables: NameTables, language: Language) -> None:
        self._tables = tables
        self._language = language

    def completes(self, proposed: str, question: str, said: Sequence[str]) -> bool:
        """Whether ``proposed`` is ``question`` with what it left out, taken from what was said before."""
        sources = [question, *said]
        longest = _LONGER * (len(question) + max((len(text) for text in said[::2]), default=0))
        return (
            self._is_question(proposed)
            and len(proposed) <= longest
            and self._keeps_most(question, proposed)
            and self._brings_nothing(proposed, sources)
            and self._keeps_all(question, [proposed])
        )

    def divide(self, parts: Sequence[str], question: str) -> bool:
        """Whether the parts are questions of their own that together ask all of ``question``."""
        return (
            len({fold(part) for part in parts}) == len(parts)
            and all(self._is_question(part) and self._brings_nothing(part, [question]) for part in parts)
            and self._keeps_all(question, parts)
        )

    def _is_question(self, text: str) -> bool:
        hangul = any(map(is_hangul, text))
        if self._language == "ko":
            return hangul and bool(_ASKS_KOREAN.search(text.rstrip(". ")))
        latin = sum(char.isascii() and char.isalpha() for char in text)
        return latin > sum(map(is_hangul, text)) and bool(_ASKS.match(text))

    def _brings_nothing(self, text: str, sources: Sequence[str]) -> bool:
        """No name, no number and hardly a word that the sources do not hold."""
        words = _words(sources)
        return (
            self._names([text]) <= self._names(sources)
            and _numbers([text]) <= _numbers(sources)
            and all(_bare(word) in words for word in _capitals(text))
            and all(stem in " ".join(sources) for stem in self._unknown(text))
            and len({token for token in analyse(text) if not is_hangul(token[0])} - _tokens(sources)) <= _NEW_WORDS
        )

    def _keeps_most(self, question: str, proposed: str) -> bool:
        """At least half of the question's own content words."""
        if self._language == "ko":
            kept = [word.stem in proposed for word in read_korean(question, self._tables) if word.role != "question"]
        else:
            words = set(analyse(proposed))
            kept = [word in words for word in set(analyse(question))]
        return sum(kept) >= _KEPT * len(kept)

    def _keeps_all(self, question: str, texts: Sequence[str]) -> bool:
        words = _words(texts)
        return (
            self._names([question]) <= self._names(texts)
            and _numbers([question]) <= _numbers(texts)
            and all(_bare(word) in words for word in _capitals(question))
        )

    def _names(self, texts: Iterable[str]) -> set[str]:
        return {found.name.name for text in texts for found in names_in(text, self._tables)}

    def _unknown(self, text: str) -> list[str]:
        """Hangul words that no table knows: they may be names."""
        if not any(map(is_hangul, text)):
            return []
        words = read_korean(text, self._tables)
        return [
            word.stem for word in words if not word.bridged and word.role != "predicate" and is_hangul(word.stem[0])
        ]


def _capitals(text: str) -> list[str]:
    """Words with a capital; not the first, which has one for its place."""
    return [
        token[0]
        for token in list(TOKEN.finditer(text))[1:]
        if token[0][0].isupper() and token[0].lower() not in STOP_WORDS
    ]


def _bare(word: str) -> str:
    return fold(word).removesuffix("s")


def _words(texts: Iterable[str]) -> set[str]:
    return {_bare(token[0]) for text in texts for token in TOKEN.finditer(text)}


def _tokens(texts: Iterable[str]) -> set[str]:
    return {token for text in texts for token in analyse(text)}


def _numbers(texts: Iterable[str]) -> set[str]:
    return {number.replace(",", "").rstrip(".") for text in texts for number in _NUMBER.findall(text)}
