"""What there is: the articles, what they are made of, the last sync with its problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from app.opening import state_folder
from app.settings import AppSettings
from app.web.services import Services
from ingest.embedding import OPENAI_URL
from ingest.errors import IngestError
from ingest.records import ArticleRecord
from ingest.sync_report import load_state


def add_collection(app: FastAPI, services: Services) -> None:
    """GET /api/page, /api/articles and /api/articles/{id}; /healthz and /readyz."""
    assistant = services.assistant

    @app.get("/healthz")
    def alive() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/readyz")
    def ready() -> JSONResponse:
        try:
            assistant.index.refresh()
            articles = len(assistant.index.articles())
        except (IngestError, OSError) as error:
            return JSONResponse({"ready": False, "error": str(error)}, 503)
        return JSONResponse({"ready": True, "articles": articles, "index_generation": assistant.index.generation})

    @app.get("/api/page", response_model=None)
    def page() -> Response:
        assistant.index.refresh()
        return JSONResponse(_page(services))

    @app.get("/api/articles", response_model=None)
    def articles() -> Response:
        assistant.index.refresh()
        records = [_record_json(record) for record in assistant.index.articles().values()]
        return JSONResponse({"articles": records, "index_generation": assistant.index.generation})

    @app.get("/api/articles/{article_id:path}", response_model=None)
    def article(article_id: str) -> Response:
        found = assistant.index.article(article_id)
        if found is None:
            return JSONResponse({"error": f"there is no article {article_id!r}"}, 404)
        marks = [mark._asdict() for mark in found.marks]
        return JSONResponse({**asdict(found), "marks": marks, "sha256": found.sha256})


def _page(services: Services) -> dict[str, Any]:
    """What the page shows before the first question."""
    index = services.assistant.index
    records = list(index.articles().values())
    dates = sorted(record.published for record in records if record.published)
    state = load_state(state_folder(services.settings))
    return {
        "articles": len(records),
        "outlets": _counted(record.outlet for record in records),
        "kinds": _counted(record.kind for record in records),
        "oldest": dates[0] if dates else None,
        "newest": dates[-1] if dates else None,
        "headline": records[0].title if len(records) == 1 else None,
        "article_id": records[0].id if len(records) == 1 else None,
        "suggestions": services.suggestions.questions(),
        "last_sync": state.finished_at if state else None,
        "problems": _problems(state.report if state else {}),
        "engine": _engine(services.settings),
        "writer": _writer(services.settings),
        "index_generation": index.generation,
    }


def _engine(settings: AppSettings) -> str:
    """Who answers where a question does not say."""
    return "generative" if settings.model and settings.engine != "extractive" else "extractive"


def _writer(settings: AppSettings) -> dict[str, str] | None:
    """The model that can write answers, and the host that is sent question and passages then; None without one."""
    if not settings.model:
        return None
    address = urlsplit(settings.openai_base_url or OPENAI_URL)
    return {"model": settings.model, "host": address.netloc.rpartition("@")[2]}


def _counted(names: Iterable[str | None]) -> list[dict[str, Any]]:
    """Each name with how often it stands, the most frequent first; what has none is not counted."""
    counts = Counter(name for name in names if name)
    return [
        {"name": name, "count": count} for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]


def _problems(report: dict[str, Any]) -> list[dict[str, str]]:
    """The files that the last sync could not read or left out, with the reason."""
    failed = [{"file": each["file"], "reason": each["reason"]} for each in report.get("failed", [])]
    duplicates = [
        {"file": each["file"], "reason": f"left out, {each['kept']} has it ({each['reason']})"}
        for each in report.get("duplicates", [])
    ]
    return [*failed, *duplicates]


def _record_json(record: ArticleRecord) -> dict[str, Any]:
    return {name: value for name, value in asdict(record).items() if name != "chunk_ids"}
