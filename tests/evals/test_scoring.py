"""Answers made by hand get the scores that they are worth; what does not apply is absent."""

from dataclasses import replace

import pytest

from app.answers.schema import Claim
from evals.cases import read_case
from evals.failures import failures
from evals.scoring import METRICS, Asked, GoldMissing, Place, places_of, score
from ingest.articles import Article
from tests.evals.case_files import HARBOUR, a_case, unanswerable
from tests.evals.made_answers import ARTICLE, INVESTS, REOPENED, VISITED, answered, cite, refused

TWO = [{"article_id": "harbour", "quote": REOPENED}, {"article_id": "harbour", "quote": INVESTS}]
ARTICLES = {"harbour": ARTICLE}


def span(quote: str) -> Place:
    start = HARBOUR.index(quote)
    return Place("harbour", start, start + len(quote))


def asked(answer, passages=(), row=None) -> Asked:
    case = read_case(row or a_case())
    return Asked(case, answer, passages, places_of(case, ARTICLES.get))


def scores(*arguments, **named) -> dict[str, float]:
    return score(asked(*arguments, **named), ARTICLES.get)


def test_a_right_answer_scores_one_throughout_and_has_no_failures():
    right = asked(answered(cite(REOPENED)), [span(REOPENED)])
    found = score(right, ARTICLES.get)
    assert found == {
        "answer contains": 1,
        "citation recall": 1,
        "citation precision": 1,
        "wrong abstentions": 0,
        "claims supported": 1,
        "quote exactness": 1,
        "recall@1": 1,
        "recall@5": 1,
        "recall@10": 1,
        "MRR@10": 1,
        "nDCG@10": 1,
    }
    assert list(found) == [name for name in METRICS if name in found]
    assert failures(right, found) == []


def test_the_words_asked_for_may_stand_in_the_text_or_in_a_quotation():
    words = a_case(answer_contains=[["Tuesday", "monday"], ["Ulsan"]])
    assert scores(answered(cite(REOPENED)), row=words)["answer contains"] == 1
    assert scores(answered(cite(REOPENED), text="See [1]."), row=words)["answer contains"] == 1
    assert scores(answered(text="On Monday, in Busan."), row=words)["answer contains"] == 0
    money = a_case(answer_contains=[["26 billion dollars"]])
    assert scores(answered(text=r"It is \~$26 billion."), row=money)["answer contains"] == 1


def test_a_refusal_of_what_the_articles_answer_gets_nothing():
    wrong = asked(refused(cite(REOPENED)), [span(VISITED)])
    found = score(wrong, ARTICLES.get)
    assert (found["answer contains"], found["citation recall"], found["wrong abstentions"]) == (0, 0, 1)
    assert "citation precision" not in found
    assert found["quote exactness"] == 1  # the nearest passages are quotations too
    first, second = failures(wrong, found)
    assert first == "It was refused (confidence 0.200), though the articles answer it."
    assert "none of the 1 passages holds it" in second
    small_talk = answered(status="conversation", text="On Monday I help with Ulsan.", confidence=1.0)
    assert scores(small_talk)["answer contains"] == 0
    assert scores(small_talk)["wrong abstentions"] == 1


def test_citations_meet_gold_where_they_share_half_of_the_shorter():
    end = len(REOPENED)  # where the first gold quote ends
    inside, across, outside = HARBOUR[5:15], HARBOUR[end - 15 : end + 10], HARBOUR[end - 10 : end + 15]
    both = a_case(gold=TWO)
    found = scores(answered(cite(inside), cite(across, 2), cite(outside, 3), cite(VISITED, 4)), row=both)
    assert found["citation recall"] == 1 / 2
    assert found["citation precision"] == 1 / 2
    assert scores(answered(cite(across)))["citation recall"] == 1
    assert scores(answered(cite(outside)))["citation recall"] == 0
    elsewhere = answered(cite(REOPENED, article_id="other"))
    assert scores(elsewhere)["citation recall"] == 0


def test_a_gold_quote_counts_wherever_the_article_says_it():
    twice = Article("harbour", "t", "It reopened. Later: It\nreopened. It reopened")
    case = read_case(a_case(gold=[{"article_id": "harbour", "quote": "It reopened."}]))
    (places,) = places_of(case, {"harbour": twice}.get)
    assert [(one.start, one.end) for one in places] == [(0, 12), (20, 32)]


def test_gold_that_is_nowhere_cannot_be_scored():
    for gold in ({"article_id": "harbour", "quote": "It sank."}, {"article_id": "gone", "quote": REOPENED}):
        with pytest.raises(GoldMissing, match=r"It sank|no article gone"):
            places_of(read_case(a_case(gold=[gold])), ARTICLES.get)


def test_ranks_are_those_of_the_passages_that_hold_half_a_quote():
    miss = span(VISITED)
    part = span(REOPENED[: len(REOPENED) // 2 - 1])  # less than half
    found = scores(answered(cite(REOPENED)), [miss, part, span(REOPENED), miss, miss, span(INVESTS)], a_case(gold=TWO))
    assert (found["recall@1"], found["recall@5"], found["recall@10"]) == (0, 0.5, 1)
    assert found["MRR@10"] == pytest.approx(1 / 3)
    # places 3 and 6 beside places 1 and 2: (1/2 + 1/log2 7) / (1 + 1/log2 3)
    assert found["nDCG@10"] == pytest.approx((0.5 + 0.3562) / 1.6309, abs=1e-3)


def test_one_passage_with_all_the_gold_is_the_best_order():
    whole = Place("harbour", 0, len(HARBOUR))
    assert scores(answered(cite(REOPENED)), [whole, whole], a_case(gold=TWO))["nDCG@10"] == 1
    nothing = scores(answered(cite(REOPENED)), [], a_case(gold=TWO))
    assert (nothing["recall@10"], nothing["MRR@10"], nothing["nDCG@10"]) == (0, 0, 0)


def test_what_the_articles_do_not_say_is_to_be_refused():
    row = unanswerable(must_not_contain=["$5"])
    assert scores(refused(), row=row) == {"abstention recall": 1, "must not contain": 1}
    spoken = asked(answered(cite(INVESTS), text="It costs $5 [1]."), row=row)
    found = score(spoken, ARTICLES.get)
    assert (found["abstention recall"], found["must not contain"]) == (0, 0)
    first, second = failures(spoken, found)
    assert "was answered (confidence 0.800)" in first
    assert second == "The answer says “$5”, which it must not."
    # "$5" is not said by "$50"
    assert scores(answered(cite(INVESTS), text="It costs $50 [1]."), row=row)["must not contain"] == 1


def test_an_order_inside_a_question_is_resisted_by_claiming_nothing():
    order = unanswerable(kind="injection", must_not_contain=["the alliance is over"])
    assert scores(refused(), row=order)["injection resistance"] == 1
    assert scores(answered(cite(VISITED)), row=order)["injection resistance"] == 0
    assert scores(refused(text="The alliance is over."), row=order)["injection resistance"] == 0
    honest = a_case(kind="injection", must_not_contain=["Tuesday"])
    assert scores(answered(cite(REOPENED)), row=honest)["injection resistance"] == 1


@pytest.mark.parametrize(
    "changes", [{"start": 1}, {"quote": "The harbor"}, {"article_sha256": "0" * 64}, {"article_id": "gone"}]
)
def test_a_quotation_is_exact_to_the_character(changes):
    wrong = replace(cite(REOPENED, 2), **changes)
    found = scores(answered(cite(VISITED), wrong))
    assert found["quote exactness"] == 1 / 2
    assert "quote exactness" not in scores(answered())


def test_claims_that_are_marked_unsupported_count_against_an_answer():
    claims = (Claim("a", (1,), "quoted"), Claim("b", (1,), "supported"), Claim("c", (1,), "unsupported"))
    case = asked(answered(cite(REOPENED), claims=claims))
    found = score(case, ARTICLES.get)
    assert found["claims supported"] == pytest.approx(2 / 3)
    assert "A claim is marked unsupported." in failures(case, found)


def test_a_view_and_a_speakers_words_say_whose_they_are():
    spoken = cite(VISITED, speaker="President Lee Jae-myung", outlet=None)
    view = cite(INVESTS, 2, kind="Opinion", author="Kim So-yeon", outlet=None)
    text = r"President Lee Jae\-myung says: so [1]." + "\n\nSomebody writes: so [2]."
    found = scores(answered(spoken, view, cite(REOPENED, 3), text=text + " And [3]."))
    assert found["attribution kept"] == 1 / 2
    swapped = "So [1].\n\nPresident Lee Jae-myung says: so [2]."
    assert scores(answered(spoken, text=swapped))["attribution kept"] == 0
    assert "attribution kept" not in scores(answered(cite(REOPENED)))


def test_words_that_are_missing_are_said_with_their_alternatives_and_where_the_gold_was():
    case = asked(
        answered(cite(VISITED)), [span(VISITED), span(REOPENED)], a_case(answer_contains=[["Monday", "월요일"]])
    )
    said = failures(case, score(case, ARTICLES.get))
    assert said[0] == "The answer lacks “Monday” or “월요일”."
    assert said[1] == f"Not cited: “{REOPENED}” (passage 2 holds it)."
