"""The web server: the page at "/", the HTTP API, health checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.assistant import Assistant
from app.errors import AppError
from app.settings import AppSettings
from app.slack.service import SlackService, wants_slack
from app.store import Store, StoreUnavailable
from app.suggestions import Suggestions
from app.web.collection import add_collection
from app.web.guard import Guard
from app.web.keeping import add_keeping
from app.web.permalinks import Permalinks
from app.web.problems import add_fallbacks, first_problem
from app.web.questions import FAILED, add_questions
from app.web.services import Services
from app.web.slack import add_slack
from app.web.static_files import add_static_files
from ingest.errors import IndexUnavailable, IngestError

SUGGESTIONS_FILE = "suggestions.json"


def create_app(assistant: Assistant, settings: AppSettings, suggestions: Suggestions | None = None) -> FastAPI:
    """The whole web application; whoever calls it has opened the assistant and serves what comes back.

    ``state.slack`` is the SlackService to start and stop, None where Slack is not set up. Raises SettingsError where it
    is set up by half.
    """
    store = Store(settings.database, settings.answer_days)
    suggestions = suggestions or Suggestions(assistant, settings.home / SUGGESTIONS_FILE)
    services = Services(assistant, settings, store, suggestions)
    app = FastAPI(title="Hanmi", docs_url=None, redoc_url=None, openapi_url=None)
    _add_errors(app)
    add_collection(app, services)
    add_questions(app, services)
    add_keeping(app, services)
    app.state.slack = _add_slack(app, services)
    add_static_files(app)
    add_fallbacks(app)
    app = _mount_page(app)
    app.add_middleware(Permalinks)
    app.add_middleware(Guard, settings=settings)
    return app


def _add_slack(app: FastAPI, services: Services) -> SlackService | None:
    """Slack beside the page where it is set up; it connects when it is started, or by Slack's first request."""
    if not wants_slack(services.settings):
        return None
    service = SlackService(services.assistant, services.settings, services.store, services.suggestions)
    if services.settings.slack_signing_secret:
        add_slack(app, service)
    return service


def _mount_page(app: FastAPI) -> FastAPI:
    from app.web.page import mount_page  # gradio: seconds to import, and the API can be built without it

    return mount_page(app)


def _add_errors(app: FastAPI) -> None:
    def say(status: int, text: Callable[[Any], str]) -> Callable[[Request, Exception], Response]:
        return lambda _request, error: JSONResponse({"error": text(error)}, status)

    app.add_exception_handler(RequestValidationError, say(400, first_problem))
    app.add_exception_handler(IndexUnavailable, say(503, str))
    app.add_exception_handler(StoreUnavailable, say(503, str))
    app.add_exception_handler(IngestError, say(500, str))
    app.add_exception_handler(AppError, say(400, str))
    app.add_exception_handler(Exception, say(500, lambda _error: FAILED))
