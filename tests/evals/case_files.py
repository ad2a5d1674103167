"""Cases and small collections made by hand, for the tests of what reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HARBOUR = (
    "The harbour of Ulsan reopened on Monday. President Lee Jae-myung visited the harbour of Ulsan on May 3, 2025.\n\n"
    "Hyundai Motor will invest $26 billion in the United States. Fishing boats left before dawn because the storm had"
    " passed."
)


def a_case(**changes: Any) -> dict[str, Any]:
    """A case on HARBOUR as a line of a file has it."""
    case = {
        "id": "harbour-1",
        "lang": "en",
        "kind": "date",
        "history": [],
        "question": "On which day could ships use the port once more?",
        "answerable": True,
        "gold": [{"article_id": "harbour", "quote": "The harbour of Ulsan reopened on Monday."}],
        "answer_contains": [["on Monday"]],
        "must_not_contain": [],
        "note": "",
    }
    return {**case, **changes}


def unanswerable(**changes: Any) -> dict[str, Any]:
    """A case that HARBOUR does not answer."""
    nothing = {"id": "harbour-2", "kind": "unanswerable", "answerable": False, "gold": [], "answer_contains": []}
    return a_case(**nothing, question="What does a berth in Ulsan cost?") | changes


def write_cases(file: Path, cases: Iterable[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
    return file


def write_corpus(folder: Path) -> Path:
    """A corpus of one article, HARBOUR, its lines broken as an editor breaks them; no name tables of its own."""
    (folder / "articles").mkdir(parents=True)
    text = HARBOUR.replace("on Monday", "on\nMonday")
    head = "---\ntitle: Harbour reopens\noutlet: The Daily\npublished: 2025-05\n---\n\n"
    (folder / "articles" / "harbour.md").write_text(head + text + "\n", "utf-8")
    return folder
