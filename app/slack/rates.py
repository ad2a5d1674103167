"""How often Slack may be called, for calls that are better left out than made to wait."""

from __future__ import annotations

import threading
import time
from collections import deque

MINUTE_S = 60.0


class Rate:
    """So many calls in any minute; threads share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._calls: deque[float] = deque()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether there may be one more now; it counts then."""
        now = time.monotonic()
        with self._lock:
            while self._calls and now - self._calls[0] >= MINUTE_S:
                self._calls.popleft()
            if len(self._calls) >= self._most:
                return False
            self._calls.append(now)
        return True
