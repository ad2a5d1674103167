"""What Slack's rich text may hold, which the limits of blocks (evals/bench/fake_slack/limits.py) do not go into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from app.render.slack_prose import Block

_RUN = {"text": {"type", "text", "style"}, "link": {"type", "text", "style", "url"}}
_HOLDERS = {
    "rich_text_section": {"type", "elements"},
    "rich_text_quote": {"type", "elements"},
    "rich_text_list": {"type", "elements", "style", "indent", "offset"},
}


def rich_text_faults(blocks: Sequence[Block]) -> list[str]:
    """What is wrong with the rich text of the blocks; [] for none."""
    return [fault for block in blocks if block["type"] == "rich_text" for fault in _faults(block["elements"], top=True)]


def _faults(elements: Sequence[Block], *, top: bool = False) -> Iterator[str]:
    if not elements:
        yield "nothing in it"
    for element in elements:
        kind = element["type"]
        if (top and kind not in _HOLDERS) or (not top and kind not in {*_RUN, "rich_text_section"}):
            yield f"{kind} does not go there"
        elif unknown := element.keys() - _HOLDERS.get(kind, set()) - _RUN.get(kind, set()):
            yield f"{kind} with {unknown}"
        elif kind in _RUN:
            yield from _run_faults(element)
        else:
            yield from _faults(element["elements"])


def _run_faults(run: Block) -> Iterator[str]:
    if not run["text"] or any(0xD800 <= ord(char) <= 0xDFFF for char in run["text"]):
        yield f"text {run['text']!r}"
    if len(run["text"]) > 3000:
        yield "3,000 characters"
    if run.get("style", {"bold": True}).keys() - {"bold", "italic"}:
        yield f"style {run['style']}"
    if run["type"] == "link":
        address = urlsplit(run["url"])
        if address.scheme not in ("http", "https") or not run["url"].isascii() or len(run["url"]) > 3000:
            yield f"url {run['url']}"


def shown(blocks: Sequence[Block]) -> str:
    """Every text of the blocks that a reader sees, a line each for sections, quotations and items."""
    return "\n".join(line for block in blocks for line in _lines(block))


def links(blocks: Sequence[Block]) -> list[tuple[str, str]]:
    """Text and address of every link, in order."""
    return [
        (element["text"], element["url"])
        for block in blocks
        for element in _walk(block)
        if element.get("type") == "link"
    ]


def _lines(block: Block) -> Iterator[str]:
    if block["type"] == "context":
        yield " ".join(element["text"] for element in block["elements"])
    elif block["type"] == "rich_text":
        for element in _walk(block):
            if element["type"] in ("rich_text_section", "rich_text_quote"):
                yield "".join(run["text"] for run in element["elements"])


def _walk(element: Block) -> Iterator[Block]:
    yield element
    for inner in element.get("elements", ()):
        yield from _walk(inner)
