"""Where an answer appears: in a thread, as it is written; or to the asker alone, when it is finished."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from app.answers.schema import Answer
from app.render.slack import Buttons, SlackMessage, answer_messages, claim_text, closing_blocks, mrkdwn
from app.slack.asking import Question
from app.slack.clients import Clients, error_of
from app.slack.streaming import CALL_ERRORS, Stream
from app.slack.words import word, word_for

logger = logging.getLogger(__name__)
RESPONSES = 5  # that Slack takes for one response_url


class Place(Protocol):
    """Where the answer to one question appears; a call that Slack refuses raises one of CALL_ERRORS."""

    @property
    def messages(self) -> list[str]:
        """Those that show it to everybody in the channel, by their ts."""
        ...

    def working(self) -> None:
        """Say that the question is being looked into."""
        ...

    def claim(self, claim: Mapping[str, Any]) -> None:
        """Show a sentence as soon as it is there."""
        ...

    def finish(self, answer: Answer, public_url: str, buttons: Buttons) -> None:
        """Show the whole answer, in place of whatever was shown of it."""
        ...

    def fail(self, sentence: str) -> None:
        """End with this sentence, and nothing that seems to be working. Raises nothing."""
        ...

    def leave(self, emoji: str | None = None) -> None:
        """End without a word, but for the emoji on the question."""
        ...


class InThread:
    """The thread of the question."""

    def __init__(
        self, clients: Clients, question: Question, shown: Sequence[str], note: Callable[[list[str]], None]
    ) -> None:
        """``shown``: messages with a part of the answer, from before a restart; ``note``: told of each new one."""
        self._client: WebClient = clients.posting
        self._brief = clients.brief
        self._question = question
        self._before = list(shown)
        self._posted: list[str] = []
        self._note = note
        self._stream = Stream(clients, question, lambda _: self._noted())

    @property
    def messages(self) -> list[str]:
        """Those that show the answer, in their order."""
        return [*self._before, *self._stream.messages, *self._posted]

    def working(self) -> None:
        """The status; what nobody addressed to Hanmi gets none, since it may be left alone."""
        if self._question.way != "follow_up":
            self._status(word_for("searching", self._question.words))

    def claim(self, claim: Mapping[str, Any]) -> None:
        """Add it to the stream. What was begun before a restart is shown when it is whole."""
        if not self._before:
            self._stream.add(claim_text(dict(claim), first=not self._stream.text))

    def finish(self, answer: Answer, public_url: str, buttons: Buttons) -> None:
        """Close the stream with what belongs below; without one that shows the whole answer, post or update it."""
        if self._stream.text and not self._stream.failed and self._stream.text == _text_of(answer):
            closing = closing_blocks(answer, public_url=public_url, buttons=buttons)
            if self._stream.close(closing[0].blocks if closing else ()):
                for message in closing[1:]:
                    self._post(message)
                return
        self._settle(answer_messages(answer, public_url=public_url, buttons=buttons))

    def fail(self, sentence: str) -> None:
        """Add the sentence to what is shown, or say it alone."""
        try:
            if self._stream.messages and self._stream.close(last=f"\n\n{sentence}"):
                return
            self._settle([SlackMessage(mrkdwn(sentence))])
        except CALL_ERRORS as error:
            logger.warning("a failed answer could not be explained in Slack: %s", error_of(error))
            self._status("")

    def leave(self, emoji: str | None = None) -> None:
        """Take the status away, and react to the question."""
        if self._question.way != "follow_up":
            self._status("")
        if emoji:
            try:
                self._client.reactions_add(channel=self._question.channel, timestamp=self._question.ts, name=emoji)
            except SlackApiError as error:
                if error_of(error) != "already_reacted":
                    raise

    def _settle(self, messages: Sequence[SlackMessage]) -> None:
        """Put these messages in place of what is shown, post what is left of them, delete what is left of that."""
        self._end_streams()
        shown = self.messages
        for ts, message in zip(shown, messages, strict=False):
            self._replace(ts, message)
        for ts in shown[len(messages) :]:
            self._delete(ts)
        for message in messages[len(shown) :]:
            self._post(message)
        if self._before:
            self._status("")  # a reply would have taken it away; an update does not

    def _end_streams(self) -> None:
        self._stream.abandon()
        for ts in self._before:
            try:
                self._client.chat_stopStream(channel=self._question.channel, ts=ts)
            except CALL_ERRORS as error:
                logger.debug("a message was no stream any more: %s", error_of(error))

    def _replace(self, ts: str, message: SlackMessage) -> None:
        try:
            self._client.chat_update(
                channel=self._question.channel, ts=ts, text=message.text, blocks=list(message.blocks)
            )
        except SlackApiError as error:
            # Its reader has deleted it, say.
            logger.info("a message could not be updated: %s", error_of(error))
            self._delete(ts)
            self._post(message)

    def _post(self, message: SlackMessage) -> None:
        response = self._client.chat_postMessage(
            channel=self._question.channel,
            thread_ts=self._question.thread_ts,
            text=message.text,
            blocks=list(message.blocks) or None,
            unfurl_links=False,
            unfurl_media=False,
        )
        self._posted.append(str(response["ts"]))
        self._noted()

    def _delete(self, ts: str) -> None:
        for known in (self._before, self._stream.messages, self._posted):
            if ts in known:
                known.remove(ts)
        try:
            self._client.chat_delete(channel=self._question.channel, ts=ts)
        except SlackApiError as error:
            logger.info("a message could not be deleted: %s", error_of(error))

    def _status(self, status: str) -> None:
        """Set or clear it; an answer is not kept waiting for that, nor lost by it."""
        try:
            self._brief.assistant_threads_setStatus(
                channel_id=self._question.channel, thread_ts=self._question.thread_ts, status=status
            )
        except CALL_ERRORS as error:
            logger.info("a status could not be set: %s", error_of(error))

    def _noted(self) -> None:
        self._note(self.messages)


class ToAsker:
    """The response_url of a command or a shortcut: Slack shows what is posted there to its user alone."""

    def __init__(self, clients: Clients, question: Question) -> None:
        self._clients = clients
        self._question = question

    @property
    def messages(self) -> list[str]:
        """None that others see."""
        return []

    def working(self) -> None:
        """The acknowledgement has said so."""

    def claim(self, claim: Mapping[str, Any]) -> None:
        """There is no stream to one person."""

    def finish(self, answer: Answer, public_url: str, buttons: Buttons) -> None:
        """The question and the answer, as far as Slack takes messages."""
        messages = answer_messages(answer, public_url=public_url, buttons=buttons, question=True)
        if len(messages) > RESPONSES:
            cut = word("cut", answer.language)
            note = {"type": "context", "elements": [{"type": "plain_text", "text": cut, "emoji": False}]}
            messages = [*messages[: RESPONSES - 1], SlackMessage(cut, [note, *messages[-1].blocks])]
        for message in messages:
            if not self._say(message):
                raise SlackRequestError("an answer's response_url was refused")

    def fail(self, sentence: str) -> None:
        """The sentence."""
        try:
            self._say(SlackMessage(mrkdwn(sentence)))
        except CALL_ERRORS as error:
            logger.warning("a failed answer could not be explained in Slack: %s", error_of(error))

    def leave(self, emoji: str | None = None) -> None:
        """Nothing is to be taken away."""

    def _say(self, message: SlackMessage) -> bool:
        """Whether Slack took it."""
        body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False, "text": message.text}
        if message.blocks:
            body["blocks"] = list(message.blocks)
        return self._clients.respond(self._question.response_url, body)


def _text_of(answer: Answer) -> str:
    """What a stream of the answer's sentences holds."""
    told = [{"text": claim.text, "citations": claim.citations, "support": claim.support} for claim in answer.claims]
    return "".join(claim_text(claim, first=number == 0) for number, claim in enumerate(told))
