"""A raw text becomes clean prose with marks; what is left out is counted.

The words of an article are never changed, added to or reordered. What goes is a closed list (see Removals); all else
that goes is markup: signs, tags, addresses behind links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from ingest.articles import Mark
from ingest.blocks import MAX_HEADING_WORDS, Block, finish_block, markdown_blocks
from ingest.characters import HARD_BREAK, plain_characters
from ingest.inline import clean_inline, hide_escapes
from ingest.remnants import html_blocks_as_lines, without_comments, without_struck_out
from ingest.speakers import closes_transcript, opens_turn, speaker_name, turn_labels
from ingest.wrapping import plain_blocks

_WORD = re.compile(r"\w+")
_CAPTION = re.compile(r"(?:Caption|Photo caption|사진 설명|사진설명) ?:", re.I)
# What shows that a text without markup was Markdown or HTML once.
_REMNANT = re.compile(
    r"<!--|</?(?:a|b|br|del|div|em|h[1-6]|i|li|p|s|span|strike|strong|su[bp]|t[dr]|u)\b[^<>]{0,500}>|\*\*\S|~~\S|\]\(https?:"
    r"|&(?:amp|nbsp|quot|lt|gt|apos|[lr][sd]quo|[mn]dash|hellip|#\d{2,5});",
    re.I,
)
_GLUED = re.compile(
    r"(?<![\w@/.#&=?-])(?:([Tt]he|[Tt]his|[Tt]hese|[Uu]nder|[Ii]n|[Ff]or|[Ww]ith|[Aa]nd|[Oo]ur|of|by|from|to|that)([A-Z][a-z]{2,})"
    r"|(This|These|There)([a-z]{4,}))(?![\w@/])"
)
_TITLE_REACH = 6  # blocks at the top of a text among which its own title may stand again


@dataclass(frozen=True)
class Removals:
    """How many words were left out of a text, by reason; the reasons are these and no others."""

    struck_out: int = 0  # <s>…</s>, <del>…</del>, ~~…~~
    comments: int = 0  # <!-- … -->, a word processor's comments
    boilerplate: int = 0  # a page's navigation, footers, running heads
    repeated_title: int = 0  # the title again at the top of the text

    def __add__(self, other: Removals) -> Removals:
        mine, theirs = asdict(self), asdict(other)
        return Removals(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def total(self) -> int:
        """All words left out."""
        return sum(asdict(self).values())

    def __str__(self) -> str:
        """What is not zero, as in "3 struck out, 2 repeated title"; "nothing" where all is."""
        counts = (f"{count} {name.replace('_', ' ')}" for name, count in asdict(self).items() if count)
        return ", ".join(counts) or "nothing"


@dataclass(frozen=True)
class Cleaned:
    """A clean text: paragraphs parted by a blank line, list items by a line break, single spaces inside."""

    text: str
    marks: tuple[Mark, ...] = ()  # in the order of start
    removals: Removals = field(default_factory=Removals)
    title: str | None = None  # what the text itself gives as its title: a heading, or a short line, at its top


def clean_line(text: str) -> str:
    """A title, a name or another single line without markup and with plain characters."""
    line = clean_inline(hide_escapes(plain_characters(text)))
    return " ".join(re.sub("[\ue001\ue002]", "", line.replace(HARD_BREAK, " ")).split())


def clean_markdown(raw: str, title: str | None = None) -> Cleaned:
    """Markdown, with whatever HTML is left in it, as clean prose; "" for a text without a word.

    Where ``title`` stands again at the top of the text, it is left out there.
    """
    text = plain_characters(raw, hard_breaks=True)
    text, comments = without_comments(text)
    text = hide_escapes(text)
    text, struck_out = without_struck_out(text)
    blocks = markdown_blocks(html_blocks_as_lines(text))
    return assemble(blocks, title, Removals(struck_out=struck_out, comments=comments))


def clean_plain(raw: str, title: str | None = None) -> Cleaned:
    """Text without markup as clean prose; hard wraps are undone, and what is left of HTML or Markdown goes."""
    text = plain_characters(raw)
    if not _REMNANT.search(text):
        return assemble(plain_blocks(text), title, Removals())
    text, comments = without_comments(text)
    text, struck_out = without_struck_out(hide_escapes(text))
    wrapped = plain_blocks(html_blocks_as_lines(text))
    rows = [replace(block, kind="item") if block.text.startswith("| ") else block for block in wrapped]
    blocks = [done for block in rows for done in finish_block(block.kind, clean_inline(block.text.lstrip("| ")))]
    return assemble(blocks, title, Removals(struck_out=struck_out, comments=comments))


def assemble(blocks: Sequence[Block], title: str | None, removals: Removals) -> Cleaned:
    """The text of the blocks with its marks, without its title at the top.

    Without a ``title`` from elsewhere a heading that opens the text is the title. A short line that opens it may be
    one, so it stays in the text too.
    """
    title = title or (blocks[0].text if blocks and blocks[0].kind == "heading" else None)
    kept, repeated = _without_title(_one_turn_each(_whole_sentences(_spaced(blocks))), title)
    removals = replace(removals, repeated_title=removals.repeated_title + repeated)
    text, starts = _joined(kept)
    marks = [
        Mark(block.kind, start, start + len(block.text))
        for block, start in zip(kept, starts, strict=True)
        if block.kind in ("heading", "caption")
    ]
    marks += _speaker_marks(kept, starts, title or "", text)
    return Cleaned(
        text, tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end))), removals, title or _first_line(kept)
    )


def _first_line(blocks: Sequence[Block]) -> str | None:
    line = blocks[0].text if len(blocks) > 1 and blocks[0].kind == "paragraph" else ""
    short = 1 < len(line.split()) <= MAX_HEADING_WORDS and "\n" not in line
    return line if short and not re.search(r"[.:;,]$", line) else None


def _joined(blocks: Sequence[Block]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    for place, block in enumerate(blocks):
        if place:
            gap = "\n" if block.kind == blocks[place - 1].kind == "item" else "\n\n"
            pieces.append(gap)
            at += len(gap)
        starts.append(at)
        pieces.append(block.text)
        at += len(block.text)
    return "".join(pieces), starts


def _spaced(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with "ourQuad" and "Thisincludes" as two words, where the rest stands alone elsewhere in the text."""
    words = frozenset(word for block in blocks for word in _WORD.findall(block.text))

    def parted(found: re.Match[str]) -> str:
        rest = found[2] or found[4]
        return f"{found[1] or found[3]} {rest}" if rest in words else found[0]

    return [replace(block, text=_GLUED.sub(parted, block.text)) for block in blocks]


def _whole_sentences(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with a sentence that a stray blank line cut in two put together again."""
    whole: list[Block] = []
    for block in blocks:
        last = whole[-1] if whole else None
        if (
            last
            and last.kind == block.kind == "paragraph"
            and re.match("[a-z]", block.text)
            and re.search(r"[\w,’]$", last.text)
        ):
            whole[-1] = replace(last, text=f"{last.text} {block.text}")
        else:
            whole.append(block)
    return whole


def _one_turn_each(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with every speaker's turn in a block of its own, and captions known as such."""
    parts: list[Block] = []
    for block in blocks:
        if block.kind == "paragraph" and _CAPTION.match(block.text):
            parts.append(replace(block, kind="caption"))
        elif block.kind == "paragraph" and "\n" in block.text:
            lines: list[str] = []
            for line in block.text.split("\n"):
                if lines and opens_turn(line):
                    parts.append(Block("paragraph", "\n".join(lines)))
                    lines = []
                lines.append(line)
            parts.append(Block("paragraph", "\n".join(lines)))
        else:
            parts.append(block)
    return parts


def _without_title(blocks: list[Block], title: str | None) -> tuple[list[Block], int]:
    """The blocks without the title at their top, and how many words that was."""
    wanted = _WORD.findall((title or "").casefold())
    if not wanted:
        return blocks, 0
    repeated = {
        place
        for place, block in enumerate(blocks[:_TITLE_REACH])
        if block.kind != "item" and _WORD.findall(block.text.casefold()) == wanted
    }
    return [block for place, block in enumerate(blocks) if place not in repeated], len(repeated) * len(wanted)


def _speaker_marks(blocks: Sequence[Block], starts: Sequence[int], title: str, text: str) -> list[Mark]:
    """One mark a turn, from its label to the end of the last paragraph before the next turn."""
    labels = turn_labels([block.text.split("\n", 1)[0] if block.kind == "paragraph" else "" for block in blocks])
    names = {label: speaker_name(label, title, text) for label in set(labels.values())}
    marks: list[Mark] = []
    open_since: int | None = None
    for place, block in enumerate(blocks):
        if place in labels:
            open_since = place
        elif closes_transcript(block.text) or block.kind in ("heading", "caption"):
            open_since = None
        if open_since is None:
            continue
        mark = Mark("speaker", starts[open_since], starts[place] + len(block.text), names[labels[open_since]])
        if open_since != place:
            marks.pop()
        marks.append(mark)
    return marks
