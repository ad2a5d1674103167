"""The words that say what a question is about."""

from __future__ import annotations

import pytest

from app.topic_words import topic_words


@pytest.mark.parametrize(
    ("question", "names", "words"),
    [
        ("What is the capital of Japan?", ("Japan",), ["capital"]),
        ("How much does Washington want Seoul to invest, and in what form?", (), ["want", "invest", "form"]),
        ("Lee Jae-myung’s favorite food?", ("Lee Jae-myung",), ["favorite", "food"]),
        ("Recommend a hotel in Busan.", (), ["Recommend", "hotel"]),
        ("What about Japan?", ("Japan",), []),
        ("", (), []),
    ],
)
def test_names_and_stop_words_are_left_out(question, names, words):
    assert [question[slice(*span)] for span in topic_words(question, names)] == words
