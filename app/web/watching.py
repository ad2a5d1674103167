"""Takes changes in the corpus into the index while the server runs: one light thread that looks at the file names."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from app.assistant import Assistant
from app.errors import TablesInvalid
from app.opening import index_location, load_tables, server_cache
from app.settings import AppSettings
from app.suggestions import Suggestions
from ingest.corpus_files import articles_folder, list_files
from ingest.errors import IndexBusy, IngestError
from ingest.sync import Progress, sync
from ingest.sync_report import Fingerprint, SyncReport

logger = logging.getLogger(__name__)
TABLES = ("names.toml", "terms.toml")
_BUSY_WAIT_S = 1.0  # for another process that writes; then the next look tries again


class Watcher:
    """Looks every few seconds; a change is taken in once two looks in a row have seen the same."""

    def __init__(self, assistant: Assistant, settings: AppSettings, suggestions: Suggestions) -> None:
        self._assistant = assistant
        self._settings = settings
        self._suggestions = suggestions
        self._stopping = threading.Event()
        self._seen = ""  # the state of the folder at the last look
        self._done = ""  # … at the last sync
        self._tables = self._digest_of(self._settings.corpus / name for name in TABLES)
        self._thread = threading.Thread(target=self._run, name="hanmi-watch", daemon=True)

    def start(self) -> None:
        """Begin to look, unless the setting says not to."""
        if self._settings.watch:
            self._thread.start()

    def stop(self) -> None:
        """Look no more, and break off a sync that is under way; what it wrote is taken up by the next one."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    def look(self) -> None:
        """One look: sync when the folder has changed since the last sync and has come to rest."""
        try:
            self._look_at_tables()
            state = self._state()
            if state != self._done and state == self._seen:
                self._take_in()
                self._done = state
            self._seen = state
        except IndexBusy as error:
            logger.info("the corpus has changed; %s", error)
        except (IngestError, OSError) as error:
            logger.warning("changes in the corpus could not be taken in: %s", error)
            self._done = self._seen
        except _Stopped:
            pass
        except Exception:
            logger.exception("changes in the corpus could not be taken in")
            self._done = self._seen

    def _run(self) -> None:
        while not self._stopping.wait(self._settings.watch):
            self.look()

    def _take_in(self) -> None:
        report = self.sync()
        self._assistant.index.refresh()
        if report.added or report.replaced or report.removed:
            logger.info("%d new, %d changed, %d gone", len(report.added), len(report.replaced), len(report.removed))
            self._suggestions.questions()

    def sync(self) -> SyncReport:
        """Make the index match, with the model that answers."""
        settings = self._settings
        return sync(
            settings.corpus,
            index_location(settings),
            self._assistant.embeddings,
            cache_dir=server_cache(settings),
            progress=self._go_on,
            wait_s=_BUSY_WAIT_S,
        )

    def _go_on(self, _progress: Progress) -> None:
        if self._stopping.is_set():
            raise _Stopped

    def _look_at_tables(self) -> None:
        state = self._digest_of(self._settings.corpus / name for name in TABLES)
        if state == self._tables:
            return
        self._tables = state
        try:
            self._assistant.tables = load_tables(self._settings)
        except TablesInvalid as error:
            logger.warning("the tables stay as they were: %s", error)

    def _state(self) -> str:
        root = articles_folder(self._settings.corpus)
        return self._digest_of(root / name for name in list_files(root).articles)

    @staticmethod
    def _digest_of(files: Iterable[Path]) -> str:
        """A digest of the files' names, sizes and times; equal digests mean that nothing was written in between."""
        digest = hashlib.sha256()
        for file in files:
            try:
                digest.update(f"{file}\n{tuple(Fingerprint.of(file))}\n".encode("utf-8", "surrogateescape"))
            except OSError:  # it has gone since the folder was listed
                digest.update(f"{file}\n".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()


class _Stopped(Exception):
    """The server ends."""
