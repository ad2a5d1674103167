"""What a model's answer is made into, without a server: the script is read from a list of pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answers.checking import Checks
from app.answers.generative import GaveUp, Told, Writer, speaks
from app.answers.part_grounds import PartGround
from app.answers.quoting import Ground
from app.answers.schema import Answer, Claim, Turn, Usage
from app.answers.units import rank_sentences
from app.answers.verification import Evidence, Reason, Verdict
from app.names import NameTables
from app.question import Understood
from tests.app.answers.passages import for_words, opener, passages_of
from tests.app.answers.test_checking import TEXT, article
from tests.app.samples import answered

ONE = article(outlet="Yonhap", kind="news", published="2025-09-01")
OPEN = opener(ONE)


class Reply:
    """A streamed reply."""

    finished = True
    usage = Usage(10, 5, 0.001)

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = iter(pieces)

    def __iter__(self) -> Any:
        return self._pieces

    def __enter__(self) -> Reply:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        return None


class Model:
    """Says the pieces, and when asked to mend, ``mended``."""

    name = "writer"

    def __init__(self, pieces: Sequence[str], mended: str = "") -> None:
        self.pieces = pieces
        self.text = mended
        self.asked: list[Sequence[Turn]] = []

    def stream(self, messages: Sequence[Turn]) -> Reply:
        self.asked.append(messages)
        return Reply(self.pieces)

    def ask(self, messages: Sequence[Turn]) -> Any:
        self.asked.append(messages)
        reply = Reply(())
        reply.text = self.text  # type: ignore[attr-defined]
        return reply


class Word(Checks):
    """Carried is what does not say "false"."""

    def check(self, claim: str, evidence: Sequence[Evidence]) -> Verdict:
        if not evidence:
            return Verdict((Reason("no_citation", claim),))
        return Verdict((Reason("negation", "false"),)) if "false" in claim else Verdict()


def ground() -> Ground:
    passages = passages_of(ONE, for_words("pact"))
    question = Understood("Who signed?", "Who signed?", "en", "who signed", "Who signed?")
    draft = replace(answered(), text="", claims=(), citations=(), notices=())
    return Ground(draft, question, tuple(passages), tuple(rank_sentences("Who signed?", passages)), answerable=True)


def write(*pieces: str, mended: str = "", **changes: Any) -> tuple[list[Told], Answer | GaveUp, Model]:
    model = Model(pieces, mended)
    stands_on = replace(ground(), **changes)
    steps = Writer(model, Word(), NameTables(), 6_000).write(stands_on, OPEN)  # type: ignore[arg-type]
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as done:
            return told, done.value, model


def test_paragraphs_and_lists_are_the_answers_text():
    _, answer, _ = write(
        "The pact holds [1.1]. It rained [1.2].\n\nMore:\n- one fact [1.3]\n- two facts [1.3]\n\nSo [1.1]."
    )
    assert isinstance(answer, Answer)
    assert answer.text == (
        "The pact holds. [1] It rained. [2]\n\nMore: [3]\n\n- one fact [3]\n\n- two facts [3]\n\nSo. [1]"
    )
    assert [claim.text for claim in answer.claims][2:4] == ["More:", "one fact"]
    assert [citation.number for citation in answer.citations] == [1, 2, 3]


def test_what_looks_like_markup_is_shown_as_it_is():
    _, answer, _ = write("The pact # 1_a ~holds~ <b [1.1].\n1. 2. steps | more [1.2]\n3. third [1.3]")
    assert isinstance(answer, Answer)
    assert answer.text == "The pact \\# 1\\_a \\~holds\\~ \\<b. [1]\n\n1. 2\\. steps \\| more [2]\n\n2. third [3]"


def test_a_sentence_that_is_not_carried_is_marked_and_told_once_more_when_mended():
    told, answer, model = write("All false [1.1]. True [1.2]. Also false [1.3].", mended="2: True too [1.3].\n1: DROP")
    assert [(at, claim.text, claim.support) for at, claim in told] == [
        (0, "All false.", "unsupported"),
        (1, "True.", "supported"),
        (2, "Also false.", "unsupported"),
        (2, "True too.", "supported"),
    ]
    assert isinstance(answer, Answer)
    assert answer.text == "True. [1] True too. [2]"
    assert answer.status == "answered"
    assert answer.usage == Usage(20, 10, 0.002)
    assert "2: Also false.\n   (it denies what" in model.asked[1][-1]["content"]
    assert model.asked[1][-2]["content"] == "All false [1.1]. True [1.2]. Also false [1.3]."


@pytest.mark.parametrize(
    "frame",
    [
        "Based on the provided passages:",
        "Here is what they say:",
        "**Answer:**",
        "제공된 대목에 따르면 다음과 같습니다:",
    ],
)
def test_frames_around_an_answer_are_left_out(frame):
    _, answer, _ = write(f"{frame}\n\nTrue [1.1]. Other [1.2].\n\nSources: [1.1], [1.2]\n\n출처: [1.1]")
    assert isinstance(answer, Answer)
    assert answer.text == "True. [1] Other. [2]"


def test_a_sentence_that_comes_again_is_told_once():
    told, answer, _ = write("True [1.1]. Other [1.2]. True [1.1]. True [1.3].")
    assert len(told) == 2
    assert isinstance(answer, Answer)
    assert answer.text == "True. [1] Other. [2]"


def test_half_of_it_false_is_shown_and_more_is_not():
    _, half, _ = write("False or true? All false [1.1]. True [1.2].".replace("False or true? ", ""))
    assert isinstance(half, Answer)
    assert half.status == "partial"
    assert half.text == "All false. [1] *(not supported)* True. [2]"
    _, more, _ = write("All false [1.1]. True [1.2]. Quite false [1.1].")
    assert isinstance(more, GaveUp)
    assert (more.why.code, more.usage, more.found_nothing) == ("model_unsupported", Usage(20, 10, 0.002), False)


@pytest.mark.parametrize(
    ("text", "code", "found_nothing"),
    [
        ("", "model_empty", False),
        ("Seoul signed.", "model_uncited", False),
        ("As follows:", "model_uncited", False),
        ("I cannot help with this.", "model_refused", False),
        ("NOT_IN_ARTICLES", "model_found_nothing", True),
        ("제공된 글에는 이에 대한 내용이 없습니다.", "model_found_nothing", True),
    ],
)
def test_why_there_is_no_written_answer(text, code, found_nothing):
    told, gave_up, model = write(text)
    assert isinstance(gave_up, GaveUp)
    assert (gave_up.why.code, gave_up.found_nothing, gave_up.usage) == (code, found_nothing, Usage(10, 5, 0.001))
    assert all(claim.support == "unsupported" for _, claim in told)
    assert len(model.asked) == 1  # what cites nothing is not mended


def test_a_part_of_the_question_that_nothing_answers_is_told():
    japan = "What does Japan say?"
    part = PartGround(Understood(japan, japan, "en", japan, japan), (), 0.0, bar=0.5)
    _, answer, _ = write("True [1.1].", parts=(part,))
    assert isinstance(answer, Answer)
    assert answer.status == "partial"
    assert "part_unanswered" in [notice.code for notice in answer.notices]


PIECES = st.sampled_from(
    [
        "It holds",
        "false",
        " ",
        ". ",
        "\n",
        "\n- ",
        "[1.1]",
        "[1.2, 1.3]",
        "[9.9]",
        "[1]",
        ":",
        "NOT_IN_ARTICLES",
        "**",
        "“x”",
    ]
)


@given(st.lists(PIECES, max_size=30), st.lists(PIECES, max_size=6).map("".join))
def test_whatever_a_model_writes_nothing_false_is_told_as_carried(pieces, mended):
    told, answer, _ = write(*[piece for piece in pieces if piece], mended=f"1: {mended}")
    shown: list[Claim] = [claim for _, claim in told]
    if isinstance(answer, Answer):
        shown += answer.claims
        assert all(citation.quote == TEXT[citation.start : citation.end] for citation in answer.citations)
        assert {number for claim in answer.claims for number in claim.citations} == {
            citation.number for citation in answer.citations
        }
        assert answer.claims
    assert all(claim.citations and "false" not in claim.text for claim in shown if claim.support == "supported")


@pytest.mark.parametrize(
    ("language", "text", "is_it"),
    [
        ("en", "Seoul rejected the demand of the White House as unrealistic, and the talks went on.", True),
        (
            "en",
            "Séoul a rejeté la demande de la Maison Blanche, jugée irréaliste, et les pourparlers continuent.",
            False,
        ),
        ("en", "서울은 백악관의 요구를 비현실적이라며 거부했고 협상은 계속되고 있다.", False),
        ("en", "首尔拒绝了白宫的要求,认为这一要求不切实际,谈判仍在继续进行之中。", False),
        ("ko", "서울은 Washington의 요구를 거부했고 협상은 계속되고 있다고 The Diplomat은 전했다.", True),
        ("ko", "Seoul rejected the demand of the White House as unrealistic, and the talks went on.", False),
        ("en", "15 percent", True),
        ("ko", "Lee Jae-myung", True),
        ("ko", "", True),
    ],
)
def test_the_language_of_an_answer_is_told_apart(language, text, is_it):
    assert speaks(language, text) is is_it
