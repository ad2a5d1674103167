"""What is made from the chunks and can be made again: tables, lexical index, word-piece counts.

One folder for each state of the index, named after the collection and its generation, written aside and renamed into
place: a reader finds all of it or nothing. Where nothing can be written it is made in memory.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.chroma import Row
from ingest.lexical import LexicalIndex, LexicalRow
from ingest.tables import Tables, lexical_row

logger = logging.getLogger(__name__)

PieceIds = Callable[[Sequence[str]], list[np.ndarray]]

VOCABULARY = 30_522  # word pieces of BERT's uncased vocabulary, which MiniLM uses
PIECES_BATCH = 512


@dataclass(frozen=True)
class Derived:
    """The derived parts of one state of the index."""

    tables: Tables
    lexical: LexicalIndex
    pieces: np.ndarray | None  # int32 (VOCABULARY,): in how many chunks each word piece occurs; None: never counted


def open_derived(folder: Path) -> Derived | None:
    """The derived parts in the folder; None when they are not there or cannot be read."""
    try:
        tables = Tables.load(folder / "tables.json")
        lexical = LexicalIndex.open(folder / "lexical")
        pieces = np.load(folder / "pieces.npy") if (folder / "pieces.npy").exists() else None
    except (OSError, ValueError, TypeError, KeyError) as error:
        if folder.exists():
            logger.warning("%s cannot be read and is made again: %s", folder, error)
        return None
    if len(lexical) != len(tables.article_of):
        logger.warning("%s is incomplete and is made again", folder)
        return None
    return Derived(tables, lexical, pieces)


def build_derived(folder: Path | None, tables: Tables, rows: Iterable[Row], pieces: np.ndarray | None) -> Derived:
    """Make the derived parts of these rows (in the tables' order), in the folder or, where that fails, in memory."""
    ready = [lexical_row(row) for row in rows]
    if folder is not None:
        try:
            return _build_on_disk(folder, tables, ready, pieces)
        except (OSError, ValueError) as error:  # tantivy's errors are ValueErrors
            logger.warning("the lexical index stays in memory, %s cannot be written: %s", folder, error)
    return Derived(tables, LexicalIndex.build(ready), pieces)


def _build_on_disk(folder: Path, tables: Tables, ready: Sequence[LexicalRow], pieces: np.ndarray | None) -> Derived:
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder.parent))
    try:
        LexicalIndex.build(ready, aside / "lexical")
        if pieces is not None:
            np.save(aside / "pieces.npy", pieces)
        tables.save(aside / "tables.json")
        if folder.exists():
            if quicker := open_derived(folder):  # another process made the same
                shutil.rmtree(aside, ignore_errors=True)
                return quicker
            shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return Derived(tables, LexicalIndex.open(folder / "lexical"), pieces)


def forget_old(parent: Path, keep: Iterable[str]) -> None:
    """Remove the folders of states that have passed, and what killed processes left; those named in ``keep`` stay."""
    kept = set(keep)
    for folder in parent.iterdir() if parent.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def count_pieces(texts: Sequence[str], piece_ids: PieceIds) -> np.ndarray:
    """In how many of the texts each word piece occurs: int32 (VOCABULARY,)."""
    counts = np.zeros(VOCABULARY, dtype=np.int32)
    for start in range(0, len(texts), PIECES_BATCH):
        for ids in piece_ids(texts[start : start + PIECES_BATCH]):
            counts[np.unique(ids)] += 1
    return counts
