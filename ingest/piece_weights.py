"""How much each word piece tells: IDF from a collection's own counts, steadied by counts over general English.

``background_counts.npz`` is made by ``python -m evals.background_counts``, which names its sources.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

PIECES: Final = 30_522  # the model's vocabulary
# Weight of the background, in chunks: a collection of 1,000 chunks speaks as loud as the background.
BACKGROUND_CHUNKS: Final = 1_000.0
COUNTS_FILE: Final = "background_counts.npz"


class BackgroundCounts(NamedTuple):
    """In how many chunks of about 220 pieces each word piece occurs, and how many chunks there were."""

    holding: npt.NDArray[np.float32]  # (30522,), exact to 3 %
    chunks: int


def piece_idf(
    holding: npt.NDArray[np.integer], chunks: int, background_chunks: float = BACKGROUND_CHUNKS
) -> npt.NDArray[np.float32]:
    """IDF of each word piece (30522,), above 0: ln(1 + (N - df + ½) / (df + ½)).

    ``holding``: in how many of the collection's ``chunks`` a piece occurs. To N and df the background adds as if
    ``background_chunks`` of its chunks were in the collection, so that a collection of 8 chunks and one of 8,000 weigh
    words alike; 0 leaves the collection's own IDF, and an empty collection then has equal weights.
    Raises ValueError for another vocabulary's counts.
    """
    if holding.shape != (PIECES,):
        raise ValueError(f"counts of {PIECES} word pieces are needed, not {holding.shape}")
    background = load_background_counts()
    total = chunks + background_chunks
    frequency = holding + background_chunks * background.holding / background.chunks
    idf: npt.NDArray[np.float32] = np.log1p((total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return idf


@lru_cache(maxsize=1)
def load_background_counts() -> BackgroundCounts:
    """The counts shipped beside this module."""
    with resources.files(__package__).joinpath(COUNTS_FILE).open("rb") as file, np.load(file) as stored:
        return BackgroundCounts(_unpacked(stored["holding"], float(stored["step"])), int(stored["chunks"]))


def pack_counts(holding: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.uint8], float]:
    """A byte a piece, in equal steps of the logarithm, and the step; 0 stays 0."""
    step = float(np.log1p(holding.max())) / 255
    return np.rint(np.log1p(holding) / step).astype(np.uint8), step


def _unpacked(packed: npt.NDArray[np.uint8], step: float) -> npt.NDArray[np.float32]:
    holding: npt.NDArray[np.float32] = np.expm1(packed * step).astype(np.float32)
    return holding
