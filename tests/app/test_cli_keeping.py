"""``hanmi verify`` and ``hanmi feedback``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.export import export
from app.render import answer_json
from app.store import Feedback, Store
from tests.app.command_line import hanmi
from tests.app.samples import answered

pytestmark = pytest.mark.usefixtures("home")

HELD = "Seoul will invest $350 billion in American shipyards by 2030."


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "corpus" / "articles" / "talks.md"
    file.parent.mkdir(parents=True)
    file.write_text(f"---\ntitle: Talks\noutlet: Yonhap\n---\n\nTalks went on in Seoul all day. {HELD}\n", "utf-8")
    assert hanmi("ingest").exit_code == 0
    return file


def asked(question: str) -> str:
    result = hanmi("ask", "--json", question)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("format_", ["markdown", "html", "json"])
def test_verify_passes_what_stands_and_lists_what_no_longer_does(article: Path, tmp_path: Path, format_: str) -> None:
    from app.answers.parsing import parse_answer

    answer = parse_answer(json.loads(asked("How much will Seoul invest in American shipyards?")))
    assert HELD in [citation.quote for citation in (*answer.citations, *answer.nearest)]
    (tmp_path / "talks").write_text(export(format_, [answer]), "utf-8")  # type: ignore[arg-type]
    before = hanmi("verify", "talks")
    count = len(answer.citations) + len(answer.nearest)
    assert (before.exit_code, before.stdout) == (0, f"{count} of {count} quotations hold\n")

    article.write_text(article.read_text("utf-8").replace("$350 billion", "$200 billion"), "utf-8")
    assert hanmi("ingest").exit_code == 0
    after = hanmi("verify", "talks")
    assert after.exit_code == 1
    assert "✕ talks" in after.stdout
    assert "does not say this any more" in after.stdout
    assert f"“{HELD}”" in after.stdout
    findings = json.loads(hanmi("verify", "--json", "talks").stdout)
    assert [each["holds"] for each in findings if each["quote"] == HELD] == [False]


@pytest.mark.parametrize("format_", ["markdown", "html", "json"])
def test_verify_sees_a_sentence_that_was_changed_above_its_quotation(
    article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    from app.answers.confidence import Signals
    from app.answers.parsing import parse_answer

    weights = "\n".join(f"{name} = 0" for name in (*Signals._fields, "intercept"))
    (tmp_path / "answers-all.toml").write_text(f"[weights]\n{weights}\n[bars]\nanswered = 0\n", "utf-8")
    monkeypatch.setenv("HANMI_CALIBRATION", str(tmp_path / "answers-all.toml"))
    answer = parse_answer(json.loads(asked("How much will Seoul invest in American shipyards?")))
    assert answer.status == "answered"
    exported = export(format_, [answer])  # type: ignore[arg-type]
    (tmp_path / "talks").write_text(exported, "utf-8")
    assert hanmi("verify", "talks").exit_code == 0
    (tmp_path / "talks").write_text(exported.replace("$350 billion", "$950 billion", 1), "utf-8")
    result = hanmi("verify", "talks")
    assert result.exit_code == 1
    assert "the answer changes these words: “" in result.stdout
    assert "$950 billion" in result.stdout


def test_a_file_without_citations_or_without_an_index_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n")
    assert (hanmi("verify", "notes.md").exit_code, hanmi("verify", "none.md").exit_code) == (2, 2)
    (tmp_path / "talks.json").write_text(export("json", [answered()]), "utf-8")
    result = hanmi("verify", "talks.json")
    assert (result.exit_code, "hanmi ingest" in result.output) == (1, True)


def test_feedback_is_listed_and_given_as_cases(home: Path) -> None:
    assert hanmi("feedback").stdout == "0 up, 0 down\n"
    store = Store(home / "hanmi.db", 30)
    answer = answer_json(answered())
    store.give(
        Feedback("a1", "2026-11-24T15:00:00.000+00:00", "down", "wrong\x1b year", answer, {"embedding_model": ""})
    )
    assert hanmi("feedback").stdout == (
        "- 2026-11-24 How much does Washington want? (answered)\n    wrong year\n0 up, 1 down\n"
    )
    (case,) = json.loads(hanmi("feedback", "--json").stdout)
    assert (case["id"], case["question"], case["verdict"]) == ("a1", "How much does Washington want?", "down")
    assert case["quotes"][0]["quote"] == answer["citations"][0]["quote"]
    assert case["settings"] == {"embedding_model": ""}
