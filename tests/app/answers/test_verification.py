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
    ],
)
def test_what_was_altered_is_named(verifier, claim, evidence, code):
    assert code in codes(verifier.check(claim, [evidence]))


def test_without_evidence_there_is_one_reason(verifier):
    assert codes(verifier.check("Seoul pays 9 billion won.", [])) == ["no_citation"]
    assert codes(verifier.check("Seoul pays 9 billion won.", [Evidence(" ")])) == ["no_citation"]
