"""Words are found however they are written, and only whole."""

import pytest

from evals.wording import holds, plain

SAME = [
    ("US$350bn", "350 billion dollars"),
    ("$350 billion", "350 billion U.S. dollars"),
    ("$350-billion", "$ 350 Billion"),
    ("$1,234,567", "1234567 dollars"),
    ("15%", "15 per cent"),
    ("15-percent", "15 PERCENT"),
    ("“in cash,” Lee’s aide said", "in cash, Lee's aide said"),
    ("2023 – 2025", "2023-2025"),
    ("the\n  two\u00a0sides", "The two sides"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_writings_of_one_thing_are_the_same(one, other):
    assert plain(one) == plain(other)
    assert holds(f"They say: {one}.", other)
    assert holds(f"They say: {other}.", one)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("115 percent", "15 percent"),
        ("3.5 points", "3"),
        ("3.5 points", "5"),
        ("28,500 troops", "28"),
        ("$350 billion", "$350 million"),
        ("a part of it", "art"),
        ("15 percentage points", "15 percent of"),
        ("anything", "  "),
    ],
)
def test_a_part_of_a_number_or_of_a_word_does_not_count(text, words):
    assert not holds(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Japanese ships", "Japan"),
        ("an investment of $350 billion", "350 billion"),
        ("in 2025.", "2025"),
        ("대한민국은", "민국"),
        ("전작권을 넘긴다", "전작권"),
    ],
)
def test_endings_and_signs_around_do_not_matter(text, words):
    assert holds(text, words)
