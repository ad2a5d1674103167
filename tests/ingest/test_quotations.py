"""What ties a sentence to the words around it, on sentences made up for each rule."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.quotations import opens_with_pronoun, quotation_runs, quoted_speaker
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
        "This article argues otherwise.",
        "That said, Seoul has few options.",
        "It is clear that Washington wants cash.",
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


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("Lee said that the demand would mean a crisis.", "Lee"),
        ("Lee said the demand would mean a crisis.", "Lee"),
        (
            "South Korean President Lee Jae Myung told reporters that he would wait.",
            "South Korean President Lee Jae Myung",
        ),
        ("According to Gen. Brunson, the alliance is strong.", "Gen. Brunson"),
        ("The plan is dead, according to Victor Cha.", "Victor Cha"),
        ("The rate will fall, according to the Korea Customs Service.", "Korea Customs Service"),
        ("“It failed,” Cha argued.", "Cha"),
        ("“It failed,” argued Victor Cha.", "Victor Cha"),
        ("“Never,” said former ambassador Kathleen Stephens.", "Kathleen Stephens"),
        ('"It is a good deal," Lutnick said in Seoul.', "Lutnick"),
        ("“Who pays?” President Lee asked.", "President Lee"),
        ("It is a fair deal,” Lutnick said.", "Lutnick"),
        ("Victor Cha of CSIS said it was over.", "Victor Cha"),
        ("Cha, a former White House director, said the deal was thin.", "Cha"),
        ("On Monday Lee said no.", "Lee"),
        ("In Seoul, Lee said no.", "Lee"),
        ("But Trump has said that Seoul must pay.", "Trump"),
        ("Secretary of State Marco Rubio said the talks went well.", "Secretary of State Marco Rubio"),
        ("Joseph R. Biden, Jr. said so.", "Joseph R. Biden, Jr."),
        ("The White House said in a statement that it would wait.", "White House"),
        ("Trump called it “a shakedown.”", "Trump"),
        ("Hegseth announced that the troops would stay.", "Hegseth"),
        ("As Scott Snyder argued, the treaty is thin.", "Scott Snyder"),
        ("In Cha’s view, the treaty is thin.", "Cha"),
        ("In the words of Victor Cha, it is over.", "Victor Cha"),
        ("The mood was grim, analyst Kim Dae-ho wrote.", "Kim Dae-ho"),
        ("“Trump said he would pay,” Cha argued.", "Cha"),
        ("Wi Sung-lac, the national security adviser, also said that no text was needed.", "Wi Sung-lac"),
        ("이재명 대통령은 “국익을 지키겠다”고 말했다.", "이재명 대통령"),
        ("조현 외교부 장관은 협상이 계속된다고 밝혔다.", "조현 외교부 장관"),
        ("25일 위성락 국가안보실장은 불가능하다고 말했다.", "위성락 국가안보실장"),
        ("도널드 트럼프 미국 대통령은 “한국은 부자다”라며 방위비 인상을 주장했다.", "도널드 트럼프 미국 대통령"),
        ("차 석좌에 따르면 합의문은 없다.", "차 석좌"),
        ("국방부는 감축은 없다고 밝혔다.", "국방부"),
        ("합의문은 필요 없다고 강훈식 비서실장이 말했다.", "강훈식 비서실장"),
        ("이날 국회에서 김민석 총리는 “서두르지 않겠다”고 했다.", "김민석 총리"),
    ],
)
def test_the_speaker_is_the_one_the_sentence_names(sentence, speaker):
    assert quoted_speaker(sentence, "") == speaker


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "Seoul pays $1 billion a year.",
        "Officials said the rate would fall.",
        "A senior official said the rate would fall.",
        "The president of South Korea said no.",
        "The President said no.",
        "Analysts say the won will fall.",
        "Many Koreans say the deal is unfair.",
        "What Trump said surprised Seoul.",
        "Lee is said to be ill.",
        "Lee never said so.",
        "Lee did not say who would pay.",
        "Hegseth announced a plan.",
        "The treaty says nothing of cash.",
        "The Joint Fact Sheet says that tariffs fall.",
        "Trump said yes, but Lee said no.",
        "According to a report, the won will fall.",
        "According to Article 3, each acts by its own process.",
        "He called it “a shakedown.”",
        "“It failed,” he said.",
        "We’ve said so before.",
        "Having said that, Seoul must act.",
        "The so-called “Donroe Doctrine” worried Seoul.",
        "“Trump said he would pay.”",
        "정부는 감축은 없다고 밝혔다.",
        "일부는 감축이 있다고 말했다.",
        "한 관계자는 “모른다”고 말했다.",
        "이재명 대통령은 워싱턴에 도착했다.",
        "합의는 없었다고 한다.",
        "김대업은 이 사령관이 그것을 지시했다고 주장했다.",
    ],
)
def test_nobody_is_named_where_a_reader_could_doubt_it(sentence):
    assert quoted_speaker(sentence, "") is None


@pytest.mark.parametrize(
    ("sentence", "previous", "speaker"),
    [
        ("“It failed,” he said.", "Cha testified on Monday.", "Cha"),
        ("“It failed,” he said.", "“We tried,” Cha said.", "Cha"),
        ("He added that Seoul would wait.", "Wi Sung-lac spoke at Incheon.", "Wi Sung-lac"),
        ("“Nobody told us,” she said.", "Kang Kyung-wha, the ambassador, met reporters.", "Kang Kyung-wha"),
        ("“They know it.”", "“It is a fair deal,” Lutnick said.", "Lutnick"),
        ("“It failed,” he said.", "Trump met Lee on Monday.", None),
        ("“It failed,” he said.", "The talks broke down.", None),
        ("“It failed,” he said.", "Washington wanted cash.", None),
        ("“It failed,” she said.", "The rate fell, according to Yonhap.", None),
        ("“It failed,” they said.", "Cha testified on Monday.", None),
        ("“They know it.”", "Lutnick left the room.", None),
        ("In Kim’s case, he said, it failed.", "Cha testified on Monday.", None),
        ("그는 “끝났다”고 말했다.", "조현 외교부 장관은 9월 8일 출국했다.", "조현 외교부 장관"),
        ("그는 “끝났다”고 말했다.", "회담은 두 시간 걸렸다.", None),
        ("그는 “끝났다”고 말했다.", "조현 장관은 출국했다. 위성락 실장은 남았다.", None),
    ],
)
def test_he_is_whom_the_sentence_before_leaves_no_doubt_about(sentence, previous, speaker):
    assert quoted_speaker(sentence, previous) == speaker


@given(st.text(alphabet="“”\"' Aa.,said he은는고말했다", max_size=60), st.text(alphabet="“” A.said은", max_size=30))
def test_any_text_gets_an_answer_taken_from_the_text(sentence, previous):
    speaker = quoted_speaker(sentence, previous)
    assert speaker is None or all(token in sentence + previous for token in speaker.split())
    assert opens_with_pronoun(sentence) in (True, False)


@pytest.mark.parametrize(
    "unit", ["A ", "Aa said ", "A, b, ", "“a” ", "he said ", "according to a ", "대통령 ", "말했다고 ", "said b "]
)
def test_a_sentence_of_any_length_takes_linear_time(unit):
    text = unit * (20_000 // len(unit))
    started = time.process_time()
    quoted_speaker(text, text)
    opens_with_pronoun(text)
    assert time.process_time() - started < 10
