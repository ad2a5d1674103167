"""Everything that can go wrong between a question and its answer, besides what ingest.errors names.

    AppError
    ├── SettingsError    a setting cannot be used: a flag, an environment variable or a line of hanmi.toml
    └── BadInput         what was given cannot be used: a question, a history, a line of a batch

``str(error)`` may be shown to a user: it says what happened and what to do next.
"""


class AppError(Exception):
    """Root of the package's errors; its text is written for the user."""


class SettingsError(AppError):
    """A setting cannot be used; the text names where it was set."""


class BadInput(AppError):
    """Input that cannot be used, from a person or a program."""
