"""The database of answers and feedback: how long, what is replaced, what happens when it cannot be written."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.store import Feedback, Store, StoreUnavailable, now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "hanmi.db"


def given(answer_id: str = "a1", verdict: str = "up", reason: str = "") -> Feedback:
    return Feedback(answer_id, now(), verdict, reason, {"id": answer_id}, {"embedding_model": ""})  # type: ignore[arg-type]


def aged(file: Path, days: float) -> None:
    with sqlite3.connect(file) as database:
        then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        database.execute("UPDATE answers SET kept_at = ?", (then,))
    database.close()


def test_an_answer_is_kept_and_given_back_as_it_was(file: Path) -> None:
    answer = {"id": "a1", "text": "“현금으로” [1]"}
    Store(file, 30).keep(answer)
    assert Store(file, 30).answer("a1") == answer
    assert Store(file, 30).answer("a2") is None


def test_reading_makes_no_file(file: Path) -> None:
    store = Store(file, 30)
    assert (store.answer("a1"), store.feedback()) == (None, [])
    assert not file.exists()


def test_after_its_days_an_answer_is_gone_and_the_next_one_clears_it_away(file: Path) -> None:
    store = Store(file, 2)
    store.keep({"id": "a1"})
    aged(file, 1.9)
    assert store.answer("a1")
    aged(file, 2.1)
    assert store.answer("a1") is None
    store.keep({"id": "a2"})
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT id FROM answers").fetchall() == [("a2",)]
    database.close()


def test_with_no_days_nothing_is_kept_and_what_was_kept_is_dropped(file: Path) -> None:
    Store(file, 30).keep({"id": "a1"})
    Store(file, 0).keep({"id": "a2"})
    assert (Store(file, 30).answer("a1"), Store(file, 30).answer("a2")) == (None, None)


def test_feedback_replaces_what_was_given_before_and_can_be_taken_back(file: Path) -> None:
    store = Store(file, 30)
    store.give(given("a1"))
    store.give(given("a2"))
    store.give(given("a1", "down", "wrong year"))
    assert [(each.answer_id, each.verdict, each.reason) for each in store.feedback()] == [
        ("a2", "up", ""),
        ("a1", "down", "wrong year"),
    ]
    store.take_back("a2")
    assert [each.answer_id for each in store.feedback()] == ["a1"]


def test_feedback_of_the_same_millisecond_stays_in_order(file: Path) -> None:
    store = Store(file, 30)
    for answer_id in ("b", "a", "c", "b"):
        store.give(replace(given(answer_id), given_at="2025-09-30T10:12:05.123+00:00"))
    assert [each.answer_id for each in store.feedback()] == ["a", "c", "b"]


def test_many_threads_may_write_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.WAIT_S", 60)
    store = Store(file, 30)
    threads = [threading.Thread(target=store.keep, args=({"id": f"a{number}"},)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.answer(f"a{number}") for number in range(12))


def test_a_database_that_cannot_be_used_is_one_plain_error(tmp_path: Path) -> None:
    (tmp_path / "hanmi.db").write_text("this is no database, and long enough to be seen as none" * 50)
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        Store(tmp_path / "hanmi.db", 30).keep({"id": "a1"})
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        Store(tmp_path / "file" / "hanmi.db", 30).keep({"id": "a1"})


def test_an_answer_is_forgotten_with_what_was_thought_of_it(tmp_path):
    store = Store(tmp_path / "hanmi.db", 30)
    store.forget(["a1"])  # there is no file yet
    for number in (1, 2):
        store.keep({"id": f"a{number}", "text": f"So much. {number}"})
        store.give(Feedback(f"a{number}", now(), "up", "", {"id": f"a{number}"}, {}))
    store.forget(["a1", "never kept"])
    assert store.answer("a1") is None
    assert store.answer("a2") == {"id": "a2", "text": "So much. 2"}
    assert [each.answer_id for each in store.feedback()] == ["a2"]
    assert b"So much. 1" not in (tmp_path / "hanmi.db").read_bytes()
