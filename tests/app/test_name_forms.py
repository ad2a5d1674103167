"""Under which form a text writes a name."""

from __future__ import annotations

import pytest

from app.name_forms import holds_form, met_form
from app.question import NameMatch


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Seoul wants OPCON back.", "OPCON"),
        ("Wartime Operational Control", "operational control"),
        ("전작권을 논의했다.", "전작권"),
        ("전작권 전환을 논의했다.", "전작권전환"),
        ("Yoon Suk Yeol spoke.", "Yoon Suk-yeol"),
        ("ICE raided the plant.", "ICE"),
        ("The U.S. agreed.", "U.S."),
        ("(OPCON)", "OPCON"),
    ],
)
def test_a_form_is_held_as_words_of_its_own(text, form):
    assert holds_form(text, form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("A comparison was made.", "Paris"),
        ("The ice broke.", "ICE"),
        ("A bank broke.", "NK"),
        ("비전작권이다.", "전작권"),
        ("", "OPCON"),
        ("OPCON", ""),
    ],
)
def test_a_form_inside_another_word_or_in_small_letters_is_not(text, form):
    assert not holds_form(text, form)


OPCON = NameMatch("OPCON", "wartime operational control", ("wartime operational control", "전작권"), "topics")


def test_the_words_of_the_text_are_given():
    assert met_form(OPCON, "Wartime operational control moves.") == "Wartime operational control"
    assert met_form(OPCON, "전작권을 옮긴다.") == "전작권"


def test_nothing_is_given_where_the_written_form_stands_or_none_does():
    assert met_form(OPCON, "OPCON means wartime operational control.") is None
    assert met_form(OPCON, "Rain fell.") is None


def test_a_country_needs_no_telling_within_english_but_does_from_korean():
    country = NameMatch("Seoul", "South Korea", ("South Korea", "한국"), "countries")
    assert met_form(country, "South Korea agreed.") is None
    assert met_form(country._replace(written="한국"), "South Korea agreed.") == "South Korea"


def test_a_city_is_not_given_as_the_name_of_a_country():
    korea = NameMatch("한국", "South Korea", ("Seoul", "Korean"), "countries")
    assert met_form(korea, "Seoul agreed.") is None
    assert met_form(korea, "Seoul and the Korean parliament agreed.") == "Korean"
    assert met_form(korea._replace(written="서울", forms=("ROK",)), "The ROK agreed.") is None


def test_more_or_fewer_of_the_same_words_are_no_other_name():
    trump = NameMatch("Donald Trump", "Donald Trump", ("Trump", "트럼프"), "people")
    assert met_form(trump, "Trump agreed.") is None
    assert met_form(trump, "트럼프는 동의했다.") == "트럼프"
