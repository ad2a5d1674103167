"""Chunks tile their article, keep sentences whole, and know where they stand."""

import dataclasses
import json
import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from ingest.articles import Article, Mark, Span
from ingest.chunking import CHUNK_PIECES, IndexSettings, SentenceChunker, rebuild_text
from ingest.sentences import split_sentences

SETTINGS = IndexSettings(embedding="none", dimension=1, analyser="1")
PIECES = st.sampled_from(
    [
        *"aB. ?!\n\t“”\"'(",
        "\n\n",
        " word",
        "한미 동맹은 굳건하다. ",
        "다.",
        "😀",
        "👩‍🚀",
        "U.S. ",
        "Heading\n\n",
        "x" * 90,
        "\u2028",
        "\r\n",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=80).map("".join), st.text(max_size=120))


def count_words(texts):
    return [len(text.split()) for text in texts]


def article(text, marks=()):
    return Article(id="a", title="t", text=text, marks=tuple(marks))


def chunk_texts(text, marks=(), **options):
    return [chunk.text for chunk in SentenceChunker(count_words, **options).split(article(text, marks))]


def sentence(words, stop="."):
    return " ".join(["Word"] + ["word"] * (words - 1)) + stop


@given(TEXTS, st.integers(1, 12), st.integers(0, 3))
def test_chunks_tile_the_article_and_rebuild_it(text, chunk_pieces, overlap):
    chunks = SentenceChunker(count_words, chunk_pieces, overlap).split(article(text))
    assert rebuild_text(chunks) == text
    assert rebuild_text(chunks[::-1]) == text
    assert all(chunk.text == text[chunk.start : chunk.end] for chunk in chunks)
    if text:
        assert chunks[0].start == 0
        assert chunks[-1].end == len(text)
    for before, after in pairwise(chunks):
        assert before.start <= after.start <= before.end < after.end
    assert len({chunk.chunk_id for chunk in chunks}) == len(chunks)


@given(TEXTS, st.integers(2, 12))
def test_a_chunk_keeps_within_its_budget_but_for_the_last(text, chunk_pieces):
    chunks = SentenceChunker(count_words, chunk_pieces).split(article(text))
    assert all(count_words([chunk.text])[0] <= chunk_pieces for chunk in chunks[:-1])
    assert all(count_words([chunk.text])[0] <= chunk_pieces * 1.15 for chunk in chunks)


@given(TEXTS, st.integers(1, 12))
def test_every_chunk_names_the_sentences_it_touches(text, chunk_pieces):
    for chunk in SentenceChunker(count_words, chunk_pieces).split(article(text)):
        touched = [span for span in split_sentences(text) if span.start < chunk.end and span.end > chunk.start]
        assert list(chunk.sentences) == touched


@given(TEXTS, st.integers(1, 12))
def test_langchain_users_get_the_same_chunks_with_exact_offsets(text, chunk_pieces):
    chunker = SentenceChunker(count_words, chunk_pieces)
    documents = chunker.create_documents([text, text], [{"n": 1}, {"n": 2}])
    assert [document.page_content for document in documents] == 2 * chunker.split_text(text)
    for document in documents:
        start = document.metadata["start_index"]
        assert text[start : start + len(document.page_content)] == document.page_content


def test_langchain_documents_are_split_with_their_metadata():
    source = Document(page_content=" ".join([sentence(6)] * 5), metadata={"title": "t"})
    documents = SentenceChunker(count_words, 12).split_documents([source])
    assert len(documents) > 1
    assert all(document.metadata["title"] == "t" for document in documents)
    bare = SentenceChunker(count_words, 12, add_start_index=False).split_documents([source])
    assert all("start_index" not in document.metadata for document in bare)


def test_metadata_for_another_number_of_texts_is_an_error():
    with pytest.raises(ValueError, match="shorter"):
        SentenceChunker(count_words).create_documents(["One.", "Two."], [{}])


def test_an_empty_text_has_no_chunk_and_white_space_has_one():
    assert chunk_texts("") == []
    assert chunk_texts(" \n ") == [" \n "]
    assert rebuild_text([]) == ""


def test_a_short_article_is_one_chunk():
    assert chunk_texts("Seoul agreed. Tokyo did not.\n\nBeijing watched.") == [
        "Seoul agreed. Tokyo did not.\n\nBeijing watched."
    ]


def test_a_crumb_at_the_end_joins_the_chunk_before():
    text = f"{sentence(100)} {sentence(100)} {sentence(20)} {sentence(30)}"
    assert chunk_texts(text, chunk_pieces=220) == [text]


def test_a_chunk_repeats_the_last_sentence_of_the_one_before():
    sentences = [sentence(4) + " ", sentence(5) + " ", sentence(6) + " ", sentence(7) + " ", sentence(8)]
    assert chunk_texts("".join(sentences), chunk_pieces=15) == [
        sentences[0] + sentences[1] + sentences[2],
        sentences[2] + sentences[3],
        sentences[3] + sentences[4],
    ]


def test_no_overlap_is_given_when_none_is_asked_for():
    text = " ".join([sentence(5)] * 6)
    chunks = SentenceChunker(count_words, 10, overlap_sentences=0).split(article(text))
    assert all(before.end == after.start for before, after in pairwise(chunks))


def test_a_sentence_that_would_fill_half_the_next_chunk_is_not_repeated():
    first, second = sentence(6) + " ", sentence(6)
    assert chunk_texts(first + second, chunk_pieces=10) == [first, second]


def test_a_sentence_longer_than_a_chunk_is_cut_at_word_ends():
    text = sentence(25) + " " + sentence(3)
    chunks = chunk_texts(text, chunk_pieces=10)
    assert [len(chunk.split()) for chunk in chunks] == [10, 10, 8]
    assert "".join(chunks) == text
    assert all(chunk.endswith("word ") for chunk in chunks[:-1])


def test_a_cut_sentence_is_named_whole_by_every_chunk_of_it():
    text = sentence(25)
    chunks = SentenceChunker(count_words, 10).split(article(text))
    assert [chunk.sentences for chunk in chunks] == [(Span(0, len(text)),)] * 3


def test_a_word_without_end_is_cut_by_characters():
    chunks = chunk_texts("x" * 1000, chunk_pieces=10, overlap_sentences=0)
    assert "".join(chunks) == "x" * 1000
    assert max(map(len, chunks)) <= 80 * 12


def test_a_heading_goes_with_the_text_after_it():
    text = f"{sentence(8)}\n\nTrade\n\n{sentence(8)}\n\nTroops\n\n{sentence(8)}"
    assert [chunk.split("\n")[0] for chunk in chunk_texts(text, chunk_pieces=10)] == [sentence(8), "Trade", "Troops"]


def test_a_marked_heading_counts_even_with_a_full_stop_and_no_blank_line():
    text = f"{sentence(8)}\nSection 2.\n{sentence(8)}"
    start = text.index("Section")
    mark = Mark("heading", start, start + 10)
    with_mark, without = (chunk_texts(text, marks, chunk_pieces=10, overlap_sentences=0) for marks in [[mark], []])
    assert with_mark[1].startswith("Section 2.\n")
    assert without[0].endswith("Section 2.\n")


def test_headings_in_a_row_stay_together_with_their_text():
    text = f"{sentence(9)}\n\nPart One\n\nTrade\n\n{sentence(7)}"
    assert chunk_texts(text, chunk_pieces=10)[1].startswith("Part One\n\nTrade\n\nWord")


def test_a_heading_over_a_sentence_too_long_for_both_takes_its_first_words():
    text = f"{sentence(9)}\n\nTrade\n\n{sentence(14)}"
    chunks = chunk_texts(text, chunk_pieces=10)
    assert chunks[1].startswith("Trade\n\nWord word")
    assert [len(chunk.split()) for chunk in chunks] == [9, 10, 5]


def test_a_heading_does_not_repeat_the_sentence_before_it():
    text = f"{sentence(4)} {sentence(4)}\n\nTrade\n\n{sentence(4)} {sentence(4)}"
    assert chunk_texts(text, chunk_pieces=9)[1].startswith("Trade")


def test_a_list_item_or_a_line_with_a_stop_is_no_heading():
    for line in ["- Ships", "1. Ships", "He left.", "Three demands:"]:
        text = f"{sentence(7)}\n\n{line}\n\n{sentence(7)}"
        assert chunk_texts(text, chunk_pieces=10, overlap_sentences=0)[0].rstrip().endswith(line)


def test_a_heading_that_nothing_follows_is_not_lost():
    text = f"{sentence(9)}\n\nNotes"
    assert "".join(chunk_texts(text, [Mark("heading", len(text) - 5, len(text))], chunk_pieces=9)) == text


def test_a_speaker_belongs_to_every_chunk_of_the_turn():
    text = " ".join([sentence(5)] * 8)
    speaker = Mark("speaker", 0, len(text), "Yoon Suk Yeol")
    caption = Mark("caption", len(text) - 5, len(text))
    chunks = SentenceChunker(count_words, 10).split(article(text, [speaker, caption]))
    assert len(chunks) > 2
    assert all(speaker in chunk.marks for chunk in chunks)
    assert [caption in chunk.marks for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=6), st.integers(1, 9))
def test_a_chunk_has_exactly_the_marks_that_overlap_it(text, places, chunk_pieces):
    marks = sorted((Mark("speaker", start, start + length) for start, length in places), key=lambda mark: mark.start)
    for chunk in SentenceChunker(count_words, chunk_pieces).split(article(text, marks)):
        assert list(chunk.marks) == [mark for mark in marks if mark.start < chunk.end and mark.end > chunk.start]


def test_ids_are_stable_and_change_with_article_version_span_and_settings():
    text = " ".join([sentence(5)] * 6)
    chunker = SentenceChunker.for_settings(SETTINGS, count_words)
    ids = [chunk.chunk_id for chunk in chunker.split(article(text))]
    assert ids == [chunk.chunk_id for chunk in chunker.split(article(text))]
    assert ids[0] == "df595f565cfdf1410bf3c9c77a7ef4ab"  # an index written today is read by the next version
    other = SentenceChunker.for_settings(dataclasses.replace(SETTINGS, embedding="other"), count_words)
    renamed = dataclasses.replace(article(text), title="another")
    moved = dataclasses.replace(article(text), id="b")
    changed = [other.split(article(text)), chunker.split(renamed), chunker.split(moved)]
    assert all(not set(ids) & {chunk.chunk_id for chunk in chunks} for chunks in changed)


def test_settings_with_one_field_changed_have_another_key():
    changes = {
        "embedding": "x",
        "dimension": 2,
        "analyser": "2",
        "chunk_pieces": 9,
        "overlap_sentences": 0,
        "sentences": "x",
    }
    assert set(changes) == {field.name for field in dataclasses.fields(IndexSettings)}
    keys = {dataclasses.replace(SETTINGS, **{name: value}).key() for name, value in changes.items()}
    assert len(keys | {SETTINGS.key()}) == len(changes) + 1


def test_settings_that_make_no_sense_are_refused():
    for options in [{"chunk_pieces": 0}, {"overlap_sentences": -1}]:
        with pytest.raises(ValueError, match="must be"):
            SentenceChunker(count_words, **options)


def test_pieces_are_counted_in_one_call_an_article():
    calls = []

    def count(texts):
        calls.append(len(texts))
        return count_words(texts)

    SentenceChunker(count, 20).split(article(" ".join([sentence(5)] * 50)))
    assert calls == [50]


def test_a_gap_is_not_passed_over_in_silence():
    chunks = SentenceChunker(count_words, 10, overlap_sentences=0).split(article(" ".join([sentence(5)] * 6)))
    with pytest.raises(ValueError, match="in no chunk"):
        rebuild_text([chunks[0], chunks[2]])


def test_chunks_of_two_articles_are_not_mixed():
    first, second = article("One."), dataclasses.replace(article("One. Two."), id="b")
    chunker = SentenceChunker(count_words)
    with pytest.raises(ValueError, match="two articles"):
        rebuild_text(chunker.split(first) + chunker.split(second))


def test_a_long_text_with_many_marks_takes_linear_time():
    line = "The allies met in Seoul today. They will meet again.\n"
    text = line * 20_000
    marks = [Mark("heading", at, at + 5) for at in range(0, len(text), len(line))]
    started = time.process_time()
    assert rebuild_text(SentenceChunker(count_words).split(article(text, marks))) == text
    assert time.process_time() - started < 30  # about 1 s; what is quadratic takes minutes


def bench_dir():
    folder = Path(os.environ.get("HANMI_BENCH_DIR") or Path(__file__).parents[3] / "shared" / "bench")
    if not (folder / "multihop_rag" / "corpus.json").exists():
        pytest.skip("no MultiHop-RAG articles: set HANMI_BENCH_DIR to the folder of the benchmark sets")
    return folder


@pytest.mark.long
def test_real_articles_are_rebuilt_exactly_and_cut_within_the_budget():
    corpus = json.loads((bench_dir() / "multihop_rag" / "corpus.json").read_text(encoding="utf-8"))
    chunker = SentenceChunker(count_words)
    for entry in corpus:
        chunks = chunker.split(article(entry["body"]))
        assert rebuild_text(chunks) == entry["body"]
        assert all(count_words([chunk.text])[0] <= 1.15 * CHUNK_PIECES for chunk in chunks)
