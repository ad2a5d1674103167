from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cues import dates_in, is_of_kind, kinds_in, outlets_in
from app.names import NameTables

CORPUS = Path(__file__).parents[2] / "corpus"
TODAY = date(2025, 11, 24)


def article(title="A title", outlet=None, kind=None, lang="en"):
    return SimpleNamespace(title=title, outlet=outlet, kind=kind, lang=lang)


ARTICLES = {
    "a": article(outlet="The Diplomat"),
    "b": article(outlet="White House"),
    "c": article(outlet="The New York Times"),
    "d": article(outlet="Time"),
    "e": article(outlet=None),
}


@pytest.fixture(scope="module")
def tables() -> NameTables:
    return NameTables.load(CORPUS)


@pytest.mark.parametrize(
    ("question", "ranges"),
    [
        ("What happened in 2024?", [("2024", "2024")]),
        ("What happened in September 2025?", [("2025-09", "2025-09")]),
        ("What happened in Sept. 2025?", [("2025-09", "2025-09")]),
        ("the Aug. 25, 2025 summit", [("2025-08-25", "2025-08-25")]),
        ("on 25 August 2025", [("2025-08-25", "2025-08-25")]),
        ("on 2025-08-25", [("2025-08-25", "2025-08-25")]),
        ("since 2023", [("2023", None)]),
        ("since March 2023", [("2023-03", None)]),
        ("after 2023", [("2024", None)]),
        ("before 2024", [(None, "2023")]),
        ("before March 2024", [(None, "2024-02")]),
        ("before January 2024", [(None, "2023-12")]),
        ("until 2024", [(None, "2024")]),
        ("between 2021 and 2023", [("2021", "2023")]),
        ("from 2021 to 2023", [("2021", "2023")]),
        ("2021–2023", [("2021", "2023")]),
        ("last month", [("2025-10", "2025-10")]),
        ("this year and last year", [("2025", "2025"), ("2024", "2024")]),
        ("last week", [("2025-11-17", "2025-11-23")]),
        ("yesterday", [("2025-11-23", "2025-11-23")]),
        ("2025년 9월에", [("2025-09", "2025-09")]),
        ("2025년 8월 25일", [("2025-08-25", "2025-08-25")]),
        ("작년", [("2024", "2024")]),
        ("지난달", [("2025-10", "2025-10")]),
        ("2023년 이후", [("2023", None)]),
        ("2022년 이전", [(None, "2021")]),
        ("2021년부터 2023년까지", [("2021", "2023")]),
        ("before the July deal", []),
        ("on August 25", []),
        ("What are 2000 troops doing?", []),
        ("$2025 or 2,025", []),
        ("Feb. 31, 2025", [("2025", "2025")]),
        ("in May 2025, may it rain", [("2025-05", "2025-05")]),
    ],
)
def test_dates_in_a_question_become_ranges(question, ranges):
    assert [tuple(found) for found in dates_in(question, TODAY)] == ranges


def test_last_month_in_january_is_december():
    assert dates_in("last month", date(2026, 1, 3)) == (("2025-12", "2025-12"),)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What does the author recommend?", "analysis"),
        ("What did the columnist argue?", "opinion"),
        ("the op-ed on tariffs", "op-ed"),
        ("What does the fact sheet say?", "fact sheet"),
        ("in the joint statement", "joint statement"),
        ("the leaders' joint declaration", "joint statement"),
        ("the readout of the call", "readout"),
        ("In his remarks, what did Biden say?", "remarks"),
        ("사설은 무엇을 주장하나요?", "editorial"),
        ("칼럼에서", "column"),
        ("공동성명의 내용은?", "joint statement"),
        ("팩트시트에서", "fact sheet"),
        ("필자는", "opinion"),
    ],
)
def test_a_kind_of_document_is_understood(question, kind):
    assert kind in kinds_in(question)


def test_most_questions_name_no_kind():
    assert kinds_in("How much does Washington want Seoul to invest?") == ()


def test_an_article_is_of_a_kind_by_its_field_or_else_by_its_title():
    assert is_of_kind(article(kind="Fact Sheet"), ("fact sheet",))
    assert is_of_kind(article(title="JOINT FACT SHEET: Launching a dialogue"), ("fact sheet",))
    assert is_of_kind(article(title="Leaders’ Joint Statement in Commemoration"), ("joint statement",))
    assert not is_of_kind(article(kind="news", title="About the fact sheet"), ("fact sheet",))
    assert not is_of_kind(article(), ())


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("What does The Diplomat say?", ("The Diplomat",)),
        ("according to the Diplomat", ("The Diplomat",)),
        ("What did NYT report?", ("The New York Times",)),
        ("the New York Times and the White House", ("The New York Times", "White House")),
        ("백악관은 무엇을 발표했나요?", ("White House",)),
        ("뉴욕타임스 보도", ("The New York Times",)),
        ("What time is it?", ()),
        ("What did a diplomat say?", ()),
        ("What did Reuters report?", ()),
    ],
)
def test_outlets_of_the_collection_are_found_by_their_names_and_the_tables(tables, question, outlets):
    assert outlets_in(question, ARTICLES, tables) == outlets
