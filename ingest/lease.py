"""One writer at a time on a Chroma server: a note there that says who writes and until when.

The note is renewed while the writer lives and runs out when it dies. Chroma keeps the first of two adds of one id,
which makes the claim safe; an expired note is removed by its token, so that nobody removes the note of the next. Times
are those of the machines: clocks that differ by more than half the lease would let a second writer in.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any

from ingest.chroma import ChromaStore
from ingest.errors import IndexBusy, IndexUnavailable
from ingest.locks import describe, holder, process_is_gone

logger = logging.getLogger(__name__)

LEASE_S = 60.0  # a dead writer blocks the next for a minute at most
NOTE = "writer"
_POLL_S = 0.2


class WriterLease:
    """The right to write to the index on a server; it renews itself four times in each lease."""

    def __init__(self, store: ChromaStore, lease_s: float | None = None) -> None:
        """``lease_s``: how long it lasts without renewal; LEASE_S when None."""
        self._store = store
        self._lease_s = LEASE_S if lease_s is None else lease_s
        self._token = uuid.uuid4().hex
        self._held = threading.Event()
        self._done = threading.Event()
        self._renewer: threading.Thread | None = None

    def acquire(self, wait_s: float) -> None:
        """Take the lease, waiting so long at most; one that has run out, or whose process has
        died on this machine, is taken over at once.

        Raises IndexBusy that names the process which holds it.
        """
        give_up = time.monotonic() + wait_s
        while True:
            note = self._store.claim_note(NOTE, self._fields())
            if note is not None and note["token"] == self._token:
                break
            if note is not None and (float(note["expires"]) < time.time() or process_is_gone(dict(note))):
                self._store.drop_note(NOTE, str(note["token"]))
                continue
            if time.monotonic() >= give_up:
                raise IndexBusy(
                    f"The index is being written to by {describe(dict(note or {}))}; waited {wait_s:g} s. "
                    "Try again when it has finished."
                )
            time.sleep(_POLL_S)
        self._held.set()
        self._renewer = threading.Thread(target=self._renew_until_done, name="hanmi-lease", daemon=True)
        self._renewer.start()

    def check(self) -> None:
        """Raises IndexBusy when another has taken the lease over: nothing more may be written."""
        if not self._held.is_set():
            note = self._store.note(NOTE) or {}
            raise IndexBusy(
                f"This writer was silent for more than {self._lease_s:g} s; the index went to {describe(dict(note))}. "
                "What was written is kept; run it again."
            )

    def release(self) -> None:
        """Let go; harmless when it is not held."""
        self._done.set()
        if self._renewer:
            self._renewer.join()
        if self._held.is_set():
            self._held.clear()
            self._store.drop_note(NOTE, self._token)

    def _fields(self) -> dict[str, Any]:
        return holder() | {"token": self._token, "expires": time.time() + self._lease_s}

    def _renew_until_done(self) -> None:
        fields = self._fields()
        while not self._done.wait(self._lease_s / 4):
            try:
                note = self._store.note(NOTE)
                if note is None or note["token"] != self._token:
                    self._held.clear()
                    return
                self._store.put_note(NOTE, fields | {"expires": time.time() + self._lease_s})
                fields["expires"] = time.time() + self._lease_s
            except IndexUnavailable as error:  # the server may be back before the lease runs out
                logger.warning("the lease could not be renewed: %s", error)
            if float(fields["expires"]) < time.time():
                self._held.clear()
                return
