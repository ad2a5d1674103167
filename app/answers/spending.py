"""What a language model costs: tokens, their price, and how many a day may use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from app.answers.schema import Usage
from app.errors import SettingsError
from app.store import open_database

_ASCII_CHARACTERS = (
    4  # to a token, as OpenAI's help pages count English; other scripts: one character, Hangul's upper end
)

_SCHEMA = "CREATE TABLE IF NOT EXISTS tokens (day TEXT PRIMARY KEY, used INTEGER NOT NULL);"


def estimated_tokens(text: str) -> int:
    """About how many tokens the text is, without a tokenizer; rather too many, at most so for Korean. 0 for none."""
    plain = sum(character.isascii() for character in text)
    return math.ceil(plain / _ASCII_CHARACTERS) + len(text) - plain


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    read: float = 0.0
    written: float = 0.0

    def usage(self, read: int, written: int) -> Usage:
        """The tokens with what they cost."""
        return Usage(read, written, round((read * self.read + written * self.written) / 1_000_000, 6))


def read_price(given: Sequence[str]) -> Price:
    """HANMI_MODEL_PRICE; nothing costs nothing. Raises SettingsError for what is not two amounts."""
    if not given:
        return Price()
    try:
        read, written = (float(amount) for amount in given)
    except ValueError:
        read = written = math.nan
    if not (0 <= read < math.inf and 0 <= written < math.inf):
        raise SettingsError(
            f"HANMI_MODEL_PRICE must be two amounts, for a million tokens read and written, such as 0.25,2; not "
            f"{','.join(given)!r}"
        )
    return Price(read, written)


class Taken(NamedTuple):
    """Tokens set aside for a request."""

    day: str
    tokens: int


class Budget:
    """How many tokens the model may use in a day (UTC), kept in a database; threads and processes share it."""

    def __init__(self, file: Path, daily_tokens: int) -> None:
        """The file is made when tokens are first taken."""
        self._file = file
        self.daily_tokens = daily_tokens

    def take(self, tokens: int) -> Taken | None:
        """Set tokens of today aside; None, and nothing is taken, where too few are left. Raises StoreUnavailable."""
        day = _today()
        with open_database(self._file, _SCHEMA, write=True) as database:
            database.execute("INSERT OR IGNORE INTO tokens VALUES (?, 0)", (day,))
            row = (tokens, day, tokens, self.daily_tokens)
            done = database.execute("UPDATE tokens SET used = used + ? WHERE day = ? AND used + ? <= ?", row)
            return Taken(day, tokens) if done.rowcount else None

    def settle(self, taken: Taken, used: int) -> None:
        """Put what a request really used in place of what was taken for it. Raises StoreUnavailable."""
        with open_database(self._file, _SCHEMA, write=True) as database:
            row = (used - taken.tokens, taken.day)
            database.execute("UPDATE tokens SET used = used + ? WHERE day = ?", row)

    def used_today(self) -> int:
        """Tokens used or set aside today. Raises StoreUnavailable."""
        with open_database(self._file, _SCHEMA) as database:
            found = (
                database.execute("SELECT used FROM tokens WHERE day = ?", (_today(),)).fetchone() if database else None
            )
        return int(found[0]) if found else 0


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
