"""The parts that the settings describe."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answers.confidence import Signals
from app.errors import SettingsError
from app.opening import open_assistant
from app.settings import AppSettings
from tests.app.collection import ARTICLES, BM25, put, writer_of


def test_the_assistant_holds_to_the_calibration_that_is_set(tmp_path: Path) -> None:
    with writer_of(tmp_path / "index", BM25) as writer:
        put(writer, BM25, ARTICLES)
        writer.commit()
    file = tmp_path / "own.toml"
    settings = AppSettings(home=tmp_path, corpus=tmp_path, embedding_model="none", calibration=file)
    weights = "".join(f"{name} = 0\n" for name in (*Signals._fields, "intercept"))
    statuses = []
    for bar in ("0.49", "0.51"):
        file.write_text(f"[weights]\n{weights}[bars]\nanswered = {bar}", "utf-8")
        answer = open_assistant(settings).answer("What is the visa fee?")
        assert answer.confidence == 0.5
        statuses.append(answer.status)
    assert statuses == ["answered", "not_in_corpus"]
    file.unlink()
    with pytest.raises(SettingsError, match="HANMI_CALIBRATION"):
        open_assistant(settings)
