"""The comparison of sentence splitters counts what it says it counts."""

import pytest

from evals.sentence_boundaries import (
    Labelled,
    compare,
    count_decisions,
    list_mistakes,
    load_labelled,
    main,
    render_table,
    score_boundaries,
)

TEXT = "He left. She stayed at 5 p.m. there."
LABELLED = [Labelled(TEXT, frozenset({9}))]


@pytest.fixture
def labelled_file(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("# a remark\n\nOne. ‖Two\\n‖three\nNo. 1 is one.\n", encoding="utf-8")
    return path


def test_labels_become_offsets_in_the_text_without_them(labelled_file):
    assert load_labelled(labelled_file) == [
        Labelled("One. Two\nthree", frozenset({5, 9})),
        Labelled("No. 1 is one.", frozenset()),
    ]


def test_a_stop_before_space_that_is_no_boundary_counts_as_a_trap():
    assert count_decisions(LABELLED) == (1, 1)


def test_right_wrong_and_missed_boundaries_are_told_apart():
    score = score_boundaries("all wrong", lambda text: [0, 30], LABELLED)
    assert (score.right, score.wrong, score.missed) == (0, 1, 1)
    assert score.f1 == score.precision == score.recall == 0.0
    perfect = score_boundaries("perfect", lambda text: [0, 9], LABELLED)
    assert (perfect.f1, perfect.precision, perfect.recall) == (1.0, 1.0, 1.0)


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    score = score_boundaries("half", lambda text: [0, 9, 13, 20, 25], LABELLED)
    assert score.precision == 0.25
    assert score.recall == 1.0
    assert score.f1 == pytest.approx(0.4)


def test_a_mistake_is_shown_where_it_is():
    assert list_mistakes(lambda text: [0, 30], LABELLED) == ["He left. ⟦-⟧She stayed at 5 p.m. ⟦+⟧there."]
    assert list_mistakes(lambda text: [9], LABELLED) == []


def test_our_rules_stand_first_in_the_table():
    scores = compare(LABELLED)
    assert scores[0].name == "hanmi"
    assert render_table(scores).splitlines()[2].startswith("| hanmi | 1.000 | 1.000 | 1.000 | 0 | 0 |")


def test_the_command_prints_each_list_and_our_mistakes(labelled_file, capsys):
    main([str(labelled_file), "--mistakes"])
    printed = capsys.readouterr().out
    assert "list.txt: 2 texts, 2 boundaries, 1 stops that are none" in printed
    assert "| hanmi | 1.000 |" in printed
