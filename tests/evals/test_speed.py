"""Budgets are kept or not by the figure they are about, and every part measures what it says."""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from evals.bench import ingest_speed
from evals.bench.budgets import Measured, as_json, print_budgets
from evals.bench.installed import installed_mb, locked_packages
from evals.bench.serving import ask_at_once, resident_mb
from evals.commands import bench
from ingest.minilm import MiniLM
from tests.evals.bench_sets import write_multihop


def test_a_budget_of_a_ratio_is_kept_by_the_ratio():
    assert Measured("a", "s", 100.0, 1.3, 80.0, 1.25, of_ratio=True).kept is True
    assert Measured("a", "s", 1.0, 1.3, 0.5, 2.0, of_ratio=True).kept is False
    assert Measured("a", "s", 100.0, 3.0, 350.0, 3.5, of_ratio=True, at_most=False).kept is True
    assert Measured("a", "s", 100.0, 3.0, 250.0, 2.5, of_ratio=True, at_most=False).kept is False


def test_a_plain_budget_is_kept_by_the_value_its_limit_included():
    assert Measured("a", "ms", 15.0, 15.0).kept is True
    assert Measured("a", "ms", 15.1, 15.0).kept is False
    assert Measured("a", "ms", None, 15.0, note="not measured").kept is None


def test_what_was_not_measured_is_neither_kept_nor_broken(capsys):
    other = Measured("the other", "s", None, 3.0, of_ratio=True, at_most=False, note="not measured: no")
    measured = [Measured("fast enough", "s", 2.0, 3.0), other]
    print_budgets(measured)
    fast, slow = (line for line in capsys.readouterr().out.splitlines() if "the other" in line or "fast" in line)
    assert "yes" in fast
    assert "≤ 3 s" in fast
    assert "yes" not in slow
    assert "≥ 3 ×" in slow
    assert "not measured: no" in slow
    assert [row["kept"] for row in as_json(measured)["budgets"]] == [True, None]


def test_pinned_packages_are_read_from_a_lock(tmp_path):
    lock = tmp_path / "some.lock"
    lock.write_text('one==1.0 \\\n    --hash=sha256:00\n    # via two\nTwo_b==2 ; sys_platform == "win32"\n', "utf-8")
    assert locked_packages(lock, lock) == ["one", "Two_b"]


def test_installed_size_counts_files_without_byte_code(tmp_path, monkeypatch):
    info = tmp_path / "little-1.0.dist-info"
    (tmp_path / "little" / "__pycache__").mkdir(parents=True)
    info.mkdir()
    (tmp_path / "little" / "code.py").write_bytes(b"#" * 3_000_000)
    (tmp_path / "little" / "__pycache__" / "code.pyc").write_bytes(b"#" * 9_000_000)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: little\nVersion: 1.0\n", "utf-8")
    (info / "RECORD").write_text("little/code.py,,\nlittle/__pycache__/code.pyc,,\nlittle/gone.py,,\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert installed_mb(["little", "not-installed-anywhere"]) == pytest.approx(3.0, abs=0.01)


class _Page(BaseHTTPRequestHandler):
    """Answers once as many have asked as the server's barrier is for; a question "no" is an error of the server."""

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))["question"]
        self.server.together.wait(60)
        status = 500 if question == "no" else 200
        body = json.dumps({"status": "error" if question == "error" else "answered"}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing on standard error."""


@pytest.fixture
def page():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.together = threading.Barrier(1)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address_of(page):
    return f"http://127.0.0.1:{page.server_address[1]}"


def test_every_question_is_asked_and_every_failure_counted(page):
    load = ask_at_once(address_of(page), ["yes", "no", "error", "yes"], people=4, rounds=3)
    assert load.failed == 6


def test_people_ask_side_by_side(page):
    page.together = threading.Barrier(8)
    assert ask_at_once(address_of(page), ["yes"] * 8, people=8, rounds=2).failed == 0


def test_the_rate_is_of_questions_and_seconds(page, monkeypatch):
    monkeypatch.setattr("evals.bench.serving.time.perf_counter", iter((100.0, 104.0)).__next__)
    assert ask_at_once(address_of(page), ["yes"] * 8, people=1, rounds=1).questions_per_second == 2.0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_of_a_process_is_in_millions_of_bytes():
    held = resident_mb(os.getpid())
    assert held is not None
    assert 20 < held < 20_000
    assert resident_mb(2**30) is None


@pytest.fixture
def measure(tmp_path, model_cache, monkeypatch):
    """`hanmi bench speed` over four articles, without the parts that start other processes; rows by what they say."""
    home = tmp_path / "home"
    home.mkdir()
    model_cache.mkdir(exist_ok=True)
    (home / "model").symlink_to(model_cache)
    monkeypatch.setenv("HANMI_HOME", str(home))
    monkeypatch.setattr("evals.speed._processes", lambda *_: iter(()))
    folder = write_multihop(tmp_path / "set")

    def call(*arguments: str) -> dict[str, dict]:
        file = tmp_path / "speed.json"
        result = CliRunner().invoke(bench, ["speed", str(folder), "--json", str(file), *arguments])
        assert result.exit_code == 0, result.output
        return {row["what"]: row for row in json.loads(file.read_text("utf-8"))["budgets"]}

    return call


@pytest.fixture
def slow_model(monkeypatch):
    """So slow with articles' chunks that what uses it takes longer than what does not, whatever else the machine does.

    One text is a question: that is embedded as fast as ever.
    """
    embed, token_states = MiniLM.embed, MiniLM.token_states

    def slow_embed(self, texts, progress=None):
        time.sleep(1.5 if len(texts) > 1 else 0)
        return embed(self, texts, progress)

    def slow_token_states(self, texts):
        time.sleep(0.03 if len(texts) > 1 else 0)
        return token_states(self, texts)

    monkeypatch.setattr(MiniLM, "embed", slow_embed)
    monkeypatch.setattr(MiniLM, "token_states", slow_token_states)


def test_speed_measures_ingest_and_retrieval_over_the_sets_articles(measure, minilm, slow_model):
    rows = measure()
    full = rows["full ingest of 4 articles"]
    assert full["ratio"] == pytest.approx(full["value"] / full["reference"])
    assert rows["second ingest, nothing changed, beyond start-up"]["value"] < full["value"]
    chunks = next(what for what in rows if what.startswith("retrieval at 4 chunks"))
    assert rows[chunks]["unit"] == "ms"
    cold = rows["retrieval at 4 chunks, p50, rerank of 20, no states kept"]["value"]
    warm = rows["retrieval at 4 chunks, p50, rerank of 20, all states kept"]["value"]
    assert warm < cold
    beside = rows["full ingest beside LangChain + sentence-transformers + Chroma"]
    assert beside["value"] is None
    assert "--reference-python" in beside["note"]


def test_a_reference_that_cannot_run_is_not_measured_and_says_why(measure, minilm):
    beside = measure("--reference-python", sys.executable)[
        "full ingest beside LangChain + sentence-transformers + Chroma"
    ]
    assert beside["kept"] is None
    assert beside["note"].startswith("not measured: ModuleNotFoundError")


def test_a_reference_is_compared_by_its_own_seconds(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho \'{"chunks": 7, "load_seconds": 5.0, "ingest_seconds": 12.0}\'\n', "utf-8")
    python.chmod(0o755)
    lines = tmp_path / "lines"
    lines.write_text("", "utf-8")
    row = ingest_speed._beside_langchain(4.0, lines, tmp_path, lambda *_: None, python)
    assert (row.value, row.reference, row.ratio, row.kept) == (4.0, 12.0, 3.0, True)
