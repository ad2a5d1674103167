"""An answer's words as Slack's rich text, in which a number is a link and nothing else is more than its characters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from markdown_it.token import Token

from app.answers.schema import Answer, Citation
from app.labels import LABELS
from app.render.parts import encoded_address, printable
from app.render.prose import MARKER_TOKEN, parse

Block = dict[str, Any]
WARNING: Final = "⚠"
BLOCK_CHARS: Final = 2_500  # of a block's JSON: most paragraphs stay in one, and several go into a message
_PIECE_CHARS: Final = 1_500  # of one text, where a sentence is longer than that
_ADDRESS_CHARS: Final = 2_000  # longer addresses are no article's
_MARKER = re.compile(r" ?\[\d{1,3}\]")
_ESCAPED = re.compile(r"\\([^\sA-Za-z0-9])")


def weight(block: Block) -> int:
    """Characters of the block's JSON: the most that Slack could count of it."""
    return len(json.dumps(block, ensure_ascii=False, separators=(",", ":")))


def rich_text(elements: Sequence[Block]) -> Block:
    """A block of sections, lists and quotations."""
    return {"type": "rich_text", "elements": list(elements)}


def section(runs: Sequence[Block]) -> Block:
    """A paragraph of ``plain``, ``bold``, ``italic`` and ``linked`` runs; neighbours of one kind become one."""
    merged: list[Block] = []
    for run in runs:
        if merged and run["type"] == merged[-1]["type"] == "text" and run.get("style") == merged[-1].get("style"):
            merged[-1] = {**run, "text": merged[-1]["text"] + run["text"]}
        else:
            merged.append(run)
    return {"type": "rich_text_section", "elements": merged}


def plain(text: str, **style: bool) -> Block:
    """A run of text, shown as it is; ``style``: bold, italic."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def bold(text: str) -> Block:
    """A run of bold text."""
    return plain(text, bold=True)


def italic(text: str) -> Block:
    """A run of italic text."""
    return plain(text, italic=True)


def linked(citation: Citation, text: str, **style: bool) -> Block:
    """The text with a link to the citation's article; plain where that has no address that may be linked."""
    address = encoded_address(citation.url)
    if address is None or len(address) > _ADDRESS_CHARS:
        return plain(text, **style)
    return {**plain(text, **style), "type": "link", "url": address}


def prose_blocks(answer: Answer) -> list[Block]:
    """The answer's text in paragraphs, a block each; of its claims where it has some, as they are streamed."""
    cited = {citation.number: citation for citation in answer.citations}
    if not answer.claims:
        return list(_blocks(parse(printable(answer.text)), cited))
    unsupported = f" {WARNING} {LABELS[answer.language]['unsupported']}"
    paragraphs: list[list[Block]] = []
    for claim, begins in zip(answer.claims, _begins_paragraph(answer), strict=True):
        if begins:
            paragraphs.append([])
        space = " " if paragraphs[-1] else ""
        paragraphs[-1] += _pieces(space + " ".join(printable(claim.text).split()))
        paragraphs[-1] += [run for number in claim.citations for run in _marker(number, cited)]
        paragraphs[-1] += [italic(unsupported)] if claim.support == "unsupported" else []
    return [rich_text([section(runs)]) for paragraph in paragraphs for runs in _split(paragraph)]


def _begins_paragraph(answer: Answer) -> list[bool]:
    """For each claim whether there is a blank line before it in the answer's text; True for the first."""
    text = _MARKER.sub("", _ESCAPED.sub(r"\1", answer.text))
    begins: list[bool] = []
    end = 0
    for claim in answer.claims:
        at = text.find(claim.text, end)
        begins.append(not begins or (at >= 0 and "\n\n" in text[end:at]))
        end = at + len(claim.text) if at >= 0 else end
    return begins


def _marker(number: int, cited: Mapping[int, Citation]) -> Iterator[Block]:
    yield plain(" ")
    yield linked(cited[number], f"[{number}]") if number in cited else plain(f"[{number}]")


def _pieces(text: str, **style: bool) -> list[Block]:
    return [plain(text[at : at + _PIECE_CHARS], **style) for at in range(0, len(text), _PIECE_CHARS)]


def _split(runs: Sequence[Block]) -> Iterator[list[Block]]:
    """The runs in parts that fit a block each."""
    part: list[Block] = []
    for run in runs:
        if part and weight(section([*part, run])) > BLOCK_CHARS:
            yield part
            part = []
        part.append(run)
    if part:
        yield part


def _blocks(tokens: Sequence[Token], cited: Mapping[int, Citation]) -> Iterator[Block]:
    """A block for each paragraph, quotation and item of a list, in order."""
    lists: list[str] = []
    quoted, number = 0, 1
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append("bullet" if token.type == "bullet_list_open" else "ordered")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type in ("blockquote_open", "blockquote_close"):
            quoted += token.nesting
        elif token.type == "list_item_open":
            number = int(token.info or 1)
        elif token.type == "inline":
            for runs in _split(_runs(token.children or [], cited)):
                if lists:
                    yield rich_text([_item(runs, lists, number)])
                else:
                    yield rich_text([{**section(runs), "type": "rich_text_quote"} if quoted else section(runs)])


def _item(runs: Sequence[Block], lists: Sequence[str], number: int) -> Block:
    offset = {"offset": number - 1} if lists[-1] == "ordered" and number > 1 else {}
    indent = len(lists) - 1
    return {"type": "rich_text_list", "style": lists[-1], "indent": indent, **offset, "elements": [section(runs)]}


def _runs(tokens: Sequence[Token], cited: Mapping[int, Citation]) -> list[Block]:
    runs: list[Block] = []
    style: dict[str, bool] = {}
    for token in tokens:
        if token.type == MARKER_TOKEN:
            number = int(token.content)
            runs.append(linked(cited[number], f"[{number}]") if number in cited else plain(f"[{number}]"))
        elif token.nesting:
            name = "bold" if token.tag == "strong" else "italic"
            style = {**style, name: True} if token.nesting > 0 else {k: v for k, v in style.items() if k != name}
        else:
            runs += _pieces("\n" if token.type in ("softbreak", "hardbreak") else token.content, **style)
    return runs
