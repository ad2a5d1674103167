"""Article -> Chunks: runs of whole sentences, about 220 word pieces each, that tile the article.

A Chunk is ``article.text[start:end]`` by construction, so a citation's offsets never have to be searched for: LangChain's
own splitters look each piece up again, which failed for 153 of 532 when lengths were counted in word pieces.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from langchain_core.documents import Document
from langchain_text_splitters import TextSplitter

from ingest.articles import Article, Mark, Span
from ingest.sentences import SENTENCES_VERSION, split_sentences

CountPieces = Callable[[Sequence[str]], list[int]]

CHUNK_PIECES = 220  # MiniLM reads 256 word pieces; the rest leaves room for a heading and two special tokens
TAIL = 1.15  # a last chunk may be this much larger, so that no crumb of a few words is left over
CHARS_PER_PIECE = 8  # a "word" longer than the budget times this (a data URI, a table of digits) is cut by characters
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
    """What is never cut: a sentence with the white space after it, or a part of one too long for a chunk."""

    start: int
    end: int
    pieces: int
    heading: bool


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
        """``count_pieces``: word pieces of each text, in batch. Raises ValueError for a budget below 1."""
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

        They tile the text: the first starts at 0, the last ends at its end, each starts at or before the end of
        the one before.
        """
        sentences = split_sentences(article.text)
        spans = self._chunk_spans(article.text, sentences, article.marks)
        starts = [sentence.start for sentence in sentences]
        ends = [sentence.end for sentence in sentences]
        return [
            Chunk(
                chunk_id=_chunk_id(article, span, self._settings_key),
                article_id=article.id,
                version=article.version,
                start=span.start,
                end=span.end,
                text=article.text[span.start : span.end],
                sentences=tuple(sentences[bisect_right(ends, span.start) : bisect_left(starts, span.end)]),
                marks=tuple(mark for mark in article.marks if mark.start < span.end and mark.end > span.start),
            )
            for span in spans
        ]

    def split_text(self, text: str) -> list[str]:
        """The texts of the chunks of a text without marks, in order, white space kept; [] for an empty text."""
        return [text[span.start : span.end] for span in self._chunk_spans(text, split_sentences(text), ())]

    def create_documents(self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None) -> list[Document]:
        """A Document for every chunk; ``metadata["start_index"]`` is where it starts, known and not searched for."""
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
        spans: list[Span] = []
        first = fresh = 0  # the chunk's first unit; its first unit that the chunk before does not hold
        while fresh < len(units):
            last = self._last_unit(units, first, fresh)
            spans.append(Span(units[first].start, units[last].end))
            fresh = last + 1
            first = self._first_unit(units, fresh)
        return spans

    def _units(self, text: str, sentences: Sequence[Span], marks: Sequence[Mark]) -> list[_Unit]:
        """The whole text as units, without a gap; white space belongs to the sentence before it."""
        if not sentences:
            return [_Unit(0, len(text), 0, heading=False)] if text else []
        borders = [0, *(sentence.start for sentence in sentences[1:]), len(text)]
        spans = [Span(start, end) for start, end in pairwise(borders)]
        headings = _headings(text, sentences, marks)
        counts = self._count_pieces([text[span.start : span.end] for span in spans])
        units: list[_Unit] = []
        for span, pieces, heading in zip(spans, counts, headings, strict=True):
            if pieces > self._chunk_size or span.end - span.start > self._chunk_size * CHARS_PER_PIECE:
                units += self._cut_at_words(text, span)
            else:
                units.append(_Unit(span.start, span.end, pieces, heading and pieces <= self._chunk_size // 2))
        return units

    def _cut_at_words(self, text: str, span: Span) -> list[_Unit]:
        limit = self._chunk_size * CHARS_PER_PIECE
        first_word = _WORD.search(text, span.start, span.end)
        begin = span.start
        words: list[Span] = []
        for match in _WORD.finditer(text, first_word.start() if first_word else span.end, span.end):
            words += [Span(at, min(at + limit, match.end())) for at in range(begin, match.end(), limit)]
            begin = match.end()
        counts = self._count_pieces([text[word.start : word.end] for word in words])
        parts: list[_Unit] = []
        start, total = span.start, 0
        for word, pieces in zip(words, counts, strict=True):
            if word.start > start and (total + pieces > self._chunk_size or word.end - start > limit):
                parts.append(_Unit(start, word.start, total, heading=False))
                start, total = word.start, 0
            total += pieces
        return [*parts, _Unit(start, span.end, total, heading=False)]

    def _last_unit(self, units: Sequence[_Unit], first: int, fresh: int) -> int:
        """The last unit of a chunk that begins with unit ``first``; it never ends with a heading if text follows."""
        total = sum(unit.pieces for unit in units[first:fresh])
        last = fresh - 1
        for at in range(fresh, len(units)):
            total += units[at].pieces
            if total > self._chunk_size and last >= fresh:
                break
            if not units[at].heading or at == len(units) - 1:
                last = at
            elif total > self._chunk_size:
                continue
        return max(last, fresh)

    def _first_unit(self, units: Sequence[_Unit], fresh: int) -> int:
        """The first unit of a chunk whose first new one is ``fresh``: some sentences earlier, if they leave it room."""
        if fresh >= len(units) or units[fresh].heading:
            return fresh
        first = fresh
        room = min(self._chunk_size // 2, self._chunk_size - units[fresh].pieces)
        while first > 0 and fresh - first < self._overlap_sentences and units[first - 1].pieces <= room:
            first -= 1
            room -= units[first].pieces
        return first


def rebuild_text(chunks: Sequence[Chunk]) -> str:
    """The text of the article whose chunks these are, in any order; "" for none.

    Raises ValueError if they are of several articles or leave a gap.
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
    fields = json.dumps([article.id, article.version, span.start, span.end, settings_key], ensure_ascii=False)
    return hashlib.sha256(fields.encode()).hexdigest()[:32]


def _headings(text: str, sentences: Sequence[Span], marks: Sequence[Mark]) -> list[bool]:
    """Which sentences title what follows: those marked, and short lines between blank ones without a stop."""
    marked = [mark for mark in marks if mark.kind == "heading"]
    flags = []
    for sentence in sentences:
        in_mark = any(mark.start <= sentence.start and sentence.end <= mark.end for mark in marked)
        flags.append(in_mark or _looks_like_heading(text, sentence))
    return flags


def _looks_like_heading(text: str, sentence: Span) -> bool:
    line = text[sentence.start : sentence.end]
    alone = text[: sentence.start].endswith("\n\n") or sentence.start == 0
    alone = alone and text.startswith("\n\n", sentence.end)
    return alone and len(line) <= 80 and not _ENDS_LIKE_PROSE.search(line) and not _LIST_ITEM.match(line)
