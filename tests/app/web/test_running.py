"""From settings to a server that runs and ends: ports, the address, the browser, SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from app.errors import AppError
from app.web.running import PortBusy, bind, bind_next, has_display, page_address

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def taken() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_busy_port_is_an_error_that_says_what_to_do(taken: int) -> None:
    with pytest.raises(PortBusy, match=f"port {taken} is in use; choose another with --port"):
        bind("127.0.0.1", taken)


def test_chat_takes_the_next_free_port_and_says_so_in_one_line(taken: int, capsys) -> None:
    with bind_next("127.0.0.1", taken) as listener:
        assert listener.getsockname()[1] > taken
        said = capsys.readouterr().err
        assert said == f"Port {taken} is in use; using {listener.getsockname()[1]}.\n"


def test_an_address_of_another_machine_is_an_error() -> None:
    with pytest.raises(AppError, match=r"cannot listen on 192\.0\.2\.1"):
        bind("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://localhost:7860/"),
        ("0.0.0.0", "http://localhost:7860/"),
        ("10.0.0.5", "http://10.0.0.5:7860/"),
        ("fd00::1", "http://[fd00::1]:7860/"),
    ],
)
def test_the_address_printed_is_one_a_browser_reaches(host: str, address: str) -> None:
    assert page_address(host, 7860) == address


def test_a_machine_without_a_display_opens_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_in_time_although_a_stream_is_open(sent: int, tmp_path: Path) -> None:
    code = (
        "import app.web.running as r; from tests.app.stubs import StubAssistant; import app.__main__ as m;"
        "r.open_assistant = lambda s: StubAssistant(); m.main()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HANMI_HOME": str(tmp_path), "HANMI_PORT": "0"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    server = subprocess.Popen([sys.executable, "-c", code, "serve"], text=True, env=env, **pipes)
    try:
        line = server.stdout.readline()
        address = line.split(" is at ")[1].split()[0]
        with urllib.request.urlopen(f"{address}gradio_api/heartbeat/x", timeout=10):
            asked = time.monotonic()
            server.send_signal(sent)
            assert server.wait(30) == 0
            assert time.monotonic() - asked < 8  # 2.4 s on an idle machine; the tests run side by side
        assert server.stderr.read() == "Opening the page …\n"
    finally:
        server.kill()
        server.communicate()
