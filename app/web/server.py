"""The web server: the page at "/", the JSON API, health checks."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from app.assistant import Assistant
from app.errors import AppError
from app.render import answer_json, passage_json
from app.settings import AppSettings
from app.web.guard import Guard
from ingest.errors import IndexUnavailable, IngestError
from ingest.records import Filters

logger = logging.getLogger(__name__)
FAILED = "something went wrong here; the log of the server says what"
MAX_HITS = 100


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FilterBody(_Body):
    """Outlets, kinds and partial dates; empty fields restrict nothing."""

    outlets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None


class TurnBody(_Body):
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


class AskBody(_Body):
    """A question; with its history it may be a follow-up."""

    question: str
    history: list[TurnBody] = []
    filters: FilterBody = FilterBody()


class SearchBody(_Body):
    """A query for passages."""

    question: str
    k: Annotated[int, Field(ge=1, le=MAX_HITS)] = 10
    filters: FilterBody = FilterBody()


def create_app(assistant: Assistant, settings: AppSettings) -> FastAPI:
    """The whole web application; whoever calls it has opened the assistant and serves what comes back."""
    app = FastAPI(title="Hanmi", docs_url=None, redoc_url=None, openapi_url=None)
    _add_errors(app)
    _add_health(app, assistant)
    _add_questions(app, assistant)
    _add_articles(app, assistant)
    app = _mount_page(app, assistant)
    app.add_middleware(Guard, settings=settings)
    return app


def _mount_page(app: FastAPI, assistant: Assistant) -> FastAPI:
    from app.web.page import mount_page  # gradio: seconds to import, and the API can be built without it

    return mount_page(app, assistant)


def _add_errors(app: FastAPI) -> None:
    def say(status: int, text: Callable[[Any], str]) -> Callable[[Request, Exception], Response]:
        return lambda _request, error: JSONResponse({"error": text(error)}, status)

    app.add_exception_handler(RequestValidationError, say(400, _first_problem))
    app.add_exception_handler(IndexUnavailable, say(503, str))
    app.add_exception_handler(IngestError, say(500, str))
    app.add_exception_handler(AppError, say(400, str))
    app.add_exception_handler(Exception, say(500, lambda _error: FAILED))


def _first_problem(error: RequestValidationError) -> str:
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"][1:] if not isinstance(part, int) or len(problem["loc"]) > 2)
    return f"{where}: {problem['msg']}" if where else f"the body is no usable JSON: {problem['msg']}"


def _add_health(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/healthz")
    def alive() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/readyz")
    def ready() -> JSONResponse:
        try:
            articles = len(assistant.index.articles())
        except (IngestError, OSError) as error:
            return JSONResponse({"ready": False, "error": str(error)}, 503)
        return JSONResponse({"ready": True, "articles": articles, "index_generation": assistant.index.generation})


def _add_questions(app: FastAPI, assistant: Assistant) -> None:
    @app.post("/api/ask", response_model=None)
    def ask(body: AskBody, request: Request) -> Response:
        history, filters = [turn.model_dump() for turn in body.history], _filters(body.filters)
        if "text/event-stream" in request.headers.get("accept", ""):
            events = _events(assistant, body.question, history, filters)
            return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})
        return JSONResponse(answer_json(assistant.answer(body.question, history, filters)))

    @app.post("/api/search", response_model=None)
    def search(body: SearchBody) -> Response:
        hits = assistant.search(body.question, body.k, _filters(body.filters))
        return JSONResponse({"question": body.question, "hits": [passage_json(hit) for hit in hits]})


def _filters(body: FilterBody) -> Filters:
    try:
        return Filters(**body.model_dump())
    except ValueError as error:
        raise AppError(str(error)) from error


def _events(assistant: Assistant, question: str, history: list[dict[str, str]], filters: Filters) -> Iterator[str]:
    """Server-sent events; a failure is an event too, since the status line has gone out by then."""
    try:
        for event in assistant.stream(question, history, filters):
            yield _event(event.name, event.data)
    except (AppError, IngestError) as error:
        yield _event("error", {"error": str(error)})
    except Exception:
        logger.exception("a streamed answer failed")
        yield _event("error", {"error": FAILED})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _add_articles(app: FastAPI, assistant: Assistant) -> None:
    @app.get("/api/articles", response_model=None)
    def articles() -> Response:
        records = [_record_json(record) for record in assistant.index.articles().values()]
        return JSONResponse({"articles": records, "index_generation": assistant.index.generation})

    @app.get("/api/articles/{article_id:path}", response_model=None)
    def article(article_id: str) -> Response:
        found = assistant.index.article(article_id)
        if found is None:
            return JSONResponse({"error": f"there is no article {article_id!r}"}, 404)
        return JSONResponse(
            {**asdict(found), "marks": [mark._asdict() for mark in found.marks], "sha256": found.sha256}
        )


def _record_json(record: Any) -> dict[str, Any]:  # noqa: ANN401
    return {name: value for name, value in asdict(record).items() if name != "chunk_ids"}
