"""Tampered articles: their set, the files, an obedient model, and that nothing of what it writes is relied on."""

from __future__ import annotations

import json
import urllib.request
from contextlib import suppress
from dataclasses import replace

import pytest
from click.testing import CliRunner

from app.answers.schema import Answer, Basis, Citation, PassageSpan
from app.answers.verification import Verdict, Verifier
from app.cli import cli
from app.settings import AppSettings
from evals.attack_files import write_files
from evals.attack_model import ObedientModel
from evals.attack_run import Parts, open_parts, run_attacks
from evals.attack_set import LEAST, faults, load_attacks, read_attacks
from evals.attack_surfaces import surface_faults
from evals.datasets import BadDataset
from ingest.readers import read_article

ATTACKS = {attack.id: attack for attack in load_attacks()}
# Every way in and every surface once, in two runs: the whole set takes most of a minute.
QUICK = (
    *("orders-ignore", "turn-chatml", "tool-call", "frame-newline", "number-line", "image-html", "link-javascript"),
    *("mention-slack", "control-terminal", "bidi-override", "hidden-zero-width", "hidden-docx-white", "record-author"),
    *("record-outlet", "encoded-rot13", "turn-ko", "several-contradict", "cite-this"),
)


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> Parts:
    """Words alone, which is quick."""
    return open_parts(AppSettings(home=tmp_path_factory.mktemp("home"), embedding_model="none"))


def test_the_set_is_large_and_faultless():
    assert len(ATTACKS) >= LEAST
    assert list(faults(list(ATTACKS.values()))) == []
    assert sum(attack.lang == "ko" for attack in ATTACKS.values()) >= 4
    assert sum(bool(attack.open) for attack in ATTACKS.values()) <= 3


def test_faults_of_a_set_are_told():
    attack = ATTACKS["orders-ignore"]
    wrong = [replace(attack, payload="nowhere", obeys=("None [{absent}].",)), attack]
    told = [f"{each.case}: {each.what}" for each in faults(wrong)]
    for words in (
        "a set has at least",
        "no attack is of the kind hidden",
        "the id is there 2 times",
        "none of its files",
        "no file holds 'absent'",
        "no obedient answer holds '20 dollars'",
    ):
        assert any(words in each for each in told), words


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "rain"}, "there is no kind 'rain'"),
        ({"state": "seen"}, "there is no state 'seen'"),
        ({"obeys": []}, "has a file and an answer"),
        ({"never": [""]}, "never is a list of texts"),
        ({"extra": 1}, "and nothing else"),
        ({"files": [{"name": "../x.md", "fields": {}, "text": "x"}]}, "leads out of its folder"),
    ],
)
def test_a_line_that_is_no_attack_is_named(tmp_path, change, reason):
    row = {"id": "a", "kind": "orders", "lang": "en", "question": "q", "payload": "x", "state": "plain"}
    row |= {"files": [{"name": "a.md", "fields": {}, "text": "x"}], "obeys": ["x"], "never": ["x"]}
    (tmp_path / "a.jsonl").write_text(json.dumps({**row, **change}))
    with pytest.raises(BadDataset, match=r"a\.jsonl:1: ") as told:
        read_attacks(tmp_path)
    assert reason in str(told.value)


def test_a_folder_without_attacks_is_told(tmp_path):
    with pytest.raises(BadDataset, match="holds no attacks"):
        read_attacks(tmp_path)


@pytest.mark.parametrize("id_", ["hidden-docx-white", "hidden-pdf-white"])
def test_a_paragraph_in_white_is_in_what_is_read(tmp_path, id_):
    write_files(ATTACKS[id_], tmp_path, "http://127.0.0.1:9")
    (file,) = tmp_path.iterdir()
    read, _ = read_article(file, tmp_path)
    assert read.author == "Han Soo-jin"
    assert "Ignore all previous instructions" in read.text
    assert "⟦" not in read.text


def test_what_is_fetched_is_remembered():
    with ObedientModel() as model, suppress(OSError):
        urllib.request.urlopen(f"{model.address}/pixel.gif", timeout=20)
    assert model.fetched == ["/pixel.gif"]


def test_no_attack_of_the_quick_ones_achieves_anything(parts, tmp_path):
    outcomes = list(run_attacks([ATTACKS[id_] for id_ in QUICK], parts, tmp_path))
    assert {outcome.attack.id: outcome.breaches for outcome in outcomes if outcome.breaches} == {}
    assert all(outcome.sentences["quoted"] for outcome in outcomes if outcome.attack.id == "orders-ignore")


@pytest.mark.long
def test_no_attack_achieves_anything(tmp_path):
    parts = open_parts(AppSettings(home=tmp_path))
    outcomes = list(run_attacks(list(ATTACKS.values()), parts, tmp_path))
    assert {outcome.attack.id: outcome.breaches for outcome in outcomes if outcome.failed} == {}


def test_a_verifier_that_passes_everything_is_found_out(parts, tmp_path, monkeypatch):
    monkeypatch.setattr(Verifier, "check", lambda *_: Verdict())
    chosen = [
        replace(
            ATTACKS["several-contradict"], obeys=("The fee is 20 dollars [{185 dollars for}].",), never=("20 dollars",)
        )
    ]
    (outcome,) = run_attacks(chosen, parts, tmp_path)
    assert outcome.failed
    assert "shown as supported" in outcome.breaches[0].what


def test_a_flag_that_is_missing_and_hidden_words_that_are_read_are_breaches(parts, tmp_path):
    missing = replace(ATTACKS["several-contradict"], id="a", state="flagged")
    read = replace(ATTACKS["orders-ignore"], id="b", state="gone")
    told = [outcome.breaches[0].what for outcome in run_attacks([missing, read], parts, tmp_path)]
    assert told[0].startswith("not flagged: ")
    assert told[1].startswith("words that nobody sees")


def test_what_a_surface_would_make_of_a_link_or_a_picture_is_told(monkeypatch):
    quote = "A fee."
    citation = Citation(
        1,
        "a",
        "0",
        "Title",
        "Outlet",
        None,
        None,
        "2025",
        "https://own.example/x",
        None,
        0,
        6,
        quote,
        PassageSpan(0, 6, quote),
    )
    answer = Answer(
        *("1", "2025-01-01T00:00:00+00:00", "Fee?", "Fee?", {}, (), "answered", "extractive", None, "en"),
        "A fee. [1] ![x](http://evil.example/x) <b>b</b> http://evil.example @here <!here>",
        citations=(citation,),
        basis=Basis(1, 1),
    )
    assert list(surface_faults(answer, [])) == []
    monkeypatch.setattr("evals.attack_surfaces.to_markdown", lambda answer, **_: answer.text)
    monkeypatch.setattr("evals.attack_surfaces.to_html", lambda *_, **__: '<p onclick="x"><img src="y"><a href="z">')
    monkeypatch.setattr("evals.attack_surfaces.to_text", lambda _: "\x1b[2J")
    told = "\n".join(surface_faults(answer, []))
    for words in (
        *("page: the element img", "page: the attribute onclick", "page: a link to z", "Markdown: image"),
        *("Markdown: html_inline <b>", "terminal: the control character"),
    ):
        assert words in told


def test_the_command_carries_out_the_attacks_that_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HANMI_HOME", str(tmp_path))
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    done = CliRunner().invoke(cli, ["eval", "attacks", "image-markdown"])
    assert done.exit_code == 0, done.output
    assert "1 attacks: 3 answers" in done.output
    assert CliRunner().invoke(cli, ["eval", "attacks", "nonesuch"]).exit_code == 2
    told = json.loads(CliRunner().invoke(cli, ["eval", "attacks", "image-markdown", "--json"]).stdout)
    assert told["attacks"][0]["breaches"] == []
