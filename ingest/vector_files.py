"""Chroma's vector files, which it writes in place: copies while they may be written, put back after a kill.

Chroma (1.5) saves the vectors of a collection file after file, then notes in its database how far they reach, and then
forgets the log up to there. Killed between the first file and the note it leaves files that do not fit each other, and
nobody can open the folder again. The files from before fit the note from before, and the log still has what came since.
Whoever uses this holds the gate (``ingest.locks``): copies that he finds are a dead process's.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

logger = logging.getLogger(__name__)

COPIES = "vectors-before"
_UNFINISHED = "vectors-unfinished"  # being copied or removed: worth nothing
_QUERY = """
SELECT segments.id, COALESCE(max_seq_id.seq_id, 0), (
    SELECT COUNT(*) FROM embeddings_queue
    WHERE topic LIKE '%/' || segments.collection AND embeddings_queue.seq_id > COALESCE(max_seq_id.seq_id, 0)
) FROM segments LEFT JOIN max_seq_id ON max_seq_id.segment_id = segments.id WHERE segments.scope = 'VECTOR'
"""


class _Segment(NamedTuple):
    """The vectors of a collection, as Chroma's database has them."""

    segment_id: str
    saved: int  # the place in the log up to which they are in the files
    waiting: int  # rows of the log after it


@contextmanager
def vectors_kept(folder: Path, rows: int, threshold: int) -> Iterator[None]:
    """Around an opening of the index in the folder, or a write of so many rows: a kill in it can be mended.

    First mends what an earlier one left. Copies are made where Chroma, which saves after ``threshold`` rows, may save:
    from half of them on, as another process may have saved in between. A folder that cannot be written to is left as
    it is.
    """
    copied = False
    try:
        _put_back(folder)
        copied = _copy(folder, rows, threshold)
    except (OSError, sqlite3.Error) as error:
        logger.warning("the vectors in %s are not kept while they are written: %s", folder, error)
    try:
        yield
    finally:
        if copied:
            _drop(folder)


def _put_back(folder: Path) -> None:
    """The files of each collection as they were, where the database still says what it said then."""
    copies = folder / COPIES
    if not copies.is_dir():
        return
    saved = {segment.segment_id: segment.saved for segment in _segments(folder)}
    for copy in copies.iterdir():
        segment_id, _, place = copy.name.partition("@")
        if saved.get(segment_id) == int(place):
            logger.warning("the vectors in %s are put back to before a write that was killed", folder)
            files = folder / "chroma" / segment_id
            shutil.rmtree(files, ignore_errors=True)
            shutil.copytree(copy, files)
    _drop(folder)


def _copy(folder: Path, rows: int, threshold: int) -> bool:
    due = [segment for segment in _segments(folder) if 2 * (segment.waiting + rows) >= threshold]
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    for segment in due:
        files, copy = folder / "chroma" / segment.segment_id, unfinished / f"{segment.segment_id}@{segment.saved}"
        if files.is_dir():
            shutil.copytree(files, copy)
        else:
            copy.mkdir(parents=True)
    if due:
        unfinished.rename(folder / COPIES)
    return bool(due)


def _drop(folder: Path) -> None:
    """Remove the copies; killed in the middle, nobody takes what is left for whole."""
    shutil.rmtree(folder / _UNFINISHED, ignore_errors=True)
    (folder / COPIES).rename(folder / _UNFINISHED)
    shutil.rmtree(folder / _UNFINISHED, ignore_errors=True)


def _segments(folder: Path) -> list[_Segment]:
    database = folder / "chroma" / "chroma.sqlite3"
    if not database.is_file():
        return []
    with closing(sqlite3.connect(database)) as connection:
        return [_Segment(str(row[0]), int(row[1]), int(row[2])) for row in connection.execute(_QUERY)]
