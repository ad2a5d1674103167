"""Chroma's vector files, which it writes in place: copies while they may be written, put back after a kill.

Chroma (1.5) saves the vectors of a collection file after file, the pickle last, then notes in its database how far they
reach, and then forgets the log up to there. Killed before the pickle is whole it leaves files that do not fit each
other, and nobody can open the folder again; the files from before still fit, and the log has what came since. Nothing
here asks the database: a second SQLite in one process lets go of the locks of the first.
Whoever uses this holds the gate (``ingest.locks``): copies that he finds are a dead process's.
"""

from __future__ import annotations

import logging
import pickletools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger(__name__)

COPIES = "vectors-before"
PICKLE = "index_metadata.pickle"
_UNFINISHED = "vectors-unfinished"  # being copied or removed: worth nothing


@contextmanager
def vectors_kept(folder: Path, *, writing: bool) -> Iterator[None]:
    """Around an opening of the index in the folder, or a write to it: a kill in it can be mended.

    First mends what an earlier one left. Only a write makes copies (10 ms for 8,000 chunks of 384 numbers): at an
    opening Chroma saves no vectors unless a kill kept a writer from it, and then that one's copies are still there.
    What fails here is logged: a folder that cannot be written to is left as it is.
    """
    try:
        _put_back(folder)
        if writing:
            _copy(folder)
    except OSError as error:
        logger.warning("the vectors in %s are not kept while they are written: %s", folder, error)
    yield
    try:
        _drop(folder)
    except OSError as error:
        logger.warning("copies of vectors stay in %s: %s", folder, error)


def _put_back(folder: Path) -> None:
    """The files of each collection as they were, unless a saving came to its end since."""
    copies = folder / COPIES
    for copy in copies.iterdir() if copies.is_dir() else ():
        files = folder / "chroma" / copy.name
        if not files.is_dir() or _saved_since(files / PICKLE, copy / PICKLE):
            continue
        logger.info("the vectors in %s are put back to before a write that was killed", files)
        if not (copy / PICKLE).exists():
            (files / PICKLE).unlink(missing_ok=True)
        # In place, as Chroma does: another process may have them open. The pickle last: killed, this is done again.
        for file in sorted(copy.iterdir(), key=lambda file: file.name == PICKLE):
            shutil.copy2(file, files / file.name)


def _saved_since(now: Path, before: Path) -> bool:
    if not now.exists() or (before.exists() and now.stat().st_mtime_ns == before.stat().st_mtime_ns):
        return False
    try:
        for _ in pickletools.genops(now.read_bytes()):
            pass
    except ValueError:  # it was cut off
        return False
    return True


def _copy(folder: Path) -> None:
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.rmtree(folder / COPIES, ignore_errors=True)
    unfinished.mkdir()
    for files in (folder / "chroma").iterdir():
        if files.is_dir():
            shutil.copytree(files, unfinished / files.name)
    unfinished.rename(folder / COPIES)


def _drop(folder: Path) -> None:
    """Remove the copies; killed in the middle, nobody takes what is left for whole."""
    if (folder / COPIES).is_dir():
        shutil.rmtree(folder / _UNFINISHED, ignore_errors=True)
        (folder / COPIES).rename(folder / _UNFINISHED)
        shutil.rmtree(folder / _UNFINISHED)
