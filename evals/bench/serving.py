"""Hanmi as its users start it, in processes of its own: one question by command line, and the page with its API."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from app.errors import AppError
from app.settings import AppSettings

READY_TIMEOUT_S: Final = 120.0
ASK_TIMEOUT_S: Final = 120.0


class ProcessFailed(AppError):
    """A process of Hanmi ended otherwise than it should."""


class Served(NamedTuple):
    """A page that is up."""

    url: str
    pid: int
    seconds_to_ready: float  # from the start of the process to the first answer of /readyz


class Load(NamedTuple):
    """What so many people asking at once got."""

    questions_per_second: float
    failed: int


def run_hanmi(settings: AppSettings, *arguments: str) -> tuple[float, str]:
    """Seconds from start to end of ``hanmi …``, and what it wrote on standard output. Raises ProcessFailed."""
    started = time.perf_counter()
    done = subprocess.run(_command(arguments), capture_output=True, text=True, env=_environment(settings), check=False)
    if done.returncode:
        raise ProcessFailed(f"hanmi {arguments[0]} ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
    return time.perf_counter() - started, done.stdout


@contextmanager
def serving(settings: AppSettings, log: Path, further: Mapping[str, str] | None = None) -> Iterator[Served]:
    """``hanmi chat`` over the settings' corpus and index until the end of the block. Raises ProcessFailed.

    ``further``: variables of its environment, which win.
    """
    port = _free_port()
    arguments = _command(["chat", "--port", str(port)])
    # No browser opens: without a display Hanmi prints the address.
    windowless = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": "true"}
    environment = _environment(settings) | windowless | dict(further or {})
    started = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, log)
        yield Served(url, process.pid, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask_at_once(url: str, questions: Sequence[str], people: int, rounds: int) -> Load:
    """``people`` ask all questions ``rounds`` times between them; one that is not answered counts as failed."""
    asked = [*questions] * rounds
    started = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        answered = list(pool.map(lambda question: _ask(url, question), asked))
    return Load(len(asked) / (time.perf_counter() - started), answered.count(False))


def resident_mb(pid: int) -> float | None:
    """Memory that the process holds, in 1,000,000 bytes; None where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return None
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return kilobytes * 1024 / 1e6


def _ask(url: str, question: str) -> bool:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{url}/api/ask", body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=ASK_TIMEOUT_S) as answer:
            return bool(json.load(answer)["status"] != "error")
    except (OSError, ValueError):
        return False


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise ProcessFailed(f"hanmi chat did not come up: {log.read_text('utf-8', 'replace').strip()[-300:]}")


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "app", *arguments]


def _environment(settings: AppSettings) -> dict[str, str]:
    """Ours, with the settings that a measurement changes."""
    changed = {"HANMI_HOME": settings.home, "HANMI_CORPUS": settings.corpus, "HANMI_INDEX": settings.index_folder}
    without_a_model = {"HANMI_MODEL": "", "HANMI_ENGINE": "extractive"}
    return os.environ | without_a_model | {name: str(value) for name, value in changed.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
