"""Hanmi in a fake workspace, over either transport."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.collection import ANSWERS_NONE, ARTICLES, article, assistant_over, reopened
from tests.app.slack.newsroom import Newsroom

TITLE = "<!channel> Ships & *docks* | _A_ [1](x) ~b~ `c` 조선소"
LINKED = article(
    "linked",
    "The dry dock of Okpo was flooded in March, the yard said. “We <will> build & *float* three submarines | here,”"
    " the yard's director said.",
    outlet="Yonhap <News>",
    kind="news",
    published="2026-03-02",
    url="https://news.example/a_(b)?c=<d>&e=f",
    title=TITLE,
)


@pytest.fixture(scope="session")
def index(tmp_path_factory):
    return tmp_path_factory.mktemp("newsroom")


@pytest.fixture(scope="session")
def articles(index, embeddings):
    """The collection with one more article, whose words are as bad for Slack as words can be."""
    return assistant_over(index, (*ARTICLES, LINKED), embeddings)


@pytest.fixture(scope="session")
def unsure(articles, index, embeddings):
    """The same, and no answer is good enough."""
    return reopened(index, embeddings, ANSWERS_NONE)


@pytest.fixture(scope="session", params=["socket", "http"])
def shared_room(request, articles, tmp_path_factory) -> Iterator[Newsroom]:
    with Newsroom(request.param, articles, tmp_path_factory.mktemp("home")) as room:
        yield room


@pytest.fixture
def room(shared_room) -> Iterator[Newsroom]:
    """A newsroom that many tests use; at the end of each, Slack has refused nothing and nothing seems to be at work."""
    shared_room.assistant.recover()
    shared_room.assistant.asked.clear()
    already = len(shared_room.slack.refused())
    yield shared_room
    shared_room.assistant.recover()
    shared_room.settle()
    shared_room.slack.failures.clear()
    assert shared_room.slack.refused()[already:] == []


@pytest.fixture(params=["socket", "http"])
def own_room(request, articles, tmp_path) -> Iterator[Newsroom]:
    """A newsroom to stop and start."""
    with Newsroom(request.param, articles, tmp_path) as room:
        yield room
