"""Asking: questions, searches, kept answers, follow-ups."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Generator
from contextlib import closing
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import iterate_in_threadpool
from starlette.types import Receive, Scope, Send

from app.answers.parsing import parse_answer
from app.answers.schema import Answer
from app.errors import AppError, BadInput
from app.render import passage_json
from app.stopping import Stop, stoppable
from app.store import Store, kept_or_told
from app.web.bodies import AskBody, FollowUpsBody, SearchBody
from app.web.services import Services
from ingest.errors import IngestError

logger = logging.getLogger(__name__)
FAILED = "something went wrong here; the log of the server says what"
GONE = "this answer is not kept here, or its time is over"
_LOOK_S = 0.5  # between looks whether the client is there
_CLIENT_GONE = 499  # nobody reads it; the log shows it


def add_questions(app: FastAPI, services: Services) -> None:
    """POST /api/ask, /api/search, /api/follow-ups; GET /api/answers/{id}."""
    assistant = services.assistant

    @app.post("/api/ask", response_model=None)
    async def ask(body: AskBody, request: Request) -> Response:
        events = _steps(services, body)
        if "text/event-stream" in request.headers.get("accept", ""):
            return _EventStream(_told(events))
        return await _last(events, request)

    @app.post("/api/search", response_model=None)
    def search(body: SearchBody) -> Response:
        hits = assistant.search(body.question, body.k, body.filters.filters())
        return JSONResponse({"question": body.question, "hits": [passage_json(hit) for hit in hits]})

    @app.get("/api/answers/{answer_id}", response_model=None)
    def kept(answer_id: str) -> Response:
        found = services.store.answer(answer_id)
        return JSONResponse(found) if found else JSONResponse({"error": GONE}, 404)

    @app.post("/api/follow-ups", response_model=None)
    def follow_ups(body: FollowUpsBody) -> Response:
        found = kept_answer(services.store, body.answer_id, body.answer)
        if found is None:
            return JSONResponse({"error": GONE}, 404)
        return JSONResponse({"questions": services.suggestions.follow_ups(found, body.asked)})


def kept_answer(store: Store, answer_id: str | None, sent: dict[str, Any] | None) -> Answer | None:
    """The answer that was sent, else the kept one of that id; None where it is not. Raises BadInput for neither."""
    if sent is not None:
        return parse_answer(sent)
    if answer_id is None:
        raise BadInput("name an answer by its answer_id, or send it as answer")
    found = store.answer(answer_id)
    return parse_answer(found) if found else None


Step = tuple[str, dict[str, Any]]


def _steps(services: Services, body: AskBody) -> Generator[Step, None, None]:
    """The events of an answer; the last is the answer, kept by then, or saying that it could not be."""
    history = [turn.model_dump() for turn in body.history]
    filters = body.filters.filters()
    for event in services.assistant.stream(body.question, history, filters, engine=body.engine, fresh=body.fresh):
        yield event.name, kept_or_told(services.store, event.data) if event.name == "answer" else event.data


async def _last(steps: Generator[Step, None, None], request: Request) -> Response:
    """The answer alone; once the client has gone no model is waited for, and the work ends at the next step."""
    answer: dict[str, Any] = {}
    stop = Stop()
    watching = asyncio.create_task(_stop_when_gone(request, stop))
    try:
        with stoppable(stop), closing(steps):
            async for _name, data in iterate_in_threadpool(steps):
                if await request.is_disconnected():
                    return Response(status_code=_CLIENT_GONE)
                answer = data
    finally:
        watching.cancel()
    return JSONResponse(answer)


async def _stop_when_gone(request: Request, stop: Stop) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(_LOOK_S)
    stop.stop()


class _EventStream(StreamingResponse):
    """Server-sent events from a generator, which is closed at once when the client goes."""

    def __init__(self, events: Generator[str, None, None]) -> None:
        super().__init__(
            iterate_in_threadpool(events), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )
        self._events = events
        self._stop = Stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until they end or the client has gone."""
        with stoppable(self._stop), closing(self._events):
            await super().__call__(scope, receive, send)

    async def listen_for_disconnect(self, receive: Receive) -> None:
        """Wait for the client to go; a thread that waits for a model then goes on."""
        await super().listen_for_disconnect(receive)
        self._stop.stop()


def _told(steps: Generator[Step, None, None]) -> Generator[str, None, None]:
    """Server-sent events; a failure is an event too, since the status line has gone out by then."""
    try:
        with closing(steps):
            for name, data in steps:
                yield _event(name, data)
    except (AppError, IngestError) as error:
        yield _event("error", {"error": str(error)})
    except Exception:
        logger.exception("a streamed answer failed")
        yield _event("error", {"error": FAILED})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
