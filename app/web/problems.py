"""What is wrong with a request, in one sentence; every error of the HTTP API is such a sentence under "error"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import Match

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_OURS = ("/api/{rest:path}", "/slack/{rest:path}", "/static/{name}", "/healthz", "/readyz")
_NO_SUCH_ADDRESS = "there is nothing at this address; the page is at /, and docs/api.md lists the rest"
# By the type that pydantic gives a problem; what is in its "ctx" stands between braces.
_SENTENCES = {
    "missing": "{where} is missing",
    "extra_forbidden": "{where} is no field here; docs/api.md lists them",
    "string_type": "{where} must be a text",
    "string_unicode": "{where} holds half of a surrogate pair, which is no character",
    "string_too_long": "{where} must have at most {max_length} characters",
    "literal_error": "{where} must be {expected}",
    "int_type": "{where} must be a whole number",
    "int_parsing": "{where} must be a whole number",
    "int_from_float": "{where} must be a whole number",
    "greater_than_equal": "{where} must be at least {ge}",
    "less_than_equal": "{where} must be at most {le}",
    "list_type": "{where} must be a list",
    "tuple_type": "{where} must be a list",
    "dict_type": "{where} must be an object",
    "model_type": "{where} must be an object",
    "model_attributes_type": "{where} must be an object",
    "too_short": "{where} must not be empty",
    "too_long": "{where} must have at most {max_length} items",
}


def first_problem(error: RequestValidationError) -> str:
    """The first thing that does not fit, with the place in the body where it stands: "history.0.role must be …"."""
    problem = error.errors()[0]
    if problem["type"] == "json_invalid":
        return f"the body is no usable JSON (character {problem['loc'][-1]}: {problem['ctx']['error']})"
    where = ".".join(str(part) for part in problem["loc"][1:])
    if not where:
        return "send the body as a JSON object, with the header content-type: application/json"
    sentence = _SENTENCES.get(problem["type"])
    known: Mapping[str, Any] = problem.get("ctx") or {}
    return sentence.format(where=where, **known) if sentence else f"{where}: {problem['msg']}"


def add_fallbacks(app: FastAPI) -> None:
    """What our own part of the address space has no route for: 404, or 405 with the methods that it has.

    To be added after every other route and before the page, which would answer for the rest.
    """

    def fallback(request: Request) -> Response:
        allowed = [method for method in _METHODS if _is_route(app, request, method)]
        if allowed:
            return _wrong_method(request, allowed)
        return JSONResponse({"error": _NO_SUCH_ADDRESS}, 404)

    for path in _OURS:
        app.add_api_route(path, fallback, methods=[*_METHODS, "OPTIONS"], response_model=None, name="fallback")


def say_plainly(page: FastAPI) -> None:
    """Have the page's own application, which answers for the rest of the address space, refuse in our words too."""

    def say(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = Headers(error.headers or {})
        if error.status_code == 405:
            return _wrong_method(request, headers.get("allow", "").split(", "))
        reason = _NO_SUCH_ADDRESS if error.status_code == 404 else str(error.detail)
        return JSONResponse({"error": reason}, error.status_code, headers)

    page.add_exception_handler(HTTPException, say)


def _wrong_method(request: Request, allowed: Sequence[str]) -> Response:
    reason = f"this address takes {' and '.join(allowed)}, not {request.method}"
    return JSONResponse({"error": reason}, 405, {"allow": ", ".join(allowed)})


def _is_route(app: FastAPI, request: Request, method: str) -> bool:
    """Whether a route of ours other than the fallback takes that method at the request's address."""
    scope = {**request.scope, "method": method}
    return any(
        route.matches(scope)[0] is Match.FULL
        for route in app.routes
        if getattr(route, "methods", None) and getattr(route, "name", "") != "fallback"
    )
