"""What a sync did, what it remembers of the folder for the next one, and the problems that ``hanmi status`` shows."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)

STATE_FILE = "sync.json"
# A file that changed this shortly before it was read may change again without another time of change: clocks of file
# systems tick in steps of up to two seconds (FAT).
UNSETTLED_NS = 2_000_000_000


class Failure(NamedTuple):
    """A file that could not be read, and why."""

    file: str  # relative to the corpus
    reason: str


class Duplicate(NamedTuple):
    """A file that was left out because another holds the same article."""

    file: str
    kept: str  # the file that is in the index
    reason: str


@dataclass(frozen=True)
class SyncReport:
    """What a sync did (or, on a dry run, would do)."""

    added: list[str] = field(default_factory=list)  # article ids, as the next two
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: int = 0  # articles
    duplicates: list[Duplicate] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # files whose ending nobody reads
    kept: list[str] = field(default_factory=list)  # articles whose file cannot be read now; they stay as they were
    chunks: int = 0  # in the index afterwards; on a dry run, as it is
    embedded: int = 0  # chunks that were new
    seconds: float = 0.0
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON: lists of ids, failures and duplicates as objects."""
        fields = asdict(replace(self, failed=[], duplicates=[]))
        fields["failed"] = [failure._asdict() for failure in self.failed]
        fields["duplicates"] = [duplicate._asdict() for duplicate in self.duplicates]
        return fields


class Fingerprint(NamedTuple):
    """What a file's directory entry says; equal fingerprints mean that it was not written to in between.

    The time of change (ctime) cannot be set by a program, so that a file whose time of modification was kept, as
    ``cp -p`` and ``touch -r`` do, is still seen to be another.
    """

    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Fingerprint:
        """Raises OSError when there is no such file, as for a broken link."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def settled(self, now_ns: int) -> bool:
        """Whether the file was left alone for a while before it was read."""
        return now_ns - max(self.modified_ns, self.changed_ns) > UNSETTLED_NS


class KnownFile(NamedTuple):
    """A file that was read by an earlier sync, and what article came out."""

    fingerprint: Fingerprint
    article_id: str
    version: str  # Article.version
    words: str  # digest of the words of the text: equal for the same article under two names
    published: str | None
    settled: bool


@dataclass(frozen=True)
class SyncState:
    """What the last sync leaves behind beside the index; losing it costs a reading of all files and nothing else."""

    corpus: str  # the folder, absolute
    code: str  # digest of the code that reads articles: another may read other texts out of the same files
    finished_at: str  # ISO 8601, UTC
    report: dict[str, Any]  # SyncReport.as_dict()
    files: Mapping[str, KnownFile] = field(default_factory=dict)  # by path relative to the corpus


def load_state(folder: Path) -> SyncState | None:
    """The state in the folder; None when there is none or it cannot be read."""
    try:
        fields = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        files = {name: KnownFile(Fingerprint(*entry[0]), *entry[1:]) for name, entry in fields.pop("files").items()}
        return SyncState(files=files, **fields)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        logger.warning("%s cannot be read; all files will be: %s", folder / STATE_FILE, error)
        return None


def save_state(folder: Path, state: SyncState) -> None:
    """Write the state, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=STATE_FILE, dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(replace(state, files=dict(state.files))), file, ensure_ascii=False)
        Path(name).replace(folder / STATE_FILE)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def now_utc() -> str:
    """The time now as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def code_digest() -> str:
    """A digest of this package's own source."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
