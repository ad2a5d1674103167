"""Which sentences answer, and what they bring along."""

from __future__ import annotations

import pytest

from app.answers.units import MAX_UNIT_SENTENCES, MAX_UNITS, choose_units, rank_sentences
from ingest.articles import Article, Mark
from tests.app.answers.passages import for_words, opener, passages_of, quotes_of, units_of
from tests.app.collection import captioned, turns


def article(text: str, *marks: Mark, id_: str = "a") -> Article:
    return Article(id_, "A title", text, marks=marks)


# ── What a sentence brings along ─────────────────────────────────────────────────────────────────────────────────


def test_a_sentence_that_stands_alone_is_a_unit():
    text = "Seoul paid for the base. Tokyo paid for the harbor. Manila paid nothing at all."
    assert quotes_of(article(text), "harbor") == ["Tokyo paid for the harbor."]


def test_a_quotation_over_several_sentences_stays_whole():
    quotation = "“The base stays here. Nobody moves a tent. That is my last word,” the general said."
    text = f"Rain fell on Osan that day. {quotation} The parade went on."
    assert quotes_of(article(text), "tent") == [quotation]
    assert quotes_of(article(text), "last word") == [quotation]


def test_a_quotation_longer_than_a_unit_may_be_is_cited_where_it_was_found():
    said = " ".join(f"Point number {n} is settled." for n in range(MAX_UNIT_SENTENCES + 1))
    text = f"Rain fell on Osan that day. “{said}” The parade went on."
    assert quotes_of(article(text), "number 3") == ["Point number 3 is settled."]


def test_a_sentence_that_opens_with_a_pronoun_brings_the_one_before():
    text = "Rain fell on Osan. The minister flew to Washington. He signed nothing there. The press waited."
    assert quotes_of(article(text), "signed") == ["The minister flew to Washington. He signed nothing there."]


def test_a_pronoun_that_lands_in_a_quotation_brings_all_of_it():
    text = "Rain fell on Osan. “The base stays here. Nobody moves a tent.” It was a threat, the press wrote."
    assert quotes_of(article(text), "threat") == [text.partition(". ")[2]]


def test_pronouns_bring_at_most_two_sentences():
    text = "The minister flew in. He slept badly that night. He ate a late breakfast. He signed the long treaty."
    assert quotes_of(article(text), "treaty") == [text.partition(". ")[2]]


def test_an_empty_it_brings_nothing():
    text = "The minister flew to Washington. It is understandable for Seoul to ask for a discount."
    assert quotes_of(article(text), "discount") == ["It is understandable for Seoul to ask for a discount."]


def test_a_pronoun_at_the_start_of_the_article_stays_as_it_is():
    assert quotes_of(article("He signed the long treaty. Rain fell."), "treaty") == ["He signed the long treaty."]


def test_a_pronoun_under_a_heading_does_not_bring_the_heading():
    text = "A very long heading here\n\nHe signed the long treaty."
    assert quotes_of(article(text, Mark("heading", 0, 24)), "treaty") == ["He signed the long treaty."]


def test_a_turn_keeps_to_its_speaker_and_begins_behind_the_label():
    text, marks = turns(
        ("PRESIDENT LEE:", "President Lee", "Our shipyards are ready for work."),
        ("MR. KIRBY:", "John Kirby", "They will get the contracts, we hope."),
    )
    (unit,) = units_of(article(text, *marks), "contracts")
    assert (unit.quote, unit.speaker) == ("They will get the contracts, we hope.", "John Kirby")


def test_the_mark_of_a_question_is_left_out():
    text, marks = turns(("Q", "Q", "Mr. President, the shipyards will cost you dearly, they say."))
    (unit,) = units_of(article(text, *marks), "dearly")
    assert unit.quote.startswith("Mr. President")


def test_a_colon_later_in_a_turn_is_no_label():
    text, marks = turns(("MS. LEE:", "Ms. Lee", "Thank you all. One thing matters: the shipyards."))
    (unit,) = units_of(article(text, *marks), "matters")
    assert unit.quote == "One thing matters: the shipyards."


def test_a_quotation_is_not_tied_over_two_speakers():
    text, marks = turns(
        ("MS. LEE:", "Ms. Lee", "She told me “the yard is closed for good."),
        ("MR. PARK:", "Mr. Park", "Nobody believes a word of it” in Geoje."),
    )
    (unit,) = units_of(article(text, *marks), "closed")
    assert unit.quote == "She told me “the yard is closed for good."


def test_a_caption_is_told_from_prose_and_begins_behind_its_label():
    text, marks = captioned(
        "Rain fell on Osan.", "Caption: The frigate leaves the harbor of Ulsan.", "The end came soon."
    )
    (unit,) = units_of(article(text, *marks), "frigate")
    assert (unit.quote, unit.caption) == ("The frigate leaves the harbor of Ulsan.", True)


def test_a_credit_line_brings_its_caption():
    text, marks = captioned(
        "Rain fell on Osan.", "Caption: The frigate leaves Ulsan. Credit: Photo by Kim Min-ji", "The end came soon."
    )
    (unit,) = units_of(article(text, *marks), "Credit")
    assert unit.quote == "The frigate leaves Ulsan. Credit: Photo by Kim Min-ji"


def test_prose_does_not_bring_the_caption_before_it():
    text, marks = captioned("Rain fell on Osan.", "Caption: The frigate leaves Ulsan.", "It sank an hour later.")
    assert quotes_of(article(text, *marks), "sank") == ["It sank an hour later."]


def test_a_sentence_longer_than_a_chunk_is_quoted_whole():
    long = "Whereas " + ", ".join(f"clause {n} shall apply" for n in range(40)) + "."
    one = article(f"Rain fell on Osan. {long} The end came soon.")
    passages = passages_of(one, for_words("clause"), chunk_words=50)
    assert len(passages) > 3
    units = choose_units(rank_sentences("Tell me", passages[1:3]), opener(one))
    assert [unit.quote for unit in units] == [long]


# ── Which are chosen ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sentence_in_two_passages_counts_once():
    one = article("Rain fell on Osan today. The treaty was signed. Nobody came to the party. Snow fell on Busan.")
    passages = passages_of(one, for_words("treaty"), chunk_words=9)
    assert sum("treaty" in passage.chunk.text for passage in passages) == 2
    ranked = rank_sentences("Tell me", passages)
    spans = [sentence.span for sentence in ranked]
    assert len(set(spans)) == len(spans)


def test_of_two_scores_of_a_sentence_the_better_counts():
    one = article("Rain fell on Osan today. The treaty was signed. Nobody came to the party. Snow fell on Busan.")
    low, high = passages_of(one, for_words("treaty"), chunk_words=9)[:2]
    low = low.__class__(low.chunk, low.article, low.score, low.parts, tuple(0.0 for _ in low.sentences))
    for order in ([low, high], [high, low]):
        assert rank_sentences("Tell me", order)[0].late == 1


def test_headings_questions_and_short_lines_are_no_answers():
    text = "A treaty heading of five words\n\nWill the treaty hold?\n\nThe treaty holds.\n\nThe treaty holds for long."
    passages = passages_of(article(text, Mark("heading", 0, 30)), for_words("treaty"))
    ranked = rank_sentences("Tell me", passages)
    assert [text[s.span.start : s.span.end] for s in ranked] == ["The treaty holds for long."]


def test_a_korean_sentence_of_two_words_is_an_answer():
    text = "대통령 사임\n\n대통령은 사임했다. 끝났다."
    ranked = rank_sentences("Tell me", passages_of(article(text), for_words("사임", "끝")))
    assert [text[s.span.start : s.span.end] for s in ranked] == ["대통령은 사임했다."]


def test_a_sentence_said_twice_is_quoted_once():
    same = "The treaty of Geoje was signed by both ministers."
    one, two = article(same), article(f"{same} Rain fell on Osan.", id_="b")
    ranked = rank_sentences("Tell me", [*passages_of(one, for_words("treaty")), *passages_of(two, for_words("treaty"))])
    units = choose_units(ranked, opener(one, two))
    assert [unit.source.article.id for unit in units] == ["a"]


def test_sentences_that_differ_in_a_figure_are_not_the_same():
    notice = (
        "The national emergency with respect to North Korea, declared in Executive Order 13466 by the President under"
        " the International Emergency Economic Powers Act, shall continue in effect beyond June 26, {}."
    )
    one = article(" ".join(notice.format(year) for year in (2021, 2022)))
    assert len(quotes_of(one, "emergency")) == 2


def test_at_most_five_units():
    names = ("Seoul", "Busan", "Daegu", "Incheon", "Ulsan", "Osan", "Jeju", "Gwangju")
    one = article(" ".join(f"{name} signed a treaty with partners of {name}." for name in names))
    assert len(quotes_of(one, "treaty")) == MAX_UNITS == 5


def test_what_is_far_below_the_best_is_left_out():
    one = article("The treaty was signed in Seoul. Rain fell on Osan all day.")
    assert quotes_of(one, "treaty") == ["The treaty was signed in Seoul."]


def test_two_units_that_share_a_sentence_become_one():
    text = "The minister flew to Washington. He signed nothing there. The press waited outside."
    assert quotes_of(article(text), "flew", "signed") == ["The minister flew to Washington. He signed nothing there."]


def test_sentences_of_articles_that_the_question_names_come_first():
    plain, named = article("The treaty was signed in Seoul."), article("A treaty was made in Busan.", id_="b")
    passages = [*passages_of(plain, for_words("treaty")), *passages_of(named, for_words("treaty"), lift=0.8)]
    assert rank_sentences("Tell me", passages)[0].passage.article.id == "b"


def test_of_a_question_for_a_sum_the_sentence_with_one_comes_first():
    one = article("The treaty was costly for Seoul. The treaty cost Seoul $5 billion.")
    ranked = rank_sentences("How much did the treaty cost?", passages_of(one, for_words("treaty")))
    assert "$5" in one.text[slice(*ranked[0].span)]


@pytest.mark.parametrize("gone", [None, "another version"])
def test_an_article_replaced_or_removed_meanwhile_is_not_quoted(gone):
    one = article("The treaty was signed in Seoul.")
    ranked = rank_sentences("Tell me", passages_of(one, for_words("treaty")))
    opened = opener(*([article("Other words stand here now.")] if gone else []))
    assert choose_units(ranked, opened) == []


def test_no_passages_give_no_units():
    assert rank_sentences("Tell me", []) == []
    assert choose_units([], opener()) == []
