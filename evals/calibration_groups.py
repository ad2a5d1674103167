"""What a calibration is made from: questions over several collections, and the signals that each gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.answers.confidence import Signals
from app.errors import QuestionRefused
from app.settings import AppSettings
from evals.calibration import Asked, Group
from evals.collections import WHITEHOUSE_FILES, CaseSet, Collection, load_sets, open_collection
from evals.datasets import BadDataset, Dataset, Question, load_multihop_rag, load_squad, part_of

if TYPE_CHECKING:
    from app.assistant import Assistant
    from evals.benchmarks import Progress

DRAWN: Final = 300  # questions of a public set, at most


class Public(NamedTuple):
    """A public set: its folder, and whether a question calibrates."""

    name: str
    folder: str
    load: Callable[[Path], Dataset]
    calibrates: Callable[[Question], bool]


PUBLIC: Final = (
    # The file holds questions of part A only, so they are halved once more.
    Public("MultiHop-RAG", "multihop_rag", load_multihop_rag, lambda one: _digest(f"half {one.id}") % 2 == 0),
    Public("SQuAD 2.0", "squad2", load_squad, lambda one: part_of(one) == "A"),
)


def built_in_groups(
    settings: AppSettings, data: Path | None, work: Path, progress: Progress
) -> tuple[list[Group], list[str]]:
    """The groups that the shipped calibration is made from, and why some are left out.

    Our own cases over the owner's article and over the White House documents of ``data``, each with those on other
    matters; then the public sets that lie there. ``work`` keeps the indexes of the public sets. Raises BadDataset.
    """
    documents = data if data and any((data / name).is_file() for name in WHITEHOUSE_FILES) else None
    owner, offtopic, whitehouse = load_sets(settings, ("owner", "offtopic", "whitehouse"), documents)
    groups, left_out = [], []
    for name, one in (("own cases, the owner's article", owner), ("own cases, White House documents", whitehouse)):
        if one.collection is None:
            left_out.append(f"{name}: {one.reason}")
        else:
            groups.append(_own(name, one.collection, (one, offtopic), settings, progress))
    for public in PUBLIC:
        if data is None or not (data / public.folder).is_dir():
            left_out.append(f"{public.name}: it needs the folder {public.folder} in --data DIR")
        else:
            groups.append(_public(public, data / public.folder, work, settings, progress))
    return groups, left_out


def groups_of(names: Sequence[str], settings: AppSettings, data: Path | None, progress: Progress) -> list[Group]:
    """One group for each collection that these sets are asked over. Raises BadDataset."""
    together: dict[Collection, list[CaseSet]] = {}
    for one in load_sets(settings, names, data):
        if one.collection is None:
            raise BadDataset(f"{one.name}: {one.reason}")
        together.setdefault(one.collection, []).append(one)
    return [
        _own(", ".join(one.name for one in sets), collection, sets, settings, progress)
        for collection, sets in together.items()
    ]


def measure(name: str, assistant: Assistant, asked: Sequence[Asked], progress: Progress) -> Group:
    """The signals of every question; those that are answered or refused without a bar are left out."""
    rows: list[Signals] = []
    kept: list[Asked] = []
    for number, one in enumerate(asked, start=1):
        try:
            signals = assistant.signals(one.question, one.history)
        except QuestionRefused as error:
            raise BadDataset(f"{name}, {one.id}: {error}") from error
        if signals is not None:
            rows.append(signals)
            kept.append(one)
        progress(f"Asking {name}", number, len(asked))
    table = np.array(rows, dtype=float).reshape(-1, len(Signals._fields))
    return Group(name, len(assistant.index.articles()), tuple(kept), table)


def of_public_set(dataset: Dataset, calibrates: Callable[[Question], bool]) -> list[Asked]:
    """At most DRAWN of its questions, half of them answerable where there are enough, always the same ones."""
    drawn = sorted(dataset.questions, key=lambda question: _digest(f"draw {question.id}"))
    chosen: list[Question] = []
    for answerable in (True, False):
        chosen += [question for question in drawn if question.answerable is answerable][: DRAWN // 2]
    return [Asked(one.id, one.text, (), one.answerable, calibrates(one)) for one in chosen]


def _own(
    name: str, collection: Collection, sets: Sequence[CaseSet], settings: AppSettings, progress: Progress
) -> Group:
    assistant = open_collection(
        collection, settings, lambda done, total: progress(f"Indexing {collection.name}", done, total)
    )
    return measure(name, assistant, list(_asked(sets)), progress)


def _asked(sets: Sequence[CaseSet]) -> Iterator[Asked]:
    for one in sets:
        for case in one.cases:
            yield Asked(case.id, case.question, case.history, case.answerable, part_of(case) == "A")


def _public(public: Public, folder: Path, work: Path, settings: AppSettings, progress: Progress) -> Group:
    from app.assistant import Assistant, reading_model
    from app.opening import load_tables, open_embeddings
    from evals.bench.indexing import build_for_hanmi

    dataset = public.load(folder)
    embeddings = open_embeddings(settings)
    home = work / public.name.split()[0].lower() / "hanmi"  # where `hanmi bench --work` has it too
    built = build_for_hanmi(
        home, dataset.articles, embeddings, lambda done, total: progress(f"Indexing {public.name}", done, total)
    )
    assistant = Assistant(built.index, embeddings, reading_model(settings, embeddings), load_tables(settings))
    return measure(public.name, assistant, of_public_set(dataset, public.calibrates), progress)


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
