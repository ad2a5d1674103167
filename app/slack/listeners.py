"""What Slack sends: read, seen once, put in the queue. All of it before the acknowledgement, so nothing here waits.

No call to Slack and no answer is made here; Bolt acknowledges when the listener returns, and what was acknowledged is
kept. What takes longer is a chore.
"""

from __future__ import annotations

import html
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Literal

from slack_bolt import Ack, App

from app.render.slack import DELETE, FEEDBACK, SHARE, mrkdwn
from app.slack.actions import Actions
from app.slack.asking import Question, asked_by_command, asked_by_shortcut, asked_in
from app.slack.commands import HELP, Ask, Help, Wrong, command
from app.slack.memory import Memory
from app.slack.preferences import ChannelPreferences
from app.slack.queue import FairQueue, Place
from app.slack.words import word_for
from app.store import StoreUnavailable

logger = logging.getLogger(__name__)
SHORTCUT = "hanmi_ask"
RECENT = 2_000  # questions remembered where the memory cannot be written to
_ANYTHING = re.compile(".*", re.DOTALL)

Chore = Callable[..., None]  # (what, *arguments): done soon, by another thread


class Listeners:
    """The listeners of the app."""

    def __init__(
        self,
        bot: str,
        memory: Memory,
        preferences: ChannelPreferences,
        queue: FairQueue[Question],
        actions: Actions,
        chore: Chore,
    ) -> None:
        """``bot``: Hanmi's own user id."""
        self._bot = bot
        self._memory = memory
        self._preferences = preferences
        self._queue = queue
        self._actions = actions
        self._chore = chore
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def add_to(self, bolt: App) -> None:
        """Register them; last those that acknowledge whatever else is sent."""
        bolt.event("message")(self._message)
        bolt.event("app_mention")(self._message)
        bolt.event("app_home_opened")(self._opened)
        bolt.event(_ANYTHING)(_nothing)
        bolt.command(_ANYTHING)(self._command)
        bolt.shortcut(SHORTCUT)(self._shortcut)
        bolt.shortcut(_ANYTHING)(_acknowledge)
        buttons = {FEEDBACK: self._actions.feedback, DELETE: self._actions.delete, SHARE: self._actions.share}
        for action_id, act in buttons.items():
            bolt.action(action_id)(self._pressed(act))
        bolt.action(_ANYTHING)(_acknowledge)

    def _message(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        question = asked_in(event, body, self._bot)
        if question is None or not self._concerns_us(question, event):
            return
        place = self.take(question, str(body.get("event_id") or ""))
        if place in ("full", "full_for_you") and question.way != "follow_up":
            self._chore(self._actions.turn_away, question, place)

    def _concerns_us(self, question: Question, event: Mapping[str, Any]) -> bool:
        """Whether it is put to Hanmi, as far as can be told without asking Slack who its writer is."""
        # In a group message everybody talks to everybody: there too, only what reads as a question is one for Hanmi.
        among_others = question.way == "follow_up" and event.get("channel_type") != "mpim"
        if among_others and not (question.follows and self._is_ours(question)):
            return False
        return self._preferences.of(question.channel).hears(question.text, question.way, shared=question.shared)

    def _is_ours(self, question: Question) -> bool:
        """Whether Hanmi has answered in the question's thread, or is about to."""
        return self._queue.holds(question.lane) or self._memory.answered_in(question.channel, question.thread_ts)

    def take(self, question: Question, event_id: str = "") -> Place | Literal["seen"]:
        """Put the question in the queue, once."""
        if not self._is_new(question, event_id):
            return "seen"
        place = self._queue.put(question)
        if place != "taken":
            with suppress(StoreUnavailable):
                self._memory.done(question.key)
        return place

    def _is_new(self, question: Question, event_id: str) -> bool:
        keys = [question.key, *([event_id] if event_id else [])]
        try:
            return self._memory.take(keys, question.user, question.as_json())
        except StoreUnavailable as error:
            # A full disk is no reason not to answer; what is lost is the memory of it.
            logger.warning("%s", error)
            with self._lock:
                known = question.key in self._recent
                self._recent[question.key] = None
                if len(self._recent) > RECENT:
                    self._recent.popitem(last=False)
            return not known

    def _command(self, ack: Ack, body: dict[str, Any]) -> None:
        said = command(html.unescape(str(body.get("text") or "")))
        match said:
            case Ask(asked):
                question = asked_by_command(body, asked)
                place = self.take(question)
                code = "looking" if place in ("taken", "seen") else place
                ack(text=word_for(code, asked, shown=mrkdwn(asked)))
            case Help():
                ack(text=mrkdwn(HELP))
            case Wrong(reply):
                ack(text=mrkdwn(reply))
            case _:
                ack()
                self._chore(self._actions.do, partial(self._actions.change, said), body)

    def _shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        question = asked_by_shortcut(body, self._bot)
        place = self.take(question) if question else "no_words"
        ack()
        if question is None or place in ("full", "full_for_you"):
            self._chore(self._actions.whisper, body, place)

    def _opened(self, event: dict[str, Any]) -> None:
        if event.get("tab") == "messages" and event.get("channel") and event.get("user"):
            self._chore(self._actions.suggest, str(event["channel"]), str(event["user"]))

    def _pressed(self, act: Callable[[dict[str, Any]], None]) -> Callable[[Ack, dict[str, Any]], None]:
        def pressed(ack: Ack, body: dict[str, Any]) -> None:
            ack()
            self._chore(self._actions.do, act, body)

        return pressed


def _acknowledge(ack: Ack) -> None:
    ack()


def _nothing() -> None:
    """An event that is subscribed to and means nothing here."""
