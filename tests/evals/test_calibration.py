"""The bar for "the articles don't say": set on half of the questions, reported on the other, read by the app."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from app.answers.confidence import CALIBRATION_FILE, Calibration, Signals, load_calibration, read_calibration
from app.cli import cli
from app.settings import AppSettings
from evals.calibration import FOR_A_WEIGHT, Asked, Group, are_enough, as_toml, calibration_of, check, curve, fit
from evals.calibration_groups import of_public_set
from evals.collections import Collection, open_collection
from evals.datasets import BadDataset, Dataset, Question, part_of
from tests.evals.case_files import a_case, unanswerable, write_cases, write_corpus

SIGNALS = len(Signals._fields)
LOUD = Calibration(Signals(*[4.0] * SIGNALS), intercept=-2.0 * SIGNALS, bar=0.9)


def group(answerable: Sequence[float], others: Sequence[float], name: str = "made", halves: str = "AB") -> Group:
    """Each question has one value for all its signals, and is in both halves; ``halves``: or in one."""
    values = [*answerable, *others]
    flags = [True] * len(answerable) + [False] * len(others)
    asked = [
        Asked(f"{half}{number}", "q", (), flag, half == "A") for half in halves for number, flag in enumerate(flags)
    ]
    return Group(name, 1, tuple(asked), np.tile(np.array(values * len(halves))[:, None], (1, SIGNALS)))


def test_few_questions_set_only_the_bar() -> None:
    few = [group([0.5] * (FOR_A_WEIGHT * SIGNALS - 1), [0.1] * 200)]
    enough = [group([0.5] * (FOR_A_WEIGHT * SIGNALS), [0.1] * 200)]
    assert [are_enough(few), are_enough(enough)] == [False, True]
    assert calibration_of(few, LOUD).weights == LOUD.weights
    assert calibration_of(enough, LOUD).weights != LOUD.weights


@pytest.mark.parametrize(("wrongly", "lost"), [(0.0, 0), (0.049, 0), (0.05, 1), (0.1, 2), (0.5, 10), (1.0, 19)])
def test_the_bar_is_the_highest_that_loses_no_more_than_was_said(wrongly: float, lost: int) -> None:
    values = np.linspace(0.3, 0.7, 20)
    groups = [group(list(values), [0.1])]
    bar = calibration_of(groups, LOUD, wrongly).bar
    chances = sorted(LOUD.probability(Signals(*[float(value)] * SIGNALS)) for value in values)
    assert sum(chance < bar for chance in chances) == lost
    assert bar == pytest.approx(chances[lost], abs=0.001)


def test_every_group_weighs_the_same_in_the_bar() -> None:
    large, small = group([0.6] * 90 + [0.4] * 10, [0.1]), group([0.3, 0.6], [0.1], "small")
    # of the small group one in two is lost at 0.3: a quarter of all, and more than 5 %
    assert calibration_of([large, small], LOUD).bar <= LOUD.probability(Signals(*[0.3] * SIGNALS))
    assert calibration_of([large], LOUD, 0.1).bar > LOUD.probability(Signals(*[0.4] * SIGNALS))


def test_only_the_calibrating_half_is_fitted() -> None:
    random = np.random.default_rng(5)
    good = group(list(random.uniform(0.4, 1, 60)), list(random.uniform(0, 0.6, 60)), halves="A")
    noise = group([0.0] * 60, [1.0] * 60, halves="B")
    both = Group("both", 1, good.asked + noise.asked, np.vstack([good.signals, noise.signals]))
    assert calibration_of([both], LOUD) == calibration_of([good], LOUD)
    (checked,) = check(calibration_of([good], LOUD), [both])
    assert (checked.answerable, checked.others) == (60, 60)
    assert checked.auroc is not None
    assert checked.auroc.value == 0
    assert checked.wrong_abstentions == (1, 1, 1)
    assert checked.right_abstentions == (0, 0, 0)


def test_fitting_finds_what_tells_the_classes_apart_and_weighs_nothing_against_them() -> None:
    random = np.random.default_rng(6)
    one = group([0.0] * 100, [0.0] * 100)
    flags = np.array([asked.answerable for asked in one.asked])
    one.signals[:] = random.random(one.signals.shape)
    one.signals[:, 1] = np.clip(0.5 * flags + 0.5 * one.signals[:, 1], 0, 1)  # more with an answer
    one.signals[:, 2] = np.clip(0.5 * ~flags + 0.5 * one.signals[:, 2], 0, 1)  # more without
    fitted = fit([one])
    assert fitted.weights[1] == max(fitted.weights) > 1
    assert fitted.weights[2] == 0
    assert min(fitted.weights) >= 0


def test_the_curve_rises_and_holds_what_was_chosen() -> None:
    groups = [group(list(np.linspace(0.3, 0.9, 40)), list(np.linspace(0.1, 0.6, 40)))]
    found = calibration_of(groups, LOUD, 0.07)
    points = curve(found, groups, 0.07)
    assert found.bar in [point.bar for point in points]
    for lower, higher in pairwise(points):
        assert lower.bar < higher.bar
        assert lower.answered >= higher.answered
        assert lower.wrong_abstentions <= higher.wrong_abstentions
        assert lower.right_abstentions <= higher.right_abstentions
    at = next(point for point in points if point.bar == found.bar)
    assert at.wrong_abstentions == 2 / 40  # the highest share up to 0.07
    kept = 38 + round(40 * (1 - at.right_abstentions))
    assert at.answered == pytest.approx(kept / 80)
    assert at.not_answerable == pytest.approx(1 - 38 / kept)


@pytest.mark.parametrize(("answerable", "others", "missing"), [([], [0.1], "answerable"), ([0.1], [], "unanswerable")])
def test_a_group_without_one_of_the_classes_is_told(answerable: list[float], others: list[float], missing: str) -> None:
    with pytest.raises(BadDataset, match=f"^lonely: .*none of them is {missing}"):
        calibration_of([group(answerable, others, "lonely")], LOUD)


def test_a_class_that_is_missing_on_the_other_half_has_no_figure() -> None:
    (checked,) = check(LOUD, [group([0.5], [], halves="B")])
    assert (checked.auroc, checked.right_abstentions) == (None, None)
    assert checked.wrong_abstentions is not None


def test_the_file_is_what_the_app_reads() -> None:
    text = as_toml(Calibration(LOUD.weights, -3.25, 0.321), "hanmi eval calibrate --write")
    assert text.startswith("# Made by `hanmi eval calibrate --write`; do not edit by hand.\n")
    assert read_calibration(tomllib.loads(text)) == Calibration(LOUD.weights, -3.25, 0.321)


def test_the_shipped_file_comes_from_the_command() -> None:
    import app.answers

    first = (Path(app.answers.__file__).parent / CALIBRATION_FILE).read_text("utf-8").splitlines()[0]
    assert first == "# Made by `hanmi eval calibrate --data DIR --write`; do not edit by hand."


def test_a_public_set_is_drawn_half_and_half_and_always_the_same() -> None:
    questions = tuple(Question(f"q{number}", f"What is {number}?", answerable=number < 400) for number in range(600))
    asked = of_public_set(Dataset("made", (), questions), lambda one: part_of(one) == "A")
    assert sum(one.answerable for one in asked) == 150
    assert len(asked) == len({one.id for one in asked}) == 300
    assert 60 < sum(one.calibrates for one in asked if one.answerable) < 90
    again = of_public_set(Dataset("made", (), questions[::-1]), lambda one: part_of(one) == "A")
    assert again == asked


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────

ON_THE_MATTER = ("When did the harbour of Ulsan reopen?", "When did President Lee visit the harbour of Ulsan?")
ON_OTHERS = ("Who discovered penicillin?", "Which moon of Saturn has lakes?")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a corpus of one article and the settings of someone without a model."""
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path / "corpus")
    for name, value in {"HOME": "home", "EMBEDDING_MODEL": "none", "CORPUS": "corpus"}.items():
        monkeypatch.setenv(f"HANMI_{name}", value)
    return tmp_path


def calibrate(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["eval", "calibrate", *arguments])


def own_cases(folder: Path, answerable: bool = True) -> Path:
    """Forty cases on HARBOUR and forty on other matters, in both halves."""
    cases = [unanswerable(id=f"other-{number}", question=f"{ON_OTHERS[number % 2]} ({number})") for number in range(40)]
    if answerable:
        cases += [a_case(id=f"own-{number}", question=ON_THE_MATTER[number % 2]) for number in range(40)]
    return write_cases(folder / "mine.jsonl", cases)


def test_a_team_calibrates_on_its_own_cases_and_the_app_reads_the_file(workplace: Path) -> None:
    own_cases(workplace)
    result = calibrate("--set", "mine.jsonl", "--out", "own.toml")
    assert result.exit_code == 0, result.output
    assert "the weights that come with Hanmi are kept" in result.stdout
    assert "| chosen |" in result.stdout
    assert "Written to own.toml; HANMI_CALIBRATION=own.toml uses it." in result.stdout
    text = (workplace / "own.toml").read_text("utf-8")
    assert text.startswith("# Made by `hanmi eval calibrate --set mine.jsonl --out FILE`")
    own = load_calibration(workplace / "own.toml")
    assert own.weights == pytest.approx(load_calibration().weights, abs=1e-4)
    settings = AppSettings(home=workplace / "home", embedding_model="none", calibration=workplace / "own.toml")
    assistant = open_collection(Collection("own", workplace / "corpus"), settings)
    chances = [own.probability(assistant.signals(question)) for question in ON_THE_MATTER]
    assert own.bar == pytest.approx(min(chances), abs=0.001)
    assert [assistant.answer(question).status for question in ON_THE_MATTER] == ["answered"] * 2
    assert [assistant.answer(question).status for question in ON_OTHERS] == ["not_in_corpus"] * 2


def test_without_a_file_to_write_the_calibration_is_printed(workplace: Path) -> None:
    own_cases(workplace)
    result = calibrate("--set", "mine.jsonl", "--wrong", "0.2")
    assert result.exit_code == 0, result.output
    printed = result.stdout[result.stdout.index("# Made by") :]
    assert "--wrong 0.2" in printed
    assert 0 <= read_calibration(tomllib.loads(printed)).bar <= 1


def test_what_cannot_be_calibrated_is_told_in_one_line(workplace: Path) -> None:
    own_cases(workplace, answerable=False)
    for arguments, told in (
        (["--set", "mine.jsonl"], "none of them is answerable"),
        (["--set", "none.jsonl"], "none.jsonl cannot be read"),
        (["--set", "whitehouse"], "--data DIR"),
        (["--write", "--set", "mine.jsonl"], "--out FILE"),
        (["--write", "--out", "own.toml"], "--out FILE"),
        (["--write"], "embedded model"),
    ):
        result = calibrate(*arguments)
        assert result.exit_code == 2, (arguments, result.output)
        assert told in result.stderr
        assert result.stderr.count("\n") == 1
    assert not (workplace / "own.toml").exists()
