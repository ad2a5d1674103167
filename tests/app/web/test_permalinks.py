"""The page under the address of an answer."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from app.web.permalinks import Permalinks


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    def shown(request: Request) -> str:
        return request.url.path

    app.add_middleware(Permalinks)
    return TestClient(app)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("/a/0f3ac2d49b1e4f6f8f3a0f3ac2d49b1e", "/"),
        ("/a/0f3ac2d49b1e4f6f8f3a0f3ac2d49b1e/", "/"),
        ("/a/0f3ac", "/"),  # a link that was cut short: the page says that it is not kept
        ("/a/assets/index.js", "/assets/index.js"),
        ("/a", "/a"),
        ("/api/articles", "/api/articles"),
        ("/assets/a/x", "/assets/a/x"),
    ],
)
def test_an_answers_address_shows_the_page_and_what_it_loads(client, asked: str, served: str) -> None:
    assert client.get(asked).json() == served


def test_nothing_is_posted_to_another_path(client) -> None:
    assert client.post("/a/api/ask").json() == "/a/api/ask"
