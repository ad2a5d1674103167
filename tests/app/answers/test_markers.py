"""What models write, read piece by piece: sentences, the numbers they cite, and nothing of a marker left over."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answers.markers import Ref, SentenceReader, Written

SENT = (9, 9, 9)  # three passages of nine sentences


def read(text: str, *cuts: int, sent: tuple[int, ...] = SENT) -> list[Written]:
    """The text in pieces that end at the cuts."""
    reader = SentenceReader(sent)
    edges = [0, *sorted(cuts), len(text)]
    given_out = [one for start, end in pairwise(edges) for one in reader.feed(text[start:end])]
    return given_out + reader.end()


def cited(text: str) -> list[tuple[str, list[str]]]:
    """Each sentence with what it cites: "2.4", or "2" for a whole passage."""
    return [
        (one.text, [f"{ref.passage}.{ref.sentence}" if ref.sentence else str(ref.passage) for ref in one.refs])
        for one in read(text)
    ]


@pytest.mark.parametrize(
    ("marker", "refs"),
    [
        ("[2.4]", ["2.4"]),
        ("[2.4, 2.5]", ["2.4", "2.5"]),
        ("[2.4-2.6]", ["2.4", "2.5", "2.6"]),
        ("[2.4–6]", ["2.4", "2.5", "2.6"]),
        ("[2.4][2.5]", ["2.4", "2.5"]),
        ("[2.4] [3.1]", ["2.4", "3.1"]),
        ("[2.4; 3.1 and 3.2]", ["2.4", "3.1", "3.2"]),
        ("[2.8-3.2]", ["2.8", "3.2"]),
        ("【2.4】", ["2.4"]),
        ("【2.4†source】", ["2.4"]),
        ("［2.4］", ["2.4"]),
        ("(2.4)", ["2.4"]),
        ("(2.4, 2.5)", ["2.4", "2.5"]),
        ("[2]", ["2"]),
        ("[1-3]", ["1", "2", "3"]),
        ("[[2.4]]", ["2.4"]),
        ("[[2.4]](https://x.example/a)", ["2.4"]),
        ("[2.4](#s)", ["2.4"]),
        ("[^2.4]", ["2.4"]),
        ("**[2.4]**", ["2.4"]),
        ("<sup>[2.4]</sup>", ["2.4"]),
        ("[Passage 2, sentence 4]", ["2.4"]),
        ("[passage 2]", ["2"]),
        ("[Sources: 2.4, 2.5]", ["2.4", "2.5"]),
        ("[ref. 2.4; cf. 3.1]", ["2.4", "3.1"]),
        ("[출처 2.4]", ["2.4"]),
        ("[2.4, 2.4]", ["2.4"]),
    ],
)
def test_a_citation_in_any_form_is_read_before_and_after_the_full_stop(marker, refs):
    for text in (f"Seoul agreed {marker}. It rained.", f"Seoul agreed. {marker} It rained.", f"Seoul agreed.{marker}"):
        assert cited(text)[0] == ("Seoul agreed.", refs)
    assert cited(f"- Seoul agreed {marker}\n- It rained") == [("Seoul agreed", refs), ("It rained", [])]
    assert cited(f"서울은 동의했다{marker}. 비가 왔다. {marker}") == [("서울은 동의했다.", refs), ("비가 왔다.", refs)]


def test_citations_in_front_belong_to_what_follows_them():
    assert cited("[2.4] Seoul agreed. [2.5] It rained.") == [("Seoul agreed.", ["2.4"]), ("It rained.", ["2.5"])]
    assert cited("It rained. According to [2.4], Seoul agreed. [2.1]") == [
        ("It rained.", []),
        ("Seoul agreed.", ["2.4", "2.1"]),
    ]
    assert cited("비가 왔다. [2.1] [2.4]에 따르면 서울은 동의했다.") == [
        ("비가 왔다.", ["2.1"]),
        ("서울은 동의했다.", ["2.4"]),
    ]


def test_a_citation_on_the_next_line_belongs_to_the_line_before():
    assert cited("Seoul agreed.\n[2.4]\n\nIt rained.\n\n[2.5]") == [("Seoul agreed.", ["2.4"]), ("It rained.", ["2.5"])]


@pytest.mark.parametrize(
    "prose",
    [
        "Exports grew (2.4) percent.",
        "Exports grew by a factor (9.9) of ten.",
        "The pact (2) holds.",
        "The pact [2025] holds.",
        "He said “the pact [sic] holds.”",
        "The pact (the one of 2.4 billion) holds.",
        "The ratio is 2.4 to 2.5.",
    ],
)
def test_a_figure_in_prose_is_no_citation(prose):
    assert cited(f"{prose} It rained.") == [(prose, []), ("It rained.", [])]


def test_what_was_never_sent_is_counted_and_not_shown():
    for marker, unknown in (("[7.1]", 1), ("[2.10]", 1), ("[0.1]", 1), ("[7]", 1), ("[2.8-2.12]", 3)):
        (one,) = read(f"Seoul agreed {marker}.")
        assert (one.text, one.unknown) == ("Seoul agreed.", unknown)
    assert read("Seoul agreed [2.4, 7.1].")[0].refs == (Ref(2, 4),)


def test_paragraphs_and_lists_keep_their_shape_and_headings_go():
    text = "## Title\n**Bold title**\nOne. Two.\nThree.\n\nFour:\n- Five [1.1]\n* Six. Seven.\n1. Eight\n2) Nine\nTen."
    text += "\n---\nEnd."
    assert [(one.opens, one.text) for one in read(text)] == [
        ("paragraph", "One."),
        ("", "Two."),
        ("", "Three."),
        ("paragraph", "Four:"),
        ("bullet", "Five"),
        ("bullet", "Six."),
        ("", "Seven."),
        ("number", "Eight"),
        ("number", "Nine"),
        ("paragraph", "Ten."),
        ("paragraph", "End."),
    ]


def test_markup_is_taken_off_and_nothing_is_linked_or_fetched():
    text = "**Seoul** *agreed* to `it` <b>all</b> ![x](https://e.example/?q=1) as [said](https://e.example) <script>."
    assert read(text)[0].text == "Seoul agreed to it all as said <script>."


@pytest.mark.parametrize("half", ["[", "[2", "[2.", "[2.4", "[2.4, 2", "【2.4", "(2.4", " [[2.4"])
def test_half_a_marker_is_never_shown(half):
    assert cited(f"Seoul agreed {half}") == [("Seoul agreed", [])]


def test_a_sentence_is_given_out_once_the_next_word_is_there():
    reader = SentenceReader(SENT)
    assert reader.feed("Seoul agreed. [2.4") == []
    assert reader.feed("] It") == []
    assert [one.text for one in reader.feed(" rained")] == ["Seoul agreed."]
    assert [one.text for one in reader.feed(" in the U.S. all day.\n")] == []
    assert [one.text for one in reader.end()] == ["It rained in the U.S. all day."]


# ── Whatever comes, in whatever pieces ───────────────────────────────────────────────────────────────────────────

PIECES = st.sampled_from(
    [
        *("Seoul agreed", "It rained", "the U.S. said", "비가 왔다", "$3.5 billion", "“No.”", "Lt. Gen. Kim", "x"),
        *(" ", ". ", ".", "! ", "\n", "\n\n", "\n- ", "\n1. ", "## ", "**", "*", ", ", ": ", "\r\n", "\t"),
        *("[2.4]", "[2.4, 2.5]", "[2.4-2.6]", "【2.4】", "(2.4)", "[2]", "[9.9]", "[", "]", "(", "2.4", "[2.", "4]"),
        *("에 따르면", "According to ", "![a](b)", "[l](https://e.example)", "<b>", "`", "---"),
    ]
)
ANSWERS = st.lists(PIECES, max_size=25).map("".join)


@given(ANSWERS, st.lists(st.integers(0, 200), max_size=12))
def test_the_sentences_are_the_same_however_the_text_is_cut(text, cuts):
    cuts = [min(cut, len(text)) for cut in cuts]
    assert read(text, *cuts) == read(text) == read(text, *range(len(text)))


@given(ANSWERS)
def test_no_sentence_shows_a_marker_that_stands_for_a_sentence(text):
    for one in read(text):
        assert not re.search(r"[\[【]2(?:\.\d)?[\]】]|\[9\.9\]", one.text)
        assert one.text == " ".join(one.text.split())
        assert any(char.isalnum() for char in one.text)
        assert all(ref in {Ref(2, at) for at in (None, *range(1, 10))} for ref in one.refs)


@given(st.text(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_any_text_at_all_is_read(text, cuts):
    assert read(text, *(min(cut, len(text)) for cut in cuts)) == read(text)
