"""An OpenAI-compatible server on loopback for tests: embeddings and chat completions, scripted failures, a request log.

    with FakeOpenAI() as server:
        server.failures = [Failure(429, headers={"retry-after": "1"})]
        client(base_url=server.url) …
        server.requests[0].body

Everything may be changed between requests.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import queue
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass(frozen=True)
class Logged:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """What to answer instead of the real thing.

    ``cut`` closes the connection in the middle of the answer; ``hang`` says nothing until the client goes.
    """

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "scripted failure"
    code: str | None = None
    cut: bool = False
    hang: bool = False


class _Cut(Exception):
    """Raised inside a streamed answer: uvicorn then closes the connection."""


def hashed_vector(text: str, dimension: int) -> list[float]:
    """The same vector for the same text, unlike any other text's; not of unit length."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    return (3 * np.random.default_rng(seed).standard_normal(dimension)).tolist()


class FakeOpenAI:
    """The server; ``url`` ends in /v1. Start it with ``with``."""

    def __init__(self) -> None:
        self._count_lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Make it what it was at first."""
        self.requests: list[Logged] = []
        self.failures: list[Failure] = []  # the next requests' answers, one each
        self.delay_s = 0.0  # before every answer, and between the words of a streamed one
        self.api_key: str | None = None  # None: any
        self.models: set[str] | None = None  # None: any
        self.dimension = 8
        self.vector: Callable[[str], list[float]] = lambda text: hashed_vector(text, self.dimension)
        self.reply: str | Callable[[dict[str, Any]], str] = "Hello from the fake."  # of the request's body
        self.finish_reason = "stop"
        self.counts_tokens = True
        self.first_delay_s = 0.0  # before the first words of a streamed reply, the status having been sent
        self.words_at_once = 1  # of a streamed reply
        self.break_after: int | None = None  # pieces of a streamed reply after which the connection is cut
        self.end_after: int | None = None  # … after which it ends as if it were whole, but without a finish reason
        self.hang_after: int | None = None  # … after which nothing more comes
        self.left: queue.SimpleQueue[str] = queue.SimpleQueue()  # paths of requests whose client went before the end
        self.answer: Response | None = None  # instead of everything else

    def __enter__(self) -> FakeOpenAI:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        routes = [
            Route("/v1/embeddings", self._embeddings, methods=["POST"]),
            Route("/v1/chat/completions", self._chat, methods=["POST"]),
            Route("/v1/models", self._models),
        ]
        # Level 60: a connection that we cut on purpose would fill the log.
        config = uvicorn.Config(Starlette(routes=routes), lifespan="off", log_level=60, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 60
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("the fake server did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=60)

    async def _refused(self, request: Request) -> Response | None:
        """Log the request; the answer where it is not the real thing."""
        body = await request.json()
        with self._count_lock:
            self.requests.append(Logged(request.url.path, dict(request.headers), body))
            failure = self.failures.pop(0) if self.failures else None
        await asyncio.sleep(self.delay_s)
        if failure is not None and failure.hang:
            while not await request.is_disconnected():
                await asyncio.sleep(0.01)
            self.left.put(request.url.path)
        if failure is not None:
            return _fail(failure)
        if self.api_key is not None and request.headers.get("authorization") != f"Bearer {self.api_key}":
            return _error(401, f"Incorrect API key provided: {request.headers.get('authorization')}", "invalid_api_key")
        if self.models is not None and body.get("model") not in self.models:
            return _error(404, f"The model {body.get('model')!r} does not exist", "model_not_found")
        return self.answer

    async def _embeddings(self, request: Request) -> Response:
        if (refused := await self._refused(request)) is not None:
            return refused
        body = await request.json()
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        if not all(isinstance(text, str) and text for text in texts):
            return _error(400, "input must be strings that are not empty", "invalid_input")
        rows = [self.vector(text) for text in texts]
        encode = _base64 if body.get("encoding_format") == "base64" else list
        data = [{"object": "embedding", "index": index, "embedding": encode(row)} for index, row in enumerate(rows)]
        words = sum(len(text.split()) for text in texts)
        usage = {"prompt_tokens": words, "total_tokens": words}
        return JSONResponse({"object": "list", "data": data, "model": body["model"], "usage": usage})

    async def _chat(self, request: Request) -> Response:
        if (refused := await self._refused(request)) is not None:
            return refused
        body = await request.json()
        text = self.reply if isinstance(self.reply, str) else self.reply(body)
        if body.get("stream"):
            return StreamingResponse(self._watched(request, body, text), media_type="text/event-stream")
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        usage = {"usage": _usage(body, text)} if self.counts_tokens else {}
        return JSONResponse(_completion(body, "chat.completion", [choice]) | usage)

    async def _models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models or ()]})

    async def _watched(self, request: Request, body: dict[str, Any], text: str) -> AsyncIterator[str]:
        try:
            async for event in self._stream(body, text):
                yield event
        except (asyncio.CancelledError, GeneratorExit):
            self.left.put(request.url.path)
            raise

    async def _stream(self, body: dict[str, Any], text: str) -> AsyncIterator[str]:
        def event(delta: dict[str, str], finish_reason: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
            return f"data: {json.dumps(_completion(body, 'chat.completion.chunk', [choice]))}\n\n"

        yield event({"role": "assistant", "content": ""})
        await asyncio.sleep(self.first_delay_s)
        words = text.split(" ")
        for number, first in enumerate(range(0, len(words), self.words_at_once)):
            if number == self.break_after:
                raise _Cut
            if number == self.end_after:
                return
            if number == self.hang_after:
                await asyncio.Event().wait()
            await asyncio.sleep(self.delay_s)
            piece = " ".join(words[first : first + self.words_at_once])
            yield event({"content": piece if number == 0 else f" {piece}"})
        yield event({}, self.finish_reason)
        if self.counts_tokens and (body.get("stream_options") or {}).get("include_usage"):
            last = _completion(body, "chat.completion.chunk", []) | {"usage": _usage(body, text)}
            yield f"data: {json.dumps(last)}\n\n"
        yield "data: [DONE]\n\n"


def _completion(body: dict[str, Any], kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"], "choices": choices}


def _usage(body: dict[str, Any], text: str) -> dict[str, int]:
    asked = sum(len(str(message["content"]).split()) for message in body["messages"])
    told = len(text.split())
    return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def _base64(row: list[float]) -> str:
    return base64.b64encode(np.array(row, "<f4").tobytes()).decode()


def _error(status: int, message: str, code: str | None, headers: dict[str, str] | None = None) -> Response:
    error = {"message": message, "type": "error", "param": None, "code": code}
    return JSONResponse({"error": error}, status_code=status, headers=headers)


def _fail(failure: Failure) -> Response:
    if not failure.cut:
        return _error(failure.status, failure.message, failure.code, failure.headers)

    async def half() -> AsyncIterator[str]:
        yield '{"object": "list", "data": ['
        raise _Cut

    return StreamingResponse(half(), media_type="application/json")
