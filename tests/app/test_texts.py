import re
import string

import pytest

from app import texts
from app.texts import lead_in, notice, source_name, text, with_particles


@pytest.mark.parametrize("code", sorted(texts._TEXTS))
def test_every_text_comes_in_both_languages_with_the_same_values(code):
    english, korean = (texts._TEXTS[code][language] for language in ("en", "ko"))
    assert english
    assert korean
    fields = [{name for _, name, _, _ in string.Formatter().parse(t) if name} for t in (english, korean)]
    assert fields[0] == fields[1]
    assert not re.search("[가-힣]", english)
    assert re.search("[가-힣]", re.sub(r"\{\w+\}", "", korean)) or not re.sub(r"\{\w+\}|\W", "", korean)


def test_the_lead_in_names_outlet_and_date():
    article = {"outlet": "The Diplomat", "published": "2025-09", "title": "A title"}
    assert lead_in("en", **article) == "According to The Diplomat (September 2025):"
    assert lead_in("ko", **article) == "The Diplomat (2025년 9월)에 따르면:"


def test_an_institution_takes_its_article():
    house = {"outlet": "White House", "published": "2023-04-26", "title": "A title"}
    assert lead_in("en", **house) == "According to the White House (26 April 2023):"
    assert lead_in("en", **house | {"outlet": "Yonhap"}) == "According to Yonhap (26 April 2023):"


def test_the_lead_in_names_the_speaker_it_quotes():
    article = {"outlet": "White House", "published": "2023-04-26", "title": "Remarks"}
    assert lead_in("en", **article, speaker="President Biden") == "President Biden, in White House (26 April 2023):"
    assert lead_in("ko", **article, speaker="Biden") == "White House (2023년 4월 26일)에서 Biden의 말:"


def test_a_missing_outlet_gives_way_to_the_title_and_a_missing_date_is_said():
    article = {"outlet": None, "published": None, "title": "A title"}
    assert source_name("en", **article) == "“A title” (undated)"
    assert source_name("ko", **article) == "「A title」 (날짜 없음)"


def test_a_caption_is_called_a_caption():
    article = {"outlet": "The Diplomat", "published": None, "title": "A title", "caption": True}
    assert lead_in("en", **article) == "A caption in The Diplomat (undated):"


def test_the_state_without_an_answer_is_said_in_the_issues_words():
    assert text("not_in_corpus", "en") == "The articles don't say."
    assert text("not_in_corpus", "ko") == "수록된 글에는 이에 대한 내용이 없습니다."


def test_a_notice_carries_its_code_and_values():
    made = notice("korean_not_bridged", "ko", words="구들장")
    assert made.code == "korean_not_bridged"
    assert "구들장" in made.text


@pytest.mark.parametrize(
    "code", ["no_model", "bm25_only", "korean_not_bridged", "index_empty", "filtered", "follow_up"]
)
def test_the_notices_of_the_contract_are_there(code):
    assert code in texts.NOTICE_CODES


def test_an_unknown_code_or_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        text("no_such_text", "en")
    with pytest.raises(KeyError):
        text("follow_up", "en")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("서울을(를) 떠나", "서울을 떠나"),
        ("도쿄을(를) 떠나", "도쿄를 떠나"),
        ("한국이(가)", "한국이"),
        ("일본와(과) 중국와(과)", "일본과 중국과"),
        ("서울(으)로", "서울로"),
        ("부산(으)로", "부산으로"),
        ("Seoul을(를)", "Seoul을(를)"),
    ],
)
def test_korean_particles_fit_the_sound_before_them(before, after):
    assert with_particles(before) == after


def test_what_hanmi_can_do_is_said_in_both_languages():
    assert "Hanmi" in text("help", "en")
    assert "Hanmi" in text("help", "ko")
