"""One question from Slack, answered: who asks and where, the assistant, what is shown, what is kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from app.answers.parsing import parse_answer
from app.answers.schema import Answer, Turn
from app.assistant import Assistant
from app.errors import AppError
from app.question import language_of
from app.render import answer_json
from app.render.slack import Buttons
from app.settings import AppSettings
from app.slack.asking import Question
from app.slack.clients import Clients, error_of
from app.slack.commands import OFF
from app.slack.memory import Kept, Memory
from app.slack.people import People
from app.slack.places import InThread, Place, ToAsker
from app.slack.preferences import UNSURE_EMOJI, ChannelPreferences, Preferences
from app.slack.streaming import CALL_ERRORS
from app.slack.threads import read_thread
from app.slack.words import word_for
from app.store import Store, StoreUnavailable, kept_or_told
from app.texts import text
from ingest.errors import IngestError

logger = logging.getLogger(__name__)
LONGEST_S = 280  # Slack ends a stream after 300; a model that is late after 240 leaves time for quotations


class _TooSlow(AppError):
    """The answer takes longer than Slack waits."""


@dataclass(frozen=True)
class Answering:
    """What it takes to answer; threads share it."""

    clients: Clients
    assistant: Assistant
    settings: AppSettings
    store: Store
    memory: Memory
    preferences: ChannelPreferences
    people: People
    bot: str  # Hanmi's own user id

    def answer(self, question: Question, shown: Sequence[str] = ()) -> None:
        """Answer it where it was asked, or say why not. Raises nothing.

        ``shown``: messages that hold a part of the answer, from before a restart.
        """
        started = time.monotonic()
        place = self._place(question, shown)
        outcome = "failed"
        try:
            outcome = self._answer(question, place)
        except (StoreUnavailable, *CALL_ERRORS) as error:
            logger.warning("a question from Slack could not be answered: %s", error_of(error))
            self._fail(question, place, text("error", language_of(question.words)))
        except (AppError, IngestError) as error:
            self._fail(question, place, str(error))
        except Exception:
            logger.exception("a question from Slack could not be answered")
            self._fail(question, place, text("error", language_of(question.words)))
        asked = repr(question.words) if self.settings.log_questions else "a question"
        logger.info("%s from Slack: %s in %.1f s", asked, outcome, time.monotonic() - started)

    def interrupt(self, question: Question, shown: Sequence[str] = ()) -> None:
        """Say that it was interrupted and will not be answered. Raises nothing."""
        self._fail(question, self._place(question, shown), word_for("interrupted", question.words))

    def _place(self, question: Question, shown: Sequence[str]) -> Place:
        if question.only_asker:
            return ToAsker(self.clients, question)
        return InThread(self.clients, question, shown, lambda messages: self._note(question, messages))

    def _answer(self, question: Question, place: Place) -> str:
        """What came of it, in a word."""
        preferences = self.preferences.of(question.channel)
        if not self._heard(question, preferences, place):
            return "not heard"
        place.working()
        answer = self._ask(question, preferences, place)
        voice = preferences.voice(answer.status, question.way)
        if voice != "say" and not place.messages:
            place.leave(UNSURE_EMOJI if voice == "emoji" else None)
            with _told():
                self.store.forget([answer.id])
            return f"{answer.status}, unsaid"
        self._show(question, answer, place)
        return f"{answer.status} as {answer.id}"

    def _show(self, question: Question, answer: Answer, place: Place) -> None:
        """Keep the answer, so that its buttons work as soon as they are there, and show it; or keep nothing."""
        if self.memory.lasts:
            answer = parse_answer(kept_or_told(self.store, answer_json(answer)))
        buttons = Buttons(
            feedback=self.memory.lasts,
            share=question.only_asker,
            delete=not question.only_asker,
            asker=question.user,
        )
        try:
            self._keep(question, answer)
            place.finish(answer, self.public_url, buttons)
        except Exception:
            with suppress(StoreUnavailable):
                self.store.forget([answer.id, *self.memory.forget_answer(answer.id)])
            raise
        with _told():
            self.memory.add_messages(answer.id, question.channel, place.messages)

    def _heard(self, question: Question, preferences: Preferences, place: Place) -> bool:
        """Whether this asker is answered here; whom only they see is told why not."""
        guest = not preferences.guests and self.people.is_guest(question.user)
        if preferences.hears(question.text, question.way, guest=guest, shared=question.shared):
            return True
        if question.only_asker:
            place.fail(OFF if not preferences.on else word_for("guests" if guest else "shared_channel", question.words))
        return False

    def _ask(self, question: Question, preferences: Preferences, place: Place) -> Answer:
        """The answer, its sentences shown as they come. Raises _TooSlow, and what the assistant raises."""
        started = time.monotonic()
        steps = self.assistant.stream(
            question.words,
            self._history(question),
            preferences.filters,
            language=preferences.answer_language,
            engine=preferences.answer_engine,
            keep=self.memory.lasts,
        )
        with closing(steps):  # type: ignore[type-var]  # a generator, which Iterator does not say
            for event in steps:
                if event.name == "answer":
                    return parse_answer(event.data)
                if time.monotonic() - started > LONGEST_S:
                    raise _TooSlow(word_for("too_slow", question.words))
                if event.name == "claim":
                    place.claim(event.data)
        raise AssertionError("the assistant ended without an answer")

    def _history(self, question: Question) -> Sequence[Turn]:
        if not question.follows:
            return ()
        kept = self.memory.history(question.channel, question.thread_ts)
        return kept or read_thread(self.clients.posting, question, self.bot)

    @property
    def public_url(self) -> str:
        """Where the page is; "" where Slack's answers are not on it."""
        return self.settings.public_url if self.memory.lasts and self.store.answer_days else ""

    def _keep(self, question: Question, answer: Answer) -> None:
        turn = Kept(
            answer.id,
            question.team,
            question.channel,
            "" if question.only_asker else question.thread_ts,
            question.user,
            question.words,
            answer_json(answer),
            share_ts=question.thread_ts if question.only_asker else "",
        )
        with _told():
            self.memory.keep(turn)

    def _note(self, question: Question, messages: Sequence[str]) -> None:
        with _told():
            self.memory.showing(question.key, messages)

    def _fail(self, question: Question, place: Place, sentence: str) -> None:
        """Say it, unless nobody asked Hanmi and nothing has been shown."""
        if question.way == "follow_up" and not place.messages:
            return
        try:
            place.fail(sentence)
        except Exception:
            logger.exception("a failed answer could not be ended in Slack")


@contextmanager
def _told() -> Iterator[None]:
    """A memory that cannot be written to costs its buttons and its history, and no answer."""
    try:
        yield
    except StoreUnavailable as error:
        logger.warning("%s", error)
