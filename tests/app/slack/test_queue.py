"""Whose question is answered next, and who has to wait."""

from __future__ import annotations

import threading
from typing import NamedTuple

from app.slack.queue import FairQueue


class Job(NamedTuple):
    user: str
    name: str
    lane: str


def job(user: str, name: str, lane: str = "") -> Job:
    return Job(user, name, lane or f"lane of {user} {name}")


def test_askers_take_turns() -> None:
    queue: FairQueue[Job] = FairQueue()
    for name in ("a1", "a2", "a3"):
        queue.put(job("anna", name))
    queue.put(job("bora", "b1"))
    queue.put(job("chul", "c1"))
    served = []
    for _ in range(5):
        got = queue.get()
        assert got is not None
        served.append(got.name)
        queue.done(got)
    assert served == ["a1", "b1", "c1", "a2", "a3"]
    assert len(queue) == 0


def test_one_user_does_not_hold_all_workers() -> None:
    queue: FairQueue[Job] = FairQueue(running_per_user=2)
    for name in ("a1", "a2", "a3"):
        queue.put(job("anna", name))
    queue.put(job("bora", "b1"))
    first = [queue.get() for _ in range(3)]
    assert {each.name for each in first if each} == {"a1", "b1", "a2"}
    got: list[Job | None] = []
    waiting = threading.Thread(target=lambda: got.append(queue.get()))
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    queue.done(job("anna", "a1"))
    waiting.join()
    assert got == [job("anna", "a3")]


def test_questions_of_one_thread_are_answered_one_after_the_other() -> None:
    queue: FairQueue[Job] = FairQueue()
    queue.put(job("anna", "first", "thread"))
    queue.put(job("anna", "second", "thread"))
    queue.put(job("bora", "third", "thread"))
    queue.put(job("anna", "elsewhere", "other"))
    first, other = queue.get(), queue.get()
    assert (queue.holds("thread"), queue.holds("other"), queue.holds("none")) == (True, True, False)
    assert first
    assert other
    assert (first.name, other.name) == ("first", "elsewhere")
    queue.done(first)
    for _ in range(2):
        after = queue.get()
        assert after
        queue.done(after)
    assert not queue.holds("thread")


def test_a_user_and_the_whole_have_their_limits() -> None:
    queue: FairQueue[Job] = FairQueue(capacity=3, per_user=2)
    assert queue.put(job("anna", "a1")) == "taken"
    assert queue.put(job("anna", "a2")) == "taken"
    assert queue.put(job("anna", "a3")) == "full_for_you"
    assert queue.put(job("bora", "b1")) == "taken"
    assert queue.put(job("chul", "c1")) == "full"
    assert queue.put(job("chul", "c1"), in_any_case=True) == "taken"
    assert queue.get() == job("anna", "a1")
    assert queue.put(job("anna", "a3")) == "full"


def test_a_closed_queue_gives_nothing() -> None:
    queue: FairQueue[Job] = FairQueue()
    got: list[Job | None] = []
    waiting = [threading.Thread(target=lambda: got.append(queue.get())) for _ in range(2)]
    for thread in waiting:
        thread.start()
    queue.close()
    for thread in waiting:
        thread.join()
    assert got == [None, None]
    queue.put(job("anna", "a1"))
    assert queue.get() is None
    assert len(queue) == 1
