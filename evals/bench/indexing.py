"""Indexes of a benchmark's articles, cut in three ways: for Hanmi, as LangChain's tutorial does, and by sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.articles import Article, Span
from ingest.chunking import Chunk, IndexSettings, SentenceChunker
from ingest.embedding import TextEmbeddings
from ingest.index import Index, open_index
from ingest.index_settings import settings_for, tokenizer_of
from ingest.sentences import split_sentences
from ingest.sync import BATCH_CHUNKS

Split = Callable[[Article], list[Chunk]]
Tell = Callable[[int, int], None]  # chunks done, of how many

# langchain's tutorial "Build a Retrieval Augmented Generation (RAG) App"
TUTORIAL_CHARS: Final = 1_000
TUTORIAL_OVERLAP: Final = 200


@dataclass(frozen=True)
class Built:
    """An index with all its chunks in memory."""

    index: Index
    chunks: dict[str, Chunk]  # by id


def build_for_hanmi(folder: Path, articles: Sequence[Article], embeddings: TextEmbeddings, tell: Tell) -> Built:
    """The index as ``hanmi ingest`` makes it, of texts that need no cleaning."""
    settings = settings_for(embeddings)
    chunker = SentenceChunker.for_settings(settings, tokenizer_of(embeddings)[0])
    return build(folder, articles, embeddings, settings, chunker.split, tell)


def build_as_tutorial(folder: Path, articles: Sequence[Article], embeddings: TextEmbeddings, tell: Tell) -> Built:
    """Chunks of 1,000 characters with 200 of overlap, by LangChain's recursive splitter."""
    settings = replace(
        settings_for(embeddings), chunk_pieces=TUTORIAL_CHARS, overlap_sentences=0, sentences="langchain recursive"
    )
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=TUTORIAL_CHARS, chunk_overlap=TUTORIAL_OVERLAP, add_start_index=True
    )

    def split(article: Article) -> list[Chunk]:
        documents = splitter.create_documents([article.text])
        starts = [document.metadata["start_index"] for document in documents]
        spans = [Span(start, start + len(one.page_content)) for start, one in zip(starts, documents, strict=True)]
        return [_chunk(article, span, settings) for span in spans]

    return build(folder, articles, embeddings, settings, split, tell)


def build_of_sentences(folder: Path, articles: Sequence[Article], embeddings: TextEmbeddings, tell: Tell) -> Built:
    """Every sentence a chunk of its own."""
    settings = replace(settings_for(embeddings), chunk_pieces=1, overlap_sentences=0)

    def split(article: Article) -> list[Chunk]:
        return [_chunk(article, span, settings) for span in split_sentences(article.text)]

    return build(folder, articles, embeddings, settings, split, tell)


def build(
    folder: Path,
    articles: Sequence[Article],
    embeddings: TextEmbeddings,
    settings: IndexSettings,
    split: Split,
    tell: Tell,
) -> Built:
    """The index in the folder holds these articles; those that it has already, as they are, are not made again."""
    piece_ids = tokenizer_of(embeddings)[1]
    with open_index(folder, settings, write=True, piece_ids=piece_ids) as writer:
        before = writer.articles()
        new = [one for one in articles if one.id not in before or before[one.id].version != one.version]
        cut = [(article, chunks) for article in new if (chunks := split(article))]
        done, total = 0, sum(len(chunks) for _, chunks in cut)
        for batch in _batches(cut):
            vectors = embeddings.embed([chunk.text for _, chunks in batch for chunk in chunks])
            start = 0
            for article, chunks in batch:
                writer.add(article, chunks, vectors[start : start + len(chunks)])
                start += len(chunks)
            done += start
            tell(done, total)
        writer.remove(set(before) - {article.id for article in articles})
        writer.commit()
    index = open_index(folder, settings, piece_ids=piece_ids)
    ids = [chunk_id for record in index.articles().values() for chunk_id in record.chunk_ids]
    return Built(index, index.chunks(ids))


def _batches(cut: Sequence[tuple[Article, list[Chunk]]]) -> list[list[tuple[Article, list[Chunk]]]]:
    batches: list[list[tuple[Article, list[Chunk]]]] = []
    room = 0
    for article, chunks in cut:
        if room <= 0:
            batches.append([])
            room = BATCH_CHUNKS
        batches[-1].append((article, chunks))
        room -= len(chunks)
    return batches


def _chunk(article: Article, span: Span, settings: IndexSettings) -> Chunk:
    name = f"{article.id}\n{article.version}\n{span.start}\n{span.end}\n{settings.key()}"
    chunk_id = hashlib.sha256(name.encode()).hexdigest()[:32]
    return Chunk(
        chunk_id,
        article.id,
        article.version,
        span.start,
        span.end,
        article.text[span.start : span.end],
        (span,),
        (),
    )
