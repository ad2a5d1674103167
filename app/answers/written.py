"""The sentences a model wrote, made into the text of an answer: paragraphs and lists, markers, marks of what fails."""

from __future__ import annotations

from collections.abc import Sequence

from app.answers.checking import Checked
from app.answers.extractive import Composed, cite
from app.answers.schema import Citation, Claim, Language
from app.answers.units import Unit
from app.labels import LABELS
from app.question import NameMatch
from app.render.prose import escape_markdown

Place = tuple[str, int, int]  # article id, start, end


class Numbers:
    """Gives each cited span its number, in the order of first mention."""

    def __init__(self, matches: Sequence[NameMatch] = ()) -> None:
        """``matches``: names of the question, to say which met these words."""
        self._matches = matches
        self._cited: dict[Place, Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All so far, by number."""
        return tuple(self._cited.values())

    def claim(self, checked: Checked) -> Claim:
        """The sentence as a claim with the numbers of what it cites."""
        numbers = tuple(dict.fromkeys(self._number(unit) for unit in checked.units))
        return Claim(checked.text, numbers, "supported" if checked.supported else "unsupported")

    def _number(self, unit: Unit) -> int:
        place = (unit.source.article.id, unit.span.start, unit.span.end)
        if place not in self._cited:
            self._cited[place] = cite(unit, len(self._cited) + 1, self._matches)
        return self._cited[place].number


def compose_written(checked: Sequence[Checked], matches: Sequence[NameMatch], language: Language) -> Composed:
    """The answer's text in Markdown, its claims in order, and what they cite, numbered anew.

    Each paragraph and each item of a list is a block of its own. A claim's text stands in it as it is, escaped.
    """
    numbers = Numbers(matches)
    claims = tuple(numbers.claim(one) for one in checked)
    parts: list[str] = []
    item = 0
    for one, claim in zip(checked, claims, strict=True):
        opens = one.written.opens
        item = item + 1 if opens == "number" else 0 if opens else item
        start = {"": " ", "paragraph": "\n\n", "bullet": "\n\n- ", "number": f"\n\n{item}. "}[opens]
        parts.append(start + _marked(claim, language))
    return Composed("".join(parts).strip(), claims, numbers.citations)


def _marked(claim: Claim, language: Language) -> str:
    markers = [f"[{number}]" for number in claim.citations]
    failed = [f"*({LABELS[language]['unsupported']})*"] if claim.support == "unsupported" else []
    return " ".join([escape_markdown(claim.text), *markers, *failed])
