"""Waiting for something that comes in its own time: long enough for a busy machine, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Look again and again until the condition holds; fails the test after so many seconds."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            pytest.fail(f"waited {seconds:g} s for {what}")
        time.sleep(0.01)
