"""One run: every case of the sets asked, scored and written down, whatever goes wrong with any of them."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.errors import AppError
from app.settings import NO_SECRET, AppSettings, EngineChoice, checkout
from evals.cases import Case, as_json, overlap, part_of
from evals.collections import CaseSet, open_collection
from evals.datasets import Part, draw
from evals.failures import failures
from evals.run_folder import FORMAT, row_file, write_summary
from evals.scoring import PASSAGES, Asked, GoldMissing, place_of, places_of, score
from evals.summary import metrics_json, set_summary, total_tokens
from ingest.errors import IngestError
from ingest.sync_report import now_utc

if TYPE_CHECKING:
    from app.answers.schema import Engine
    from app.assistant import Assistant
    from evals.benchmarks import Progress

logger = logging.getLogger(__name__)

STOPPED: Final = "the run was stopped before it was asked"
_FOR_A_READER: Final = (AppError, IngestError, GoldMissing)  # errors whose text says all there is to say


@dataclass(frozen=True)
class Finished:
    """A run that has come to its end, or was stopped."""

    folder: Path
    summary: dict[str, Any]
    stopped: bool


def run_sets(
    sets: Sequence[CaseSet],
    settings: AppSettings,
    folder: Path,
    progress: Progress,
    part: Part = "all",
    limit: int | None = None,
    engine: Engine = "extractive",
) -> Finished:
    """Ask the cases of that part of every set, at most ``limit`` of each, and write rows and summary into the folder.

    ``engine``: who answers, whatever the settings say; a model only where it is ``generative``. What it does not write
    is counted apart ("quoted instead").

    A case that fails is an error in its row, so are all cases of a set whose index cannot be made. KeyboardInterrupt
    ends the asking: what there is is written, the rest is not run.
    """
    started, clock = now_utc(), time.perf_counter()
    run = _Run(replace(settings, engine=engine), progress)
    with row_file(folder) as file:
        about: dict[str, Any] = {}
        for case_set in sets:
            chosen = draw([case for case in case_set.cases if part in ("all", part_of(case))], limit)
            rows = []
            for row in run.rows(case_set, chosen):
                file.write(row)
                rows.append(row)
            about[case_set.name] = {**run.collection_facts(case_set), **run.figures(rows)}
    summary = {
        "format": FORMAT,
        "started": started,
        "seconds": round(time.perf_counter() - clock, 1),
        "stopped": run.stopped,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "platform": platform.platform()},
        "commit": commit(),
        "engine": engine,
        "model": settings.model if engine == "generative" else None,
        "tokens": total_tokens(one["tokens"] for one in about.values()),
        "settings": {**_settings_json(run.settings), "part": part, "limit": limit, "index": run.index_settings()},
        "calibration": run.calibration(),
        "sets": about,
        "metrics": metrics_json(),
    }
    write_summary(folder, summary)
    return Finished(folder, summary, run.stopped)


def without_endpoints(settings: AppSettings) -> AppSettings:
    """The settings with the embedded model and the shipped calibration: what anyone can measure without a key."""
    return replace(
        settings,
        embedding_model="",
        embedding_api_key=NO_SECRET,
        embedding_base_url="",
        embedding_precision="int8",
        calibration=None,
        engine="extractive",
        model="",
        openai_api_key=NO_SECRET,
        openai_base_url="",
    )


def commit() -> str | None:
    """The commit that runs, with "+changes" where files differ from it; None outside a git checkout."""
    try:
        head = _git("rev-parse", "HEAD").strip()
        return f"{head}+changes" if _git("status", "--porcelain", "--untracked-files=no").strip() else head
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=checkout(), capture_output=True, check=True, text=True, timeout=30
    ).stdout


def _settings_json(settings: AppSettings) -> dict[str, Any]:
    """What bears on answers, without addresses, keys and paths."""
    written = {"model_input_tokens": settings.model_input_tokens} if settings.engine == "generative" else {}
    return {
        **written,
        "embedding_model": settings.embedding_model or "embedded",
        "embedding_precision": settings.embedding_precision,
        "calibration": "of one's own" if settings.calibration else "shipped",
    }


class _Run:
    """What a run works with, each collection opened once, and whether it was stopped."""

    def __init__(self, settings: AppSettings, progress: Progress) -> None:
        self.settings = settings
        self._progress = progress
        self._opened: dict[str, Assistant] = {}
        self.stopped = False

    def rows(self, case_set: CaseSet, cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
        """A row for each case, in order."""
        opened = self._open(case_set)
        for number, case in enumerate(cases, start=1):
            row: dict[str, Any] = {"set": case_set.name, "part": part_of(case), "overlap": overlap(case)}
            row |= {"state": "not_run", "reason": STOPPED, "case": as_json(case), **_NOTHING}
            if isinstance(opened, dict):
                row |= opened
            elif not self.stopped:
                row |= self._asked(opened, case)
                self._tell(f"Asking {case_set.name}", number, len(cases))
            yield row

    def collection_facts(self, case_set: CaseSet) -> dict[str, Any]:
        """How large the collection is, and what it and the cases are by their digests; null where it was not opened."""
        facts: dict[str, Any] = {"articles": None, "chunks": None, "corpus_sha256": None}
        assistant = self._opened.get(case_set.collection.name) if case_set.collection else None
        if assistant is not None:
            records = assistant.index.articles().values()
            versions = "\n".join(sorted(f"{record.id} {record.version}" for record in records))
            facts = {
                "articles": len(records),
                "chunks": sum(len(record.chunk_ids) for record in records),
                "corpus_sha256": hashlib.sha256(versions.encode()).hexdigest(),
            }
        return {**facts, "cases_sha256": hashlib.sha256(case_set.file.read_bytes()).hexdigest()}

    def figures(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """What the rows of a set come to; a stop while that is reckoned, a second or two, asks no more sets."""
        try:
            return set_summary(rows)
        except KeyboardInterrupt:
            self.stopped = True
            return set_summary(rows)

    def index_settings(self) -> dict[str, Any] | None:
        """What the indexes were made with; null where none was opened."""
        opened = next(iter(self._opened.values()), None)
        return asdict(opened.index.settings) if opened else None

    def calibration(self) -> dict[str, Any] | None:
        """The weights and the bar in force; null where nothing was opened."""
        opened = next(iter(self._opened.values()), None)
        if opened is None:
            return None
        used = opened.calibration
        return {"weights": used.weights._asdict(), "intercept": used.intercept, "bar": used.bar}

    def _open(self, case_set: CaseSet) -> Assistant | dict[str, Any]:
        """The assistant to ask; where there is none, state and reason of every case of the set."""
        collection = case_set.collection
        if collection is None or self.stopped:
            return {"state": "not_run", "reason": case_set.reason or STOPPED}
        if collection.name not in self._opened:

            def tell(done: int, total: int) -> None:
                self._progress(f"Indexing {collection.name}", done, total)

            try:
                self._opened[collection.name] = open_collection(collection, self.settings, tell)
            except KeyboardInterrupt:
                self.stopped = True
                return {"state": "not_run", "reason": STOPPED}
            except Exception as error:
                return {"state": "error", "reason": _reason(error)}
        return self._opened[collection.name]

    def _asked(self, assistant: Assistant, case: Case) -> dict[str, Any]:
        try:
            return _ask(assistant, case, self.settings.engine)
        except KeyboardInterrupt:
            self.stopped = True
            return {}

    def _tell(self, what: str, done: int, total: int) -> None:
        try:
            self._progress(what, done, total)
        except KeyboardInterrupt:
            self.stopped = True


_NOTHING: Final[dict[str, Any]] = {"answer": None, "passages": [], "gold_spans": [], "scores": {}, "failures": []}


def _ask(assistant: Assistant, case: Case, engine: EngineChoice) -> dict[str, Any]:
    """What a row holds of a case once it was asked."""
    try:
        hits: list[dict[str, Any]] = []
        answer: dict[str, Any] = {}
        for event in assistant.stream(case.question, case.history, engine=engine, fresh=True, keep=False):
            if event.name == "passages":
                hits = event.data["hits"][:PASSAGES]
            elif event.name == "answer":
                answer = event.data
        if answer.get("status", "error") == "error":
            return {"state": "error", "reason": answer.get("text") or "no answer came"}
        gold = places_of(case, assistant.index.article)
        asked = Asked(case, answer, [place_of(hit) for hit in hits], gold)
        scores = score(asked, assistant.index.article)
        wrong = failures(asked, scores)
    except Exception as error:
        return {"state": "error", "reason": _reason(error)}
    return {
        "state": "scored",
        "reason": None,
        "answer": answer,
        "passages": [{name: hit[name] for name in ("article_id", "start", "end", "score")} for hit in hits],
        "gold_spans": [{"gold": number, **place._asdict()} for number, places in enumerate(gold) for place in places],
        "scores": {name: round(value, 4) for name, value in scores.items()},
        "failures": wrong,
    }


def _reason(error: Exception) -> str:
    if isinstance(error, _FOR_A_READER):
        return str(error)
    logger.debug("a case failed", exc_info=error)
    return f"unexpected {type(error).__name__}: {error}"
