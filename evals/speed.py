"""The budgets of time, memory and room, measured beside their references in one run.

A budget that is a ratio compares two things done within minutes of each other on one machine: how busy or how fast the
machine is moves both.
"""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.names import NameTables
from app.opening import open_embeddings
from app.question import understand
from app.settings import AppSettings, checkout
from evals.bench.budgets import Measured, Progress
from evals.bench.engines import ASKED_ON
from evals.bench.ingest_speed import measure_ingest
from evals.bench.installed import installed_mb, locked_packages
from evals.bench.retrieval_speed import measure_large, measure_retrieval
from evals.bench.serving import ProcessFailed, ask_at_once, resident_mb, run_hanmi, serving
from evals.datasets import Dataset, load_multihop_rag, select
from ingest.articles import Article
from ingest.embedding import MiniLMEmbeddings
from ingest.importing import import_jsonl
from ingest.index import open_index

QUESTIONS: Final = 50  # whose median is taken
PEOPLE: Final = 20
ROUNDS: Final = 3
COLD_STARTS: Final = 5


def run_speed(
    folder: Path,
    work: Path,
    settings: AppSettings,
    progress: Progress,
    reference_python: Path | None = None,
    large: bool = False,
    limit: int | None = None,
) -> list[Measured]:
    """Every budget, over the articles and questions of MultiHop-RAG in ``folder``; ``limit``: of so many articles.

    Raises BadDataset, ModelUnavailable; a process of ours that fails is reported as not measured.
    """
    dataset = load_multihop_rag(folder)
    dataset = replace(dataset, articles=dataset.articles[:limit])
    embeddings = open_embeddings(settings)
    if not isinstance(embeddings, MiniLMEmbeddings):
        raise ProcessFailed("the budgets are those of the embedded model; unset HANMI_EMBEDDING_MODEL")
    corpus = work / "corpus"
    shutil.rmtree(work / "index", ignore_errors=True)
    lines = _write_corpus(dataset, work, corpus)
    for table in ("names.toml", "terms.toml"):
        shutil.copy(settings.corpus / table, corpus)
    used = replace(settings, corpus=corpus, index=work / "index")
    measured = list(measure_ingest(used, embeddings, lines, work, progress, reference_python))
    index = open_index(used.index_folder, piece_ids=embeddings.model.piece_ids)
    questions = [question.text for question in select(dataset, "all", QUESTIONS)]
    tables, articles = NameTables.load(corpus), index.articles()
    understood = [understand(question, (), tables, articles, ASKED_ON) for question in questions]
    measured += measure_retrieval(index, embeddings, understood, progress)
    if large:
        measured.append(measure_large(index, embeddings, understood, work, progress))
    measured += _processes(used, questions[:PEOPLE], work, progress)
    measured.append(_installed())
    return measured


def _write_corpus(dataset: Dataset, work: Path, corpus: Path) -> Path:
    """The articles as JSON lines, imported as ``hanmi import`` does; the file of lines."""
    lines = work / "articles.jsonl"
    lines.write_text("".join(json.dumps(_line(article)) + "\n" for article in dataset.articles), "utf-8")
    shutil.rmtree(corpus, ignore_errors=True)
    import_jsonl(lines, corpus / "articles")
    return lines


def _line(article: Article) -> dict[str, str | None]:
    return {
        "id": article.id,
        "title": article.title,
        "source": article.outlet,
        "published_at": article.published,
        "url": article.url,
        "body": article.text,
    }


def _processes(settings: AppSettings, questions: Sequence[str], work: Path, progress: Progress) -> Iterator[Measured]:
    try:
        cold = []
        for number in range(COLD_STARTS):
            cold.append(run_hanmi(settings, "ask", questions[number % len(questions)])[0])
            progress("Asking in a new process", number + 1, COLD_STARTS)
        yield Measured("hanmi ask, cold process, warm index", "s", statistics.median(cold), 3.0)
    except ProcessFailed as error:
        yield Measured("hanmi ask, cold process, warm index", "s", None, 3.0, note=f"not measured: {error}")
    try:
        with serving(settings, work / "chat.log") as served:
            yield Measured("page ready after hanmi chat", "s", served.seconds_to_ready, 8.0)
            ask_at_once(served.url, questions, 1, 1)  # states of the passages in demand are kept from here on
            one = ask_at_once(served.url, questions, 1, ROUNDS)
            progress("Asking the page", 1, 2)
            many = ask_at_once(served.url, questions, PEOPLE, ROUNDS)
            progress("Asking the page", 2, 2)
            memory = resident_mb(served.pid)
    except ProcessFailed as error:
        yield Measured("page ready after hanmi chat", "s", None, 8.0, note=f"not measured: {error}")
        return
    rate, alone = many.questions_per_second, one.questions_per_second
    note = "answers a second; reference: one person"
    yield Measured(
        f"{PEOPLE} people asking at once",
        "/s",
        rate,
        1.5,
        alone,
        rate / alone,
        of_ratio=True,
        at_most=False,
        note=note,
    )
    yield Measured("… of which failed", "", float(one.failed + many.failed), 0.0)
    why = "" if memory is not None else "not measured: this system does not tell"
    yield Measured("memory while serving, after those questions", "MB", memory, 900.0, note=why)


def _installed() -> Measured:
    locks = [checkout() / "requirements.lock", checkout() / "requirements-model.lock"]
    what = "installed size of the run-time packages, without byte code"
    try:
        return Measured(what, "MB", installed_mb(locked_packages(*locks)), 850.0)
    except OSError as error:
        return Measured(what, "MB", None, 850.0, note=f"not measured: {error}")
