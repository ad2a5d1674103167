"""Messages that are streamed: startStream, any number of appendStream, stopStream; each stream lives five minutes."""

from __future__ import annotations

import time
from typing import Any

from evals.bench.fake_slack.limits import Fault, block_faults, markdown_faults
from evals.bench.fake_slack.lookups import Args, Refused, needed, own_message, refuse_faults, thread_of, writable
from evals.bench.fake_slack.workspace import BOT_USER, Message, Workspace

_TASK_STATES = {"pending", "in_progress", "complete", "error"}


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
    refuse_faults(_faults(args))
    message = workspace.write(channel.id, BOT_USER, thread_ts=thread, stream="streaming")
    message.stream_started = time.monotonic()
    _take(message, args)
    return {"channel": channel.id, "ts": message.ts}


def append(workspace: Workspace, args: Args) -> dict[str, Any]:
    """chat.appendStream."""
    message = _streaming(workspace, args)
    if not args.get("markdown_text") and not args.get("chunks"):
        raise Refused("no_text")
    refuse_faults(_faults(args))
    _take(message, args)
    return {"channel": message.channel, "ts": message.ts}


def stop(workspace: Workspace, args: Args) -> dict[str, Any]:
    """chat.stopStream: the last words, and blocks below them."""
    message = _streaming(workspace, args)
    blocks = args.get("blocks") or []
    refuse_faults([*_faults(args), *block_faults(blocks)])
    _take(message, args)
    message.blocks = blocks
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


def _faults(args: Args) -> list[Fault]:
    faults = markdown_faults(args.get("markdown_text"))
    for chunk in args.get("chunks") or ():
        faults += _chunk(chunk)
    return faults


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


def _take(message: Message, args: Args) -> None:
    message.text += args.get("markdown_text") or ""
    for chunk in args.get("chunks") or ():
        if chunk["type"] == "markdown_text":
            message.text += chunk["text"]
        elif chunk["type"] == "blocks":
            message.blocks += chunk["blocks"]
        else:
            message.tasks = [one for one in message.tasks if one.get("id") != chunk.get("id")] + [chunk]
