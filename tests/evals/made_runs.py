"""Folders of runs made by hand, with the rows and the summary that a run would write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.cases import as_json, overlap, part_of, read_case
from evals.failures import failures
from evals.run_folder import FORMAT, row_file, write_summary
from evals.scoring import Asked, Place, places_of, score
from evals.summary import metrics_json, set_summary, total_tokens
from tests.evals.case_files import HARBOUR
from tests.evals.made_answers import ARTICLE

WHOLE = Place(ARTICLE.id, 0, len(HARBOUR))


def made_row(case: dict[str, Any], answer: dict[str, Any], passages: Sequence[Place] = (WHOLE,)) -> dict[str, Any]:
    """The row of a case that was answered so, scored; its part is the case's own."""
    asked = Asked(read_case(case), answer, passages, places_of(read_case(case), {ARTICLE.id: ARTICLE}.get))
    scores = score(asked, {ARTICLE.id: ARTICLE}.get)
    return {
        **lost_row(case, "scored", None),
        "answer": answer,
        "passages": [{**place._asdict(), "score": 1.0} for place in passages],
        "gold_spans": [{"gold": n, **place._asdict()} for n, places in enumerate(asked.gold) for place in places],
        "scores": scores,
        "failures": failures(asked, scores),
    }


def lost_row(case: dict[str, Any], state: str, reason: str | None) -> dict[str, Any]:
    """The row of a case without an answer: an error, or not run."""
    read = read_case(case)
    return {
        "set": "own", "part": part_of(read), "overlap": overlap(read), "state": state, "reason": reason,
        "case": as_json(read), "answer": None, "passages": [], "gold_spans": [], "scores": {}, "failures": [],
    }  # fmt: skip


def write_run(folder: Path, rows: Sequence[dict[str, Any]], **changes: Any) -> Path:
    """The folder with these rows and their summary; ``changes`` are of the summary."""
    folder.mkdir()
    with row_file(folder) as file:
        for row in rows:
            file.write(row)
    facts = {"articles": 1, "chunks": 1, "corpus_sha256": "c0ffee", "cases_sha256": "decade"}
    names = dict.fromkeys(row["set"] for row in rows)
    sets = {name: {**facts, **set_summary([row for row in rows if row["set"] == name])} for name in names}
    summary = {
        "format": FORMAT, "started": "2026-11-24T12:00:00+00:00", "seconds": 1.5, "stopped": False,
        "machine": {"cores": 2}, "commit": "0123456789abcdef+changes", "engine": "extractive",
        "model": None, "tokens": total_tokens(one["tokens"] for one in sets.values()),
        "settings": {"embedding_model": "embedded", "index": {"dimension": 384}},
        "calibration": {"bar": 0.325}, "sets": sets, "metrics": metrics_json(),
    }  # fmt: skip
    write_summary(folder, json.loads(json.dumps({**summary, **changes})))
    return folder
