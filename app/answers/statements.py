"""A sentence as the words that say something, in order, and which of them it denies.

English by its own words; Korean through the tables, each word with the stems of its English renderings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.answers.denials import may_deny, with_denials
from app.answers.english_words import Token, Word, content, stem, tokens_of
from app.korean import HANGUL_RUN, read_korean
from app.names import Name, NameTables, Term

_KOREAN_NOT = re.compile(
    r"지\s?(?:는|도|를)?\s?(?:않|못|말)|(?<![가-힣])(?:안|못)\s(?=[가-힣])|없(?!이는)|(?<![가-힣])아니|아닌|아니라"
)


_KOREAN_DEGREE = re.compile(r"(?<![가-힣])[덜더](?=\s)")


@dataclass(frozen=True)
class Statement:
    """A text's words, and whether it denies anything at all."""

    words: tuple[Word, ...]
    tokens: tuple[Token, ...]  # every word and mark; none of a Korean text
    denies: bool  # holds a hard denial
    hints: bool  # holds a word that may stand for one


def read_statement(text: str, tables: NameTables) -> Statement:
    """The words of a text, English or Korean, with what is denied."""
    if re.search("[가-힣]", text):
        return _korean(text, tables)
    tokens = tuple(tokens_of(text))
    names = [(hit.start, hit.end) for hit in tables.find(text) if hit.name.group != "topics"]
    words = [replace(word, named=any(start <= word.start < end for start, end in names)) for word in content(tokens)]
    marked, denies = with_denials(words, tokens)
    hints = any(may_deny(word) or word.firm for word in marked)
    return Statement(tuple(marked), tokens, denies, hints or denies)


def _korean(text: str, tables: NameTables) -> Statement:
    denials = [match.start() for match in _KOREAN_NOT.finditer(text)]
    words = []
    for found in read_korean(text, tables):
        english = found.entry.english if isinstance(found.entry, Term) else ()
        if isinstance(found.entry, Name):
            english = (found.entry.name,)
        stems = {stem(piece) for one in english for piece in one.lower().split()}
        stems |= {stem(piece) for piece in (found.english or "").lower().split()}
        if len(found.stem) == 1 and HANGUL_RUN.match(found.stem):
            continue
        if not stems and not HANGUL_RUN.match(found.stem):
            continue
        denied = any(found.start <= at <= found.end + 2 for at in denials)
        words.append(
            Word(
                found.start,
                found.end,
                found.stem,
                frozenset(stems or {found.stem}),
                0,
                hard=denied,
                head=denied,
                named=isinstance(found.entry, Name),
                tail=found.tail,
            )
        )
    for match in _KOREAN_DEGREE.finditer(text):
        degree = "less" if match[0] == "덜" else "more"
        words.append(Word(match.start(), match.end(), degree, frozenset({degree}), 0))
    words.sort(key=lambda word: word.start)
    soft = any(map(may_deny, words))
    return Statement(tuple(words), (), bool(denials), soft or bool(denials))
