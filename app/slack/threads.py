"""A thread that the memory does not know any more, read from Slack once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from app.answers.schema import Turn
from app.slack.asking import Question, plain
from app.slack.clients import error_of
from app.slack.memory import TURNS_READ
from app.slack.streaming import CALL_ERRORS

logger = logging.getLogger(__name__)
MESSAGES_READ = 50  # the last of them matter; Slack gives the oldest first, and a thread with Hanmi is seldom longer


def read_thread(client: WebClient, question: Question, bot: str) -> list[Turn]:
    """What was asked of Hanmi and answered in the question's thread before it, oldest first; [] if it can't be read.

    A message of Hanmi's answers the last one that somebody wrote before it.
    """
    try:
        found = client.conversations_replies(
            channel=question.channel, ts=question.thread_ts, latest=question.ts, limit=MESSAGES_READ
        )
    except CALL_ERRORS as error:
        logger.info("a thread could not be read: %s", error_of(error))
        return []
    return turns_in(found.get("messages") or [], bot, before=question.ts)


def turns_in(messages: Sequence[Mapping[str, Any]], bot: str, before: str) -> list[Turn]:
    """The last questions and answers in a thread's messages; several messages of one answer count as one turn."""
    turns: list[Turn] = []
    asked = ""
    for message in messages:
        words = plain(str(message.get("text") or "").replace(f"<@{bot}>", " "))
        if not words or str(message.get("ts")) >= before:
            continue
        if message.get("user") != bot:
            asked = "" if message.get("bot_id") else words
        elif asked:
            turns += {"role": "user", "content": asked}, {"role": "assistant", "content": words}
            asked = ""
    return turns[-2 * TURNS_READ :]
