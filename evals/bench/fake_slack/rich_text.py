"""What Slack refuses in a ``rich_text`` block (docs.slack.dev/reference/block-kit, November 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_STYLES: Final = {"bold", "italic", "strike", "code", "underline"}
_BORDER: Final = {0, 1}
_HOLDERS: Final[Mapping[str, set[str]]] = {
    "rich_text_section": set(),
    "rich_text_quote": {"border"},
    "rich_text_preformatted": {"border", "language"},
    "rich_text_list": {"style", "indent", "offset", "border"},
}
# Elements of a holder: the field each needs, and the others it may have.
_RUNS: Final[Mapping[str, tuple[str, set[str]]]] = {
    "broadcast": ("range", set()),
    "channel": ("channel_id", {"style"}),
    "color": ("value", set()),
    "date": ("timestamp", {"format", "url", "fallback"}),
    "emoji": ("name", {"unicode", "skin_tone"}),
    "link": ("url", {"text", "style", "unsafe"}),
    "text": ("text", {"style"}),
    "user": ("user_id", {"style"}),
    "usergroup": ("usergroup_id", {"style"}),
}


def rich_text_faults(block: Mapping[str, Any]) -> list[str]:
    """What is wrong with it; [] for nothing."""
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        return ["elements is no list or empty"]
    return [wrong for element in elements for wrong in _holder(element)]


def _holder(element: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if not isinstance(element, Mapping) or element.get("type") not in _HOLDERS:
        return [f"{_kind(element)} stands in no rich_text"]
    kind = element["type"]
    faults = [f"{kind}: unknown field {name}" for name in element.keys() - {"type", "elements"} - _HOLDERS[kind]]
    if element.get("border", 0) not in _BORDER:
        faults.append(f"{kind}: border {element['border']!r}")
    inner = element.get("elements")
    if not isinstance(inner, list):
        return [*faults, f"{kind}: elements is no list"]
    if kind != "rich_text_list":
        return faults + [f"{kind}: {wrong}" for run in inner for wrong in _run(run)]
    if element.get("style") not in ("bullet", "ordered"):
        faults.append(f"{kind}: style {element.get('style')!r}")
    for name, most in (("indent", 8), ("offset", 1_000_000)):
        value = element.get(name, 0)
        if not isinstance(value, int) or not 0 <= value <= most:
            faults.append(f"{kind}: {name} {value!r}")
    for item in inner:
        if not isinstance(item, Mapping) or item.get("type") != "rich_text_section":
            faults.append(f"{kind}: {_kind(item)} is no item")
        else:
            faults += _holder(item)
    return faults


def _run(run: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if not isinstance(run, Mapping) or run.get("type") not in _RUNS:
        return [f"{_kind(run)} is no element of text"]
    kind = run["type"]
    needed, others = _RUNS[kind]
    faults = [f"{kind}: unknown field {name}" for name in run.keys() - {"type", needed} - others]
    if not run.get(needed):
        faults.append(f"{kind}: {needed} is missing or empty")
    text = run.get("text", "")
    if not isinstance(text, str) or any(0xD800 <= ord(one) <= 0xDFFF for one in text):
        faults.append(f"{kind}: text is none")
    style = run.get("style", {})
    if not isinstance(style, Mapping) or style.keys() - _STYLES or set(map(type, style.values())) - {bool}:
        faults.append(f"{kind}: style {style!r}")
    if kind == "link" and ("://" not in str(run.get("url")) or len(str(run.get("url"))) > 3000):
        faults.append(f"url {str(run.get('url'))[:80]!r} is none")
    return faults


def _kind(element: Any) -> str:  # noqa: ANN401 - any JSON
    return str(element.get("type")) if isinstance(element, Mapping) else repr(element)
