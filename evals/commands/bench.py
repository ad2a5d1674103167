"""``hanmi bench``: the public benchmarks and the budgets of time and memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FILE, FOLDER, with_settings
from app.settings import AppSettings
from evals.commands.options import give_result, progress_bar, work_folder

if TYPE_CHECKING:
    from evals.benchmarks import Name, Result
    from evals.datasets import Part

SET_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(short_help="Measure Hanmi on public benchmarks.")
def bench() -> None:
    """Measure this engine beside dense only, BM25 only, RRF, and the LangChain tutorial's way.

    DIR is the folder of the set's own files. Figures come with 95 % intervals. Part A of a set is for looking at
    failures, part B for the figures that are reported. squad and multihop-rag measure the app's answers too.
    """


def _set_command(name: Name, short_help: str, help_text: str) -> None:
    """Add ``hanmi bench NAME DIR``."""

    @bench.command(name, short_help=short_help, help=help_text)
    @click.argument("folder", type=SET_FOLDER, metavar="DIR")
    @click.option("--part", type=click.Choice(["A", "B", "all"]), help="Which questions.  [default: B, or all]")
    @click.option("--limit", type=click.IntRange(1), help="So many questions at most, drawn the same way every time.")
    @click.option("--work", type=FOLDER, help="Folder to keep the indexes in, for the next run.")
    @click.option("--json", "json_file", type=FILE, help='File for the result as JSON; "-" is standard output.')
    @with_settings()
    def command(
        settings: AppSettings,
        folder: Path,
        part: Part | None,
        limit: int | None,
        work: Path | None,
        json_file: Path | None,
    ) -> None:
        result = _measure(settings, name, folder, part, limit, work)
        from evals.bench.report import as_json, print_result

        give_result(json_file, lambda: print_result(result), lambda: as_json(result))


_set_command(
    "multihop-rag",
    "News questions that need two to four articles.",
    "MultiHop-RAG: corpus.json and MultiHopRAG.json in DIR. Measures answers too: facts cited, null queries refused.",
)
_set_command(
    "squad",
    "Questions on Wikipedia, half of them unanswerable.",
    "SQuAD 2.0: dev.json in DIR; all its paragraphs are one collection. Measures answers too: gold words quoted.",
)
_set_command(
    "scifact",
    "Scientific claims and the abstracts that bear on them.",
    "SciFact in BEIR's form: corpus.jsonl, queries.jsonl and the one .tsv in qrels/.",
)
_set_command("korquad", "Korean questions on Wikipedia.", "KorQuAD 1.0: dev.json in DIR.")


@bench.command(short_help="Time, memory and room, beside their references.")
@click.argument("folder", type=SET_FOLDER, metavar="DIR")
@click.option(
    "--reference-python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Interpreter that has LangChain, sentence-transformers and Chroma.",
)
@click.option("--large", is_flag=True, help="Also grow the index to 100,000 chunks; takes minutes and 2 GB.")
@click.option("--limit", type=click.IntRange(1), help="So many articles at most; for trying it out.")
@click.option("--work", type=FOLDER, help="Folder to work in, kept afterwards.")
@click.option("--json", "json_file", type=FILE, help='File for the result as JSON; "-" is standard output.')
@with_settings()
def speed(
    settings: AppSettings,
    folder: Path,
    reference_python: Path | None,
    large: bool,
    limit: int | None,
    work: Path | None,
    json_file: Path | None,
) -> None:
    """Measure the budgets over MultiHop-RAG's articles in DIR; a quiet machine gives the truest numbers."""
    from evals.bench.budgets import as_json, print_budgets
    from evals.speed import run_speed

    with work_folder(work) as home, progress_bar() as progress:
        measured = run_speed(folder, home, settings, progress, reference_python, large=large, limit=limit)
    give_result(json_file, lambda: print_budgets(measured), lambda: as_json(measured))


@bench.command(short_help="Thirty people asking at once in Slack.")
@click.option("--work", type=FOLDER, help="Folder to work in, kept afterwards, with Hanmi's log.")
@click.option("--json", "json_file", type=FILE, help='File for the result as JSON; "-" is standard output.')
@with_settings()
def slack(settings: AppSettings, work: Path | None, json_file: Path | None) -> None:
    """Measure how soon 30 questions asked at once in Slack are acknowledged and answered, over HTTP and Socket Mode.

    Hanmi serves your own articles; Slack is a fake on this machine, and nothing leaves it. No token is needed.
    """
    from evals.bench.slack_burst import as_json, print_bursts, run_bursts

    with work_folder(work) as home, progress_bar() as progress:
        measured = run_bursts(settings, home, progress)
    give_result(json_file, lambda: print_bursts(measured), lambda: as_json(measured))


def _measure(
    settings: AppSettings, name: Name, folder: Path, part: Part | None, limit: int | None, work: Path | None
) -> Result:
    from app.opening import (
        load_tables,
        open_embeddings,
    )
    from evals.benchmarks import BENCHMARKS, run_benchmark

    embeddings = open_embeddings(settings)
    tables = load_tables(settings)
    with work_folder(work) as home, progress_bar() as progress:
        return run_benchmark(BENCHMARKS[name], folder, home, embeddings, tables, progress, part, limit)
