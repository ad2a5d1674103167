"""Cases: questions of which it is known what their answer has to say, and where the articles say it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.answers.schema import Turn
from app.cli.batch import parse_line, read_history
from app.errors import BadInput
from evals.datasets import AnyAsked, BadDataset, part_of
from ingest.lexical import analyse

__all__ = [
    "KINDS",
    "Case",
    "Gold",
    "as_json",
    "overlap",
    "parse_line",
    "part_of",
    "read_case",
    "read_cases",
    "read_rows",
]

KINDS: Final = (
    *("fact", "number", "date", "who", "list", "why", "opinion", "comparison", "alias", "followup"),
    *("unanswerable", "false_premise", "out_of_domain", "injection"),
)
NEVER_ANSWERABLE: Final = ("unanswerable", "out_of_domain")
_REQUIRED: Final = {"id": str, "lang": str, "kind": str, "question": str, "answerable": bool}
_OPTIONAL: Final = {"history": list, "gold": list, "answer_contains": list, "must_not_contain": list, "note": str}
_TYPE_WORDS: Final = {str: "a text", bool: "true or false", list: "a list"}
_HANGUL: Final = re.compile("[가-힣]")
_HALF: Final = re.compile("[\ud800-\udfff]")  # JSON can bring one, and no file in UTF-8 takes it


@dataclass(frozen=True)
class Gold:
    """Words of an article, as it has them, that carry the answer."""

    article_id: str
    quote: str


@dataclass(frozen=True)
class Case:
    """One question and what is known of its answer."""

    id: str
    lang: str  # of the question: en or ko
    kind: str  # one of KINDS
    history: tuple[Turn, ...]
    question: str
    answerable: bool  # from the articles it is asked over
    gold: tuple[Gold, ...]
    answer_contains: tuple[tuple[str, ...], ...]  # of each group the answer has to hold one
    must_not_contain: tuple[str, ...]
    note: str


def read_cases(file: Path) -> list[Case]:
    """The cases in the order of the file, one JSON object a line, blank lines left out.

    ``history``, ``gold``, ``answer_contains``, ``must_not_contain`` and ``note`` may be missing. Raises BadDataset that
    names file, line and reason: no JSON, an unknown field or kind, a wrong type, an id that is there twice, a case that
    says nothing of its answer or contradicts itself; also for a file that cannot be read or holds no case.
    """
    return read_rows(file, read_case, "case")


def read_rows(file: Path, read: Callable[[Mapping[str, Any]], AnyAsked], what: str) -> list[AnyAsked]:
    """What ``read`` makes of the JSON object in each line that is not blank, in order; ``what`` is the word for one.

    ``read`` raises BadInput for a row it does not take. Raises BadDataset as ``read_cases`` does.
    """
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadDataset(f"{file} cannot be read: {reason}") from error
    rows: list[AnyAsked] = []
    lines: dict[str, int] = {}
    # Not splitlines(): JSON may hold U+2028 and its like inside a string.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = read(parse_line(line))
            if row.id in lines:
                raise BadInput(f"the id {row.id!r} is that of line {lines[row.id]} too")
        except BadInput as error:
            raise BadDataset(f"{file}:{number}: {error}") from error
        lines[row.id] = number
        rows.append(row)
    if not rows:
        raise BadDataset(f"{file} holds no {what}; a {what} is one JSON object a line")
    return rows


def read_case(row: Mapping[str, Any]) -> Case:
    """The case in a parsed line. Raises BadInput with the reason, as ``read_cases`` tells it."""
    for name, kind in {**_REQUIRED, **_OPTIONAL}.items():
        if name not in row and name in _REQUIRED:
            raise BadInput(f"the field {name!r} is missing")
        if name in row and not isinstance(row[name], kind):
            raise BadInput(f"{name!r} must be {_TYPE_WORDS[kind]}")
    unknown = [name for name in row if name not in _REQUIRED and name not in _OPTIONAL]
    if unknown:
        raise BadInput(f"there is no field {unknown[0]!r}; a case has {', '.join([*_REQUIRED, *_OPTIONAL])}")
    if _HALF.search(json.dumps(row, ensure_ascii=False)):
        raise BadInput("it holds half of a surrogate pair, which is no character: write the whole character")
    case = Case(
        id=row["id"].strip(),
        lang=row["lang"],
        kind=row["kind"],
        history=read_history(row.get("history", [])),
        question=row["question"],
        answerable=row["answerable"],
        gold=tuple(_gold(one) for one in row.get("gold", [])),
        answer_contains=tuple(_texts(group, "a group of answer_contains") for group in row.get("answer_contains", [])),
        must_not_contain=_texts(row.get("must_not_contain", []), "must_not_contain", empty=True),
        note=row.get("note", ""),
    )
    _check(case)
    return case


def as_json(case: Case) -> dict[str, Any]:
    """The case as a line of a file has it; ``read_case`` reads it again."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(case)))
    return plain


def overlap(case: Case) -> float | None:
    """The share of the question's content words that its gold quotes hold, each word once and by its stem.

    None without gold, for a question without a content word, and for one in Korean over quotes without Hangul.
    """
    quotes = " ".join(gold.quote for gold in case.gold)
    asked = set(analyse(case.question))
    if not quotes or not asked or (case.lang == "ko" and not _HANGUL.search(quotes)):
        return None
    return len(asked & set(analyse(quotes))) / len(asked)


def _gold(value: object) -> Gold:
    fields = ("article_id", "quote")
    if not isinstance(value, dict) or sorted(value) != sorted(fields):
        raise BadInput('gold is a list of {"article_id": "…", "quote": "…"}')
    return Gold(*_texts([value[name] for name in fields], "article_id and quote of gold"))


def _texts(values: object, what: str, *, empty: bool = False) -> tuple[str, ...]:
    good = isinstance(values, Sequence) and not isinstance(values, str)
    texts = [value for value in values if isinstance(value, str) and value.strip()] if good else []  # type: ignore[attr-defined]
    if not good or len(texts) != len(values) or not (texts or empty):  # type: ignore[arg-type]
        raise BadInput(f"{what}: texts that are not blank, in a list")
    return tuple(texts)


def _check(case: Case) -> None:
    """Raises BadInput for values that are not known and for a case that contradicts itself."""
    if not case.id or not case.question.strip():
        raise BadInput("id and question must not be blank")
    if case.lang not in ("en", "ko"):
        raise BadInput(f"lang must be en or ko, not {case.lang!r}")
    if case.kind not in KINDS:
        raise BadInput(f"there is no kind {case.kind!r}; the kinds are {', '.join(KINDS)}")
    if case.kind == "followup" and not case.history:
        raise BadInput("a followup needs the turns before it in history")
    if case.answerable and case.kind in NEVER_ANSWERABLE:
        raise BadInput(f"a case of the kind {case.kind} cannot be answerable")
    if case.answerable and not (case.gold or case.answer_contains):
        raise BadInput("it is answerable, but neither gold nor answer_contains says what the answer is")
    if not case.answerable and (case.gold or case.answer_contains):
        raise BadInput("it is not answerable, but gold or answer_contains says what the answer is")
