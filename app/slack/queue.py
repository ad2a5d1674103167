"""Questions that wait for an answer: each asker in turn, one at a time in a thread, and no more than can be borne."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from typing import Generic, Literal, Protocol, TypeVar

CAPACITY = 200  # waiting in all: some minutes' work, and nobody waits longer
PER_USER = 10  # waiting, of one user
RUNNING_PER_USER = 2  # so that one user's long answers leave workers to the others

Place = Literal["taken", "full", "full_for_you"]


class Job(Protocol):
    """What waits."""

    @property
    def user(self) -> str:
        """Whose turn it is."""
        ...

    @property
    def lane(self) -> str:
        """Jobs of one lane run one after the other, in their order: a follow-up needs the answer before it."""
        ...


J = TypeVar("J", bound=Job)


class FairQueue(Generic[J]):
    """The queue; threads share it."""

    def __init__(
        self, *, capacity: int = CAPACITY, per_user: int = PER_USER, running_per_user: int = RUNNING_PER_USER
    ) -> None:
        self._capacity = capacity
        self._per_user = per_user
        self._running_per_user = running_per_user
        self._waiting: OrderedDict[str, deque[J]] = OrderedDict()  # by user, whose turn it is first
        self._running: Counter[str] = Counter()
        self._lanes: set[str] = set()  # with a job that runs
        self._changed = threading.Condition()
        self._closed = False

    def put(self, job: J, *, in_any_case: bool = False) -> Place:
        """Whether the job has a place now; ``in_any_case``: for one that had a place already, before a restart."""
        with self._changed:
            if not in_any_case:
                if len(self._waiting.get(job.user, ())) >= self._per_user:
                    return "full_for_you"
                if len(self) >= self._capacity:
                    return "full"
            self._waiting.setdefault(job.user, deque()).append(job)
            self._changed.notify()
        return "taken"

    def get(self) -> J | None:
        """The next job, waited for; None once the queue is closed. ``done`` must follow."""
        with self._changed:
            while not self._closed:
                job = self._next()
                if job is not None:
                    return job
                self._changed.wait()
        return None

    def done(self, job: J) -> None:
        """The job is finished: its lane and its user may have the next."""
        with self._changed:
            self._running[job.user] -= 1
            self._running += Counter()  # drops users who have none
            self._lanes.discard(job.lane)
            self._changed.notify_all()

    def holds(self, lane: str) -> bool:
        """Whether a job of that lane waits or runs."""
        with self._changed:
            return lane in self._lanes or any(job.lane == lane for jobs in self._waiting.values() for job in jobs)

    def close(self) -> None:
        """Let nobody have any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _next(self) -> J | None:
        for user, jobs in self._waiting.items():
            if self._running[user] >= self._running_per_user:
                continue
            job = next((each for each in jobs if each.lane not in self._lanes), None)
            if job is not None:
                self._take(user, jobs, job)
                return job
        return None

    def _take(self, user: str, jobs: deque[J], job: J) -> None:
        jobs.remove(job)
        self._waiting.move_to_end(user)
        if not jobs:
            del self._waiting[user]
        self._running[user] += 1
        self._lanes.add(job.lane)
