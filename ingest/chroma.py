"""A Chroma folder or server as Hanmi uses it: the only module that knows chromadb.

Chunks lie in a collection of their own name (``hanmi-index-7``) with their vectors; a small second collection holds
notes: which collection is current and its generation, and on a server who writes. Whatever Chroma or the network
raises leaves this module as IndexUnavailable.
"""

from __future__ import annotations

import gc
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError

from ingest.chunking import IndexSettings
from ingest.errors import IndexUnavailable
from ingest.locks import Gate
from ingest.records import ChromaServer, Hit
from ingest.vector_files import vectors_kept

logger = logging.getLogger(__name__)

T = TypeVar("T")
Fields = dict[str, str | int | float | bool]

BATCH = 500  # rows a write; under Chroma's limit (5,461) and half its sync_threshold, so that what a killed writer
# leaves unsaved stays little, and a reader never waits at the gate for more than about 0.3 s
PAGE = 5000  # rows a read of everything
LOCKED_RETRIES = 20  # a reader meets SQLite's lock for a moment while a batch is committed
HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 100,  # 200 costs a fifth more time and finds half a per cent more
    "ef_search": 256,  # the engine asks for 100 of 8,000: finds .99 of the true ones; Chroma's 100 finds .945
    "max_neighbors": 16,
    "sync_threshold": 1000,
}
NOTES = "hanmi-notes"
NOTE_VECTOR = np.ones((1, 1), dtype=np.float32)  # Chroma wants a vector with everything
COLLECTION_PREFIX = "hanmi-index-"

# What Chroma (1.5) says of a collection that is being dropped: its segments go before its name does.
_DROPPED = "Missing metadata segment"
_opening = threading.Lock()  # Chroma's cache of open folders is one for the whole process


class CollectionGone(IndexUnavailable):
    """The collection was dropped: a rebuild has put another in its place."""


class NoIndex(IndexUnavailable):
    """The place is there or could be made, but no ingest has finished yet."""

    def __init__(self, place: str) -> None:
        super().__init__(f"There is no index at {place} yet; run `hanmi ingest`.")


class Row(NamedTuple):
    """One chunk as Chroma holds it."""

    chunk_id: str
    text: str
    fields: Fields


class Pointer(NamedTuple):
    """Which collection is the index, and how often it has changed."""

    collection: str
    generation: int  # counts the states that readers have seen
    revision: int  # the highest one of its chunks
    removed: tuple[str, ...] = ()  # articles that are out although chunks up to that revision may still be there


class ChromaStore:
    """One connection to a folder or server. Threads may share it."""

    def __init__(self, location: Path | ChromaServer, *, create: bool = False) -> None:
        """Raises IndexUnavailable when there is nothing there (unless ``create``) or the server does not answer."""
        self.location = location
        self._collections: dict[str, chromadb.Collection] = {}
        self.gate = Gate(location) if isinstance(location, Path) else None
        if isinstance(location, Path):
            self._client = self._ask(lambda: _open_folder(location, create=create))
        else:
            self._client = self._ask(lambda: _open_server(location))
        if create:
            self._ask(lambda: self._client.get_or_create_collection(NOTES, embedding_function=None))

    # --- notes: small records by id ---

    def note(self, note_id: str) -> Fields | None:
        """The note of that id; None when there is none."""
        try:
            found = self._ask(lambda: self._collection(NOTES).get(ids=[note_id], include=["metadatas"]))
        except CollectionGone:
            return None
        metadatas = found["metadatas"] or []
        return dict(metadatas[0]) if metadatas else None  # type: ignore[arg-type]  # we never store lists

    def put_note(self, note_id: str, fields: Fields) -> None:
        """Write a note, over an earlier one of the same fields."""
        self._ask(lambda: self._collection(NOTES).upsert(ids=[note_id], embeddings=NOTE_VECTOR, metadatas=[fields]))

    def claim_note(self, note_id: str, fields: Fields) -> Fields | None:
        """Write a note unless there is one, and return what stands there now: Chroma keeps the first of two adds."""
        self._ask(lambda: self._collection(NOTES).add(ids=[note_id], embeddings=NOTE_VECTOR, metadatas=[fields]))
        return self.note(note_id)

    def drop_note(self, note_id: str, token: str) -> None:
        """Remove a note if its field ``token`` is the one given."""
        self._ask(lambda: self._collection(NOTES).delete(ids=[note_id], where={"token": token}))

    def pointer(self) -> Pointer | None:
        """Where the index is; None before the first ingest has finished."""
        note = self.note("current")
        if note is None:
            return None
        removed = tuple(json.loads(str(note["removed"])))
        return Pointer(str(note["collection"]), int(note["generation"]), int(note["revision"]), removed)

    def move_pointer(self, pointer: Pointer) -> None:
        """Make this the index, at once for everybody: one record is written."""
        self.put_note("current", pointer._asdict() | {"removed": json.dumps(pointer.removed, ensure_ascii=False)})

    # --- collections ---

    def create(self, name: str, settings: IndexSettings) -> None:
        """A new, empty collection that remembers its settings."""
        metadata = {"settings": json.dumps(asdict(settings), ensure_ascii=False)}
        self._ask(
            lambda: self._client.create_collection(
                name,
                metadata=metadata,
                embedding_function=None,
                configuration={"hnsw": HNSW},
            )
        )

    def settings(self, name: str) -> IndexSettings:
        """The settings the collection was made with."""
        metadata = self._ask(lambda: self._collection(name).metadata)
        return IndexSettings(**json.loads(metadata["settings"]))

    def identity(self, name: str) -> str:
        """A name of the collection that no other has, on any server."""
        return str(self._ask(lambda: self._collection(name).id))

    def names(self) -> list[str]:
        """All collections of chunks, the oldest first."""
        found = self._ask(lambda: [collection.name for collection in self._client.list_collections()])
        return sorted((name for name in found if name.startswith(COLLECTION_PREFIX)), key=collection_number)

    def drop(self, name: str) -> None:
        """Remove a collection with all its chunks; harmless when it is gone."""
        self._collections.pop(name, None)
        try:
            self._ask(lambda: self._client.delete_collection(name))
        except CollectionGone:
            logger.debug("collection %s was already gone", name)

    # --- chunks ---

    def count(self, name: str) -> int:
        """How many chunks the collection holds, current or not."""
        return self._ask(lambda: self._collection(name).count())

    def ids(self, name: str) -> list[str]:
        """The ids of all chunks."""
        return self._ask(lambda: self._collection(name).get(include=[]))["ids"]

    def scan(self, name: str) -> Iterator[Row]:
        """All chunks."""
        for offset in range(0, self.count(name), PAGE):
            yield from self._rows(name, limit=PAGE, offset=offset)

    def rows(self, name: str, ids: Sequence[str]) -> list[Row]:
        """The chunks of these ids in any order; those that are not there are left out."""
        return [row for start in range(0, len(ids), PAGE) for row in self._rows(name, ids=list(ids[start:][:PAGE]))]

    def vectors(self, name: str, ids: Sequence[str]) -> np.ndarray:
        """The stored vectors, float32, shape (number of ids, dimension), in the order of ids; all must be there."""
        found = self._ask(lambda: self._collection(name).get(ids=list(ids), include=["embeddings"]))
        at = {chunk_id: row for row, chunk_id in enumerate(found["ids"])}
        return np.asarray(found["embeddings"], dtype=np.float32)[[at[chunk_id] for chunk_id in ids]]

    def upsert(self, name: str, rows: Sequence[Row], vectors: np.ndarray) -> None:
        """Write chunks with their vectors, shape (number of rows, dimension), in batches that are all or nothing."""
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            self._write(
                lambda batch=batch, start=start: self._collection(name).upsert(  # type: ignore[misc]
                    ids=[row.chunk_id for row in batch],
                    embeddings=vectors[start : start + BATCH],
                    documents=[row.text for row in batch],
                    metadatas=[row.fields for row in batch],
                )
            )

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Remove chunks, in batches; ids that are not there are passed over."""
        for start in range(0, len(ids), BATCH):
            batch = list(ids[start : start + BATCH])
            self._write(lambda batch=batch: self._collection(name).delete(ids=batch))  # type: ignore[misc]

    def query(self, name: str, vector: np.ndarray, k: int, ids: Sequence[str] | None = None) -> list[Hit]:
        """The k nearest chunks by cosine similarity, best first; of these ids only, when given.

        Choosing by ids takes 2 to 4 ms among 8,000 chunks, where a condition on metadata takes 5 to 40 (measured
        2026-11-24, two busy cores). Raises IndexUnavailable when an id is not there.
        """
        found = self._ask(
            lambda: self._collection(name).query(
                query_embeddings=[vector], n_results=k, ids=None if ids is None else list(ids), include=["distances"]
            )
        )
        distances = (found["distances"] or [[]])[0]
        # Chroma returns a cosine distance; everything outside counts in similarities.
        return [Hit(chunk_id, 1.0 - distance) for chunk_id, distance in zip(found["ids"][0], distances, strict=True)]

    # --- inside ---

    def _rows(self, name: str, **what: Any) -> Iterator[Row]:  # noqa: ANN401  # Chroma's own arguments
        found = self._ask(lambda: self._collection(name).get(include=["documents", "metadatas"], **what))
        for row in zip(found["ids"], found["documents"] or [], found["metadatas"] or [], strict=True):
            yield Row(row[0], row[1], dict(row[2]))  # type: ignore[arg-type]  # we never store lists

    def _collection(self, name: str) -> chromadb.Collection:
        if name not in self._collections:
            self._collections[name] = self._client.get_collection(name, embedding_function=None)
        return self._collections[name]

    def _write(self, action: Callable[[], object]) -> None:
        if self.gate is None or not isinstance(self.location, Path):
            self._ask(action)
            return
        with self.gate.writing(), vectors_kept(self.location, writing=True):
            self._ask(action)

    def _ask(self, action: Callable[[], T]) -> T:
        """What the action returns; SQLite's passing lock is waited for, other errors become ours."""
        for attempt in range(LOCKED_RETRIES + 1):
            try:
                return action()
            except NotFoundError as error:
                raise CollectionGone(f"The index at {self.place} is incomplete: {error}") from error
            except (ChromaError, httpx.HTTPError, OSError) as error:
                if _DROPPED in str(error):
                    raise CollectionGone(f"The index at {self.place} is incomplete: {error}") from error
                if "locked" not in str(error) or attempt == LOCKED_RETRIES:
                    raise IndexUnavailable(
                        f"The index at {self.place} cannot be used: {error}.{self._remedy}"
                    ) from error
                time.sleep(0.05 * (attempt + 1))
        raise AssertionError("unreachable")

    @property
    def _remedy(self) -> str:
        if isinstance(self.location, ChromaServer):
            return " Is the server running?"
        return " If that stays so, delete this folder and run `hanmi ingest`."

    @property
    def place(self) -> str:
        """Where the index lies, as a user would say it; without the token."""
        return self.location.url if isinstance(self.location, ChromaServer) else str(self.location)


def has_index(folder: Path) -> bool:
    """Whether a Chroma database lies in the folder, finished or not."""
    return _database(folder).is_file()


def database_identity(folder: Path) -> int:
    """Changes when the folder was deleted and made again, which an open connection does not notice; 0 for none."""
    try:
        return _database(folder).stat().st_ino
    except OSError:
        return 0


def _database(folder: Path) -> Path:
    return folder / "chroma" / "chroma.sqlite3"


def collection_number(name: str) -> int:
    """The number in a collection's name; a later collection has a higher one."""
    return int(name.removeprefix(COLLECTION_PREFIX))


def _open_folder(folder: Path, *, create: bool) -> ClientAPI:
    if not create and not has_index(folder):
        raise NoIndex(str(folder))
    path = folder / "chroma"
    path.mkdir(parents=True, exist_ok=True)
    with _opening:
        # Chroma hands out one cached connection for each folder and process, whose vectors stay as they were when
        # it was opened. Forgetting the cache makes this a new one; older connections go on until they are let go.
        SharedSystemClient.clear_system_cache()
        gc.collect()  # connections nobody uses any more are held in cycles, each with its copy of the vectors
        return chromadb.PersistentClient(str(path), settings=_settings())


def _open_server(server: ChromaServer) -> ClientAPI:
    parts = urlsplit(server.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise IndexUnavailable(f"{server.url!r} is no address of a Chroma server; write http://host:8000")
    secure = parts.scheme == "https"
    try:
        return chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            headers={"x-chroma-token": server.token} if server.token else None,
            settings=_settings(),
            tenant=server.tenant,
            database=server.database,
        )
    except ValueError as error:  # so chromadb says that nobody answers, or that tenant or database are unknown
        raise IndexUnavailable(
            f"The Chroma server at {server.url} cannot be used (tenant {server.tenant!r}, "
            f"database {server.database!r}): {error}"
        ) from error


def _settings() -> Settings:
    # Chroma would read a .env file in the working folder; only our own settings count.
    return Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg]  # pydantic takes it
