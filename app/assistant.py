"""The one way from a question to an answer; every surface and the evals ask here."""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from app.about import About
from app.answers.about import rank_for_gist, reply_about
from app.answers.asked_for import asked_for
from app.answers.confidence import Calibration, Signals, load_calibration, outlets_missing, signals_of
from app.answers.extractive import Composed, basis_of, cite, compose
from app.answers.schema import Answer, Citation, Language, Notice, Status, Turn
from app.answers.units import RankedSentence, Source, Unit, choose_units, rank_sentences
from app.labels import KIND_WORDS, OPINION_KINDS
from app.names import NameTables
from app.opening import index_location, load_tables, open_embeddings, server_cache
from app.question import Understood, understand
from app.render import answer_json, hit_json
from app.retrieval import RERANKED, HybridRetriever, Passage, PassageFinder
from app.settings import AppSettings, EngineChoice
from app.texts import notice, text
from ingest.embedding import MiniLMEmbeddings, NoEmbeddings, TextEmbeddings
from ingest.errors import ModelUnavailable
from ingest.index import Index, open_index
from ingest.index_settings import settings_for
from ingest.minilm import MiniLM, load_minilm
from ingest.records import Filters
from ingest.tables import matches
from ingest.token_states import TokenStateCache
from ingest.views import must_agree

NEAREST = 3  # passages shown where the articles don't say
SOURCES_KEPT = 64  # articles whose sentences are kept at hand


class Event(NamedTuple):
    """A step of an answer on its way: searching, passages, claim, answer."""

    name: str
    data: dict[str, Any]


@dataclass
class _Clock:
    """Milliseconds each step took."""

    started: float
    last: float
    steps: dict[str, float]

    @classmethod
    def start(cls) -> _Clock:
        now = time.perf_counter()
        return cls(now, now, {})

    def step(self, name: str) -> None:
        now = time.perf_counter()
        self.steps[name] = round((now - self.last) * 1000, 1)
        self.last = now

    def total(self) -> dict[str, float]:
        return {**self.steps, "total": round((time.perf_counter() - self.started) * 1000, 1)}


class Assistant:
    """Questions in, answers with citations out; threads may share it."""

    def __init__(
        self,
        index: Index,
        embeddings: TextEmbeddings,
        model: MiniLM | None,
        tables: NameTables,
        calibration: Calibration | None = None,
        *,
        engine: EngineChoice = "auto",
    ) -> None:
        """``model``: the embedded model for late interaction; without it words are compared.

        ``engine``: who answers where a question does not say.
        """
        self.engine = engine
        self.index = index
        self.embeddings = embeddings
        self.tables = tables
        self.calibration = calibration or load_calibration()
        states = TokenStateCache(model) if model is not None else None
        self._finder = PassageFinder(index, embeddings, model, states)
        self._source = lru_cache(maxsize=SOURCES_KEPT)(self._read_source)

    @classmethod
    def open(cls, settings: AppSettings) -> Assistant:
        """The assistant over the index as it is now.

        Where nothing embeds, an index with vectors is searched by its words. Raises IndexUnavailable without an index,
        IndexMismatch when it was made with other settings, TablesInvalid, SettingsError for a calibration of no use.
        """
        embeddings = open_embeddings(settings)
        model = reading_model(settings, embeddings)
        wanted = settings_for(embeddings)
        index = open_index(
            index_location(settings),
            # Words alone are found in an index with vectors too; a rebuild is only needed to write to it.
            None if isinstance(embeddings, NoEmbeddings) else wanted,
            piece_ids=model.piece_ids if model is not None else None,
            cache_dir=server_cache(settings),
        )
        if isinstance(embeddings, NoEmbeddings):
            stored = index.settings
            must_agree(stored, replace(wanted, embedding=stored.embedding, dimension=stored.dimension))
        return cls(
            index,
            embeddings,
            model,
            load_tables(settings),
            load_calibration(settings.calibration),
            engine=settings.engine,
        )

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        language: Language | None = None,
        engine: EngineChoice | None = None,
    ) -> Answer:
        """The answer, its own words in ``language`` or else in the question's.

        ``engine``: who answers, else as it is set; ``generative`` without a model is ``extractive`` with a notice.
        Raises QuestionRefused for what is no question, IngestError when the index cannot be read.
        """
        steps = self._run(question, history, filters, language, engine)
        while True:
            try:
                next(steps)
            except StopIteration as done:
                final: Answer = done.value
                return final

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        language: Language | None = None,
        engine: EngineChoice | None = None,
    ) -> Iterator[Event]:
        """Events as they happen: searching, passages, a claim each, and last the whole answer. As ``answer``."""
        answer = yield from self._run(question, history, filters, language, engine)
        yield Event("answer", answer_json(answer))

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Passage]:
        """The k best passages, best first; [] for a greeting. Raises as ``answer``."""
        self.index.refresh()
        understood = self.understand(question)
        if understood.conversation:
            return []
        return self._finder.find(understood, k, filters)

    def understand(self, question: str, history: Sequence[Turn] = ()) -> Understood:
        """What the question asks for, made to stand alone. Raises QuestionRefused."""
        return understand(question, history, self.tables, self.index.articles(), datetime.now(UTC).date())

    def signals(self, question: str, history: Sequence[Turn] = ()) -> Signals | None:
        """What the confidence in an answer is made of; None where no bar decides. Raises as ``answer``."""
        self.index.refresh()
        understood = self.understand(question, history)
        if understood.conversation or self._cannot_search(understood):
            return None
        passages = self._finder.find(understood, RERANKED)
        return signals_of(understood, passages, rank_sentences(understood.standalone, passages))

    def as_retriever(self, k: int = 8, filters: Filters | None = None) -> HybridRetriever:
        """The engine as a LangChain retriever."""
        return HybridRetriever(search=self.search, k=k, filters=filters)

    def _run(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        language: Language | None,
        engine: EngineChoice | None,
    ) -> Generator[Event, None, Answer]:
        clock = _Clock.start()
        self.index.refresh()
        understood = self.understand(question, history)
        if language:
            understood = replace(understood, language=language)
        clock.step("understand")
        draft = self._blank(understood, filters)
        yield Event("searching", {"articles": len(self.index.articles())})
        if understood.conversation:
            done = replace(draft, status="conversation", text=understood.reply or "", confidence=1.0)
            return replace(done, timings_ms=clock.total())
        if understood.about and (answer := self._about(draft, understood.about, filters)):
            return replace(answer, timings_ms=clock.total())
        refusal = self._cannot_search(understood)
        if refusal is not None:
            done = replace(draft, status="not_in_corpus", text=text("not_searched", draft.language), notices=(refusal,))
            return replace(done, timings_ms=clock.total())
        candidates = self._finder.candidates(understood, filters)[:RERANKED]
        clock.step("retrieve")
        passages = self._finder.rerank(understood, candidates)
        clock.step("rerank")
        yield Event("passages", {"hits": [hit_json(passage) for passage in passages]})
        answer = self._answered(draft, understood, passages, filters)
        if (engine or self.engine) == "generative":
            answer = _without_writer(answer)
        clock.step("answer")
        for index, claim in enumerate(answer_json(answer)["claims"]):
            yield Event("claim", {"index": index, **claim})
        return replace(answer, timings_ms=clock.total())

    def _blank(self, understood: Understood, filters: Filters | None) -> Answer:
        """An answer that says nothing yet."""
        chosen = asdict(filters) if filters else {}
        return Answer(
            id=uuid.uuid4().hex,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            question=understood.question,
            standalone_question=understood.standalone,
            filters={name: value for name, value in chosen.items() if value},
            matched_names=tuple(self.tables.shown(match.name, understood.language) for match in understood.matches),
            status="answered",
            engine="extractive",
            model=None,
            language=understood.language,
            text="",
            index_generation=self.index.generation,
        )

    def _about(self, draft: Answer, about: About, filters: Filters | None) -> Answer | None:
        """What the records say, or the gist of the one article there is; None where no article is searched."""
        records = [one for one in self.index.articles().values() if not filters or matches(one, filters)]
        if not records:
            return None
        if about == "gist" and len(records) == 1:
            (record,) = records
            source = self._open(record.id)
            ranked = rank_for_gist(source, record, self.index.chunks(record.chunk_ids)) if source else []
            units = choose_units(ranked, self._open)
            if units:
                composed = compose(draft.standalone_question, units, draft.language, ())
                notices = (notice("no_model", draft.language), notice("gist", draft.language))
                return _with(replace(draft, confidence=1.0, notices=notices), composed)
        return replace(draft, status="conversation", text=reply_about(about, records, draft.language), confidence=1.0)

    def _cannot_search(self, understood: Understood) -> Notice | None:
        """Why there is nothing to search with: no articles, or Korean words that reach none of them."""
        articles = self.index.articles()
        if not articles:
            return notice("index_empty", understood.language)
        reads_korean = not isinstance(self.embeddings, MiniLMEmbeddings | NoEmbeddings)
        if understood.bridged or reads_korean or any(article.lang == "ko" for article in articles.values()):
            return None
        return notice("korean_not_bridged", understood.language, words=", ".join(understood.unbridged))

    def _answered(
        self, draft: Answer, understood: Understood, passages: Sequence[Passage], filters: Filters | None
    ) -> Answer:
        ranked = rank_sentences(understood.standalone, passages)
        confidence = self.calibration.probability(signals_of(understood, passages, ranked))
        draft = replace(draft, confidence=round(confidence, 3), notices=self._notices(understood, filters))
        units = choose_units(ranked, self._open) if confidence >= self.calibration.bar else []
        missing = outlets_missing(understood, passages)
        absent = [notice("outlet_absent", draft.language, outlets=", ".join(missing))] if missing else []
        if not units:
            return self._not_in_corpus(draft, ranked, *absent, *self._shut_out(draft, filters))
        composed = compose(understood.standalone, units, understood.language, understood.matches)
        gaps = [*absent, *_gaps(understood, units)]
        status: Status = "partial" if gaps else "answered"
        return _with(replace(draft, status=status, notices=(*draft.notices, *gaps)), composed)

    def _notices(self, understood: Understood, filters: Filters | None) -> tuple[Notice, ...]:
        language = understood.language
        notices = [notice("no_model", language)]
        if isinstance(self.embeddings, NoEmbeddings):
            notices.append(notice("bm25_only", language))
        if understood.follow_up:
            notices.append(notice("follow_up", language, question=understood.standalone))
        if filters:
            notices.append(notice("filtered", language, filters=_filter_words(filters)))
        if language == "ko" and understood.bridged and understood.unbridged:
            notices.append(notice("korean_partly_bridged", language, words=", ".join(understood.unbridged)))
        return tuple(notices)

    def _shut_out(self, draft: Answer, filters: Filters | None) -> list[Notice]:
        """That the filter leaves nothing, where no article passes it."""
        if not filters or any(matches(article, filters) for article in self.index.articles().values()):
            return []
        return [notice("filter_empty", draft.language, filters=_filter_words(filters))]

    def _not_in_corpus(self, draft: Answer, ranked: Sequence[RankedSentence], *why: Notice) -> Answer:
        """No claim; the passages that come closest, each once."""
        near: dict[str, RankedSentence] = {}
        for sentence in ranked:
            near.setdefault(sentence.passage.chunk.chunk_id, sentence)
        units = choose_units(list(near.values())[:NEAREST], self._open, kept=0.0)
        return replace(
            draft,
            status="not_in_corpus",
            text=text("not_in_corpus", draft.language),
            nearest=tuple(cite(unit, number) for number, unit in enumerate(units, 1)),
            notices=(*draft.notices, *why),
        )

    def _open(self, article_id: str) -> Source | None:
        record = self.index.articles().get(article_id)
        try:
            return self._source(article_id, record.version) if record else None
        except _Replaced:
            return None

    def _read_source(self, article_id: str, version: str) -> Source:
        article = self.index.article(article_id)
        if article is None or article.version != version:
            raise _Replaced  # not None, which would be kept at hand
        return Source(article)


class _Replaced(Exception):
    """The article was replaced or removed this moment."""


def reading_model(settings: AppSettings, embeddings: TextEmbeddings) -> MiniLM | None:
    """The embedded model for late interaction, also where an endpoint makes the vectors; None where it is not there."""
    if isinstance(embeddings, MiniLMEmbeddings):
        return embeddings.model
    if isinstance(embeddings, NoEmbeddings):
        return None
    try:
        return load_minilm(settings.model_folder, settings.embedding_precision, settings.threads or None)
    except ModelUnavailable:
        return None


def _without_writer(answer: Answer) -> Answer:
    """The answer with the reason why it is quoted and not written, as was asked for."""
    told = notice("model_missing", answer.language)
    return replace(answer, notices=(told, *(each for each in answer.notices if each.code != "no_model")))


def _with(draft: Answer, composed: Composed) -> Answer:
    """The draft with what was composed, and what a reader should know of its sources."""
    return replace(
        draft,
        text=composed.text,
        claims=composed.claims,
        citations=composed.citations,
        basis=basis_of(composed.citations),
        notices=(*draft.notices, *_about_sources(draft, composed.citations)),
    )


def _gaps(understood: Understood, units: Sequence[Unit]) -> list[Notice]:
    """What the question asks and the chosen sentences do not give."""
    gaps = []
    asked = asked_for(understood.standalone)
    if asked and not any(asked.held_by(unit.quote) for unit in units):
        kind = KIND_WORDS[understood.language][asked.kind]
        gaps.append(notice("kind_missing", understood.language, kind=kind))
    cited = {unit.source.article.outlet for unit in units}
    silent = [outlet for outlet in understood.outlets if outlet not in cited]
    if len(understood.outlets) > 1 and silent:
        gaps.append(notice("outlet_missing", understood.language, outlets=", ".join(silent)))
    return gaps


def _about_sources(draft: Answer, citations: Sequence[Citation]) -> list[Notice]:
    """What a reader should know of what is cited."""
    told = []
    if all((citation.kind or "").casefold() in OPINION_KINDS for citation in citations):
        told.append(notice("opinion", draft.language))
    if any("instruction" in citation.flags for citation in citations):
        told.append(notice("instruction_in_article", draft.language))
    return told


def _filter_words(filters: Filters | None) -> str:
    if not filters:
        return ""
    dates = f"{filters.published_from or '…'} – {filters.published_to or '…'}"
    named = [*filters.outlets, *filters.kinds, *([dates] if filters.published_from or filters.published_to else [])]
    return ", ".join(named)
