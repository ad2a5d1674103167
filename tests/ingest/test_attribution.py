"""Who is quoted in a sentence, on sentences made up for each rule."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.attribution import quoted_speaker


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


@pytest.mark.parametrize(
    "unit", ["A ", "Aa said ", "A, b, ", "“a” ", "he said ", "according to a ", "대통령 ", "말했다고 ", "said b "]
)
def test_a_sentence_of_any_length_takes_linear_time(unit):
    text = unit * (20_000 // len(unit))
    started = time.process_time()
    quoted_speaker(text, text)
    assert time.process_time() - started < 10
