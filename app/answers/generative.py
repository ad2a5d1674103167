"""The answer that a language model writes, each sentence checked before a reader relies on it.

A sentence is told once it is whole and checked, marked where what it cites does not carry it; those are mended in one
more round. Where the model fails, cites nothing or is mostly not carried, it gives up, and the answer is quoted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from app.answers.chat_model import ChatModel
from app.answers.checking import Checks, ClaimChecker
from app.answers.drafting import MAX_CHARS, Draft, Told
from app.answers.extractive import Composed
from app.answers.prompts import ask_prompt, mend_prompt
from app.answers.quoting import Ground, gaps, unanswered, with_composed
from app.answers.schema import Answer, Language, Notice, Usage
from app.answers.sent_passages import passages_within
from app.answers.spending import estimated_tokens
from app.answers.units import Source
from app.answers.written import Numbers, compose_written
from app.errors import ModelFailed
from app.names import NameTables
from app.romanise import is_hangul
from app.texts import model_failure, notice

logger = logging.getLogger(__name__)

MOST_UNSUPPORTED: Final = 0.5  # share of the sentences beyond which the answer is quoted instead
LEAST_TOKENS: Final = 500  # of passages, when a model finds what it was sent too long
_REFUSES = re.compile(
    r"\b(?:sorry|apologi[sz]e|as an ai\b|(?:can(?:no|[’'])t|cannot|unable to|not able to|won[’']t) "
    r"(?:help|assist|answer|comply|discuss|provide|respond|fulfil))"
    r"|죄송|도와드릴 수 없|답변(?:해 드릴|드릴|할) 수 없|제공할 수 없",
    re.IGNORECASE,
)
_MENDED = re.compile(r"^[\s*>#-]*(\d{1,2})\W{0,3}[:.)]\**\s*(.*)$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ENGLISH = frozenset(("the", "of", "to", "and", "in", "a", "that", "is", "for", "on", "with", "was", "by", "as", "it"))
_LEAST_ENGLISH = 0.1  # share of such words; English news has 0.3 and more, other languages hardly any
_FEW_LETTERS = 20
_LEAST_HANGUL = 0.3  # share of letters in a Korean answer, whose names may be in Latin ones


class GaveUp(NamedTuple):
    """No written answer: why, what was spent on it, and whether that is because the passages do not answer."""

    why: Notice
    usage: Usage = Usage()
    found_nothing: bool = False
    model: str | None = None


class Writer:
    """Writes answers with a model; threads may share it."""

    def __init__(self, model: ChatModel, verifier: Checks, tables: NameTables, input_tokens: int) -> None:
        """``input_tokens``: of passages, about, that go with a question."""
        self.model = model
        self._verifier = verifier
        self._tables = tables
        self._input_tokens = input_tokens

    def write(
        self, ground: Ground, open_source: Callable[[str], Source | None]
    ) -> Generator[Told, None, Answer | GaveUp]:
        """Sentences as they are whole and checked; one with an index that was told already replaces it. Then the end.

        Closing the generator stops the request.
        """
        spent = _Spent()
        try:
            draft = yield from self._drafted(ground, open_source, spent)
        except ModelFailed as error:
            return GaveUp(_failure(error, ground.draft.language), spent.usage)
        if given_up := _given_up(draft, ground.draft.language):
            return given_up._replace(usage=spent.usage, model=self.model.name)
        yield from self._mended(draft, spent)
        return self._finished(ground, draft, spent.usage)

    def _drafted(
        self, ground: Ground, open_source: Callable[[str], Source | None], spent: _Spent
    ) -> Generator[Told, None, Draft]:
        """What the model writes; asked again with half the passages where they are too long for it."""
        tokens = self._input_tokens
        language = ground.draft.language
        while True:
            sent = passages_within(ground.passages, open_source, tokens)
            parts = [part.question.standalone for part in ground.parts]
            asked = ask_prompt(ground.question.standalone, sent, language, parts)
            checker = ClaimChecker(sent, self._verifier, self._tables, language)
            draft = Draft(asked, sent, checker, Numbers(ground.question.matches))
            try:
                yield from self._streamed(draft, spent)
            except ModelFailed as error:
                if error.code != "context_length" or tokens // 2 < LEAST_TOKENS or draft.checked:
                    raise
                tokens = min(tokens, estimated_tokens(asked[-1]["content"])) // 2
                continue
            return draft

    def _streamed(self, draft: Draft, spent: _Spent) -> Iterator[Told]:
        """The sentences of a streamed answer. Raises ModelFailed, also where the answer stops before its end."""
        with self.model.stream(draft.asked) as reply:
            try:
                for piece in reply:
                    yield from draft.take(piece)
                    if draft.too_long:
                        return
            finally:
                reply.close()
                spent.add(reply.usage)
        if not reply.finished:
            raise ModelFailed("cut", f"{self.model.name} stopped before the end of its answer")
        yield from draft.end()

    def _mended(self, draft: Draft, spent: _Spent) -> Iterator[Told]:
        """One more round for the sentences that are not carried: the model mends or drops each."""
        wrong = [at for at, one in enumerate(draft.checked) if not one.supported]
        if not wrong:
            return
        faults = [(draft.checked[at].written.text, draft.checked[at].faults) for at in wrong]
        try:
            reply = self.model.ask(mend_prompt(draft.asked, draft.told, faults, draft.checker.language))
        except ModelFailed as error:
            logger.warning("sentences of a written answer could not be mended: %s", error)
            return
        spent.add(reply.usage)
        for number, line in _mended_lines(reply.text):
            if 1 <= number <= len(wrong):
                yield from draft.mend(wrong[number - 1], line)
        draft.checked = [one for at, one in enumerate(draft.checked) if at not in draft.dropped]

    def _finished(self, ground: Ground, draft: Draft, usage: Usage) -> Answer | GaveUp:
        """The answer, unless too little of it is carried."""
        language = ground.draft.language
        failed = sum(not one.supported for one in draft.checked)
        if not draft.checked or failed > MOST_UNSUPPORTED * len(draft.checked):
            return GaveUp(notice("model_unsupported", language), usage)
        composed = compose_written(draft.checked, ground.question.matches, language)
        told = list(_remarks(draft, composed, language))
        if failed:
            told.append(notice("unsupported", language, count=failed, total=len(draft.checked)))
        carried = [unit for one in draft.checked if one.supported for unit in one.units]
        missing = [*ground.absent, *gaps(ground.question, carried), *unanswered(ground, carried)]
        if draft.part_missing:
            missing.append(notice("part_missing", language))
        answer = replace(
            ground.draft,
            engine="generative",
            model=self.model.name,
            status="partial" if missing or failed else "answered",
            notices=(*ground.draft.notices, *told, *missing),
            usage=usage,
        )
        return with_composed(answer, composed)


class _Spent:
    """What the requests of one answer cost together."""

    def __init__(self) -> None:
        self.usage = Usage()

    def add(self, usage: Usage) -> None:
        self.usage += usage


def _given_up(draft: Draft, language: Language) -> GaveUp | None:
    """Why there is nothing to mend and nothing to show; None where there is something."""
    if any(one.units for one in draft.checked):
        return None
    if draft.checked:
        refuses = any(_REFUSES.search(words) for words in draft.uncited)
        return GaveUp(notice("model_refused" if refuses else "model_uncited", language))
    if draft.nothing_found or draft.part_missing:
        return GaveUp(notice("model_found_nothing", language), found_nothing=True)
    return GaveUp(notice("model_uncited" if draft.too_long else "model_empty", language))


def _failure(error: ModelFailed, language: Language) -> Notice:
    """The failure for a reader; whoever runs Hanmi finds the rest in the log."""
    logger.warning("no written answer: %s", error)
    if error.code == "budget":
        return notice("model_budget", language)
    return notice("model_failed", language, reason=model_failure(error.code, language))


def _remarks(draft: Draft, composed: Composed, language: Language) -> Iterator[Notice]:
    if draft.too_long:
        yield notice("model_cut", language)
    if not speaks(language, composed.text):
        yield notice("model_language", language)
    years = sorted({citation.published[:4] for citation in composed.citations if citation.published})
    if len(years) > 1 and not _YEAR.search(composed.text):
        yield notice("dates_differ", language, oldest=years[0], newest=years[-1])


def speaks(language: Language, text: str) -> bool:
    """Whether a text of more than a few words is in the language; short ones may be names alone."""
    letters = [char for char in text if char.isalpha()]
    hangul = sum(map(is_hangul, letters)) / len(letters) if letters else 0.0
    if len(letters) < _FEW_LETTERS:
        return True
    if language == "ko":
        return hangul >= _LEAST_HANGUL
    words = re.findall(r"[^\W\d_]+", text.lower())
    return hangul < _LEAST_HANGUL and sum(word in _ENGLISH for word in words) >= _LEAST_ENGLISH * len(words)


def _mended_lines(reply: str) -> Iterator[tuple[int, str]]:
    """Each numbered line, the first of a number."""
    seen: set[int] = set()
    for line in reply[:MAX_CHARS].splitlines():
        match = _MENDED.match(line)
        if match and int(match[1]) not in seen:
            seen.add(int(match[1]))
            yield int(match[1]), match[2]
