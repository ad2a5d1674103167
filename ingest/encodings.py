"""Bytes to text: UTF-8, UTF-16, Korean CP949 (EUC-KR) and windows-1252, told apart by what the bytes hold."""

from __future__ import annotations

import codecs
import re

from ingest.errors import UnreadableArticle

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_BINARY_STARTS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"\x7fELF",
    b"MZ\x90",
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_KOREAN_PAIR = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")  # a Hangul syllable of KS X 1001
_HIGH = re.compile(rb"[\x80-\xff]")


def decode(raw: bytes, declared: str | None = None) -> str:
    """The text of ``raw``; ``declared`` (a web page's charset) is tried after UTF-8 and the byte order mark.

    Bytes that are not UTF-8 are Korean when most of their high bytes pair up as Hangul syllables, else windows-1252
    (its five empty places become U+FFFD). Raises UnreadableArticle for what is no text.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return _decoded(raw, name)
    without_bom = _utf16_without_bom(raw)
    if without_bom:
        return _decoded(raw, without_bom)
    if raw.startswith(_BINARY_STARTS) or len(_CONTROLS.findall(raw[:200_000])) > len(raw[:200_000]) // 200:
        raise UnreadableArticle("the file holds no text (binary data)")
    for encoding in ("utf-8", declared):
        try:
            if encoding:
                return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    if _is_korean(raw):
        return raw.decode("cp949", errors="replace")
    return raw.decode("cp1252", errors="replace")


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError as error:
        raise UnreadableArticle(f"the file is marked as {name.removesuffix('-sig').upper()} but is not") from error


def _utf16_without_bom(raw: bytes) -> str | None:
    """Which UTF-16 the bytes are by their zero bytes, as Latin letters and spaces leave them, or None."""
    head = raw[:4000]
    if len(head) < 4 or len(raw) % 2 or not head.count(0):
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(1, len(head) // 40) or max(even, odd) < 4 * min(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = raw.decode(name)
    except UnicodeDecodeError:
        return None
    readable = sum(char.isprintable() or char.isspace() for char in text[:2000])
    return name if readable > 0.98 * len(text[:2000]) else None


def _is_korean(raw: bytes) -> bool:
    high = len(_HIGH.findall(raw))
    return 2 * len(_KOREAN_PAIR.findall(raw)) >= 0.6 * high
