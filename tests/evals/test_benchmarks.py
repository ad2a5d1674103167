"""Scores as the sets define them, and all engines over tiny sets with the real model and index."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from app.answers.confidence import load_calibration
from app.names import NameTables
from app.retrieval import PassageFinder
from evals.bench.answers import NOTHING, Answers, Said, handed_on
from evals.bench.engines import Found, Ranked, reciprocal_rank_fusion
from evals.bench.indexing import build_for_hanmi
from evals.bench.scores import (
    score_documents,
    score_facts,
    score_gold_words,
    score_multihop_rag,
    score_paragraphs,
    score_sentences,
)
from evals.benchmarks import whole_words
from evals.commands import bench
from evals.datasets import Question, load_multihop_rag
from ingest.embedding import MiniLMEmbeddings
from ingest.records import Hit
from ingest.token_states import TokenStateCache
from tests.evals.bench_sets import write_multihop, write_scifact, write_squad


def ranked(*passages: tuple[str, str], sentences: tuple[tuple[str, str], ...] = ()) -> Ranked:
    return Ranked(tuple(Found(*one) for one in passages), 0.5, tuple(Found(*one) for one in sentences))


def test_a_chunk_is_relevant_when_it_holds_any_gold_fact_whatever_the_white_space():
    question = Question("q", "q", facts=("the first  fact", "another"))
    found = ranked(("a", "nothing"), ("b", "here is\nthe first\nfact."), ("c", "another"))
    assert score_multihop_rag(question, found) == {"MRR@10": 0.5, "Hits@10": 1, "Hits@4": 1, "facts in ten": 1}


def test_hits_at_four_end_after_four_and_all_after_ten():
    question = Question("q", "q", facts=("fact",))
    fifth = ranked(*[("a", "no")] * 4, ("a", "fact"))
    assert score_multihop_rag(question, fifth) == {"MRR@10": 0.2, "Hits@10": 1, "Hits@4": 0, "facts in ten": 1}
    eleventh = ranked(*[("a", "no")] * 10, ("a", "fact"))
    assert score_multihop_rag(question, eleventh) == {"MRR@10": 0, "Hits@10": 0, "Hits@4": 0, "facts in ten": 0}


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


def said(*claims: list[tuple[str, str]]) -> Said:
    return Said(tuple(tuple(Found(*one) for one in claim) for claim in claims), 0)


def test_a_fact_is_cited_when_one_quotation_holds_it_whole():
    question = Question("q", "q", facts=("the first  fact", "another"))
    halves = said([("a", "this is the first")], [("a", "fact, and\nanother")])
    assert score_facts(question, halves) == {"facts cited": 0.5, "all facts cited": 0, "a fact cited": 1}
    both = said([("a", "here is\nthe first\nfact")], [("b", "another")])
    assert score_facts(question, both) == {"facts cited": 1, "all facts cited": 1, "a fact cited": 1}
    assert score_facts(question, NOTHING) == {"facts cited": 0, "all facts cited": 0, "a fact cited": 0}


def test_an_answer_holds_gold_anywhere_or_more_strictly_in_its_paragraph():
    question = Question("q", "q", relevant={"p1": 1}, answers=("Rollo", "Duke Rollo"))

    def scores(*claims: list[tuple[str, str]]) -> list[float]:
        return list(score_gold_words(question, said(*claims)).values())

    assert list(score_gold_words(question, NOTHING)) == [
        "answer holds gold",
        "… of its paragraph",
        "first claim holds gold",
        "first claim … of its paragraph",
    ]
    assert scores([("p1", "Then Rollo swore.")], [("p2", "No.")]) == [1, 1, 1, 1]
    assert scores([("p2", "Rollo came.")], [("p1", "He swore.")]) == [1, 0, 1, 0]
    assert scores([("p1", "He swore.")], [("p2", "No."), ("p1", "Rollo.")]) == [1, 1, 0, 0]
    assert scores([("p1", "rollo")]) == [0, 0, 0, 0]
    assert scores() == [0, 0, 0, 0]


def test_four_chunks_are_handed_on_and_their_words_counted():
    found = handed_on(ranked(*[(f"a{number}", "two words") for number in range(6)]))
    assert [one.article_id for one in found.quotes] == ["a0", "a1", "a2", "a3"]
    assert found.words == 8


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
    hits = {"MRR@10": 1, "Hits@10": 1, "Hits@4": 1, "facts in ten": 1}
    expected = hits | {"null AUROC": 1, "null AUROC of confidence": 1}
    assert figures(result, "Hanmi") == expected
    assert "null AUROC" not in figures(result, "RRF (k = 60)")
    assert result["engines"][1]["hanmi_less_this"].keys() == {*hits, "null AUROC"}
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


def answers(result: dict) -> dict[str, dict[str, float]]:
    rows = result["answers"]["rows"]
    return {row["name"]: {name: value[0] for name, value in row["figures"].items()} for row in rows}


def test_squad_measures_answers_with_the_bar_and_without_beside_what_others_hand_on(run, tmp_path, minilm):
    result = run("squad", write_squad(tmp_path / "set"), "--part", "all")
    rows = answers(result)
    assert list(rows) == ["Hanmi, abstention off", "Hanmi, as served", *(f"{name}, first 4 chunks" for name in ENGINES)]
    off = rows["Hanmi, abstention off"]
    assert off.pop("words") > 10
    assert set(off.values()) == {1}
    assert off.keys() == {
        "answer holds gold",
        "… of its paragraph",
        "first claim holds gold",
        "first claim … of its paragraph",
    }
    handed = rows["LangChain tutorial, first 4 chunks"]
    assert handed.keys() == {"answer holds gold", "… of its paragraph", "words"}
    assert handed["words"] == 44  # all there is
    abstention = result["answers"]["abstention"]
    assert abstention.keys() == {"abstention precision", "abstention recall", "abstention F1", "wrong abstentions"}
    assert list(result["answers"]["abstained_at"]) == ["1 %", "2 %", "5 %", "10 %", "20 %"]
    for name in (*rows, *abstention, "5 %"):
        assert name in result["printed"]


def test_multihop_measures_the_facts_that_are_cited(run, tmp_path, minilm):
    result = run("multihop-rag", write_multihop(tmp_path / "set"))
    rows = answers(result)
    assert rows["Hanmi, abstention off"]["facts cited"] >= 0.5  # the harbour's; that of "They ask for" may be missed
    assert rows["LangChain tutorial, first 4 chunks"]["facts cited"] == 1
    assert result["answers"]["abstention"]["abstention recall"][0] == 1
    assert result["answers"]["abstention"]["wrong abstentions"][0] == 0
    assert result["answers"]["abstained_at"]["5 %"][0] == 1


@pytest.fixture
def answering(tmp_path, minilm):
    """The app's answers over the tiny news, held to a bar."""
    embeddings = MiniLMEmbeddings(minilm)
    dataset = load_multihop_rag(write_multihop(tmp_path / "set"))
    built = build_for_hanmi(tmp_path / "index", dataset.articles, embeddings, lambda done, total: None)
    finder = PassageFinder(built.index, embeddings, minilm, TokenStateCache(minilm))

    def with_bar(bar: float) -> Answers:
        calibration = replace(load_calibration(), bar=bar)
        return Answers(finder, built, embeddings, minilm, NameTables.load(tmp_path), calibration)

    return with_bar


def test_what_the_bar_refuses_is_asked_again_without_it(answering):
    question = "When did the harbour of Ulsan reopen?"
    strict, free = answering(1.0).ask(question), answering(0.0).ask(question)
    assert strict.served == NOTHING
    assert strict.open == free.open == free.served
    assert free.served.claims[0][0].text == "The harbour of Ulsan reopened on Monday."
    assert free.served.words > 7  # the lead-in is read too
    assert strict.confidence == free.confidence > 0.3


def test_what_is_no_question_is_not_answered_without_the_bar_either(answering):
    for words in ("hello", " "):
        assert answering(0.0).ask(words) == (NOTHING, NOTHING, 0.0)


def test_scifact_ranks_documents(run, tmp_path, minilm):
    result = run("scifact", write_scifact(tmp_path / "set"), "--part", "all")
    assert figures(result, "Hanmi") == {"nDCG@10": 1}
    assert result["answers"] is None


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
