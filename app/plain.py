"""What people send, as plain text: composed, single spaces, nothing that cannot be seen."""

from __future__ import annotations

import unicodedata

_DROPPED = frozenset(("Cf", "Cs", "Co", "Cn"))  # bidi and zero-width marks, lone surrogates, what is no character


def _plain(char: str) -> str:
    if char.isspace() or unicodedata.category(char) == "Cc":
        return " "
    if "！" <= char <= "～":  # full-width forms of a Korean or Japanese keyboard
        return unicodedata.normalize("NFKC", char)
    return "" if unicodedata.category(char) in _DROPPED else char


def plain_text(text: str) -> str:
    """The text in composed Unicode with single spaces; control characters part words, invisible ones go."""
    return " ".join(unicodedata.normalize("NFC", "".join(map(_plain, text))).split())
