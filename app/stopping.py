"""Ending a wait from outside: who serves a question can stop what it set going, though its thread waits for a model.

    stop = Stop()
    with stoppable(stop):  # and in whatever tasks and threads take over this context
        answer = assistant.answer(…)

``stop.stop()`` in another thread then ends the requests that wait; the answer goes on without them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stop:
    """Stops what was put under it, now and later; any thread may."""

    def __init__(self) -> None:
        self._ends: list[Callable[[], object]] = []
        self._stopped = False
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End what goes on, and what will begin."""
        with self._lock:
            self._stopped = True
            ends, self._ends = self._ends, []
        for end in ends:
            end()

    def add(self, end: Callable[[], object]) -> None:
        """Put something under it: ``end`` is called when it is stopped, at once where it is already."""
        with self._lock:
            if not self._stopped:
                self._ends.append(end)
                return
        end()


_current: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """What begins within can be stopped."""
    before = _current.set(stop)
    try:
        yield
    finally:
        _current.reset(before)


def when_stopped(end: Callable[[], object]) -> None:
    """Have ``end`` called where somebody stops what goes on in this context."""
    stop = _current.get()
    if stop is not None:
        stop.add(end)
