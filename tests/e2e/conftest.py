"""A browser, and pages of Hanmi in it that may not reach anywhere else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.collection import ARTICLES, CORPUS, assistant_over
from tests.app.stubs import StubSuggestions
from tests.e2e.made import MadeAssistant
from tests.e2e.serving import Site

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"  # not kept in git


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here, so the page is not tried in a browser (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def sites(browser, minilm, tmp_path_factory) -> Iterator[Callable[..., Site]]:
    """Makes a started site; without a browser nothing is served."""
    made: list[Site] = []

    def make(assistant: Any, suggestions: Any = None, **settings: Any) -> Site:
        made.append(Site(assistant, tmp_path_factory.mktemp("home"), suggestions, **settings).start())
        return made[-1]

    yield make
    for site in made:
        site.stop()


@pytest.fixture(scope="session")
def owner_site(sites, minilm, tmp_path_factory) -> Site:
    """Over the article of this repository, with everything as it ships."""
    from ingest.embedding import MiniLMEmbeddings
    from ingest.readers import read_article

    article, _ = read_article(next((CORPUS / "articles").glob("us-pushes*.md")), CORPUS)
    folder = tmp_path_factory.mktemp("owner")
    return sites(assistant_over(folder, [article], MiniLMEmbeddings(minilm), calibration=None))


@pytest.fixture(scope="session")
def many_site(sites, minilm, tmp_path_factory) -> Site:
    """Over a small collection of several outlets, kinds, years and languages; every question is answered."""
    from ingest.embedding import MiniLMEmbeddings

    return sites(assistant_over(tmp_path_factory.mktemp("many"), ARTICLES, MiniLMEmbeddings(minilm)), StubSuggestions())


@pytest.fixture(scope="session")
def made_site(sites) -> Site:
    return sites(MadeAssistant(), StubSuggestions())


@pytest.fixture
def made(made_site) -> MadeAssistant:
    """Its assistant, which has said nothing yet."""
    made_site.assistant.__init__()
    yield made_site.assistant
    made_site.assistant.go_on.set()


class Watch:
    """What a page did that it may not do."""

    def __init__(self, page: Any, address: str) -> None:
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._request(request.url, address))
        page.on("console", lambda said: self._console(said.text))
        page.on("framenavigated", lambda frame: self._request(frame.url, address))

    def _request(self, url: str, address: str) -> None:
        if not url.startswith((f"{address}/", "blob:", "data:", "about:")):
            self.wrong.append(f"request: {url}")

    def _console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.wrong.append(f"refused: {text}")


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Any]]:
    """Opens a page of a site, in a browser of its own unless ``context`` is given; fails if a page did wrong."""
    contexts, watches = [], []

    def open_page(site: Site, path: str = "/", context: Any = None, **options: Any) -> Any:
        if context is None:
            wanted = {
                "viewport": {"width": 1440, "height": 900},
                "locale": "en-US",
                "reduced_motion": "reduce",
                **options,
            }
            context = browser.new_context(**wanted)
            context.set_default_timeout(60_000)
            contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, site.address))
        page.goto(site.address + path)
        page.locator("#question").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [wrong for watch in watches for wrong in watch.wrong] == []


PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def ask(page: Any, question: str) -> Any:
    """Asks and waits for the answer; gives the exchange."""
    count = page.locator(".exchange").count()
    page.locator("#question").fill(question)
    page.locator(".send").click()
    exchange = page.locator(".exchange").nth(count)
    exchange.locator(".actions").wait_for()
    return exchange


def shoot(page: Any, name: str) -> None:
    """A picture to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
