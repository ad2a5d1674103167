"""Characters that look like nothing, or like something else, made plain; nothing a reader would call a word changes."""

from __future__ import annotations

import re
import unicodedata

# Marks that the cleaning puts into a text while it works; a text's own private-use characters go first.
HARD_BREAK = "\ue000"  # a line break that the author asked for
BOLD_ON, BOLD_OFF = "\ue001", "\ue002"
ESCAPED = 0xE100  # chr(ESCAPED + n): the character n, written with a backslash, so no markup
PROTECTED = 0xE200  # chr(PROTECTED + n): the character n inside an address or code, so no markup

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Zero-width joiner stays: it holds emoji together.
_INVISIBLE = "\u200b\u200c\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
_CONTROLS = [chr(n) for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\t\n"]
_PLAIN = str.maketrans(
    {
        **_LIGATURES,
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys(_INVISIBLE, ""),
        **dict.fromkeys(_CONTROLS, ""),
        "\u2010": "-",
        "\u2011": "-",
        "\u00ad": "",
    }
)
# Whole sentences can be written in what only ever shapes the sign before it; a flag's letters stay.
_SMUGGLED = re.compile(
    "(\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e007f]+|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}"
)
_PRIVATE_BULLETS = re.compile("[\uf0a7\uf0b7\uf076\uf0d8\uf0fc]")  # how Word's symbol fonts write bullets
_WORD = re.compile(r"\w+")
_PRIVATE = re.compile("[\ue000-\uf8ff\ud800-\udfff]")


def plain_characters(raw: str, *, hard_breaks: bool = False) -> str:
    """The text in NFC with ordinary spaces, hyphens and letters, and the line feed alone for line ends.

    Soft hyphens, zero-width and control characters go, ligatures come apart. With ``hard_breaks``, for Markdown, a line
    that ends in two spaces ends in HARD_BREAK, and an indent of non-breaking spaces is none: both must be seen here,
    before a non-breaking space counts as a space.
    """
    text = re.sub("\r\n?|[\x0b\x85\u2028\u2029]", "\n", raw).replace("\x0c", "\n\n")
    text = _PRIVATE.sub("", _PRIVATE_BULLETS.sub("•", text))
    text = _SMUGGLED.sub(lambda found: found[1] or "", text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = re.sub("\u00ad[ \u00a0]*\n[ \u00a0]*", "", text)
    if hard_breaks:
        text = re.sub(r"(?<=[^\s])([ \u00a0]*)  \n", rf"\1{HARD_BREAK}\n", text)
        text = re.sub("^ *\u00a0[ \u00a0]*", "", text, flags=re.M)
    return text.translate(_PLAIN)


def restore_escaped(text: str) -> str:
    """The text with every protected or escaped character written out."""
    return re.sub(
        f"[{chr(ESCAPED)}-{chr(PROTECTED + 0x7F)}]",
        lambda found: chr((ord(found[0]) - ESCAPED) % (PROTECTED - ESCAPED)),
        text,
    )


def count_words(text: str) -> int:
    """Runs of letters and digits, the unit in which removals are counted."""
    return sum(1 for _ in _WORD.finditer(text))
