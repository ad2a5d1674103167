"""What the methods look up in a call's arguments, and how Slack refuses a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.bench.fake_slack.limits import Fault
from evals.bench.fake_slack.workspace import Channel, Message, Workspace

Args = Mapping[str, Any]


class Refused(Exception):
    """``ok`` is false: Slack's code for it, and what is wrong in words for the log."""

    def __init__(self, code: str, *messages: str, **more: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.more = more  # what else the answer says


def needed(args: Args, name: str) -> str:
    """The argument, a string that is not empty. Raises Refused."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("invalid_arguments", f"{name} is missing")
    return value


def refuse_faults(faults: Sequence[Fault]) -> None:
    """Raises Refused with the first fault's code where there is one."""
    if faults:
        raise Refused(faults[0].code, *(fault.message for fault in faults))


def writable(workspace: Workspace, args: Args, name: str = "channel") -> Channel:
    """The channel that is written to. Raises Refused."""
    channel = readable(workspace, args, name)
    if not channel.member:
        raise Refused("not_in_channel")
    return channel


def readable(workspace: Workspace, args: Args, name: str = "channel") -> Channel:
    """The channel. Raises Refused."""
    channel = workspace.channels.get(needed(args, name))
    if channel is None or (channel.kind != "channel" and not channel.member):
        raise Refused("channel_not_found")
    return channel


def own_message(workspace: Workspace, args: Args, refusal: str) -> Message:
    """The app's message at ``ts``. Raises Refused: ``message_not_found``, or ``refusal`` for another's."""
    channel = readable(workspace, args)
    message = workspace.messages.get((channel.id, needed(args, "ts")))
    if message is None or message.only_for is not None:
        raise Refused("message_not_found")
    if not message.by_app:
        raise Refused(refusal)
    return message


def thread_of(workspace: Workspace, channel: Channel, args: Args) -> str | None:
    """The ts of the thread's first message; a reply's own ts is taken as Slack takes it: for its thread's."""
    thread_ts = args.get("thread_ts")
    if not thread_ts:
        return None
    message = workspace.messages.get((channel.id, thread_ts))
    if message is None:
        raise Refused("thread_not_found")
    return message.root
