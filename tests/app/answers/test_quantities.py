"""Figures in prose, normalised."""

from __future__ import annotations

import pytest

from app.answers.quantities import bears_out, figures_in_english, quantities_in


def only(text: str):
    (found,) = quantities_in(figures_in_english(text))
    return found


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("$350 billion", 350e9, "dollars"),
        ("350 billion dollars", 350e9, "dollars"),
        ("3,500억 달러", 350e9, "dollars"),
        ("three hundred and fifty billion dollars", 350e9, "dollars"),
        ("half a billion dollars", 5e8, "dollars"),
        ("18.7 percent", 18.7, "percent"),
        ("25%p", 25, "points"),
        ("절반", 50, "percent"),
        ("two-thirds", 200 / 3, "percent"),
        ("2만8500명", 28_500, ""),
        ("a dozen", 12, ""),
        ("five decades", 50, ""),
        ("the 70th", 70, "ordinal"),
        ("the inaugural", 1, "ordinal"),
        ("ten-fold", 10, "times"),
    ],
)
def test_one_value_and_unit(written, value, unit):
    found = only(written)
    assert (found.value, found.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ("$350 billion", "3,500억 달러"),
        ("nearly 29,000", "28,500"),
        ("over 28,000", "28,500"),
        ("nearly a third", "32 percent"),
        ("hundreds", "300"),
        ("over 300", "300"),
        ("the 70th", "70"),
    ],
)
def test_borne_out(claimed, given):
    assert bears_out(only(claimed), only(given))


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ("$350 million", "$350 billion"),
        ("350 billion won", "$350 billion"),
        ("29,000", "28,500"),
        ("over 29,000", "28,500"),
        ("about 38,000", "28,500"),
        ("19.7 percent", "18.7 percent"),
        ("more than 300", "fewer than 300"),
        ("300", "hundreds"),
        ("the second", "two"),
        ("15 percentage points", "15 percent"),
    ],
)
def test_not_borne_out(claimed, given):
    assert not bears_out(only(claimed), only(given))


def test_what_counts_nothing_is_passed_over():
    assert quantities_in("One of them said: first, KF-21 and the G20.") == []
