"""What ties a sentence to the words around it, on sentences made up for each rule."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.quotations import opens_with_pronoun, quotation_runs
from ingest.sentences import split_sentences


def runs_of(text):
    return quotation_runs(text, split_sentences(text))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("He left. She stayed.", []),
        ("He said, “No.” She stayed.", []),
        ("He said, “No. Never.” She stayed.", [(0, 2)]),
        ('He said, "No. Never. Not now." She stayed.', [(0, 3)]),
        ("Seoul agreed. “It is done. It is good,” Lee said. All left.", [(1, 3)]),
        ("“We came. We saw,” he said, “and won. That is all.” They left.", [(0, 3)]),
        ("“We came,” he said. “We saw. We won.” They left.", [(1, 3)]),
        ("“A deal. A good one.” He left. “No deal. No.”", [(0, 2), (3, 5)]),
        ("“He told me, ‘Pay up. Now.’ I refused,” Moon said. He left.", [(0, 3)]),
        ("“He said “no” twice. Then he left,” Moon said. All was calm.", [(0, 2)]),
        ("‘It was a mistake. A big one,’ she said. He left.", [(0, 2)]),
        ("It’s the allies’ view. They’d pay. It’s fair.", []),
        ("The workers' union objected. Its members' pay fell.", []),
        ('A 6" gun fired. It missed.', []),
        ("“One thing first.\n\n“Then another,” Lee said.\n\nHe left.", [(0, 2)]),
        ("“One thing first.\n\n“A second.\n\n“A third,” Lee said. He left.", [(0, 3)]),
        ('"One thing first.\n\n"Then another," Lee said. He left.', [(0, 2)]),
        ("“One thing first.\n\nThen another,” Lee said. He left.", [(0, 2)]),
        ("“Never closed. It goes on.\n\nAnother paragraph. And more.", []),
        ("“Never closed. It goes on.\n\nAnother “thing” there. More.", []),
        ("“Never closed.\n\nOne.\n\nTwo.\n\nThree.\n\nA stray” mark. More.", []),
        ("“Not closed, he said. “This one is. Truly.” He left.", [(1, 3)]),
        ("그는 “협상은 끝나지 않았다. 시간이 필요하다”고 말했다. 회의는 끝났다.", [(0, 2)]),
        ('그는 "왜 지금인가? 답이 없다."라고 물었다. 답은 없었다.', [(0, 2)]),
        ("「끝났다. 이제 간다.」 그는 말했다.", [(0, 2)]),
        ("", []),
    ],
)
def test_a_quotation_ties_the_sentences_it_runs_over(text, runs):
    assert runs_of(text) == runs


@given(
    st.lists(st.sampled_from([*"“”\"'‘’「」 \n", "\n\n", "Yes. ", "No, ", "he said. ", "다. "]), max_size=40).map(
        "".join
    )
)
def test_runs_are_in_order_apart_and_of_two_sentences_or_more(text):
    sentences = split_sentences(text)
    end_before = 0
    for first, end in quotation_runs(text, sentences):
        assert end_before <= first
        assert first + 2 <= end <= len(sentences)
        end_before = end


def test_quotation_marks_by_the_thousand_take_linear_time():
    for unit in ["“a. ", '"a. ', "”", "“a.” ", "‘a ", "'A "]:
        text = unit * 30_000
        sentences = split_sentences(text)
        started = time.process_time()
        quotation_runs(text, sentences)
        assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "sentence",
    [
        "He left for Osan.",
        "She has not replied.",
        "They agreed on cash.",
        "It failed in committee.",
        "It’s a loan.",
        "It is a trap for Seoul.",
        "It is good for Seoul, which has to pay.",
        "It was a blow for shipyards from Ulsan to Geoje.",
        "This angered Seoul.",
        "That was in 2018.",
        "These demands are new.",
        "Those talks broke down.",
        "His office denied it.",
        "Their letter asked for numbers.",
        "Its economy grew.",
        "Such a plan would fail.",
        "The latter wants a cap.",
        "The two sides signed nothing.",
        "Both sides agreed.",
        "Neither took questions.",
        "Others disagree.",
        "But he refused.",
        "However, this never happened.",
        "And yet it moved.",
        "In addition, they want a swap line.",
        "Despite this, exports rose.",
        "To that end, the allies will meet.",
        "As such, it needs no vote.",
        "If this continues, Seoul will walk away.",
        "When he returned, he said nothing.",
        "One of them was Hyundai.",
        "“They know it,” Lutnick said.",
        "“But it’s over,” she said.",
        "THE PRESIDENT: He is a great guy.",
        "그는 답하지 않았다.",
        "그녀의 말은 달랐다.",
        "이는 종전 입장과 다르다.",
        "이에 정부는 반발했다.",
        "이에 따라 관세가 내려간다.",
        "그러나 그는 거절했다.",
        "하지만 이들은 남았다.",
        "이 협정은 2030년까지다.",
        "이러한 요구는 새롭다.",
        "당시 그는 장관이었다.",
        "두 정상은 악수했다.",
        "“그는 친구다”라고 말했다.",
    ],
)
def test_a_sentence_that_points_back_opens_with_a_pronoun(sentence):
    assert opens_with_pronoun(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Lee left for Osan.",
        "The allies agreed on cash.",
        "But Seoul refused.",
        "However, Tokyo signed.",
        "Despite the deal, exports fell.",
        "This week the two will meet in Gyeongju.",
        "At this week’s summit, Lee spoke.",
        "This past year Seoul paid more.",
        "This article argues otherwise.",
        "That said, Seoul has few options.",
        "It is clear that Washington wants cash.",
        "It is understandable for the the Trump administration to demand that South Korea make investments.",
        "It was wise of Lee to wait.",
        "It would be a mistake for Seoul and its allies to sign.",
        "It’s hard for a small country to refuse.",
        "It should be noted that Tokyo signed first.",
        "It isn’t clear whether Seoul pays.",
        "It makes little sense for Seoul to pay in cash.",
        "It remains to be seen whether Seoul pays.",
        "It was Trump who raised it.",
        "It takes two to sign.",
        "Those who paid got a cap.",
        "These days Seoul is careful.",
        "Both Lee and Trump agreed.",
        "Both the won and the yen fell.",
        "The two Koreas have not spoken.",
        "When he arrived, Lee said nothing.",
        "Neither Seoul nor Tokyo agreed.",
        "Itaewon was quiet.",
        "Hegseth testified.",
        "Theory and practice differ.",
        "Such as it is.",
        "이재명 대통령은 답했다.",
        "이 대통령은 답했다.",
        "이 전 대통령은 답했다.",
        "이를테면 조선업이다.",
        "이란은 반발했다.",
        "그런데 정부는 침묵했다.",
        "그래서 서울은 기다렸다.",
        "한미는 합의했다.",
        "그리스는 다르다.",
        "이명박 전 대통령도 참석했다.",
    ],
)
def test_a_sentence_that_stands_alone_does_not(sentence):
    assert not opens_with_pronoun(sentence)


@given(st.text(max_size=80))
def test_any_text_opens_with_a_pronoun_or_does_not(text):
    assert opens_with_pronoun(text) in (True, False)
