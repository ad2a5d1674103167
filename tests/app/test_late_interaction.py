"""Late interaction: by the model's token states, and by words."""

from __future__ import annotations

import numpy as np
import pytest

from app.late_interaction import FLOOR, BestScorer, Scored, StateScorer, WordScorer
from ingest.articles import Article, Span
from ingest.chunking import Chunk, SentenceChunker
from ingest.lexical import analyse
from ingest.minilm import TokenStates
from ingest.piece_weights import PIECES
from ingest.token_states import TokenStateCache

AXES = {word: axis for axis, word in enumerate(("tariff", "troops", "cash", "seoul", "rain"))}
IDF = np.array([1.0, 2.0, 1.0, 0.5, 1.0], np.float32)


def chunks_of(text: str, words: int = 1000) -> list[Chunk]:
    return SentenceChunker(lambda texts: [len(t.split()) for t in texts], words).split(Article("a", "A title", text))


def states_of(text: str) -> TokenStates:
    """Each known word a piece with an axis of its own; "x0.6" leans by that cosine toward the first axis."""
    ids, starts, ends, rows, at = [], [], [], [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        bare = word.strip(".,?").lower()
        row = np.zeros(len(AXES) + 1, np.float32)
        if bare.startswith("x"):
            row[0] = float(bare[1:])
            row[-1] = np.sqrt(1 - row[0] ** 2)
        elif bare in AXES:
            row[AXES[bare]] = 1
        else:
            continue
        ids.append(AXES.get(bare, 0))
        starts.append(start)
        ends.append(at)
        rows.append(row)
    shape = (len(ids), len(AXES) + 1)
    return TokenStates(
        np.array(ids, np.int32), np.array(starts, np.int32), np.array(ends, np.int32), np.array(rows).reshape(shape)
    )


class ByWords:
    """Token states without a model."""

    def get(self, texts):
        return {id_: states_of(text) for id_, text in texts.items()}


def scored(question: str, text: str, *parts: Span, words: int = 1000) -> list[Scored]:
    return StateScorer(states_of(question), IDF, parts, ByWords()).score(chunks_of(text, words))


def test_a_passage_with_every_word_scores_1_and_one_with_none_0():
    assert scored("tariff troops", "Troops came. A tariff too.")[0].passage == pytest.approx(1)
    assert scored("tariff troops", "Rain fell. Cash came.")[0].passage == 0


def test_words_count_by_what_they_tell():
    assert scored("tariff troops", "Troops came.")[0].passage == pytest.approx(2 / 3)
    assert scored("tariff troops", "A tariff came.")[0].passage == pytest.approx(1 / 3)


def test_what_is_hardly_alike_is_not_alike():
    assert scored("tariff", f"x{FLOOR} came.")[0].passage == pytest.approx(0, abs=1e-6)
    assert scored("tariff", "x0.65 came.")[0].passage == pytest.approx((0.65 - FLOOR) / (1 - FLOOR))


def test_each_sentence_is_scored_by_its_own_words():
    assert scored("tariff troops", "A tariff rose. Troops and a tariff came. Rain fell.")[0].sentences == pytest.approx(
        (1 / 3, 1, 0)
    )


def test_sentences_are_told_apart_in_chunks_that_start_later():
    later = scored("tariff troops", "Rain fell and fell. A tariff rose. Troops came.", words=4)
    assert [one.sentences for one in later] == [(0.0,), (pytest.approx(1 / 3),), (pytest.approx(2 / 3),)]


def test_a_sentence_cut_in_two_is_scored_by_the_half_that_is_there():
    halves = scored("tariff troops", "tariff cash rain seoul troops cash rain seoul", words=4)
    assert [one.sentences for one in halves] == [pytest.approx((1 / 3,)), pytest.approx((2 / 3,))]


def test_parts_are_scored_apart():
    question = "tariff troops"
    (one,) = scored(question, "Troops came.", Span(0, 6), Span(7, 13))
    assert one.parts == pytest.approx((0, 1))


def test_an_empty_question_or_passage_scores_0():
    assert scored("nothing known", "Troops came.")[0] == Scored(0.0, (), (0.0,))
    assert scored("tariff", "Nothing known.", Span(0, 6))[0] == Scored(0.0, (0.0,), (0.0,))
    assert scored("tariff", "") == []


def test_with_the_model_a_passage_that_says_it_scores_above_one_that_does_not(minilm):
    text = "Washington wants three hundred billion dollars paid in cash. It rained on the harbor of Busan all day."
    (chunk,) = chunks_of(text)
    question = minilm.token_states(["How much money does the United States demand?"])[0]
    scorer = StateScorer(question, np.ones(30_522, np.float32), (), TokenStateCache(minilm))
    (one,) = scorer.score([chunk])
    assert one.sentences[0] > one.sentences[1]
    assert 0 < one.sentences[1] < one.sentences[0] <= one.passage < 1


def test_of_several_wordings_the_best_counts_for_passage_and_sentences():
    (chunk,) = chunks_of("A tariff rose. Troops came.")
    wordings = [StateScorer(states_of(text), IDF, (Span(0, 6),), ByWords()) for text in ("tariff cash", "troops")]
    (one,) = BestScorer(wordings).score([chunk])
    assert one.passage == pytest.approx(1)
    assert one.sentences == pytest.approx((0.5, 1))
    assert one.parts == wordings[0].score([chunk])[0].parts


def test_parts_of_the_question_are_scored_by_its_own_wording():
    (chunk,) = chunks_of("Troops came.")
    wordings = [StateScorer(states_of(text), IDF, (Span(0, 6),), ByWords()) for text in ("tariff cash", "troops cash")]
    assert BestScorer(wordings).score([chunk])[0].parts == (0.0,)


# ── By words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_topic_is_scored_by_its_own_words(minilm):
    (chunk,) = chunks_of("The capital is large.")
    question = "capital Japan"
    idf = np.ones(PIECES, np.float32)
    (states,) = minilm.token_states([question])

    def scored(*topic: Span) -> Scored:
        return StateScorer(states, idf, (), TokenStateCache(minilm), topic).score([chunk])[0]

    assert scored(Span(0, 7)).topic > 1.5 * scored(Span(8, 13)).topic
    assert scored().topic == scored().passage


def test_shared_words_count_by_what_they_tell():
    scorer = WordScorer({"tariff": 1.0, "troop": 3.0})
    (one,) = scorer.score(chunks_of("A tariff rose. Troops came. Rain fell."))
    assert one == Scored(1.0, (), (0.25, 0.75, 0.0), 1.0)


def test_parts_take_their_own_words_alone():
    scorer = WordScorer({"tariff": 1.0, "troop": 3.0}, [["tariff"], ["troop", "unknown"], []])
    assert scorer.score(chunks_of("A tariff rose."))[0].parts == (1.0, 0.0, 0.0)


def test_hangul_is_met_by_syllable_pairs():
    weights = dict.fromkeys(analyse("전작권 전환"), 1.0)
    (one,) = WordScorer(weights).score(chunks_of("국회는 전작권을 논의했다. 비가 내렸다."))
    assert one.sentences == (pytest.approx(2 / 3), 0.0)


def test_sentences_of_later_chunks_are_cut_where_they_stand():
    later = WordScorer({"troop": 1.0}).score(chunks_of("Rain fell and fell. A tariff rose. Troops came.", 4))
    assert [one.sentences[-1] for one in later] == [0.0, 0.0, 1.0]


def test_a_question_without_words_scores_0():
    assert WordScorer({}).score(chunks_of("Troops came.")) == [Scored(0.0, (), (0.0,))]
