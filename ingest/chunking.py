"""Article -> Chunks: runs of whole sentences, about 220 word pieces each, that tile the article.

A Chunk is ``article.text[start:end]`` by construction, so its offsets never have to be searched for. LangChain's
own splitters look each piece up again, which failed for 153 of 532 when lengths were counted in word pieces.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from langchain_core.documents import Document
from langchain_text_splitters import TextSplitter

from ingest.articles import Article, Mark, Span
from ingest.sentences import SENTENCES_VERSION, split_sentences

CountPieces = Callable[[Sequence[str]], list[int]]

CHUNK_PIECES = 220  # MiniLM reads 256 word pieces, two of them its own marks
LAST_CHUNK_ROOM = 1.15  # the last chunk may be this much larger (253 pieces), so that no crumb is left over
HEADING_SHARE = 0.5  # of a chunk that headings may fill; what is longer is no heading
HEADING_CHARS = 80  # the longest line without a full stop that is taken for one
CHARS_PER_PIECE = 8  # English has 4 or 5; a "word" beyond the budget times this (a data URI) is cut by characters
_WORD = re.compile(r"\S+\s*")
_ENDS_LIKE_PROSE = re.compile(r"[.!?…。！？:;,][\"'”’»)\]」』]*\Z")
_LIST_ITEM = re.compile(r"(?:[•·▪‣*\-–—]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")


@dataclass(frozen=True)
class IndexSettings:
    """Exactly what the writer and a reader of an index must agree on."""

    embedding: str  # "all-MiniLM-L6-v2 int8", "none", or the endpoint's name of its model
    dimension: int  # of the vectors
    analyser: str  # version of the lexical analyser
    chunk_pieces: int = CHUNK_PIECES  # word pieces a chunk aims at
    overlap_sentences: int = 1  # sentences a chunk repeats of the one before
    sentences: str = SENTENCES_VERSION  # version of the sentence rules

    def key(self) -> str:
        """A digest of all of it: 12 hexadecimal digits, part of every chunk's id."""
        fields = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(fields.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Chunk:
    """A contiguous span of one Article, small enough to embed; all offsets are characters of Article.text."""

    chunk_id: (
        str  # digest of article id, version, span and index settings: writing twice is harmless, versions never collide
    )
    article_id: str
    version: str  # Article.version
    start: int
    end: int
    text: str  # Article.text[start:end], white space included
    sentences: tuple[Span, ...]  # wholly or partly inside, in order; a sentence cut in two is given whole
    marks: tuple[Mark, ...]  # those that overlap the chunk


class _Unit(NamedTuple):
    """What is never cut: headings with the sentence after them, a sentence, or a part of one too long for a chunk.

    White space belongs to the unit before it.
    """

    start: int
    end: int
    pieces: int
    headed: bool  # begins with a heading


class SentenceChunker(TextSplitter):
    """A LangChain TextSplitter whose chunks are runs of sentences and know where they stand."""

    def __init__(
        self,
        count_pieces: CountPieces,
        chunk_pieces: int = CHUNK_PIECES,
        overlap_sentences: int = 1,
        *,
        settings_key: str = "",
        add_start_index: bool = True,
    ) -> None:
        """``count_pieces`` gives the word pieces of each text; it is called once an article, and once a giant sentence.

        Raises ValueError for a budget below 1 or an overlap below 0.
        """
        super().__init__(
            chunk_size=chunk_pieces,
            chunk_overlap=0,
            length_function=lambda text: count_pieces([text])[0],
            add_start_index=add_start_index,
            strip_whitespace=False,
        )
        if overlap_sentences < 0:
            raise ValueError(f"overlap_sentences must be 0 or more, not {overlap_sentences}")
        self._count_pieces = count_pieces
        self._overlap_sentences = overlap_sentences
        self._settings_key = settings_key

    @classmethod
    def for_settings(cls, settings: IndexSettings, count_pieces: CountPieces) -> SentenceChunker:
        """The chunker an index with these settings is made with."""
        return cls(count_pieces, settings.chunk_pieces, settings.overlap_sentences, settings_key=settings.key())

    def split(self, article: Article) -> list[Chunk]:
        """The article's chunks in order; [] for an empty text.

        They tile the text: the first starts at 0, the last ends where the text does, each starts at or before the end
        of the one before it and ends after it. A chunk ends with a heading only where no text follows, or where the
        heading is longer than half a chunk.
        """
        sentences = split_sentences(article.text)
        starts = [sentence.start for sentence in sentences]
        ends = [sentence.end for sentence in sentences]
        spans = self._chunk_spans(article.text, sentences, article.marks)
        return [
            Chunk(
                chunk_id=_chunk_id(article, span, self._settings_key),
                article_id=article.id,
                version=article.version,
                start=span.start,
                end=span.end,
                text=article.text[span.start : span.end],
                sentences=tuple(sentences[bisect_right(ends, span.start) : bisect_left(starts, span.end)]),
                marks=marks,
            )
            for span, marks in zip(spans, _marks_of_each(spans, article.marks), strict=True)
        ]

    def split_text(self, text: str) -> list[str]:
        """The texts of the chunks of a text without marks, in order, white space kept; [] for an empty text."""
        return [text[span.start : span.end] for span in self._chunk_spans(text, split_sentences(text), ())]

    def create_documents(self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None) -> list[Document]:
        """A Document for every chunk; ``metadata["start_index"]`` is where it starts, known and not searched for.

        Raises ValueError if there are metadata, but not as many as texts.
        """
        documents = []
        for text, metadata in zip(texts, metadatas or [{}] * len(texts), strict=True):
            for span in self._chunk_spans(text, split_sentences(text), ()):
                fields = copy.deepcopy(metadata)
                if self._add_start_index:
                    fields["start_index"] = span.start
                documents.append(Document(page_content=text[span.start : span.end], metadata=fields))
        return documents

    def _chunk_spans(self, text: str, sentences: Sequence[Span], marks: Sequence[Mark]) -> list[Span]:
        units = self._units(text, sentences, marks)
        left = sum(unit.pieces for unit in units)  # pieces no chunk holds yet
        spans: list[Span] = []
        fresh = 0  # the first unit no chunk holds yet
        while fresh < len(units):
            first = self._first_unit(units, fresh)
            total = sum(unit.pieces for unit in units[first:fresh])
            if total + left <= self._chunk_size * LAST_CHUNK_ROOM:
                end = len(units)
            else:
                end = fresh
                while end < len(units) and (end == fresh or total + units[end].pieces <= self._chunk_size):
                    total += units[end].pieces
                    end += 1
            left -= sum(unit.pieces for unit in units[fresh:end])
            spans.append(Span(units[first].start, units[end - 1].end))
            fresh = end
        return spans

    def _first_unit(self, units: Sequence[_Unit], fresh: int) -> int:
        """The first unit of the chunk that brings ``fresh``: that or some before it, if they take no more than half.

        A heading starts afresh: the sentence before it is about something else.
        """
        first = fresh
        room = min(self._chunk_size // 2, self._chunk_size - units[fresh].pieces)
        while (
            first > 0
            and fresh - first < self._overlap_sentences
            and not units[first].headed
            and units[first - 1].pieces <= room
        ):
            first -= 1
            room -= units[first].pieces
        return first

    def _units(self, text: str, sentences: Sequence[Span], marks: Sequence[Mark]) -> list[_Unit]:
        """The whole text as units, without a gap."""
        if not sentences:
            return [_Unit(0, len(text), 0, headed=False)] if text else []
        borders = [0, *(sentence.start for sentence in sentences[1:]), len(text)]
        spans = [Span(*border) for border in pairwise(borders)]
        counts = self._count_pieces([text[span.start : span.end] for span in spans])
        units: list[_Unit] = []
        start, pending = 0, 0  # of the headings that wait for their text
        for span, pieces, heading in zip(spans, counts, _headings(text, sentences, marks), strict=True):
            if heading and pending + pieces <= self._chunk_size * HEADING_SHARE:
                pending += pieces
                continue
            first, *parts = self._cut_at_words(text, span, pieces, self._chunk_size - pending)
            units += [_Unit(start, first.end, pending + first.pieces, headed=start < span.start), *parts]
            start, pending = span.end, 0
        if start < len(text):
            units.append(_Unit(start, len(text), pending, headed=True))
        return units

    def _cut_at_words(self, text: str, span: Span, pieces: int, room: int) -> list[_Unit]:
        """The sentence as one unit, or if it is too long as several; the first has at most ``room`` pieces."""
        max_chars = self._chunk_size * CHARS_PER_PIECE
        if pieces <= room and span.end - span.start <= max_chars:
            return [_Unit(span.start, span.end, pieces, headed=False)]
        words = list(_words(text, span, max_chars))
        counts = self._count_pieces([text[word.start : word.end] for word in words])
        parts: list[_Unit] = []
        start, total = span.start, 0
        for word, count in zip(words, counts, strict=True):
            if word.start > start and total + count > room:
                parts.append(_Unit(start, word.start, total, headed=False))
                start, total, room = word.start, 0, self._chunk_size
            total += count
        return [*parts, _Unit(start, span.end, total, headed=False)]


def rebuild_text(chunks: Sequence[Chunk]) -> str:
    """The text of the article whose chunks these are, in any order; "" for none.

    Raises ValueError if they are of several articles or versions, or leave a gap.
    """
    parts: list[str] = []
    end = 0
    for chunk in sorted(chunks, key=lambda chunk: (chunk.start, chunk.end)):
        if (chunk.article_id, chunk.version) != (chunks[0].article_id, chunks[0].version):
            raise ValueError(f"chunks of two articles or versions: {chunks[0].article_id} and {chunk.article_id}")
        if chunk.start > end:
            raise ValueError(f"{chunk.article_id}: characters {end} to {chunk.start} are in no chunk")
        parts.append(chunk.text[end - chunk.start :])
        end = max(end, chunk.end)
    return "".join(parts)


def _chunk_id(article: Article, span: Span, settings_key: str) -> str:
    fields = json.dumps([article.id, article.version, span.start, span.end, settings_key])
    return hashlib.sha256(fields.encode()).hexdigest()[:32]


def _words(text: str, span: Span, max_chars: int) -> Iterator[Span]:
    """The words of a sentence with the white space after them, without a gap; the longest cut every max_chars."""
    start = span.start
    for match in _WORD.finditer(text, span.start, span.end):
        for at in range(start, match.end(), max_chars):
            yield Span(at, min(at + max_chars, match.end()))
        start = match.end()


def _marks_of_each(spans: Sequence[Span], marks: Sequence[Mark]) -> Iterator[tuple[Mark, ...]]:
    """For each span the marks that overlap it, in the order of start; one pass, as both are in that order."""
    waiting = deque(sorted(marks, key=lambda mark: mark.start))
    current: list[Mark] = []
    for span in spans:
        while waiting and waiting[0].start < span.end:
            current.append(waiting.popleft())
        current = [mark for mark in current if mark.end > span.start]
        yield tuple(current)


def _headings(text: str, sentences: Sequence[Span], marks: Sequence[Mark]) -> Iterator[bool]:
    """Which sentences title what follows: those marked, and short lines between blank ones without a full stop."""
    marked = [mark for mark in marks if mark.kind == "heading"]
    for sentence, headings in zip(sentences, _marks_of_each(sentences, marked), strict=True):
        yield bool(headings) or _looks_like_heading(text, sentence)


def _looks_like_heading(text: str, sentence: Span) -> bool:
    start, end = sentence
    blank_before = start == 0 or text.endswith("\n\n", 0, start)
    if end - start > HEADING_CHARS or not blank_before or not text.startswith("\n\n", end):
        return False
    line = text[start:end]
    return not _ENDS_LIKE_PROSE.search(line) and not _LIST_ITEM.match(line)
