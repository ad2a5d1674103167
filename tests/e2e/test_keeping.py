"""What stays: conversations in the browser, answers on the server, exports, feedback; and the library."""

from __future__ import annotations

import json
import sqlite3

import pytest

from ingest.articles import Article
from tests.app.samples import FIRST, SECOND
from tests.e2e.conftest import ask


def test_conversations_outlive_a_reload_and_a_restart_of_the_server(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "first question")
    ask(page, "second question")
    page.reload()
    page.locator(".exchange").nth(1).locator(".actions").wait_for()
    made_site.stop()
    exchange = _ask_in_vain(page, "third question")
    assert "cannot be reached" in exchange.locator(".failed").inner_text()
    made_site.start()
    exchange.get_by_role("button", name="Ask again").click()
    exchange.locator(".chip").first.wait_for()
    assert page.locator(".exchange > h2").all_inner_texts() == ["first question", "second question", "third question"]
    exchange.locator(".chip").first.click()
    page.locator(".reader mark.current").wait_for()


def test_a_page_closed_in_mid_answer_loses_nothing(visit, made_site, made) -> None:
    made.go_on.clear()
    page = visit(made_site)
    page.locator("#question").fill("cut off")
    page.keyboard.press("Enter")
    page.get_by_text(FIRST).wait_for()
    page.reload()
    made.go_on.set()
    page.get_by_text("The page was closed before the answer was complete.").wait_for()
    page.get_by_role("button", name="Ask again").click()
    page.locator(".chip").nth(1).wait_for()


def test_a_conversation_is_renamed_deleted_and_brought_back(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "How much does it cost?")
    page.get_by_role("button", name="History").click()
    rail = page.get_by_role("navigation", name="History")
    assert rail.get_by_role("heading", name="Today").is_visible()
    rail.get_by_role("button", name="Rename: How much does it cost?").click()
    page.get_by_label("Title").fill("Costs <b>")
    page.keyboard.press("Enter")
    rail.get_by_role("button", name="Costs <b>", exact=True).wait_for()
    ask(page, "And then?")
    assert rail.get_by_role("button", name="Costs <b>", exact=True).is_visible()  # asking on keeps the name
    rail.get_by_role("button", name="Delete: Costs <b>").click()
    assert page.locator(".exchange").count() == 0
    assert rail.locator("li").count() == 0
    page.get_by_role("button", name="Undo").click()
    page.locator(".exchange").nth(1).wait_for()
    assert rail.locator("li").count() == 1


def test_all_conversations_are_deleted_only_when_it_is_confirmed(visit, made_site, made) -> None:
    page = visit(made_site)
    rail = page.get_by_role("navigation", name="History")
    for question in ("a question", "another question"):
        page.get_by_role("link", name="Hanmi").click()
        ask(page, question)
    page.get_by_role("button", name="History").click()
    rail.get_by_role("button", name="a question", exact=True).click()
    assert page.locator(".exchange > h2").inner_text() == "a question"
    rail.get_by_role("button", name="Delete all").click()
    rail.get_by_role("button", name="Keep").click()
    assert rail.locator("li").count() == 2
    rail.get_by_role("button", name="Delete all").click()
    assert rail.get_by_text("Delete 2 conversations?").is_visible()
    rail.get_by_role("button", name="Delete", exact=True).click()
    assert rail.locator("li").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter(key => key.includes('conversation'))") == []


def test_two_tabs_of_one_conversation_keep_what_both_ask(visit, made_site, made, browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    one = visit(made_site, context=context)
    ask(one, "asked at first")
    other = visit(made_site, context=context)  # it lists the history from the start
    other.get_by_role("button", name="asked at first", exact=True).click()
    made.go_on.clear()
    one.locator("#question").fill("asked here")
    one.keyboard.press("Enter")
    one.locator(".exchange").nth(1).locator(".claim").wait_for()
    other.locator("#question").fill("asked there")
    other.keyboard.press("Enter")
    other.locator(".exchange").nth(1).locator(".claim").wait_for()
    made.go_on.set()
    for page in (one, other):
        page.locator(".exchange").nth(2).locator(".actions").wait_for()
        assert page.locator(".exchange .chip").count() == 6
    kept = one.evaluate(
        "Object.keys(localStorage).filter(key => key.includes('conversation')).map(key => localStorage[key])"
    )
    assert sorted(exchange["question"] for exchange in json.loads(kept[0])["exchanges"]) == [
        *("asked at first", "asked here", "asked there")
    ]
    # Both tabs keep at the same moment, and the other, which does not know our answer yet, is the later one.
    other.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((key) => key.includes("conversation"));
            const stored = JSON.parse(localStorage.getItem(key));
            for (const one of stored.exchanges.slice(1)) Object.assign(one, { state: "working", answer: null });
            localStorage.setItem(key, JSON.stringify(stored));
        }"""
    )
    one.wait_for_function(
        """() => Object.keys(localStorage).filter((key) => key.includes("conversation"))
            .every((key) => JSON.parse(localStorage[key]).exchanges.every(({ state }) => state === "done"))"""
    )
    assert one.locator(".exchange .chip").count() == 6
    other.get_by_role("button", name="Delete: asked at first").click()
    one.get_by_text("This conversation was deleted in another tab.").wait_for()
    other.get_by_role("button", name="Undo").click()
    one.get_by_role("button", name="History").click()
    one.get_by_role("button", name="asked at first", exact=True).click()
    assert one.locator(".exchange").count() == 3
    context.close()


def test_an_older_conversation_stands_under_earlier(visit, made_site, made) -> None:
    page = visit(made_site)
    old = {"id": "old", "title": "", "created": "2024-01-01T00:00:00Z", "updated": "2024-01-01T00:00:00Z"}
    exchange = {"question": "An old one", "filters": {}, "state": "done", "answer": None, "claims": []}
    stored = json.dumps({**old, "exchanges": [exchange]})
    page.evaluate("stored => localStorage.setItem('hanmi.conversation.old', stored)", stored)
    page.evaluate("localStorage.setItem('hanmi.conversation.broken', '{')")
    page.reload()
    rail = page.get_by_role("navigation", name="History")
    rail.get_by_role("heading", name="Earlier").wait_for()
    assert rail.locator("li").count() == 1


def test_a_full_store_is_said_and_the_answer_shown_all_the_same(visit, made_site, made) -> None:
    page = visit(made_site)
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    ask(page, "q")
    assert "store is full" in page.locator(".toast").inner_text()


@pytest.mark.parametrize(("name", "ending"), [("Markdown", "md"), ("HTML", "html"), ("JSON", "json")])
def test_a_conversation_is_exported_with_its_citations(visit, made_site, made, tmp_path, name, ending) -> None:
    page = visit(made_site)
    ask(page, "How much is it?")
    exchange = ask(page, "And 언제?")
    exchange.get_by_text("Export").click()
    with page.expect_download() as downloading:
        exchange.get_by_role("button", name=name).click()
    assert downloading.value.suggested_filename == f"How-much-is-it.{ending}"
    downloading.value.save_as(tmp_path / "kept")
    kept = (tmp_path / "kept").read_text("utf-8")
    if ending == "json":
        citations = [citation for answer in json.loads(kept)["answers"] for citation in answer["citations"]]
        assert [citation["quote"] for citation in citations] == [FIRST, SECOND] * 2
        assert all(citation["article_sha256"] and citation["end"] > citation["start"] for citation in citations)
    else:
        assert kept.count("And 언제?") >= 1


def test_an_answer_is_copied_with_its_citations(visit, made_site, made, browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = visit(made_site, context=context)
    ask(page, "How much?").get_by_role("button", name="Copy").click()
    page.get_by_text("Copied with its citations.").wait_for()
    lines = page.evaluate("navigator.clipboard.readText()").split("\n\n")
    assert lines[0] == "How much?"
    assert f"{FIRST} [1] {SECOND} [2]" in lines
    assert any(line.startswith("[2] The Diplomat, September 2025: “US Pushes") and SECOND in line for line in lines)
    context.close()


def test_an_answer_has_an_address_of_its_own(visit, made_site, made, browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = visit(made_site, context=context)
    ask(page, "How much?").get_by_role("button", name="Link").click()
    page.get_by_text("Link to this answer copied.").wait_for()
    address = page.evaluate("navigator.clipboard.readText()")
    context.close()
    other = visit(made_site, address.removeprefix(made_site.address))
    other.locator(".exchange .chip").first.click()
    other.locator(".reader mark.current").wait_for()
    other.keyboard.press("Escape")
    assert other.evaluate("Object.keys(localStorage).some(key => key.includes('conversation'))") is False
    ask(other, "And then?")  # asked on, it is this browser's own
    assert other.url == f"{made_site.address}/"
    assert other.evaluate("Object.keys(localStorage).some(key => key.includes('conversation'))") is True


def test_an_answer_that_is_no_longer_kept_is_said(visit, made_site, made) -> None:
    page = visit(made_site, f"/a/{'f' * 32}")
    page.get_by_text("This answer is no longer kept here. Ask the question again.").wait_for()
    assert "answered" in ask(page, "q").locator(".status").inner_text()


def test_feedback_reaches_the_server_with_its_reason(visit, made_site, made) -> None:
    page = visit(made_site)
    exchange = ask(page, "q")
    exchange.get_by_role("button", name="Helpful", exact=True).click()
    exchange.locator(".vote.up[aria-pressed=true]").wait_for()
    exchange.get_by_role("button", name="Not helpful").click()
    exchange.get_by_label("What was wrong? (optional)").fill("wrong <year>")
    exchange.get_by_role("button", name="Send").click()
    exchange.locator(".reason-form").wait_for(state="detached")
    assert page.get_by_text("Noted, thank you.").is_visible()
    with sqlite3.connect(made_site.home / "hanmi.db") as database:
        assert "wrong <year>" in str(database.execute("select * from feedback order by rowid desc").fetchall())
    page.reload()
    page.locator(".vote.down[aria-pressed=true]").wait_for()


# The library


def test_the_library_lists_searches_filters_sorts_and_reads(visit, many_site) -> None:
    page = visit(many_site)
    page.get_by_role("link", name="Library").click()
    rows = page.locator("tbody tr")
    page.get_by_text("10 articles", exact=True).wait_for()
    assert rows.first.locator("td").first.inner_text() == "14 Nov 2025"
    assert "undated" in rows.last.inner_text()  # what has no date comes last
    page.get_by_role("button", name="Date").click()
    assert rows.first.locator("td").first.inner_text() == "2019"
    assert page.locator("th.col-date").get_attribute("aria-sort") == "ascending"
    page.get_by_label("All outlets").select_option("Yonhap")
    assert rows.count() == 4
    page.get_by_placeholder("Search titles").fill("COSTS 2021")
    assert page.get_by_text("1 of 10 articles").is_visible()
    rows.first.get_by_role("button").click()
    page.locator(".reader h2").get_by_text("About costs-2021").wait_for()
    page.keyboard.press("Escape")
    page.get_by_placeholder("Search titles").fill("nothing like it")
    assert page.get_by_text("No article fits.").is_visible()
    assert page.locator(".chart svg").count() == 5
    page.reload()
    page.get_by_text("10 articles", exact=True).wait_for()  # its address shows it again


def test_the_library_counts_what_this_browser_cites(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "q")
    page.get_by_role("link", name="Library").click()
    assert page.locator("td.col-cited").first.inner_text() == "2"


def test_files_that_could_not_be_read_are_listed_with_the_reason(visit, made_site, made) -> None:
    report = {"failed": [{"file": "<b>broken.pdf", "reason": "the file is no PDF"}], "duplicates": []}
    page = visit(made_site)
    page.route("**/api/page", lambda route: _with(route, problems=report["failed"], last_sync="2026-01-02T03:04:05Z"))
    page.reload()
    page.locator(".holding").wait_for()
    page.get_by_role("link", name="Library").click()
    page.get_by_text("1 file could not be read").click()
    page.reload()  # its own address shows the same
    page.get_by_text("1 file could not be read").click()
    assert page.locator(".ingest li").inner_text() == "<b>broken.pdf the file is no PDF"
    assert "Last read from the corpus folder: 2 Jan 2026" in page.locator(".ingest").inner_text()


def test_without_articles_the_page_says_how_to_add_some(visit, made_site, made) -> None:
    made.index.held.clear()
    page = visit(made_site)
    page.get_by_text("There are no articles yet.").wait_for()
    assert "corpus/articles/" in page.locator(".lead-words").inner_text()
    made.index.held["x"] = Article("x", "The first", "Now there is one.", outlet="Yonhap", published="2025")
    page.get_by_text("1 article · Yonhap · 2025").wait_for()  # the page looks again by itself


def _with(route, **changes) -> None:
    reply = route.fetch()
    route.fulfill(json={**reply.json(), **changes})


def _ask_in_vain(page, question: str):
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    exchange = page.locator(".exchange").last
    exchange.locator(".failed").wait_for()
    return exchange
