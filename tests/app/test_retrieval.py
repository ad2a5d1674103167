"""From a question to passages: candidates, lifts, filters, late interaction, the LangChain retriever."""

from __future__ import annotations

import pytest
from langchain_core.runnables import RunnableLambda

from app.retrieval import CANDIDATES, HybridRetriever, PassageFinder, Weights
from ingest.articles import Article
from ingest.lexical import analyse
from ingest.records import Filters
from tests.app.collection import ARTICLES, BM25, assistant_over, put, reopened, writer_of


@pytest.fixture(scope="module")
def words_only(tmp_path_factory):
    """The same collection without a model."""
    return assistant_over(tmp_path_factory.mktemp("bm25"), ARTICLES, BM25)


def ids(passages) -> list[str]:
    return [passage.article.id for passage in passages]


def finder(assistant) -> PassageFinder:
    return assistant._finder


def lifts(assistant, question: str) -> dict[str, float]:
    found = finder(assistant).candidates(assistant.understand(question))
    return {candidate.article.id: candidate.lift for candidate in found if candidate.lift}


# ── Order and scores ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_passage_that_says_it_comes_first(collection):
    assert ids(collection.search("What is the visa fee?"))[0] == "hostile"
    assert ids(collection.search("Who stays in the garrison of Osan?"))[0] == "quotation"


def test_passages_come_best_first_each_chunk_once(collection):
    found = collection.search("What will the shipyards build?", k=10)
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)
    assert len({passage.chunk.chunk_id for passage in found}) == len(found)


@pytest.mark.parametrize("k", [1, 3, 10, 1000])
def test_at_most_k_passages(collection, k):
    chunks = sum(len(record.chunk_ids) for record in collection.index.articles().values())
    assert 0 < len(collection.search("shipyards of Seoul", k=k)) <= min(k, chunks)


def test_a_passage_keeps_where_its_score_came_from(collection):
    for passage in collection.search("What did the fact sheet say about shipyards?"):
        assert 0 <= passage.parts.dense <= 1
        assert 0 <= passage.parts.bm25 <= 1
        assert 0 <= passage.parts.late <= 1
        assert passage.score == pytest.approx(passage.parts.candidates + passage.parts.read)
        assert 0 <= passage.parts.candidates <= 1
        assert 0 <= passage.parts.read <= Weights().late
        assert len(passage.sentences) == len(passage.chunk.sentences)
        assert all(0 <= score <= passage.parts.late + 1e-5 for score in passage.sentences)


def test_a_passage_keeps_what_the_searches_said_in_their_own_units(collection, embeddings):
    best = collection.search("What is the visa fee?")[0]
    vectors = embeddings.embed(["What is the visa fee?", best.chunk.text])
    assert best.parts.cosine == pytest.approx(float(vectors[0] @ vectors[1]), abs=0.02)
    hits = collection.index.lexical(analyse("What is the visa fee?"), CANDIDATES)
    assert best.parts.bm25_score == dict(hits)[best.chunk.chunk_id]


def test_what_a_search_did_not_find_has_no_score_of_it(words_only):
    assert {passage.parts.cosine for passage in words_only.search("What is the visa fee?")} == {None}


def test_late_interaction_decides_among_the_candidates(collection):
    question = collection.understand("What is the visa fee?")
    candidates = finder(collection).candidates(question)
    turned = [one._replace(score=0.0) for one in reversed(candidates)]
    assert turned[0].article.id != "hostile"
    assert finder(collection).rerank(question, turned)[0].article.id == "hostile"


def test_nothing_to_rerank_gives_nothing(collection):
    assert finder(collection).rerank(collection.understand("What is the visa fee?"), []) == []


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", ["When will OPCON move?", "전작권은 언제 옮기나요?"])
def test_a_name_finds_articles_that_use_another_form(collection, question):
    english = [id_ for id_ in ids(collection.search(question)) if id_ != "한겨레-1"]
    assert english[0] == "fact-sheet"


def test_late_interaction_reads_a_name_as_the_passage_writes_it(collection):
    (best, *_) = collection.search("When will OPCON move?")
    assert best.article.id == "fact-sheet"
    assert best.parts.late > 0.4


def test_a_korean_name_of_an_english_question_finds_korean_articles(collection):
    found = {passage.article.id: passage for passage in collection.search("When will OPCON move?")}
    assert found["한겨레-1"].parts.late > 0


def test_a_romanisation_finds_another(collection):
    assert ids(collection.search("Did Yun Seok-yeol understand?"))[0] == "column"


# ── What the question names lifts ────────────────────────────────────────────────────────────────────────────────


def test_an_outlet_in_the_question_lifts_its_articles(collection):
    assert lifts(collection, "What does The Korea Herald say about shipyards?") == {"column": Weights().outlet}
    assert lifts(collection, "What does anybody say about shipyards?") == {}


@pytest.mark.parametrize(
    ("question", "article_id"),
    [
        ("What does the fact sheet say about shipyards?", "fact-sheet"),
        ("What does the columnist say about shipyards?", "column"),
        ("What does the op-ed say about shipyards?", "column"),
        ("칼럼은 조선소에 대해 뭐라고 하나요?", "column"),
        ("What do his remarks say about shipyards?", "summit"),
    ],
)
def test_a_kind_in_the_question_lifts_articles_of_that_kind(collection, question, article_id):
    assert lifts(collection, question) == {article_id: Weights().kind}
    assert ids(collection.search(question))[0] == article_id


def test_a_date_in_the_question_lifts_articles_of_that_time(collection):
    assert lifts(collection, "What did Seoul pay for troops in 2021?") == {"costs-2021": Weights().date}
    assert ids(collection.search("What did Seoul pay for troops in 2021?"))[0] == "costs-2021"
    lifted = lifts(collection, "What did Seoul pay for troops since 2021?")
    assert {"costs-2021", "costs-2023"} <= lifted.keys()
    assert "costs-2019" not in lifted


def test_an_article_without_a_date_is_never_lifted_by_one(collection):
    assert "hostile" not in lifts(collection, "What was the visa fee before 2030?")


def test_lifts_do_not_filter(collection):
    assert len(set(ids(collection.search("What does the columnist say about shipyards?")))) > 1


def test_each_outlet_of_a_question_answers_its_own_part(collection):
    question = "What does The Korea Herald say about shipyards, and what does Yonhap report about the frigate in Ulsan?"
    assert set(ids(collection.search(question))[:2]) == {"column", "picture"}
    lifted = lifts(collection, question)
    # Beside its outlet, the part that asks it: nearly all of that for the passage that meets it best.
    assert lifted["column"] > Weights().outlet + 0.8 * Weights().part
    assert lifted["picture"] > Weights().outlet + 0.8 * Weights().part
    assert lifted["costs-2021"] < Weights().outlet + 0.8 * Weights().part


# ── Filters ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("filters", "passing"),
    [
        (Filters(outlets=("yonhap",)), {"picture", "costs-2019", "costs-2021", "costs-2023"}),
        (Filters(kinds=("Opinion", "remarks")), {"column", "summit"}),
        (Filters(published_from="2025-10"), {"fact-sheet", "column"}),
        (Filters(published_to="2021"), {"costs-2019", "costs-2021"}),
        (Filters(outlets=("White House",), published_to="2025-09"), {"summit"}),
        (Filters(outlets=("Nobody's Paper",)), set()),
    ],
)
@pytest.mark.parametrize("which", ["collection", "words_only"])
def test_only_articles_within_the_filter_are_found(request, which, filters, passing):
    assistant = request.getfixturevalue(which)
    question = "Seoul shipyards troops frigate Arctic Washington Yoon committed"
    assert set(ids(assistant.search(question, k=50, filters=filters))) == passing


def test_an_article_without_metadata_is_found_without_a_filter_and_by_none(collection):
    question = "What is the visa fee?"
    assert "hostile" in ids(collection.search(question))
    for filters in (Filters(outlets=("Yonhap",)), Filters(kinds=("news",)), Filters(published_from="1000")):
        assert "hostile" not in ids(collection.search(question, filters=filters))


# ── Without a model, and small indexes ───────────────────────────────────────────────────────────────────────────


def test_without_a_model_words_find_and_score(words_only):
    found = words_only.search("What is the visa fee?")
    assert ids(found)[0] == "hostile"
    assert all(passage.parts.dense == 0 for passage in found)
    assert found[0].parts.late == pytest.approx(1)
    assert found[0].sentences[-1] > found[0].sentences[0]


def test_without_a_model_an_english_passage_is_scored_by_the_english_words(words_only):
    found = {passage.article.id: passage for passage in words_only.search("전작권은 언제 옮기나요?")}
    assert found["fact-sheet"].parts.late > 0.4
    assert found["한겨레-1"].parts.late > 0.18


def test_without_a_shared_word_nothing_is_found(words_only):
    assert words_only.search("Quarterly zymurgy?") == []


@pytest.mark.parametrize("words_alone", [True, False])
def test_an_empty_index_gives_nothing(tmp_path, embeddings, words_alone):
    assistant = assistant_over(tmp_path, [], BM25 if words_alone else embeddings)
    assert assistant.search("What is the visa fee?") == []


@pytest.mark.parametrize("words_alone", [True, False])
def test_an_index_of_one_chunk_finds_it(tmp_path, embeddings, words_alone):
    one = Article("only", "Alone", "The visa fee is 185 dollars.")
    (found,) = assistant_over(tmp_path, [one], BM25 if words_alone else embeddings).search("What is the visa fee?")
    assert found.chunk.text == one.text
    assert found.parts.late > 0.5


def test_more_chunks_than_candidates(tmp_path):
    many = [Article(f"a{n}", "On fees", f"The visa fee number {n} is due.") for n in range(CANDIDATES + 20)]
    assistant = assistant_over(tmp_path, many, BM25)
    found = assistant.search("visa fee number 7", k=1000)
    assert len(found) == CANDIDATES
    assert found[0].article.id == "a7"


# ── An index that changes meanwhile ──────────────────────────────────────────────────────────────────────────────


class Changing:
    """The index, with what another thread's refresh does between two calls."""

    def __init__(self, index, gone: str = "", unknown: str = "", replaced: str = "") -> None:
        self._index, self._gone, self._unknown, self._replaced = index, gone, unknown, replaced

    def __getattr__(self, name):
        return getattr(self._index, name)

    def article_of(self, chunk_id: str) -> str:
        article_id = self._index.article_of(chunk_id)
        if article_id == self._gone:
            raise KeyError(chunk_id)
        return article_id

    def articles(self):
        return {id_: record for id_, record in self._index.articles().items() if id_ != self._unknown}

    def chunks(self, wanted):
        found = self._index.chunks(wanted)
        return {
            id_: chunk if chunk.article_id != self._replaced else chunk.__class__(**{**vars(chunk), "version": "new"})
            for id_, chunk in found.items()
        }


@pytest.mark.parametrize("change", ["gone", "unknown", "replaced"])
def test_what_comes_or_goes_during_a_search_is_left_out_of_it(collection, embeddings, change):
    index = Changing(collection.index, **{change: "hostile"})
    moving = PassageFinder(index, embeddings, None, None)
    found = ids(moving.find(collection.understand("What is the visa fee for Seoul?"), 10))
    assert "hostile" not in found
    assert found


# ── As a LangChain retriever ─────────────────────────────────────────────────────────────────────────────────────


def test_the_retriever_gives_documents_that_know_where_they_stand(collection):
    documents = collection.as_retriever(k=3).invoke("What does the fact sheet say about shipyards?")
    assert 0 < len(documents) <= 3
    first = documents[0].metadata
    assert (first["article_id"], first["outlet"], first["published"]) == ("fact-sheet", "White House", "2025-11-14")
    texts = {article.id: article.text for article in ARTICLES}
    for document in documents:
        at = document.metadata
        assert texts[at["article_id"]][at["start"] : at["end"]] == document.page_content
        assert document.id


def test_the_retriever_composes_into_a_chain(collection):
    retriever = collection.as_retriever(k=2, filters=Filters(outlets=("Yonhap",)))
    assert isinstance(retriever, HybridRetriever)
    chain = retriever | RunnableLambda(lambda documents: [document.metadata["outlet"] for document in documents])
    assert chain.invoke("What did Seoul pay for troops?") == ["Yonhap", "Yonhap"]
    assert chain.batch(["What did Seoul pay?", "Which frigate?"]) == [["Yonhap", "Yonhap"]] * 2


def test_the_retriever_has_nothing_for_a_greeting(collection):
    assert collection.as_retriever().invoke("hello") == []


def test_an_open_retriever_finds_what_came_later(tmp_path):
    with writer_of(tmp_path, BM25) as writer:
        writer.commit()
    retriever = reopened(tmp_path, BM25).as_retriever()
    assert retriever.invoke("visa fee") == []
    with writer_of(tmp_path, BM25) as writer:
        put(writer, BM25, [Article("late", "Late", "The visa fee is 185 dollars.")])
        writer.commit()
    assert [document.metadata["article_id"] for document in retriever.invoke("visa fee")] == ["late"]
