"""What is kept of Slack, for how long, and who is forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.slack import memory as module
from app.slack.memory import FILE, TURNS_READ, Kept, Memory
from app.store import StoreUnavailable

DAY = 86_400


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the time on by so many seconds."""
    now = [1_700_000_000.0]
    monkeypatch.setattr(module.time, "time", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


@pytest.fixture(params=[30, 0], ids=["file", "memory"])
def memory(request, tmp_path: Path) -> Memory:
    return Memory(tmp_path / "home" / FILE, request.param)


def turn(answer_id: str = "a1", **other: Any) -> Kept:
    given = {"team": "T1", "channel": "C1", "thread_ts": "1.1", "user": "U1", "question": "How much?"}
    return Kept(answer_id, **{**given, "answer": {"id": answer_id, "text": f"So much. {answer_id}"}, **other})


def test_a_turn_comes_back_with_its_messages(memory: Memory) -> None:
    memory.keep(turn(messages=("1.3", "1.2"), share_ts="1.0"))
    memory.add_messages("a1", "C1", ["1.4"])
    assert memory.kept("a1") == turn(messages=("1.2", "1.3", "1.4"), share_ts="1.0")
    assert memory.kept("a2") is None


def test_the_history_of_a_thread_is_its_last_turns_in_their_order(memory: Memory) -> None:
    for number in range(TURNS_READ + 2):
        memory.keep(turn(f"a{number}", question=f"q{number}"))
    memory.keep(turn("other", thread_ts="9.9", question="elsewhere"))
    memory.keep(turn("channel", channel="C2", question="elsewhere"))
    asked = [said["content"] for said in memory.history("C1", "1.1") if said["role"] == "user"]
    assert asked == [f"q{number}" for number in range(2, TURNS_READ + 2)]
    assert memory.history("C1", "1.1")[-1] == {"role": "assistant", "content": f"So much. a{TURNS_READ + 1}"}
    assert memory.history("C1", "7.7") == []


def test_a_thread_under_an_answer_of_ours_is_ours(memory: Memory) -> None:
    memory.keep(turn(thread_ts="", messages=("5.5",)))
    assert memory.answered_in("C1", "5.5")
    assert memory.history("C1", "5.5")[0]["content"] == "How much?"
    assert not memory.answered_in("C2", "5.5")
    assert not memory.answered_in("C1", "1.1")


def test_an_event_is_taken_once_by_any_of_its_keys(memory: Memory) -> None:
    assert memory.take(["C1:1.1", "Ev1"], "U1", {"n": 1})
    assert not memory.take(["C1:1.1", "Ev1"], "U1", {"n": 2})
    assert not memory.take(["C1:1.1", "Ev2"], "U1", {"n": 3})  # the same mention as another event
    assert not memory.take(["C1:2.2", "Ev2"], "U1", {"n": 4})
    assert [each.job for each in memory.under_way()] == [{"n": 1}]


def test_of_many_that_bring_the_same_event_one_takes_it(memory: Memory) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: memory.take(["C1:1.1"], "U1", {"n": n}), range(40)))
    assert sum(taken) == 1


def test_two_processes_share_what_was_seen(tmp_path: Path) -> None:
    one, other = Memory(tmp_path / FILE, 30), Memory(tmp_path / FILE, 30)
    assert one.take(["Ev1"], "U1", {})
    assert not other.take(["Ev1"], "U1", {})


def test_what_was_under_way_is_there_after_a_restart(tmp_path: Path) -> None:
    before = Memory(tmp_path / FILE, 30)
    before.take(["C1:1.1"], "U1", {"text": "왜?"})
    before.take(["C1:1.2"], "U1", {"text": "done"})
    before.begun("C1:1.1")
    before.showing("C1:1.1", ["1.5"])
    before.done("C1:1.2")
    after = Memory(tmp_path / FILE, 30)
    assert after.under_way() == [module.UnderWay("C1:1.1", {"text": "왜?"}, ("1.5",), 1)]


def test_turns_go_after_their_days_and_events_after_one(tmp_path: Path, clock: Callable[[float], None]) -> None:
    memory = Memory(tmp_path / FILE, 2)
    memory.take(["Ev1"], "U1", {})
    memory.keep(turn(messages=("1.2",)))
    clock(DAY + 1)
    assert memory.purge() == []
    assert memory.take(["Ev1"], "U1", {})
    clock(DAY)
    assert memory.kept("a1") is None
    assert memory.history("C1", "1.1") == []
    assert not memory.answered_in("C1", "1.1")
    assert memory.purge() == ["a1"]
    assert memory.purge() == []


def test_with_no_days_nothing_is_written_and_nothing_lasts(tmp_path: Path) -> None:
    memory = Memory(tmp_path / FILE, 0)
    memory.keep(turn())
    memory.take(["Ev1"], "U1", {})
    assert memory.kept("a1")
    assert not memory.lasts
    assert list(tmp_path.iterdir()) == []
    assert Memory(tmp_path / FILE, 0).kept("a1") is None


def test_a_user_is_forgotten_and_only_that_user(memory: Memory) -> None:
    memory.keep(turn("mine", messages=("1.2",)))
    memory.keep(turn("theirs", user="U2", messages=("1.3",)))
    memory.take(["C1:1.1"], "U1", {"n": 1})
    memory.take(["C1:1.4"], "U2", {"n": 2})
    assert memory.forget("U1") == ["mine"]
    assert memory.kept("mine") is None
    assert memory.kept("theirs") == turn("theirs", user="U2", messages=("1.3",))
    assert [each.job for each in memory.under_way()] == [{"n": 2}]
    assert not memory.answered_in("C1", "1.2")


@pytest.mark.parametrize("how", ["user", "answer", "all", "time"])
def test_nothing_of_what_is_forgotten_is_left_in_the_files(
    tmp_path: Path, clock: Callable[[float], None], how: str
) -> None:
    memory = Memory(tmp_path / FILE, 30)
    memory.take(["C1:1.1"], "U0SECRET", {"text": "a very private question"})
    if how in ("answer", "time"):
        memory.done("C1:1.1")
    memory.keep(turn(user="U0SECRET", question="a very private question"))
    clock(31 * DAY)
    forgotten = {
        "user": lambda: memory.forget("U0SECRET"),
        "answer": lambda: memory.forget_answer("a1"),
        "all": memory.forget_all,
        "time": memory.purge,
    }[how]()
    assert forgotten == ["a1"]
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"U0SECRET" not in left
    assert b"private" not in left


def test_an_answer_is_forgotten(memory: Memory) -> None:
    memory.keep(turn(messages=("1.2",)))
    assert memory.forget_answer("a1") == ["a1"]
    assert memory.forget_answer("a1") == []
    assert memory.kept("a1") is None


def test_a_channels_settings(memory: Memory) -> None:
    memory.set_setting("C1", "on", "false")
    memory.set_setting("C1", "on", "true")
    memory.set_setting("C1", "unsure", '"emoji"')
    memory.set_setting("C1", "unsure", None)
    memory.set_setting("C2", "on", "false")
    assert memory.setting("C1") == {"on": "true"}
    assert memory.setting("C3") == {}


def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    memory = Memory(tmp_path / FILE, 30)
    memory.keep(turn())
    assert [oct(file.stat().st_mode)[-3:] for file in tmp_path.iterdir()] == ["600"] * len(list(tmp_path.iterdir()))


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no database, but long enough to be one" * 100)
    with pytest.raises(StoreUnavailable, match=r"slack\.db cannot be used"):
        Memory(tmp_path / FILE, 30).setting("C1")


def test_a_busy_database_is_said_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.05)
    memory = Memory(tmp_path / FILE, 30)
    memory.setting("C1")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        memory.set_setting("C1", "on", "true")
    other.close()
    memory.set_setting("C1", "on", "true")
