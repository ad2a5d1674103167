"""The report of a run in a browser: hostile words stay words, and the filters find what they should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from evals.report import write_report
from tests.e2e.conftest import PHONE, Watch
from tests.e2e.payloads import ADDRESSES, PAYLOADS
from tests.evals.case_files import a_case, unanswerable
from tests.evals.made_answers import INVESTS, REOPENED, answered, cite, refused
from tests.evals.made_runs import lost_row, made_row, write_run
from tests.evals.report_tags import hostile_run

ARM = "window.ran = 0; window.hit = () => { window.ran += 1; };"
FOREIGN = (
    "[...document.querySelectorAll('iframe, object, embed, img, image, video, audio, base, template, foreignObject,"
    " animate, math, portal, marquee, plaintext, textarea, dialog, script[src], [style], [srcset], [formaction],"
    " [ping], form:not(#controls), link:not([rel=icon]), meta[http-equiv=refresh]')]"
    ".concat([...document.querySelectorAll('a')].filter(one => !one.getAttribute('href').startsWith('#')))"
    ".concat([...document.querySelectorAll('*')]"
    ".filter(one => one.getAttributeNames().some(name => name.startsWith('on'))))"
    ".map(one => one.outerHTML.slice(0, 120))"
)
WIDER = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def look(browser):
    """Opens a report in a browser of its own; fails if it did wrong."""
    contexts, watches = [], []

    def open_report(file: Path, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        context.add_init_script(ARM)
        page = context.new_page()
        watches.append(Watch(page, file.parent.as_uri()))
        page.goto(file.as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()
    assert [wrong for watch in watches for wrong in watch.wrong] == []


@pytest.fixture
def report(tmp_path) -> Path:
    rows = [
        made_row(a_case(), answered(cite(REOPENED), cite(INVESTS, 2))),
        made_row(a_case(id="lost", lang="ko"), refused(cite(INVESTS))),
        made_row(unanswerable(), refused(cite(INVESTS))),
        lost_row(a_case(id="broken"), "error", "the model was away"),
    ]
    return write_report(write_run(tmp_path / "run", rows))


def visible(page: Any) -> list[str]:
    """The cases that are shown, by id."""
    return [one.split(" · ")[1] for one in page.locator(".case:visible summary .quiet").all_inner_texts()]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["laptop", "phone"])
def test_hostile_words_cannot_run_reach_out_or_take_over(look, tmp_path, options: dict[str, Any]) -> None:
    page = look(write_report(hostile_run(tmp_path / "run", (*PAYLOADS, *ADDRESSES))), **options)
    page.locator("#open-all").click()
    page.locator("input").fill("evil")
    for choice in page.locator("select").all():
        choice.select_option(index=1)
    assert page.evaluate("window.ran") == 0
    assert page.evaluate(FOREIGN) == []
    assert page.evaluate(WIDER) == 0
    assert page.locator("h1").inner_text() == "Hanmi"


def test_cases_are_filtered_by_each_choice_and_by_words(look, report) -> None:
    page = look(report)
    assert page.locator(".case[open]").count() == 0
    assert visible(page) == ["harbour-1", "lost", "harbour-2", "broken"]
    for name, value, ids in (
        ("result", "failed", ["lost"]),
        ("result", "error", ["broken"]),
        ("kind", "unanswerable", ["harbour-2"]),
        ("lang", "ko", ["lost"]),
    ):
        page.locator(f"select[name={name}]").select_option(value)
        assert visible(page) == ids
        assert page.locator("#count").inner_text() == f"{len(ids)} of 4 cases"
        page.locator(f"select[name={name}]").select_option("")
    page.locator("input").fill("REOPENED invest")  # words of the citations, in any order
    assert visible(page) == ["harbour-1", "lost"]
    page.locator("#open-all").click()
    assert page.locator(".case[open]").count() == 2
    page.locator("input").fill("")
    page.locator(".chip").first.click()
    assert page.url.endswith("#case0-1")


def test_without_scripts_every_case_is_open(look, report) -> None:
    page = look(report, java_script_enabled=False)
    assert page.locator(".case:visible").count() == page.locator(".case[open]").count() == 4
    assert not page.locator("#controls").is_visible()


def test_an_address_of_a_case_opens_it_and_print_shows_all(look, report) -> None:
    page = look(report)
    page.goto(f"{report.as_uri()}#case1")
    page.reload()
    assert page.locator(".case[open]").get_attribute("id") == "case1"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".case[open]").count() == 4


@pytest.mark.parametrize(("size", "scheme"), [("1440", "light"), ("390", "dark")])
def test_it_passes_axe_and_fits_the_screen(look, report, size: str, scheme: str) -> None:
    page = look(report, color_scheme=scheme, **(PHONE if size == "390" else {}))
    page.locator("#open-all").click()
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert page.evaluate(WIDER) == 0
