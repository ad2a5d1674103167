"""Who somebody in Slack is: guest or not, admin or not, what language Slack speaks with them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from app.answers.schema import Language
from app.slack.preferences import is_guest

KNOWN_S = 600  # a guest who becomes a member has to wait no longer
MOST_KNOWN = 2_000


class People:
    """The users of the workspace, each looked up once in ten minutes; threads share it."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._known: OrderedDict[str, tuple[float, Mapping[str, Any]]] = OrderedDict()
        self._lock = threading.Lock()

    def user(self, user: str) -> Mapping[str, Any]:
        """What ``users.info`` says. Raises SlackApiError, as where the scope ``users:read`` is missing."""
        with self._lock:
            at, known = self._known.get(user, (0.0, {}))
        if at and time.monotonic() - at < KNOWN_S:
            return known
        found: Mapping[str, Any] = self._client.users_info(user=user, include_locale=True)["user"]
        with self._lock:
            self._known[user] = (time.monotonic(), found)
            self._known.move_to_end(user)
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return found

    def is_guest(self, user: str) -> bool:
        """Whether they are a guest or a stranger. Raises as ``user``."""
        return is_guest(self.user(user))

    def language(self, user: str) -> Language:
        """What Slack is set to for them, as far as Hanmi speaks it. Raises as ``user``."""
        return "ko" if str(self.user(user).get("locale") or "").startswith("ko") else "en"
