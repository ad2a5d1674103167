"""Which files of a corpus hold articles, read once each, and which of them hold the same one."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.articles import Article, date_range
from ingest.errors import IngestError, UnreadableArticle
from ingest.readers import READERS, read_article
from ingest.records import ArticleRecord
from ingest.sync_report import Duplicate, Failure, Fingerprint, KnownFile

ABOUT = frozenset({"readme.md", "license.md", "license.txt", "readme.txt"})  # files about the corpus, at its top


@dataclass
class Listing:
    """The files under a folder."""

    articles: list[str] = field(default_factory=list)  # relative paths, the shorter first, then by letters
    ignored: list[str] = field(default_factory=list)
    unlisted: list[Failure] = field(default_factory=list)  # folders that cannot be listed
    misnamed: list[Failure] = field(default_factory=list)  # files and folders whose names cannot be written down


def articles_folder(corpus: Path) -> Path:
    """Where the articles of a corpus lie: in its folder "articles", or in itself when it has none.

    Raises IngestError when the corpus is no folder: an empty one would take everything out of the index.
    """
    if not corpus.is_dir():
        raise IngestError(f"There is no folder {corpus}; name the folder that holds the articles.")
    return corpus / "articles" if (corpus / "articles").is_dir() else corpus


def list_files(root: Path) -> Listing:
    """All files under the folder but hidden ones; linked folders are not entered, nor those whose name is no UTF-8.

    Such a name could be neither an id nor part of a state; it is shown with its odd bytes written out.
    """
    listing = Listing()

    def unlisted(error: OSError) -> None:
        folder = Path(error.filename).relative_to(root)
        listing.unlisted.append(Failure(f"{folder}/", f"the folder cannot be read: {error.strerror}"))

    for folder, subfolders, names in os.walk(root, onerror=unlisted):
        inside = Path(folder).relative_to(root)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in [name for name in subfolders if _shown(name) != name]:
            subfolders.remove(name)
            reason = "the folder's name is not UTF-8; rename it"
            listing.misnamed.append(Failure(f"{_shown(str(inside / name))}/", reason))
        for name in names:
            if not name.startswith("."):
                _sort_in(listing, inside / name)
    # "speech.md" before "speech (1).md" and "copy of speech.md": of two names for one article the plain one stays.
    listing.articles.sort(key=lambda name: (len(name), name))
    listing.ignored.sort()
    listing.misnamed.sort()
    return listing


def _sort_in(listing: Listing, relative: Path) -> None:
    """Add a file to the list where it belongs."""
    about = relative.parent == Path() and relative.name.lower() in ABOUT
    shown = _shown(str(relative))
    if about or relative.suffix.lower() not in READERS:
        listing.ignored.append(shown)
    elif shown != str(relative):
        listing.misnamed.append(Failure(shown, "the file's name is not UTF-8; rename it"))
    else:
        listing.articles.append(shown)


def _shown(name: str) -> str:
    """The name with the bytes that are no UTF-8 written out, as every output can show it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


@dataclass(frozen=True)
class Found:
    """An article of the corpus; ``article`` is None when it stays in the index as it is there."""

    article_id: str
    article: Article | None


class CorpusReader:
    """Goes through the files of a corpus once; afterwards its lists say what came of them."""

    def __init__(
        self,
        root: Path,
        known: Mapping[str, KnownFile],
        indexed: Mapping[str, ArticleRecord],
        *,
        again: bool = False,
    ) -> None:
        """``known``: files of the last sync; ``indexed``: what the index holds; ``again``: read every file anew."""
        self._root = root
        self._known = known
        self._indexed = indexed
        self._again = again
        self._by_id: dict[str, str] = {}  # article id → file
        self._by_words: dict[str, list[str]] = {}  # digest of the words → files
        self.files: dict[str, KnownFile] = {}
        self.files_read = 0
        self.failed: list[Failure] = []
        self.duplicates: list[Duplicate] = []
        self.kept: list[str] = []

    def articles(self, listing: Listing) -> Iterator[Found]:
        """The articles of the files, each once, in the order of the listing; last those of unreadable files."""
        unreadable: list[str] = []
        for name in listing.articles:
            self.files_read += 1
            article: Article | None = None
            known = self._unchanged(name)
            if known is None:
                try:
                    known, article = self._read(name)
                except UnreadableArticle as error:
                    self.failed.append(Failure(name, str(error)))
                    unreadable.append(name)
            if known and not self._is_duplicate(name, known):
                yield Found(known.article_id, None if self._is_indexed(known) and not self._again else article)
        for folder, _ in listing.unlisted:
            unreadable += [name for name in self._known if name.startswith(folder)]
        for name in unreadable:
            if known := self._keep(name):
                yield Found(known.article_id, None)
        self.failed += [*listing.unlisted, *listing.misnamed]

    def _unchanged(self, name: str) -> KnownFile | None:
        """What the last sync read from the file, if that is in the index and the file was not written to since."""
        known = self._known.get(name)
        if self._again or known is None or not known.settled or not self._is_indexed(known):
            return None
        try:
            return known if Fingerprint.of(self._root / name) == known.fingerprint else None
        except OSError:
            return None

    def _is_indexed(self, known: KnownFile) -> bool:
        record = self._indexed.get(known.article_id)
        return record is not None and record.version == known.version

    def _read(self, name: str) -> tuple[KnownFile, Article]:
        path = self._root / name
        now_ns = time.time_ns()
        try:
            fingerprint = Fingerprint.of(path)
        except OSError:
            fingerprint = Fingerprint(-1, -1, -1)  # the reader says what is wrong
        article, _ = read_article(path, self._root)
        words = _words_digest(article.text)
        settled = fingerprint.settled(now_ns)
        return KnownFile(fingerprint, article.id, article.version, words, article.published, settled), article

    def _keep(self, name: str) -> KnownFile | None:
        """The article that an unreadable file held, which stays in the index as it is; None when it held none.

        None too when a file that can be read holds it now.
        """
        known = self._known.get(name)
        if known is None or known.article_id not in self._indexed:
            return None
        if known.article_id in self._by_id or self._same_text(known):
            return None
        self.kept.append(known.article_id)
        # Unsettled, so that the next sync looks again.
        known = known._replace(version=self._indexed[known.article_id].version, settled=False)
        self._take(name, known)
        return known

    def _is_duplicate(self, name: str, known: KnownFile) -> bool:
        self.files[name] = known
        same_text = self._same_text(known)
        if known.article_id in self._by_id:
            kept = self._by_id[known.article_id]
            other_text = "" if kept in same_text else ", but another text; give one of them an id of its own"
            self.duplicates.append(Duplicate(name, kept, f"it has the same id{other_text}"))
            return True
        if same_text:
            self.duplicates.append(Duplicate(name, same_text[0], "it has the same text"))
            return True
        self._take(name, known)
        return False

    def _same_text(self, known: KnownFile) -> list[str]:
        """The files taken so far that hold its words and may be of its date."""
        others = self._by_words.get(known.words, ())
        return [other for other in others if _may_be_one(known.published, self.files[other].published)]

    def _take(self, name: str, known: KnownFile) -> None:
        self.files[name] = known
        self._by_id[known.article_id] = name
        self._by_words.setdefault(known.words, []).append(name)


def _words_digest(text: str) -> str:
    """Equal for texts that differ in white space only; one other figure makes another digest."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def _may_be_one(published: str | None, other: str | None) -> bool:
    """Whether two dates of one text may be one date: a yearly notice repeats its words under another date."""
    if published is None or other is None:
        return True
    (first, last), (other_first, other_last) = date_range(published), date_range(other)
    return first <= other_last and other_first <= last
