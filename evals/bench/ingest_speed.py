"""Full and second ingest, beside the bare model and beside the usual way."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from app.settings import AppSettings
from evals.bench.budgets import Measured, Progress
from ingest.embedding import MiniLMEmbeddings
from ingest.index import open_index
from ingest.minilm_graph import model_folder
from ingest.sync import sync


def measure_ingest(
    settings: AppSettings,
    embeddings: MiniLMEmbeddings,
    lines: Path,
    work: Path,
    progress: Progress,
    reference_python: Path | None,
) -> Iterator[Measured]:
    """A full ingest twice, with the bare embedding between: what the machine does meanwhile falls on both."""
    took = []
    for place, folder in enumerate((settings.index_folder, work / "index-again")):
        shutil.rmtree(folder, ignore_errors=True)
        took.append(sync(settings.corpus, folder, embeddings).seconds)
        progress("Ingesting", 2 * place + 1, 3)
        if place == 0:
            bare, chunks = _bare_embedding(settings, embeddings)
            progress("Ingesting", 2, 3)
    full = statistics.mean(took)
    articles = len(list((settings.corpus / "articles").iterdir()))
    note = f"{chunks:,} chunks; reference: the bare model over the same chunks, {chunks / bare:.0f} a second"
    yield Measured(f"full ingest of {articles} articles", "s", full, 1.3, bare, full / bare, of_ratio=True, note=note)
    yield _beside_langchain(full, lines, work, progress, reference_python)
    again = sync(settings.corpus, settings.index_folder, embeddings).seconds
    yield Measured("second ingest, nothing changed, beyond start-up", "s", again, 1.0)


def _bare_embedding(settings: AppSettings, embeddings: MiniLMEmbeddings) -> tuple[float, int]:
    """Seconds for the index's chunks, and how many they are."""
    index = open_index(settings.index_folder)
    ids = [chunk_id for record in index.articles().values() for chunk_id in record.chunk_ids]
    texts = [chunk.text for chunk in index.chunks(ids).values()]
    started = time.perf_counter()
    embeddings.embed(texts)
    return time.perf_counter() - started, len(texts)


def _beside_langchain(full: float, lines: Path, work: Path, progress: Progress, python: Path | None) -> Measured:
    what = "full ingest beside LangChain + sentence-transformers + Chroma"
    if python is None:
        why = "not measured: name an interpreter that has them with --reference-python"
        return Measured(what, "s", None, 3.0, of_ratio=True, at_most=False, note=why)
    script = Path(__file__).with_name("reference_langchain.py")
    folder = work / "reference"
    shutil.rmtree(folder, ignore_errors=True)
    progress("Ingesting the usual way", 0, 1)
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "TOKENIZERS_PARALLELISM": "true"}
    command = [python, script, lines, model_folder(), folder]
    done = subprocess.run(command, capture_output=True, text=True, env=offline, check=False)
    progress("Ingesting the usual way", 1, 1)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"status {done.returncode}"
        return Measured(what, "s", None, 3.0, of_ratio=True, at_most=False, note=f"not measured: {reason}")
    theirs = json.loads(done.stdout.splitlines()[-1])
    seconds = float(theirs["ingest_seconds"])
    note = f"reference: {theirs['chunks']:,} chunks, its start-up of {theirs['load_seconds']:.0f} s not counted"
    return Measured(what, "s", full, 3.0, seconds, seconds / full, of_ratio=True, at_most=False, note=note)
