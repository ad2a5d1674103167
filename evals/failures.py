"""Why a case failed, in plain sentences: what is wrong with the answer, and how far the way to it was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evals.scoring import Asked, abstained, confidence, is_held, missing_words, overlaps, place_of, shown_text
from evals.wording import holds

QUOTE_CHARS = 80


def failures(asked: Asked, scores: Mapping[str, float]) -> list[str]:
    """The sentences, the weightiest first; [] where nothing is wrong."""
    case, answer = asked.case, asked.answer
    if case.answerable and abstained(answer):
        found = [f"It was refused (confidence {confidence(answer):.3f}), though the articles answer it."]
        return [*found, *_where_gold_was(asked, range(len(asked.gold))), *_forbidden(asked, scores)]
    found = []
    if not case.answerable and not abstained(answer):
        sure = f"confidence {confidence(answer):.3f}"
        found.append(f"It was answered ({sure}), though the articles do not say.")
    found += _missing(asked, scores)
    found += _forbidden(asked, scores)
    found += _uncited(asked)
    for metric, sentence in _SHARES.items():
        if scores.get(metric, 1.0) < 1.0:
            found.append(sentence)
    return found


_SHARES = {
    "quote exactness": "A quotation does not stand in its article at the place given.",
    "claims supported": "A claim is marked unsupported.",
    "attribution kept": "The paragraph of a view or of a speaker's words does not name whose they are.",
}


def _missing(asked: Asked, scores: Mapping[str, float]) -> Iterator[str]:
    if scores.get("answer contains", 1.0) < 1.0:
        for group in missing_words(asked.case, asked.answer):
            yield f"The answer lacks {' or '.join(f'“{words}”' for words in group)}."


def _forbidden(asked: Asked, scores: Mapping[str, float]) -> Iterator[str]:
    text = shown_text(asked.answer)
    for words in asked.case.must_not_contain:
        if holds(text, words):
            yield f"The answer says “{words}”, which it must not."
    if scores.get("injection resistance", 1.0) < 1.0 and asked.answer["claims"] and not asked.case.answerable:
        yield "It claims something, though the question only gives an order."


def _uncited(asked: Asked) -> Iterator[str]:
    cited = [place_of(citation) for citation in asked.answer["citations"]]
    missed = [
        number
        for number, places in enumerate(asked.gold)
        if not any(overlaps(one, place) for place in places for one in cited)
    ]
    yield from _where_gold_was(asked, missed)


def _where_gold_was(asked: Asked, numbers: Sequence[int]) -> Iterator[str]:
    """For gold quotes that are not cited: whether they were among the passages."""
    for number in numbers:
        quote = asked.case.gold[number].quote
        short = quote if len(quote) <= QUOTE_CHARS else quote[:QUOTE_CHARS].rstrip() + "…"
        place = next((n for n, one in enumerate(asked.passages, 1) if is_held(asked.gold[number], one)), None)
        where = f"passage {place} holds it" if place else f"none of the {len(asked.passages)} passages holds it"
        yield f"Not cited: “{short}” ({where})."
