"""Weights of word pieces: rare ones tell more, in a collection of 8 chunks as in one of 8,000."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.piece_weights import PIECES, load_background_counts, pack_counts, piece_idf


def collection(chunks):
    """Counts of a collection that is like the background."""
    background = load_background_counts()
    return np.rint(background.holding * chunks / background.chunks).astype(np.int64)


def ids_of(minilm, words):
    return minilm.piece_ids([words])[0]


def test_the_background_covers_general_english(minilm):
    background = load_background_counts()
    assert background.holding.shape == (PIECES,)
    assert background.chunks > 5_000
    assert 0 <= background.holding.min() < background.holding.max() <= background.chunks
    assert np.count_nonzero(background.holding) > 20_000
    assert all(background.holding[ids_of(minilm, "the of and trade president")] > 100)


def test_common_words_weigh_less_than_rare_ones(minilm):
    idf = piece_idf(np.zeros(PIECES, np.int64), 0)
    weights = idf[ids_of(minilm, "the government tariff")]
    assert sorted(weights) == weights.tolist()
    assert weights[0] < 0.2 < 2 < weights[2]
    assert idf.dtype == np.float32
    assert idf.min() > 0


def test_a_small_collection_weighs_words_like_a_large_one():
    seen = load_background_counts().holding >= 5

    def likeness(background_chunks):
        small, large = (piece_idf(collection(chunks), chunks, background_chunks)[seen] for chunks in (8, 8_000))
        return np.corrcoef(small, large)[0, 1]

    assert likeness(1_000) > 0.99
    assert likeness(0) < 0.7


def test_a_large_collection_speaks_for_itself(minilm):
    word = ids_of(minilm, "zebra")
    counts = collection(8_000)
    before = piece_idf(counts, 8_000)[word]
    counts[word] = 4_000
    assert piece_idf(counts, 8_000)[word] < before / 2


def test_without_background_it_is_the_plain_formula():
    counts = np.zeros(PIECES, np.int64)
    counts[7] = 3
    idf = piece_idf(counts, 10, 0)
    assert idf[7] == pytest.approx(np.log(1 + (10 - 3 + 0.5) / (3 + 0.5)))
    assert idf[8] == pytest.approx(np.log(1 + 10.5 / 0.5))


def test_an_empty_collection_without_background_weighs_all_alike():
    assert len(set(piece_idf(np.zeros(PIECES, np.int64), 0, 0).tolist())) == 1


def test_another_vocabulary_is_refused():
    with pytest.raises(ValueError, match="30522"):
        piece_idf(np.zeros(10, np.int64), 1)


def test_packed_counts_come_back_within_three_percent():
    counts = np.arange(9_000)
    packed, step = pack_counts(counts)
    back = np.expm1(packed * step)
    assert back[0] == 0
    assert np.abs(back[1:] / counts[1:] - 1)[50:].max() < 0.03
