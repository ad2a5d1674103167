"""What each set counts as found, and as answered, for one question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from evals.bench.answers import Said
from evals.bench.engines import Found, Ranked
from evals.datasets import Question
from evals.metrics import hit, ndcg, reciprocal_rank

SENTENCE: Final = "sentence"  # how the names of metrics begin that need an engine to give sentences
FIRST_CLAIM: Final = "first claim"  # … that need claims, and not chunks


def score_multihop_rag(question: Question, ranked: Ranked) -> dict[str, float]:
    """As the set's own code: a chunk is relevant when it holds a gold fact, white space removed."""
    first_ten = [_squeezed(passage.text) for passage in ranked.passages[:10]]
    facts = [_squeezed(fact) for fact in question.facts]
    relevant = [any(fact in words for fact in facts) for words in first_ten]
    return {
        "MRR@10": reciprocal_rank(relevant),
        "Hits@10": hit(relevant, 10),
        "Hits@4": hit(relevant, 4),
        "facts in ten": _share_held(question, ranked.passages[:10]),
    }


def score_facts(question: Question, said: Said) -> dict[str, float]:
    """The share of the gold facts that an answer quotes, each whole and within one quotation, white space removed."""
    share = _share_held(question, said.quotes)
    return {"facts cited": share, "all facts cited": float(share == 1), "a fact cited": float(share > 0)}


def score_paragraphs(question: Question, ranked: Ranked) -> dict[str, float]:
    """Whether the first chunk is of the right paragraph."""
    return {"paragraph first": hit([one.article_id in question.relevant for one in ranked.passages], 1)}


def score_sentences(question: Question, ranked: Ranked) -> dict[str, float]:
    """Right paragraph first; a right sentence is one of that paragraph that holds the words of a gold answer.

    By its words and not by ``answer_start``, which in the file is sometimes another mention of them.
    """
    right = [_is_right(question, one) for one in ranked.sentences]
    sentences: dict[str, float] = {f"{SENTENCE} first": hit(right, 1), f"{SENTENCE} in three": hit(right, 3)}
    return score_paragraphs(question, ranked) | sentences


def score_gold_words(question: Question, said: Said) -> dict[str, float]:
    """Whether the quotations hold the words of a gold answer: anywhere, and, stricter, of the right paragraph.

    Words and not meaning: "two" of another article counts for the first of the two figures, not for the second.
    """
    first = said.claims[0] if said.claims else ()
    return {
        "answer holds gold": float(any(_holds(question, one) for one in said.quotes)),
        "… of its paragraph": float(any(_is_right(question, one) for one in said.quotes)),
        f"{FIRST_CLAIM} holds gold": float(any(_holds(question, one) for one in first)),
        f"{FIRST_CLAIM} … of its paragraph": float(any(_is_right(question, one) for one in first)),
    }


def score_documents(question: Question, ranked: Ranked) -> dict[str, float]:
    """nDCG@10 over documents, each placed by its best chunk."""
    documents = list(dict.fromkeys(passage.article_id for passage in ranked.passages))
    return {"nDCG@10": ndcg(documents, question.relevant, 10)}


def _share_held(question: Question, found: Iterable[Found]) -> float:
    texts = [_squeezed(one.text) for one in found]
    held = [any(_squeezed(fact) in words for words in texts) for fact in question.facts]
    return sum(held) / len(held)


def _holds(question: Question, found: Found) -> bool:
    return any(answer in found.text for answer in question.answers)


def _is_right(question: Question, found: Found) -> bool:
    return found.article_id in question.relevant and _holds(question, found)


def _squeezed(text: str) -> str:
    return "".join(text.split())
