"""The table of opposites holds together, and denial is read as it is meant."""

from __future__ import annotations

import pytest

from app.answers.polarity import contradictions, load_opposites, load_table
from app.answers.statements import read_statement
from app.names import NameTables

TABLES = NameTables()


def kinds(claim: str, given: str) -> set[str]:
    return {found.kind for found in contradictions(read_statement(claim, TABLES), read_statement(given, TABLES))}


def test_a_word_in_every_class_of_an_axis_would_say_nothing():
    axes = load_table()["axes"]
    for found in (*load_opposites().stems.values(), *load_opposites().forms.values()):
        assert all(len(classes) < len(axes[axis]) for axis, classes in found.items())


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("Seoul did not accept the offer.", "Seoul rejected the offer."),
        ("The plan was postponed.", "The plan was put off."),
        ("Not only tariffs were discussed.", "Tariffs were discussed."),
        ("They would rather build reactors than rely on coal.", "They build reactors, not relying on coal."),
        ("The offer was unreasonable.", "The offer was not reasonable."),
        ("They have stopped paying.", "They no longer pay."),
    ],
)
def test_said_otherwise(claim, given):
    assert kinds(claim, given) == set()


@pytest.mark.parametrize(
    ("claim", "given", "kind"),
    [
        ("Seoul accepted the offer.", "Seoul rejected the offer.", "direction"),
        ("Seoul did not accept the offer.", "Seoul accepted the offer.", "negation"),
        ("The talks ended without a deal.", "The talks ended with a deal.", "negation"),
        ("They refused to pay the bill.", "They paid the bill.", "negation"),
        ("It is a short-range missile.", "It is a long-range missile.", "direction"),
        ("The aid was lethal.", "The aid was nonlethal.", "negation"),
        ("None of the ships remained at sea.", "All ships remained at sea.", "negation"),
    ],
)
def test_said_against(claim, given, kind):
    assert kind in kinds(claim, given)
