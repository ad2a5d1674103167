"""Intervals hold what they should, and come out the same every time."""

import numpy as np
import pytest

from evals import statistics


def test_a_mean_lies_inside_its_interval_and_a_constant_has_none():
    values = np.array([0.0, 1.0] * 50)
    estimate = statistics.mean(values)
    assert estimate.value == 0.5
    # the standard error of a share of one half of 100 is 0.05: about 0.5 ± 1.96 · 0.05
    assert estimate.low == pytest.approx(0.402, abs=0.02)
    assert estimate.high == pytest.approx(0.598, abs=0.02)
    assert statistics.mean(np.ones(7)) == (1, 1, 1)


def test_the_same_values_give_the_same_interval():
    values = np.random.default_rng(1).random(40)
    first = statistics.mean(values)
    statistics._counts.cache_clear()
    assert statistics.mean(values.copy()) == first


def test_an_interval_covers_the_truth_about_nineteen_times_in_twenty():
    random = np.random.default_rng(2)
    covered = sum(low <= 0.3 <= high for _ in range(200) for _, low, high in [statistics.mean(random.random(80) < 0.3)])
    assert 180 <= covered <= 198


def test_questions_are_compared_one_by_one():
    ours = np.random.default_rng(3).random(60)
    always_better = statistics.mean_difference(ours + 0.1, ours)
    assert always_better.value == pytest.approx(0.1)
    assert always_better.low == pytest.approx(0.1)  # unpaired it would reach below 0
    assert always_better.high == pytest.approx(0.1)


def test_auroc_counts_pairs_and_half_of_the_ties():
    positive, negative = np.array([0.9, 0.5, 0.4]), np.array([0.5, 0.1])
    # above: 2 + 1 + 1 of six pairs; equal: one pair
    assert statistics.auroc(positive, negative).value == pytest.approx(4.5 / 6)
    assert statistics.auroc(negative, positive).value == pytest.approx(1.5 / 6)
    assert statistics.auroc(np.array([2.0, 3.0]), np.array([1.0])) == (1, 1, 1)


def test_the_interval_of_an_auroc_holds_it_and_is_wider_for_fewer():
    random = np.random.default_rng(4)
    many = statistics.auroc(random.normal(1, 1, 400), random.normal(0, 1, 400))
    few = statistics.auroc(random.normal(1, 1, 20), random.normal(0, 1, 20))
    assert many.low < 0.76 < many.high  # Φ(1/√2) = 0.760
    assert many.low < many.value < many.high
    assert few.high - few.low > 2 * (many.high - many.low)


def test_two_aurocs_of_the_same_questions_differ_by_their_difference():
    random = np.random.default_rng(5)
    ours = random.normal(1, 1, 100), random.normal(0, 1, 80)
    theirs = random.normal(0.5, 1, 100), random.normal(0, 1, 80)
    expected = statistics.auroc(*ours).value - statistics.auroc(*theirs).value
    assert statistics.auroc_difference(ours, theirs).value == pytest.approx(expected)
    assert statistics.auroc_difference(ours, ours) == (0, 0, 0)


def test_abstention_counts_what_cannot_be_answered_as_the_positive():
    found = statistics.abstention(np.array([1.0, 0, 0, 0, 0]), np.array([1.0, 1, 1, 0]))
    assert [one.value for one in found] == pytest.approx([3 / 4, 3 / 4, 3 / 4])
    found = statistics.abstention(np.array([1.0, 1, 1, 0, 0]), np.array([1.0, 0, 0, 0]))
    assert [one.value for one in found] == pytest.approx([1 / 4, 1 / 4, 1 / 4])
    for one in found:
        assert one.low < one.value < one.high


def test_refusing_nothing_has_no_precision_and_refusing_the_right_ones_all_of_it():
    assert statistics.abstention(np.zeros(3), np.zeros(2)) == ((0, 0, 0),) * 3
    assert statistics.abstention(np.zeros(3), np.ones(2)) == ((1, 1, 1),) * 3


def test_the_bar_stands_where_so_many_of_the_answerable_are_lost_and_no_more():
    answerable = np.array([0.9, 0.2, 0.5, 0.4])
    others = np.array([0.45, 0.1, 0.2, 0.3])
    assert statistics.refused_at(0.0, answerable, others).value == 1 / 4  # below 0.2; a tie is not refused
    assert statistics.refused_at(0.25, answerable, others).value == 3 / 4  # below 0.4
    assert statistics.refused_at(0.49, answerable, others).value == 3 / 4
    assert statistics.refused_at(0.5, answerable, others).value == 1
    assert statistics.refused_at(1.0, answerable, others).value == 1


def test_the_interval_of_a_share_refused_holds_the_share():
    random = np.random.default_rng(5)
    found = statistics.refused_at(0.05, random.normal(2, 1, 300), random.normal(0, 1, 300))
    assert 0.02 < found.value - found.low < 0.15
    assert 0.02 < found.high - found.value < 0.15


def test_two_abstentions_of_the_same_questions_differ_by_their_difference():
    random = np.random.default_rng(6)
    ours = (random.random(60) < 0.1).astype(float), (random.random(40) < 0.7).astype(float)
    theirs = (random.random(60) < 0.3).astype(float), (random.random(40) < 0.6).astype(float)
    found = statistics.abstention_difference(ours, theirs)
    for difference, our, their in zip(found, statistics.abstention(*ours), statistics.abstention(*theirs), strict=True):
        assert difference.value == pytest.approx(our.value - their.value)
        assert difference.low < difference.value < difference.high
    assert statistics.abstention_difference(ours, ours) == ((0, 0, 0),) * 3


def test_agreement_beyond_chance_is_cohens_kappa():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: 0.7 agree where chance gives 0.5
    tables = np.array(
        [[[1, 0], [0, 0]]] * 15 + [[[0, 1], [0, 0]]] * 10 + [[[0, 0], [1, 0]]] * 5 + [[[0, 0], [0, 1]]] * 20
    )
    found = statistics.agreement(tables)
    assert found.agreement.value == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)
    assert found.agreement.low < 0.65 < 0.75 < found.agreement.high
    assert found.kappa.low < 0.3 < 0.5 < found.kappa.high


def test_pairs_of_one_case_are_drawn_together():
    by_case = np.array([[[4, 0], [0, 0]], [[0, 4], [0, 0]], [[0, 0], [0, 4]], [[0, 0], [0, 4]]])
    one_by_one = np.vstack([np.repeat(table[None] // 4, 4, axis=0) for table in by_case])
    wide, narrow = statistics.agreement(by_case), statistics.agreement(one_by_one)
    assert wide.agreement.value == narrow.agreement.value == 0.75
    assert wide.agreement.low < narrow.agreement.low


def test_where_every_verdict_is_the_same_there_is_no_kappa():
    found = statistics.agreement(np.array([[[0, 0], [0, 3]]]))
    assert found.agreement == (1, 1, 1)
    assert found.kappa is None


def test_the_difference_of_other_questions_is_wider_than_that_of_the_same():
    random = np.random.default_rng(6)
    ours, theirs = random.normal(1, 1, 100), random.normal(0, 1, 40)
    apart = statistics.difference_of_means(ours, theirs)
    assert apart.value == pytest.approx(ours.mean() - theirs.mean())
    # standard error √(1/100 + 1/40) = 0.187: about ± 0.37
    assert apart.high - apart.low == pytest.approx(4 * 0.187, abs=0.15)
    same = statistics.difference_of_means(ours, ours)
    assert same.low < 0 < same.high
    assert statistics.mean_difference(ours, ours) == (0, 0, 0)
