"""One writer at a time on an index in a folder, and no opening while a batch is being written.

Chroma's PersistentClient is not made for several processes: two writers lose vectors without a word, and a process
that opens the folder reads its vector files as they lie. Hence two locks of the operating system, which a killed
process lets go by itself: the writer's, held as long as an index is open for writing, and the gate, held for the
moment of a batch and of an opening.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ingest.errors import IndexBusy

GATE_TIMEOUT_S = 60.0  # a batch takes well under a second; a minute means the holder hangs
_POLL_S = 0.01


def holder() -> dict[str, Any]:
    """Who we are, for others to read: process, machine and the time now."""
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}


def describe(held_by: dict[str, Any]) -> str:
    """The holder in words: process 4711 on this machine since 2025-09-30 10:12:05 UTC, as far as it is known."""
    host = held_by.get("host")
    where = "this machine" if host == socket.gethostname() else host or "an unknown machine"
    since = str(held_by.get("since", "an unknown time")).replace("T", " ").replace("+00:00", " UTC")
    return f"process {held_by.get('pid', 'unknown')} on {where} since {since}"


def process_is_gone(held_by: dict[str, Any]) -> bool:
    """Whether the holder ran on this machine and has died; False wherever that cannot be known.

    A new process may have been given its number: then it seems to live.
    """
    pid = held_by.get("pid")
    # Elsewhere than on POSIX systems, signal 0 is no question but a signal.
    if os.name != "posix" or held_by.get("host") != socket.gethostname() or not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it belongs to another user
        return False
    return False


class WriterLock:
    """The right to write to the index in a folder."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / "writer.lock", thread_local=False)  # a thread may close what another opened
        self._holder_file = folder / "writer.json"

    def acquire(self, wait_s: float) -> None:
        """Take the lock, waiting so long at most.

        Raises IndexBusy that names the process which holds it.
        """
        try:
            self._lock.acquire(timeout=wait_s, poll_interval=_POLL_S)
        except Timeout as timeout:
            raise IndexBusy(
                f"The index is being written to by {describe(self._read_holder())}; waited {wait_s:g} s. "
                "Try again when it has finished."
            ) from timeout
        self._holder_file.write_text(json.dumps(holder()), encoding="utf-8")

    def release(self) -> None:
        """Let go; harmless when it is not held."""
        if self._lock.is_locked:
            self._holder_file.unlink(missing_ok=True)
            self._lock.release()

    def check(self) -> None:
        """Nothing to check: nobody can take this lock away."""

    def _read_holder(self) -> dict[str, Any]:
        try:
            held_by = json.loads(self._holder_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # it is being written or taken away this moment
            return {}
        return held_by if isinstance(held_by, dict) else {}


class Gate:
    """Open a moment for one at a time: to write a batch, or to open the folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "open.lock"

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Hold the gate. Raises IndexBusy after a minute; in a folder that cannot be written to there is no gate."""
        lock = FileLock(self._path)  # one for each passing: a FileLock shared by threads would let the second one in
        try:
            lock.acquire(timeout=GATE_TIMEOUT_S, poll_interval=_POLL_S)
        except Timeout as timeout:
            raise IndexBusy(f"The index in {self._path.parent} did not open for {GATE_TIMEOUT_S:g} s.") from timeout
        except OSError:
            yield
            return
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the gate for a batch, then leave those who wait a moment to get through."""
        with self.passing():
            yield
        time.sleep(2 * _POLL_S)
