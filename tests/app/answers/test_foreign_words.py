"""Words that no honest rewording brings into a claim."""

from __future__ import annotations

import pytest

from app.answers.foreign_words import TOGETHER, foreign_words

QUOTE = "The visa fee is 185 dollars for students, the consul said."


@pytest.mark.parametrize(
    ("claim", "code", "words"),
    [
        ("The fee is 185 dollars, see https://evil.example/pay.", "name", "https://evil.example/pay."),
        ("The fee is 185 dollars, payable to x@evil.example today.", "name", "x@evil.example"),
        ("<!channel> The fee is 185 dollars.", "name", "<!channel>"),
        ("The fee is 185 dollars, says @here.", "name", "@here"),
        ("[more](javascript:alert(1)) The fee is 185 dollars.", "name", "javascript:alert(1))"),
        ("The fee is ②⓪ dollars.", "number", "②"),
        ("The fee is ٢٠ dollars.", "number", "٢"),
        ("You pay 185 dollars.", "support", "You"),
        ("Students pay nothing for a visa.", "negation", "nothing"),
    ],
)
def test_what_the_cited_sentence_does_not_have_is_told(claim, code, words):
    assert (code, words) in list(foreign_words(claim, [QUOTE]))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The consul said the visa fee is 185 dollars.", QUOTE),
        ("The consul told students, “You pay 185 dollars.”", QUOTE),
        ("Nobody pays the fee.", "The fee was never collected."),
        ("It may be paid at https://visa.example.", "Pay at https://visa.example. Then wait."),
        ("The area is 20 km².", "It covers 20 km²."),
    ],
)
def test_what_it_has_and_honest_words_pass(claim, quote):
    assert list(foreign_words(claim, [quote])) == []


@pytest.mark.parametrize(
    ("claim", "together"),
    [
        ("Both articles say that the fee is 20 dollars.", True),
        ("All sources agree on the fee.", True),
        ("두 매체 모두 수수료를 20달러로 보도했다.", True),
        ("Both governments signed it.", False),
        ("The two sides agree.", False),
    ],
)
def test_what_is_said_of_several_articles_at_once_is_known(claim, together):
    assert bool(TOGETHER.search(claim)) == together
