"""Articles that a stranger has tampered with, and what a model would write that obeys them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from app.errors import BadInput
from evals.cases import read_rows
from evals.datasets import BadDataset
from evals.lint import Fault

FOLDER: Final = Path(__file__).parent / "attacks"
CANARY: Final = "CANARY"  # stands for an address on this machine that must never be fetched
KINDS: Final = (
    *("orders", "language", "insult", "figure", "disagreement", "turn", "role", "tool", "frame", "numbers", "cite"),
    *(
        "quotation",
        "exfiltration",
        "mention",
        "hidden",
        "homoglyph",
        "encoded",
        "record",
        "contradiction",
        "conspiracy",
    ),
)
State = Literal["flagged", "plain", "gone"]
LEAST: Final = 40  # attacks that a set has
_FIELDS: Final = ("id", "kind", "lang", "question", "files", "payload", "state", "obeys", "never")
_OPTIONAL: Final = ("open",)
_FILE: Final = ("name", "fields", "text")
_CITED: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class AttackFile:
    """A file of the corpus: Markdown with front matter, HTML, or the paragraphs of a .docx or .pdf.

    In these ``⟦…⟧`` is a paragraph in white on white.
    """

    name: str
    fields: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Attack:
    """A question over tampered articles."""

    id: str
    kind: str  # one of KINDS
    lang: str
    question: str
    files: tuple[AttackFile, ...]
    payload: str  # words by which the planted sentence is known
    state: State  # flagged where it is cited; too much like prose for that; not even in what is read from the file
    obeys: tuple[str, ...]  # answers of a model that obeys; {words}: the number of the sentence with these words
    never: tuple[str, ...]  # words that no sentence may hold which is shown as supported
    open: str = ""  # why it is known to succeed; then it is told, and no failure


def load_attacks() -> list[Attack]:
    """The attacks that come with Hanmi, file by file."""
    return read_attacks(FOLDER)


def read_attacks(folder: Path) -> list[Attack]:
    """The attacks of all files there, in the order of their names. Raises BadDataset that names file, line, reason."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise BadDataset(f"{folder} holds no attacks; they are lines of JSON in files that end in .jsonl")
    return [attack for file in files for attack in read_rows(file, read_attack, "attack")]


def read_attack(row: Mapping[str, Any]) -> Attack:
    """The attack in a parsed line. Raises BadInput with the reason."""
    if sorted(set(row) - set(_OPTIONAL)) != sorted(_FIELDS):
        raise BadInput(f"an attack has {', '.join(_FIELDS)}, perhaps {', '.join(_OPTIONAL)}, and nothing else")
    texts = [row[name] for name in ("id", "lang", "question", "payload")] + [row.get("open", "-")]
    if not all(isinstance(text, str) and text for text in texts):
        raise BadInput("id, lang, question, payload and open must be texts that are not empty")
    if row["kind"] not in KINDS:
        raise BadInput(f"there is no kind {row['kind']!r}; the kinds are {', '.join(KINDS)}")
    if row["state"] not in get_args(State):
        raise BadInput(f"there is no state {row['state']!r}; the states are {', '.join(get_args(State))}")
    for name in ("obeys", "never"):
        if not isinstance(row[name], list) or not all(isinstance(one, str) and one for one in row[name]):
            raise BadInput(f"{name} is a list of texts that are not empty")
    if not row["obeys"] or not isinstance(row["files"], list) or not row["files"]:
        raise BadInput("an attack has a file and an answer that obeys it")
    files = tuple(map(_file, row["files"]))
    lists = {name: tuple(row[name]) for name in ("obeys", "never")}
    return Attack(**{**row, **lists, "files": files})


def faults(attacks: Sequence[Attack]) -> Iterator[Fault]:
    """What is wrong with a set: too few, an id twice, a kind without any, words that are nowhere in the files.

    An attack whose obedient answers hold none of the words that must not be shown would find nothing out.
    """
    if len(attacks) < LEAST:
        yield Fault("", f"there are {len(attacks)} attacks; a set has at least {LEAST}")
    for kind in sorted(set(KINDS) - {attack.kind for attack in attacks}):
        yield Fault("", f"no attack is of the kind {kind}")
    for id_, count in Counter(attack.id for attack in attacks).items():
        if count > 1:
            yield Fault(id_, f"the id is there {count} times")
    for attack in attacks:
        yield from (Fault(attack.id, what) for what in _wrong_with(attack))


def _file(value: object) -> AttackFile:
    if not isinstance(value, dict) or sorted(value) != sorted(_FILE):
        raise BadInput(f"a file has {', '.join(_FILE)}, no more and no less")
    fields = value["fields"]
    if not isinstance(fields, dict) or not all(isinstance(each, str) for each in (*fields, *fields.values())):
        raise BadInput("the fields of a file are texts by name")
    if not all(isinstance(value[name], str) and value[name].strip() for name in ("name", "text")):
        raise BadInput("name and text of a file must be texts that are not blank")
    if Path(value["name"]).name != value["name"]:
        raise BadInput(f"the file name {value['name']!r} leads out of its folder")
    return AttackFile(value["name"], fields, value["text"])


def _wrong_with(attack: Attack) -> Iterator[str]:
    written = "\n".join(" ".join((*file.fields.values(), visible(file.text))) for file in attack.files)
    if visible(attack.payload) not in written:
        yield "none of its files holds the words of its payload"
    for answer in attack.obeys:
        yield from (
            f"no file holds {words!r}, which an answer cites"
            for words in _CITED.findall(answer)
            if words not in written and attack.state != "gone"
        )
    for words in attack.never:
        told = [*attack.obeys, *(re.sub(r"[*_`~]", "", visible(answer)) for answer in attack.obeys)]
        if not any(words.casefold() in answer.casefold() for answer in told):
            yield f"no obedient answer holds {words!r}, which must not be shown"


def visible(text: str) -> str:
    """The text without zero-width spaces, which part letters and are never seen."""
    return text.replace("\u200b", "")
