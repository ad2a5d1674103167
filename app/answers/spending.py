"""What a language model costs: tokens, their price, and how many a day may use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.answers.schema import Usage
from app.errors import SettingsError

_ASCII_CHARACTERS = (
    4  # to a token, as OpenAI's help pages count English; other scripts: one character, Hangul's upper end
)


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
