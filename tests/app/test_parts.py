"""The parts of a question that ask different outlets."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parts import split_parts

OUTLETS = ("The Diplomat", "Yonhap", "The Independent", "Independent TV", "한겨레")


def parts(question: str) -> list[tuple[str, str]]:
    return [(question[slice(*part.span)].strip(), part.outlet) for part in split_parts(question, OUTLETS)]


@pytest.mark.parametrize("question", ["", "What is new?", "What does Yonhap say of tariffs, troops and THAAD?"])
def test_fewer_than_two_outlets_make_no_parts(question):
    assert split_parts(question, OUTLETS) == []


def test_the_cut_is_at_the_last_joint_before_the_next_outlet():
    assert parts("What does The Diplomat say of tariffs and troops, while Yonhap writes of THAAD?") == [
        ("What does The Diplomat say of tariffs and troops,", "The Diplomat"),
        ("while Yonhap writes of THAAD?", "Yonhap"),
    ]


def test_without_a_joint_the_cut_is_before_the_outlet():
    assert parts("The Diplomat on tariffs Yonhap on troops") == [
        ("The Diplomat on tariffs", "The Diplomat"),
        ("Yonhap on troops", "Yonhap"),
    ]


def test_of_two_outlets_that_overlap_the_longer_counts():
    assert [outlet for _, outlet in parts("Did The Independent TV agree with Yonhap?")] == ["The Independent", "Yonhap"]
    assert [outlet for _, outlet in parts("Did Independent TV agree with Yonhap?")] == ["Independent TV", "Yonhap"]


def test_the_longer_counts_where_the_shorter_begins_first():
    question = "Does the Daily Star Tribune News agree with Yonhap?"
    found = split_parts(question, ("Daily Star", "Star Tribune News", "Yonhap"))
    assert [part.outlet for part in found] == ["Star Tribune News", "Yonhap"]


def test_an_outlet_inside_a_word_is_no_mention():
    assert split_parts("Do Yonhapnews and The Diplomatic Times agree?", OUTLETS) == []


def test_the_same_outlet_twice_makes_two_parts():
    assert len(parts("Did Yonhap report the raid before Yonhap reported the deal?")) == 2


def test_signs_in_an_outlets_name_mean_themselves():
    question = "Does C++ (News) agree with A.B?"
    assert [part.outlet for part in split_parts(question, ("C++ (News)", "A.B"))] == ["C++ (News)", "A.B"]
    assert split_parts("Does AxB agree with A.B?", ("A.B", "Zeit")) == []


@given(st.lists(st.sampled_from((*OUTLETS, "tariffs", "and", ", ", "while", "İstanbul", "😀", "ß")), max_size=12))
def test_parts_tile_the_question_in_order(words):
    question = " ".join(words)
    found = split_parts(question, OUTLETS)
    if found:
        assert (found[0].span.start, found[-1].span.end) == (0, len(question))
        assert all(one.span.end == two.span.start for one, two in pairwise(found))
        for part in found:
            assert part.outlet.lower() in question[slice(*part.span)].lower()
