"""An Answer as HTML: status, text with numbered chips, quotations they lead to, notices. Everything is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from markdown_it.token import Token

from app.answers.schema import Answer, Citation, Language
from app.labels import LABELS, SHAPES, STATUS_WORDS, display_basis
from app.render.parts import around, place_line, printable, source_line, web_address
from app.render.prose import MARKER_TOKEN, parse

_CHIP = '<sup class="chip">'


def to_html(answer: Answer, *, places: bool = False) -> str:
    """One ``<article>`` whose ids begin with the answer's id, so that several fit on a page.

    ``places``: with the article, the characters and the hash of each quotation, as ``hanmi verify`` reads them.
    """
    anchor = "a" + re.sub(r"[^A-Za-z0-9_-]", "", answer.id)
    parts = (
        f'<article class="answer {answer.status}" lang="{answer.language}" id="{anchor}">',
        _status(answer),
        f'<div class="{_prose_class(answer)}">{_prose(answer.text, answer.citations, anchor, answer.language)}</div>',
        _notices(answer),
        _quotations(answer.citations, anchor, answer.language, places),
        _nearest(answer, places),
        "</article>",
    )
    return "".join(parts)


def _prose_class(answer: Answer) -> str:
    """A model's words are told apart from the articles', as ``hanmi verify`` does."""
    return "prose written" if answer.engine == "generative" else "prose"


def _status(answer: Answer) -> str:
    basis = [f"<span>{escape(part)}</span>" for part in display_basis(answer.basis, answer.language)]
    shape = f'<span class="shape" aria-hidden="true">{SHAPES[answer.status]}</span>'
    word = f"<span>{shape} {escape(STATUS_WORDS[answer.language][answer.status])}</span>"
    names = ""
    if answer.matched_names:
        names = _labelled("names", ", ".join(answer.matched_names), answer.language)
    if answer.engine == "generative":
        basis.append(f"<span>{escape(LABELS[answer.language]['written'].format(model=answer.model or '?'))}</span>")
    return f'<p class="status">{"".join([word, *basis])}</p>{names}'


def _notices(answer: Answer) -> str:
    return "".join(f'<p class="notice">{_words(notice.text)}</p>' for notice in answer.notices)


def _prose(text: str, citations: Sequence[Citation], anchor: str, language: Language) -> str:
    cited = {citation.number: citation for citation in citations}
    return "".join(_block(token, cited, anchor, language) for token in parse(text))


def _block(token: Token, cited: dict[int, Citation], anchor: str, language: Language) -> str:
    if token.type == "inline":
        inline = "".join(_inline(child, cited, anchor, language) for child in token.children or [])
        return inline.replace(f" {_CHIP}", _CHIP)  # a chip keeps to its sentence when the line breaks
    if token.type == "ordered_list_open":
        return f'<ol start="{int(token.attrs.get("start", 1))}">'
    if token.nesting and not token.hidden:
        return f"<{token.tag}>" if token.nesting > 0 else f"</{token.tag}>"
    return ""


def _inline(token: Token, cited: dict[int, Citation], anchor: str, language: Language) -> str:
    if token.type == MARKER_TOKEN:
        citation = cited.get(int(token.content))
        return _chip(citation, anchor, language) if citation else f"[{token.content}]"
    if token.nesting:
        return f"<{token.tag}>" if token.nesting > 0 else f"</{token.tag}>"
    return "<br>" if token.type in ("softbreak", "hardbreak") else _words(token.content)


def _chip(citation: Citation, anchor: str, language: Language) -> str:
    name = LABELS[language]["citation"].format(number=citation.number, source=source_line(citation, language))
    return (
        f'{_CHIP}<a href="#{anchor}-{citation.number}" aria-label="{escape(name)}" title="{escape(name)}">'
        f"{citation.number}</a></sup>"
    )


def _quotations(citations: Sequence[Citation], anchor: str, language: Language, places: bool) -> str:
    if not citations:
        return ""
    cards = "".join(
        f'<li id="{anchor}-{citation.number}" tabindex="-1"><span class="number">{citation.number}</span>'
        f"{_card(citation, language, places)}</li>"
        for citation in citations
    )
    return f'<ol class="evidence" aria-label="{LABELS[language]["sources"]}">{cards}</ol>'


def _nearest(answer: Answer, places: bool) -> str:
    if not answer.nearest:
        return ""
    cards = "".join(f"<li>{_card(citation, answer.language, places)}</li>" for citation in answer.nearest)
    return f'<h3>{LABELS[answer.language]["nearest"]}</h3><ul class="evidence">{cards}</ul>'


def _card(citation: Citation, language: Language, places: bool) -> str:
    before, after = around(citation)
    mark = _placed(citation) if places else "<mark>"
    return "".join(
        (
            f'<p class="source">{escape(source_line(citation, language))}</p>',
            f'<p class="title">{_title(citation, language)}</p>',
            f"<blockquote>{_aside(before)}{mark}{_words(citation.quote)}</mark>{_aside(after)}</blockquote>",
            f'<p class="place">{_words(place_line(citation, language))}</p>' if places else "",
            *_remarks(citation, language),
        )
    )


def _placed(citation: Citation) -> str:
    return (
        f'<mark data-article="{escape(citation.article_id)}" data-sha256="{escape(citation.article_sha256)}" '
        f'data-start="{citation.start}" data-end="{citation.end}">'
    )


def _title(citation: Citation, language: Language) -> str:
    address = web_address(citation.url)
    if address is None:
        return _words(citation.title)
    label = LABELS[language]["open"]
    link = f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{label} ↗</a>'
    return f"{_words(citation.title)} {link}"


def _remarks(citation: Citation, language: Language) -> Iterator[str]:
    if citation.matched_via:
        yield _labelled("matched_via", ", ".join(citation.matched_via), language)
    if "instruction" in citation.flags:
        yield f'<p class="flag">{LABELS[language]["flag_instruction"]}</p>'


def _labelled(label: str, value: str, language: Language) -> str:
    return f'<p class="remark">{LABELS[language][label]}: {_words(value)}</p>'


def _aside(text: str) -> str:
    return f' <span class="around">{_words(text)}</span> ' if text else ""


def _words(text: str) -> str:
    return escape(printable(text)).replace("\n", "<br>")
