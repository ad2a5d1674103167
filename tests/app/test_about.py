"""Questions about an article as a thing are told from questions on what the articles say."""

import pytest

from app.about import asks_about

ASKED = {
    "date": (
        "When was this article published?",
        "when was it written",
        "What's the date of the piece?",
        "How old is this article?",
        "이 기사 언제 나왔어?",
        "기사의 발행일은 언제인가요?",
    ),
    "author": (
        "Who wrote this?",
        "Who is the author?",
        "who was the article written by?",
        "저자가 누구인가요?",
        "이 글은 누가 썼나요?",
        "누가 썼어?",
        "누가 쓴 글이야?",
    ),
    "outlet": (
        "Where was this published?",
        "Which outlet is it from?",
        "What’s the source of this article?",
        "기사 출처가 어디인가요?",
        "Which outlet published this?",
        "Where can I read it?",
    ),
    "gist": (
        "What is it about?",
        "What’s the article about?",
        "Summarize the article.",
        "Can you summarise this?",
        "Give me the key points",
        "TL;DR",
        "What does the article argue?",
        "What is the main argument of the piece?",
        "이 기사 요약해 줘",
        "요약해 주세요",
        "이 글의 요지는?",
        "Summary please",
        "Summarise the article in three bullets",
        "What is the article's main argument?",
        "이 글의 핵심 내용은 무엇인가요?",
    ),
    "collection": (
        "What articles do you have?",
        "Which outlets are there?",
        "How many articles are there?",
        "List the articles",
        "어떤 기사가 있나요?",
        "기사는 모두 몇 건인가요?",
    ),
}


@pytest.mark.parametrize(("about", "question"), [(about, one) for about, all_ in ASKED.items() for one in all_])
def test_a_question_about_an_article_or_the_collection_is_known(about, question):
    assert asks_about(question) == about


@pytest.mark.parametrize(
    "question",
    [
        "What is the deal about?",
        "When was the deal signed?",
        "When was Yoon impeached?",
        "Who wrote the post on Truth Social?",
        "What does the article say about tariffs?",
        "What does the author argue about nuclear weapons?",
        "Summarize the dispute over the $350 billion",
        "What is the main point of contention in the talks?",
        "Where was the battery plant?",
        "How many articles of the treaty were changed?",
        "What is it about Trump that angers Koreans?",
        "관세 협상 내용을 요약해 줘",
        "이 기사에서 트럼프는 무엇을 요구했나요?",
        "투자 협상의 핵심 쟁점은 무엇인가요?",
        "한국군은 몇 명인가요?",
    ],
)
def test_a_question_on_what_the_articles_say_is_not(question):
    assert asks_about(question) is None


@pytest.mark.parametrize(
    "question", ["When was the report released?", "What is it about?", "how old is it", "보고서 저자가 누구인가요?"]
)
def test_after_another_question_it_and_the_report_are_what_was_talked_of(question):
    assert asks_about(question, ["Which think tank warned of a shortage?"]) is None
    assert asks_about(question) == asks_about(question, ["A question.", "Who wrote this article?"]) is not None


@pytest.mark.parametrize("question", ["When was this article published?", "Summary", "기사 출처가 어디인가요?"])
def test_the_article_by_its_name_is_the_article_at_any_time(question):
    assert asks_about(question, ["Which think tank warned of a shortage?"]) is not None
