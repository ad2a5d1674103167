"""How much room the run-time packages take."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable
from pathlib import Path

_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)


def locked_packages(*locks: Path) -> list[str]:
    """Names of the packages that the lock files pin, in order, each once. Raises OSError for a missing file."""
    names = [name for lock in locks for name in _PINNED.findall(lock.read_text("utf-8"))]
    return list(dict.fromkeys(names))


def installed_mb(packages: Iterable[str]) -> float:
    """What the files of these packages take in 1,000,000 bytes, byte code left out; one not installed takes nothing."""
    files: set[Path] = set()
    for package in packages:
        try:
            listed = importlib.metadata.files(package) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system or version of Python
        files |= {Path(str(file.locate())).resolve() for file in listed if file.suffix != ".pyc"}
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
