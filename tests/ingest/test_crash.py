"""A sync killed in the middle: the next one ends with what a fresh index holds, and readers never notice.

Each test runs with batches, and Chroma's threshold for saving vectors, a tenth as large as they ship, over a tenth of
the chunks; the long suite runs it as they ship, with more kills.
"""

import json
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import IndexUnavailable
from ingest.index import Index, open_index
from ingest.lexical import analyse
from ingest.sync import sync
from tests.ingest.samples import TestEmbeddings, make_article, set_scale, vectors_of
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
QUESTIONS = [
    "alliance tariff",
    "전작권 summit",
    "Title 7",
    "2025 March Yonhap",
    "sentence 3 of article 11",
    "won dollar",
]
SENTENCES = 300  # of an article as the scale is 1; each makes a chunk, so that four articles pass Chroma's threshold
ANEW_AFTER = 3  # kills on what the last one left
pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs fork and timers of processor time")


@pytest.fixture(autouse=True, params=[10, pytest.param(1, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def scale(request, monkeypatch) -> int:
    """Few enough rows a batch that Chroma saves its vectors, and forgets its log, in the middle of a sync."""
    set_scale(monkeypatch.setattr, request.param)
    return request.param


@pytest.fixture
def kills(scale) -> int:
    return 6 if scale > 1 else 30


@pytest.fixture(scope="module")
def child():
    command = [sys.executable, "-m", "tests.ingest.crash_child"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def killer(child, scale):
    """Runs a sync in a process that is killed once it has used so much processor time; None lets it end."""

    def run(corpus, index, after_cpu_s=None, *, rebuild=False, embedding="test vectors"):
        job = {"corpus": str(corpus), "index": str(index), "rebuild": rebuild, "embedding": embedding, "scale": scale}
        child.stdin.write(json.dumps(job | {"kill_after_cpu_s": after_cpu_s}) + "\n")
        child.stdin.flush()
        done = json.loads(child.stdout.readline())
        assert not done["failed"], "the sync itself failed; what it said is on standard error"
        return done

    return run


@pytest.fixture
def write_corpus(scale):
    def write(folder: Path, numbers, edition=0) -> None:
        folder.mkdir(exist_ok=True)
        for number in numbers:
            article = make_article(number, edition, sentences=SENTENCES // scale)
            fields = f"title: {article.title}\noutlet: {article.outlet or 'KBS'}\npublished: 2025-0{number % 9 + 1}"
            (folder / f"{article.id}.md").write_text(f"---\n{fields}\n---\n\n{article.text}")

    return write


def contents(index: Index) -> dict:
    """Everything a reader can get from an index, vectors apart."""
    store, pointer = index._view.store, index._view.pointer
    known = index._view.derived.tables.article_of
    rows = [row for row in store.scan(pointer.collection) if row.chunk_id in known]
    return {
        "articles": {article_id: index.article(article_id) for article_id in index.articles()},
        "rows": {row.chunk_id: (row.text, row.fields | {"revision": 0}) for row in rows},
        "lexical": {question: index.lexical(analyse(question), 5) for question in QUESTIONS},
        "dense": {
            question: [hit.chunk_id for hit in index.dense(vectors_of([question])[0], 5)] for question in QUESTIONS
        },
    }


def assert_whole(index: Index, expected: dict) -> None:
    """The index holds what a fresh one does, no row more, and every vector is its own nearest neighbour."""
    assert contents(index) == expected
    store, pointer = index._view.store, index._view.pointer
    ids = list(expected["rows"])
    assert sorted(store.ids(pointer.collection)) == sorted(ids)
    assert store.names() == [pointer.collection]
    vectors = vectors_of([expected["rows"][chunk_id][0] for chunk_id in ids])
    assert np.allclose(store.vectors(pointer.collection, ids), vectors, atol=1e-6)
    lost = [i for i, vector in zip(ids, vectors, strict=True) if index.dense(vector, 1)[0].chunk_id != i]
    assert not lost


def fresh(corpus: Path, folder: Path) -> dict:
    sync(corpus, folder, TestEmbeddings("test vectors"))
    assert list(folder.glob("chroma/*/index_metadata.pickle")), "Chroma has not saved its vectors: are they too few?"
    return contents(open_index(folder))


class Sweep:
    """The same change, killed at moments spread over the whole of it, each on what the last kill left."""

    def __init__(self, tmp_path: Path, killer) -> None:
        self.killer = killer
        self.corpus = tmp_path / "corpus"
        self.prepared = tmp_path / "prepared"  # the index before the change; need not be there
        self.tmp_path = tmp_path

    def run(self, before: dict | None, after: dict, kills: int, **options) -> None:
        """Kill ``kills`` times; where a change has come to its end, or was killed often, begin anew with another."""
        whole = self.killer(self.corpus, self.begin("unkilled"), **options)["cpu_s"]
        hits, left = 0, 0
        for turn in range(kills):
            if not left:
                index, left = self.begin(f"index-{turn}"), ANEW_AFTER
            # Steps of the golden ratio: however many there are, they cover the change evenly. The first is the middle.
            killed = self.killer(self.corpus, index, whole * ((turn * 0.618034 + 0.5) % 1), **options)["killed"]
            hits += killed
            left = left - 1 if killed else 0
            try:
                seen = contents(open_index(index))
            except IndexUnavailable:
                assert before is None
            else:
                assert seen in (before, after), "a reader sees the state before or after, nothing between"
            if not left or turn == kills - 1:
                sync(self.corpus, index, TestEmbeddings("test vectors"))
                assert_whole(open_index(index), after)
                shutil.rmtree(index)
        assert hits >= kills / 4, "the kills come too late to hit anything"

    def begin(self, name: str) -> Path:
        if self.prepared.is_dir():
            shutil.copytree(self.prepared, self.tmp_path / name)
        return self.tmp_path / name


@pytest.fixture
def sweep(tmp_path, killer):
    return Sweep(tmp_path, killer)


def test_a_first_ingest_that_is_killed(sweep, write_corpus, kills, tmp_path):
    write_corpus(sweep.corpus, range(8))
    sweep.run(None, fresh(sweep.corpus, tmp_path / "fresh"), kills)


def test_a_change_that_is_killed(sweep, write_corpus, kills, tmp_path):
    """Two new articles, two others replaced, two gone."""
    write_corpus(sweep.corpus, range(8))
    before = fresh(sweep.corpus, sweep.prepared)
    write_corpus(sweep.corpus, range(8, 10))
    write_corpus(sweep.corpus, range(2), edition=1)
    for number in (2, 3):
        (sweep.corpus / f"article-{number:03}.md").unlink()
    sweep.run(before, fresh(sweep.corpus, tmp_path / "fresh"), kills)


def test_a_rebuild_that_is_killed(sweep, write_corpus, kills):
    write_corpus(sweep.corpus, range(8))
    before = fresh(sweep.corpus, sweep.prepared)
    sweep.run(before, before, kills, rebuild=True)


def test_every_vector_is_found_after_writers_in_two_processes(killer, write_corpus, tmp_path):
    """Serve open, ingest by command line, serve syncs: the case in which Chroma loses vectors without a word."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_corpus(corpus, range(4))
    sync(corpus, index, TestEmbeddings("test vectors"))
    serving = open_index(index)
    serving.dense(vectors_of(["x"])[0], 3)
    for turn in range(2):
        write_corpus(corpus, range(4 + 4 * turn, 6 + 4 * turn))
        killer(corpus, index)
        serving.refresh()
        write_corpus(corpus, range(6 + 4 * turn, 8 + 4 * turn))
        sync(corpus, index, TestEmbeddings("test vectors"))
    serving.refresh()
    assert_whole(serving, fresh(corpus, tmp_path / "fresh"))
    assert_whole(open_index(index), contents(serving))


def test_a_reader_sees_every_change_and_no_error(killer, write_corpus, tmp_path):
    """While another process adds, replaces, removes and rebuilds, a reader that refreshes asks on and on."""
    corpus, folder = tmp_path / "corpus", tmp_path / "index"
    write_corpus(corpus, range(3))
    sync(corpus, folder, TestEmbeddings("test vectors"))
    index = open_index(folder)
    done = threading.Event()
    failures, generations, asked = [], set(), [0]

    def ask():
        vectors = vectors_of([f"question {number}" for number in range(50)])
        while not done.is_set():
            try:
                index.refresh()
                generations.add(index.generation)
                hits = index.dense(vectors[asked[0] % 50], 20)
                assert hits
                index.chunks([hit.chunk_id for hit in hits])
                assert index.lexical(analyse("alliance tariff"), 20)
                articles = index.articles()
                article_id = list(articles)[asked[0] % len(articles)]
                assert index.article(article_id) or article_id not in index.articles(), "only a removed one is none"
                fresh_reader = open_index(folder) if asked[0] % 20 == 0 else index
                assert fresh_reader.dense(vectors[0], 3)
            except Exception as error:
                failures.append(error)
            asked[0] += 1

    def change(generation, **options):
        killer(corpus, folder, **options)
        wait_for(lambda: generation in generations, f"readers to see generation {generation}")

    threads = [threading.Thread(target=ask) for _ in range(2)]
    [thread.start() for thread in threads]
    try:
        write_corpus(corpus, range(3, 6))
        change(2)
        write_corpus(corpus, range(1, 4), edition=1)
        change(3)
        change(4, rebuild=True)
        for number in range(1, 3):
            (corpus / f"article-{number:03}.md").unlink()
        change(5)
        wait_for(lambda: asked[0] > 50, "50 questions")
    finally:
        done.set()
        [thread.join() for thread in threads]
    assert not failures, failures[:3]
    assert max(generations) == 5
    assert set(index.articles()) == {f"article-{number:03}" for number in (0, 3, 4, 5)}
