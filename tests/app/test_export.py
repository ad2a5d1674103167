"""An export in each format holds every citation with its place; verification finds each that no longer holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from app.answers.schema import Claim
from app.errors import BadInput
from app.export import export, file_name
from app.verification import check, read_export
from ingest.articles import Article
from tests.app.samples import ARTICLE, FIRST, SECOND, answered, cite, not_in_corpus

FORMATS = ("markdown", "html", "json")
HOSTILE = Article(
    id="odd `id` <b>, characters 1–2",
    title="</mark><script>alert(1)</script> ](javascript:alert(1))",
    text=(
        "> article x, characters 0–1, SHA-256 "
        + "0" * 64
        + "\n\n- *One* \\ `two` </mark> &amp; [3](x)\n1. # a_b_c | ~x~"
    ),
    outlet="<img src=x onerror=alert(1)>",
)
ANSWERS = [answered(), answered(id="1b", question="더?", language="ko"), not_in_corpus()]


def hostile():
    quote = HOSTILE.text
    about = {"article_id": HOSTILE.id, "article_sha256": HOSTILE.sha256, "title": HOSTILE.title, "start": 0}
    citation = replace(cite(1, FIRST), **about, end=len(quote), quote=quote, outlet=HOSTILE.outlet, url="javascript:x")
    return answered(citations=(citation,), claims=(), text="*x* <script>alert(1)</script> [1]", question="<b>?\n# x")


@pytest.mark.parametrize("format_", FORMATS)
def test_every_citation_can_be_read_back_with_its_place_and_holds(format_: str) -> None:
    held = read_export(export(format_, ANSWERS, "Talks"))
    cited = held.cited
    words = [citation.quote for answer in ANSWERS for citation in (*answer.citations, *answer.nearest)]
    assert [each.quote for each in cited] == words == [FIRST, SECOND, FIRST, SECOND, SECOND]
    assert {(each.article_id, each.sha256) for each in cited} == {(ARTICLE.id, ARTICLE.sha256)}
    assert all(ARTICLE.text[each.start : each.end] == each.quote for each in cited)
    assert all(each.holds and not each.note for each in check(held, {ARTICLE.id: ARTICLE}.get))


@pytest.mark.parametrize("format_", FORMATS)
def test_words_that_look_like_markup_or_like_a_place_are_read_back_as_they_are(format_: str) -> None:
    held = read_export(export(format_, [hostile()]))
    (cited,) = held.cited
    assert " ".join(cited.quote.split()) == " ".join(HOSTILE.text.split())
    (finding,) = check(held, {HOSTILE.id: HOSTILE}.get)
    assert finding.holds


@pytest.mark.parametrize("format_", ["markdown", "html"])
def test_nothing_in_an_export_runs_or_loads(format_: str) -> None:
    text = export(format_, [hostile()])
    if format_ == "markdown":
        text = MarkdownIt("commonmark").render(text)
    assert "<script" not in text
    assert "<img" not in text
    assert "href=" not in text.replace('href="#', "")
    assert "default-src 'none'" in text or format_ == "markdown"


def test_prose_in_markdown_keeps_its_markers_and_nothing_that_loads_or_links() -> None:
    told = (
        "*Yes* [1] [2][3]. ![x](http://x.example) [1](http://y.example) <b>\n\n[1]: http://z.example\n\n# Top\n\n- one"
    )
    html = MarkdownIt("commonmark").render(export("markdown", [answered(text=told, citations=())]))
    assert not re.search(r"<(?:img|a|b|h2)\b|<h1>Top", html)
    assert all(part in html for part in ("<em>Yes</em>", "[1] [2][3]", "![x](http://x.example)", "<li>one</li>"))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("old", "new", "holds", "note"),
    [
        ("balked at", "agreed to", False, "does not say this any more"),
        ("Talks go on. ", "Talks go on and on. ", True, "the words stand at"),
        (" South Korean leaders balked at the demand.", "", False, "does not say this any more"),
    ],
)
def test_a_changed_article_is_told_and_only_lost_words_fail(
    format_, old: str, new: str, holds: bool, note: str
) -> None:
    changed = replace(ARTICLE, text=ARTICLE.text.replace(old, new))
    held = read_export(export(format_, [answered()]))
    second = check(held, {ARTICLE.id: changed}.get)[1]
    assert (second.holds, note in second.note) == (holds, True)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_quotation_changed_in_the_file_does_not_hold(format_: str) -> None:
    text = export(format_, [answered()]).replace("balked at the demand", "welcomed the demand")
    findings = check(read_export(text), {ARTICLE.id: ARTICLE}.get)
    assert [each.holds for each in findings] == [True, False]
    assert findings[1].note == "the article does not say this"


WRITTEN = "Washington is demanding that Seoul hand over the $350 billion “in cash.”"  # two words less than the article


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("format_", FORMATS)
def test_what_a_model_wrote_is_no_changed_quotation(format_: str, language: str) -> None:
    words = {"text": f"{WRITTEN} [1]", "claims": (Claim(WRITTEN, (1,), "supported"),), "language": language}
    written = answered(engine="generative", model="a_model*", citations=(cite(1, FIRST),), **words)
    mixed = [answered(), written, answered(id="2", question="And?")]
    assert all(each.holds for each in check(read_export(export(format_, mixed)), {ARTICLE.id: ARTICLE}.get))
    changed = export(format_, [written, replace(written, engine="extractive", model=None)])
    assert not any(each.holds for each in check(read_export(changed), {ARTICLE.id: ARTICLE}.get))


def test_words_that_stand_elsewhere_in_the_same_article_do_not_hold() -> None:
    moved = replace(cite(1, SECOND), start=0, end=len(SECOND))
    (finding,) = check(read_export(export("json", [answered(citations=(moved,))])), {ARTICLE.id: ARTICLE}.get)
    at = ARTICLE.text.index(SECOND)
    assert (finding.holds, finding.note) == (False, f"the words do not stand there but at {at}–{at + len(SECOND)}")


def test_an_article_that_has_gone_is_told() -> None:
    (finding, _) = check(read_export(export("json", [answered()])), {}.get)
    assert (finding.holds, finding.note) == (False, "the article is not in the index any more")


def test_answers_as_the_command_line_and_a_batch_print_them_can_be_checked_too() -> None:
    one = json.loads(export("json", [answered()]))["answers"][0]
    batch = json.dumps({"id": 1, "answer": one}) + "\n" + json.dumps({"id": 2, "error": "no"}) + "\n"
    assert len(read_export(json.dumps(one)).cited) == len(read_export(batch).cited) == 2


@pytest.mark.parametrize(
    "text", ["", "# Notes\n\n> a quote\n", "{}", "[", "<!doctype html><mark>x</mark>", "[" * 99_999]
)
def test_a_file_without_citations_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_export(text)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Talks & tariffs: 2025?", "Talks-tariffs-2025.md"),
        ("관세 협상", "관세-협상.md"),
        ("../..", "hanmi.md"),
        ("", "hanmi.md"),
    ],
)
def test_the_name_of_the_file_comes_from_the_title_and_is_safe(title: str, name: str) -> None:
    assert file_name(title, "markdown") == name
