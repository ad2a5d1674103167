"""One state of the index, ready to be asked, and how it is opened."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ingest.chroma import ChromaStore, CollectionGone, NoIndex, Pointer, database_identity
from ingest.chunking import IndexSettings
from ingest.derived import Derived, build_derived, open_derived
from ingest.errors import IndexMismatch, IndexUnavailable
from ingest.locks import Gate
from ingest.records import ChromaServer
from ingest.tables import Scanned
from ingest.vector_files import vectors_kept

_ATTEMPTS = 5  # states a reader may see pass while it opens; each takes a writer seconds


@dataclass(frozen=True)
class View:
    """One state of the index, ready to be asked."""

    store: ChromaStore
    pointer: Pointer
    settings: IndexSettings
    derived: Derived
    database: int  # tells a folder deleted and made again from the one that is open


def open_view(location: Path | ChromaServer, derived_folder: Path | None, store: ChromaStore | None = None) -> View:
    """The state that the index has now; through ``store`` when given, else through a new connection.

    Raises IndexUnavailable when there is no index yet.
    """
    for _ in range(_ATTEMPTS):
        database = database_identity(location) if isinstance(location, Path) else 0
        opened = store or open_store(location)
        pointer = opened.pointer()
        if pointer is None:
            raise NoIndex(opened.place)
        try:
            settings = opened.settings(pointer.collection)
            derived = _derived_parts(opened, pointer, derived_folder)
        except CollectionGone:  # a rebuild took its place this moment
            continue
        return View(opened, pointer, settings, derived, database)
    raise IndexUnavailable(f"The index at {location} is being replaced again and again; try later.")


def open_store(location: Path | ChromaServer, *, create: bool = False) -> ChromaStore:
    """A connection whose vectors are loaded, while no writer is in the middle of a batch."""
    if not isinstance(location, Path):
        return ChromaStore(location, create=create)
    there = location.is_dir()
    with (
        Gate(location).passing() if there else nullcontext(),
        vectors_kept(location, writing=False) if there else nullcontext(),
    ):
        store = ChromaStore(location, create=create)
        pointer = store.pointer()
        if pointer:
            with suppress(CollectionGone):
                dimension = store.settings(pointer.collection).dimension
                store.query(pointer.collection, np.full(dimension, dimension**-0.5, dtype=np.float32), 1)
        return store


def _derived_parts(store: ChromaStore, pointer: Pointer, derived_folder: Path | None) -> Derived:
    folder = derived_folder / state_name(store, pointer) if derived_folder else None
    if folder and (derived := open_derived(folder)):
        return derived
    scanned = Scanned(store.scan(pointer.collection), pointer, committed=True)
    return build_derived(folder, scanned.tables, scanned.rows, None)


def state_name(store: ChromaStore, pointer: Pointer) -> str:
    """The name of the derived parts' folder for that state."""
    return f"{store.identity(pointer.collection)}-{pointer.generation}"


def must_agree(stored: IndexSettings, wanted: IndexSettings | None) -> None:
    """Raises IndexMismatch, with both values of each setting that differs; nothing wanted agrees with everything."""
    if wanted is None or stored == wanted:
        return
    have, want = asdict(stored), asdict(wanted)
    words = "; ".join(
        f"{_SETTING_WORDS[name]}: {have[name]} in the index, {want[name]} asked for"
        for name in have
        if have[name] != want[name]
    )
    raise IndexMismatch(
        f"The index was made with other settings ({words}). Use the settings it was made with, "
        "or run `hanmi ingest --rebuild` to make it anew."
    )


_SETTING_WORDS = {
    "embedding": "embedding model",
    "dimension": "dimension of the vectors",
    "analyser": "version of the word analyser",
    "chunk_pieces": "word pieces a chunk",
    "overlap_sentences": "sentences of overlap",
    "sentences": "version of the sentence rules",
}
