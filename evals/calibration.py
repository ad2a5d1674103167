"""When to say "the articles don't say": fits the probability of an answer and the bar, on questions kept apart.

``python -m evals.calibration BENCH_DIR --write`` makes app/answers/calibration.toml. Calibrated on part A: half of our
own cases on collections of 1 and 158 articles, of MultiHop-RAG's questions over 609, and of SQuAD 2.0's; reported on
the other halves. (The MultiHop-RAG file holds one part only, so its questions are halved once more.)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from app.answers.confidence import CALIBRATION_FILE, Calibration, Signals, signals_of
from app.answers.units import rank_sentences
from app.names import NameTables
from app.question import understand
from app.retrieval import RERANKED, PassageFinder
from app.settings import load_settings
from evals.bench.indexing import build_for_hanmi
from evals.datasets import Dataset, Question, load_multihop_rag, load_squad, part_of
from evals.statistics import auroc
from ingest.articles import Article
from ingest.embedding import MiniLMEmbeddings
from ingest.importing import import_jsonl
from ingest.minilm import MiniLM, load_minilm
from ingest.readers import read_article
from ingest.token_states import TokenStateCache

Floats = npt.NDArray[np.float64]

WRONG_ABSTENTIONS = 0.05  # of the answerable questions, on the calibration half
RIDGE = 0.003
RATE = 1.5
STEPS = 4_000
DRAWN = 300  # questions of a public set, at most
STATE_BYTES = 1_500_000_000
TODAY = date(2026, 11, 24)  # "last month" must mean the same whenever this runs
QUESTIONS = Path(__file__).parent / "questions"


class Asked(NamedTuple):
    """One question with its history, whether it can be answered, and which half it belongs to."""

    question: str
    history: tuple[dict[str, str], ...]
    answerable: bool
    calibrates: bool


@dataclass(frozen=True)
class Group:
    """Questions asked of one collection, and the signals they gave."""

    name: str
    articles: int
    asked: tuple[Asked, ...]
    signals: Floats  # (questions, signals)

    def half(self, calibrates: bool) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Signals and answerable flags of one half."""
        chosen = [place for place, one in enumerate(self.asked) if one.calibrates is calibrates]
        return self.signals[chosen], np.array([self.asked[place].answerable for place in chosen], dtype=bool)


def fit(groups: Sequence[Group]) -> Calibration:
    """Logistic regression in which each group, and within it each of the two classes, weighs the same."""
    rows, flags, weights = [], [], []
    for group in groups:
        signals, answerable = group.half(calibrates=True)
        rows.append(signals)
        flags.append(answerable)
        share = np.where(answerable, 1 / max(1, answerable.sum()), 1 / max(1, (~answerable).sum()))
        weights.append(share / len(groups))
    solved = _regress(np.vstack(rows), np.concatenate(flags).astype(float), np.concatenate(weights))
    free = Calibration(Signals(*map(float, solved[:-1])), float(solved[-1]), 0.0)
    return Calibration(free.weights, free.intercept, _bar(free, groups))


def _regress(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Weights of the columns and the intercept, by gradient descent; no weight is negative: more is never worse."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    columns = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    solved = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-columns @ solved)) - y
        solved -= RATE * (columns.T @ (error * weights) + RIDGE * np.append(solved[:-1], 0.0))
        solved[:-1] = np.maximum(solved[:-1], 0.0)
    scaled = solved[:-1] / spread
    return np.append(scaled, solved[-1] - (scaled * mean).sum())


def _bar(calibration: Calibration, groups: Sequence[Group]) -> float:
    """The highest bar that loses WRONG_ABSTENTIONS of the answerable questions, every group weighing the same."""
    chances, weights = [], []
    for group in groups:
        signals, answerable = group.half(calibrates=True)
        chances.append(_probabilities(calibration, signals[answerable]))
        weights.append(np.full(answerable.sum(), 1 / answerable.sum() / len(groups)))
    chance, weight = np.concatenate(chances), np.concatenate(weights)
    order = np.argsort(chance)
    return round(float(chance[order][np.searchsorted(np.cumsum(weight[order]), WRONG_ABSTENTIONS)]), 3)


def _probabilities(calibration: Calibration, signals: Floats) -> Floats:
    return np.array([calibration.probability(Signals(*map(float, row))) for row in signals])


def measure(
    articles: Sequence[Article],
    asked: Sequence[Asked],
    model: MiniLM,
    tables: NameTables,
    folder: Path,
    name: str,
) -> Group:
    """The signals of every question over an index of the articles."""
    built = build_for_hanmi(folder, articles, MiniLMEmbeddings(model), lambda done, total: None)
    finder = PassageFinder(built.index, MiniLMEmbeddings(model), model, TokenStateCache(model, STATE_BYTES))
    records = built.index.articles()
    rows = []
    for one in asked:
        understood = understand(one.question, one.history, tables, records, TODAY)
        passages = finder.find(understood, RERANKED)
        rows.append(signals_of(understood, passages, rank_sentences(understood.standalone, passages)))
    return Group(name, len(records), tuple(asked), np.array(rows, dtype=float))


def own_cases(*names: str) -> list[Asked]:
    """Our own cases of those files; by the digest of its id a case is in one half or the other."""
    lines = [line for name in names for line in (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    cases = [json.loads(line) for line in lines if line.strip()]
    return [Asked(case["question"], tuple(case["history"]), case["answerable"], _even(case["id"])) for case in cases]


def of_set(dataset: Dataset, calibrates: Callable[[Question], bool]) -> list[Asked]:
    """At most DRAWN questions of a public set, half of them answerable where there are enough, always the same ones."""
    drawn = sorted(dataset.questions, key=lambda question: _digest(f"draw {question.id}"))
    chosen: list[Question] = []
    for answerable in (True, False):
        chosen += [question for question in drawn if question.answerable is answerable][: DRAWN // 2]
    return [Asked(question.text, (), question.answerable, calibrates(question)) for question in chosen]


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def _even(text: str) -> bool:
    return _digest(text) % 2 == 0


def all_groups(bench: Path, corpus: Path, work: Path, model: MiniLM) -> Iterator[Group]:
    """The four groups, over collections of 1, 158, 609 and 804 articles; indexes already in ``work`` are used again."""
    tables = NameTables.load(corpus)
    own = [read_article(file, corpus)[0] for file in sorted((corpus / "articles").glob("*.md"))]
    yield measure(own, own_cases("owner", "offtopic"), model, tables, work / "owner", "own cases, the owner's article")
    papers = work / "papers"
    if not papers.exists():
        import_jsonl(bench / "us_rok_whitehouse" / "documents.jsonl", papers)
    many = own + [read_article(file, papers)[0] for file in sorted(papers.glob("*.md"))]
    yield measure(many, own_cases("whitehouse", "offtopic"), model, tables, work / "many", "own cases, White House")
    news = load_multihop_rag(bench / "multihop_rag")
    asked = of_set(news, lambda question: _even(f"half {question.id}"))
    yield measure(news.articles, asked, model, tables, work / "news", "MultiHop-RAG")
    squad = load_squad(bench / "squad2")
    asked = of_set(squad, lambda question: part_of(question) == "A")
    yield measure(squad.articles, asked, model, tables, work / "squad", "SQuAD 2.0")


def report(calibration: Calibration, groups: Sequence[Group]) -> Table:
    """What the calibration does on the halves it was not made from."""
    table = Table(title=f"On the halves kept apart; bar {calibration.bar}")
    for column in ("collection", "articles", "questions", "AUROC", "wrongly abstained", "rightly abstained"):
        table.add_column(column, justify="left" if column == "collection" else "right")
    for group in groups:
        signals, answerable = group.half(calibrates=False)
        chance = _probabilities(calibration, signals)
        below = chance < calibration.bar
        found = auroc(chance[answerable], chance[~answerable])
        table.add_row(
            group.name,
            f"{group.articles}",
            f"{len(chance)}",
            f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]",
            f"{below[answerable].mean():.1%} of {answerable.sum()}",
            f"{below[~answerable].mean():.1%} of {(~answerable).sum()}",
        )
    return table


def as_toml(calibration: Calibration) -> str:
    """The file that the app reads."""
    weights = {**calibration.weights._asdict(), "intercept": calibration.intercept}
    return "\n".join(
        [
            "# Made by `python -m evals.calibration BENCH_DIR --write`; do not edit by hand.",
            "",
            "[weights]",
            *(f"{name} = {value:.4f}" for name, value in weights.items()),
            "",
            "[bars]",
            f"answered = {calibration.bar}",
            "",
        ]
    )


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibration", description=__doc__)
    parser.add_argument("bench", type=Path, help="folder of the benchmark sets")
    parser.add_argument("--work", type=Path, help="folder for the indexes, kept for the next run")
    parser.add_argument("--write", action="store_true", help=f"write app/answers/{CALIBRATION_FILE}")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    settings = load_settings({}, environ)
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        model = load_minilm(settings.model_folder)
        groups = list(all_groups(options.bench, settings.corpus, work, model))
    calibration = fit(groups)
    console.print(as_toml(calibration))
    console.print(report(calibration, groups))
    if options.write:
        import app.answers

        target = Path(app.answers.__file__).parent / CALIBRATION_FILE
        target.write_text(as_toml(calibration), encoding="utf-8")


if __name__ == "__main__":
    main()
