"""Everything that can go wrong between a question and its answer, besides what ingest.errors names.

    AppError
    ├── SettingsError          a setting cannot be used: a flag, an environment variable or a line of hanmi.toml
    ├── TablesInvalid          names.toml or terms.toml cannot be used; the entry and the reason are named
    └── BadInput               what was given cannot be used: a question, a history, a line of a batch
        └── QuestionRefused    what was sent is no question: empty, too long, no words in it

``str(error)`` may be shown to a user: it says what happened and what to do next. "The articles don't say" is an
answer, not an error.
"""


class AppError(Exception):
    """Root of the package's errors; its text is written for the user."""


class SettingsError(AppError):
    """A setting cannot be used; the text names where it was set."""


class TablesInvalid(AppError):
    """A table of names or terms cannot be used; file, entry and reason are named."""


class BadInput(AppError):
    """Input that cannot be used, from a person or a program."""


class QuestionRefused(BadInput):
    """What was sent cannot be read as a question."""
