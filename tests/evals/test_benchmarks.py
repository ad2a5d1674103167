"""Scores as the sets define them, and all engines over tiny sets with the real model and index."""

import json

import pytest
from click.testing import CliRunner

from evals.bench.engines import Found, Ranked, reciprocal_rank_fusion
from evals.benchmarks import (
    score_documents,
    score_multihop_rag,
    score_paragraphs,
    score_sentences,
    whole_words,
)
from evals.commands import bench
from evals.datasets import Question
from ingest.records import Hit
from tests.evals.bench_sets import write_multihop, write_scifact, write_squad


def ranked(*passages: tuple[str, str], sentences: tuple[tuple[str, str], ...] = ()) -> Ranked:
    return Ranked(tuple(Found(*one) for one in passages), 0.5, tuple(Found(*one) for one in sentences))


def test_a_chunk_is_relevant_when_it_holds_any_gold_fact_whatever_the_white_space():
    question = Question("q", "q", facts=("the first  fact", "another"))
    found = ranked(("a", "nothing"), ("b", "here is\nthe first\nfact."), ("c", "another"))
    assert score_multihop_rag(question, found) == {"MRR@10": 0.5, "Hits@10": 1, "Hits@4": 1}


def test_hits_at_four_end_after_four_and_all_after_ten():
    question = Question("q", "q", facts=("fact",))
    fifth = ranked(*[("a", "no")] * 4, ("a", "fact"))
    assert score_multihop_rag(question, fifth) == {"MRR@10": 0.2, "Hits@10": 1, "Hits@4": 0}
    eleventh = ranked(*[("a", "no")] * 10, ("a", "fact"))
    assert score_multihop_rag(question, eleventh) == {"MRR@10": 0, "Hits@10": 0, "Hits@4": 0}


def test_the_right_paragraph_has_to_come_first():
    question = Question("q", "q", relevant={"p2": 1})
    assert score_paragraphs(question, ranked(("p2", ""), ("p1", ""))) == {"paragraph first": 1}
    assert score_paragraphs(question, ranked(("p1", ""), ("p2", ""))) == {"paragraph first": 0}
    assert score_paragraphs(question, ranked()) == {"paragraph first": 0}


def test_a_right_sentence_holds_the_answer_and_is_of_the_right_paragraph():
    question = Question("q", "q", relevant={"p1": 1}, answers=("Rollo", "Duke Rollo"))
    elsewhere, other, right = ("p2", "Rollo was here."), ("p1", "He came."), ("p1", "Rollo swore.")
    found = ranked(("p1", ""), sentences=(elsewhere, other, right))
    assert score_sentences(question, found) == {"paragraph first": 1, "sentence first": 0, "sentence in three": 1}
    found = ranked(("p1", ""), sentences=(right, other, elsewhere))
    assert score_sentences(question, found)["sentence first"] == 1


def test_a_document_counts_once_at_the_place_of_its_best_chunk():
    question = Question("q", "q", relevant={"d2": 1})
    found = ranked(("d1", "x"), ("d1", "y"), ("d1", "z"), ("d2", "x"))
    assert score_documents(question, found)["nDCG@10"] == pytest.approx(0.6309, abs=1e-4)  # 1 / log2(3)


def test_lists_are_fused_by_their_places_not_by_their_scores():
    one = [Hit("a", 100), Hit("b", 1)]
    other = [Hit("b", 0.2), Hit("c", 0.1)]
    fused = reciprocal_rank_fusion([lambda _: one, lambda _: other])("q")
    assert [hit.chunk_id for hit in fused] == ["b", "a", "c"]
    assert [hit.score for hit in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62])


def test_whole_words_are_not_cut_or_stemmed():
    assert whole_words("전작권은 The Normans, 1989년") == ["전작권은", "the", "normans", "1989년"]


@pytest.fixture
def run(tmp_path, model_cache, monkeypatch):
    """`hanmi bench …` with the graph that other tests have built; the JSON that it wrote."""
    home = tmp_path / "home"
    home.mkdir()
    model_cache.mkdir(exist_ok=True)
    (home / "model").symlink_to(model_cache)
    monkeypatch.setenv("HANMI_HOME", str(home))
    monkeypatch.setenv("HANMI_CONFIG", "")

    def call(*arguments: object) -> dict:
        file = tmp_path / "result.json"
        result = CliRunner().invoke(bench, [*map(str, arguments), "--json", str(file)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(file.read_text("utf-8")) | {"printed": result.stdout}

    return call


ENGINES = ["Hanmi", "dense only", "BM25 only", "RRF (k = 60)", "LangChain tutorial"]


def figures(result: dict, engine: str) -> dict:
    return {
        name: value[0] for one in result["engines"] if one["name"] == engine for name, value in one["figures"].items()
    }


def test_multihop_sets_all_engines_side_by_side(run, tmp_path, minilm):
    result = run("multihop-rag", write_multihop(tmp_path / "set"))
    assert [engine["name"] for engine in result["engines"]] == ENGINES
    assert (result["articles"], result["answerable"], result["unanswerable"], result["part"]) == (4, 2, 1, "all")
    expected = {"MRR@10": 1, "Hits@10": 1, "Hits@4": 1, "null AUROC": 1, "null AUROC of confidence": 1}
    assert figures(result, "Hanmi") == expected
    assert "null AUROC" not in figures(result, "RRF (k = 60)")
    assert result["engines"][1]["hanmi_less_this"].keys() == {"MRR@10", "Hits@10", "Hits@4", "null AUROC"}
    for name in ENGINES:
        assert name in result["printed"]


def test_squad_finds_paragraph_and_sentence_and_the_tutorial_has_no_sentences(run, tmp_path, minilm):
    result = run("squad", write_squad(tmp_path / "set"), "--part", "all")
    assert figures(result, "Hanmi").keys() == {
        "paragraph first",
        "sentence first",
        "sentence in three",
        "answerable AUROC",
        "answerable AUROC of confidence",
    }
    assert figures(result, "Hanmi")["sentence first"] == 1
    assert figures(result, "BM25 only")["sentence first"] == 1
    assert figures(result, "LangChain tutorial").keys() == {"paragraph first", "answerable AUROC"}


def test_scifact_ranks_documents(run, tmp_path, minilm):
    result = run("scifact", write_scifact(tmp_path / "set"), "--part", "all")
    assert figures(result, "Hanmi") == {"nDCG@10": 1}


def test_korquad_adds_whole_words_as_an_ablation(run, tmp_path, minilm):
    result = run("korquad", write_squad(tmp_path / "set"), "--part", "all")
    assert [engine["name"] for engine in result["engines"]] == [*ENGINES, "BM25, whole words"]
    assert figures(result, "BM25, whole words") == {"paragraph first": 1}


def test_kept_indexes_are_found_again_and_follow_the_set(run, tmp_path, minilm, monkeypatch):
    folder, work = write_scifact(tmp_path / "set"), tmp_path / "work"
    first = run("scifact", folder, "--part", "all", "--work", work)
    embedded: list[int] = []
    embed = type(minilm).embed

    def counting(self, texts, progress=None):
        embedded.append(len(texts))
        return embed(self, texts, progress)

    monkeypatch.setattr(type(minilm), "embed", counting)
    again = run("scifact", folder, "--part", "all", "--work", work)
    assert [engine["figures"] for engine in again["engines"]] == [engine["figures"] for engine in first["engines"]]
    assert max(embedded) == 2  # questions; not one of the three abstracts
    corpus = folder / "corpus.jsonl"
    corpus.write_text("".join(corpus.read_text("utf-8").splitlines(keepends=True)[:2]), "utf-8")
    assert run("scifact", folder, "--part", "all", "--work", work)["articles"] == 2


def test_without_the_model_words_alone_are_compared(run, tmp_path, monkeypatch):
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    result = run("scifact", write_scifact(tmp_path / "set"), "--part", "all")
    assert [engine["name"] for engine in result["engines"]] == ["Hanmi", "BM25 only"]
    assert figures(result, "Hanmi") == {"nDCG@10": 1}


def test_a_part_that_is_held_back_is_one_line_and_wrong_use(tmp_path, minilm, monkeypatch):
    monkeypatch.setenv("HANMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    folder = write_squad(tmp_path / "set")
    rows = json.loads((folder / "dev.json").read_text("utf-8"))
    for page in rows["data"]:
        for paragraph in page["paragraphs"]:
            for row in paragraph["qas"]:
                row["id"] = "4"  # of part A
    (folder / "dev.json").write_text(json.dumps(rows), "utf-8")
    result = CliRunner().invoke(bench, ["squad", str(folder), "--part", "B"])
    assert result.exit_code == 2
    assert "no answerable question of part B (3 of part A, 0 of part B)" in result.stderr
