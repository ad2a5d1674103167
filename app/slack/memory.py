"""What is kept of Slack: threads, events seen, questions under way, settings of channels. One SQLite file, or none.

With 0 days it all lies in memory and ends with the process.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answers.schema import Turn
from app.store import WAIT_S, StoreUnavailable

FILE = "slack.db"  # in HANMI_HOME, beside the answers' database
SEEN_HOURS = 24  # Slack repeats an event for about an hour
TURNS_READ = 8  # of a thread; the assistant looks no further back
_DAY_S = 86_400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS slack_turns (
    answer_id TEXT PRIMARY KEY, team TEXT NOT NULL, channel TEXT NOT NULL, thread_ts TEXT NOT NULL, user TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, share_ts TEXT NOT NULL, kept_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS slack_turns_by_thread ON slack_turns (channel, thread_ts);
CREATE INDEX IF NOT EXISTS slack_turns_by_age ON slack_turns (kept_at);
CREATE TABLE IF NOT EXISTS slack_messages (
    channel TEXT NOT NULL, ts TEXT NOT NULL, answer_id TEXT NOT NULL, PRIMARY KEY (channel, ts)
);
CREATE INDEX IF NOT EXISTS slack_messages_by_answer ON slack_messages (answer_id);
CREATE TABLE IF NOT EXISTS slack_seen (key TEXT PRIMARY KEY, seen_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS slack_under_way (
    key TEXT PRIMARY KEY, user TEXT NOT NULL, job TEXT NOT NULL, messages TEXT NOT NULL, starts INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS slack_settings (
    channel TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (channel, name)
);
"""


@dataclass(frozen=True)
class Kept:
    """A question and its answer, as they stand in Slack; ``thread_ts`` is "" where only the asker saw the answer."""

    answer_id: str
    team: str
    channel: str
    thread_ts: str
    user: str  # who asked
    question: str
    answer: dict[str, Any]  # the contract's
    messages: tuple[str, ...] = ()  # that show it in the channel, by their ts
    share_ts: str = ""  # the thread it goes to when it is shared; "" for the channel itself


@dataclass(frozen=True)
class UnderWay:
    """A question that is not answered yet: as it was kept, the messages that show a part, how often it was begun."""

    key: str
    job: dict[str, Any]
    messages: tuple[str, ...]
    starts: int


class Memory:
    """The memory; threads share it. Every method raises StoreUnavailable where the file cannot be used."""

    def __init__(self, file: Path, days: int) -> None:
        """``days``: how long a turn is kept; 0 = in memory, for a day at most."""
        self.days = days
        self._file = file
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    @property
    def lasts(self) -> bool:
        """Whether it outlives the process."""
        return self.days > 0

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    # Events and questions under way

    def take(self, keys: Iterable[str], user: str, job: dict[str, Any]) -> bool:
        """Whether none of these keys of an event was seen before; the question is under way then, by the first key.

        All in one step: of two events that bring the same question, one takes it.
        """
        keys = list(dict.fromkeys(keys))
        with self._database() as database:
            fresh = database.executemany(
                "INSERT OR IGNORE INTO slack_seen VALUES (?, ?)", [(key, time.time()) for key in keys]
            ).rowcount
            taken = fresh == len(keys)
            if taken:
                row = (keys[0], user, json.dumps(job, ensure_ascii=False), "[]", 0)
                database.execute("INSERT OR REPLACE INTO slack_under_way VALUES (?, ?, ?, ?, ?)", row)
        return taken

    def begun(self, key: str) -> None:
        """Count that the question is being answered, so that one which ends the process is not tried for ever."""
        with self._database() as database:
            database.execute("UPDATE slack_under_way SET starts = starts + 1 WHERE key = ?", (key,))

    def showing(self, key: str, messages: Iterable[str]) -> None:
        """Keep which messages show a part of the answer, for whoever has to finish it."""
        with self._database() as database:
            database.execute("UPDATE slack_under_way SET messages = ? WHERE key = ?", (json.dumps(list(messages)), key))

    def done(self, key: str) -> None:
        """The question is answered, or nobody will answer it."""
        with self._database() as database:
            database.execute("DELETE FROM slack_under_way WHERE key = ?", (key,))

    def under_way(self) -> list[UnderWay]:
        """What was not answered when the process ended, the oldest first."""
        with self._database() as database:
            rows = database.execute("SELECT key, job, messages, starts FROM slack_under_way ORDER BY rowid").fetchall()
        return [UnderWay(key, json.loads(job), tuple(json.loads(shown)), starts) for key, job, shown, starts in rows]

    # Threads

    def keep(self, kept: Kept) -> None:
        """Keep a turn with its messages, in place of what its id had."""
        row = (kept.answer_id, kept.team, kept.channel, kept.thread_ts, kept.user, kept.question)
        with self._database() as database:
            database.execute(
                "INSERT OR REPLACE INTO slack_turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, json.dumps(kept.answer, ensure_ascii=False), kept.share_ts, time.time()),
            )
            _add_messages(database, kept.channel, kept.messages, kept.answer_id)

    def add_messages(self, answer_id: str, channel: str, messages: Iterable[str]) -> None:
        """Further messages that show the answer."""
        with self._database() as database:
            _add_messages(database, channel, messages, answer_id)

    def kept(self, answer_id: str) -> Kept | None:
        """The turn of that answer; None where it was never kept or its time is over."""
        with self._database() as database:
            row = database.execute(
                "SELECT answer_id, team, channel, thread_ts, user, question, answer, share_ts FROM slack_turns"
                " WHERE answer_id = ? AND kept_at > ?",
                (answer_id, self._oldest()),
            ).fetchone()
            shown = database.execute("SELECT ts FROM slack_messages WHERE answer_id = ? ORDER BY ts", (answer_id,))
            messages = tuple(ts for (ts,) in shown)
        if row is None:
            return None
        answer_id, team, channel, thread_ts, user, question, answer, share_ts = row
        return Kept(answer_id, team, channel, thread_ts, user, question, json.loads(answer), messages, share_ts)

    def answered_in(self, channel: str, thread_ts: str) -> bool:
        """Whether Hanmi has answered in that thread, or the thread hangs on one of its answers."""
        with self._database() as database:
            return bool(database.execute(f"{_IN_THREAD} LIMIT 1", self._thread(channel, thread_ts)).fetchone())

    def history(self, channel: str, thread_ts: str) -> list[Turn]:
        """The last turns of the thread, the oldest first; [] for none."""
        with self._database() as database:
            rows = database.execute(
                f"{_IN_THREAD} ORDER BY kept_at DESC, rowid DESC LIMIT {TURNS_READ}", self._thread(channel, thread_ts)
            ).fetchall()
        turns: list[Turn] = []
        for question, answer in reversed(rows):
            turns += {"role": "user", "content": question}, {"role": "assistant", "content": json.loads(answer)["text"]}
        return turns

    # Settings of channels

    def setting(self, channel: str) -> dict[str, str]:
        """What is set in Slack for the channel; {} for nothing."""
        with self._database() as database:
            rows = database.execute("SELECT name, value FROM slack_settings WHERE channel = ?", (channel,)).fetchall()
        return dict(rows)

    def set_setting(self, channel: str, name: str, value: str | None) -> None:
        """Keep one value; None forgets it."""
        with self._database() as database:
            database.execute("DELETE FROM slack_settings WHERE channel = ? AND name = ?", (channel, name))
            if value is not None:
                database.execute("INSERT INTO slack_settings VALUES (?, ?, ?)", (channel, name, value))

    # Forgetting; each returns the ids of the answers that went, for whoever keeps them elsewhere

    def forget(self, user: str) -> list[str]:
        """Forget all that a user has asked."""
        with self._database() as database:
            database.execute("DELETE FROM slack_under_way WHERE user = ?", (user,))
            forgotten = _drop(database, "user = ?", user)
        self._empty_log()
        return forgotten

    def forget_all(self) -> list[str]:
        """Forget every turn, question and event; what was set for channels stays."""
        with self._database() as database:
            database.execute("DELETE FROM slack_under_way")
            database.execute("DELETE FROM slack_seen")
            forgotten = _drop(database, "kept_at > ?", 0)
        self._empty_log()
        return forgotten

    def forget_answer(self, answer_id: str) -> list[str]:
        """Forget one answer and its question."""
        with self._database() as database:
            forgotten = _drop(database, "answer_id = ?", answer_id)
        self._empty_log()
        return forgotten

    def purge(self) -> list[str]:
        """Forget what has had its time: turns after their days, events after a day."""
        with self._database() as database:
            database.execute("DELETE FROM slack_seen WHERE seen_at <= ?", (time.time() - SEEN_HOURS * 3600,))
            forgotten = _drop(database, "kept_at <= ?", self._oldest())
        self._empty_log()
        return forgotten

    def _empty_log(self) -> None:
        """Have deletions in the file itself: in the log beside it the words would stay for weeks."""
        with self._database() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _oldest(self) -> float:
        return time.time() - (self.days or 1) * _DAY_S

    def _thread(self, channel: str, thread_ts: str) -> dict[str, str | float]:
        return {"channel": channel, "thread": thread_ts, "oldest": self._oldest()}

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """The connection for one step, committed at its end."""
        with self._lock:
            try:
                if self._open is None:
                    self._open = self._connect()
                with self._open:
                    yield self._open
            except (sqlite3.Error, OSError) as error:
                raise StoreUnavailable(f"the database {self._file} cannot be used: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        if not self.lasts:
            database = sqlite3.connect(":memory:", check_same_thread=False)
        else:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._file, timeout=WAIT_S, check_same_thread=False)
            self._file.chmod(0o600)  # it says who asked what
            # A write waits for no disk: Slack wants its acknowledgement in 3 s. A lost power supply can cost the last
            # moments, never the file; what was acknowledged survives the end of the process.
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("PRAGMA secure_delete = ON")
        database.executescript(_SCHEMA)
        return database


_IN_THREAD = """
SELECT question, answer FROM slack_turns WHERE kept_at > :oldest AND channel = :channel AND (
    thread_ts = :thread OR answer_id IN (SELECT answer_id FROM slack_messages WHERE channel = :channel AND ts = :thread)
)"""


def _add_messages(database: sqlite3.Connection, channel: str, messages: Iterable[str], answer_id: str) -> None:
    rows = [(channel, ts, answer_id) for ts in messages]
    database.executemany("INSERT OR REPLACE INTO slack_messages VALUES (?, ?, ?)", rows)


def _drop(database: sqlite3.Connection, which: str, value: str | float) -> list[str]:
    ids = [each for (each,) in database.execute(f"SELECT answer_id FROM slack_turns WHERE {which}", (value,))]
    database.executemany("DELETE FROM slack_messages WHERE answer_id = ?", [(each,) for each in ids])
    database.executemany("DELETE FROM slack_turns WHERE answer_id = ?", [(each,) for each in ids])
    return ids
