"""Written answers, given again where the same is asked over the same articles: no tokens, and the same words.

Kept beside the answers on the page, for no longer than these, and forgotten with them. Quoted answers are not kept:
they cost nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from app.answers.parsing import parse_answer
from app.answers.prompts import prompts_digest
from app.answers.schema import Answer, Language, Turn, Usage
from app.labels import display_date
from app.opening import index_location
from app.rewriting import TASK
from app.settings import AppSettings
from app.store import WRITTEN_SCHEMA, StoreUnavailable, open_database
from app.texts import notice

if TYPE_CHECKING:
    from pathlib import Path

    from app.answers.confidence import Calibration
    from app.cues import DateRange
    from app.names import NameTables
    from ingest.records import ArticleRecord, Filters

logger = logging.getLogger(__name__)
MOST_KEPT: Final = 1_000  # answers, some 10 kB each


class AnswerCache:
    """Written answers by what was asked; threads and processes may share it. Where it fails, nothing is kept."""

    def __init__(self, file: Path, days: int, made_with: str = "") -> None:
        """``made_with``: whatever else an answer depends on. The file is made by the first writing."""
        self._file = file
        self._days = days
        self._made_with = made_with

    @classmethod
    def open(cls, settings: AppSettings, tables: NameTables, calibration: Calibration) -> AnswerCache | None:
        """The cache of HANMI_HOME; None where nothing is to be given again."""
        days = min(settings.cache_days, settings.answer_days)
        if not days:
            return None
        names = ("model", "openai_base_url", "model_input_tokens", "embedding_model", "embedding_precision")
        made_with = [getattr(settings, name) for name in names]
        made_with += [version("hanmi"), prompts_digest(), TASK, index_location(settings), calibration, tables.names]
        return cls(settings.database, days, _digest([*made_with, tables.terms]))

    def key(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        language: Language | None,
        dates: Sequence[DateRange],
        index: tuple[int, Mapping[str, ArticleRecord]],
    ) -> str:
        """What an answer is known by.

        ``dates``: those the question means, for "last month" moves on. ``index``: its generation and its articles.
        """
        generation, articles = index
        held = sorted((id_, record.version) for id_, record in articles.items())
        said = [(turn["role"], turn["content"]) for turn in history]
        asked = [" ".join(question.split()), said, asdict(filters) if filters else None, language, list(dates)]
        return _digest([self._made_with, *asked, generation, held])

    def find(self, key: str) -> Answer | None:
        """The answer as a new one, with a notice that it was written before, at no cost; None where there is none."""
        try:
            with open_database(self._file, WRITTEN_SCHEMA) as database:
                query = "SELECT answer FROM written WHERE key = ? AND kept_at > ?"
                found = database.execute(query, (key, _ago(self._days))).fetchone() if database else None
            if found is None:
                return None
            answer = _given_again(parse_answer(json.loads(found[0])))
            with open_database(self._file, WRITTEN_SCHEMA, write=True) as database:
                database.execute("INSERT INTO written_given VALUES (?, ?)", (answer.id, key))
        except StoreUnavailable as error:
            logger.warning("kept answers cannot be read: %s", error)
            return None
        return answer

    def keep(self, key: str, answer: Answer) -> None:
        """Keep a written answer that says something, in place of an older one; others are not kept.

        Drops what is too old, and the oldest beyond so many.
        """
        if answer.engine != "generative" or answer.status not in ("answered", "partial"):
            return
        row = (key, _ago(0), json.dumps(asdict(answer), ensure_ascii=False))
        try:
            with open_database(self._file, WRITTEN_SCHEMA, write=True) as database:
                database.execute("PRAGMA secure_delete = ON")
                database.execute("INSERT OR REPLACE INTO written VALUES (?, ?, ?)", row)
                database.execute("INSERT INTO written_given VALUES (?, ?)", (answer.id, key))
                database.execute("DELETE FROM written WHERE kept_at <= ?", (_ago(self._days),))
                newest = "SELECT key FROM written ORDER BY kept_at DESC, rowid DESC LIMIT ?"
                database.execute(f"DELETE FROM written WHERE key NOT IN ({newest})", (MOST_KEPT,))
                database.execute("DELETE FROM written_given WHERE key NOT IN (SELECT key FROM written)")
        except StoreUnavailable as error:
            logger.warning("a written answer was not kept to be given again: %s", error)


def _given_again(answer: Answer) -> Answer:
    told = notice("given_again", answer.language, date=display_date(answer.created_at[:10], answer.language))
    return replace(
        answer,
        id=uuid.uuid4().hex,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        notices=(*answer.notices, told),
        usage=Usage(),
        timings_ms={},
    )


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
