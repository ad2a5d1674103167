"""The clients of Slack's Web API: what is tried again, and nothing of a token or a message in any log."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from app.settings import AppSettings
from app.slack.rates import Rate

logger = logging.getLogger(__name__)
TIMEOUT_S = 15
BUSY_RETRIES = 5  # of a post: into one channel Slack takes about one a second, and a burst has eight workers
BRIEF_S = 3  # for what may as well not be done, such as a status
# In a minute, in a workspace, of streams; Slack takes twenty starts and as many ends (tier 2), and a hundred further
# pieces (tier 4). Who comes too often waits up to a minute, so what is beyond is posted whole.
STARTS, APPENDS = 18, 90
_LIBRARIES = ("slack_sdk", "slack_bolt")
_SECRET = re.compile(r"xox[a-z](?:\.xox[a-z])?-[\w.-]+|xapp-[\w-]+|(?<=ticket=)[\w%-]+|(?<=hooks\.slack\.com/)\S+")


class _Redacted(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


def redacted(text: str) -> str:
    """The text with every token and secret address taken out."""
    return _SECRET.sub("…", text)


def library_logger() -> logging.Logger:
    """The logger for Slack's libraries: they log tokens' headers, questions and answers at DEBUG, so never that."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    quiet = logging.getLogger("app.slack.library")
    quiet.setLevel(logging.WARNING)
    if not quiet.filters:
        quiet.addFilter(_Redacted())
    return quiet


class Clients:
    """One client for each way of trying again; threads share them."""

    def __init__(self, settings: AppSettings) -> None:
        self.settings = settings
        # Posting again what may have been posted is better than not posting …
        retried: list[RetryHandler] = [ConnectionErrorRetryHandler(max_retry_count=2), *_refused(retries=2)]
        self.posting = self._client(TIMEOUT_S, retried)
        # … but words added twice to a stream would stand there twice: a stream that fails is finished by an update.
        self.streaming = self._client(TIMEOUT_S, [RateLimitErrorRetryHandler(max_retry_count=1)])
        self.brief = self._client(BRIEF_S, [])
        self.starts, self.appends = Rate(STARTS), Rate(APPENDS)  # of streams

    def respond(self, response_url: str, body: dict[str, Any]) -> bool:
        """Post to a response_url; whether Slack took it."""
        client = WebhookClient(
            response_url,
            timeout=TIMEOUT_S,
            logger=library_logger(),
            retry_handlers=[ConnectionErrorRetryHandler(), *_refused(retries=2)],
        )
        response = client.send_dict(body)
        if response.status_code != 200:
            logger.warning("a response_url was refused: status %s", response.status_code)
        return response.status_code == 200

    def _client(self, timeout: int, handlers: list[RetryHandler]) -> WebClient:
        base = self.settings.slack_api_url
        return WebClient(
            self.settings.slack_bot_token.value,
            base_url=base if base.endswith("/") else f"{base}/",
            timeout=timeout,
            logger=library_logger(),
            retry_handlers=handlers,
        )


def error_of(error: Exception) -> str:
    """What went wrong in a call, in a few words that hold nothing of what was sent."""
    if isinstance(error, SlackApiError):
        answer: Any = error.response
        return str(answer.get("error") or f"status {getattr(answer, 'status_code', 'unknown')}")
    return redacted(f"{type(error).__name__}: {error}")


def host_of(settings: AppSettings) -> str:
    """The host of Slack's Web API."""
    return urlsplit(settings.slack_api_url).hostname or settings.slack_api_url


def _refused(retries: int) -> list[RetryHandler]:
    """Tried again: what comes too often, after as long as Slack says, and what Slack fails at."""
    return [RateLimitErrorRetryHandler(max_retry_count=BUSY_RETRIES), _ServerErrors(max_retry_count=retries)]


class _ServerErrors(RetryHandler):
    """The library's own knows 500 and 503; what stands before Slack answers 502 and 504."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return response is not None and response.status_code >= 500
