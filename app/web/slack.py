"""POST /slack/events: what Slack sends over HTTP, events, buttons and commands alike."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI, Request, Response

from app.slack.manifest import EVENTS_PATH
from app.slack.service import SlackService


def add_slack(app: FastAPI, service: SlackService) -> None:
    """The route; who may use it is said by the signature, which the service checks."""

    @app.post(EVENTS_PATH, response_model=None)
    async def events(request: Request) -> Response:
        body = await request.body()
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(service.doors, service.take, request.headers, body)
        return Response(reply.body, reply.status, dict(reply.headers))
