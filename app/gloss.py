"""A Korean question as English words in the order of an English question: what an English-only model reads."""

from __future__ import annotations

from app.korean import Word
from app.names import Name, Term

# Nouns that ask: "이유는 무엇인가요" is why, not what.
_ASKING_NOUNS = {"이유": "why", "원인": "why", "까닭": "why", "방법": "how"}


def gloss(words: list[Word]) -> str:
    """The words in English and near the order of an English question: question word, subject, verb, object.

    What no table knows is left out. A clause before a noun ("미국이 요구한 투자액") goes behind it.
    """
    asked = [word.english or "" for word in words if word.role == "question"]
    asking = next((_ASKING_NOUNS[word.stem] for word in words if word.stem in _ASKING_NOUNS), None)
    if asking:
        asked = [asking]
    clause: list[tuple[str, str]] = []  # (role, English)
    relative: str | None = None
    for word in words:
        english = _first_english(word)
        if not english or word.role == "question" or (asking and word.stem in _ASKING_NOUNS):
            continue
        if clause and clause[-1][1] == english:
            continue  # said twice: "핵협의그룹(NCG)"
        if word.role == "adnominal":
            relative = _arranged([*clause, *([("other", relative)] if relative else []), ("predicate", english)])
            clause = []
            continue
        if relative and word.role != "predicate":
            english, relative = f"{english} {relative}", None
        clause.append((word.role, english))
    if relative:
        clause.append(("other", relative))
    return " ".join([*dict.fromkeys(asked), _arranged(clause)]).strip()


def _first_english(word: Word) -> str:
    if isinstance(word.entry, Name):
        return word.entry.gloss()
    if isinstance(word.entry, Term):
        return word.entry.english[0]
    return word.english or ""


def _arranged(clause: list[tuple[str, str]]) -> str:
    order = {"subject": 0, "predicate": 1, "object": 2}
    subjects = [place for place, (kind, _) in enumerate(clause) if kind == "subject"]
    head = clause[: subjects[0] + 1] if subjects else []
    rest = sorted(clause[len(head) :], key=lambda part: order.get(part[0], 3))
    return " ".join(english for _, english in (*head, *rest))
