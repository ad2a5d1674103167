"""What only a Chroma server has: a lease instead of a lock, and several machines."""

import dataclasses
import signal
import subprocess
import sys
import threading
import time

import pytest

from ingest.chroma import ChromaStore
from ingest.errors import IndexBusy, IndexUnavailable
from ingest.index import ChromaServer, open_index
from ingest.lease import WriterLease
from ingest.lexical import analyse
from tests.ingest.conftest import start_chroma, stop
from tests.ingest.samples import SETTINGS, make_article, put, split, vectors_of
from tests.ports import free_port
from tests.waiting import wait_for


@pytest.fixture
def store(server):
    return ChromaStore(server, create=True)


def test_one_of_many_gets_the_lease(server):
    leases = [WriterLease(ChromaStore(server, create=True)) for _ in range(6)]
    won, busy = [], []

    def claim(lease):
        try:
            lease.acquire(0)
            won.append(lease)
        except IndexBusy as error:
            busy.append(error)

    threads = [threading.Thread(target=claim, args=(lease,)) for lease in leases]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(won) == 1
    assert len(busy) == 5
    won[0].check()
    won[0].release()
    leases[-1].acquire(1)
    leases[-1].release()


class Clock:
    """In place of the module ``time``: a minute passes when a test says so, or somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_764_000_000.0
        self.time = self.monotonic = lambda: self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    monkeypatch.setattr("ingest.lease.time", clock := Clock())
    return clock


class Stepped(threading.Event):
    """In place of the event that ends a lease: whoever waits for it lets the clock go on instead."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        time.sleep(0.02)
        self.clock.now += timeout or 0
        return self.is_set()


def test_a_lease_is_renewed_while_its_writer_lives(store, clock):
    lease = WriterLease(store, lease_s=60)
    lease._done = Stepped(clock)
    started = clock.now
    lease.acquire(0)
    wait_for(lambda: clock.now > started + 300, "five leases' time")
    lease.check()
    with pytest.raises(IndexBusy):
        WriterLease(store, lease_s=60).acquire(0)
    lease.release()


def test_a_lease_is_taken_over_only_after_it_has_run_out(store, clock):
    dead = WriterLease(store, lease_s=60)
    dead.acquire(0)
    dead._done.set()  # its process was killed: nobody renews it
    clock.now += 59
    with pytest.raises(IndexBusy, match=r"process \d+ on this machine since 20"):
        WriterLease(store).acquire(0)
    started = clock.now
    heir = WriterLease(store)
    heir.acquire(10)
    assert 1 < clock.now - started < 2
    heir.check()
    heir.release()


KILLED_WRITER = """
import os, signal, sys
from ingest.chroma import ChromaStore
from ingest.lease import WriterLease
from ingest.records import ChromaServer
WriterLease(ChromaStore(ChromaServer(sys.argv[1], database=sys.argv[2]), create=True)).acquire(0)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_lease_of_a_killed_process_of_this_machine_is_taken_over_at_once(server, store):
    killed = subprocess.run([sys.executable, "-c", KILLED_WRITER, server.url, server.database], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert float(store.note("writer")["expires"]) > time.time() + 20
    heir = WriterLease(store)
    heir.acquire(0)
    heir.check()
    heir.release()


def test_the_lease_of_another_machine_is_waited_for(store):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    note = {"pid": gone.pid, "host": "another-machine", "since": "2025-09-30", "token": "t"}
    store.claim_note("writer", note | {"expires": time.time() + 60})
    with pytest.raises(IndexBusy, match="another-machine"):
        WriterLease(store).acquire(0)


def test_a_writer_that_lost_its_lease_writes_no_more(server, monkeypatch):
    monkeypatch.setattr("ingest.lease.LEASE_S", 0.6)
    writer = open_index(server, SETTINGS, write=True)
    other = ChromaStore(server)
    note = other.note("writer")
    other.drop_note("writer", str(note["token"]))
    heir = WriterLease(other, lease_s=60)
    heir.acquire(0)
    wait_for(lambda: not writer._guard._held.is_set(), "the writer to look")
    put(writer, make_article(0))
    with pytest.raises(IndexBusy, match="silent"):
        writer.commit()
    writer.close()
    heir.check()
    heir.release()


def test_the_server_restarts_under_a_reader(tmp_path):
    port = free_port()
    process = start_chroma(tmp_path, port)
    try:
        server = ChromaServer(f"http://127.0.0.1:{port}")
        with open_index(server, SETTINGS, write=True) as writer:
            put(writer, *(make_article(number) for number in range(10)))
            writer.commit()
        index = open_index(server)
        stop(process)
        with pytest.raises(IndexUnavailable, match=f"127.0.0.1:{port}"):
            index.dense(vectors_of(["x"])[0], 3)
        assert index.lexical(analyse("summit"), 3), "words are found without the server"
        process = start_chroma(tmp_path, port)
        text = split(make_article(4))[0].text
        assert index.article_of(index.dense(vectors_of([text])[0], 1)[0].chunk_id) == "article-004"
    finally:
        stop(process)


def test_a_killed_server_has_what_was_committed(tmp_path):
    port = free_port()
    process = start_chroma(tmp_path, port)
    try:
        server = ChromaServer(f"http://127.0.0.1:{port}")
        articles = [make_article(number) for number in range(30)]
        with open_index(server, SETTINGS, write=True) as writer:
            put(writer, *articles)
            writer.commit()
        process.kill()
        process.wait()
        process = start_chroma(tmp_path, port)
        index = open_index(server)
        assert {article.id: index.article(article.id) for article in articles} == {a.id: a for a in articles}
        for article in articles:
            for chunk in split(article):
                assert index.dense(vectors_of([chunk.text])[0], 1)[0].chunk_id == chunk.chunk_id
    finally:
        stop(process)


def test_an_unknown_database_is_named(server):
    with pytest.raises(IndexUnavailable, match="nowhere"):
        open_index(dataclasses.replace(server, database="nowhere"))


def test_the_token_is_sent_and_never_shown(tmp_path):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    seen = []

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers.get("x-chroma-token"))
            self.send_response(401)
            self.end_headers()
            self.wfile.write(b'{"error":"AuthError","message":"who are you?"}')

        def log_message(self, *_):
            pass

    refusing = HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=refusing.serve_forever, daemon=True).start()
    server = ChromaServer(f"http://127.0.0.1:{refusing.server_port}", token="very-secret")
    try:
        with pytest.raises(IndexUnavailable) as error:
            open_index(server)
    finally:
        refusing.shutdown()
        refusing.server_close()
    assert "very-secret" in seen
    assert "very-secret" not in str(error.value) + repr(server)


def test_databases_do_not_see_each_other(server, chroma_url):
    with open_index(server, SETTINGS, write=True) as writer:
        put(writer, make_article(0))
        writer.commit()
    with pytest.raises(IndexUnavailable, match="run `hanmi ingest`"):
        open_index(ChromaServer(chroma_url))
