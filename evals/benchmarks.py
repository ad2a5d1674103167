"""Public benchmarks: this engine beside what one would otherwise use, over the same texts, in one run."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from app.names import NameTables
from app.retrieval import PassageFinder
from evals import statistics
from evals.bench.answers import Answers, AnswersResult, ScoreAnswer, measure_answers
from evals.bench.engines import Baseline, Engine, Hanmi, Ranked, bm25, bm25_over, dense, reciprocal_rank_fusion
from evals.bench.indexing import Built, Tell, build_as_tutorial, build_for_hanmi, build_of_sentences
from evals.bench.scores import (
    FIRST_CLAIM,
    SENTENCE,
    score_documents,
    score_facts,
    score_gold_words,
    score_multihop_rag,
    score_paragraphs,
    score_sentences,
)
from evals.datasets import (
    Dataset,
    Part,
    Question,
    load_korquad,
    load_multihop_rag,
    load_scifact,
    load_squad,
    select,
    texts_of,
)
from evals.statistics import Estimate, Floats
from ingest.embedding import MiniLMEmbeddings, NoEmbeddings, TextEmbeddings
from ingest.lexical import LexicalIndex, LexicalRow
from ingest.token_states import TokenStateCache

STATE_BYTES: Final = 4_000_000_000  # every chunk of these sets; the figures are the same with the budget of serving
Score = Callable[[Question, Ranked], dict[str, float]]
Progress = Callable[[str, int, int], None]  # what is being done, how many of it, of how many


@dataclass(frozen=True)
class Benchmark:
    """A set, how it is scored, and what it asks of the engines."""

    load: Callable[[Path], Dataset]
    score: Score  # of one answerable question; the same metrics every time
    part: Part  # unless another is asked for
    separates: str = ""  # metric: how well scores tell answerable questions from the others; "" for none
    sentences: bool = False
    whole_words: bool = False  # BM25 without cutting Hangul into bigrams, as an ablation
    score_answer: ScoreAnswer | None = None  # where the app's answers are measured too


@dataclass(frozen=True)
class EngineResult:
    """One engine's figures; a metric that does not apply to it is absent."""

    name: str
    figures: dict[str, Estimate]
    less_than_first: dict[str, Estimate]  # the first engine's figure less this one's, question by question
    seconds: float  # for all questions, vectors of questions made before for all but the first


@dataclass(frozen=True)
class Result:
    """What one run gave."""

    dataset: str
    part: Part
    articles: int
    chunks: int
    answerable: int
    unanswerable: int
    embedding: str
    engines: tuple[EngineResult, ...]
    answers: AnswersResult | None  # of Hanmi, for a set that measures them


def run_benchmark(
    benchmark: Benchmark,
    folder: Path,
    work: Path,
    embeddings: TextEmbeddings,
    tables: NameTables,
    progress: Progress,
    part: Part | None = None,
    limit: int | None = None,
) -> Result:
    """All engines over the questions of a part. ``work``: where the indexes are made, and found again.

    Raises BadDataset for files that are not the set's, IngestError for an index that cannot be made.
    """
    dataset = benchmark.load(folder)
    part = part or benchmark.part
    questions = select(dataset, part, limit)
    home = work / dataset.name.split()[0].lower()
    built = build_for_hanmi(home / "hanmi", dataset.articles, embeddings, _tell(progress, "Indexing"))
    hanmi, answers = _hanmi(built, embeddings, tables)
    engines = [hanmi, *_others(benchmark, dataset, questions, home, built, embeddings, progress)]
    rankings, seconds = [], []
    for engine in engines:
        started = time.perf_counter()
        rankings.append(list(_rank_all(engine, questions, progress)))
        seconds.append(time.perf_counter() - started)
    scored = [_Scored(engine, questions, ranked, benchmark) for engine, ranked in zip(engines, rankings, strict=True)]
    beside = dict(zip((engine.name for engine in engines), rankings, strict=True))
    answerable = sum(question.answerable for question in questions)
    return Result(
        dataset=dataset.name,
        part=part,
        articles=len(built.index.articles()),
        chunks=len(built.chunks),
        answerable=answerable,
        unanswerable=len(questions) - answerable,
        embedding=built.index.settings.embedding,
        engines=tuple(
            EngineResult(engine.name, one.figures(), scored[0].less(one) if one is not scored[0] else {}, took)
            for engine, one, took in zip(engines, scored, seconds, strict=True)
        ),
        answers=_measured(benchmark, answers, questions, beside, progress),
    )


class _Scored:
    """One engine's scores, question by question."""

    def __init__(
        self, engine: Engine, questions: Sequence[Question], answers: Sequence[Ranked], benchmark: Benchmark
    ) -> None:
        pairs = list(zip(questions, answers, strict=True))
        rows = [benchmark.score(question, ranked) for question, ranked in pairs if question.answerable]
        kept = [name for name in rows[0] if engine.gives_sentences or not name.startswith(SENTENCE)]
        self.columns: dict[str, Floats] = {name: np.array([row[name] for row in rows]) for name in kept}
        self.apart: dict[str, tuple[Floats, Floats]] = {}  # scores of the answerable, and of the others
        if benchmark.separates and not all(question.answerable for question in questions):
            if engine.comparable:
                self.apart[benchmark.separates] = _parted(questions, [ranked.best for ranked in answers])
            if engine.gives_confidence:
                confidence = [ranked.confidence for ranked in answers]
                self.apart[f"{benchmark.separates} of confidence"] = _parted(questions, confidence)

    def figures(self) -> dict[str, Estimate]:
        """Each metric with its interval."""
        means = {name: statistics.mean(values) for name, values in self.columns.items()}
        return means | {name: statistics.auroc(*scores) for name, scores in self.apart.items()}

    def less(self, other: _Scored) -> dict[str, Estimate]:
        """These figures less the other's, for the metrics that both have."""
        shared = {name: values for name, values in self.columns.items() if name in other.columns}
        less = {name: statistics.mean_difference(values, other.columns[name]) for name, values in shared.items()}
        for name, scores in self.apart.items():
            if name in other.apart:
                less[name] = statistics.auroc_difference(scores, other.apart[name])
        return less


def _parted(questions: Sequence[Question], scores: Sequence[float]) -> tuple[Floats, Floats]:
    answerable = np.array([question.answerable for question in questions])
    values = np.array(scores)
    return values[answerable], values[~answerable]


def _rank_all(engine: Engine, questions: Sequence[Question], progress: Progress) -> Iterable[Ranked]:
    for number, question in enumerate(questions, start=1):
        yield engine.rank(question.text)
        progress(f"Asking {engine.name}", number, len(questions))


def _measured(
    benchmark: Benchmark,
    answers: Answers,
    questions: Sequence[Question],
    beside: Mapping[str, Sequence[Ranked]],
    progress: Progress,
) -> AnswersResult | None:
    if benchmark.score_answer is None:
        return None
    answered = []
    for number, question in enumerate(questions, start=1):
        answered.append(answers.ask(question.text))
        progress("Answering", number, len(questions))
    return measure_answers(answers.bar, questions, answered, beside, benchmark.score_answer, FIRST_CLAIM)


def _hanmi(built: Built, embeddings: TextEmbeddings, tables: NameTables) -> tuple[Engine, Answers]:
    """Both over one finder: what the first has read closely the second need not read again."""
    model = embeddings.model if isinstance(embeddings, MiniLMEmbeddings) else None
    states = TokenStateCache(model, STATE_BYTES) if model else None
    finder = PassageFinder(built.index, embeddings, model, states)
    return Hanmi(finder, built, tables), Answers(finder, built, embeddings, model, tables)


def _tell(progress: Progress, what: str) -> Tell:
    return lambda done, total: progress(what, done, total)


def _others(
    benchmark: Benchmark,
    dataset: Dataset,
    questions: Sequence[Question],
    home: Path,
    built: Built,
    embeddings: TextEmbeddings,
    progress: Progress,
) -> list[Engine]:
    """Those that need vectors only where something embeds."""
    engines: list[Engine] = []
    by_sentence: Built | None = None
    if benchmark.sentences:
        tell_sentences = _tell(progress, "Indexing sentences, for the others")
        by_sentence = build_of_sentences(home / "sentences", dataset.articles, embeddings, tell_sentences)
    words = bm25(built.index)
    words_sentences = (bm25(by_sentence.index), by_sentence) if by_sentence else None
    if not isinstance(embeddings, NoEmbeddings):
        texts = texts_of(questions)
        vectors = dict(zip(texts, embeddings.embed(texts), strict=True))
        near = dense(built.index, vectors)
        near_sentences = (dense(by_sentence.index, vectors), by_sentence) if by_sentence else None
        both = [near_sentences, words_sentences]
        fused = reciprocal_rank_fusion([one[0] for one in both if one])
        tell_tutorial = _tell(progress, "Indexing the tutorial's chunks")
        tutorial = build_as_tutorial(home / "tutorial", dataset.articles, embeddings, tell_tutorial)
        engines += [
            Baseline("dense only", near, built, sentences=near_sentences),
            Baseline("BM25 only", words, built, sentences=words_sentences),
            Baseline(
                "RRF (k = 60)",
                reciprocal_rank_fusion([near, words]),
                built,
                comparable=False,
                sentences=(fused, by_sentence) if by_sentence else None,
            ),
            Baseline("LangChain tutorial", dense(tutorial.index, vectors), tutorial),
        ]
    else:
        engines.append(Baseline("BM25 only", words, built, sentences=words_sentences))
    if benchmark.whole_words:
        engines.append(Baseline("BM25, whole words", bm25_over(_whole_word_index(built), whole_words), built))
    return engines


def whole_words(text: str) -> list[str]:
    """Runs of letters and digits, lower case: no stems, no stop words, no bigrams."""
    return re.findall(r"\w+", text.casefold())


def _whole_word_index(built: Built) -> LexicalIndex:
    records = built.index.articles()
    rows = [
        LexicalRow(chunk.chunk_id, chunk.text, records[chunk.article_id].title)
        for chunk in built.chunks.values()
        if chunk.article_id in records
    ]
    return LexicalIndex.build(rows, tokens=whole_words)


Name = Literal["multihop-rag", "squad", "scifact", "korquad"]
BENCHMARKS: Final[dict[Name, Benchmark]] = {
    # All questions of the file are of part A; the other half is held back.
    "multihop-rag": Benchmark(
        load_multihop_rag, score_multihop_rag, "all", separates="null AUROC", score_answer=score_facts
    ),
    "squad": Benchmark(
        load_squad,
        score_sentences,
        "B",
        separates="answerable AUROC",
        sentences=True,
        score_answer=score_gold_words,
    ),
    "scifact": Benchmark(load_scifact, score_documents, "B"),
    "korquad": Benchmark(load_korquad, score_paragraphs, "B", whole_words=True),
}
