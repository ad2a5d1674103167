"""The sets' own files are read as they are, and parted as they say."""

import json

import pytest

from evals.datasets import (
    BadDataset,
    Dataset,
    Question,
    load_korquad,
    load_multihop_rag,
    load_scifact,
    load_squad,
    part_of,
    select,
)
from tests.evals.bench_sets import write_multihop, write_scifact, write_squad


def test_multihop_articles_carry_outlet_and_date_and_null_queries_are_not_answerable(tmp_path):
    dataset = load_multihop_rag(write_multihop(tmp_path / "set"))
    first = dataset.articles[0]
    assert (first.title, first.outlet, first.published) == ("Harbour reopens", "The Daily", "2023-11-27")
    assert first.text.startswith("The harbour of Ulsan")
    assert [question.answerable for question in dataset.questions] == [True, True, False]
    assert dataset.questions[1].facts == ("shorter nights and better ovens",)


def test_every_squad_paragraph_is_an_article_and_gold_names_it(tmp_path):
    dataset = load_squad(write_squad(tmp_path / "set"))
    assert [article.title for article in dataset.articles] == ["Norman people", "Norman people", "Rhine"]
    rollo, viking, rhine = dataset.questions
    assert dict(rollo.relevant) == {dataset.articles[0].id: 1}
    assert rollo.answers == ("Rollo",)  # named twice in the file, once here
    assert not viking.answerable
    assert not viking.relevant
    assert dict(rhine.relevant) == {dataset.articles[2].id: 1}


def test_korquad_has_squads_form_and_korean_articles(tmp_path):
    dataset = load_korquad(write_squad(tmp_path / "set"))
    assert {article.lang for article in dataset.articles} == {"ko"}


def test_scifact_asks_what_is_judged_and_a_grade_of_zero_is_not_relevant(tmp_path):
    dataset = load_scifact(write_scifact(tmp_path / "set"))
    assert [question.id for question in dataset.questions] == ["1", "2"]
    assert dict(dataset.questions[1].relevant) == {"12": 1}


def test_scifact_takes_one_file_of_judgements_and_no_more(tmp_path):
    folder = write_scifact(tmp_path / "set")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    with pytest.raises(BadDataset, match=r"one \.tsv file, not 2"):
        load_scifact(folder)


def test_a_file_of_another_form_is_named(tmp_path):
    folder = write_squad(tmp_path / "set")
    (folder / "dev.json").write_text(json.dumps({"rows": []}), "utf-8")
    with pytest.raises(BadDataset, match=r"dev\.json: a field is missing: 'data'"):
        load_squad(folder)
    (folder / "dev.json").write_text("{", "utf-8")
    with pytest.raises(BadDataset, match=r"dev\.json is not of the expected form"):
        load_squad(folder)
    with pytest.raises(BadDataset, match="No such file"):
        load_squad(tmp_path)


# sha256("0") = 5feceb66…a0b9, sha256("2") = d4735e3a…ab35: an odd number is part B
def test_the_part_is_the_last_bit_of_the_digest_of_the_id():
    assert part_of(Question("2", "")) == "B"
    assert part_of(Question("4", "")) == "A"


def questions(count: int) -> Dataset:
    return Dataset("made-up", (), tuple(Question(f"q{n}", f"question {n}") for n in range(count)))


def test_parts_are_about_half_and_together_the_whole():
    dataset = questions(400)
    first, second = select(dataset, "A"), select(dataset, "B")
    assert 160 < len(first) < 240
    assert sorted([*first, *second], key=dataset.questions.index) == list(dataset.questions)
    assert select(dataset, "all") == list(dataset.questions)


def test_a_limit_draws_the_same_questions_every_time_and_keeps_their_order():
    dataset = questions(100)
    drawn = select(dataset, "all", 10)
    assert len(drawn) == 10
    assert drawn == select(questions(100), "all", 10)
    assert drawn == sorted(drawn, key=dataset.questions.index)
    assert drawn != list(dataset.questions[:10])
    assert all(question in select(dataset, "all", 20) for question in drawn)


def test_a_part_that_is_held_back_is_said_to_be_missing():
    held_back = Dataset("made-up", (), (Question("4", "of part A"),))
    with pytest.raises(BadDataset, match=r"no answerable question of part B \(1 of part A, 0 of part B\)"):
        select(held_back, "B")
