"""What reads like a question in a thread, and what people say to each other there."""

import pytest

from app.slack.addressed import is_question, names_others


@pytest.mark.parametrize(
    "text",
    [
        "And in 2024?",
        "what about Japan",
        "How much did Seoul pledge",
        "how's that justified",
        "Did Seoul agree to it",
        "so why did it fail",
        "Thanks! And who signed it?",
        "tell me more about the shipyards",
        "Please compare the two.",
        "그럼 일본은요?",
        "그럼 일본은요",
        "2024년에는 어떻게 바뀌었나요",
        "누가 서명했습니까",
        "조금 더 자세히 알려주세요.",
        "얼마를 투자하기로 했어",
        "What does &lt;MOU&gt; mean？",
    ],
)
def test_reads_like_a_question(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much, that helps.",
        "Great, I'll put it into the memo.",
        "What a day!",
        "What a mess this is",
        "is fine with me",
        "Let's discuss at lunch.",
        "see <https://example.org/?q=1|the page>",
        "감사합니다",
        "아니",
        "네, 확인했습니다.",
        "회의에서 이야기합시다.",
        "",
    ],
)
def test_does_not(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("<@U0123ABCDEF> can you check this?", True),
        ("<!here> who has the file?", True),
        ("<!subteam^S0123|desk> is it right?", True),
        ("what does <https://example.org|this> say about <#C0123ABCDEF>?", False),
    ],
)
def test_a_message_that_names_people_is_for_them(text: str, others: bool) -> None:
    assert names_others(text) is others
