"""Re-checks an export against the index: does each quotation still stand where the file says?

And do the answers say what they quote? A sentence that is nearly a quotation and not quite was changed by somebody,
unless a model wrote the answer: its sentences are its own, and were checked when they were written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from typing import Any, NamedTuple

from app.answers.parsing import parse_answer
from app.answers.schema import Answer
from app.errors import BadInput
from app.labels import LABELS, SHAPES
from app.render import printable
from ingest.articles import Article

_PLACE = re.compile(
    r"^(?:\s*)> (?:article|기사) (?P<article>.+), (?:characters|글자) (?P<start>\d+)–(?P<end>\d+), "
    r"SHA-256 (?P<sha256>[0-9a-f]{64})\s*$"
)
_QUOTED = re.compile(r"^\s*> (?P<words>.*)$")
# An answer's status line, and such a line where a model wrote the answer (app.render.markdown).
_STATUS = re.compile(rf"\*[{''.join(SHAPES.values())}] ")
_WRITTEN = re.compile(
    rf"{_STATUS.pattern}.* · (?:{'|'.join(labels['written'].format(model='.+') for labels in LABELS.values())})\*$"
)
_SOURCES = tuple(f"**{labels['sources']}**" for labels in LABELS.values())
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKER = re.compile(r" ?(?<!\\)\[\d{1,3}\]")
# Share of a quotation's words, in order, from which a sentence that is not the quotation is a changed copy of it. One
# changed word in ten leaves 0.9; sentences written in a model's own words share far less.
ALTERED = 0.8


@dataclass(frozen=True)
class Cited:
    """A quotation as a file has it, and where it says that it stands."""

    article_id: str
    sha256: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Finding:
    """Whether a quotation still holds; ``note`` says why not, or what else a reader should know."""

    cited: Cited
    holds: bool
    note: str = ""


class Export(NamedTuple):
    """What a file holds: all quotations in order, and what quoted answers say, without markers and markup."""

    cited: list[Cited]
    prose: str


def read_export(text: str) -> Export:
    """An export in any of its formats, or answers as JSON.

    Raises BadInput for a file without any quotation, or one whose answers cannot be read.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        answers = _answers(start)
        quoted = [answer.text for answer in answers if answer.engine != "generative"]
        prose = "\n".join(_unescaped(_MARKER.sub("", told)) for told in quoted)
        found = Export([each for answer in answers for each in _of_answer(answer)], prose)
    elif start[:15].lower().startswith("<!doctype html"):
        found = _of_html(start)
    else:
        lines = [line for line in _not_written(start.splitlines()) if not line.lstrip().startswith(">")]
        found = Export(list(_of_markdown(start)), _unescaped(_MARKER.sub("", "\n".join(lines))))
    if not found.cited:
        raise BadInput("no citation was found: give a file that Hanmi exported, with a place below each quotation")
    return found


def check(export: Export, article_of: Callable[[str], Article | None]) -> list[Finding]:
    """A finding for each quotation; ``article_of`` gives an article as it is now, None where there is none.

    A quotation does not hold either that stands in the prose changed.
    """
    told = _plain(export.prose)
    return [_compared(_check(each, article_of(each.article_id)), told) for each in export.cited]


def _compared(finding: Finding, told: str) -> Finding:
    """The finding, or that the answer says something else than the quotation that holds."""
    quote = _plain(finding.cited.quote)
    if not finding.holds or quote in told:
        return finding
    words, said = quote.split(), told.split()
    blocks = SequenceMatcher(None, said, words, autojunk=False).get_matching_blocks()[:-1]
    if sum(block.size for block in blocks) < ALTERED * len(words):
        return finding
    changed = " ".join(said[blocks[0].a : blocks[-1].a + blocks[-1].size])
    return Finding(finding.cited, False, f"the answer changes these words: “{changed}”")


def _check(cited: Cited, article: Article | None) -> Finding:
    if article is None:
        return Finding(cited, False, "the article is not in the index any more")
    unchanged = article.sha256 == cited.sha256
    if _plain(article.text[cited.start : cited.end]) == _plain(cited.quote):
        return Finding(cited, True, "" if unchanged else "the article has changed, but not these words")
    at = _found_in(article.text, cited.quote)
    if at is not None and not unchanged:
        return Finding(cited, True, f"the article has changed; the words stand at {at[0]}–{at[1]} now")
    if at is not None:
        return Finding(cited, False, f"the words do not stand there but at {at[0]}–{at[1]}")
    why = "the article does not say this" if unchanged else "the article has changed and does not say this any more"
    return Finding(cited, False, why)


def _plain(text: str) -> str:
    """As Markdown and HTML show it: white space single, control characters out."""
    return " ".join(printable(text).split())


def _found_in(text: str, quote: str) -> tuple[int, int] | None:
    words = [re.escape(word) for word in _plain(quote).split()]
    match = re.search(r"\s+".join(words), text) if words else None
    return match.span() if match else None


def _answers(text: str) -> list[Answer]:
    """Of an export, one answer, a list of them, or lines of {"id", "answer"} as a batch writes them."""
    try:
        values = [json.loads(text)]
    except ValueError:
        try:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise BadInput(f"this is no usable JSON: {error}") from error
    except RecursionError as error:
        raise BadInput("this is no usable JSON: it is nested too deep") from error
    return [parse_answer(each) for value in values for each in _unwrapped(value)]


def _unwrapped(value: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(value, list):
        return [each for one in value for each in _unwrapped(one)]
    if isinstance(value, dict) and isinstance(value.get("answers"), list):
        return _unwrapped(value["answers"])
    if isinstance(value, dict) and isinstance(value.get("answer"), dict):
        return [value["answer"]]
    return [] if isinstance(value, dict) and "error" in value else [value]


def _of_answer(answer: Answer) -> Iterator[Cited]:
    for citation in (*answer.citations, *answer.nearest):
        yield Cited(citation.article_id, citation.article_sha256, citation.start, citation.end, citation.quote)


def _not_written(lines: list[str]) -> Iterator[str]:
    """The lines without the prose of answers that a model wrote: from the status that says so to the sources."""
    written = False
    for line in lines:
        if _STATUS.match(line):
            written = bool(_WRITTEN.match(line))
        elif line in _SOURCES:
            written = False
        if not written:
            yield line


def _of_markdown(text: str) -> Iterator[Cited]:
    """The words of each quotation are the lines of ">" before the one that says where they stand."""
    words: list[str] = []
    for line in text.splitlines():
        place, quoted = _PLACE.match(line), _QUOTED.match(line)
        if place:
            article, quote = _unescaped(place["article"]), _unescaped(" ".join(words))
            yield Cited(article, place["sha256"], int(place["start"]), int(place["end"]), quote)
            words = []
        elif quoted:
            words.append(quoted["words"])
        elif line.strip() != ">":
            words = []


def _unescaped(markdown: str) -> str:
    return _ESCAPED.sub(r"\1", markdown)


def _of_html(text: str) -> Export:
    parser = _Marks()
    parser.feed(text)
    parser.close()
    return Export(parser.found, parser.prose)


class _Marks(HTMLParser):
    """Collects the text of every <mark> that says where it stands, and of every <div class="prose">."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Cited] = []
        self.prose = ""
        self._in_prose = self._in_chip = False
        self._place: dict[str, str] | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A quotation begins, or a line of it ends."""
        if tag == "mark":
            place = {name: value or "" for name, value in attrs}
            given = place.get("data-start", "").isdigit() and place.get("data-end", "").isdigit()
            self._place, self._words = (place if given and "data-article" in place else None), []
        elif tag == "div":
            self._in_prose = ("class", "prose") in attrs
        elif tag == "sup":
            self._in_chip = True
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        """A quotation ends."""
        if tag == "mark" and self._place is not None:
            place = self._place
            start, end = int(place["data-start"]), int(place["data-end"])
            quote = "".join(self._words)
            self.found.append(Cited(place["data-article"], place.get("data-sha256", ""), start, end, quote))
            self._place = None
        elif tag == "div":
            self._in_prose = False
        elif tag == "sup":
            self._in_chip = False
        elif tag == "p" and self._in_prose:
            self.prose += "\n"

    def handle_data(self, data: str) -> None:
        """Words of a quotation, or of something else."""
        if self._place is not None:
            self._words.append(data)
        elif self._in_prose and not self._in_chip:
            self.prose += data
