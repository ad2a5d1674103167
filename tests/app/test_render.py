"""What a reader gets to see of an Answer, in each form."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from app.answers.schema import Answer, Basis
from app.labels import display_basis, display_date
from app.render import answer_json, answer_lines, to_html, to_markdown, to_terminal, to_text, web_address
from app.render.prose import MARKER_TOKEN, escape_markdown, parse
from tests.app.samples import FIRST, SECOND, answered, cite, not_in_corpus


def plain(answer: Answer) -> str:
    return to_text(answer_lines(answer))


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><form action=//e>\x1b[2J\x07"


class Tags(HTMLParser):
    """Every tag and attribute of a piece of HTML, and whether each is closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


OURS = {"article", "p", "span", "div", "sup", "a", "ol", "ul", "li", "blockquote", "mark", "h3", "br", "em", "strong"}


def hostile_answer():
    citation = replace(
        cite(1, FIRST), title=HOSTILE, outlet=HOSTILE, speaker=HOSTILE, kind=HOSTILE, url="javascript:alert(1)",
        quote=HOSTILE, matched_via=(HOSTILE,), flags=("instruction",),
    )  # fmt: skip
    return answered(
        question=HOSTILE, text=f"{HOSTILE} [1] ![x](https://evil.example/) [y](javascript:alert(3))",
        citations=(citation,), nearest=(citation,), matched_names=(HOSTILE,), notices=(),
    )  # fmt: skip


def test_markers_lead_to_the_quotation_with_that_number() -> None:
    page = to_html(answered())
    targets = re.findall(r'<sup class="chip"><a href="#([^"]+)"', page)
    assert targets == ["a0f3a-1", "a0f3a-2"]
    assert [re.search(f'<li id="{target}"', page) is not None for target in targets] == [True, True]
    assert f"<mark>{SECOND}</mark>" in page
    assert 'aria-label="Citation 2: The Diplomat · September 2025 · analysis"' in page


def test_a_marker_without_a_citation_and_an_escaped_one_stay_text() -> None:
    page = to_html(answered(text=r"Seen in [7] and \[1\] and [0]."))
    assert 'class="chip"' not in page
    assert "Seen in [7] and [1] and [0]." in page


@pytest.mark.parametrize("render", [to_html, to_markdown, plain])
def test_control_characters_do_not_get_through(render) -> None:
    shown = render(hostile_answer())
    assert "alert(2)" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_nothing_hostile_becomes_markup() -> None:
    tags = Tags(to_html(hostile_answer()))
    assert set(tags.tags) <= OURS
    assert not tags.open
    assert {name for name, _ in tags.attributes} <= {
        "class",
        "lang",
        "id",
        "href",
        "aria-label",
        "aria-hidden",
        "tabindex",
        "title",
    }
    assert all((value or "").startswith("#") for name, value in tags.attributes if name == "href")
    assert "alert(2)" in tags.text


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_closed_harmless_html(text: str, title: str, quote: str) -> None:
    answer = answered(text=text, citations=(replace(cite(1, FIRST), title=title, quote=quote, url=title),))
    tags = Tags(to_html(answer))
    assert set(tags.tags) <= OURS
    assert not tags.open


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \\`*_[]1.-<>&"), max_size=60))
def test_escaped_markdown_reads_as_the_same_characters(text: str) -> None:
    words = " ".join(text.split())
    tokens = [child for token in parse(escape_markdown(words)) for child in token.children or []]
    assert all(token.type != MARKER_TOKEN for token in tokens)
    assert "".join(token.content for token in tokens).strip() == words


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a", "https://example.org/a"),
        (" http://example.org ", "http://example.org"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("https://a b", None),
        ("https://a\u202eb", None),
        ("//example.org", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_only_http_addresses_become_links(url: str | None, link: str | None) -> None:
    assert web_address(url) == link


def test_an_address_is_escaped_in_its_link() -> None:
    assert 'href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer"' in to_html(answered())


def test_plain_text_has_status_markers_numbered_quotations_and_notices() -> None:
    lines = plain(answered()).splitlines()
    assert lines[0] == "● answered · 1 article · September 2025"
    assert lines[2] == f"According to The Diplomat (September 2025): {FIRST} [1] {SECOND} [2]"
    assert lines[4] == "[1] The Diplomat · September 2025 · analysis"
    assert lines[6] == f"    > {FIRST}"
    assert lines[7] == "    https://example.org/a?b=1&c=2"
    assert lines[-1] == "Answered without a language model."


def test_what_is_nearest_is_shown_where_nothing_answers() -> None:
    for render in (plain, to_html, to_markdown):
        shown = render(not_in_corpus())
        assert "The articles don't say" in shown.replace("&#x27;", "'")
        assert SECOND in shown
        assert "Nearest in the articles" in shown
        assert "[1]" not in shown


def test_korean_words_stand_around_a_korean_answer() -> None:
    answer = answered(language="ko", notices=(), citations=(cite(1, FIRST, matched_via=("OPCON = 전작권",)),))
    shown = plain(answer)
    assert shown.startswith("● 답변함 · 기사 1건 · 2025년 9월\n")
    assert "연결된 이름: OPCON = 전작권" in shown
    assert "2025년 9월" in to_html(answer)


def test_a_terminal_gets_colours_and_links_and_a_pipe_neither() -> None:
    terminal, pipe = io.StringIO(), io.StringIO()
    Console(file=terminal, force_terminal=True, width=60, _environ={}).print(to_terminal(answer_lines(answered())))
    Console(file=pipe, width=60, _environ={}).print(to_terminal(answer_lines(answered())))
    assert "\x1b]8;" in terminal.getvalue()
    assert "https://example.org/a?b=1&c=2" in terminal.getvalue()
    assert "\x1b" not in pipe.getvalue()
    assert all(len(line) <= 60 for line in pipe.getvalue().splitlines())


def test_an_escape_sequence_in_an_article_does_not_reach_the_terminal() -> None:
    out = io.StringIO()
    Console(file=out, width=80, _environ={}).print(to_terminal(answer_lines(hostile_answer())))
    assert "\x1b" not in out.getvalue()


def test_square_brackets_in_an_article_are_no_console_markup() -> None:
    out = io.StringIO()
    Console(file=out, width=200, _environ={}).print(to_terminal(answer_lines(answered(text="A [bold]b[/bold] c"))))
    assert "A [bold]b[/bold] c" in out.getvalue()


def test_markdown_escapes_articles_and_keeps_numbers() -> None:
    citation = replace(cite(1, FIRST), title="A *b* [c](d)", url="https://example.org/x y)")
    shown = to_markdown(answered(citations=(citation, cite(2, SECOND))))
    assert r"A \*b\* \[c\](d)" in shown
    assert "https://example.org/x" not in shown
    assert r"\[2\] The Diplomat · September 2025 · analysis: [US Pushes" in shown
    assert f"> {SECOND}" in shown


def test_what_stands_around_a_quotation_is_cut_at_words() -> None:
    words = "word " * 200
    passage = answered().citations[0].passage
    citation = replace(
        cite(1, FIRST),
        start=1000,
        end=1000 + len(FIRST),
        passage=replace(passage, text=words + FIRST + " " + words, end=9999),
    )
    page = to_html(answered(citations=(citation,)))
    before, after = re.findall(r'<span class="around">(.*?)</span>', page)
    assert before.startswith("… word")
    assert after.endswith("word …")
    assert 100 < len(before) < 130


def test_json_is_the_contract() -> None:
    plain = answer_json(answered())
    assert plain["citations"][0]["quote"] == FIRST
    assert plain["claims"][1] == {"text": SECOND, "citations": [2], "support": "quoted"}
    assert plain["usage"] == {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0}
    assert set(plain) == {
        "id", "created_at", "question", "standalone_question", "filters", "matched_names", "status", "engine", "model",
        "language", "text", "claims", "citations", "notices", "basis", "nearest", "confidence", "usage",
        "index_generation", "timings_ms",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("date", "english", "korean"),
    [
        ("2025", "2025", "2025년"),
        ("2025-09", "September 2025", "2025년 9월"),
        ("2023-04-06", "6 April 2023", "2023년 4월 6일"),
        (None, "", ""),
    ],
)
def test_partial_dates_in_words(date: str | None, english: str, korean: str) -> None:
    assert (display_date(date, "en"), display_date(date, "ko")) == (english, korean)


def test_the_basis_names_outlets_only_where_there_are_several() -> None:
    assert display_basis(Basis(3, 2, "2023-04-26", "2025-11"), "en") == [
        "3 articles",
        "2 outlets",
        "26 April 2023 – November 2025",
    ]
    assert display_basis(Basis(1, 1, None, None), "en") == ["1 article"]
    assert display_basis(Basis(), "ko") == []
