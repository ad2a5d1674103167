"""Indexes to test with: in a folder, and on a Chroma server that is started on loopback."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.records import ChromaServer
from tests.ports import free_port


def start_chroma(folder: Path, port: int) -> subprocess.Popen:
    """A real `chroma run` on loopback, ready to be asked; ``stop`` it."""
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    log_file = folder / f"chroma-{uuid.uuid4().hex}.log"
    with log_file.open("w") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log, cwd=folder)
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            alive = httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=2).status_code == 200
            if alive and "listening on" in log_file.read_text():  # it is this one that answers
                return process
        time.sleep(0.1)
    stop(process)
    pytest.fail(f"chroma run did not come up: {log_file.read_text()}")


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory) -> Iterator[str]:
    """The address of a server, one a worker, ended with the session."""
    process = start_chroma(tmp_path_factory.mktemp("chroma-server"), port := free_port())
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


@pytest.fixture
def server(chroma_url) -> ChromaServer:
    """A database of its own on the server."""
    database = f"test-{uuid.uuid4().hex}"
    answer = httpx.post(f"{chroma_url}/api/v2/tenants/default_tenant/databases", json={"name": database}, timeout=30)
    answer.raise_for_status()
    return ChromaServer(chroma_url, database=database)


@pytest.fixture(params=["folder", "server"])
def location(request, tmp_path) -> Path | ChromaServer:
    """Where an index may lie: every test that takes this runs on both."""
    return tmp_path / "index" if request.param == "folder" else request.getfixturevalue("server")
