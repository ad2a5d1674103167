"""The answer without a language model: the articles' own sentences, each with who says it and when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.answers.schema import Basis, Citation, Claim, Language, PassageSpan
from app.answers.units import Unit
from app.name_forms import holds_form, met_form
from app.planted import holds_planted
from app.question import NameMatch
from app.render.prose import escape_markdown
from app.texts import lead_in, text

# Only of words spoken or written can a speaker be named: "Trump has demanded more" is the author's sentence.
_REPORTS_SPEECH = re.compile(
    r"[\"“”「」『』]|\b(?:said|says|told|tells|wrote|writes|added|argued|argues|stated|according to)\b"
    r"|고 (?:말|밝|전|강조)"
)
# A question about how something went on over time is answered in the order of time.
_OVER_TIME = re.compile(
    r"\bover time\b|\bhistory of\b|\btimeline\b|\bevol(?:ve|ved|ution)\b"
    r"|\bhow (?:has|have|did) .{3,80}\b(?:change|develop|shift)"
    r"|변화|추이|경과|연혁",
    re.IGNORECASE,
)


class Composed(NamedTuple):
    """The text of an answer with what its markers stand for."""

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


def compose(question: str, units: Sequence[Unit], language: Language, matches: Sequence[NameMatch]) -> Composed:
    """One paragraph for each article and speaker: a lead-in, then its sentences, the best of all first.

    Articles come in the order of their best sentence, or of time when the question asks how something changed.
    """
    groups = _grouped(question, units)
    leads = _lead_ins(groups, language)
    claims: list[Claim] = []
    citations: list[Citation] = []
    paragraphs: list[str] = []
    for lead, group in zip(leads, groups, strict=True):
        parts = [escape_markdown(lead)]
        for place, unit in enumerate(group):
            number = len(citations) + 1
            citations.append(cite(unit, number, matches))
            words = " ".join(unit.quote.split())
            parts.append(f"{escape_markdown(words)} [{number}]")
            claims.append(Claim(words if place else f"{lead} {words}", (number,), "quoted"))
        paragraphs.append(" ".join(parts))
    return Composed("\n\n".join(paragraphs), tuple(claims), tuple(citations))


def cite(unit: Unit, number: int, matches: Sequence[NameMatch] = ()) -> Citation:
    """The unit as a numbered citation; ``matches``: names of the question, to say which met these words."""
    article, chunk = unit.source.article, unit.passage.chunk
    start, end = min(chunk.start, unit.span.start), max(chunk.end, unit.span.end)
    return Citation(
        number=number,
        article_id=article.id,
        article_sha256=article.sha256,
        title=article.title,
        outlet=article.outlet,
        author=article.author,
        speaker=unit.speaker or (unit.quoted if _REPORTS_SPEECH.search(unit.quote) else None),
        published=article.published,
        url=article.url,
        kind=article.kind,
        start=unit.span.start,
        end=unit.span.end,
        quote=unit.quote,
        passage=PassageSpan(start, end, article.text[start:end]),
        matched_via=tuple(dict.fromkeys(_met_by(unit.quote, article.text[start:end], matches))),
        flags=("instruction",) if holds_planted(unit.quote) else (),
    )


def basis_of(citations: Sequence[Citation]) -> Basis:
    """How many articles and outlets the citations rest on, and from when."""
    dates = sorted(citation.published for citation in citations if citation.published)
    return Basis(
        articles=len({citation.article_id for citation in citations}),
        outlets=len({citation.outlet for citation in citations if citation.outlet}),
        oldest=dates[0] if dates else None,
        newest=dates[-1] if dates else None,
    )


def _grouped(question: str, units: Sequence[Unit]) -> list[list[Unit]]:
    """Units by article and lead-in, each group in the order of the article; the best of all leads its own.

    Not where the question asks for a course of events: its answer is told in the order of time.
    """
    articles = list(dict.fromkeys(unit.source.article.id for unit in units))
    in_time = bool(_OVER_TIME.search(question))
    if in_time:
        published = {unit.source.article.id: unit.source.article.published or "" for unit in units}
        articles.sort(key=lambda article_id: published[article_id])
    groups: list[list[Unit]] = []
    for article_id in articles:
        of_article = [unit for unit in units if unit.source.article.id == article_id]
        for unit in sorted(of_article, key=lambda unit: (in_time or unit is not units[0], unit.span)):
            if groups and groups[-1][0].source is unit.source and _led_alike(groups[-1][0], unit):
                groups[-1].append(unit)
            else:
                groups.append([unit])
    return groups


def _led_alike(one: Unit, other: Unit) -> bool:
    return one.speaker == other.speaker and one.caption == other.caption


def _lead_ins(groups: Sequence[Sequence[Unit]], language: Language) -> list[str]:
    """One for each group; where two articles of one outlet and date are cited, with their titles."""
    articles = {unit.source.article.id: unit.source.article for group in groups for unit in group}
    sources = Counter((article.outlet, article.published) for article in articles.values())
    leads = []
    for first, *_ in groups:
        article = first.source.article
        outlet = article.outlet
        if outlet and sources[outlet, article.published] > 1:
            outlet = f"{outlet}, {text('untitled_source', language, title=article.title)}"
        lead = lead_in(
            language,
            outlet=outlet,
            published=article.published,
            title=article.title,
            author=article.author,
            speaker=first.speaker,
            caption=first.caption,
        )
        leads.append(" ".join(lead.split()))
    return leads


def _met_by(quote: str, passage: str, matches: Sequence[NameMatch]) -> Iterator[str]:
    """For each name met only under another form: "OPCON = wartime operational control"; the quotation's own first."""
    for match in matches:
        if not holds_form(passage, match.written):
            form = met_form(match, quote) or met_form(match, passage)
            if form:
                yield f"{match.written} = {form}"
