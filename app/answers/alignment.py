"""How like the words of a claim and of its evidence are, each in its place: cosines of the embedded model's states."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.answers.english_words import Word
from ingest.minilm import MiniLM, TokenStates

Floats = npt.NDArray[np.float32]


class Alignment:
    """Cosines between words of two texts; none without the model, nor for Hangul, of which it knows nothing."""

    def __init__(self, claim: TokenStates | None = None, given: TokenStates | None = None) -> None:
        self.claim, self.given = claim, given
        self._claim_words: dict[tuple[int, int], Floats | None] = {}
        self._given_words: dict[tuple[int, int], Floats | None] = {}

    @classmethod
    def of(cls, claim: str, given: str, model: MiniLM | None) -> Alignment:
        """One pass of the model over each text."""
        if model is None or re.search("[가-힣]", claim + given):
            return cls()
        return cls(*model.token_states([claim, given]))

    def cosine(self, claim: Word, given: Word) -> float | None:
        """The cosine of the mean states of their word pieces; None where there is no model for them."""
        one = _vector(self.claim, claim, self._claim_words)
        other = _vector(self.given, given, self._given_words)
        return None if one is None or other is None else float(one @ other)

    def best(self, claim: Word, given: Sequence[Word]) -> float:
        """The cosine with the word of the evidence that is most like it, 0 at the least."""
        return max((self.cosine(claim, other) or 0.0 for other in given), default=0.0)


def _vector(states: TokenStates | None, word: Word, known: dict[tuple[int, int], Floats | None]) -> Floats | None:
    if states is None:
        return None
    key = (word.start, word.end)
    if key not in known:
        first = int(np.searchsorted(states.starts, word.start))
        last = int(np.searchsorted(states.ends, word.end, side="right"))
        mean = states.states[first:last].mean(axis=0) if first < last else None
        known[key] = None if mean is None else mean / np.linalg.norm(mean)
    return known[key]
