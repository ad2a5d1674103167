"""An answer's words as Slack's rich text, in which a number is a link and nothing else is more than its characters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from markdown_it.token import Token

from app.answers.schema import Answer, Citation
from app.render.parts import encoded_address, printable
from app.render.prose import MARKER_TOKEN, parse

Block = dict[str, Any]
BLOCK_BYTES: Final = 2_500  # of a block's JSON: most paragraphs stay in one, and several go into a message
_PIECE_CHARS: Final = 700  # of one run, of at most 2,100 bytes in Hangul; longer ones may be parted between blocks
_DEEPEST: Final = 8  # levels of indent, as many as Slack's own composer makes
_ADDRESS_CHARS: Final = 2_000  # longer addresses are no article's


def weight(block: Block) -> int:
    """Bytes of the block's JSON in UTF-8: the most that Slack could count of it."""
    return len(json.dumps(block, ensure_ascii=False, separators=(",", ":")).encode())


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
    """The answer's text: a block for each paragraph, quotation and list, in order; [] for none."""
    cited = {citation.number: citation for citation in answer.citations}
    blocks: list[Block] = []
    for element in _elements(parse(printable(answer.text)), cited):
        if not (blocks and _goes_on(blocks[-1], element)):
            blocks.append(rich_text([element]))
    return blocks


def words_of(blocks: Sequence[Block]) -> str:
    """The words of the blocks without their looks, a line for each paragraph, quotation and item."""
    return "\n".join(
        "".join(run["text"] for run in element["elements"]) for block in blocks for element in _paragraphs(block)
    )


def _paragraphs(block: Block) -> Iterator[Block]:
    for element in block["elements"]:
        yield from element["elements"] if element["type"] == "rich_text_list" else (element,)


def _goes_on(block: Block, item: Block) -> bool:
    """Whether the item went into the block, a list that it goes on with."""
    last = block["elements"][-1]
    if last["type"] != "rich_text_list" or item["type"] != "rich_text_list":
        return False
    if weight(block) + weight(item) > BLOCK_BYTES:
        return False
    if all(last[name] == item[name] for name in ("style", "indent")):
        last["elements"] += item["elements"]
    else:
        block["elements"].append(item)
    return True


def _pieces(text: str, **style: bool) -> list[Block]:
    return [plain(text[at : at + _PIECE_CHARS], **style) for at in range(0, len(text), _PIECE_CHARS)]


def _split(runs: Sequence[Block]) -> Iterator[list[Block]]:
    """The runs in parts that fit a block each."""
    part: list[Block] = []
    for run in runs:
        if part and weight(section([*part, run])) > BLOCK_BYTES:
            yield part
            part = []
        part.append(run)
    if part:
        yield part


def _elements(tokens: Sequence[Token], cited: Mapping[int, Citation]) -> Iterator[Block]:
    """A section for each paragraph, a quotation for each of one, a list for each item of one."""
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
                    yield _item(runs, lists, number)
                else:
                    yield {**section(runs), "type": "rich_text_quote"} if quoted else section(runs)


def _item(runs: Sequence[Block], lists: Sequence[str], number: int) -> Block:
    offset = {"offset": number - 1} if lists[-1] == "ordered" and number > 1 else {}
    indent = min(len(lists) - 1, _DEEPEST)
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
