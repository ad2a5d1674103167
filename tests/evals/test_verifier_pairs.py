"""Pairs are read whole or refused with the reason, faults are named, and a share counts the right pairs of a kind."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.answers.verification import Reason, Verdict
from evals.collections import BUILT_IN, read_articles
from evals.commands import evaluate
from evals.datasets import BadDataset
from evals.statistics import share
from evals.verifier_pairs import FOLDER, KINDS, PARTS, as_json, faults, load_pairs, read_pair, read_pairs
from evals.verifier_run import measure
from ingest.articles import Article

HARBOUR = "The harbour of Ulsan reopened on Monday. Boats left before dawn."
ARTICLES = {
    "harbour": Article("harbour", "Harbour reopens", HARBOUR, outlet="The Daily", published="2025-05", kind="news"),
    "bridge": Article("bridge", "Bridge is late", "The bridge will open two years late.", outlet="The Daily"),
}
LEAST = {"paraphrase": 80, "number": 25, "date": 15, "name": 20, "negation": 20, "direction": 25, "speaker": 12}
LEAST_KOREAN = 8


def sentence(**changes):
    source = {"outlet": "The Daily", "author": None, "speaker": None, "published": "2025-05", "kind": "news"}
    return {"article": "harbour", "text": "The harbour of Ulsan reopened on Monday.", **source, **changes}


def row(**changes):
    claim = "Ships could use the port of Ulsan again from Monday."
    return {
        "id": "1",
        "kind": "paraphrase",
        "claim": claim,
        "evidence": [sentence()],
        "label": "supported",
        **changes,
    }


def altered(**changes):
    return row(
        **{"id": "2", "kind": "date", "claim": "Ulsan's port reopened on Tuesday.", "label": "contradicted"} | changes
    )


def told(*parts, articles=ARTICLES):
    return [tuple(fault) for fault in faults([[read_pair(each) for each in part] for part in parts], articles)]


def test_the_shipped_pairs_are_enough_of_each_kind_and_are_written_as_they_are_read():
    for part in PARTS:
        pairs = load_pairs(part)
        counts = Counter(pair.kind for pair in pairs)
        assert set(counts) == set(KINDS)
        assert all(counts[kind] >= least for kind, least in {**LEAST, "overgeneral": 12}.items())
        assert sum(pair.korean for pair in pairs if pair.kind == "paraphrase") >= LEAST_KOREAN
        assert not any("가" <= letter <= "힣" for pair in pairs for each in pair.evidence for letter in each.text)
        file = FOLDER / f"pairs_{part}.jsonl"
        assert [as_json(pair) for pair in pairs] == [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_the_shipped_pairs_have_no_fault(tmp_path):
    """The sentences are looked up where the documents lie; all else is checked without them."""
    folder = Path(os.environ.get("HANMI_BENCH_DIR") or Path(__file__).parents[3] / "shared" / "bench")
    articles = None
    if (folder / "us_rok_whitehouse").is_dir():
        collection, _ = BUILT_IN["whitehouse"](folder)
        articles = read_articles(collection, tmp_path)
    assert list(faults([load_pairs(part) for part in PARTS], articles)) == []


BAD = [
    ({name: value for name, value in row().items() if name != "label"}, "a pair has id, kind, claim, evidence, label"),
    (row(note="x"), "a pair has id"),
    (row(claim=" "), "not blank"),
    (row(id=3), "not blank"),
    (row(kind="riddle"), "no kind 'riddle'; the kinds are paraphrase"),
    (row(label="true"), "no label 'true'; the labels are supported"),
    (row(label="neither"), "paraphrase cannot be neither"),
    (altered(label="supported"), "date cannot be supported"),
    (row(evidence=[]), "one to 2 sentences"),
    (row(evidence=[sentence()] * 3), "one to 2 sentences"),
    (row(evidence=["The harbour"]), "a sentence of the evidence has article, text, outlet"),
    (row(evidence=[sentence(title="x")]), "a sentence of the evidence has article, text, outlet"),
    (row(evidence=[sentence(text="")]), "article and text"),
    (row(evidence=[sentence(outlet=3)]), "a text or null"),
    ("{", "not JSON"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_line_that_is_no_pair_is_refused_with_its_number_and_the_reason(tmp_path, line, reason):
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n" + (line if isinstance(line, str) else json.dumps(line)), "utf-8")
    with pytest.raises(BadDataset, match=r"pairs\.jsonl:2: ") as error:
        read_pairs(file)
    assert reason in str(error.value)


def test_an_id_that_is_there_twice_and_a_file_of_none_are_refused(tmp_path):
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(row()) + "\n" + json.dumps(altered(id="1")), "utf-8")
    with pytest.raises(BadDataset, match="the id '1' is that of line 1 too"):
        read_pairs(file)
    file.write_text("\n", "utf-8")
    with pytest.raises(BadDataset, match="holds no pair"):
        read_pairs(file)


def test_pairs_whose_sentences_stand_in_their_articles_have_no_fault():
    assert told([row(), altered()]) == []
    assert told([row()], articles=None) == []


def test_a_sentence_that_is_not_there_word_for_word_is_a_fault_where_the_articles_are():
    wrong = row(evidence=[sentence(text="The harbor of Ulsan reopened on Monday.")])
    ((pair, what),) = told([wrong])
    assert pair == "1"
    assert what.startswith("harbour does not hold “The harbor")
    assert told([wrong], articles=None) == []
    assert told([row(evidence=[sentence(article="harbor")])]) == [("1", "there is no article 'harbor'")]


def test_a_sentence_of_more_than_sixty_words_is_a_fault():
    long = " ".join(["word"] * 61)
    assert told([row(evidence=[sentence(text=long)])], articles=None) == [
        ("1", "a cited sentence has 61 words; at most 60")
    ]


def test_what_is_said_of_a_source_is_what_the_article_says():
    wrong = row(evidence=[sentence(published="2025-06", speaker="the mayor")])
    assert told([wrong]) == [("1", "published is '2025-06', but of harbour it is '2025-05'")]


def test_parts_share_no_id_no_pair_and_no_article():
    bridge = sentence(article="bridge", text="The bridge will open two years late.", published=None, kind=None)
    assert told([row()], [altered(evidence=[bridge])]) == []
    assert told([row()], [altered()]) == [("2", "harbour is cited in another part too")]
    assert told([row()], [altered(id="1", evidence=[bridge])]) == [("1", "the id is there 2 times")]
    assert told([row(), row(id="9")]) == [("9", "it is 1 once more")]


def test_a_share_is_of_the_pairs_of_its_kind_that_are_passed_or_caught_as_they_should_be():
    korean = row(id="3", claim="울산항은 월요일에 다시 열렸다.")
    name = altered(id="4", kind="name", claim="The harbour of Busan reopened on Monday.")
    pairs = [read_pair(each) for each in (row(), korean, altered(), name)]

    def check(claim, evidence):  # takes no Korean and overlooks a name
        caught = "울산" in claim or "Tuesday" in claim
        return Verdict((Reason("date", claim),) if caught else ())

    measured = measure(pairs, check)
    assert [(each.name, each.right, each.pairs) for each in measured.rows] == [
        ("paraphrase", 1, 2),
        ("… in Korean", 0, 1),
        ("date", 1, 1),
        ("name", 0, 1),
        ("number + date + name", 1, 2),
        ("all altered", 1, 2),
    ]
    assert [each.right for each in measured.outcomes] == [True, False, True, False]
    assert measured.rows[0].target == 0.90
    assert measured.rows[0].reached is True  # 1 of 2 leaves everything open
    assert measured.rows[2].reached is None


def test_a_share_of_all_or_none_still_has_an_interval():
    assert share(5, 10) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-4)  # Newcombe 1998, method 3
    assert share(27, 27) == pytest.approx((1.0, 0.8754, 1.0), abs=1e-4)
    assert share(0, 27) == pytest.approx((0.0, 0.0, 0.1246), abs=1e-4)


def run(*arguments):
    return CliRunner().invoke(evaluate, ["verifier", *arguments], env={"HANMI_EMBEDDING_MODEL": "none"})


def test_the_command_prints_shares_by_kind_and_shows_what_went_wrong_of_part_a_only():
    result = run("--show")
    assert result.exit_code == 0, result.output
    assert "Part A: " in result.stdout
    assert "read with words alone" in result.stdout
    assert all(f"| {kind} " in result.stdout for kind in KINDS)
    assert "a-overgeneral-" in result.stdout
    refused = run("--part", "b", "--show")
    assert refused.exit_code == 2
    assert "--show is for part a" in refused.stderr
    assert run("--data", ".").exit_code == 2


def test_the_command_gives_the_shares_as_json_and_the_wrong_pairs_only_when_asked():
    found = json.loads(run("--json").stdout)
    assert set(found) == {"part", "rows", "median_ms", "p95_ms"}
    assert {"name", "right", "pairs", "share", "target", "reached"} == set(found["rows"][0])
    assert sum(each["pairs"] for each in found["rows"] if each["name"] in KINDS) == len(load_pairs("a"))
    shown = json.loads(run("--json", "--show").stdout)["wrong"]
    rows = {each["name"]: each for each in found["rows"]}
    assert len(shown) == sum(rows[kind]["pairs"] - rows[kind]["right"] for kind in KINDS)


def test_the_command_checks_the_pairs_and_says_where_no_sentence_was_looked_up(tmp_path):
    result = run("--lint")
    assert result.exit_code == 0, result.output
    assert "sentences not looked up" in result.stdout
    assert json.loads(run("--lint", "--json").stdout)["faults"] == []
    nothing = run("--lint", "--data", str(tmp_path))
    assert nothing.exit_code == 2
    assert "us_rok_whitehouse" in nothing.stderr
