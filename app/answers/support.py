"""Whether a claim, and each clause of it, is about what its evidence is about at all.

With the embedded model every word piece of the claim looks for its best match, as a question's does in the search
(app/late_interaction.py). Without it, and for Hangul, words are compared: then only a claim that shares next to nothing
with its evidence is found out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.answers.alignment import Alignment
from app.answers.english_words import Word
from app.answers.statements import Statement
from app.late_interaction import FLOOR
from ingest.minilm import TokenStates
from ingest.piece_weights import PIECES, piece_idf

Floats = npt.NDArray[np.float32]

# Bars, chosen on part A of evals/verifier (2026-11-24). A true paraphrase scored .42 at the least and its worst clause
# of four words or more .3; a claim beside another sentence of the same article stays below .3 in 95 of 100 cases, and
# clauses that were made up score below .12.
CLAIM_BAR = 0.3
CLAUSE_BAR = 0.15
_CLAUSE_WORDS = 4
_SHARED_BAR = 0.15  # share of an English claim's words that the evidence has to hold where there is no model
# Where and by whom something is said: no part of what is said.
_LEAD_IN = re.compile(
    r"according to|readout|fact sheet|statement|remarks|briefing|article|analysis|proclamation|declaration|transcript"
    r"|\b(?:said|says?|wrote|writes|told|noted|notes|reported|reports|quoted|stated|states)\b",
    re.IGNORECASE,
)


def unsupported(text: str, claim: Statement, given: Statement, alignment: Alignment) -> Iterator[str]:
    """The words of a claim that its evidence does not speak of: all of it, or clauses.

    ``text``: the claim as it is written, of which ``claim`` holds the words.
    """
    if alignment.claim is None or alignment.given is None or not len(alignment.given.ids):
        if _shared(claim, given) < _SHARED_BAR and not re.search("[가-힣]", text):
            yield text.strip()
        return
    best = _best(alignment.claim, alignment.given)
    if not len(best) or _score(alignment.claim, best, None) < CLAIM_BAR:
        yield text.strip()
        return
    for words in _clauses(claim):
        written = text[words[0].start : words[-1].end]
        if not _LEAD_IN.search(written) and _score(alignment.claim, best, words) < CLAUSE_BAR:
            yield written


def _best(claim: TokenStates, given: TokenStates) -> Floats:
    """For each word piece of the claim how well the evidence meets it, from 0 to 1."""
    similar: Floats = np.clip((claim.states @ given.states.T - FLOOR) / (1 - FLOOR), 0, 1)
    best: Floats = similar.max(axis=1)
    return best


def _score(claim: TokenStates, best: Floats, words: list[Word] | None) -> float:
    """Their mean, by how much each piece tells; of the pieces within ``words`` alone where these are given."""
    weights = _weights()[claim.ids]
    if words is not None:
        inside = [(claim.starts >= word.start) & (claim.ends <= word.end) for word in words]
        weights = weights * np.any(inside, axis=0)
    total = float(weights.sum())
    return float(weights @ best) / total if total else 1.0


@lru_cache(maxsize=1)
def _weights() -> Floats:
    return piece_idf(np.zeros(PIECES, np.int32), 0)


def _clauses(claim: Statement) -> Iterator[list[Word]]:
    """The clauses of four words and more."""
    for clause in sorted({word.clause for word in claim.words}):
        words = [word for word in claim.words if word.clause == clause]
        if len(words) >= _CLAUSE_WORDS:
            yield words


def _shared(claim: Statement, given: Statement) -> float:
    held = {stem for word in given.words for stem in word.stems}
    met = [bool(word.stems & held) for word in claim.words]
    return sum(met) / len(met) if met else 1.0
