"""Signals, the probability made of them, and the shipped calibration."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.answers.confidence import Calibration, Signals, load_calibration, read_calibration, signals_of
from app.answers.units import rank_sentences
from app.errors import SettingsError
from app.names import NameTables
from app.question import understand
from ingest.articles import Article
from tests.app.answers.passages import for_words, passages_of
from tests.app.collection import CORPUS

TABLES = NameTables.load(CORPUS)
NOTHING = Signals(*(0 for _ in Signals._fields))


def signals(question: str, text: str, *found: str, lang: str = "en", **fields: str) -> Signals:
    article = Article("a", fields.pop("title", "A title"), text, lang=lang, **fields)
    passages = passages_of(article, for_words(*found))
    understood = understand(question, (), TABLES, {}, date(2025, 11, 24))
    return signals_of(understood, passages, rank_sentences(understood.standalone, passages))


def test_no_passages_give_no_signal():
    understood = understand("What is the treaty?", (), TABLES, {}, date(2025, 11, 24))
    assert signals_of(understood, [], []) == NOTHING


LONG = (
    "Was the treaty signed before rain fell on Osan, Busan, Daegu, Gwangju, Daejeon, Incheon, Ulsan, Suwon, Jeju,"
    " Sejong, Pohang, Mokpo, Yeosu, Andong, Gyeongju, Jeonju, Wonju?"
)


def test_met_is_the_best_passage_as_far_as_the_question_is_long():
    text = "The treaty was signed in Seoul. Rain fell on Osan."
    assert signals(LONG, text, "treaty").met == 1
    assert signals(LONG, text, "nothing").met == 0
    assert signals("Was the treaty signed in Seoul?", text, "treaty").met == 0


def test_names_and_numbers_are_looked_for_in_any_of_their_forms():
    text = "They moved wartime operational control in 2030."
    assert signals("Will they move OPCON in 2030?", text).names == 1
    assert signals("Will they move OPCON in 2031?", text).names == 0.5
    assert signals("Will they move THAAD in 2031?", text).names == 0
    assert signals("will they move it?", text).names == 1


def test_names_of_a_korean_question_are_looked_for_too():
    text = "They moved wartime operational control in 2030."
    assert signals("전작권은 2030년에 옮기나요?", text).names == 1
    assert signals("전작권은 2031년에 옮기나요?", text).names == 0.5
    assert signals("사드는 2031년에 옮기나요?", text).names == 0


def test_asked_is_the_best_sentence_that_holds_what_was_asked_for():
    text = "The treaty was costly for Seoul. It cost $5 billion."
    assert signals("How much was the treaty?", text, "treaty").asked == 0
    assert signals("How much was the treaty?", text, "cost $5").asked == 1


def test_the_topic_is_met_from_a_faint_likeness_on():
    one = Article("a", "A title", "The treaty was signed in Seoul.")
    passages = passages_of(one, for_words("treaty"))
    understood = understand("What is the treaty?", (), TABLES, {}, date(2025, 11, 24))

    def topic(likeness: float) -> float:
        read = [replace(passage, parts=passage.parts._replace(topic=likeness)) for passage in passages]
        return signals_of(understood, read, []).topic

    assert [topic(0.0), topic(0.05), topic(0.1), topic(0.6)] == [0, 0.5, 1, 1]


def test_the_probability_grows_with_each_signal_and_stays_between_0_and_1():
    calibration = Calibration(Signals(4, 2, 1, 2, 3), -2, 0.5)
    for name in Signals._fields:
        low, high = NOTHING, NOTHING._replace(**{name: 1.0})
        assert 0 < calibration.probability(low) < calibration.probability(high) < 1


def test_the_shipped_calibration_tells_a_good_match_from_a_name_in_common():
    calibration = load_calibration()
    met = Signals(names=1, asked=0.5, met=0, topic=1, outlets=1)
    shares_a_name = Signals(names=1, asked=0.15, met=0, topic=0, outlets=1)
    assert calibration.probability(met) > calibration.bar > calibration.probability(shares_a_name)
    assert 0 < calibration.bar < 1


def test_a_calibration_without_a_weight_is_refused():
    table = {"weights": dict.fromkeys(Signals._fields[:-1], 1) | {"intercept": 0}, "bars": {"answered": 0.5}}
    with pytest.raises(KeyError):
        read_calibration(table)
    table["weights"][Signals._fields[-1]] = 1
    assert read_calibration(table).weights == Signals(*(1 for _ in Signals._fields))


def toml(bar: str = "0.4", **weights: str) -> str:
    lines = [f"{name} = {value}" for name, value in {**dict.fromkeys(Signals._fields, "1"), **weights}.items()]
    return "\n".join(["[weights]", *lines, "intercept = -2", "[bars]", f"answered = {bar}"])


def test_a_calibration_of_ones_own_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(toml(names="3"), "utf-8")
    read = load_calibration(file)
    assert (read.weights.names, read.intercept, read.bar) == (3, -2, 0.4)
    assert load_calibration() != read


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[weights]\nnames = 1", "it lacks 'bars'"),
        (toml().replace("asked", "begged"), "it lacks 'asked'"),
        (toml(moon="1"), "it weighs moon, which"),
        (toml(names="nan"), "finite"),
        (toml(bar="1.5"), "from 0 to 1"),
        (toml(names='"much"'), "'much'"),
        ("weights = 3\n[bars]\nanswered = 0.1", "not subscriptable"),
        ("no toml", "Expected"),
        ("\udcff", "utf-8"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_told_with_its_file(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError, match="HANMI_CALIBRATION") as caught:
        load_calibration(file)
    assert str(file) in str(caught.value)
    assert reason in str(caught.value)


def test_a_calibration_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml cannot be used: No such file"):
        load_calibration(tmp_path / "none.toml")


def test_signals_do_not_depend_on_how_many_passages_miss():
    text = "The treaty was signed in Seoul. Rain fell on Osan."
    article = Article("a", "A title", text)
    passages = passages_of(article, for_words("treaty"))
    understood = understand("Was the treaty signed?", (), TABLES, {}, date(2025, 11, 24))
    miss = replace(passages[0], score=0.0, parts=passages[0].parts._replace(late=0.0), sentences=(0.0, 0.0))
    few = signals_of(understood, passages, rank_sentences("Was the treaty signed?", passages))
    many = [*passages, *[miss] * 30]
    assert signals_of(understood, many, rank_sentences("Was the treaty signed?", many)) == few
