"""Everything that can go wrong between a question and its answer, besides what ingest.errors names.

    AppError
    ├── SettingsError          a setting cannot be used: a flag, an environment variable or a line of hanmi.toml
    ├── ModelFailed            the model that writes answers gave none; ``code`` says why
    ├── TablesInvalid          names.toml or terms.toml cannot be used; the entry and the reason are named
    └── BadInput               what was given cannot be used: a question, a history, a line of a batch
        └── QuestionRefused    what was sent is no question: empty, too long, no words in it

``str(error)`` may be shown to a user: it says what happened and what to do next. "The articles don't say" is an
answer, not an error.
"""

from typing import Literal

FailureCode = Literal[
    "key",  # refused
    "unknown_model",
    "rate_limit",
    "quota",  # the account's credit is used up
    "context_length",  # the request is too long for the model
    "unreachable",
    "timeout",
    "server",
    "invalid",  # the answer cannot be read, or the request is refused for another reason
    "cut",  # the connection broke in the middle of the answer
    "budget",  # HANMI_DAILY_TOKENS are used up; nothing was sent
]


class AppError(Exception):
    """Root of the package's errors; its text is written for the user."""


class SettingsError(AppError):
    """A setting cannot be used; the text names where it was set."""


class ModelFailed(AppError):
    """The model that writes gave no answer, or not all of it."""

    def __init__(self, code: FailureCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class TablesInvalid(AppError):
    """A table of names or terms cannot be used; file, entry and reason are named."""


class BadInput(AppError):
    """Input that cannot be used, from a person or a program."""


class QuestionRefused(BadInput):
    """What was sent cannot be read as a question."""
