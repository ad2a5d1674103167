"""What a model thinks aloud before it answers, ``<think>…</think>``, is no part of its answer."""

from __future__ import annotations

from typing import Final, Literal

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class WithoutThoughts:
    """Pieces of an answer in, pieces without the thoughts in front out. Models of one's own server give them so."""

    def __init__(self) -> None:
        self._held = ""  # what may still become a mark
        self._state: Literal["before", "thoughts", "after", "answer"] = "before"

    def feed(self, piece: str) -> str:
        """What of the answer is sure by now; "" while it thinks."""
        if self._state == "answer":
            return piece
        self._held += piece
        if self._state == "before":
            begun = self._held.lstrip()
            if begun.startswith(_OPEN):
                self._state, self._held = "thoughts", begun[len(_OPEN) :]
            elif not _OPEN.startswith(begun):
                return self._rest()
        if self._state == "thoughts":
            _, closed, answer = self._held.partition(_CLOSE)
            self._state = "after" if closed else "thoughts"
            self._held = answer if closed else self._held[-len(_CLOSE) :]
        if self._state == "after" and self._held.lstrip():
            self._held = self._held.lstrip()
            return self._rest()
        return ""

    def end(self) -> str:
        """What was held back of an answer that is over now; "" where it ends in its thoughts."""
        return self._rest() if self._state == "before" else ""

    def _rest(self) -> str:
        self._state = "answer"
        held, self._held = self._held, ""
        return held
