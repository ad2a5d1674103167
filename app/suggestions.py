"""Questions that the articles really answer: on the start screen, and after an answer.

Each is made of a sentence of an article and then asked: only one that is answered from there is ever shown.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.answers.schema import Answer, Citation, Language
from app.answers.units import Source
from app.question_candidates import Candidate, candidates_of
from ingest.lexical import analyse
from ingest.records import ArticleRecord

if TYPE_CHECKING:
    from app.assistant import Assistant

logger = logging.getLogger(__name__)
VERSION = "2"  # changes when the same articles would give other questions
LANGUAGES: tuple[Language, ...] = ("en", "ko")
SHOWN = 4  # on the start screen, in each language
FOLLOW_UPS = 3
FEWEST_FOLLOW_UPS = 2
ARTICLES_READ = 40  # of a large collection: the newest half of them, the others spread over the rest
MOST_TRIED = 24  # questions asked of the engine for one language of the start screen
MOST_FOLLOW_UPS_TRIED = 8  # a reader waits for them: about a tenth of a second each
ARTICLES_KEPT = 128  # whose candidates are kept at hand
FIRST_CITATIONS = 2  # among which the sentence must be that a question was made of
WIDELY = 4  # articles besides its own from which a subject counts as one of the collection's
ALIKE = 0.6  # share of words in common from which two questions are one

# Kinds that other sentences may answer as well: about the same subject, and what was said, in the same article.
_ANSWERED_BY_OTHERS = ("topic", "said", "commitment")


class Suggestions:
    """The suggested questions of a collection; found in the background, kept in a file until the articles change."""

    def __init__(self, assistant: Assistant, file: Path) -> None:
        self._assistant = assistant
        self._file = file
        self._found: tuple[str, dict[Language, list[str]]] | None = None  # the state of the collection, and for it
        self._lock = threading.Lock()
        self._at_work = False
        self._candidates = lru_cache(maxsize=ARTICLES_KEPT)(self._read_candidates)

    def questions(self) -> dict[Language, list[str]]:
        """Up to four in each language; none until they have been found, which this starts."""
        state = self._state()
        with self._lock:
            if self._found is None or self._found[0] != state:
                self._found = self._load(state)
            if self._found is not None:
                return self._found[1]
            if not self._at_work:
                self._at_work = True
                threading.Thread(target=self._work, name="hanmi-suggest", daemon=True).start()
        return {language: [] for language in LANGUAGES}

    def find(self) -> dict[Language, list[str]]:
        """Find them now; takes seconds."""
        records = _spread(list(self._assistant.index.articles().values()))
        candidates = [each for record in records for each in self._candidates(record.id, record.version)]
        newest = {record.id: 1 - place / max(len(records), 1) for place, record in enumerate(_by_age(records))}
        spoken_of = Counter(
            about for about, _article in {(each.about, each.article_id) for each in candidates if each.about}
        )

        def worth(candidate: Candidate) -> float:
            wide = min(spoken_of[candidate.about] - 1, WIDELY) / WIDELY if candidate.about in spoken_of else 0.0
            return candidate.weight + 0.3 * wide + 0.1 * newest[candidate.article_id]

        found: dict[Language, list[str]] = {}
        for language in LANGUAGES:
            own = [each for each in candidates if each.language == language]
            chosen = self._choose(own, worth, MOST_TRIED)
            found[language] = [each.question for each, _ in zip(chosen, range(SHOWN), strict=False)]
        return found

    def follow_ups(self, answer: Answer, asked: Sequence[str] = ()) -> list[str]:
        """Two or three to ask after this answer, in its language; [] where there are fewer.

        They come from the articles it cites, and from the start screen's where those give too few.
        """
        cited = answer.citations or answer.nearest
        records = self._assistant.index.articles()
        articles = [records[each] for each in dict.fromkeys(one.article_id for one in cited) if each in records]
        told = _words(" ".join((answer.standalone_question, *(each.quote for each in answer.citations))))
        before = [_words(question) for question in (answer.question, answer.standalone_question, *asked)]
        candidates = [
            each
            for record in articles[:3]
            for each in self._candidates(record.id, record.version)
            if each.language == answer.language
            and not any(_overlaps(each, citation) for citation in answer.citations)
            and not any(_alike(_words(each.question), words) for words in before)
        ]
        chosen = self._choose(
            candidates, lambda each: 0.5 * each.weight + _share(_words(each.question), told), MOST_FOLLOW_UPS_TRIED
        )
        found = [each.question for each, _ in zip(chosen, range(FOLLOW_UPS), strict=False)]
        for question in self.questions()[answer.language]:  # those of the start screen are answered too
            words = _words(question)
            if len(found) < FEWEST_FOLLOW_UPS and not any(
                _alike(words, each) for each in (*before, *map(_words, found))
            ):
                found.append(question)
        return found if len(found) >= FEWEST_FOLLOW_UPS else []

    def _choose(
        self, candidates: Sequence[Candidate], worth: Callable[[Candidate], float], most_tried: int
    ) -> Iterator[Candidate]:
        """The best candidates that are answered, each unlike those before it in kind, subject and answer."""
        left = list({each.question: each for each in reversed(candidates)}.values())[::-1]
        chosen: list[Candidate] = []
        answers: set[tuple[str, int]] = set()
        failed: Counter[str] = Counter()  # tries of a kind: what the engine finds hard here is tried less

        def value(candidate: Candidate) -> float:
            return worth(candidate) - _sameness(candidate, chosen) - 0.15 * failed[candidate.kind]

        for _ in range(most_tried):
            left = [each for each in left if _sameness(each, chosen) < 1]
            if not left:
                return
            best = max(left, key=value)
            left.remove(best)
            first = self._answered_by(best)
            if first is not None and first not in answers:
                answers.add(first)
                chosen.append(best)
                yield best
            else:
                failed[best.kind] += 1

    def _answered_by(self, candidate: Candidate) -> tuple[str, int] | None:
        """Article and place of the answer's first sentence; None where the question is not answered as it should be."""
        answer = self._assistant.answer(candidate.question, engine="extractive")  # no model is paid for these
        if answer.status != "answered":
            return None
        first = answer.citations[0]
        looked_at = 1 if candidate.kind == "said" else FIRST_CITATIONS  # what a person said leads the answer
        meant = any(_overlaps(candidate, one) for one in answer.citations[:looked_at])
        if not meant and candidate.kind in _ANSWERED_BY_OTHERS:
            near = candidate.kind == "topic" or first.article_id == candidate.article_id
            meant = near and _words(candidate.about) <= _words(first.quote)
        if not meant:
            return None
        return first.article_id, first.start

    def _read_candidates(self, article_id: str, _version: str) -> tuple[Candidate, ...]:
        article = self._assistant.index.article(article_id)
        if article is None:
            return ()
        alone = len(self._assistant.index.articles()) == 1
        return tuple(candidates_of(Source(article), self._assistant.tables, alone=alone))

    def _work(self) -> None:
        try:
            state = self._state()
            found = self.find()
            with self._lock:
                self._found = state, found
            self._save(state, found)
        except Exception:  # without suggestions the page is as useful as with them
            logger.warning("no suggested questions", exc_info=True)
        finally:
            self._at_work = False

    def _state(self) -> str:
        """A digest of the articles, as they are, and of how questions are made of them."""
        digest = hashlib.sha256(VERSION.encode())
        for record in self._assistant.index.articles().values():
            digest.update(f"{record.id}\n{record.version}\n".encode())
        return digest.hexdigest()

    def _load(self, state: str) -> tuple[str, dict[Language, list[str]]] | None:
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            if kept["state"] == state:
                return state, {language: [str(each) for each in kept["questions"][language]] for language in LANGUAGES}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def _save(self, state: str, found: dict[Language, list[str]]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=self._file.name, dir=self._file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"state": state, "questions": found}, file, ensure_ascii=False)
        Path(name).replace(self._file)


def _by_age(records: Iterable[ArticleRecord]) -> list[ArticleRecord]:
    """The newest first; those without a date last."""
    return sorted(records, key=lambda record: record.published or "", reverse=True)


def _spread(records: list[ArticleRecord]) -> list[ArticleRecord]:
    """At most ARTICLES_READ of them: the newest, and others at even steps through the rest."""
    ordered = _by_age(records)
    newest, rest = ordered[: ARTICLES_READ // 2], ordered[ARTICLES_READ // 2 :]
    step = max(1, -(-len(rest) // (ARTICLES_READ // 2)))
    return [*newest, *rest[::step]]


def _sameness(candidate: Candidate, chosen: Sequence[Candidate]) -> float:
    """How much less a candidate is worth beside those that are chosen; 1 and more: not at all."""
    lost = 0.0
    for other in chosen:
        same_article = other.article_id == candidate.article_id
        if (same_article and other.span == candidate.span) or (candidate.about and other.about == candidate.about):
            return 1.0
        if _alike(_words(candidate.question), _words(other.question)):
            return 1.0
        lost += 0.2 * (other.kind == candidate.kind) + 0.15 * (other.family == candidate.family) + 0.1 * same_article
    return min(lost, 0.9)


def _words(text: str) -> frozenset[str]:
    return frozenset(analyse(text))


def _share(some: frozenset[str], all_: frozenset[str]) -> float:
    return len(some & all_) / len(some) if some else 0.0


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) / min(len(one), len(other)) >= ALIKE


def _overlaps(candidate: Candidate, citation: Citation) -> bool:
    same = candidate.article_id == citation.article_id
    return same and candidate.span.start < citation.end and citation.start < candidate.span.end
