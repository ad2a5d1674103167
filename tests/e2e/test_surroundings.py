"""Keys, languages, light and dark, small screens, paper, screen readers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.answers.schema import Claim
from tests.app.samples import FIRST, answered, not_in_corpus
from tests.e2e.conftest import PHONE, ask, shoot

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
QUESTION = "How much does Washington want Seoul to invest, and in what form?"


def test_everything_can_be_done_with_keys(visit, made_site, made) -> None:
    page = visit(made_site)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("q?")
    page.keyboard.press("Enter")
    page.locator(".exchange .actions").wait_for()
    page.keyboard.press("Escape")
    for key, focused in (("j", "1"), ("j", "2"), ("j", "2"), ("k", "1")):
        page.keyboard.press(key)
        assert page.evaluate("document.getElementById('hanmi').shadowRoot.activeElement.dataset.number") == focused
        assert page.locator(".card.lit").get_attribute("data-number") == focused
    page.keyboard.press("o")
    page.locator(".reader mark.current").wait_for()
    page.keyboard.press("j")
    page.get_by_text("2 of 2").wait_for()
    page.keyboard.press("Escape")
    page.locator(".reader").wait_for(state="hidden")
    page.keyboard.press("?")
    assert page.locator("dialog.keys dt").count() >= 6
    page.keyboard.press("Escape")
    page.locator("dialog.keys").wait_for(state="detached")


def test_tab_reaches_the_question_first_and_every_chip(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "q")
    page.keyboard.press("Escape")
    page.evaluate("document.getElementById('hanmi').shadowRoot.querySelector('.skip').focus()")
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('hanmi').shadowRoot.activeElement.id") == "question"
    reached = set()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        reached.add(page.evaluate("document.getElementById('hanmi').shadowRoot?.activeElement?.className"))
    assert {"chip lit", "plain theme", "tab"} <= reached


def test_the_interface_speaks_korean_and_remembers_it(visit, owner_site) -> None:
    page = visit(owner_site)
    page.get_by_role("button", name="한국어").click()
    assert page.locator("#question").get_attribute("placeholder").startswith("글에서")
    assert page.evaluate("document.documentElement.lang") == "ko"
    page.reload()
    page.locator(".holding").wait_for()
    assert page.locator(".holding").inner_text() == "기사 1건 · The Diplomat · 2025년 9월"
    exchange = ask(page, "미국은 한국에 얼마를 투자하라고 요구했나?")
    assert "답변함" in exchange.locator(".status").inner_text()
    assert exchange.locator(".chip").first.get_attribute("aria-label") == "인용 1: The Diplomat, 2025년 9월"
    page.locator(".suggestion").first.wait_for()
    shoot(page, "korean-1440-light")
    page.get_by_role("button", name="English").click()
    assert "answered" in exchange.locator(".status").inner_text()


def test_a_korean_browser_gets_korean(visit, made_site, made) -> None:
    page = visit(made_site, locale="ko-KR")
    assert page.get_by_role("link", name="자료").is_visible()


def test_the_language_can_change_while_an_answer_is_on_its_way(visit, made_site, made) -> None:
    made.go_on.clear()
    page = visit(made_site)
    page.locator("#question").fill("q")
    page.keyboard.press("Enter")
    page.get_by_text(FIRST).wait_for()
    page.get_by_role("button", name="한국어").click()
    made.go_on.set()
    page.locator(".chip:not([disabled])").nth(1).wait_for()
    assert "답변함" in page.locator(".status").inner_text()


def test_light_dark_and_the_systems_choice(visit, made_site, made) -> None:
    page = visit(made_site, color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(22, 22, 20)"
    page.get_by_role("button", name="Theme: as the system").click()
    assert page.evaluate(paper) == "rgb(251, 250, 247)"
    page.reload()
    page.locator("#question").wait_for()
    assert page.evaluate(paper) == "rgb(251, 250, 247)"
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(paper) == "rgb(22, 22, 20)"


def test_on_paper_the_sources_are_endnotes_and_the_controls_are_gone(visit, made_site, made) -> None:
    page = visit(made_site, color_scheme="dark")
    ask(page, "q")
    page.emulate_media(media="print")
    assert page.locator(".endnotes").is_visible()
    assert page.locator(".endnotes p").count() == 2
    for gone in (".top", ".box", ".actions", ".evidence", ".next"):
        assert not page.locator(gone).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 247)"


def test_nothing_moves_for_who_asked_for_that(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "q").locator(".chip").first.click()
    assert page.locator(".reader").evaluate("one => getComputedStyle(one).animationName") == "none"


def test_what_a_finger_touches_is_large_enough(visit, made_site, made) -> None:
    page = visit(made_site, **PHONE)
    exchange = ask(page, "q")
    small = page.evaluate(
        """() => [...document.getElementById('hanmi').shadowRoot.querySelectorAll('button, summary, .tab')]
        .filter(one => one.checkVisibility() && !one.matches('.chip'))
        .map(one => [one.className || one.textContent, one.getBoundingClientRect().height])
        .filter(([, height]) => height && height < 40)"""
    )
    assert small == []
    box = exchange.locator(".chip").first.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] - 8)  # just above the box: still the chip
    page.locator(".reader mark.current").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["1440", "390"])
def test_every_state_passes_axe(visit, made_site, made, size: str, scheme: str) -> None:
    """No serious or critical violation; each state is also kept as a picture to look at."""
    page = visit(made_site, color_scheme=scheme, **(PHONE if size == "390" else DESKTOP))
    claims = (Claim(FIRST, (1,), "quoted"), Claim("Seoul has agreed to everything.", (2,), "unsupported"))
    made.says = {
        "marked": replace(answered(), claims=claims, matched_names=("United States",)),
        "nothing": not_in_corpus(),
    }
    made.says["fails"] = ValueError()
    page.locator(".suggestion").first.wait_for()
    wrong = {}

    def check(state: str) -> None:
        shoot(page, f"{state}-{size}-{scheme}")
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        if serious:
            wrong[state] = [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in serious]

    check("start")
    ask(page, "marked")
    check("answer")
    page.locator(".chip").first.click()
    page.locator(".reader mark.current").wait_for()
    check("reader")
    page.keyboard.press("Escape")
    ask(page, "nothing")
    check("nothing")
    page.locator("#question").fill("fails")
    page.locator(".send").click()
    page.locator(".failed").wait_for()
    page.get_by_role("button", name="History").click()
    check("history")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Library").click()
    page.locator("tbody tr").first.wait_for()
    check("library")
    assert wrong == {}


def test_axe_sees_into_the_page(visit, made_site, made) -> None:
    page = visit(made_site)
    page.locator(".holding").evaluate(
        "one => { one.style.color = '#ccc'; one.append(document.createElement('button')); }"
    )
    found = {one["id"] for one in Axe().run(page).response["violations"]}
    assert {"color-contrast", "button-name"} <= found


def test_the_filters_pass_axe(visit, many_site) -> None:
    page = visit(many_site)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Yonhap").check()
    shoot(page, "filters-1440-light")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
