"""Articles and answers that try to run scripts, reach out, or take the page over, all rendered in a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.answers.schema import Answer, Claim, Notice
from app.web.static_files import FOLDER
from ingest.articles import Article, Mark
from tests.app.samples import answered
from tests.e2e.conftest import PHONE, ask
from tests.e2e.made import MadeAssistant, cite_from
from tests.e2e.payloads import ADDRESSES, PAYLOADS

ARM = "() => { window.ran = 0; window.hit = () => { window.ran += 1; }; }"
INSIDE = "document.getElementById('hanmi').shadowRoot"
# What no article can bring: anything that runs, loads, submits or styles. Our own sheet, forms and buttons are named.
FOREIGN = (
    f"[...{INSIDE}.querySelectorAll('script, style, iframe, object, embed, img, image, video, audio, base, meta,"
    " template, foreignObject, animate, math, portal, marquee, link:not([rel=stylesheet]),"
    " form:not(.box, .rename, .reason-form), [style], [srcset], [formaction], [ping],"
    " a[href^=javascript], a[href^=data]')]"
    f".concat([...{INSIDE}.querySelectorAll('*')]"
    ".filter(one => one.getAttributeNames().some(name => name.startsWith('on'))))"
    ".map(one => one.outerHTML.slice(0, 120))"
)
TAKEN_OVER = f"""() => {{
  const root = {INSIDE}, box = root.querySelector('#question').getBoundingClientRect();
  const over = root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const top = root.querySelector('.top').getBoundingClientRect();
  return {{
    wider: document.documentElement.scrollWidth - innerWidth, over: over?.id, top: top.top,
    title: root.querySelector('h1').textContent, sheets: root.querySelectorAll('link').length,
  }};
}}"""


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("options", [{}, PHONE], ids=["laptop", "phone"])
def test_answers_cannot_run_reach_out_or_take_over(visit, made_site, made, options: dict[str, Any]) -> None:
    """Every payload as claim, quotation, title, outlet, speaker, kind, name, notice, and some as question."""
    page = visit(made_site, **options)
    page.evaluate(ARM)
    for start in range(0, len(PAYLOADS), 24):
        question = PAYLOADS[start] + "?"
        made.says[question] = _hostile_answer(made, PAYLOADS[start : start + 24])
        exchange = ask(page, question)
        assert exchange.locator(".chip").count() == len(PAYLOADS[start : start + 24])
        _check(page)
    for fold in page.locator(".fold summary").all():
        if fold.is_visible():
            fold.click()
    for chip in page.locator(".chip").all()[:: 6 if options else 2]:
        chip.focus()
    _check(page)


def test_articles_cannot_in_the_reader_and_the_library(visit, made_site, made) -> None:
    """Every payload as the text, the title and the metadata of an article, stepped through in the reader."""
    page = visit(made_site)
    page.evaluate(ARM)
    made.says["q"] = _hostile_answer(made, PAYLOADS)
    ask(page, "q").locator(".chip").first.click()
    for number in range(1, len(PAYLOADS) + 1):
        page.get_by_text(f"{number} of {len(PAYLOADS)}", exact=True).wait_for()
        page.locator(".reader mark.current").wait_for(state="attached")
        page.keyboard.press("j")
    assert page.evaluate(FOREIGN) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Library").click()
    page.locator("tbody tr").nth(len(PAYLOADS) - 1).wait_for()
    assert page.evaluate(FOREIGN) == []
    page.get_by_role("link", name="Ask", exact=True).click()
    _check(page)


def test_what_is_stored_cannot_in_the_history(visit, made_site, made) -> None:
    """Every payload as the title of a conversation, and as the question of one."""
    page = visit(made_site)
    page.evaluate(ARM)
    for number, payload in enumerate(PAYLOADS):
        exchange = {
            "question": payload,
            "filters": {"outlets": [payload]},
            "state": "failed",
            "sentence": payload,
            "answer": None,
        }
        one = {
            "id": str(number),
            "title": payload if number % 2 else "",
            "updated": "2026-01-01",
            "exchanges": [exchange],
        }
        page.evaluate(
            "([key, one]) => localStorage.setItem(key, one)", [f"hanmi.conversation.{number}", json.dumps(one)]
        )
    page.get_by_role("button", name="History").click()
    page.evaluate("window.dispatchEvent(new Event('storage'))")
    entries = page.locator(".rail .entry")
    assert entries.count() == len(PAYLOADS)
    for number in range(0, len(PAYLOADS), 9):
        entries.nth(number).click()
    _check(page)


def test_no_address_of_an_article_is_a_trap(visit, made_site, made) -> None:
    page = visit(made_site)
    page.evaluate(ARM)
    sample = answered()
    citations = tuple(replace(sample.citations[0], number=n, url=url) for n, url in enumerate(ADDRESSES, 1))
    claims = tuple(Claim("Words.", (n,), "quoted") for n in range(1, len(ADDRESSES) + 1))
    made.says["q"] = replace(sample, citations=citations, claims=claims)
    ask(page, "q")
    assert page.locator(".card").count() == len(ADDRESSES)
    assert page.locator(".original").count() == 0
    _check(page)


def test_a_careless_page_would_be_caught(visit, made_site, made, browser) -> None:
    """The checks above see a page that writes markup: our own, with its one careful line turned around."""
    careful = "document.createTextNode(printable(child))"
    script = (FOLDER / "dom.js").read_text("utf-8")
    assert careful in script
    careless = script.replace(careful, "document.createRange().createContextualFragment(String(child))")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.route("**/static/dom.js*", lambda route: route.fulfill(content_type="text/javascript", body=careless))
    context.route("https://evil.example/**", lambda route: route.abort())
    page = context.new_page()
    page.goto(made_site.address)
    page.locator("#question").wait_for()
    page.evaluate(ARM)
    made.says["q"] = _hostile_answer(made, PAYLOADS[8:16])
    ask(page, "q")
    page.wait_for_function("window.ran > 0")
    assert page.evaluate(FOREIGN)
    context.close()


def _hostile_answer(made: MadeAssistant, payloads: tuple[str, ...]) -> Answer:
    citations, claims = [], []
    for number, payload in enumerate(payloads, 1):
        article = _hostile_article(f"x{len(made.index.held)}", payload)
        made.index.held[article.id] = article
        words = payload.strip() or payload
        citations.append(
            cite_from(article, words, number, speaker=payload, matched_via=(payload,), flags=("instruction",))
        )
        claims.append(Claim(payload, (number,), "unsupported" if number % 3 == 0 else "quoted"))
    return replace(
        answered(), text="\n\n".join(payloads), claims=tuple(claims), citations=tuple(citations),
        matched_names=payloads, notices=tuple(Notice("opinion", payload) for payload in payloads), model=payloads[0],
        filters={"outlets": list(payloads[:3])},
    )  # fmt: skip


def _hostile_article(id_: str, payload: str) -> Article:
    text = f"Before it.\n\n{payload}\n\nAfter it. {payload}"
    marks = (Mark("heading", 12, 12 + len(payload)), Mark("speaker", 0, 10, "Before"))
    return Article(
        id_, payload, text, outlet=payload, section=payload, author=payload, published="2025-09",
        lang='"><b>', kind=payload, marks=marks, url="https://news.example/" + "a" * 300,
    )  # fmt: skip


def _check(page: Any) -> None:
    assert page.evaluate("window.ran") == 0
    assert page.evaluate(FOREIGN) == []
    state = page.evaluate(TAKEN_OVER)
    assert state == {"wider": 0, "over": "question", "top": 0, "title": "Hanmi", "sheets": 1}
