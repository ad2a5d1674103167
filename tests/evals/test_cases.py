"""A file of cases is read whole or refused with its line and the reason; overlap counts content words."""

import json
from pathlib import Path

import pytest

from evals.cases import Case, as_json, overlap, part_of, read_case, read_cases
from evals.collections import BUILT_IN, QUESTIONS
from evals.datasets import BadDataset, draw

GOOD = {
    "id": "a",
    "lang": "en",
    "kind": "fact",
    "question": "Who won?",
    "answerable": True,
    "answer_contains": [["Kim"]],
}


def written(tmp_path: Path, *rows: object) -> Path:
    file = tmp_path / "cases.jsonl"
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return file


def case(**fields: object) -> Case:
    return read_case({**GOOD, **fields})


def test_the_shipped_cases_are_read_and_written_as_they_were():
    for name in BUILT_IN:
        file = QUESTIONS / f"{name}.jsonl"
        cases = read_cases(file)
        assert [as_json(one) for one in cases] == [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        assert {part_of(one) for one in cases} == {"A", "B"}


def test_what_may_be_missing_is_empty(tmp_path):
    (only,) = read_cases(written(tmp_path, "", GOOD, "  "))
    assert (only.history, only.gold, only.must_not_contain, only.note) == ((), (), (), "")


GOLD = [{"article_id": "x", "quote": "Kim won."}]
BAD = [
    ("{", "not JSON"),
    ([1], "not a JSON object"),
    ({**GOOD, "kind": "riddle"}, "no kind 'riddle'; the kinds are fact"),
    ({**GOOD, "lang": "de"}, "en or ko"),
    ({**GOOD, "answerable": "yes"}, "'answerable' must be true or false"),
    ({**GOOD, "question": " "}, "must not be blank"),
    ({**GOOD, "id": "\ud800"}, "half of a surrogate pair"),
    ({name: value for name, value in GOOD.items() if name != "kind"}, "'kind' is missing"),
    ({**GOOD, "golds": GOLD}, "no field 'golds'; a case has id"),
    ({**GOOD, "gold": [{"article_id": "x"}]}, "gold is a list"),
    ({**GOOD, "gold": [{"article_id": "x", "quote": ""}]}, "not blank"),
    ({**GOOD, "answer_contains": [[]]}, "not blank"),
    ({**GOOD, "answer_contains": ["Kim"]}, "not blank"),
    ({**GOOD, "must_not_contain": ["a", 3]}, "not blank"),
    ({**GOOD, "history": [{"role": "king", "content": "?"}]}, "turn of a history"),
    ({**GOOD, "kind": "followup"}, "needs the turns before it"),
    ({**GOOD, "answer_contains": []}, "neither gold nor answer_contains"),
    ({**GOOD, "kind": "unanswerable"}, "cannot be answerable"),
    ({**GOOD, "kind": "false_premise", "answerable": False}, "not answerable, but gold or"),
    ({**GOOD, "answerable": False, "answer_contains": [], "gold": GOLD}, "not answerable, but gold or"),
]


@pytest.mark.parametrize(("row", "reason"), BAD)
def test_a_line_that_is_no_case_is_named(tmp_path, row, reason):
    file = written(tmp_path, {**GOOD, "id": "first"}, row)
    with pytest.raises(BadDataset) as refused:
        read_cases(file)
    assert str(refused.value).startswith(f"{file}:2: ")
    assert reason in str(refused.value)


def test_an_id_is_there_once(tmp_path):
    with pytest.raises(BadDataset, match=r":3: the id 'a' is that of line 1 too"):
        read_cases(written(tmp_path, GOOD, "", {**GOOD, "id": " a "}))


def test_a_file_without_cases_or_without_text_is_refused(tmp_path):
    with pytest.raises(BadDataset, match="no case"):
        read_cases(written(tmp_path, ""))
    with pytest.raises(BadDataset, match="No such file"):
        read_cases(tmp_path / "none.jsonl")
    (tmp_path / "utf16.jsonl").write_bytes(json.dumps(GOOD).encode("utf-16"))
    with pytest.raises(BadDataset, match="not UTF-8"):
        read_cases(tmp_path / "utf16.jsonl")


def test_overlap_is_the_share_of_content_words_that_the_quotes_hold():
    gold = [{"article_id": "x", "quote": "The navy launched a frigate."}, {"article_id": "x", "quote": "In Ulsan."}]
    asked = case(question="Where did the navies launch the new frigate?", gold=gold)
    assert overlap(asked) == 3 / 4  # navi, launch, frigat of navi, launch, new, frigat
    assert overlap(case(question="Where did the navies launch the new frigate?")) is None
    assert overlap(case(question="Who is it?", gold=gold)) is None


def test_a_korean_question_is_not_measured_against_english():
    korean = {"lang": "ko", "question": "호위함은 어디서 진수되었나?"}
    assert overlap(case(**korean, gold=[{"article_id": "x", "quote": "The frigate."}])) is None
    same = overlap(case(**korean, gold=[{"article_id": "x", "quote": "호위함이 울산에서 진수되었다."}]))
    assert same is not None
    assert same > 0.4


def test_a_draw_is_the_same_every_time_and_keeps_the_order():
    cases = [case(id=f"c{number}") for number in range(20)]
    drawn = draw(cases, 5)
    assert len(drawn) == 5
    assert drawn == draw(cases, 5) == sorted(drawn, key=cases.index)
    assert {one.id for one in drawn} < {one.id for one in draw(cases, 9)}
    assert draw(cases, None) == draw(cases, 20) == cases
