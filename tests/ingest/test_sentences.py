"""Where sentences end: the labelled lists, the promises of the spans, and text that must not slow it down."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.sentence_boundaries import count_decisions, list_mistakes, load_labelled, our_starts, score_boundaries
from ingest.sentences import split_sentences

LISTS = ["sentences.txt", "sentences_held_out.txt"]
KNOWN_MISTAKES = {"sentences.txt": 0, "sentences_held_out.txt": 1}  # "Osan A.B. Kadena A.B. is likelier."
PIECES = st.sampled_from(
    [
        *"aBZ다요가.?!…。\"'”“’)(]1 5\n\t—-:,",
        " ",
        "\u00a0",
        "U.S.",
        "Mr.",
        "No. 3",
        "p.m.",
        " Q Sir",
        "😀",
        "\u2028",
        "2025. 8. 25.",
    ]
)


def sentences_of(text):
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize("name", LISTS)
def test_boundary_f1_is_at_least_98_percent_on_each_labelled_list(name):
    labelled = load_labelled(Path(__file__).with_name(name))
    score = score_boundaries("hanmi", our_starts, labelled)
    mistakes = list_mistakes(our_starts, labelled)
    assert score.f1 >= 0.98, "\n".join(mistakes)
    assert len(mistakes) <= KNOWN_MISTAKES[name], "\n".join(mistakes)


def test_the_lists_hold_enough_decisions_to_mean_something():
    first, held_out = (count_decisions(load_labelled(Path(__file__).with_name(name))) for name in LISTS)
    assert sum(first) >= 350
    assert first[0] >= 200
    assert held_out[0] >= 120


@given(st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=80)))
def test_spans_are_trimmed_ordered_and_hold_every_character_but_white_space(text):
    spans = split_sentences(text)
    covered = [False] * len(text)
    previous_end = 0
    for start, end in spans:
        assert previous_end <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        covered[start:end] = [True] * (end - start)
        previous_end = end
    assert all(covered[at] or text[at].isspace() for at in range(len(text)))


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u2028"])
def test_white_space_alone_holds_no_sentence(text):
    assert split_sentences(text) == []


def test_a_line_break_ends_a_sentence_even_without_a_stop():
    assert sentences_of("Trade\nThe allies met\n\nin Seoul.") == ["Trade", "The allies met", "in Seoul."]


def test_no_line_break_style_is_left_inside_a_sentence():
    assert sentences_of("one\r\ntwo\rthree\u2028four") == ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    "unit", [".", '."A', "(A.) ", "- ", "U.S. ", "A. ", "“A?” Aa Bb Cc ", ". ", '다."', "1.", "— A A A ", "a.\u00a0"]
)
def test_a_line_of_nothing_but_candidates_takes_linear_time(unit):
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    split_sentences(text)
    assert time.process_time() - started < 10  # 0.1 to 0.6 s on two cores; what is quadratic takes minutes
