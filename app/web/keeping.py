"""What a reader keeps or gives: exports of a conversation, feedback on an answer."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from app.answers.parsing import parse_answer
from app.export import MEDIA_TYPES, export, file_name
from app.render import answer_json
from app.store import Feedback, now, settings_of
from app.web.bodies import ExportBody, FeedbackBody
from app.web.questions import GONE, kept_answer
from app.web.services import Services


def add_keeping(app: FastAPI, services: Services) -> None:
    """POST /api/export and /api/feedback."""

    @app.post("/api/export", response_model=None)
    def download(body: ExportBody) -> Response:
        answers = [parse_answer(answer) for answer in body.answers]
        name = file_name(body.title, body.format)
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
        return Response(export(body.format, answers, body.title), media_type=MEDIA_TYPES[body.format], headers=headers)

    @app.post("/api/feedback", response_model=None)
    def feedback(body: FeedbackBody) -> Response:
        if body.verdict is None:
            services.store.take_back(body.answer_id)
            return JSONResponse({"verdict": None})
        answer = kept_answer(services.store, body.answer_id, body.answer)
        if answer is None:
            return JSONResponse({"error": GONE}, 404)
        services.store.give(
            Feedback(
                *(body.answer_id, now(), body.verdict, body.reason.strip()),
                answer_json(answer),
                settings_of(services.settings),
            )
        )
        return JSONResponse({"verdict": body.verdict})
