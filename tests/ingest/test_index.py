import dataclasses
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from chromadb.errors import InternalError

from ingest.chroma import ChromaStore, CollectionGone
from ingest.derived import count_pieces
from ingest.errors import IndexBusy, IndexMismatch, IndexUnavailable
from ingest.index import Filters, open_index
from ingest.lexical import LexicalIndex, analyse
from ingest.records import ChromaServer
from ingest.tables import lexical_row
from tests.ingest.samples import SETTINGS, make_article, piece_ids, put, split, vectors_of

ARTICLES = [make_article(number) for number in range(20)]
CHANGED = [*ARTICLES[4:8], make_article(2, 1), make_article(3, 1), make_article(30), make_article(31)]


def write(location, *articles, **options):
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids, **options) as writer:
        put(writer, *articles)
        writer.commit()


@pytest.fixture
def index(location):
    write(location, *ARTICLES)
    return open_index(location, SETTINGS, piece_ids=piece_ids)


@pytest.mark.parametrize(
    ("said", "raised"),
    [("Error getting collection: Missing field: [Missing metadata segment]", CollectionGone), ("no", IndexUnavailable)],
)
def test_a_collection_that_is_being_dropped_counts_as_gone(tmp_path, monkeypatch, said, raised):
    store = ChromaStore(tmp_path, create=True)
    store.create("hanmi-index-1", SETTINGS)
    assert store.ids("hanmi-index-1") == []

    def fail(*_, **__):
        raise InternalError(said)

    monkeypatch.setattr("chromadb.Collection.get", fail)
    with pytest.raises(IndexUnavailable) as caught:
        store.ids("hanmi-index-1")
    assert type(caught.value) is raised


def test_what_was_indexed_comes_back(index):
    assert dict(index.articles()).keys() == {article.id for article in ARTICLES}
    for article in ARTICLES:
        assert index.article(article.id) == article
        record = index.articles()[article.id]
        assert record.words == len(article.text.split())
        assert (record.sha256, record.version) == (article.sha256, article.version)
        chunks = split(article)
        assert record.chunk_ids == tuple(chunk.chunk_id for chunk in chunks)
        assert list(index.chunks(record.chunk_ids).values()) == chunks
        assert all(index.article_of(chunk.chunk_id) == article.id for chunk in chunks)
    assert index.article("nobody") is None
    assert index.chunks(["0" * 32]) == {}
    assert index.chunks([]) == {}


def test_every_vector_is_its_own_nearest_neighbour(index):
    for article in ARTICLES:
        for chunk in split(article):
            hits = index.dense(vectors_of([chunk.text])[0], 3)
            assert hits[0].chunk_id == chunk.chunk_id
            assert hits[0].score == pytest.approx(1.0, abs=1e-5)
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_dense_is_cosine_similarity(index):
    vector = vectors_of(["a question"])[0]
    chunks = [chunk for article in ARTICLES for chunk in split(article)]
    similarities = vectors_of([chunk.text for chunk in chunks]) @ vector
    expected = sorted(zip(similarities, (chunk.chunk_id for chunk in chunks), strict=True), reverse=True)[:10]
    hits = index.dense(vector, 10)
    assert [hit.chunk_id for hit in hits] == [chunk_id for _, chunk_id in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for score, _ in expected], abs=1e-5)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(outlets=("yonhap",)),
        Filters(kinds=("analysis",), published_from="2025-06"),
        Filters(published_to="2025-03-15"),
        Filters(outlets=("nobody",)),
        Filters(),
    ],
)
def test_dense_and_lexical_filter_alike(index, filters):
    everything = 1000
    tokens = analyse("Sentence alliance tariff troops Seoul 전작권")
    lexical = {index.article_of(hit.chunk_id) for hit in index.lexical(tokens, everything, filters)}
    dense = {index.article_of(hit.chunk_id) for hit in index.dense(vectors_of(["x"])[0], everything, filters)}
    assert lexical == dense
    records = [record for record in index.articles().values() if record.id in dense]
    if filters.outlets:
        assert all(record.outlet == "Yonhap" for record in records)
    if filters.published_from or filters.published_to:
        assert all(record.published for record in records)
    if not filters:
        assert len(dense) == len(ARTICLES)


def test_k_is_the_number_of_hits(index):
    vector = vectors_of(["x"])[0]
    assert [len(index.dense(vector, k)) for k in (0, 1, 7)] == [0, 1, 7]
    assert [len(index.lexical(["sentenc"], k)) for k in (0, 1, 7)] == [0, 1, 7]


def test_a_vector_of_another_dimension_is_refused(index):
    with pytest.raises(ValueError, match="dimension 16"):
        index.dense(np.ones(3, dtype=np.float32), 1)


def test_piece_counts(index):
    texts = [chunk.text for article in ARTICLES for chunk in split(article)]
    counts, chunks = index.piece_document_frequency()
    assert chunks == len(texts)
    assert np.array_equal(counts, count_pieces(texts, piece_ids))


def test_piece_counts_without_a_tokenizer(location):
    with open_index(location, SETTINGS, write=True) as writer:
        put(writer, *ARTICLES)
        writer.commit()
    assert open_index(location).piece_document_frequency() is None
    counts, _ = open_index(location, piece_ids=piece_ids).piece_document_frequency()
    write(location, *ARTICLES, rebuild=True)
    assert np.array_equal(counts, open_index(location, piece_ids=piece_ids).piece_document_frequency()[0])


def test_change_and_removal_show_after_refresh_and_leave_nothing(location, index):
    assert not index.refresh()
    changed = make_article(3, edition=1)
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        put(writer, changed, make_article(50))
        writer.remove(["article-004", "nobody"])
        writer.commit()
    assert index.generation == 1
    assert index.dense(vectors_of(["x"])[0], 5), "a reader that has not refreshed goes on"
    assert index.lexical(["summit"], 5)
    assert index.refresh()
    assert index.generation == 2
    assert index.article("article-003") == changed
    assert index.article("article-050") == make_article(50)
    assert index.article("article-004") is None
    old_text = split(ARTICLES[3])[0].text
    assert {index.article_of(hit.chunk_id) for hit in index.dense(vectors_of([old_text])[0], 1000)} == set(
        index.articles()
    )
    assert_same_as_fresh(location, [*ARTICLES[:3], changed, *ARTICLES[5:], make_article(50)])


def assert_same_as_fresh(location, articles):
    """The index holds what a fresh one of these articles would hold; scores and counts included."""
    index = open_index(location, piece_ids=piece_ids)
    store = index._view.store
    name = index._view.pointer.collection
    chunks = {chunk.chunk_id: chunk for article in articles for chunk in split(article)}
    assert set(store.ids(name)) == set(chunks) == set(index._view.derived.tables.article_of)
    assert {article.id: index.article(article.id) for article in articles} == {a.id: a for a in articles}
    assert store.names() == [name]
    counts, _ = index.piece_document_frequency()
    assert np.array_equal(counts, count_pieces([chunk.text for chunk in chunks.values()], piece_ids))
    ordered = [chunk for article in sorted(articles, key=lambda a: a.id) for chunk in split(article)]
    rows = {row.chunk_id: row for row in store.scan(name)}
    fresh = LexicalIndex.build([lexical_row(rows[chunk.chunk_id]) for chunk in ordered])
    for question in ("alliance tariff", "전작권 summit", "Title 3 Yonhap", "2025 March"):
        assert index.lexical(analyse(question), 50) == fresh.search(analyse(question), 50)
    vectors = store.vectors(name, list(chunks))
    assert np.allclose(vectors, vectors_of([chunk.text for chunk in chunks.values()]), atol=1e-6)


def test_an_article_replaced_this_moment_is_given_as_it_is_now(location, index):
    write(location, make_article(3, edition=1))
    assert index.article("article-003") == make_article(3, edition=1)


def test_a_narrow_filter_on_an_article_replaced_this_moment(location, index):
    narrow = Filters(published_from="2025-02", published_to="2025-02", outlets=("Yonhap",))
    vector = vectors_of(["x"])[0]
    found = {index.article_of(hit.chunk_id) for hit in index.dense(vector, 50, narrow)}
    assert found == {"article-001", "article-013"}
    write(location, make_article(1, edition=1))
    still_there = index.chunks([hit.chunk_id for hit in index.dense(vector, 50, narrow)])
    assert {chunk.article_id for chunk in still_there.values()} == {"article-013"}
    index.refresh()
    assert {index.article_of(hit.chunk_id) for hit in index.dense(vector, 50, narrow)} == found


def test_back_to_an_earlier_version(location, index):
    for edition in (1, 0, 1):
        write(location, make_article(0, edition))
        assert index.refresh()
        assert index.article("article-000") == make_article(0, edition)
    assert_same_as_fresh(location, [make_article(0, 1), *ARTICLES[1:]])


def test_the_same_article_twice_in_one_session(location):
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        put(writer, make_article(0), make_article(0, 1), make_article(1))
        writer.remove(["article-001"])
        put(writer, make_article(1, 2), make_article(0, 3))
        writer.commit()
    assert_same_as_fresh(location, [make_article(0, 3), make_article(1, 2)])


def test_new_metadata_is_a_new_version(location, index):
    write(location, make_article(0, outlet="Hankyoreh", published=None))
    index.refresh()
    assert index.article("article-000") == make_article(0, outlet="Hankyoreh", published=None)
    assert {index.article_of(hit.chunk_id) for hit in index.lexical(["hankyoreh"], 50)} == {"article-000"}


def test_nothing_changed_moves_nothing(location, index):
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        assert writer.commit() == 1
    assert not index.refresh()


def test_an_uncommitted_writer_shows_nothing(location, index):
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        put(writer, *(make_article(number, 1) for number in range(100, 250)))
        put(writer, make_article(0, edition=1))
    fresh = open_index(location)
    for reader in (index, fresh):
        assert not reader.refresh()
        assert "article-100" not in reader.articles()
        assert reader.article("article-000") == ARTICLES[0]
        hits = reader.dense(vectors_of(["x"])[0], 20)
        assert len(hits) == 20
        assert all(reader.article_of(hit.chunk_id) for hit in hits)


def test_the_next_writer_clears_up(location, index):
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        put(writer, *(make_article(number) for number in range(100, 250)), make_article(0, edition=1))
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        writer.remove([article_id for article_id in writer.articles() if article_id >= "article-100"])
        put(writer, ARTICLES[0])
        writer.commit()
    assert_same_as_fresh(location, ARTICLES)


def test_derived_parts_are_made_again_when_they_are_lost(tmp_path):
    write(tmp_path, *ARTICLES)
    for loss in ("derived", "tables.json", "lexical"):
        for path in tmp_path.rglob(loss):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        assert_same_as_fresh(tmp_path, ARTICLES)


def test_derived_parts_of_a_server_lie_in_the_cache(server, tmp_path):
    write(server, *ARTICLES)
    cache = tmp_path / "cache"
    first = open_index(server, cache_dir=cache)
    assert len(list(cache.iterdir())) == 1
    assert first.lexical(["summit"], 9) == open_index(server, cache_dir=cache).lexical(["summit"], 9)
    write(server, make_article(0, 1), cache_dir=cache)
    assert first.refresh()
    assert first.article("article-000") == make_article(0, 1)


def test_a_folder_that_cannot_be_written_to_can_be_read(tmp_path, monkeypatch):
    write(tmp_path, *ARTICLES)
    monkeypatch.setattr("tempfile.mkdtemp", lambda **_: (_ for _ in ()).throw(PermissionError("read-only")))
    shutil.rmtree(tmp_path / "derived")
    assert open_index(tmp_path).lexical(["summit"], 3)


def test_rebuild_swaps_without_a_gap(location, index):
    wanted = dataclasses.replace(SETTINGS, chunk_pieces=80)
    with open_index(location, wanted, write=True, rebuild=True, piece_ids=piece_ids) as writer:
        assert not writer.articles()
        put(writer, *ARTICLES[:10])
        assert index.dense(vectors_of(["x"])[0], 3), "the old index answers while the new one is made"
        assert open_index(location, SETTINGS).generation == 1
        assert not index.refresh()
        writer.commit()
    assert index.settings == SETTINGS
    assert index.dense(vectors_of(["x"])[0], 3), "after the swap too"
    index.refresh()
    assert index.settings == wanted
    assert len(index.articles()) == 10
    assert index._view.store.names() == [index._view.pointer.collection]


def test_other_settings_are_an_error_that_names_both(location, index):
    other = dataclasses.replace(SETTINGS, embedding="another model", dimension=8)
    for write in (False, True):
        with pytest.raises(IndexMismatch) as error:
            open_index(location, other, write=write)
        for words in ("embedding model: test vectors in the index, another model asked for", "16", "8", "--rebuild"):
            assert words in str(error.value)
    assert open_index(location, None).settings == SETTINGS


def test_no_index_says_what_to_run(location):
    with pytest.raises(IndexUnavailable, match="run `hanmi ingest`"):
        open_index(location)
    if isinstance(location, Path):
        assert not location.exists(), "looking must not make anything"


def test_a_first_ingest_that_did_not_finish_is_no_index(location):
    with open_index(location, SETTINGS, write=True) as writer:
        put(writer, *(make_article(number) for number in range(150)))
        with pytest.raises(IndexUnavailable, match="run `hanmi ingest`"):
            open_index(location)
    with open_index(location, SETTINGS, write=True) as writer:
        assert writer.articles(), "the next run goes on from there"


def test_an_empty_index(location):
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids) as writer:
        assert writer.commit() == 1
    index = open_index(location)
    assert index.dense(vectors_of(["x"])[0], 3) == index.lexical(["x"], 3) == []
    assert index.articles() == {}
    write(location, *ARTICLES)
    assert index.refresh()
    assert index.article("article-000") == ARTICLES[0]


def test_a_second_writer_waits_or_says_who_writes(location):
    held_by = rf"process {os.getpid()} on this machine since 20.*waited 0.3 s"
    with open_index(location, SETTINGS, write=True), pytest.raises(IndexBusy, match=held_by):
        open_index(location, SETTINGS, write=True, wait_s=0.3)
    done = threading.Event()
    writer = open_index(location, SETTINGS, write=True)
    threading.Timer(0.5, lambda: (done.set(), writer.close())).start()
    with open_index(location, SETTINGS, write=True, wait_s=60):
        assert done.is_set()


def test_no_embedding_means_no_dense_hits(location):
    settings = dataclasses.replace(SETTINGS, embedding="none", dimension=1)
    with open_index(location, settings, write=True) as writer:
        for article in ARTICLES:
            chunks = split(article)
            writer.add(article, chunks, np.ones((len(chunks), 1), dtype=np.float32))
        writer.commit()
    index = open_index(location)
    assert index.dense(np.ones(1, dtype=np.float32), 5) == []
    assert index.lexical(["summit"], 5)


@pytest.mark.parametrize("bad", [np.ones((1, 3), np.float32), np.full((1, 16), np.nan, np.float32)])
def test_vectors_that_do_not_fit_are_refused(tmp_path, bad):
    article = make_article(0, sentences=2)
    with open_index(tmp_path, SETTINGS, write=True) as writer, pytest.raises(ValueError, match="article-000"):
        writer.add(article, split(article), bad)


def test_a_server_that_does_not_answer():
    with pytest.raises(IndexUnavailable, match=r"127\.0\.0\.1:9"):
        open_index(ChromaServer("http://127.0.0.1:9"))
    with pytest.raises(IndexUnavailable, match="no address"):
        open_index(ChromaServer("localhost:8000"))


def test_a_broken_database_says_what_to_do(tmp_path):
    write(tmp_path, make_article(0))
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    for options in ({}, {"write": True}):
        with pytest.raises(IndexUnavailable, match="delete this folder and run `hanmi ingest`"):
            open_index(tmp_path, SETTINGS, **options)


def test_the_folder_deleted_and_made_again_is_noticed(tmp_path):
    folder = tmp_path / "index"
    write(folder, *ARTICLES)
    index = open_index(folder)
    shutil.rmtree(folder)
    with pytest.raises(IndexUnavailable, match="run `hanmi ingest`"):
        index.refresh()
    write(folder, make_article(70))
    assert index.refresh() or index.generation == 1
    assert set(index.articles()) == {"article-070"}


def test_twenty_threads_ask_at_once(location, index):
    failures = []

    def ask(number):
        try:
            for turn in range(20):
                hits = index.dense(vectors_of([f"{number} {turn}"])[0], 10)
                assert len(index.chunks([hit.chunk_id for hit in hits])) == 10
                index.refresh()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    [thread.start() for thread in threads]
    write(location, *(make_article(number) for number in range(20, 40)))
    [thread.join() for thread in threads]
    assert not failures
    index.refresh()
    assert len(index.articles()) == 40


class Stopped(BaseException):
    """Stands for a SIGKILL between two calls to Chroma."""


def stop_at(monkeypatch, call):
    """Stop the writer before its n-th change of the database, which is also after the one before."""
    made = [0]

    def counting(method):
        def run(self, *arguments):
            made[0] += 1
            if made[0] == call:
                raise Stopped
            return method(self, *arguments)

        return run

    for name in ("_write", "move_pointer", "create", "drop"):
        monkeypatch.setattr(ChromaStore, name, counting(getattr(ChromaStore, name)))


def change(location, *, rebuild):
    """Two articles new, two replaced, two gone, in many small batches."""
    with open_index(location, SETTINGS, write=True, piece_ids=piece_ids, rebuild=rebuild) as writer:
        # As sync does: what is there in this version is not written again.
        there = {record.version for record in writer.articles().values()}
        put(writer, *(article for article in CHANGED if article.version not in there))
        writer.remove(set(writer.articles()) - {article.id for article in CHANGED})
        writer.commit()


@pytest.mark.parametrize("rebuild", [False, True])
def test_stopped_at_any_change_of_the_database(tmp_path, monkeypatch, rebuild):
    monkeypatch.setattr("ingest.chroma.BATCH", 7)  # cuts articles in two
    monkeypatch.setattr("ingest.writer.BATCH", 15)
    before = {article.id: article for article in ARTICLES[:8]}
    write(tmp_path / "before", *before.values())
    call = stops = 0
    while stops == call:
        call += 1
        folder = shutil.copytree(tmp_path / "before", tmp_path / f"{call}")
        with monkeypatch.context() as patch:
            stop_at(patch, call)
            try:
                change(folder, rebuild=rebuild)
            except Stopped:
                stops += 1
        for _ in range(2):
            reader = open_index(folder)
            seen = {article_id: reader.article(article_id) for article_id in reader.articles()}
            assert seen in (before, {article.id: article for article in CHANGED})
            shutil.rmtree(folder / "derived")  # what Chroma holds must say the same
        change(folder, rebuild=False)
        assert_same_as_fresh(folder, CHANGED)
    assert call > 5
