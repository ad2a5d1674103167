"""What counts as carried by the cited sentences, reason by reason; pairs of our own."""

from __future__ import annotations

import pytest

from app.answers.verification import Evidence, Verifier
from app.names import NameTables
from tests.app.collection import CORPUS

TARIFF = Evidence(
    "In late July, two days before the deadline set by Trump to impose a 25 percent levy on all goods imported from "
    "South Korea, Seoul and Washington reached a deal to decrease the tariff rate to 15 percent.",
    outlet="The Diplomat",
    published="2025-09",
    kind="analysis",
)
TROOPS = Evidence(
    "Trump has repeatedly demanded that South Korea pay more for the stationing of the 28,500 U.S. troops in South "
    "Korea, including its annual budget for defense.",
    outlet="The Diplomat",
    published="2025-09",
    kind="analysis",
)


DELAY = Evidence(
    "The two governments agreed on Thursday to delay the transfer of wartime operational control, citing North Korea's "
    "nuclear program.",
    outlet="Yonhap",
    published="2014-10-24",
)
SUPPLY = Evidence(
    "Russia continues to supply the DPRK with refined petroleum, in a deepening partnership, and blocked the renewal "
    "of a sanctions panel before it expired in April.",
    outlet="White House",
    published="2024-07-11",
)
SAID = Evidence(
    "Lee said the South would face another financial crisis like the one suffered in 1997 should it accept Trump’s "
    "demand.",
    outlet="The Diplomat",
    speaker="Lee Jae-myung",
    published="2025-09",
)
MANY = Evidence(
    "Many South Koreans believe the U.S. is now extorting South Korea, not trying to reach a reasonable agreement.",
    outlet="The Diplomat",
    published="2025-09",
)
CROSSED = Evidence(
    "From May 2-May 12 3.5 million people crossed the strait, against 1.7 million in 2019: 2022 was the busiest year, "
    "many ships were counted, and ships took priority over cars.",
    outlet="White House",
    published="2022-05-20",
    kind="statement",
)
RAISED = Evidence(
    "They agreed that output must rise immediately as Seoul sees softening prices.", outlet="Yonhap", published="2022"
)
THANKS = Evidence("Korean firms thanked the U.S. Federal Reserve and voiced their gratitude.", outlet="Yonhap")
SUMS = Evidence(
    "The deal includes $150 billion of Korean investment in the shipbuilding sector and $200 billion of Korean "
    "investment under a memorandum on strategic industries.",
    outlet="White House",
    published="2025-11-13",
)


@pytest.fixture(scope="module")
def verifier(minilm) -> Verifier:
    return Verifier(NameTables.load(CORPUS), minilm)


def codes(verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("South Korea and the United States agreed in late July 2025 to cut the tariff to 15%, down from 25%.", TARIFF),
        ("According to The Diplomat, the deal brought the rate down by ten points, to 15 percent.", TARIFF),
        ("한국과 미국은 7월 말 관세율을 25%에서 15%로 낮추기로 합의했다.", TARIFF),
        ("Trump wants Seoul to pay more for almost 29,000 American soldiers.", TROOPS),
        ("Seoul and Washington cut the tariff rate from 25 percent to 15 percent.", TARIFF),
        ("On Thursday the two governments decided to put off the transfer of wartime OPCON.", DELAY),
        ("Pyongyang still gets refined petroleum from Moscow, the White House said in July 2024.", SUPPLY),
        ("Lee warned of a crisis like that of 1997 if Seoul gave in to Trump's demand.", SAID),
        ("이재명 대통령은 트럼프의 요구를 받아들이면 1997년과 같은 금융위기를 맞을 것이라고 말했다.", SAID),
        ("Many in South Korea think Washington is extorting them rather than seeking a fair deal.", MANY),
        ("Shipbuilding gets $150 billion and the memorandum provides another $200 billion.", SUMS),
        ("Three and a half million people, about double the 1.7 million of 2019, crossed.", CROSSED),
        ("The trips ended on the 12th, Washington said in May 2022.", CROSSED),
        ("According to the May 2022 statement, no year has been busier than 2022.", CROSSED),
        ("Seoul said it would lift output, as prices softened.", RAISED),
        ("They must raise output without delay, the two agreed.", RAISED),
        ("Gratitude was voiced by Korean firms to the Fed.", THANKS),
    ],
)
def test_paraphrases_are_carried(verifier, claim, evidence):
    assert verifier.check(claim, [evidence]).reasons == ()


@pytest.mark.parametrize(
    ("claim", "evidence", "code"),
    [
        ("The two governments agreed to cut the tariff to 16 percent.", TARIFF, "number"),
        ("In early July, Seoul and Washington agreed to cut the tariff rate to 15 percent.", TARIFF, "date"),
        (
            "In late July, Tokyo and Washington reached a deal to decrease the tariff rate to 15 percent.",
            TARIFF,
            "name",
        ),
        ("Biden has demanded that South Korea pay more for the 28,500 U.S. troops.", TROOPS, "name"),
        ("트럼프는 주한미군 3만8500명의 주둔 비용을 더 내라고 요구했다.", TROOPS, "number"),
        (
            "The deal includes $200 billion of investment in shipbuilding and $150 billion under a memorandum.",
            SUMS,
            "number",
        ),
        ("The tariff rate was changed from 15 percent to 25 percent.", TARIFF, "number"),
        ("The two governments agreed to cancel the transfer of wartime operational control.", DELAY, "direction"),
        ("The two governments refused to delay the transfer of wartime operational control.", DELAY, "negation"),
        ("The two governments agreed to accelerate the transfer of operational control.", DELAY, "direction"),
        ("Two days after the deadline, Seoul and Washington reached a deal on 15 percent.", TARIFF, "direction"),
        ("Seoul has repeatedly demanded that Trump pay more for the U.S. troops.", TROOPS, "direction"),
        ("트럼프는 한국이 주한미군 주둔 비용을 덜 내야 한다고 요구했다.", TROOPS, "direction"),
        ("North Korea continues to supply Russia with refined petroleum.", SUPPLY, "direction"),
        ("Russia backed the renewal of a sanctions panel.", SUPPLY, "direction"),
        ("Trump said the South would face another financial crisis.", SAID, "speaker"),
        ("Pyongyang said that the ships were counted.", CROSSED, "speaker"),
        ("Four and a half million people crossed.", CROSSED, "number"),
        ("The number of people tripled from 1.7 million.", CROSSED, "number"),
        ("The trips ended on the 13th.", CROSSED, "number"),
        ("Cars took priority over ships.", CROSSED, "direction"),
        ("Few ships were counted.", CROSSED, "direction"),
        ("American firms thanked the South Korean bank.", THANKS, "direction"),
        ("All South Koreans believe the U.S. is extorting South Korea.", MANY, "support"),
        (
            "South Koreans believe the U.S. is extorting them, and their parliament debated new export subsidies.",
            MANY,
            "support",
        ),
        ("The wheat harvest in Ukraine was poor.", Evidence("Ukraine and Seoul signed a treaty on film."), "support"),
    ],
)
def test_what_was_altered_is_named(verifier, claim, evidence, code):
    assert code in codes(verifier.check(claim, [evidence]))


def test_without_evidence_there_is_one_reason(verifier):
    assert codes(verifier.check("Seoul pays 9 billion won.", [])) == ["no_citation"]
    assert codes(verifier.check("Seoul pays 9 billion won.", [Evidence(" ")])) == ["no_citation"]


def test_the_source_bears_out_a_lead_in(verifier):
    claim = "In September 2025, The Diplomat wrote that Trump wants South Korea to pay more for U.S. troops."
    assert verifier.check(claim, [TROOPS]).supported
    assert codes(verifier.check(claim.replace("The Diplomat", "Yonhap"), [TROOPS])) == ["name", "speaker"]


def test_two_sentences_bear_out_a_claim_together(verifier):
    claim = "Trump wants South Korea to pay more for U.S. troops, and the tariff rate falls to 15 percent."
    assert not verifier.check(claim, [TROOPS]).supported
    assert verifier.check(claim, [TROOPS, TARIFF]).supported


def test_without_the_model_words_are_compared():
    verifier = Verifier(NameTables.load(CORPUS), None)
    assert (
        verifier.check("Seoul and Washington put off the transfer of wartime control.", [DELAY]).reasons[0].code
        == "name"
    )
    assert codes(verifier.check("The governments agreed to cancel the transfer of control.", [DELAY])) == ["direction"]
    assert codes(verifier.check("Wheat prices rose in spring markets everywhere.", [MANY]))[-1] == "support"


def test_the_words_of_a_reason_stand_in_the_claim(verifier):
    claim = "The two governments agreed to cancel the transfer of wartime operational control."
    assert [reason.words for reason in verifier.check(claim, [DELAY]).reasons] == ["cancel"]


@pytest.mark.parametrize(
    "claim", ["", "...", "\ud800 😀", "((((", "on February 31, 2022", "A B C D " * 200, "2022년 13월 45일"]
)
def test_no_claim_is_too_odd(verifier, claim):
    assert isinstance(verifier.check(claim, [TROOPS]).supported, bool)
    verifier.check("Trump wants more.", [Evidence(claim or "x", published="no date")])


def test_what_is_too_long_for_a_sentence_is_not_carried(verifier):
    assert codes(verifier.check("South Korea pays. " * 500, [TROOPS])) == ["support"]
