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


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory) -> Iterator[str]:
    """The address of a real `chroma run`, one a worker, ended with the session."""
    folder = tmp_path_factory.mktemp("chroma-server")
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log, cwd=folder)
    try:
        wait_until_up(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/api/v2/heartbeat", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"chroma run did not come up: {log.read_text()}")


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
