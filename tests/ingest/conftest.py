"""Indexes to test with: in a folder, and on a Chroma server that is started on loopback."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.records import ChromaServer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_chroma(folder: Path, port: int) -> subprocess.Popen:
    """A real `chroma run` on loopback, ready to be asked; ``stop`` it."""
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    with (folder / "chroma.log").open("a") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log, cwd=folder)
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=2).status_code == 200:
                return process
        time.sleep(0.1)
    stop(process)
    pytest.fail(f"chroma run did not come up: {(folder / 'chroma.log').read_text()}")


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
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
