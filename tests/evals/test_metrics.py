"""Rankings are worth what the originals' formulas say; the values were worked out by hand."""

import math

import pytest

from evals.metrics import hit, ndcg, reciprocal_rank


def test_reciprocal_rank_counts_places_from_one_and_stops_at_the_first():
    assert reciprocal_rank([True, True]) == 1
    assert reciprocal_rank([False, False, True, True]) == pytest.approx(1 / 3)
    assert reciprocal_rank([False, False]) == 0
    assert reciprocal_rank([]) == 0


def test_hit_looks_at_the_first_k_only():
    assert hit([False, False, False, True], 4) == 1
    assert hit([False, False, False, False, True], 4) == 0
    assert hit([], 10) == 0


def test_ndcg_discounts_by_the_logarithm_of_the_place():
    assert ndcg(["a", "b", "c"], {"a": 1}, 10) == 1
    assert ndcg(["b", "a"], {"a": 1}, 10) == pytest.approx(1 / math.log2(3))
    two_of_two = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert ndcg(["a", "x", "b"], {"a": 1, "b": 1}, 10) == pytest.approx(two_of_two)


def test_ndcg_takes_grades_as_gains():
    expected = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert ndcg(["one", "two"], {"one": 1, "two": 2}, 10) == pytest.approx(expected)


def test_ndcg_ends_after_k_documents():
    assert ndcg(["x"] * 10 + ["a"], {"a": 1}, 10) == 0
    # twelve relevant documents cannot all be among ten: ten of them are perfect
    assert ndcg([str(n) for n in range(10)], {str(n): 1 for n in range(12)}, 10) == pytest.approx(1)
