"""The Web API's methods over the fake workspace: what each answers, and why it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from evals.bench.fake_slack import streams
from evals.bench.fake_slack.limits import VIEW_BLOCKS, block_faults, message_faults, update_faults
from evals.bench.fake_slack.lookups import (
    Args,
    Refused,
    needed,
    own_message,
    readable,
    refuse_faults,
    thread_of,
    writable,
)
from evals.bench.fake_slack.workspace import BOT, BOT_USER, TEAM, ChannelKind, Message, Workspace

HISTORY: Final[Mapping[ChannelKind, str]] = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ: Final[Mapping[ChannelKind, str]] = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


class Method(NamedTuple):
    """A method of the Web API."""

    run: Callable[[Workspace, Args], dict[str, Any]]
    scope: str | Mapping[ChannelKind, str] = ""  # by the channel's kind where that decides
    token: str = "xoxb-"  # what the token begins with


def scope_of(method: Method, workspace: Workspace, args: Args) -> str:
    """The scope that this call takes; "" for none."""
    if isinstance(method.scope, str):
        return method.scope
    channel = workspace.channels.get(args.get("channel", ""))
    return method.scope[channel.kind] if channel else ""


def _auth_test(_: Workspace, __: Args) -> dict[str, Any]:
    return {
        "url": "https://fake.slack.com/",
        "team": "Fake",
        "user": "hanmi",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def _post_message(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = writable(workspace, args)
    refuse_faults(message_faults(args.get("text"), args.get("blocks"), args.get("markdown_text")))
    message = workspace.write(
        channel.id,
        BOT_USER,
        args.get("text") or args.get("markdown_text") or "",
        blocks=args.get("blocks") or [],
        thread_ts=thread_of(workspace, channel, args),
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def _post_ephemeral(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = writable(workspace, args)
    user = needed(args, "user")
    if user not in workspace.users:
        raise Refused("user_not_in_channel")
    refuse_faults(message_faults(args.get("text"), args.get("blocks"), args.get("markdown_text")))
    message = workspace.write(
        channel.id,
        BOT_USER,
        args.get("text") or args.get("markdown_text") or "",
        blocks=args.get("blocks") or [],
        thread_ts=thread_of(workspace, channel, args),
        only_for=user,
    )
    return {"message_ts": message.ts}


def _update(workspace: Workspace, args: Args) -> dict[str, Any]:
    message = own_message(workspace, args, "cant_update_message")
    text, blocks = args.get("text"), args.get("blocks")
    refuse_faults(update_faults(text, blocks, args.get("markdown_text")))
    streams.refuse_streaming(workspace, message)
    message.text = text or args.get("markdown_text") or ""
    # Blocks that are not said again go: text alone replaces them.
    message.blocks = blocks or []
    message.tasks, message.stream, message.edited = [], None, True
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.as_json()}


def _delete(workspace: Workspace, args: Args) -> dict[str, Any]:
    message = own_message(workspace, args, "cant_delete_message")
    del workspace.messages[message.channel, message.ts]
    return {"channel": message.channel, "ts": message.ts}


def _set_status(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = writable(workspace, args, "channel_id")
    if "status" not in args:
        raise Refused("invalid_arguments", "status is missing")
    thread = thread_of(workspace, channel, {"thread_ts": needed(args, "thread_ts")})
    if len(args.get("loading_messages") or ()) > 10:
        raise Refused("invalid_arguments", "more than 10 loading_messages")
    assert thread is not None
    workspace.statuses[channel.id, thread] = args["status"]
    if not args["status"]:
        del workspace.statuses[channel.id, thread]
    return {}


def _set_suggested_prompts(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = writable(workspace, args, "channel_id")
    prompts = args.get("prompts")
    if channel.kind != "im" or not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise Refused("invalid_arguments", "one to four prompts in a direct message")
    for prompt in prompts:
        if not prompt.get("title") or not prompt.get("message"):
            raise Refused("invalid_arguments", "a prompt without title or message")
    workspace.prompts.append(dict(args))
    return {}


def _info(workspace: Workspace, args: Args) -> dict[str, Any]:
    return {"channel": readable(workspace, args).as_json()}


def _replies(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = readable(workspace, args)
    if not channel.member:
        raise Refused("not_in_channel")
    messages = workspace.thread(channel.id, needed(args, "ts"))
    if not messages:
        raise Refused("thread_not_found")
    return _page(messages, args)


def _history(workspace: Workspace, args: Args) -> dict[str, Any]:
    channel = readable(workspace, args)
    if not channel.member:
        raise Refused("not_in_channel")
    messages = [one for one in workspace.said(channel.id) if one.thread_ts is None]
    return _page(messages[::-1], args)


def _page(messages: list[Message], args: Args) -> dict[str, Any]:
    """Those between ``oldest`` and ``latest``, so many at a time."""
    inclusive = str(args.get("inclusive", "")).lower() in {"1", "true"}
    low, high = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    kept = [one for one in messages if low < float(one.ts) < high or (inclusive and float(one.ts) in {low, high})]
    start, limit = int(args.get("cursor") or 0), int(args.get("limit") or 1000)
    more = start + limit < len(kept)
    told: dict[str, Any] = {"messages": [one.as_json() for one in kept[start : start + limit]], "has_more": more}
    return told | ({"response_metadata": {"next_cursor": str(start + limit)}} if more else {})


def _user_info(workspace: Workspace, args: Args) -> dict[str, Any]:
    user = workspace.users.get(needed(args, "user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user.as_json()}


def _reaction(workspace: Workspace, args: Args) -> tuple[Message, str]:
    channel = readable(workspace, args)
    message = workspace.messages.get((channel.id, args.get("timestamp", "")))
    if message is None or message.only_for is not None:
        raise Refused("message_not_found")
    name = needed(args, "name")
    if name.startswith(":"):
        raise Refused("invalid_name")
    return message, name


def _add_reaction(workspace: Workspace, args: Args) -> dict[str, Any]:
    message, name = _reaction(workspace, args)
    if name in message.reactions:
        raise Refused("already_reacted")
    message.reactions.add(name)
    return {}


def _remove_reaction(workspace: Workspace, args: Args) -> dict[str, Any]:
    message, name = _reaction(workspace, args)
    if name not in message.reactions:
        raise Refused("no_reaction")
    message.reactions.remove(name)
    return {}


def _open_view(workspace: Workspace, args: Args) -> dict[str, Any]:
    if needed(args, "trigger_id") not in workspace.triggers:
        raise Refused("invalid_trigger_id")
    workspace.triggers.discard(args["trigger_id"])
    view = args.get("view")
    if not isinstance(view, Mapping) or view.get("type") not in {"modal", "home"}:
        raise Refused("invalid_arguments", "no view")
    title = (view.get("title") or {}).get("text") or ""
    if not 1 <= len(title) <= 24:
        raise Refused("invalid_arguments", "title of 1 to 24 characters")
    refuse_faults(block_faults(view.get("blocks") or (), most=VIEW_BLOCKS))
    workspace.views.append(dict(view))
    return {"view": {"id": workspace.new_id("V"), **view}}


METHODS: Final[Mapping[str, Method]] = {
    "auth.test": Method(_auth_test, token="xox"),
    "assistant.threads.setStatus": Method(_set_status, "assistant:write"),
    "assistant.threads.setSuggestedPrompts": Method(_set_suggested_prompts, "assistant:write"),
    "chat.appendStream": Method(streams.append, "chat:write"),
    "chat.delete": Method(_delete, "chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, "chat:write"),
    "chat.postMessage": Method(_post_message, "chat:write"),
    "chat.startStream": Method(streams.start, "chat:write"),
    "chat.stopStream": Method(streams.stop, "chat:write"),
    "chat.update": Method(_update, "chat:write"),
    "conversations.history": Method(_history, HISTORY),
    "conversations.info": Method(_info, READ),
    "conversations.replies": Method(_replies, HISTORY),
    "reactions.add": Method(_add_reaction, "reactions:write"),
    "reactions.remove": Method(_remove_reaction, "reactions:write"),
    "users.info": Method(_user_info, "users:read"),
    "views.open": Method(_open_view),
}
