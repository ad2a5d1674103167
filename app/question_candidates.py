"""Questions that an article answers, in both languages, with the sentence that answers each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.answers.schema import Language
from app.answers.units import Source
from app.labels import display_date
from app.names import TOKEN, NameTables
from app.question_patterns import acceptable, turned_round
from app.questions_korean import in_korean, said_in_korean, topic_in_korean
from app.romanise import fold
from ingest.articles import Span
from ingest.quotations import quoted_speaker

# What a question may be about, the most telling group first; countries only where nothing else is named.
_TOPICAL = ("topics", "agreements", "weapons", "laws", "exercises", "events", "forces")
_NOT_TELLING = frozenset({"World War II", "Korean War", "Cold War", "Armistice Day", "memorandum of understanding"})
# Terms too wide to ask about.
_TOO_WIDE_LISTED = """양국 양국관계 삼국 3국 첫만남 남북 한미 북미 미북 대북 대미 대중 대일 국제사회 우방국 외국 통화
전화통화 뉴욕 국익 국가안보 양해각서 올해 작년 내년 금년 지난해 이번달 지난달 오늘"""
_TOO_WIDE = frozenset(_TOO_WIDE_LISTED.split())
_ENTITLED = re.compile(
    r"(?:Deal|Act|Treaty|Agreement|Statement|Declaration|Memorandum|Initiative|Alliance|Group|Order|Principles|Summit|Law"
    r"|Command|Framework|Partnership)\Z"
)
_OF_ONE = re.compile(r"[a-z-]*[^s\W] of ")  # "declaration of martial law" takes an article, "weapons of …" does not
_MOST_SYLLABLES = 6  # of a term in Korean: a longer one is written apart
_MAX_TERM_WORDS = 4
_MOST_OF_A_KIND = 12  # candidates of one article: a press call would give hundreds
# How much a question of each kind tells a reader who knows nothing of the collection yet.
WEIGHTS = {
    "count": 1.0,
    "sum": 1.0,
    "promised": 1.0,
    "investment": 1.0,
    "number": 0.95,
    "rate": 0.9,
    "demand": 0.95,
    "cause": 0.9,
    "duty": 0.85,
    "said": 0.8,
    "commitment": 0.75,
    "topic": 0.6,
}
_FIGURES = frozenset({"count", "sum", "promised", "investment", "number", "rate"})
_OFFICES = frozenset({"White House", "State Department", "Pentagon", "Blue House", "National Assembly"})
_QUOTES = re.compile(r"[“”\"«»「」]")


@dataclass(frozen=True)
class Candidate:
    """A question and the sentence it was made of."""

    question: str
    language: Language
    kind: str  # a key of WEIGHTS
    article_id: str
    span: Span
    about: str = ""  # the topic in it, to keep two of the same apart

    @property
    def family(self) -> str:
        """What it asks for: figures are one family."""
        return "figure" if self.kind in _FIGURES else self.kind

    @property
    def weight(self) -> float:
        """From 0 to 1: how telling it is."""
        return WEIGHTS[self.kind]


@dataclass(frozen=True)
class _Topic:
    """What a stretch of text is about, as written there, and in Korean where the tables know it."""

    written: str
    korean: str


def candidates_of(source: Source, tables: NameTables, *, alone: bool) -> Iterator[Candidate]:
    """Of one article, in the order of its sentences, at most a dozen of a kind. ``alone``: it is the only article."""
    article = source.article
    if article.lang != "en":
        return
    when = (
        "" if alone or len(article.published or "") < 7 else f"in {display_date((article.published or '')[:7], 'en')}"
    )
    counts: dict[tuple[str, str], int] = {}
    for span in source.sentences:
        words = source.words(span)
        if words.endswith("?") or any(any(source.marks_at(span.start, kind)) for kind in ("heading", "caption")):
            continue
        for candidate in _of_sentence(source, span, words, tables, when):
            key = candidate.language, candidate.kind
            counts[key] = counts.get(key, 0) + 1
            if counts[key] <= _MOST_OF_A_KIND:
                yield candidate


def _of_sentence(source: Source, span: Span, words: str, tables: NameTables, when: str) -> Iterator[Candidate]:
    article = source.article
    turn = next(source.marks_at(span.start, "speaker"), None)
    topic = _topic_of(words, tables)

    def made(question: str, language: Language, kind: str, about: str = "") -> Candidate:
        return Candidate(question, language, kind, article.id, span, about)

    if turn is None and not _QUOTES.search(words.split(" that ")[0]):
        for asked in turned_round(words, lambda part: _written(_topic_of(part, tables)), when):
            if asked.kind == "cause" and not tables.find(asked.question):
                continue  # "a crisis of confidence" may be anybody's
            yield made(asked.question, "en", asked.kind, _written(topic))
            korean = in_korean(asked, tables)
            if korean:
                yield made(korean, "ko", asked.kind, _written(topic))
    if topic is None:
        return
    speaker = turn.label if turn else quoted_speaker(words)
    person = _person(speaker, tables) if speaker else None
    if person and fold(topic.written) not in fold(person[0]):
        question = f"What did {person[0]} say about {topic.written}{f' {when}' if when else ''}?"
        yield made(question, "en", "said", topic.written)
        if person[1] and topic.korean:
            yield made(said_in_korean(person[1], topic.korean), "ko", "said", topic.written)
    if article.outlet and turn is None:
        if acceptable(question := f"What does {_as_outlet(article.outlet)} say about {topic.written}?"):
            yield made(question, "en", "topic", topic.written)
        if topic.korean:
            yield made(topic_in_korean(article.outlet, topic.korean, tables), "ko", "topic", topic.written)


def _written(topic: _Topic | None) -> str:
    return topic.written if topic else ""


def _topic_of(text: str, tables: NameTables) -> _Topic | None:
    """The most telling name or term in the text."""
    named = [
        found for found in tables.find(text) if found.name.group in _TOPICAL and found.name.name not in _NOT_TELLING
    ]
    if named:
        best = min(named, key=lambda found: _TOPICAL.index(found.name.group))
        # Initials are written out, but for those that everybody knows a thing by.
        short = re.fullmatch(r"[A-Z]{2,5}", best.written) and best.written != best.name.name
        written = best.name.name if short else best.written
        if best.name.group == "weapons" and written.endswith(("missile", "submarine", "weapon")):
            written += "s"
        before = re.search(r"\b[Tt]he \Z", text[: best.start]) and written[0].isupper()
        determined = before or _ENTITLED.search(written) or _OF_ONE.match(written)
        return _Topic(f"the {written}" if determined else written, next(iter(best.name.korean), ""))
    return _term_in(text, tables)


def _term_in(text: str, tables: NameTables) -> _Topic | None:
    """The longest term of at least two words: "market diversification" = 시장다변화."""
    tokens = list(TOKEN.finditer(text))
    for length in range(_MAX_TERM_WORDS, 1, -1):
        for at in range(len(tokens) - length + 1):
            run = tokens[at : at + length]
            key = " ".join(fold(token[0]) for token in run)
            korean = next((term for term in tables.reverse.get(key, ()) if _tells(term)), "")
            start, end = run[0].start(), run[-1].end()
            if korean and text[start].islower() and _is_noun_phrase(text, start, end):
                written = text[start:end]
                return _Topic(f"the {written}" if _OF_ONE.match(written) else written, korean)
    return None


_DETERMINED = re.compile(
    r"\b(?:the|its|their|his|her|an?|of|for|on|about|over|in|through|toward|such as|and|[a-z]+ing) \Z"
)
_BROKEN_OFF = re.compile(r"\A(?:[-–]\w| (?:of|to|for)\b| [a-z]+(?:s|ment|tion|ity|er)\b)")


def _is_noun_phrase(text: str, start: int, end: int) -> bool:
    """Whether the words stand where a noun phrase stands, and whole."""
    return bool(_DETERMINED.search(text[:start])) and not _BROKEN_OFF.match(text[end:])


def _tells(korean: str) -> bool:
    noun = not korean.endswith("다") and "의" not in korean[1:-1]
    return noun and korean not in _TOO_WIDE and len(korean) <= _MOST_SYLLABLES


def _person(speaker: str, tables: NameTables) -> tuple[str, str] | None:
    """A speaker as a question calls them, in English and Korean; None for an official without a name."""
    found = [each for each in tables.find(speaker) if each.name.group == "people"]
    if len(found) != 1:
        return None
    person = found[0].name
    title = re.match(r"(?:(?:Vice )?President|(?:Prime |Foreign )?Minister|Secretary) (?=[A-Z])", speaker)
    korean = next(iter(person.korean), "")
    if title:
        return f"{title[0]}{found[0].written}", f"{korean} 대통령" if korean and title[0] == "President " else korean
    return person.name, korean


def _as_outlet(outlet: str) -> str:
    """The outlet inside a sentence: "White House" → "the White House"; a newspaper keeps its own article."""
    return f"the {outlet}" if outlet in _OFFICES else outlet
