"""From a question to the words in the article, in a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from app.answers.schema import Claim, Notice, Usage
from app.errors import AppError
from ingest.articles import Article
from tests.app.samples import ARTICLE, FIRST, SECOND, answered
from tests.e2e.conftest import PHONE, ask
from tests.e2e.made import answer_from

QUESTION = "How much does Washington want Seoul to invest, and in what form?"


def test_a_question_leads_to_the_words_in_the_article(visit, owner_site) -> None:
    page = visit(owner_site)
    exchange = ask(page, QUESTION)
    assert "answered" in exchange.locator(".status").inner_text()
    assert "in cash" in exchange.locator(".prose").inner_text()
    chip = exchange.locator(".chip").nth(1)
    assert chip.get_attribute("aria-label") == "Citation 2: The Diplomat, September 2025"
    chip.hover()
    card = page.locator(".evidence .card.lit")
    assert card.get_attribute("data-number") == "2"
    quoted = card.locator("mark").inner_text()
    chip.click()
    page.locator(".reader mark.current").wait_for()
    assert page.locator(".reader mark.current").inner_text() == quoted
    assert page.locator(".reader mark.other").count() == exchange.locator(".chip").count() - 1
    assert page.locator(".reader mark.current").is_visible()
    page.keyboard.press("Escape")
    page.locator(".reader").wait_for(state="hidden")
    assert _focused(page) == "Citation 2: The Diplomat, September 2025"


def test_the_highlight_is_the_span_and_the_arrows_step_through_all(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "q").locator(".chip").first.click()
    shown = [page.locator(".reader mark.current").inner_text()]
    page.get_by_role("button", name="Next citation").click()
    page.get_by_text("2 of 2").wait_for()
    shown.append(page.locator(".reader mark.current").inner_text())
    page.keyboard.press("ArrowRight")
    page.get_by_text("1 of 2").wait_for()
    shown.append(page.locator(".reader mark.current").inner_text())
    assert shown == [FIRST, SECOND, FIRST]


def test_offsets_count_characters_where_the_browser_counts_units(visit, made_site, made) -> None:
    article = Article(
        "emoji", "𝒜 title", "🇰🇷🤝🇺🇸 Two flags. The 𝟛𝟝𝟘 billion is 🪙 cash. Done 🎉.", outlet="🗞️ News", published="2025"
    )
    made.index.held[article.id] = article
    made.says["flags"] = answer_from(article, "The 𝟛𝟝𝟘 billion is 🪙 cash.", "Done 🎉.")
    page = visit(made_site)
    exchange = ask(page, "flags")
    assert page.locator(".card").first.locator(".around").first.inner_text() == "🇰🇷🤝🇺🇸 Two flags."
    exchange.locator(".chip").first.click()
    assert page.locator(".reader mark.current").inner_text() == "The 𝟛𝟝𝟘 billion is 🪙 cash."
    assert page.locator(".reader .text").inner_text() == article.text


def test_sentences_appear_while_the_answer_is_on_its_way(visit, made_site, made) -> None:
    made.go_on.clear()
    page = visit(made_site)
    page.locator("#question").fill("q")
    page.keyboard.press("Enter")
    page.get_by_text(FIRST).wait_for()
    assert page.locator(".status.working").inner_text() == "writing"
    assert page.locator(".send").inner_text() == "Stop"
    assert not page.get_by_text(SECOND).is_visible()
    made.go_on.set()
    page.get_by_text(SECOND).first.wait_for()
    page.locator(".actions").wait_for()
    assert page.locator(".send").inner_text() == "Ask"


def test_an_answer_can_be_stopped_and_asked_again(visit, made_site, made) -> None:
    made.go_on.clear()
    page = visit(made_site)
    page.locator("#question").fill("q")
    page.keyboard.press("Enter")
    page.get_by_text(FIRST).wait_for()
    page.locator("#question").fill("another")
    page.keyboard.press("Enter")
    assert page.locator("#question").input_value() == "another"  # not lost, and not asked yet
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped before the answer was complete.").wait_for()
    made.go_on.set()
    page.get_by_role("button", name="Ask again").click()
    page.get_by_text(SECOND).first.wait_for()
    assert page.locator(".exchange").count() == 1


def test_the_one_article_state_says_what_there_is_and_offers_questions_it_answers(visit, owner_site) -> None:
    page = visit(owner_site)
    assert page.locator(".holding").inner_text() == "1 article · The Diplomat · Sep 2025"
    assert page.locator(".only-title").inner_text() == "US Pushes South Korea to Strengthen Self-Reliance"
    assert not page.locator(".filters-button").is_visible()  # one article leaves nothing to filter
    assert _focused(page) == "Question"
    page.locator(".only-title button").click()
    page.locator(".reader .text p").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".suggestion").first.wait_for(timeout=30_000)
    assert page.locator(".suggestion").count() == 4
    page.locator(".suggestion").first.click()
    page.locator(".exchange .actions").wait_for()
    assert "● answered" in page.locator(".status").inner_text()


def test_follow_ups_are_offered_and_asked_with_the_history(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "q")
    page.get_by_role("button", name="Why?").click()
    page.locator(".exchange").nth(1).locator(".actions").wait_for()
    question, history, _ = made.asked[1]
    assert (question, [turn["content"] for turn in history]) == ("Why?", ["q", answered().text])
    page.get_by_role("button", name="When?").wait_for()
    assert page.get_by_role("button", name="Why?").count() == 0  # it is asked


def test_what_the_articles_do_not_say_comes_with_the_nearest_passages(visit, owner_site) -> None:
    page = visit(owner_site)
    exchange = ask(page, "What did France say about fusion power in 2019?")
    assert "○ the articles don’t say" in exchange.locator(".status").inner_text()
    assert exchange.locator(".chip").count() == 0
    assert page.get_by_role("heading", name="Nearest in the articles").is_visible()
    page.locator(".evidence .open").first.click()
    page.locator(".reader mark.current").wait_for()


def test_a_sentence_that_is_not_supported_is_marked_in_word_and_line(visit, made_site, made) -> None:
    claims = (Claim(FIRST, (1,), "supported"), Claim("Seoul has agreed to everything.", (2,), "unsupported"))
    made.says["q"] = replace(
        answered(), claims=claims, text=f"{FIRST} [1] Seoul has agreed to everything. [2]", engine="generative",
        model="gpt-x", usage=Usage(1200, 34, 0.0042),
        notices=(Notice("unsupported", "1 of 2 sentences are not carried."),),
    )  # fmt: skip
    page = visit(made_site)
    exchange = ask(page, "q")
    assert exchange.locator(".unsupported-word").inner_text() == "not supported"
    words = exchange.locator(".claim.unsupported .words").first
    assert "wavy" in words.evaluate("one => getComputedStyle(one).textDecorationStyle")
    assert exchange.locator(".claim.supported .unsupported-word").count() == 0
    for part in ("written by gpt-x", "1,234 tokens", "$0.0042"):
        assert part in exchange.locator(".status").inner_text()
    assert "1 of 2 sentences not supported" in exchange.locator(".status").inner_text()
    assert "are not carried" not in exchange.inner_text()  # the status line has said it


def test_a_paragraph_begins_where_a_source_is_named(visit, made_site, made) -> None:
    other = Article("other", "Other", "Seoul refused.", outlet="Yonhap", published="2025-10")
    first, second = answer_from(ARTICLE, FIRST), answer_from(other, "Seoul refused.")
    lead = "According to The Diplomat (September 2025):"
    made.says["q"] = replace(
        first, text=f"{lead} {FIRST} [1]\n\nAccording to Yonhap (October 2025): Seoul refused\\. [2]",
        claims=(
            Claim(f"{lead} {FIRST}", (1,), "quoted"),
            Claim("According to Yonhap (October 2025): Seoul refused.", (2,), "quoted"),
        ),
        citations=(first.citations[0], replace(second.citations[0], number=2)),
    )  # fmt: skip
    page = visit(made_site)
    exchange = ask(page, "q")
    paragraphs = exchange.locator(".prose p").all_inner_texts()
    assert [paragraph[:21] for paragraph in paragraphs] == ["According to The Dipl", "According to Yonhap ("]
    assert exchange.locator(".lead").all_inner_texts() == [f"{lead} ", "According to Yonhap (October 2025): "]


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (AppError("Ask about something else."), "Ask about something else."),
        (ValueError("secret"), "Something went wrong here"),
    ],
)
def test_a_failure_is_one_sentence_and_the_next_question_works(visit, made_site, made, failure, sentence) -> None:
    made.says["bad"] = failure
    page = visit(made_site)
    exchange = ask(page, "bad")
    assert sentence in exchange.locator(".failed").inner_text()
    assert "secret" not in page.content()
    assert "answered" in ask(page, "good").locator(".status").inner_text()


def test_an_address_with_a_question_asks_it_once(visit, made_site, made) -> None:
    page = visit(made_site, "/?q=How%20much%3F")
    page.locator(".exchange .actions").wait_for()
    assert page.locator(".exchange h2").inner_text() == "How much?"
    assert page.url == f"{made_site.address}/"
    page.reload()
    page.locator(".exchange .actions").wait_for()
    assert [question for question, _, _ in made.asked] == ["How much?"]


def test_the_question_can_be_edited_and_asked_anew(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "How mcuh?").get_by_role("button", name="Edit").click()
    assert page.locator("#question").input_value() == "How mcuh?"
    assert _focused(page) == "Question"


def test_filters_restrict_a_question_and_stay_on_it(visit, many_site) -> None:
    page = visit(many_site)
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Yonhap").check()
    page.get_by_label("From").fill("20")
    assert page.locator(".chosen .filter-chip").count() == 1
    page.get_by_label("From").fill("2020-05-")
    assert "2025-09-30" in page.locator(".hint").inner_text()
    page.get_by_label("From").fill("2021")
    with page.expect_request("**/api/ask") as asked:
        exchange = ask(page, "How much did Seoul pay for American troops?")
    assert asked.value.post_data_json["filters"] == {"outlets": ["Yonhap"], "published_from": "2021"}
    assert exchange.locator(".filter-chip").all_inner_texts() == ["Yonhap", "from 2021"]
    assert set(page.locator(".card .who").all_inner_texts()) <= {
        f"Yonhap · {date}" for date in ("2023", "2021", "2 May 2024")
    }
    page.get_by_role("button", name="Remove Yonhap").click()
    with page.expect_request("**/api/ask") as asked:
        ask(page, "And the cost?")
    assert asked.value.post_data_json["filters"] == {"published_from": "2021"}


def test_an_article_that_changed_since_is_said_and_searched(visit, made_site, made) -> None:
    page = visit(made_site)
    exchange = ask(page, "q")
    made.index.held[ARTICLE.id] = replace(ARTICLE, text=f"A new beginning. {FIRST} The rest is gone.")
    exchange.locator(".chip").first.click()
    page.get_by_text("The article has changed since this answer; the quoted words were found again.").wait_for()
    assert page.locator(".reader mark.current").inner_text() == FIRST
    page.get_by_role("button", name="Next citation").click()
    page.get_by_text("these words are no longer in it").wait_for()
    assert SECOND in page.locator(".reader .note").inner_text()
    page.keyboard.press("Escape")
    del made.index.held[ARTICLE.id]
    exchange.locator(".chip").first.click()
    page.get_by_text("This article is no longer in the collection. It said:").wait_for()
    assert page.locator(".reader blockquote").inner_text() == FIRST


def test_the_original_opens_at_the_words_in_hangul_too(visit, made_site, made, browser) -> None:
    quote = "외교부 당국자는 올해 분담금이 1조 5천억 원이라고 말했다고 전하면서 협상이 곧 끝날 것이라고 덧붙였다."
    article = Article(
        "ko",
        "방위비",
        f"첫 문장이다. {quote}",
        outlet="한겨레",
        published="2025-07",
        lang="ko",
        url="http://news.example/a?b=1&c=2",
    )
    made.index.held[article.id] = article
    made.says["q"] = answer_from(article, quote)
    context = browser.new_context()
    filler = "".join(f"<p>분담금 이야기 {line}</p>" for line in range(200))
    context.route(
        "http://news.example/**",
        lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=f"{filler}<p>{quote}</p>{filler}"),
    )
    page = visit(made_site, context=context)
    ask(page, "q")
    link = page.locator(".card .original")
    address = link.get_attribute("href")
    assert address.startswith("http://news.example/a?b=1&c=2#:~:text=%EC%99%B8%EA%B5%90%EB%B6%80%20")
    assert link.get_attribute("rel") == "noopener noreferrer"
    with context.expect_page() as opened:
        link.click()
    opened.value.wait_for_function("scrollY > 1000")
    at = opened.value.evaluate(
        "[...document.querySelectorAll('p')].find(p => p.textContent.startsWith('외교부')).getBoundingClientRect().top"
    )
    assert 0 <= at <= 800
    context.close()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://", "https://a\u200bb.example", None]
)
def test_an_address_that_is_none_is_no_link(visit, made_site, made, url) -> None:
    made.says["q"] = replace(answered(), citations=tuple(replace(one, url=url) for one in answered().citations))
    page = visit(made_site)
    ask(page, "q")
    assert page.locator(".card").count() == 2
    assert page.locator(".original").count() == 0


def test_a_hangul_syllable_in_the_making_is_not_sent(visit, made_site, made) -> None:
    page = visit(made_site)
    page.locator("#question").fill("얼마")
    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    assert page.locator(".exchange").count() == 0
    page.keyboard.press("Shift+Enter")
    assert page.locator("#question").input_value() == "얼마\n"
    page.keyboard.press("Enter")
    page.locator(".exchange .actions").wait_for()
    assert made.asked[0][0] == "얼마"


def test_on_a_phone_the_evidence_is_folded_under_the_answer(visit, made_site, made) -> None:
    page = visit(made_site, **PHONE)
    exchange = ask(page, "q")
    fold = exchange.get_by_text("2 sources")
    assert not page.locator(".card").first.is_visible()
    fold.tap()
    assert page.locator(".card").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    exchange.locator(".chip").first.tap()
    page.locator(".reader mark.current").wait_for()
    assert page.locator(".reader").bounding_box()["width"] == 390


def test_a_window_that_narrows_takes_the_evidence_along(visit, made_site, made) -> None:
    page = visit(made_site)
    ask(page, "q")
    assert page.locator(".evidence .card").count() == 2
    page.set_viewport_size({"width": 700, "height": 800})
    page.locator(".fold .card").first.wait_for(state="attached")
    assert page.locator(".evidence .card").count() == 0
    page.set_viewport_size({"width": 1300, "height": 800})
    page.locator(".evidence .card").first.wait_for()
    assert page.locator(".card").count() == 2


def test_what_is_sent_is_json_that_the_api_documents(visit, made_site, made) -> None:
    page = visit(made_site)
    with page.expect_request("**/api/ask") as asked:
        ask(page, "  q  ")
    assert json.loads(asked.value.post_data) == {"question": "q", "history": [], "filters": {}}
    assert re.match("text/event-stream", asked.value.headers["accept"])


def _focused(page) -> str:
    return page.evaluate("document.getElementById('hanmi').shadowRoot.activeElement?.getAttribute('aria-label') ?? ''")
