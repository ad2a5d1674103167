"""Dates in prose, and what bears them out."""

from __future__ import annotations

import pytest

from app.answers.moments import bears_out, dates_in_english, moments_in


def fields(text: str, published: str | None = None):
    return [(m.year, m.month, m.day) for m in moments_in(dates_in_english(text), published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Aug. 25, 2025", [(2025, 8, 25)]),
        ("on 25 August", [(None, 8, 25)]),
        ("July 25-27", [(None, 7, 25), (None, 7, 27)]),
        ("25 to 27 July 2022", [(2022, 7, 27), (2022, 7, 25)]),
        ("the 1950-53 Korean War", [(1950, None, None), (1953, None, None)]),
        ("2025년 9월 30일", [(2025, 9, 30)]),
        ("it may march on with 2000 troops", []),
    ],
)
def test_read(text, expected):
    assert fields(text) == expected


def test_relative_times_count_from_the_article():
    assert fields("last month, today and two years ago", "2025-09-30") == [
        (2025, 8, None),
        (2025, 9, 30),
        (2023, None, None),
    ]


@pytest.mark.parametrize(
    ("claimed", "given", "published"),
    [
        ("in late July", "on July 30", None),
        ("in July 2025", "in late July", "2025-09"),
        ("on February 3, 2021", "today", "2021-02-03"),
        ("on Thursday", "on October 24, 2024", None),
        ("this month", "this month", None),
        ("in September 2025", "this month", "2025-09"),
        ("in the 2020s", "in 2023", None),
        ("this fall", "in October", None),
        ("in December 2024", "in December", "2025-01-10"),
    ],
)
def test_borne_out(claimed, given, published):
    assert bears_out(moments_in(claimed, published)[0], moments_in(given, published)[0], published)


@pytest.mark.parametrize(
    ("claimed", "given", "published"),
    [
        ("in early July", "on July 30", None),
        ("in July 2024", "in late July", "2025-09"),
        ("on July 30", "in July", None),
        ("on Friday", "on October 24, 2024", None),
        ("last month", "this month", None),
        ("in the 2010s", "in 2023", None),
        ("this spring", "in October", None),
    ],
)
def test_not_borne_out(claimed, given, published):
    assert not bears_out(moments_in(claimed, published)[0], moments_in(given, published)[0], published)
