"""What a question asks for: names, outlets, kinds, dates; a follow-up made to stand alone; Korean carried into English.

By rules and tables, so that the same question always means the same; a model that writes answers may complete it first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from app.about import About, asks_about
from app.absent_outlets import absent_outlets
from app.answers.schema import Language, Turn, Usage
from app.conversation import reply_to, without_greeting
from app.cues import DateRange, Described, dates_in, kinds_in, outlets_in
from app.errors import QuestionRefused
from app.followups import make_standalone
from app.gloss import gloss
from app.korean import Word, read_korean
from app.names import TOKEN, Found, Name, NameTables, Term
from app.orders import without_orders
from app.plain import plain_text
from app.rewriting import Propose, by_rules
from app.romanise import fold, is_hangul
from app.splitting import split_question
from app.texts import text

MAX_QUESTION_CHARS = 4_000  # far above any question; a pasted article is not one
_MIN_BRIDGED = 2 / 3
# Nouns that say nothing without the word before them: "병역 문제", "체포 사건".
_HOLLOW = frozenset(
    (
        "문제",
        "사건",
        "사태",
        "이유",
        "원인",
        "까닭",
        "상황",
        "규모",
        "분야",
        "방법",
        "영향",
        "결과",
        "의미",
        "시기",
        "과정",
    )
)
# Words that make a line English, however many Hangul names it holds.
_GRAMMAR = """the a an is are was were does do did has have had what who whom whose when where why how which of in on to
for and about with me us you tell"""
_ENGLISH_GRAMMAR = frozenset(_GRAMMAR.split())


class NameMatch(NamedTuple):
    """A name the question holds: as written there, as the tables show it, its other forms and its group."""

    written: str
    name: str
    forms: tuple[str, ...]
    group: str = ""  # one of app.names.GROUPS


@dataclass(frozen=True)
class Understood:
    """A question as retrieval and answers need it."""

    question: str  # as asked, without control characters
    standalone: str  # makes sense without the conversation; greetings and orders to a machine are off
    language: Language
    search_text: str  # for the lexical side: the standalone question and what the tables add
    dense_text: str  # for an English-only model: the question itself, or a gloss of a Korean one
    expansions: tuple[str, ...] = ()  # what search_text adds, in the order of the question
    matches: tuple[NameMatch, ...] = ()
    outlets: tuple[str, ...] = ()  # as the articles spell them
    absent_outlets: tuple[str, ...] = ()  # that it asks for and no article is of, as it writes them
    kinds: tuple[str, ...] = ()  # as app.cues.is_of_kind takes them
    dates: tuple[DateRange, ...] = ()
    follow_up: bool = False  # whether the conversation was needed to complete it
    conversation: bool = False  # a greeting, thanks, "what can you do": nothing to look up
    reply: str | None = None  # what to say to that, in the question's language
    about: About | None = None  # asks of an article as a thing (who wrote it, what it is about), or of the collection
    bridged: bool = True  # False: a Korean question too little of which the tables carry into English
    unbridged: tuple[str, ...] = ()  # its words that no table knows
    apart: tuple[Understood, ...] = ()  # its parts, each to be searched on its own; none where one search does
    usage: Usage = field(default_factory=Usage)  # what a model was paid for it


def understand(
    question: str,
    history: Sequence[Turn],
    tables: NameTables,
    articles: Mapping[str, Described],
    today: date,
    propose: Propose = by_rules,
) -> Understood:
    """The question, understood; ``today`` is what "last month" counts from.

    ``propose``: makes it stand alone and splits it (Rewriter.propose); what that leaves out is done by rules.
    Raises QuestionRefused for a question that is empty, holds no word, or is longer than 4,000 characters.
    """
    asked = clean_question(question)
    language = language_of(asked, history)
    reply = reply_to(asked, language)
    if reply is not None:
        return Understood(asked, asked, language, asked, asked, conversation=True, reply=reply)
    own = without_orders(without_greeting(asked))
    if not own:
        return Understood(asked, asked, language, asked, asked, conversation=True, reply=text("order", language))
    about = asks_about(own, _asked_before(history))
    if about is not None:
        return Understood(asked, own, language, own, own, about=about)
    proposal = propose(own, history, language)
    standalone, follow_up = proposal.standalone, fold(proposal.standalone or own) != fold(own)
    if standalone is None:
        standalone, follow_up = make_standalone(own, history, tables, language)
    whole = _read(standalone, language, tables, articles, today)
    parts = proposal.parts
    if parts is None:
        parts = split_question(standalone, tables, language, whole.outlets)
    apart = tuple(_read(part, language, tables, articles, today) for part in parts)
    return replace(whole, question=asked, follow_up=follow_up, apart=apart, usage=proposal.usage)


def _read(
    standalone: str, language: Language, tables: NameTables, articles: Mapping[str, Described], today: date
) -> Understood:
    """A question that makes sense alone, without asking whether it has parts."""
    korean_articles = any(article.lang == "ko" for article in articles.values())
    found = tables.find(standalone)
    words = read_korean(standalone, tables) if any(map(is_hangul, standalone)) else []
    if language == "ko":
        expansions = _english_of(words)
        dense, unbridged, bridged = gloss(words), _unbridged(words), is_bridged(words)
    else:
        expansions = _other_forms(standalone, found, words, tables if korean_articles else None)
        dense, unbridged, bridged = _latin_only(standalone, words), (), True
    return Understood(
        question=standalone,
        standalone=standalone,
        language=language,
        search_text=_search_text(standalone, expansions),
        dense_text=dense,
        expansions=expansions,
        matches=_matches(found, words),
        outlets=outlets_in(standalone, articles, tables),
        absent_outlets=absent_outlets(standalone, articles, tables),
        kinds=kinds_in(standalone),
        dates=dates_in(standalone, today),
        bridged=bridged,
        unbridged=unbridged,
    )


def clean_question(question: str) -> str:
    """The question in composed Unicode, white space single, control and formatting characters out.

    Raises QuestionRefused with what to do, when nothing is left to ask or it is too long.
    """
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionRefused(
            f"The question is {len(question):,} characters long; the limit is {MAX_QUESTION_CHARS:,}. Ask it in"
            f" fewer words."
        )
    cleaned = plain_text(question)
    if not cleaned:
        raise QuestionRefused("The question is empty. Ask something about the articles.")
    if not any(c.isalnum() for c in cleaned):
        raise QuestionRefused("There are no words in the question. Ask something about the articles in words.")
    return cleaned


def _asked_before(history: Sequence[Turn]) -> list[str]:
    return [turn.get("content", "") for turn in history if turn.get("role") == "user"]


def language_of(question: str, history: Sequence[Turn] = ()) -> Language:
    """Korean where Hangul words carry the sentence; a bare name ("THAAD?") keeps the conversation's language."""
    hangul = re.findall(r"[가-힣]+", question)
    latin = re.findall(r"[A-Za-z]+", question)
    if any(word.lower() in _ENGLISH_GRAMMAR for word in latin) and len(latin) >= len(hangul):
        return "en"
    if hangul:
        return "ko"
    if len(latin) <= 2:
        asked = _asked_before(history)
        if asked and re.search(r"[가-힣]", asked[-1]) and language_of(asked[-1]) == "ko":
            return "ko"
    return "en"


def is_bridged(words: Sequence[Word]) -> bool:
    """Whether enough of a Korean question is carried into English to search English articles with it.

    At least two thirds of its content words, and the one the question is about: the last noun before the question
    word, or the last word where there is none. Otherwise an answer would be a guess about the rest.
    """
    content = [word for word in words if word.role != "question"]
    if not content:
        return False
    asked = [place for place, word in enumerate(words) if word.role == "question"]
    before = [word for word in words[: asked[-1]] if word.role != "question"] if asked else content
    telling = [word for word in before if word.stem not in _HOLLOW]
    focus = telling[-1] if telling else content[-1]
    return focus.bridged and sum(word.bridged for word in content) >= _MIN_BRIDGED * len(content)


def _search_text(question: str, expansions: Sequence[str]) -> str:
    """The question and each word of the expansions that is not there yet: twice would weigh twice in BM25."""
    seen = {fold(token) for token in TOKEN.findall(question)}
    added: list[str] = []
    for word in (word for form in expansions for word in form.split()):
        parts = {fold(token) for token in TOKEN.findall(word)} or {word}
        if not parts <= seen:
            added.append(word)
            seen |= parts
    return " ".join([question, *added])


def _unbridged(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.stem for word in words if not word.bridged))


def _english_of(words: Sequence[Word]) -> tuple[str, ...]:
    """The English for each Korean word, all renderings, each word once, in the order of the question."""
    forms: list[str] = []
    for word in words:
        if isinstance(word.entry, Name):
            forms += word.entry.search_forms()
        elif isinstance(word.entry, Term):
            forms += word.entry.english
        elif word.english and word.role != "question":
            forms.append(word.english)
    return tuple(dict.fromkeys(forms))


def _other_forms(
    question: str, found: Sequence[Found], words: Sequence[Word], reverse: NameTables | None
) -> tuple[str, ...]:
    """Forms of the question's names that it does not itself hold; Korean words too when some articles are Korean."""
    present = {fold(token) for token in TOKEN.findall(question)}
    names = [hit.name for hit in found] + [word.entry for word in words if isinstance(word.entry, Name)]
    forms: list[str] = []
    for name in dict.fromkeys(names):
        forms += [form for form in name.search_forms() if not {fold(token) for token in TOKEN.findall(form)} <= present]
        forms += [form for form in name.hangul_forms() if form not in question]
    if reverse:
        forms += _korean_terms(question, reverse)
    return tuple(dict.fromkeys(forms))


def _korean_terms(question: str, tables: NameTables) -> list[str]:
    tokens = [fold(token) for token in TOKEN.findall(question)]
    terms: list[str] = []
    for at in range(len(tokens)):
        for size in (3, 2, 1):
            korean = tables.reverse.get(" ".join(tokens[at : at + size]))
            if korean:
                terms += korean[:2]
                break
    return terms


def _latin_only(question: str, words: Sequence[Word]) -> str:
    """An English question with its Hangul words replaced by what they mean in English, where known."""
    pieces, at = [], 0
    for word in words:
        if isinstance(word.entry, Name | Term) and any(map(is_hangul, word.stem)):
            english = word.entry.name if isinstance(word.entry, Name) else word.entry.english[0]
            pieces += [question[at : word.start], english]
            at = word.end
    return "".join([*pieces, question[at:]])


def _matches(found: Sequence[Found], words: Sequence[Word]) -> tuple[NameMatch, ...]:
    """Names of the question in its order, each once."""
    hits = [(hit.start, hit.written, hit.name) for hit in found]
    hits += [(word.start, word.stem, word.entry) for word in words if isinstance(word.entry, Name)]
    matches: dict[str, NameMatch] = {}
    for _, written, name in sorted(hits, key=lambda hit: hit[0]):
        others = tuple(form for form in name.all_forms() if form != written)
        matches.setdefault(name.name, NameMatch(written, name.name, others, name.group))
    return tuple(matches.values())
