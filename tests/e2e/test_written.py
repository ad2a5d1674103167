"""Answers that a model writes, on the page: the switch, sentences as they come and stand, what stands instead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.app.answers.writing import scripted, written_by
from tests.app.stubs import StubSuggestions
from tests.e2e.conftest import PHONE, ask
from tests.e2e.serving import Site
from tests.fake_openai import Failure, FakeOpenAI

QUESTION = "How much does Washington want Seoul to invest, and in what form?"
IN_CASH = (
    "The Diplomat reports that Washington is reportedly demanding the $350 billion in cash [{hand over the $350}]."
)
REJECTED = "South Korean leaders rejected the demand as unrealistic, The Diplomat writes [{out of hand}]."
WRONG = "Seoul agreed to pay $450 billion, The Diplomat reports [{hand over the $350}]."
TALKS = "The outlet says the two countries were still negotiating over the investment [{still negotiating}]."


@pytest.fixture(scope="module")
def running() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def written_site(sites, owner_site, running) -> Site:
    """The owner's article with a model at the loopback server."""
    assistant = written_by(running, owner_site.assistant)
    return sites(assistant, StubSuggestions(), model="writer", openai_base_url=running.url)


@pytest.fixture
def server(running: FakeOpenAI) -> FakeOpenAI:
    """As it was at first, and with a good answer."""
    running.reset()
    running.reply = scripted(f"{IN_CASH} {REJECTED}")
    return running


def engine_asked(page: Any, question: str = QUESTION) -> str | None:
    """The engine that the page names when it asks."""
    with page.expect_request("**/api/ask") as asked:
        ask(page, question)
    return asked.value.post_data_json.get("engine")


def test_without_a_model_there_is_nothing_to_choose(visit, owner_site) -> None:
    page = visit(owner_site)
    assert engine_asked(page) is None
    assert not page.locator(".engine").is_visible()
    assert not page.locator(".sends").is_visible()
    assert not page.locator(".instead").is_visible()


def test_the_switch_is_remembered_and_the_endpoint_named_until_it_is_understood(visit, written_site, server) -> None:
    page = visit(written_site)
    assert page.get_by_role("radio", name="Written").is_checked()
    host = urlsplit(server.url).netloc
    assert f"passages of the articles are sent to writer at {host}." in page.locator(".sends").inner_text()
    page.get_by_role("button", name="Understood").click()
    assert not page.locator(".sends").is_visible()
    assert engine_asked(page) == "generative"
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Written").focus()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("radio", name="Quoted").is_checked()
    page.reload()
    page.locator(".engine").wait_for()
    assert page.get_by_role("radio", name="Quoted").is_checked()
    assert engine_asked(page) == "extractive"
    with page.expect_request("**/api/ask") as asked:
        page.goto(f"{written_site.address}/?q=How+much%3F")
    assert asked.value.post_data_json["engine"] == "extractive"  # as was chosen, also of an address
    page.locator(".exchange .actions").wait_for()
    page.get_by_role("radio", name="Written").check()
    assert not page.locator(".sends").is_visible()  # it has been said
    page.get_by_role("button", name="한국어").click()
    assert page.get_by_role("radio", name="모델 작성").is_checked()
    page.evaluate("localStorage.setItem('hanmi.engine.told', 'writer elsewhere.example')")
    page.reload()
    page.locator(".sends").wait_for()  # of another endpoint it is said again
    page.get_by_role("radio", name="원문 인용").check()
    assert not page.locator(".sends").is_visible()  # nothing is sent


def test_a_written_sentence_leads_to_its_words(visit, written_site, server) -> None:
    server.reply = scripted(f"{IN_CASH} {REJECTED}\n\n{TALKS}")
    page = visit(written_site)
    exchange = ask(page, QUESTION)
    status = exchange.locator(".status").inner_text()
    assert "● answered" in status
    assert "written by writer" in status
    assert "tokens" in exchange.locator(".status .spent").inner_text()
    assert [one.locator(".claim.supported").count() for one in exchange.locator(".prose > p").all()] == [2, 1]
    assert exchange.locator(".claim .chip").all_inner_texts() == ["1", "2", "3"]
    assert exchange.locator(".lead").count() == 0
    exchange.locator(".chip").first.click()
    page.locator(".reader mark.current").wait_for()
    assert "hand over the $350 billion" in page.locator(".reader mark.current").inner_text()


def test_a_sentence_that_is_mended_takes_the_place_of_the_one_that_was_marked(visit, written_site, server) -> None:
    go_on = threading.Event()
    answers = scripted(f"{WRONG} {REJECTED}", f"1: {TALKS}")

    def reply(body: dict[str, Any]) -> str:
        if len(body["messages"]) > 2:
            go_on.wait(60)  # until the page was looked at
        return answers(body)

    server.reply = reply
    page = visit(written_site)
    page.locator("#question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("writing · 1 sentence not supported so far").wait_for()
    assert page.locator(".claim.unsupported .unsupported-word").inner_text() == "not supported"
    assert "$450 billion" in page.locator(".prose").inner_text()
    go_on.set()
    exchange = page.locator(".exchange")
    exchange.locator(".actions").wait_for()
    assert "$450 billion" not in exchange.inner_text()
    assert "still negotiating" in exchange.locator(".claim.mended").inner_text()
    assert exchange.locator(".claim").first.get_attribute("class") == "claim supported mended"
    assert "1 sentence written anew after the check" in exchange.inner_text()
    page.reload()
    page.locator(".claim.mended").wait_for()


def test_a_sentence_that_stays_unsupported_is_marked_and_counted(visit, written_site, server) -> None:
    server.reply = scripted(f"{IN_CASH} {WRONG} {REJECTED} {WRONG.replace('$450', '$900')}", "1: DROP")
    page = visit(written_site)
    exchange = ask(page, QUESTION)
    assert "◐ partly answered" in exchange.locator(".status").inner_text()
    assert "1 of 3 sentences not supported" in exchange.locator(".status").inner_text()
    assert "$900 billion" in exchange.locator(".claim.unsupported").inner_text()
    assert "1 sentence left out after the check" in exchange.inner_text()
    assert "not supported" in page.locator(".unseen[role=status]").inner_text()  # also to a screen reader


def test_quotations_stand_instead_with_the_reason_on_top(visit, written_site, server) -> None:
    page = visit(written_site)
    mostly_wrong = f"{WRONG} {WRONG.replace('$450', '$900')} {REJECTED}"
    for says, why in (
        (Failure(401), "its key was refused"),
        ("Everything is as it was.", "cited nothing"),
        (mostly_wrong, "is not carried by the passages it cites"),
    ):
        if isinstance(says, Failure):
            server.failures = [says]
        else:
            server.reply = scripted(says)
        exchange = ask(page, QUESTION)
        on_top = exchange.locator(".notice.on-top")
        assert why in on_top.inner_text()
        assert on_top.bounding_box()["y"] < exchange.locator(".prose").bounding_box()["y"]
        assert exchange.locator(".claim.quoted").count()
        assert exchange.locator(".claim:not(.quoted), .claim.mended").count() == 0
        assert "the articles’ own sentences instead" in exchange.locator(".status").inner_text()
        assert exchange.get_by_role("button", name="Written instead").is_visible()


def test_the_other_engine_can_be_asked_the_same_question(visit, written_site, server) -> None:
    page = visit(written_site)
    ask(page, QUESTION)
    with page.expect_request("**/api/ask") as asked:
        page.get_by_role("button", name="Quoted instead").click()
    assert (asked.value.post_data_json["engine"], asked.value.post_data_json["question"]) == ("extractive", QUESTION)
    page.get_by_role("button", name="Written instead").wait_for()
    assert page.locator(".exchange").count() == 1
    assert page.locator(".claim.supported").count() == 0
    assert page.get_by_role("radio", name="Written").is_checked()  # the next question is asked as before
    with page.expect_request("**/api/ask") as again:
        page.get_by_role("button", name="Ask again").click()
    assert again.value.post_data_json["engine"] == "extractive"
    page.locator(".exchange .actions").wait_for()
    ask(page, "Hello")
    assert page.locator(".exchange").nth(1).locator(".instead").count() == 0  # nobody writes a greeting


def test_to_stop_closes_the_request_to_the_model(visit, written_site, server) -> None:
    server.hang_after = 25  # a sentence has been told
    page = visit(written_site)
    page.locator("#question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".claim.supported").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped before the answer was complete.").wait_for()
    assert server.left.get(timeout=60) == "/v1/chat/completions"
    page.get_by_role("button", name="Quoted instead").click()
    page.locator(".claim.quoted").first.wait_for()
    assert len(server.requests) == 1


def test_a_list_stands_as_a_list_and_is_copied_as_one(visit, written_site, server) -> None:
    hostile = "<img src=x onerror=alert(1)> The Diplomat reports that they rejected it [{out of hand}]."
    server.reply = scripted(f"- {IN_CASH}\n- {REJECTED}\n\n{TALKS} {hostile}")
    page = visit(written_site)
    exchange = ask(page, QUESTION)
    assert "onerror" in exchange.locator(".prose").inner_text()  # what a model writes is text
    assert exchange.locator(".prose img").count() == 0
    assert exchange.locator(".prose ul > li").count() == 2
    assert exchange.locator(".prose > p").count() == 1
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied with its citations.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "\n- South Korean leaders rejected the demand as unrealistic, The Diplomat writes. [2]\n" in copied


def test_on_a_phone_the_switch_can_be_touched_and_nothing_overflows(visit, written_site, server) -> None:
    page = visit(written_site, color_scheme="dark", **PHONE)
    page.locator(".engine").wait_for()
    for label in page.locator(".engine label").all():
        assert label.bounding_box()["height"] >= 40
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("radio", name="Quoted").tap()
    assert page.get_by_role("radio", name="Quoted").is_checked()
