"""What an answer becomes on page, export, terminal and in Slack: nothing that fetches, links, mentions or formats.

Links to the articles' own addresses, and to the quotations on the same page, are meant; whatever else a surface would
make of an article's or a model's words is a fault.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from app.answers.schema import Answer
from app.export import export
from app.render import answer_lines, to_html, to_markdown, to_terminal, to_text, web_address
from app.render.parts import encoded_address
from app.render.slack import Buttons, answer_messages, claim_text

_TAGS: Final = frozenset(
    (
        *("article", "p", "span", "div", "sup", "a", "ol", "ul", "li", "h1", "h2", "h3", "blockquote", "mark"),
        *("em", "strong", "br", "html", "head", "meta", "title", "style", "body"),
    )
)
_ATTRIBUTES: Final = frozenset(
    (
        *("class", "lang", "id", "href", "aria-label", "aria-hidden", "title", "tabindex", "target", "rel"),
        *("start", "charset", "http-equiv", "content", "name", "data-article", "data-sha256", "data-start"),
        "data-end",
    )
)
_LIVE: Final = ("link_open", "image", "html_inline", "html_block", "fence", "code_block", "code_inline", "table_open")
_HEADINGS: Final = ("heading_open", "s_open")
_STYLED: Final = re.compile(r"\x1b\[[\d;]*m")
_LINKED: Final = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLOCKS: Final = frozenset(
    (
        *("rich_text", "rich_text_section", "rich_text_quote", "rich_text_list", "text", "link", "context"),
        *("plain_text", "actions", "button", "context_actions", "feedback_buttons", "icon_button"),
    )
)
_MENTIONS: Final = re.compile(r"<[!@#]|<https?:")
_ADDRESSES: Final = re.compile(r"https?://")


def surface_faults(answer: Answer, claims: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each surface with what is wrong on it; ``claims``: the events while it was written."""
    own = {address for one in (*answer.citations, *answer.nearest) if (address := web_address(one.url))}
    own |= {address for one in (*answer.citations, *answer.nearest) if (address := encoded_address(one.url))}
    yield from (f"page: {fault}" for fault in _html_faults(to_html(answer, places=True), own))
    yield from (f"export: {fault}" for fault in _html_faults(export("html", [answer]), own))
    yield from (f"Markdown: {fault}" for fault in _markdown_faults(to_markdown(answer, places=True), own))
    yield from (f"terminal: {fault}" for fault in _terminal_faults(answer, own))
    yield from (f"Slack: {fault}" for fault in _slack_faults(answer, own))
    for at, claim in enumerate(claims):
        told = claim_text(claim, first=not at)
        yield from (f"Slack's stream: {fault}" for fault in _markdown_faults(told, set()))
        if _MENTIONS.search(told) or _ADDRESSES.search(told):
            yield "Slack's stream: it mentions or links"


class _Page(HTMLParser):
    def __init__(self, own: set[str]) -> None:
        super().__init__()
        self.own = own
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.faults.append(f"the element {tag}")
        for name, value in attrs:
            if name not in _ATTRIBUTES:
                self.faults.append(f"the attribute {name}")
            if name == "href" and not (value or "").startswith("#") and value not in self.own:
                self.faults.append(f"a link to {value}")


def _html_faults(page: str, own: set[str]) -> list[str]:
    reader = _Page(own)
    reader.feed(page)
    reader.close()
    return reader.faults


def _markdown_faults(text: str, own: set[str]) -> Iterator[str]:
    for token in _flat(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)):
        if token.type == "link_open" and token.attrs.get("href") in own:
            continue
        if token.type in _LIVE or token.type in _HEADINGS:
            yield f"{token.type.removesuffix('_open')} {token.attrs.get('href', token.content)}".strip()


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _terminal_faults(answer: Answer, own: set[str]) -> Iterator[str]:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system="truecolor", highlight=False)
    with console.capture() as shown:
        console.print(to_terminal(answer_lines(answer)))
    for target in _LINKED.findall(shown.get()):
        if target and target not in own:
            yield f"a link to {target}"
    plain = _STYLED.sub("", _LINKED.sub("", shown.get()))
    if found := _CONTROL.search(plain + to_text(answer_lines(answer))):
        yield f"the control character {found[0]!r}"


def _slack_faults(answer: Answer, own: set[str]) -> Iterator[str]:
    for message in answer_messages(answer, public_url="", buttons=Buttons(), question=True):
        if _MENTIONS.search(message.text) or _ADDRESSES.search(message.text):
            yield "its notification mentions or links"
        for block in message.blocks:
            yield from _block_faults(block, own)


def _block_faults(block: Mapping[str, Any], own: set[str]) -> Iterator[str]:
    if block.get("type") not in _BLOCKS:
        yield f"a block of the type {block.get('type')}"
    if block.get("type") == "link" and block.get("url") not in own:
        yield f"a link to {block.get('url')}"
    for each in block.get("elements", ()):
        yield from _block_faults(each, own)
