"""An OpenAI-compatible endpoint as the settings name it: its client, and its failures in words for the user.

Only what is passed in counts: ``OPENAI_*`` lying in the environment changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

import openai

NO_KEY: Final = "not-needed"  # the client insists on one; local servers ignore it


class Client(openai.OpenAI):
    """OpenAI's client without what it takes from the environment by itself."""

    def __init__(self, api_key: str, base_url: str, timeout_s: float, retries: int) -> None:
        super().__init__(api_key=api_key, base_url=base_url, timeout=timeout_s, max_retries=retries)
        # No argument keeps these out without sending something empty in their place.
        self.organization = self.project = self.admin_api_key = None
        self._custom_headers = {}


@dataclass(frozen=True)
class Remote:
    """A model at an endpoint; ``failed`` is the error that is raised for it, in words for the user."""

    what: str  # "the embedding endpoint"
    settings: str  # how the names of its settings begin: HANMI_EMBEDDING
    model: str
    api_key: str | None = field(repr=False)
    base_url: str
    timeout_s: float
    retries: int
    failed: type[Exception]

    @cached_property
    def where(self) -> str:
        """The endpoint with its host, without a password that the address may hold; raises for no http address."""
        try:
            parts = urlsplit(self.base_url)
            host = parts.netloc.rpartition("@")[2] if parts.scheme in {"http", "https"} and parts.hostname else ""
        except ValueError:
            host = ""
        if not host:
            raise self.failed(f"{self.settings}_BASE_URL is no address; it looks like http://localhost:8080/v1")
        return f"{self.what} at {host}"

    @cached_property
    def key(self) -> str:
        """The key, or one that stands for none; raises where no header can hold it."""
        key = (self.api_key or "").strip() or NO_KEY
        if not (key.isascii() and key.isprintable()):
            raise self.failed(f"{self.settings}_API_KEY holds characters that no key has; copy the key again")
        return key

    def client(self) -> Client:
        """A client of its own; nothing is sent yet."""
        return Client(self.key, self.base_url, self.timeout_s, self.retries)

    def failure(self, error: openai.OpenAIError) -> Exception:
        """What to raise from the client's error: what happened, and what to do next."""
        return self.failed(f"{self.where} {self._what_happened(error)}")

    def _what_happened(self, error: openai.OpenAIError) -> str:
        tries = self.retries + 1
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():  # its text may show a part of the key
                return f"refused the key ({error.status_code}); check {self.settings}_API_KEY"
            case openai.NotFoundError():
                return (
                    f"knows no model {self.model}, or is not at that address (404); "
                    f"check {self.settings}_MODEL and {self.settings}_BASE_URL"
                )
            case openai.RateLimitError(code="insufficient_quota"):
                return "says that the account's credit is used up (429); top it up or use another key"
            case openai.RateLimitError():
                wait = error.response.headers.get("retry-after")
                after = f"in {wait} s" if wait else "in a minute"
                return f"refuses more requests for now (429, {tries} tries at most); run it again {after}"
            case openai.APITimeoutError():
                return f"did not answer in {self.timeout_s:g} s ({tries} tries); try again later"
            case openai.APIConnectionError():
                return (
                    f"cannot be reached, or cut the connection ({tries} tries); "
                    f"check {self.settings}_BASE_URL and the network"
                )
            case openai.APIStatusError(status_code=status) if status >= 500:
                return f"failed ({status}, {tries} tries); try again later"
            case openai.APIStatusError(status_code=status):
                return f"refused the request ({status}): {_first_line(error)}"
        return f"gave an answer that cannot be read: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:300]
