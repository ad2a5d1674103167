"""What buttons, ``/hanmi settings`` and the opening of the app do: each may take a while, and none is an answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from slack_sdk.errors import SlackApiError

from app.answers.parsing import parse_answer
from app.answers.schema import Language
from app.assistant import Assistant
from app.question import language_of
from app.render.slack import Buttons, SlackMessage, answer_messages, mrkdwn
from app.settings import AppSettings
from app.slack.asking import Question
from app.slack.clients import Clients, error_of
from app.slack.commands import Change, Reset, Show, reply
from app.slack.memory import Kept, Memory
from app.slack.people import People
from app.slack.preferences import ChannelPreferences, admin_ids, may_change
from app.slack.words import word, word_for
from app.store import Feedback, Store, Verdict, now, settings_of
from app.suggestions import Suggestions
from app.texts import text

logger = logging.getLogger(__name__)
PROMPTS = 4  # that Slack shows
_GONE_ALREADY = ("message_not_found", "thread_not_found", "channel_not_found", "is_archived")
_NO_MEMBER = ("not_in_channel", "channel_not_found", "restricted_action", "is_archived")


@dataclass(frozen=True)
class Actions:
    """What they need; threads share it. A refusal of Slack's is raised, for whoever does the chores to log."""

    clients: Clients
    assistant: Assistant
    settings: AppSettings
    store: Store
    memory: Memory
    preferences: ChannelPreferences
    people: People
    suggestions: Suggestions | None
    public_url: str  # "" where answers are not on the page
    _shared: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, act: Callable[[dict[str, Any]], None], body: dict[str, Any]) -> None:
        """Do one of those below; whoever pressed is told where it fails. Raises what it raised."""
        try:
            act(body)
        except Exception:
            self._whisper(body, text("error", _language_of_message(body)))
            raise

    def feedback(self, body: Mapping[str, Any]) -> None:
        """Keep what somebody thinks of an answer, where the page keeps it too."""
        verdict, _, answer_id = _value(body).partition(":")
        if verdict not in get_args(Verdict) or not answer_id:
            return
        kept = self.memory.kept(answer_id)
        answer = kept.answer if kept else self.store.answer(answer_id)
        if answer is None or not self.memory.lasts:
            self.whisper(body, "gone")
            return
        self.store.give(Feedback(answer_id, now(), verdict, "", answer, settings_of(self.settings)))  # type: ignore[arg-type]

    def delete(self, body: Mapping[str, Any]) -> None:
        """Delete an answer with all that is kept of it, for whoever asked."""
        kept = self.memory.kept(_value(body))
        if kept is None or kept.user != body["user"]["id"]:
            self.whisper(body, "not_yours" if kept else "gone", kept)
            return
        for ts in kept.messages:
            try:
                self.clients.posting.chat_delete(channel=kept.channel, ts=ts)
            except SlackApiError as error:
                if error_of(error) not in _GONE_ALREADY:
                    raise
        if _pressed_on(body) not in kept.messages:  # Slack told nobody the ts of what went through a response_url
            self.clients.respond(str(body["response_url"]), {"delete_original": True})
        self.store.forget(self.memory.forget_answer(kept.answer_id))

    def share(self, body: Mapping[str, Any]) -> None:
        """Show everybody in the channel what only the asker has seen."""
        kept = self.memory.kept(_value(body))
        if kept is None or kept.user != body["user"]["id"]:
            self.whisper(body, "gone", kept)
            return
        with self._lock:
            if kept.answer_id in self._shared or kept.messages:
                return
            self._shared.add(kept.answer_id)
        buttons = Buttons(feedback=self.memory.lasts, asker=kept.user)
        answer = parse_answer(kept.answer)
        messages = answer_messages(answer, public_url=self.public_url, buttons=buttons, question=True)
        shared = False
        try:
            shared = self._post(kept, body, messages)
        finally:
            if not shared:
                self._shared.discard(kept.answer_id)  # it may be tried again
        told = {"text": word("shared" if shared else "not_shared", answer.language), "replace_original": shared}
        self.clients.respond(str(body["response_url"]), {"response_type": "ephemeral", **told})

    def _post(self, kept: Kept, body: Mapping[str, Any], messages: Sequence[SlackMessage]) -> bool:
        """Post them as Hanmi's own, or where it is no member as replies to the button; whether that was possible."""
        asked_by = word("shared_by", kept.answer["language"], user=kept.user)
        who = {"type": "context", "elements": [{"type": "mrkdwn", "text": asked_by}]}
        first = SlackMessage(messages[0].text, [who, *messages[0].blocks])
        thread = kept.share_ts or (body.get("container") or {}).get("thread_ts") or None
        posted = []
        try:
            for message in (first, *messages[1:]):
                sent = self.clients.posting.chat_postMessage(
                    channel=kept.channel,
                    thread_ts=thread,
                    text=message.text,
                    blocks=list(message.blocks),
                    unfurl_links=False,
                    unfurl_media=False,
                )
                posted.append(str(sent["ts"]))
        except SlackApiError as error:
            if posted or error_of(error) not in _NO_MEMBER:
                raise
            return self._post_as_reply(body, (first, *messages[1:]))
        finally:
            self.memory.add_messages(kept.answer_id, kept.channel, posted)
        return True

    def _post_as_reply(self, body: Mapping[str, Any], messages: Sequence[SlackMessage]) -> bool:
        if len(messages) > 4:  # Slack takes five posts to a response_url, and the last of ours says how it went
            return False
        url = str(body["response_url"])
        told = {"response_type": "in_channel", "replace_original": False}
        return all(self.clients.respond(url, {**told, "text": each.text, "blocks": each.blocks}) for each in messages)

    def change(self, said: Show | Change | Reset, body: Mapping[str, Any]) -> None:
        """Show or change the channel's settings, and say how they are now."""
        user, channel = str(body["user_id"]), str(body["channel_id"])
        allowed = not isinstance(said, Show) and may_change(
            self.people.user(user), admin_ids(self.settings.slack_admins), str(body.get("team_id") or "")
        )
        articles = self.assistant.index.articles().values()
        outlets = {article.outlet for article in articles if article.outlet}
        told = reply(said, self.preferences, channel, allowed=allowed, outlets=outlets)
        self.clients.respond(str(body["response_url"]), {"response_type": "ephemeral", "text": mrkdwn(told)})

    def suggest(self, channel: str, user: str) -> None:
        """Pin questions that the articles answer to the top of the conversation, as soon as any are known."""
        wanted = self.preferences.of(channel)
        if self.suggestions is None or not wanted.on or (not wanted.guests and self.people.is_guest(user)):
            return
        questions = self.suggestions.questions()[self.people.language(user)][:PROMPTS]
        if questions:
            self.clients.brief.assistant_threads_setSuggestedPrompts(
                channel_id=channel, prompts=[{"title": each, "message": each} for each in questions]
            )

    def whisper(self, body: Mapping[str, Any], code: str, kept: Kept | None = None) -> None:
        """Say a sentence to whoever pressed or called, and to nobody else."""
        language: Language = kept.answer["language"] if kept else _language_of_message(body)
        self._whisper(body, word(code, language))

    def _whisper(self, body: Mapping[str, Any], sentence: str) -> None:
        container = body.get("container") or {}
        thread = {"thread_ts": container["thread_ts"]} if container.get("thread_ts") else {}
        told = {"response_type": "ephemeral", "replace_original": False, "text": mrkdwn(sentence)}
        self.clients.respond(str(body["response_url"]), {**told, **thread})

    def turn_away(self, question: Question, code: str) -> None:
        """Say that there is no place in the queue, to the asker alone."""
        self.clients.posting.chat_postEphemeral(
            channel=question.channel,
            user=question.user,
            thread_ts=question.thread_ts if question.follows or question.channel.startswith("D") else None,
            text=mrkdwn(word_for(code, question.words)),
        )


def _value(body: Mapping[str, Any]) -> str:
    return str(body["actions"][0].get("value") or "")


def _pressed_on(body: Mapping[str, Any]) -> str:
    return str((body.get("container") or {}).get("message_ts") or "")


def _language_of_message(body: Mapping[str, Any]) -> Language:
    return language_of(str((body.get("message") or {}).get("text") or ""))
