"""The public benchmark sets, read from their own files: articles, questions, and what each question should find."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from app.errors import BadInput
from ingest.articles import Article, parse_partial_date

Part = Literal["A", "B", "all"]


class Asked(Protocol):
    """What is asked and has an id of its own."""

    @property
    def id(self) -> str:
        """By which a part and a draw are chosen."""


AnyAsked = TypeVar("AnyAsked", bound=Asked)


class BadDataset(BadInput):
    """A benchmark's files are not what they should be; the file and the reason are named."""


@dataclass(frozen=True)
class Question:
    """One question with its gold; what does not apply to a set is empty."""

    id: str  # the set's own, or the question itself where it has none
    text: str
    answerable: bool = True
    facts: tuple[str, ...] = ()  # MultiHop-RAG: words that a relevant chunk holds
    relevant: Mapping[str, int] = field(default_factory=dict)  # grade above 0 by article id
    answers: tuple[str, ...] = ()  # SQuAD, KorQuAD: words that the right sentence holds


@dataclass(frozen=True)
class Dataset:
    """A collection and the questions asked of it."""

    name: str
    articles: tuple[Article, ...]
    questions: tuple[Question, ...]


def part_of(question: Asked) -> Literal["A", "B"]:
    """Half of the questions each: A for bars, weights and looking at failures, B for the figures that are reported."""
    return "B" if int(hashlib.sha256(question.id.encode()).hexdigest(), 16) % 2 else "A"


def select(dataset: Dataset, part: Part, limit: int | None = None) -> list[Question]:
    """The questions of that part, in the order of the set; ``limit`` draws so many of them, always the same.

    Raises BadDataset where the part holds none.
    """
    counts = {name: sum(part_of(question) == name for question in dataset.questions) for name in ("A", "B")}
    chosen = [question for question in dataset.questions if part in ("all", part_of(question))]
    if not any(question.answerable for question in chosen):
        raise BadDataset(
            f"{dataset.name}: the file holds no answerable question of part {part} ({counts['A']:,} of part A, "
            f"{counts['B']:,} of part B); choose another with --part"
        )
    return draw(chosen, limit)


def draw(questions: Sequence[AnyAsked], limit: int | None) -> list[AnyAsked]:
    """So many of the questions, always the same and in their order; all of them without a limit."""
    if limit is None or limit >= len(questions):
        return list(questions)
    drawn = {question.id for question in sorted(questions, key=_draw)[:limit]}
    return [question for question in questions if question.id in drawn]


def load_multihop_rag(folder: Path) -> Dataset:
    """MultiHop-RAG (Tang & Yang 2024): ``corpus.json`` and ``MultiHopRAG.json``; null queries are not answerable."""
    corpus, questions = folder / "corpus.json", folder / "MultiHopRAG.json"
    with _reading(corpus):
        articles = [
            Article(
                id=f"article-{number:04}",
                title=row["title"],
                text=row["body"],
                outlet=row["source"],
                author=row["author"] or None,
                published=parse_partial_date(row["published_at"]),
                url=row["url"],
                kind="news",
            )
            for number, row in enumerate(_json(corpus))
        ]
    with _reading(questions):
        asked = [
            Question(
                id=row["query"],
                text=row["query"],
                answerable=row["question_type"] != "null_query",
                facts=tuple(evidence["fact"] for evidence in row["evidence_list"]),
            )
            for row in _json(questions)
        ]
    return Dataset("MultiHop-RAG", tuple(articles), tuple(asked))


def load_squad(folder: Path) -> Dataset:
    """SQuAD 2.0: every paragraph of ``dev.json`` an article titled by its Wikipedia page."""
    return _paragraphs("SQuAD 2.0", folder / "dev.json", "en")


def load_korquad(folder: Path) -> Dataset:
    """KorQuAD 1.0, of the same form as SQuAD."""
    return _paragraphs("KorQuAD 1.0", folder / "dev.json", "ko")


def load_scifact(folder: Path) -> Dataset:
    """SciFact as BEIR has it: ``corpus.jsonl``, ``queries.jsonl`` and the one ``.tsv`` in ``qrels/``.

    Questions are the queries that the ``.tsv`` judges.
    """
    judged = sorted((folder / "qrels").glob("*.tsv"))
    if len(judged) != 1:
        raise BadDataset(f"{folder / 'qrels'} must hold one .tsv file, not {len(judged)}")
    corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
    with _reading(corpus):
        articles = [Article(id=row["_id"], title=row["title"], text=row["text"]) for row in _json_lines(corpus)]
    with _reading(judged[0]):
        relevant: dict[str, dict[str, int]] = {}
        for line in judged[0].read_text("utf-8").splitlines()[1:]:
            query, article, grade = line.split("\t")
            if int(grade) > 0:
                relevant.setdefault(query, {})[article] = int(grade)
    with _reading(queries):
        asked = [
            Question(id=row["_id"], text=row["text"], relevant=relevant[row["_id"]])
            for row in _json_lines(queries)
            if row["_id"] in relevant
        ]
    return Dataset("SciFact", tuple(articles), tuple(asked))


def _paragraphs(name: str, file: Path, lang: str) -> Dataset:
    articles: list[Article] = []
    questions: list[Question] = []
    with _reading(file):
        for page in _json(file)["data"]:
            for paragraph in page["paragraphs"]:
                article_id = f"paragraph-{len(articles):05}"
                title = page["title"].replace("_", " ")
                articles.append(Article(id=article_id, title=title, text=paragraph["context"], lang=lang))
                questions += [_reading_question(row, article_id) for row in paragraph["qas"]]
    return Dataset(name, tuple(articles), tuple(questions))


def _reading_question(row: Mapping[str, Any], article_id: str) -> Question:
    impossible = bool(row.get("is_impossible"))
    return Question(
        id=row["id"],
        text=row["question"],
        answerable=not impossible,
        relevant={} if impossible else {article_id: 1},
        answers=() if impossible else tuple(dict.fromkeys(answer["text"] for answer in row["answers"])),
    )


class _reading:  # noqa: N801 - reads as the statement it makes
    """Turns what goes wrong while a file is read into BadDataset that names it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, OSError):
            raise BadDataset(f"{self._file}: {error.strerror or error}") from error
        if isinstance(error, KeyError):
            raise BadDataset(f"{self._file}: a field is missing: {error}") from error
        if isinstance(error, ValueError | TypeError):
            raise BadDataset(f"{self._file} is not of the expected form: {error}") from error


def _json(file: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    return json.loads(file.read_text("utf-8"))


def _json_lines(file: Path) -> Iterator[Any]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _draw(question: Asked) -> str:
    return hashlib.sha256(f"draw {question.id}".encode()).hexdigest()


def texts_of(questions: Sequence[Question]) -> list[str]:
    """What is asked, each once, in order."""
    return list(dict.fromkeys(question.text for question in questions))
