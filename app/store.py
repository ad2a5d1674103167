"""What is kept besides the index: every answer for a while, and what readers thought of it. One SQLite file."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from app.errors import AppError
from app.settings import AppSettings
from app.texts import notice

logger = logging.getLogger(__name__)
Verdict = Literal["up", "down"]
WAIT_S = 5  # for another process that writes
# Written answers that are given again (app.answer_cache), and the ids under which each was given.
WRITTEN_SCHEMA = """
CREATE TABLE IF NOT EXISTS written (key TEXT PRIMARY KEY, kept_at TEXT NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS written_given (answer_id TEXT PRIMARY KEY, key TEXT NOT NULL);
"""
_SCHEMA = f"""
{WRITTEN_SCHEMA}
CREATE TABLE IF NOT EXISTS answers (id TEXT PRIMARY KEY, kept_at TEXT NOT NULL, answer TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS answers_by_age ON answers (kept_at);
CREATE TABLE IF NOT EXISTS feedback (
    answer_id TEXT PRIMARY KEY, given_at TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL,
    answer TEXT NOT NULL, settings TEXT NOT NULL
);
"""


class StoreUnavailable(AppError):
    """The database cannot be read or written: a full disk, a missing right, a file that is no database."""


@dataclass(frozen=True)
class Feedback:
    """What a reader thought of an answer, with the answer and what it was made with."""

    answer_id: str
    given_at: str  # ISO 8601, UTC
    verdict: Verdict
    reason: str
    answer: dict[str, Any]
    settings: dict[str, Any]


class Store:
    """The database; threads and processes may share it. The file is made by the first writing."""

    def __init__(self, file: Path, answer_days: int) -> None:
        """``answer_days``: how long an answer is kept; 0 = not at all."""
        self._file = file
        self.answer_days = answer_days

    def keep(self, answer: dict[str, Any]) -> None:
        """Keep an answer under its id, and drop those whose time is over. Raises StoreUnavailable."""
        with self._open(write=True) as database:
            database.execute("DELETE FROM answers WHERE kept_at <= ?", (_time(-self.answer_days),))
            if self.answer_days:
                row = (answer["id"], _time(), json.dumps(answer, ensure_ascii=False))
                database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", row)

    def answer(self, answer_id: str) -> dict[str, Any] | None:
        """The answer of that id; None where it was never kept or its time is over. Raises StoreUnavailable."""
        with self._open() as database:
            query = "SELECT answer FROM answers WHERE id = ? AND kept_at > ?"
            found = database.execute(query, (answer_id, _time(-self.answer_days))).fetchone() if database else None
        return json.loads(found[0]) if found else None

    def give(self, feedback: Feedback) -> None:
        """Keep feedback in place of what was given on this answer before. Raises StoreUnavailable."""
        row = (
            *(feedback.answer_id, feedback.given_at, feedback.verdict, feedback.reason),
            json.dumps(feedback.answer, ensure_ascii=False),
            json.dumps(feedback.settings, ensure_ascii=False),
        )
        with self._open(write=True) as database:
            database.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?)", row)

    def take_back(self, answer_id: str) -> None:
        """Forget the feedback on an answer, where there is any. Raises StoreUnavailable."""
        with self._open(write=True) as database:
            database.execute("DELETE FROM feedback WHERE answer_id = ?", (answer_id,))

    def forget(self, answer_ids: Iterable[str]) -> None:
        """Forget answers, the feedback on them and what is given again of them. Raises StoreUnavailable."""
        ids = [(each,) for each in answer_ids]
        if not ids or not self._file.exists():
            return
        with self._open(write=True) as database:
            database.execute("PRAGMA secure_delete = ON")
            database.executemany("DELETE FROM answers WHERE id = ?", ids)
            database.executemany("DELETE FROM feedback WHERE answer_id = ?", ids)
            given = "SELECT key FROM written_given WHERE answer_id = ?"
            database.executemany(f"DELETE FROM written WHERE key IN ({given})", ids)
            database.execute("DELETE FROM written_given WHERE key NOT IN (SELECT key FROM written)")

    def feedback(self) -> list[Feedback]:
        """All feedback, the oldest first. Raises StoreUnavailable."""
        with self._open() as database:
            query = "SELECT * FROM feedback ORDER BY given_at, rowid"
            rows = database.execute(query).fetchall() if database else []
        return [
            Feedback(answer_id, given_at, verdict, reason, json.loads(answer), json.loads(settings))
            for answer_id, given_at, verdict, reason, answer, settings in rows
        ]

    def _open(self, *, write: bool = False) -> AbstractContextManager[sqlite3.Connection | Any]:
        return open_database(self._file, _SCHEMA, write=write)


@contextmanager
def open_database(file: Path, schema: str, *, write: bool = False) -> Iterator[sqlite3.Connection | Any]:
    """A connection for one step, committed at its end; None to read what was never written. Raises StoreUnavailable."""
    try:
        if not write and not file.exists():
            yield None
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=WAIT_S)) as database, database:
            database.executescript(schema)
            yield database
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"the database {file} cannot be used: {error}") from error


def kept_or_told(store: Store, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, kept; or with the notice that it could not be."""
    try:
        store.keep(answer)
    except StoreUnavailable as error:
        logger.warning("an answer could not be kept: %s", error)
        told = asdict(notice("not_kept", answer["language"]))
        return {**answer, "notices": [*answer["notices"], told]}
    return answer


def settings_of(settings: AppSettings) -> dict[str, Any]:
    """The settings that bear on an answer, for the feedback on it; no key and no path."""
    names = ("embedding_model", "embedding_precision")
    return {name: getattr(settings, name) for name in names}


def now() -> str:
    """The time now as the database has it: ISO 8601, UTC."""
    return _time()


def _time(days: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds")
