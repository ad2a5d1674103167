"""Outlets that a question asks for and no article is of."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.absent_outlets import absent_outlets
from app.names import NameTables

TABLES = NameTables.load(Path(__file__).parents[2] / "corpus")
ARTICLES = {
    outlet: SimpleNamespace(title="A title", outlet=outlet, kind="news", lang="en")
    for outlet in ("The Diplomat", "White House", "Fox News - Sports", "한겨레", None)
}


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What did Reuters report about the raid?", ("Reuters",)),
        ("According to the New York Times, what happened in Georgia?", ("New York Times",)),
        ("What does the Variety piece say about the film?", ("Variety",)),
        ("Which port is named in an article by Trade Winds and another by Reuters?", ("Trade Winds", "Reuters")),
        ("Was the fire, as reported by Harbor Weekly, put out?", ("Harbor Weekly",)),
        ("In the Korea Herald op-ed, who is blamed?", ("Korea Herald",)),
        ("연합뉴스는 뭐라고 보도했나?", ("연합뉴스",)),
    ],
)
def test_an_outlet_that_is_asked_for_and_not_here_is_named(question, absent):
    assert absent_outlets(question, ARTICLES, TABLES) == absent


@pytest.mark.parametrize(
    "question",
    [
        "What does the Diplomat article say on tariffs?",
        "What does The Diplomat's article say on tariffs?",
        "What did the Fox News report say?",
        "What does the White House report say?",
        "What did Hankyoreh write?",
        "한겨레는 뭐라고 했나?",
        "What does the September report say about Seoul?",
        "Did a South Korean report mention the plant?",
        "How did Trump react to the raid?",
        "Who was quoted in the article?",
        "What does the Pentagon report find?",
        "Was the New York Times building damaged?",
        "How many workers would be covered by E-4 visas?",
        "What was discussed by Presidents Lee and Trump?",
        "What was described by Defense Minister Ahn?",
        "What does the Treasury report say?",
        "Which steps are noted by Brunson?",
    ],
)
def test_one_that_is_here_or_is_none_is_not(question):
    assert absent_outlets(question, ARTICLES, TABLES) == ()
