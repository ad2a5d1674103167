"""The cache of token states: the same states again, never over its budget, the least recently used out first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ingest.token_states import TokenStateCache

TEXTS = {f"chunk {number}": f"Paragraph {number} speaks of tariffs and troops." for number in range(12)}


class Counting:
    """The model, and which texts it was asked for."""

    def __init__(self, model):
        self.model = model
        self.asked = []

    def token_states(self, texts):
        self.asked += texts
        return self.model.token_states(texts)


def some(*numbers):
    return {f"chunk {number}": TEXTS[f"chunk {number}"] for number in numbers}


def bytes_of_one(minilm):
    cache = TokenStateCache(minilm)
    cache.get(some(0))
    return cache.bytes_held


def test_states_are_those_of_the_model_at_half_precision(minilm):
    found = TokenStateCache(minilm).get(TEXTS)
    assert list(found) == list(TEXTS)
    for states, wanted in zip(found.values(), minilm.token_states(list(TEXTS.values())), strict=True):
        np.testing.assert_array_equal(states.ids, wanted.ids)
        np.testing.assert_array_equal(states.starts, wanted.starts)
        np.testing.assert_array_equal(states.ends, wanted.ends)
        assert states.states.dtype == np.float32
        np.testing.assert_allclose(states.states, wanted.states, atol=1e-3)


def test_a_chunk_kept_is_not_made_again_and_is_the_same(minilm):
    counting = Counting(minilm)
    cache = TokenStateCache(counting)
    first = cache.get(some(0, 1))
    second = cache.get(some(1, 2))
    assert counting.asked == [TEXTS["chunk 0"], TEXTS["chunk 1"], TEXTS["chunk 2"]]
    np.testing.assert_array_equal(first["chunk 1"].states, second["chunk 1"].states)


def test_the_least_recently_used_goes_first(minilm):
    counting = Counting(minilm)
    cache = TokenStateCache(counting, max_bytes=3 * bytes_of_one(minilm))
    cache.get(some(0, 1, 2))
    cache.get(some(0))
    cache.get(some(3))  # chunk 1 is now the one longest unused
    counting.asked.clear()
    cache.get(some(0, 2, 3))
    assert counting.asked == []
    cache.get(some(1))
    assert counting.asked == [TEXTS["chunk 1"]]


def test_the_budget_holds_for_any_number_of_threads(minilm):
    budget = 4 * bytes_of_one(minilm)
    cache = TokenStateCache(minilm, budget)
    wanted = TokenStateCache(minilm).get(TEXTS)

    def ask(seed):
        numbers = np.random.default_rng(seed).permutation(12)[:5]
        found = cache.get(some(*numbers))
        for chunk_id, states in found.items():
            np.testing.assert_array_equal(states.states, wanted[chunk_id].states)
        return cache.bytes_held

    with ThreadPoolExecutor(8) as people:
        held = list(people.map(ask, range(40)))
    assert max(held) <= budget
    assert 0 < cache.bytes_held <= budget


def test_a_chunk_that_two_made_at_once_is_counted_once(minilm):
    class Overtaken(Counting):
        def token_states(self, texts):
            if not self.asked:
                self.asked += texts
                cache.get(some(0))  # someone else asks while we are at it
            return self.model.token_states(texts)

    cache = TokenStateCache(Overtaken(minilm))
    cache.get(some(0))
    assert cache.bytes_held == bytes_of_one(minilm)


def test_a_text_larger_than_the_budget_is_answered_and_not_kept(minilm):
    cache = TokenStateCache(minilm, max_bytes=10)
    assert len(cache.get(some(0))["chunk 0"].states) > 5
    assert cache.bytes_held == 0


def test_nothing_asked_gives_nothing(minilm):
    assert TokenStateCache(minilm).get({}) == {}
