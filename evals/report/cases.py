"""A row of a run as the report shows it: the answer in pieces, its citations and the gold beside each other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.answers.schema import Status
from app.labels import SHAPES, STATUS_WORDS, display_date
from app.render import web_address
from evals.judge_words import verdict_words
from evals.report.figures import shown
from evals.scoring import Place, is_held, overlaps, place_of
from evals.writing import written_or_not

_MARKER: Final = re.compile(r"\[(\d+)\]")
_RESULTS: Final = {"passed": "passed", "failed": "failed", "error": "error", "not_run": "not run"}


@dataclass(frozen=True)
class Piece:
    """A stretch of text; ``number`` of the citation it stands for, or whether it is gold."""

    text: str
    number: int | None = None
    gold: bool = False


@dataclass(frozen=True)
class Cited:
    """A citation, or a passage that came nearest (``number`` None)."""

    number: int | None
    source: str
    title: str
    url: str | None
    article_id: str
    pieces: tuple[Piece, ...]  # of the quotation
    on_gold: bool


@dataclass(frozen=True)
class GoldQuote:
    """What should be found; ``cited_by`` the citations that hold it, ``passage`` the place of the first that does."""

    article_id: str
    quote: str
    cited_by: tuple[int, ...]
    passage: int | None


@dataclass(frozen=True)
class CaseView:
    """All that is shown of a case."""

    anchor: str
    result: str  # a key of _RESULTS
    result_words: str
    row: Mapping[str, Any]
    status: str  # "● answered", "" without an answer
    text: tuple[Piece, ...]
    unsupported: tuple[str, ...]
    citations: tuple[Cited, ...]
    nearest: tuple[Cited, ...]
    gold: tuple[GoldQuote, ...]
    scores: tuple[tuple[str, str], ...]  # title, figure
    verdicts: tuple[str, ...]  # of a judge, each given twice


def case_view(number: int, row: Mapping[str, Any], metrics: Mapping[str, Any]) -> CaseView:
    """The row of that number, counted from 0, with metrics by their titles."""
    answer = row.get("answer")
    spans = [place_of(span) for span in row.get("gold_spans") or ()]
    result = row["state"] if row["state"] != "scored" else "failed" if row["failures"] else "passed"
    citations = answer["citations"] if answer else ()
    return CaseView(
        anchor=f"case{number}",
        result=result,
        result_words=_RESULTS.get(result, result),
        row=row,
        status=_status(answer) if answer else "",
        text=_pieces(answer["text"], citations) if answer else (),
        unsupported=tuple(one["text"] for one in answer["claims"] if one["support"] == "unsupported") if answer else (),
        citations=tuple(_cited(citation, spans, numbered=True) for citation in citations),
        nearest=tuple(_cited(one, spans, numbered=False) for one in answer["nearest"]) if answer else (),
        gold=_gold(row, citations),
        scores=tuple((metrics.get(name, {}).get("title", name), shown(value)) for name, value in row["scores"].items()),
        verdicts=verdict_words(row.get("judge")),
    )


def _status(answer: Mapping[str, Any]) -> str:
    status: Status = answer["status"]
    who = {"written": f" · written by {answer['model']}", "quoted instead": " · quoted instead of written"}
    return f"{SHAPES.get(status, '')} {STATUS_WORDS['en'].get(status, status)}{who.get(written_or_not(answer), '')}"


def _pieces(text: str, citations: Sequence[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """The text, with the markers of its citations apart."""
    numbers = {citation["number"] for citation in citations}
    pieces: list[Piece] = []
    at = 0
    for marker in _MARKER.finditer(text):
        number = int(marker[1])
        if number in numbers:
            pieces += [Piece(text[at : marker.start()].removesuffix(" ")), Piece(marker[1], number)]
            at = marker.end()
    return (*pieces, Piece(text[at:]))


def _cited(citation: Mapping[str, Any], gold: Sequence[Place], *, numbered: bool) -> Cited:
    date = display_date(citation["published"], "en")
    source = (citation["outlet"], citation["speaker"] or citation["author"], date, citation["kind"])
    return Cited(
        number=citation["number"] if numbered else None,
        source=" · ".join(part for part in source if part),
        title=citation["title"],
        url=web_address(citation["url"]),
        article_id=citation["article_id"],
        pieces=_marked(citation, gold),
        on_gold=any(overlaps(place_of(citation), place) for place in gold),
    )


def _marked(citation: Mapping[str, Any], gold: Sequence[Place]) -> tuple[Piece, ...]:
    """The quotation, cut where gold begins and ends."""
    here = place_of(citation)
    marked = [place for place in gold if place.article_id == here.article_id]
    inside = {edge for place in marked for edge in (place.start, place.end) if here.start < edge < here.end}
    cuts = sorted({here.start, here.end, *inside})
    return tuple(
        Piece(
            citation["quote"][low - here.start : high - here.start],
            gold=any(place.start <= low < place.end for place in marked),
        )
        for low, high in itertools.pairwise(cuts)
    )


def _gold(row: Mapping[str, Any], citations: Sequence[Mapping[str, Any]]) -> tuple[GoldQuote, ...]:
    """Each gold quote of the case with what holds it."""
    passages = [place_of(passage) for passage in row.get("passages") or ()]
    return tuple(
        GoldQuote(
            gold["article_id"],
            gold["quote"],
            tuple(one["number"] for one in citations if any(overlaps(place_of(one), place) for place in places)),
            next((rank for rank, passage in enumerate(passages, 1) if is_held(places, passage)), None),
        )
        for gold, places in zip(row["case"].get("gold") or (), _places(row), strict=False)
    )


def _places(row: Mapping[str, Any]) -> list[list[Place]]:
    """Where each gold quote of the case stands, in their order."""
    found: list[list[Place]] = [[] for _ in row["case"].get("gold") or ()]
    for number, span in enumerate(row.get("gold_spans") or ()):
        found[span.get("gold", number)].append(place_of(span))
    return found
