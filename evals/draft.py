"""Proposed cases in a file that a person goes through: from one's own articles, and from what readers thought.

DIR/draft.jsonl holds every proposal, decided or not; DIR/cases.jsonl what was accepted. Proposing again adds to the
one, accepting adds to the other; neither takes anything out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.answers.asked_for import asked_for
from app.errors import BadInput
from app.store import Feedback
from evals.cases import Case, as_json, parse_line, read_case
from evals.datasets import BadDataset

DRAFT: Final = "draft.jsonl"
CASES: Final = "cases.jsonl"
_ASKED: Final = {"person": "who", "time": "date", **dict.fromkeys(("share", "sum", "count", "number"), "number")}
_SAID: Final = {"up": "good", "down": "wrong"}

Row = dict[str, Any]  # a case as a file has it, with "accepted": true, false, or null while nobody has decided


@dataclass
class Draft:
    """The proposals of a folder, in the order they were made."""

    folder: Path
    rows: list[Row] = field(default_factory=list)

    @property
    def open(self) -> list[Row]:
        """Those nobody has decided on."""
        return [row for row in self.rows if row["accepted"] is None]

    def add(self, rows: Iterable[Row]) -> list[Row]:
        """Take in those whose ids are not there yet; returns them."""
        known = {row["id"] for row in self.rows}
        new = [row for row in rows if row["id"] not in known]
        self.rows += new
        return new

    def save(self) -> list[str]:
        """Write the proposals, then add those accepted to the cases; returns the ids of what was added.

        The proposals are written whole beside the old ones and then take their place, so that a stop in between loses
        nothing.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(self.folder / DRAFT, "".join(_line(row) for row in self.rows))
        return self._add_cases()

    def _add_cases(self) -> list[str]:
        file = self.folder / CASES
        text = file.read_text("utf-8-sig") if file.exists() else ""
        there = {row["id"] for row in _rows(file)}
        new = [case_row(row) for row in self.rows if row["accepted"] is True and row["id"] not in there]
        if new:
            before = text if not text or text.endswith("\n") else text + "\n"
            _replace(file, before + "".join(_line(row) for row in new))
        return [row["id"] for row in new]


def read_draft(folder: Path) -> Draft:
    """The draft of a folder; an empty one where there is none. Raises BadDataset for a line that is no proposal."""
    rows = _rows(folder / DRAFT)
    for number, row in enumerate(rows, start=1):
        decided = row.get("accepted")
        if not (decided is None or isinstance(decided, bool)) or not isinstance(row.get("id"), str):
            raise BadDataset(f'{folder / DRAFT}: proposal {number} needs an id, and "accepted": true, false or null')
        row.setdefault("accepted", None)
    return Draft(folder, rows)


def known(folder: Path) -> set[str]:
    """The ids and questions of the proposals and the cases of the folder."""
    rows = [row for name in (DRAFT, CASES) for row in _rows(folder / name)]
    return {str(row.get(name)) for row in rows for name in ("id", "question")}


def proposed(case: Case) -> Row:
    """A case as a proposal."""
    return {**as_json(case), "accepted": None}


def case_row(row: Mapping[str, Any]) -> Row:
    """The proposal without its decision: what ``read_case`` reads."""
    return {name: value for name, value in row.items() if name != "accepted"}


def case_of(row: Mapping[str, Any]) -> Case:
    """The case in a proposal. Raises BadInput where it is not complete yet."""
    return read_case(case_row(row))


def from_feedback(given: Sequence[Feedback]) -> list[Row]:
    """A proposal for each answer that a reader judged; replies to small talk are left out.

    A good answer's quotations are its gold, a good refusal is a case that is not answerable. What was judged wrong has
    to be completed by a person: only they know what the articles say instead.
    """
    return [_of_feedback(each) for each in given if each.answer["status"] != "conversation"]


def _of_feedback(given: Feedback) -> Row:
    answer = given.answer
    question = str(answer["standalone_question"] or answer["question"])
    refused = answer["status"] == "not_in_corpus"
    good = given.verdict == "up"
    gold = [{name: each[name] for name in ("article_id", "quote")} for each in answer["citations"]] if good else []
    asked = asked_for(question)
    return {
        "id": f"feedback-{given.answer_id[:12]}",
        "lang": answer["language"],
        "kind": "unanswerable" if good and refused else _ASKED.get(asked.kind, "fact") if asked else "fact",
        "history": [],
        "question": question,
        "answerable": not (good and refused),
        "gold": gold,
        "answer_contains": [],
        "must_not_contain": [],
        "note": _note(given, refused=refused),
        "accepted": None,
    }


def _note(given: Feedback, *, refused: bool) -> str:
    answer = given.answer
    what = "this refusal" if refused else "this answer"
    parts = [f"on {given.given_at[:10]} a reader found {what} {_SAID[given.verdict]}"]
    if given.reason:
        parts.append(f"“{given.reason}”")
    if answer["question"] != answer["standalone_question"]:
        parts.append(f"it was asked as “{answer['question']}”")
    if answer["filters"]:
        parts.append(f"with the filters {json.dumps(answer['filters'], ensure_ascii=False)}")
    if given.verdict == "down":
        parts.append("add the gold quote, or set answerable to false")
    return "; ".join(parts)


def _rows(file: Path) -> list[Row]:
    """The objects in a file of JSON lines; [] where there is no file. Raises BadDataset that names file and line."""
    try:
        lines = file.read_text("utf-8-sig").split("\n") if file.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise BadDataset(f"{file} cannot be read: {error}") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows += [parse_line(line)] if line.strip() else []
        except BadInput as error:
            raise BadDataset(f"{file}:{number}: {error}") from error
    return rows


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _replace(file: Path, text: str) -> None:
    part = file.with_name(f"{file.name}.part")
    part.write_text(text, "utf-8", errors="backslashreplace")  # half a character that an edit brought, as JSON has it
    part.replace(file)
