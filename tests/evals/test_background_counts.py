"""Counting word pieces over chunks, and reading the sources."""

from __future__ import annotations

import gzip
import json
import sys

import numpy as np
import pytest

from evals import background_counts
from evals.background_counts import count_pieces, read_texts


def write_lines(path, rows):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


@pytest.fixture
def sources(tmp_path):
    write_lines(tmp_path / "documents.jsonl", [{"body": "A [link](https://example.org/zebra) and <b>bold</b>."}])
    sentences = [
        ("Israel", "Arts", "One."),
        ("Israel", "Arts", "Two."),
        ("Israel", "Arts", "One."),
        ("Peru", "Arts", "3."),
    ]
    write_lines(
        tmp_path / "selqa.jsonl.gz",
        [{"article": article, "section": section, "sentence": text} for article, section, text in sentences],
    )
    pages = [("w:1:0:0", "First."), ("w:1:0:0", "First."), ("w:1:4:2", "Second."), ("w:2:0:0", "Third.")]
    write_lines(tmp_path / "qamr.jsonl.gz", [{"sid": sid, "sentence": text} for sid, text in pages])
    return tmp_path


def test_a_piece_counts_once_a_chunk(minilm):
    tariff, troop = (int(minilm.piece_ids([word])[0][0]) for word in ("tariff", "troop"))
    texts = [" ".join(["tariff"] * 220 + ["troop"] * 10), "tariff tariff", ""]
    holding, chunks = count_pieces(texts, minilm)
    assert chunks == 3
    assert holding[tariff] == 2
    assert holding[troop] == 1
    assert holding.sum() == 3


def test_sections_are_whole_and_markup_is_out(sources):
    texts = list(read_texts([sources]))
    assert [" ".join(text.split()) for text in texts] == [
        "A [link and bold .",
        "One. Two.",
        "3.",
        "First. Second.",
        "Third.",
    ]


def test_folders_without_sources_give_no_texts(tmp_path):
    assert list(read_texts([tmp_path])) == []


def test_the_command_writes_the_same_file_each_time(sources, tmp_path, model_cache, monkeypatch, capsys):
    written = []
    for name in ("one.npz", "two.npz"):
        arguments = [str(sources), "--out", str(tmp_path / name), "--model-cache", str(model_cache)]
        monkeypatch.setattr(sys, "argv", ["background_counts", *arguments])
        background_counts.main()
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert "word pieces in 5 chunks" in capsys.readouterr().out
    with np.load(tmp_path / "one.npz") as stored:
        assert int(stored["chunks"]) == 5
