"""From settings to a server that runs and ends: ports, the address, the browser, SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner

from app.answers.chat_model import open_chat_model
from app.answers.model_requests import Limits
from app.cli import cli
from app.errors import AppError, SettingsError
from app.settings import AppSettings, load_settings
from app.web import server as web_server
from app.web.running import PortBusy, bind, bind_next, has_display, page_address, refuse_strangers
from app.web.server import create_app
from tests.app.stubs import StubAssistant, StubSuggestions
from tests.fake_openai import Failure, FakeOpenAI

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


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_this_machine_alone_needs_no_leave(host: str) -> None:
    refuse_strangers(load_settings({"host": host}, {}))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "hanmi.example"])
def test_another_address_is_refused_with_the_reason_unless_it_is_meant(host: str) -> None:
    with pytest.raises(SettingsError, match=r"no log-in and no encryption.*--insecure"):
        refuse_strangers(load_settings({"host": host}, {}))
    refuse_strangers(load_settings({"host": host, "insecure": True}, {}))


def test_the_command_refuses_before_it_opens_anything() -> None:
    for command in ("serve", "chat"):
        result = CliRunner().invoke(cli, [command, "--host", "0.0.0.0"])
        assert (result.exit_code, "--insecure" in result.output) == (2, True)


def test_a_reader_who_leaves_stops_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, ended = threading.Event(), threading.Event()

    class Endless(StubAssistant):
        def stream(self, *_question: Any, **_options: Any) -> Iterator[Any]:
            asked.set()
            try:
                while True:
                    time.sleep(0.02)
                    yield SimpleNamespace(name="claim", data={})
            finally:
                ended.set()

    monkeypatch.setattr(web_server, "_mount_page", lambda app, *_: app)
    settings = load_settings({"home": tmp_path}, {})
    app = create_app(Endless(), settings, StubSuggestions())  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with bind("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        for accept in ("text/event-stream", "application/json"):
            asked.clear()
            ended.clear()
            body = b'{"question": "q"}'
            head = (
                f"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
            )
            with socket.create_connection(listener.getsockname()) as reader:
                reader.sendall(f"{head}Accept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                assert asked.wait(60)
                assert not ended.wait(0.2)
            assert ended.wait(60), accept
        server.should_exit = True
        thread.join(60)


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_a_reader_who_leaves_while_a_model_is_waited_for_ends_the_wait(
    accept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Waiting(StubAssistant):
        def stream(self, *_question: Any, **_options: Any) -> Iterator[Any]:
            yield SimpleNamespace(name="searching", data={})
            list(model.stream([{"role": "user", "content": "q"}]))
            yield SimpleNamespace(name="answer", data={})

    monkeypatch.setattr(web_server, "_mount_page", lambda app, *_: app)
    app = create_app(Waiting(), load_settings({"home": tmp_path}, {}), StubSuggestions())  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with FakeOpenAI() as endpoint, bind("127.0.0.1", 0) as listener:
        patient = Limits(first_s=3_000, whole_s=3_000)
        model = open_chat_model(AppSettings(model="writer", openai_base_url=endpoint.url), patient)
        assert model is not None
        endpoint.failures = [Failure(hang=True)]
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        body = b'{"question": "q"}'
        head = f"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
        with socket.create_connection(listener.getsockname()) as reader:
            reader.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            deadline = time.monotonic() + 60
            while not endpoint.requests and time.monotonic() < deadline:
                time.sleep(0.005)
            assert endpoint.left.empty()
        assert endpoint.left.get(timeout=60) == "/v1/chat/completions"
        server.should_exit = True
        thread.join(60)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_in_time_although_a_stream_is_open(sent: int, tmp_path: Path) -> None:
    code = (
        "import app.web.running as r; from tests.app.stubs import StubAssistant; import app.__main__ as m;"
        "r.open_assistant = lambda s: StubAssistant(); m.main()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HANMI_HOME": str(tmp_path), "HANMI_PORT": "0", "HANMI_WATCH": "0"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    server = subprocess.Popen([sys.executable, "-c", code, "serve"], text=True, env=env, **pipes)
    try:
        line = server.stdout.readline()
        address = line.split(" is at ")[1].split()[0]
        with urllib.request.urlopen(f"{address}gradio_api/heartbeat/x", timeout=60):
            server.send_signal(sent)
            assert server.wait(60) == 0  # the stream would go on for ever; 2.4 s on an idle machine
        assert server.stderr.read() == "Opening the page …\n"
    finally:
        server.kill()
        server.communicate()
