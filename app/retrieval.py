"""Question → passages: dense and BM25 candidates, lifts for what the question names, then late interaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from app.apart import with_parts
from app.cues import DateRange, is_of_kind
from app.late_interaction import BestScorer, Scored, Scorer, StateScorer, StateSource, WordScorer
from app.name_forms import holds_form, met_form
from app.parts import Part, split_parts
from app.question import NameMatch, Understood
from app.romanise import is_hangul
from app.topic_words import topic_words
from ingest.articles import date_range
from ingest.chunking import Chunk
from ingest.embedding import MiniLMEmbeddings, NoEmbeddings, TextEmbeddings
from ingest.index import Index
from ingest.lexical import analyse
from ingest.minilm import MiniLM
from ingest.piece_weights import piece_idf
from ingest.records import ArticleRecord, Filters, Hit

CANDIDATES = 100  # taken from each of the two lists
MAX_REWORDED = 3  # other forms of names that a question is also compared with
RERANKED = 24  # of them read by late interaction; 20 and 40 measured within a point of it


class Weights(NamedTuple):
    """What each signal counts; fitted on part A of the benchmark sets (evals/RESULTS.md, "What was tried")."""

    dense: float = 0.5
    bm25: float = 1.0
    outlet: float = 0.8  # the question names the article's outlet
    date: float = 0.8  # … the time it appeared
    kind: float = 0.8  # … or its kind ("the op-ed")
    part: float = 1.0  # BM25 of the part of the question that asks this outlet
    part_late: float = 0.6  # share of that part in the late interaction
    late: float = 1.5


class ScoreParts(NamedTuple):
    """Where a passage's score came from: it is ``candidates`` + ``read``.

    Between questions only ``late``, ``topic`` and ``cosine`` can be compared.
    """

    dense: float  # 0 to 1, over the candidates
    bm25: float  # 0 to 1, over the candidates
    lift: float  # what outlet, date, kind and parts of the question add
    late: float  # late interaction, 0 to 1, comparable between questions
    topic: float = 0.0  # the same for the words alone that say what the question is about
    candidates: float = 0.0  # dense, bm25 and lift together, 0 to 1 over the passages read
    read: float = 0.0  # what late interaction adds: 0 to Weights.late over the passages read
    cosine: float | None = None  # as the vectors have it; None where the dense search did not find the passage
    bm25_score: float | None = None  # as BM25 has it; None where the search for words did not find the passage


class Found(NamedTuple):
    """What one search makes of a chunk."""

    share: float  # 0 to 1, over the list
    score: float | None  # as the search has it


_NOT_FOUND = Found(0.0, None)


class Candidate(NamedTuple):
    """A chunk that one of the searches found."""

    chunk_id: str
    score: float  # higher is better, within one question
    article: ArticleRecord
    dense: Found
    bm25: Found
    lift: float


@dataclass(frozen=True)
class Passage:
    """A Chunk returned for one question."""

    chunk: Chunk
    article: ArticleRecord
    score: float  # higher is better
    parts: ScoreParts
    sentences: tuple[float, ...]  # late interaction of each of chunk.sentences, 0 to 1


class PassageFinder:
    """Finds the passages for a question that was understood; threads may share it."""

    def __init__(
        self,
        index: Index,
        embeddings: TextEmbeddings,
        model: MiniLM | None,
        states: StateSource | None,
        weights: Weights = Weights(),  # noqa: B008 - a NamedTuple never changes
    ) -> None:
        """``model`` and ``states``: the embedded model, for late interaction; words are compared without them."""
        self._index = index
        self._embeddings = embeddings
        self._model = model
        self._states = states
        self._weights = weights

    def find(
        self, question: Understood, k: int, filters: Filters | None = None, reranked: int = RERANKED
    ) -> list[Passage]:
        """The k best passages, best first; [] when nothing passes the filters or no word is met.

        ``reranked``: how many of the candidates late interaction reads, at least k. The parts of a question are
        searched too; each has its best among the first.
        """
        whole = self.rerank(question, self.candidates(question, filters)[: max(k, reranked)])
        return with_parts(whole, self.find_apart(question, filters))[:k]

    def find_apart(self, question: Understood, filters: Filters | None = None) -> list[list[Passage]]:
        """The passages of each part of the question, searched on its own; [] for a question without parts."""
        return [self.find(part, RERANKED, filters) for part in question.apart]

    def candidates(self, question: Understood, filters: Filters | None = None) -> list[Candidate]:
        """What dense and BM25 search find, best first, before late interaction."""
        weights = self._weights
        articles = self._index.articles()
        dense = self._dense(question, articles, filters)
        bm25 = _scaled(self._index.lexical(analyse(question.search_text), CANDIDATES, filters))
        by_part = [
            (part, _scaled(self._index.lexical(analyse(question.standalone[slice(*part.span)]), CANDIDATES, filters)))
            for part in _parts(question)
        ]
        lifts = {id_: self._lift(question, article) for id_, article in articles.items()} if _names(question) else {}
        found = []
        for chunk_id in dict.fromkeys([*dense, *bm25, *(id_ for _, hits in by_part for id_ in hits)]):
            article = self._article_of(chunk_id, articles)
            if article is None:
                continue
            own = [hits.get(chunk_id, _NOT_FOUND).share for part, hits in by_part if part.outlet == article.outlet]
            lift = lifts.get(article.id, 0.0) + weights.part * max(own, default=0.0)
            scores = dense.get(chunk_id, _NOT_FOUND), bm25.get(chunk_id, _NOT_FOUND)
            total = weights.dense * scores[0].share + weights.bm25 * scores[1].share + lift
            found.append(Candidate(chunk_id, total, article, *scores, lift))
        return sorted(found, key=lambda candidate: -candidate.score)

    def rerank(self, question: Understood, candidates: Sequence[Candidate]) -> list[Passage]:
        """The candidates as passages in their final order, each read by late interaction."""
        chunks = self._index.chunks([candidate.chunk_id for candidate in candidates])
        kept = [
            one for one in candidates if one.chunk_id in chunks and chunks[one.chunk_id].version == one.article.version
        ]
        parts = _parts(question)
        scores = self._late(question, parts, [(chunks[one.chunk_id], one.article.lang) for one in kept])
        late = [self._with_part(one.article.outlet, s, parts) for one, s in zip(kept, scores, strict=True)]
        # Words compared with words repeat what BM25 has said; they only have to choose the sentences.
        reads = self._model is not None and any(one.article.lang != "ko" for one in kept)
        weight = self._weights.late if reads else 0.0
        found, read = _spread([one.score for one in kept]), weight * _spread(late)
        passages = [
            Passage(
                chunks[one.chunk_id],
                one.article,
                float(before + added),
                _score_parts(one, score, float(before), float(added)),
                score.sentences,
            )
            for one, score, before, added in zip(kept, scores, found, read, strict=True)
        ]
        return sorted(passages, key=lambda passage: -passage.score)

    def _dense(
        self, question: Understood, articles: Mapping[str, ArticleRecord], filters: Filters | None
    ) -> dict[str, Found]:
        """The nearest chunks with their scores; none where nothing embeds, whatever the index holds."""
        if isinstance(self._embeddings, NoEmbeddings):
            return {}
        english_only = isinstance(self._embeddings, MiniLMEmbeddings)
        text = question.dense_text if english_only else question.standalone
        if not text.strip():
            return {}
        vector = np.asarray(self._embeddings.embed_query(text), dtype=np.float32)
        scores = _scaled(self._index.dense(vector, CANDIDATES, filters))
        # On Hangul the embedded model's vectors mean nothing; a rank among them would only disturb BM25's.
        return {id_: score for id_, score in scores.items() if not (english_only and self._is_korean(id_, articles))}

    def _is_korean(self, chunk_id: str, articles: Mapping[str, ArticleRecord]) -> bool:
        article = self._article_of(chunk_id, articles)
        return article is not None and article.lang == "ko"

    def _article_of(self, chunk_id: str, articles: Mapping[str, ArticleRecord]) -> ArticleRecord | None:
        """None for a chunk that came or went while this question was being searched."""
        try:
            return articles.get(self._index.article_of(chunk_id))
        except KeyError:
            return None

    def _lift(self, question: Understood, article: ArticleRecord) -> float:
        weights = self._weights
        return (
            weights.outlet * (article.outlet in question.outlets)
            + weights.kind * bool(question.kinds and is_of_kind(article, question.kinds))
            + weights.date * _appeared_in(article.published, question.dates)
        )

    def _late(self, question: Understood, parts: Sequence[Part], chunks: Sequence[tuple[Chunk, str]]) -> list[Scored]:
        """Late interaction by states where the model reads the chunk's language, by words elsewhere."""
        unread = [chunk for chunk, lang in chunks if lang == "ko"]
        readable = [chunk for chunk, lang in chunks if lang != "ko"]
        by_states = self._state_scorer(question, parts, readable) or self._word_scorer(question, parts, korean=False)
        compared = iter(self._word_scorer(question, parts, korean=True).score(unread))
        read = iter(by_states.score(readable))
        return [next(compared if lang == "ko" else read) for _, lang in chunks]

    def _state_scorer(self, question: Understood, parts: Sequence[Part], chunks: Sequence[Chunk]) -> Scorer | None:
        counts = self._index.piece_document_frequency()
        if self._model is None or self._states is None or counts is None or not question.dense_text.strip():
            return None
        asked = question.dense_text
        texts = [asked, *_reworded(asked, question.matches, [chunk.text for chunk in chunks])]
        spans = [part.span for part in parts] if asked == question.standalone else []
        idf = piece_idf(*counts)
        names = [match.written for match in question.matches]
        scorers = [
            StateScorer(states, idf, spans, self._states, topic_words(text, names))
            for text, states in zip(texts, self._model.token_states(texts), strict=True)
        ]
        return BestScorer(scorers) if len(scorers) > 1 else scorers[0]

    def _word_scorer(self, question: Understood, parts: Sequence[Part], korean: bool) -> Scorer:
        """By the words of the language of the passages alone: no passage holds a name in two."""
        tokens = analyse(question.search_text)
        own = [token for token in tokens if token[0].isdigit() or is_hangul(token[0]) == korean]
        weights = self._index.token_weights(own or tokens)
        return WordScorer(weights, [analyse(question.standalone[slice(*part.span)]) for part in parts])

    def _with_part(self, outlet: str | None, score: Scored, parts: Sequence[Part]) -> float:
        """The late interaction, shared with the part of the question that asks this passage's outlet."""
        if not score.parts:
            return score.passage
        asked = max((s for s, part in zip(score.parts, parts, strict=True) if part.outlet == outlet), default=0.0)
        # A passage of an outlet nobody asked has only the whole question to go by.
        own = asked or score.passage * UNASKED
        return (1 - self._weights.part_late) * score.passage + self._weights.part_late * own


UNASKED = 0.7  # of the score that a passage keeps whose outlet the question does not name, when it names two or more


def _parts(question: Understood) -> list[Part]:
    """Only of an English question: the words that join two parts are English."""
    return split_parts(question.standalone, question.outlets) if question.language == "en" else []


def _reworded(question: str, matches: Sequence[NameMatch], texts: Sequence[str]) -> Iterator[str]:
    """The question with a name as the texts write it, where they only know it by another form, at most three.

    The model does not know that "OPCON" and "wartime operational control" are one: compared with the other form, a
    passage that answers would look as if it missed the question's most telling word.
    """
    found = 0
    for match in matches:
        written = next(
            (form for form in (match.written, *match.forms) if form in question and holds_form(question, form)), None
        )
        if written is None:
            continue
        as_written = match._replace(written=written, forms=(match.written, *match.forms))
        met = {form.casefold(): form for form in (met_form(as_written, text) for text in texts) if form}
        for form in list(met.values())[: MAX_REWORDED - found]:
            found += 1
            yield question.replace(written, form)


def _names(question: Understood) -> bool:
    return bool(question.outlets or question.kinds or question.dates)


def _appeared_in(published: str | None, ranges: Sequence[DateRange]) -> bool:
    if published is None:
        return False
    first, last = date_range(published)
    return any(
        (one.first is None or last >= date_range(one.first)[0])
        and (one.last is None or first <= date_range(one.last)[1])
        for one in ranges
    )


def _score_parts(one: Candidate, late: Scored, before: float, added: float) -> ScoreParts:
    """``before`` and ``added``: the score before late interaction, and what that adds."""
    shares = one.dense.share, one.bm25.share
    return ScoreParts(*shares, one.lift, late.passage, late.topic, before, added, one.dense.score, one.bm25.score)


def _scaled(hits: Sequence[Hit]) -> dict[str, Found]:
    """Hits with shares from 0 to 1 over the list; of a list that is not full, 0 is no similarity at all."""
    if not hits:
        return {}
    low = hits[-1].score if len(hits) == CANDIDATES else min(0.0, hits[-1].score)
    width = hits[0].score - low
    return {hit.chunk_id: Found((hit.score - low) / width if width > 0 else 1.0, hit.score) for hit in hits}


def _spread(values: Sequence[float]) -> np.ndarray:
    """Values from 0 to 1; all 0 when there is nothing between them."""
    array = np.asarray(values, dtype=np.float64)
    if not len(array):
        return array
    width = array.max() - array.min()
    return (array - array.min()) / width if width > 0 else np.zeros_like(array)


class HybridRetriever(BaseRetriever):
    """The engine as a LangChain retriever: put it into any chain; each Document knows where it stands.

    ``search`` is ``Assistant.search``: the index as it is at that moment, and its errors.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Callable[[str, int, Filters | None], list[Passage]]
    k: int = 8
    filters: Filters | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [to_document(passage) for passage in self.search(query, self.k, self.filters)]


def to_document(passage: Passage) -> Document:
    """The passage as LangChain's Document, with what a citation needs in its metadata."""
    article, chunk = passage.article, passage.chunk
    metadata: dict[str, Any] = {
        "article_id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "author": article.author,
        "published": article.published,
        "url": article.url,
        "kind": article.kind,
        "start": chunk.start,
        "end": chunk.end,
        "score": passage.score,
    }
    return Document(id=chunk.chunk_id, page_content=chunk.text, metadata=metadata)
