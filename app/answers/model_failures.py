"""What a failed request to a model means: why it failed, and whether and when to try again."""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from time import time

import openai

from app.errors import FailureCode

# As OpenAI, vLLM, llama.cpp, LM Studio and gateways word it; only the first gives a code that is always the same.
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|size|window)|exceed_context|prompt is too long|input tokens exceed|too many tokens", re.I
)
_NO_MODEL = re.compile(r"model.{0,80}(?:not found|does not exist|not exist)|no such model", re.I | re.S)


def failure_code(error: openai.OpenAIError) -> FailureCode:
    """Why a request failed."""
    code = _simple_code(error)
    if code in ("server", "invalid") and _TOO_LONG.search(_words(error)):
        return "context_length"
    if code in ("key", "invalid") and _NO_MODEL.search(_words(error)):
        return "unknown_model"
    return code


def _simple_code(error: openai.OpenAIError) -> FailureCode:
    match error:
        case openai.APIStatusError(code="model_not_found") | openai.NotFoundError():
            return "unknown_model"
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return "key"
        case openai.APIStatusError(code="insufficient_quota") | openai.APIStatusError(status_code=402):
            return "quota"
        case openai.RateLimitError():
            return "rate_limit"
        case openai.APITimeoutError():
            return "unreachable" if _while_connecting(error) else "timeout"
        case openai.APIConnectionError():
            return "unreachable"
        case openai.APIStatusError(status_code=status) if status < 500:
            return "invalid"
        case openai.APIStatusError() | openai.APIError():  # the latter: an error told inside the stream
            return "server"
    return "invalid"


def _words(error: openai.OpenAIError) -> str:
    return f"{getattr(error, 'code', '')} {error}"


def _while_connecting(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__name__ == "ConnectTimeout":
            return True
        seen = seen.__cause__
    return False


def is_passing(error: openai.OpenAIError) -> bool:
    """Whether the same request may do better in a moment."""
    if isinstance(error, openai.APIStatusError) and error.status_code in (408, 409):
        return True
    return failure_code(error) in ("rate_limit", "unreachable", "server")


def retry_after(error: openai.OpenAIError) -> float | None:
    """Seconds the endpoint asks to wait: of ``retry-after-ms`` or ``retry-after``, a number or a date; else None."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1_000), ("retry-after", 1)):
        try:
            wait = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        return wait if math.isfinite(wait) and wait >= 0 else None
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time())
    except (TypeError, ValueError, OverflowError):
        return None


def is_refused_option(error: openai.OpenAIError, option: str) -> bool:
    """Whether the request was refused because of that option: models that think take no temperature."""
    return isinstance(error, openai.APIStatusError) and error.status_code in (400, 422) and option in _words(error)
