"""How often Slack lets an app call: so many calls of a method in any minute, over the whole workspace.

Tiers of docs.slack.dev/apis/web-api/rate-limits, methods as slack-ruby/slack-api-ref lists them (2026). Slack gives a
little more in bursts and does not say how much; this gives none.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PER_MINUTE: Final[Mapping[str, int]] = {
    "assistant.threads.setStatus": 600,
    "chat.appendStream": 100,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.postMessage": 60,  # "one a second" in a channel, in bursts too
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.replies": 50,
    "reactions.add": 50,
    "reactions.remove": 20,
    "users.info": 100,
}
_BY_CHANNEL: Final = {"chat.postMessage"}


@dataclass
class Rates:
    """The calls of the last minute."""

    minute_s: float = 60.0  # shorter in a test
    _calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def retry_after(self, method: str, channel: str = "") -> int | None:
        """Whole seconds to wait before this call; None where it may be made, and counts."""
        most = PER_MINUTE.get(method)
        if most is None:
            return None
        calls = self._calls[f"{method} {channel}" if method in _BY_CHANNEL else method]
        now = time.monotonic()
        while calls and now - calls[0] >= self.minute_s:
            calls.popleft()
        if len(calls) >= most:
            return math.ceil(calls[0] + self.minute_s - now)
        calls.append(now)
        return None
