"""SIGKILL in the middle of a sync: the next one ends with what a fresh index holds, and readers never notice."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import IndexUnavailable
from ingest.index import Index, open_index
from ingest.lexical import analyse
from ingest.sync import sync
from tests.ingest.samples import TestEmbeddings, make_article, small_chunks, vectors_of

ROOT = Path(__file__).parents[2]
QUESTIONS = [
    "alliance tariff",
    "전작권 summit",
    "Title 7",
    "2025 March Yonhap",
    "sentence 3 of article 11",
    "won dollar",
]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(autouse=True)
def many_chunks(monkeypatch):
    """Enough of them that Chroma saves its vectors to disk, and forgets its log, in the middle of a sync."""
    monkeypatch.setattr("ingest.sync.settings_for", small_chunks)


@pytest.fixture(scope="module")
def killer():
    """Runs a sync in a process that is killed after so many seconds; the answer says whether it came to that."""
    command = [sys.executable, "-m", "tests.ingest.crash_child"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:

        def kill(corpus, index, after_s, *, rebuild=False, embedding="test vectors"):
            job = {"corpus": str(corpus), "index": str(index), "rebuild": rebuild, "embedding": embedding}
            process.stdin.write(json.dumps(job | {"kill_after_s": after_s}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield kill
        process.stdin.close()


def write_corpus(folder: Path, numbers, edition=0) -> None:
    """Articles of about 150 chunks each: seven of them pass Chroma's threshold for saving its vectors."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        article = make_article(number, edition, sentences=550)
        fields = f"title: {article.title}\noutlet: {article.outlet or 'KBS'}\npublished: 2025-0{number % 9 + 1}"
        (folder / f"{article.id}.md").write_text(f"---\n{fields}\n---\n\n{article.text}")


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
    return contents(open_index(folder))


class Sweep:
    """The same change, killed again and again at random moments."""

    def __init__(self, tmp_path: Path, killer) -> None:
        self.killer = killer
        self.corpus = tmp_path / "corpus"
        self.index = tmp_path / "index"
        self.tmp_path = tmp_path
        self.random = random.Random(20251124)

    def change(self) -> None:
        """Two new articles, two others replaced, two gone."""
        write_corpus(self.corpus, range(8, 10))
        write_corpus(self.corpus, range(2), edition=1)
        for number in (2, 3):
            (self.corpus / f"article-{number:03}.md").unlink()

    def kill_until_done(self, before: dict | None, after: dict, kills: int, **options) -> int:
        """Kill ``kills`` times, each time on what the last one left; how many hit a running sync."""
        longest = self.length(**options)
        hits = 0
        for _ in range(kills):
            hits += self.killer(self.corpus, self.index, self.random.uniform(0, longest), **options)["killed"]
            try:
                seen = contents(open_index(self.index))
            except IndexUnavailable:
                assert before is None
            else:
                assert seen in (before, after), "a reader sees the state before or after, nothing between"
        sync(self.corpus, self.index, TestEmbeddings(options.get("embedding", "test vectors")), rebuild=False)
        assert_whole(open_index(self.index), after)
        return hits

    def length(self, **options) -> float:
        """Seconds a whole sync of the corpus takes here and now."""
        return self.killer(self.corpus, self.tmp_path / f"timing-{self.random.random()}", 60, **options)["seconds"]


@pytest.fixture
def sweep(tmp_path, killer):
    return Sweep(tmp_path, killer)


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def test_a_first_ingest_that_is_killed(sweep, kills, tmp_path):
    write_corpus(sweep.corpus, range(8))
    after = fresh(sweep.corpus, tmp_path / "fresh")
    assert sweep.kill_until_done(None, after, kills)


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def test_a_change_that_is_killed(sweep, kills, tmp_path):
    write_corpus(sweep.corpus, range(8))
    before = fresh(sweep.corpus, sweep.index)
    sweep.change()
    after = fresh(sweep.corpus, tmp_path / "fresh")
    assert sweep.kill_until_done(before, after, kills)


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(1200)])])
def test_a_rebuild_that_is_killed(sweep, kills, tmp_path):
    write_corpus(sweep.corpus, range(8))
    before = fresh(sweep.corpus, sweep.index)
    assert sweep.kill_until_done(before, before, kills, rebuild=True)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_fresh_starts_killed_once_each(sweep, tmp_path):
    write_corpus(sweep.corpus, range(8))
    after = fresh(sweep.corpus, tmp_path / "fresh")
    for turn in range(30):
        sweep.index = tmp_path / f"index-{turn}"
        sweep.kill_until_done(None, after, 1)


def test_every_vector_is_found_after_writers_in_two_processes(killer, tmp_path):
    """Serve open, ingest by command line, serve syncs: the case in which Chroma loses vectors without a word."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_corpus(corpus, range(4))
    sync(corpus, index, TestEmbeddings("test vectors"))
    serving = open_index(index)
    serving.dense(vectors_of(["x"])[0], 3)
    for turn in range(2):
        write_corpus(corpus, range(4 + 4 * turn, 6 + 4 * turn))
        assert not killer(corpus, index, 60)["killed"]
        serving.refresh()
        write_corpus(corpus, range(6 + 4 * turn, 8 + 4 * turn))
        sync(corpus, index, TestEmbeddings("test vectors"))
    serving.refresh()
    assert_whole(serving, fresh(corpus, tmp_path / "fresh"))
    assert_whole(open_index(index), contents(serving))


def test_a_reader_sees_every_change_and_no_error(killer, tmp_path):
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

    threads = [threading.Thread(target=ask) for _ in range(2)]
    [thread.start() for thread in threads]
    write_corpus(corpus, range(3, 6))
    killer(corpus, folder, 60)
    write_corpus(corpus, range(1, 4), edition=1)
    killer(corpus, folder, 60)
    killer(corpus, folder, 60, rebuild=True)
    for number in range(1, 3):
        (corpus / f"article-{number:03}.md").unlink()
    killer(corpus, folder, 60)
    time.sleep(0.5)
    done.set()
    [thread.join() for thread in threads]
    assert not failures, failures[:3]
    assert asked[0] > 50
    assert max(generations) == 5
    assert set(index.articles()) == {f"article-{number:03}" for number in (0, 3, 4, 5)}
