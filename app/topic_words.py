"""The words of a question that say what it is about, besides the names in it: "capital" in "the capital of Japan"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.articles import Span
from ingest.lexical import STOP_WORDS

_WORD = re.compile(r"[A-Za-z][\w’'-]*")


def topic_words(question: str, names: Iterable[str] = ()) -> list[Span]:
    """Where they stand in an English question, in order; [] when it holds nothing but names and stop words.

    ``names``: those the question is known to hold, as written; any other word with a capital is one too, but for the
    first of the question.
    """
    named = {word[0].casefold() for name in names for word in _WORD.finditer(name)}
    first = _WORD.search(question)
    return [
        Span(*word.span())
        for word in _WORD.finditer(question)
        if word[0].casefold() not in named
        and word[0].casefold().replace("’", "'") not in STOP_WORDS
        and (word[0].islower() or (first is not None and word.start() == first.start()))
    ]
