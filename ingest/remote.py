"""An OpenAI-compatible endpoint as the settings name it: its client, and its failures in words for the user.

Only what is passed in counts: ``OPENAI_*`` lying in the environment changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import openai

NO_KEY: Final = "not-needed"  # the client insists on one; local servers ignore it


class _OnlyOurs:
    """For a client: forgets what it took from the environment by itself."""

    organization: str | None
    project: str | None
    admin_api_key: str | None
    _custom_headers: Mapping[str, str]

    def _forget(self) -> None:
        # No argument keeps these out without sending something empty in their place.
        self.organization = self.project = self.admin_api_key = None
        self._custom_headers = {}


class Client(_OnlyOurs, openai.OpenAI):
    """OpenAI's client without what it takes from the environment by itself."""

    def __init__(self, api_key: str, base_url: str, timeout: openai.Timeout, retries: int) -> None:
        super().__init__(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=retries)
        self._forget()


class AsyncClient(_OnlyOurs, openai.AsyncOpenAI):
    """Its asynchronous twin; tries once."""

    def __init__(self, api_key: str, base_url: str, timeout: openai.Timeout) -> None:
        super().__init__(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0)
        self._forget()


class SettingNames(NamedTuple):
    """The variables that name an endpoint's model, key and address, for sentences that say which to look at."""

    model: str
    api_key: str
    base_url: str
    input_tokens: str = ""  # … and how much it is sent, where that is a setting

    @classmethod
    def of(cls, prefix: str) -> SettingNames:
        """Those that begin alike: HANMI_JUDGE → HANMI_JUDGE_MODEL and so on."""
        return cls(f"{prefix}_MODEL", f"{prefix}_API_KEY", f"{prefix}_BASE_URL")


@dataclass(frozen=True)
class Remote:
    """A model at an endpoint; ``failed`` is the error that is raised for it, in words for the user."""

    what: str  # "the embedding endpoint"
    settings: SettingNames
    model: str
    api_key: str | None = field(repr=False)
    base_url: str
    timeout_s: float
    retries: int
    failed: type[Exception]
    connect_s: float | None = None  # to connect; None: as long as for an answer

    @cached_property
    def where(self) -> str:
        """The endpoint with its host, without a password that the address may hold; raises for no http address."""
        try:
            parts = urlsplit(self.base_url)
            host = parts.netloc.rpartition("@")[2] if parts.scheme in {"http", "https"} and parts.hostname else ""
        except ValueError:
            host = ""
        if not host:
            raise self.failed(f"{self.settings.base_url} is no address; it looks like http://localhost:8080/v1")
        return f"{self.what} at {host}"

    @cached_property
    def key(self) -> str:
        """The key, or one that stands for none; raises where no header can hold it."""
        key = (self.api_key or "").strip() or NO_KEY
        if not (key.isascii() and key.isprintable()):
            raise self.failed(f"{self.settings.api_key} holds characters that no key has; copy the key again")
        return key

    def client(self) -> Client:
        """A client of its own; nothing is sent yet."""
        return Client(self.key, self.base_url, self._timeout, self.retries)

    def async_client(self) -> AsyncClient:
        """The same for an event loop; whether to try again is its caller's to say."""
        return AsyncClient(self.key, self.base_url, self._timeout)

    @property
    def _timeout(self) -> openai.Timeout:
        return openai.Timeout(self.timeout_s, connect=self.connect_s or self.timeout_s)

    def failure(self, error: openai.OpenAIError) -> Exception:
        """What to raise from the client's error."""
        return self.failed(self.sentence(error))

    def sentence(self, error: openai.OpenAIError) -> str:
        """What happened, and what to do next."""
        return f"{self.where} {self._what_happened(error)}"

    def _what_happened(self, error: openai.OpenAIError) -> str:
        tries = self.retries + 1
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():  # its text may show a part of the key
                return f"refused the key ({error.status_code}); check {self.settings.api_key}"
            case openai.NotFoundError():
                return (
                    f"knows no model {self.model}, or is not at that address (404); "
                    f"check {self.settings.model} and {self.settings.base_url}"
                )
            case openai.RateLimitError(code="insufficient_quota"):
                return "says that the account's credit is used up (429); top it up or use another key"
            case openai.RateLimitError():
                wait = error.response.headers.get("retry-after")
                after = f"in {wait} s" if wait and wait.isdigit() else "in a minute"  # it may be a date
                return f"refuses more requests for now (429, {tries} tries at most); run it again {after}"
            case openai.APITimeoutError():
                return f"did not answer in {self.timeout_s:g} s ({tries} tries); try again later"
            case openai.APIConnectionError():
                return (
                    f"cannot be reached, or cut the connection ({tries} tries); "
                    f"check {self.settings.base_url} and the network"
                )
            case openai.APIStatusError(status_code=status) if status >= 500:
                return f"failed ({status}, {tries} tries); try again later"
            case openai.APIStatusError(status_code=status):
                return f"refused the request ({status}): {_first_line(error)}"
        return f"gave an answer that cannot be read: {_first_line(error)}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:300]
