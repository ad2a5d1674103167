"""What Slack refuses in one block: the limits of docs.slack.dev/reference/block-kit, November 2026."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from evals.bench.fake_slack.rich_text import rich_text_faults

Block = Mapping[str, Any]

MARKDOWN_CHARS: Final = 12_000  # of one block, of all markdown blocks of a message, of markdown_text, of a chunk


def is_kind(block: Any, kind: str) -> bool:  # noqa: ANN401 - any JSON
    """Whether it is an object of this type."""
    return isinstance(block, Mapping) and block.get("type") == kind


def wrong_with(block: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """What is wrong with one block."""
    if not isinstance(block, Mapping):
        return ["is no object"]
    kind = block.get("type")
    if kind not in _BLOCKS:
        return [f"has the unknown type {kind!r}"]
    known, check = _BLOCKS[kind]
    faults = [f"{kind}: unknown field {name}" for name in block if name not in {"type", "block_id", *known}]
    if len(str(block.get("block_id") or "")) > 255:
        faults.append("block_id is longer than 255")
    return faults + [f"{kind}: {wrong}" for wrong in check(block)]


def _section(block: Block) -> list[str]:
    faults = []
    if not block.get("text") and not block.get("fields"):
        faults.append("has neither text nor fields")
    if "text" in block:
        faults += _text(block["text"], "text", 3000)
    fields = block.get("fields")
    if fields is not None:
        faults += _count(fields, "fields", 1, 10)
        faults += [wrong for field in fields for wrong in _text(field, "fields", 2000)]
    if "accessory" in block:
        faults += _element(block["accessory"], "accessory", _ACCESSORIES)
    return faults


def _context(block: Block) -> list[str]:
    elements = block.get("elements")
    faults = _count(elements, "elements", 1, 10)
    for element in elements or ():
        if is_kind(element, "image"):
            faults += _image(element)
        else:
            # The page of the context block names no limit; the text object's own is 3,000.
            faults += _text(element, "elements", 3000)
    return faults


def _actions(block: Block) -> list[str]:
    return _elements(block, 25, _INTERACTIVE)


def _context_actions(block: Block) -> list[str]:
    return _elements(block, 5, {"feedback_buttons", "icon_button"})


def _elements(block: Block, most: int, allowed: set[str]) -> list[str]:
    elements = block.get("elements")
    faults = _count(elements, "elements", 1, most)
    faults += [wrong for element in elements or () for wrong in _element(element, "elements", allowed)]
    ids = [element.get("action_id") for element in elements or () if isinstance(element, Mapping)]
    ids = [one for one in ids if one]
    return [*faults, "two elements have the same action_id"] if len(ids) != len(set(ids)) else faults


def _markdown(block: Block) -> list[str]:
    text = block.get("text")
    if not isinstance(text, str) or not text:
        return ["text is empty or no string"]
    return _longer(text, "text", MARKDOWN_CHARS)


def _header(block: Block) -> list[str]:
    return _text(block.get("text"), "text", 150, kinds={"plain_text"})


def _divider(_: Block) -> list[str]:
    return []


def _image(block: Block) -> list[str]:
    faults = [] if isinstance(block.get("alt_text"), str) and block["alt_text"] else ["alt_text is missing"]
    if not block.get("image_url") and not block.get("slack_file"):
        faults.append("has neither image_url nor slack_file")
    faults += _longer(block.get("image_url"), "image_url", 3000) + _longer(block.get("alt_text"), "alt_text", 2000)
    return faults + (_text(block["title"], "title", 2000, kinds={"plain_text"}) if "title" in block else [])


def _element(element: Any, where: str, allowed: set[str]) -> list[str]:  # noqa: ANN401 - any JSON
    if not isinstance(element, Mapping):
        return [f"{where} holds what is no object"]
    kind = str(element.get("type"))
    if kind not in allowed:
        return [f"{where} holds {kind}, which does not go there"]
    faults = _longer(element.get("action_id"), "action_id", 255)
    if "confirm" in element:
        faults += _confirm(element["confirm"])
    return [f"{kind}: {wrong}" for wrong in faults + (_ELEMENTS[kind](element) if kind in _ELEMENTS else [])]


def _button(element: Block) -> list[str]:
    faults = _text(element.get("text"), "text", 75, kinds={"plain_text"})
    faults += _longer(element.get("value"), "value", 2000) + _url(element.get("url"))
    faults += _longer(element.get("accessibility_label"), "accessibility_label", 75)
    if element.get("style") not in (None, "primary", "danger"):
        faults.append(f"style {element['style']!r} is none")
    return faults


def _feedback_buttons(element: Block) -> list[str]:
    faults = []
    for name in ("positive_button", "negative_button"):
        button = element.get(name)
        if not isinstance(button, Mapping):
            faults.append(f"{name} is missing")
            continue
        faults += _text(button.get("text"), f"{name}.text", 75, kinds={"plain_text"})
        faults += [] if button.get("value") else [f"{name}.value is missing"]
        faults += _longer(button.get("value"), f"{name}.value", 2000)
        faults += _longer(button.get("accessibility_label"), f"{name}.accessibility_label", 75)
    return faults


def _icon_button(element: Block) -> list[str]:
    faults = [] if element.get("icon") == "trash" else [f"icon {element.get('icon')!r} is none"]
    faults += _text(element.get("text"), "text", 75, kinds={"plain_text"})
    return faults + _longer(element.get("value"), "value", 2000)


def _overflow(element: Block) -> list[str]:
    return _count(element.get("options"), "options", 1, 5)


def _confirm(confirm: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if not isinstance(confirm, Mapping):
        return ["confirm is no object"]
    faults = []
    for name, most in (("title", 100), ("confirm", 30), ("deny", 30)):
        faults += _text(confirm.get(name), f"confirm.{name}", most, kinds={"plain_text"})
    return faults + _text(confirm.get("text"), "confirm.text", 300)


def _text(
    value: Any,  # noqa: ANN401 - any JSON
    where: str,
    most: int,
    *,
    kinds: frozenset[str] | set[str] = frozenset({"plain_text", "mrkdwn"}),
) -> list[str]:
    """What is wrong with a text object."""
    if not isinstance(value, Mapping) or value.get("type") not in kinds:
        return [f"{where} is no text object of {' or '.join(sorted(kinds))}"]
    faults = []
    allowed = {"type", "text", "emoji"} if value["type"] == "plain_text" else {"type", "text", "verbatim"}
    faults += [f"{where}.{name} does not go with {value['type']}" for name in value if name not in allowed]
    text = value.get("text")
    if not isinstance(text, str) or not text:
        return [*faults, f"{where}.text is empty or no string"]
    return faults + _longer(text, where, most)


def _url(value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if value is None:
        return []
    if not isinstance(value, str) or "://" not in value or any(one.isspace() for one in value):
        return [f"url {value!r} is none"]
    return _longer(value, "url", 3000)


def _longer(value: Any, where: str, most: int) -> list[str]:  # noqa: ANN401 - any JSON
    if value is None:
        return []
    if not isinstance(value, str):
        return [f"{where} is no string"]
    if not _is_text(value):
        return [f"{where} holds half a character"]
    return [f"{where} has {len(value)} characters of {most}"] if len(value) > most else []


def _is_text(value: str) -> bool:
    """Whether the text can be sent at all: JSON with half a surrogate pair is none."""
    return not any(0xD800 <= ord(one) <= 0xDFFF for one in value)


def _count(value: Any, where: str, least: int, most: int) -> list[str]:  # noqa: ANN401 - any JSON
    if not isinstance(value, Sequence) or isinstance(value, str):
        return [f"{where} is no list"]
    return [] if least <= len(value) <= most else [f"{where} has {len(value)} items, {least} to {most} may be"]


_INTERACTIVE: Final = {
    "button",
    "checkboxes",
    "channels_select",
    "conversations_select",
    "datepicker",
    "external_select",
    "multi_static_select",
    "overflow",
    "radio_buttons",
    "static_select",
    "timepicker",
    "users_select",
    "workflow_button",
}
_ACCESSORIES: Final = _INTERACTIVE | {"image"}
_ELEMENTS: Final[dict[str, Callable[[Block], list[str]]]] = {
    "button": _button,
    "feedback_buttons": _feedback_buttons,
    "icon_button": _icon_button,
    "image": _image,
    "overflow": _overflow,
}
# Each block's own fields, and what is wrong with it. Blocks that Hanmi has no use for are refused as unknown.
_BLOCKS: Final[dict[Any, tuple[set[str], Callable[[Block], list[str]]]]] = {
    "actions": ({"elements"}, _actions),
    "context": ({"elements"}, _context),
    "context_actions": ({"elements"}, _context_actions),
    "divider": (set(), _divider),
    "header": ({"text", "level"}, _header),
    "image": ({"alt_text", "image_url", "slack_file", "title"}, _image),
    "markdown": ({"text"}, _markdown),
    "rich_text": ({"elements"}, rich_text_faults),
    "section": ({"text", "fields", "accessory", "expand"}, _section),
}
