"""Sets of cases, and the collections of articles they are asked over, each with an index of its own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.settings import AppSettings, checkout
from evals.cases import Case, read_cases
from evals.datasets import BadDataset
from ingest.articles import Article
from ingest.corpus_files import articles_folder, list_files
from ingest.errors import IndexMismatch, UnreadableArticle
from ingest.importing import import_jsonl
from ingest.readers import read_article

if TYPE_CHECKING:
    from app.assistant import Assistant

QUESTIONS: Final = Path(__file__).parent / "questions"
WHITEHOUSE_FILES: Final = ("us_rok_whitehouse/documents.jsonl", "documents.jsonl")
Tell = Callable[[int, int], None]  # chunks done, of how many so far


@dataclass(frozen=True)
class Collection:
    """Articles that questions are asked over."""

    name: str  # of its index, in HANMI_HOME/evals
    corpus: Path  # folder of articles and name tables
    documents: Path | None = None  # JSON lines of further articles


@dataclass(frozen=True)
class CaseSet:
    """Cases with what they are asked over."""

    name: str
    file: Path
    cases: tuple[Case, ...]
    collection: Collection | None  # None: cannot be asked
    reason: str | None = None  # why not


def load_sets(settings: AppSettings, names: Sequence[str] = (), data: Path | None = None) -> list[CaseSet]:
    """The sets of those names, or all built-in ones; a name with ".jsonl" is a file over the corpus of the settings.

    A built-in set is asked over the corpus that comes with Hanmi; one that needs documents that are not given comes
    back without a collection. Raises BadDataset for an unknown name, a file that is no set of cases, a folder ``data``
    without the documents, two files of one name: rows, figures and thresholds go by it.
    """
    sets: dict[str, CaseSet] = {}
    for name in names or BUILT_IN:
        found = _load(settings, name, data)
        other = sets.setdefault(found.name, found)
        if other.file.resolve() != found.file.resolve():
            raise BadDataset(f"{other.file} and {found.file} are both the set {found.name!r}; rename one of the files")
    return list(sets.values())


def own_collection(settings: AppSettings) -> Collection:
    """The articles of the corpus in force."""
    corpus = settings.corpus.resolve()
    return Collection(f"own-{hashlib.sha256(str(corpus).encode()).hexdigest()[:8]}", corpus)


def open_collection(collection: Collection, settings: AppSettings, tell: Tell | None = None) -> Assistant:
    """The assistant over the collection; its index is made, or made to match, by the sync that ``hanmi ingest`` uses.

    A file that cannot be read is left out, as there. Raises IngestError, BadDataset for documents that cannot be read.
    """
    from app.opening import open_assistant, open_embeddings
    from ingest.sync import Progress, sync

    def progress(done: Progress) -> None:
        if tell is not None:
            tell(done.chunks_embedded, done.chunks_found)

    own = replace(
        settings, index=settings.home / "evals" / f"index-{collection.name}", chroma_url="", corpus=collection.corpus
    )
    articles = gathered(collection, settings.home)
    embeddings = open_embeddings(own)
    try:
        sync(articles, own.index_folder, embeddings, progress=progress)
    except IndexMismatch:  # made with another model: it is ours, and made anew without asking
        sync(articles, own.index_folder, embeddings, progress=progress, rebuild=True)
    return open_assistant(own)


def read_articles(collection: Collection, home: Path) -> dict[str, Article]:
    """All articles of the collection by id, without an index; a file that cannot be read is left out."""
    root = articles_folder(gathered(collection, home))
    found: dict[str, Article] = {}
    for name in list_files(root).articles:
        with suppress(UnreadableArticle):
            article, _ = read_article(root / name, root)
            found.setdefault(article.id, article)
    return found


def gathered(collection: Collection, home: Path) -> Path:
    """The folder that holds all articles of the collection: its corpus, or one under ``home`` with copies of them.

    The copies are made anew when any file they come from has changed. Raises BadDataset for a line that is no article.
    """
    if collection.documents is None:
        return collection.corpus
    folder = home / "evals" / f"articles-{collection.name}"
    stamp, sources = folder / ".sources", _digest_of_sources(collection)
    if stamp.is_file() and stamp.read_text("utf-8") == sources:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    report = import_jsonl(collection.documents, folder / "articles" / "documents")
    if report.problems:
        line, reason = report.problems[0]
        raise BadDataset(f"{collection.documents}:{line}: {reason}")
    root = articles_folder(collection.corpus)
    for name in list_files(root).articles:
        target = folder / "articles" / name  # an id may be made from the place in the folder
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
    stamp.write_text(sources, "utf-8")
    return folder


def _load(settings: AppSettings, name: str, data: Path | None) -> CaseSet:
    if name in BUILT_IN:
        file = QUESTIONS / f"{name}.jsonl"
        collection, reason = BUILT_IN[name](data)
        return CaseSet(name, file, tuple(read_cases(file)), collection, reason)
    if not name.endswith(".jsonl"):
        raise BadDataset(f"there is no set {name!r}; name {', '.join(BUILT_IN)}, or a FILE.jsonl of your own cases")
    file = Path(name)
    return CaseSet(file.stem, file, tuple(read_cases(file)), own_collection(settings))


def _shipped(data: Path | None) -> tuple[Collection | None, str | None]:
    corpus = checkout() / "corpus"
    if not corpus.is_dir():
        return None, "the articles that come with Hanmi are not here; run it in a checkout"
    return Collection("owner", corpus), None


def _whitehouse(data: Path | None) -> tuple[Collection | None, str | None]:
    if data is None:
        return None, "it needs the White House documents; name their folder with --data DIR"
    documents = next((data / name for name in WHITEHOUSE_FILES if (data / name).is_file()), None)
    if documents is None:
        raise BadDataset(f"{data} holds neither {' nor '.join(WHITEHOUSE_FILES)}")
    shipped, reason = _shipped(data)
    return (replace(shipped, name="whitehouse", documents=documents), None) if shipped else (None, reason)


BUILT_IN: Final[dict[str, Callable[[Path | None], tuple[Collection | None, str | None]]]] = {
    "owner": _shipped,
    "offtopic": _shipped,
    "whitehouse": _whitehouse,
}


def _digest_of_sources(collection: Collection) -> str:
    digest = hashlib.sha256()
    for file in _sources(collection):
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _sources(collection: Collection) -> Iterator[Path]:
    root = articles_folder(collection.corpus)
    yield from (root / name for name in list_files(root).articles)
    if collection.documents is not None:
        yield collection.documents
