"""Messages that are streamed: startStream, any number of appendStream, stopStream; each stream lives five minutes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from evals.bench.fake_slack.limits import Fault, block_faults, markdown_faults, stream_faults
from evals.bench.fake_slack.lookups import Args, Refused, needed, own_message, refuse_faults, thread_of, writable
from evals.bench.fake_slack.workspace import BOT_USER, Message, Workspace

_TASK_STATES: Final = {"pending", "in_progress", "complete", "error"}


@dataclass
class Held:
    """What a stream holds so far."""

    text: str = ""
    tasks: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, message: Message) -> Held:
        """A copy of what the message holds."""
        return cls(message.text, list(message.tasks), list(message.blocks))

    def give(self, message: Message) -> None:
        """Make it the message's."""
        message.text, message.tasks, message.blocks = self.text, self.tasks, self.blocks


def start(workspace: Workspace, args: Args) -> dict[str, Any]:
    """chat.startStream: a message in a thread that is being written."""
    channel = writable(workspace, args)
    if channel.kind != "im":
        # Who reads along; only a direct message leaves no doubt.
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.get(name):
                raise Refused(f"missing_{name}")
    if args.get("recipient_user_id") and args["recipient_user_id"] not in workspace.users:
        raise Refused("user_not_found")
    if args.get("task_display_mode") not in (None, "timeline", "plan"):
        raise Refused("invalid_arguments", "task_display_mode")
    thread = thread_of(workspace, channel, {"thread_ts": needed(args, "thread_ts")})
    held = _with(Held(), args)
    message = workspace.write(channel.id, BOT_USER, thread_ts=thread, stream="streaming")
    message.stream_started = time.monotonic()
    held.give(message)
    return {"channel": channel.id, "ts": message.ts}


def append(workspace: Workspace, args: Args) -> dict[str, Any]:
    """chat.appendStream."""
    message = _streaming(workspace, args)
    if not args.get("markdown_text") and not args.get("chunks"):
        raise Refused("no_text")
    _with(Held.of(message), args).give(message)
    return {"channel": message.channel, "ts": message.ts}


def stop(workspace: Workspace, args: Args) -> dict[str, Any]:
    """chat.stopStream: the last words, and blocks below them."""
    message = _streaming(workspace, args)
    blocks = args.get("blocks") or []
    held = _with(Held.of(message), args)
    refuse_faults(block_faults(blocks))
    held.give(message)
    message.blocks += blocks
    message.stream = "stopped"
    return {"channel": message.channel, "ts": message.ts, "message": message.as_json()}


def refuse_streaming(workspace: Workspace, message: Message) -> None:
    """Raises Refused for a message that is being streamed: nothing else writes to it."""
    workspace.age_streams()
    if message.stream == "streaming":
        raise Refused("streaming_state_conflict")


def _streaming(workspace: Workspace, args: Args) -> Message:
    workspace.age_streams()
    message = own_message(workspace, args, "message_not_owned_by_app")
    if message.stream != "streaming":
        raise Refused("message_not_in_streaming_state")
    return message


def _with(held: Held, args: Args) -> Held:
    """What the stream holds after this call. Raises Refused for what is too much or malformed."""
    text, chunks = args.get("markdown_text"), args.get("chunks") or []
    if text and chunks:
        raise Refused("invalid_arguments", "markdown_text and chunks in one call")
    faults = markdown_faults(text) + [fault for chunk in chunks for fault in _chunk(chunk)]
    refuse_faults(faults)
    held.text += text or ""
    for chunk in chunks:
        if chunk["type"] == "markdown_text":
            held.text += chunk["text"]
        elif chunk["type"] == "blocks":
            held.blocks += chunk["blocks"]
        else:
            held.tasks = [one for one in held.tasks if one.get("id") != chunk.get("id")] + [chunk]
    refuse_faults(stream_faults(held.text, held.tasks) + block_faults(held.blocks))
    return held


def _chunk(chunk: Any) -> list[Fault]:  # noqa: ANN401 - any JSON
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind == "markdown_text" and chunk.get("text"):
        return markdown_faults(chunk["text"])
    if kind == "task_update" and chunk.get("id") and chunk.get("title") and chunk.get("status") in _TASK_STATES:
        # docs.slack.dev: title, details and output of at most 256 characters each
        long = [name for name in ("title", "details", "output") if len(chunk.get(name) or "") > 256]
        return [Fault("invalid_chunks", f"{name} of a task is longer than 256") for name in long]
    if kind == "plan_update" and chunk.get("title"):
        return []
    if kind == "blocks" and chunk.get("blocks"):
        return block_faults(chunk["blocks"])
    return [Fault("invalid_chunks", f"{chunk!r:.200}")]
