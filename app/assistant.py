"""The one way from a question to an answer; every surface and the evals ask here."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from app.about import About
from app.answer_cache import AnswerCache
from app.answers.about import reply_about
from app.answers.chat_model import open_chat_model
from app.answers.confidence import Calibration, Signals, load_calibration, signals_of
from app.answers.generative import GaveUp, Writer
from app.answers.quoting import Ground, Quoter
from app.answers.schema import Answer, Claim, Language, Turn
from app.answers.search_notices import cannot_search, search_notices
from app.answers.sources import Sources
from app.answers.units import rank_sentences
from app.answers.verification import Verifier
from app.names import NameTables
from app.opening import index_location, load_tables, open_embeddings, server_cache
from app.question import Understood, understand
from app.render import answer_json, hit_json
from app.retrieval import RERANKED, HybridRetriever, Passage, PassageFinder
from app.rewriting import Propose, Rewriter, by_rules, open_rewriter
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
        writer: Callable[[], Writer | None] = lambda: None,
        rewriter: Callable[[], Rewriter | None] = lambda: None,
        written_before: AnswerCache | None = None,
    ) -> None:
        """``model``: the embedded model for late interaction; without it words are compared.

        ``engine``: who answers where a question does not say. ``writer`` opens what writes answers,
        ``rewriter`` what completes questions for it; each is asked for once. ``written_before``: answers to give again.
        """
        self.engine = engine
        self.index = index
        self.embeddings = embeddings
        self.tables = tables
        self.calibration = calibration or load_calibration()
        states = TokenStateCache(model) if model is not None else None
        self._finder = PassageFinder(index, embeddings, model, states)
        self._sources = Sources(index)
        self._quoter = Quoter(index, self._sources, self.calibration)
        self._writer = cache(writer)
        self._rewriter = cache(rewriter)
        self._written_before = written_before

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
        tables = load_tables(settings)
        calibration = load_calibration(settings.calibration)

        def writer() -> Writer | None:
            return open_writer(settings, tables, model)

        def rewriter() -> Rewriter | None:
            return open_rewriter(settings, tables)

        assistant = cls(
            index,
            embeddings,
            model,
            tables,
            calibration,
            engine=settings.engine,
            writer=writer,
            rewriter=rewriter,
            written_before=AnswerCache.open(settings, tables, calibration),
        )
        if settings.engine != "extractive":
            assistant._writer()  # what is wrong with its settings is said now
        return assistant

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        *,
        language: Language | None = None,
        engine: EngineChoice | None = None,
        fresh: bool = False,
        keep: bool = True,
    ) -> Answer:
        """The answer, its own words in ``language`` or else in the question's.

        ``engine``: who answers, else as it is set; ``generative`` without a model is ``extractive`` with a notice.
        ``fresh``: written anew, though the same was asked before; ``keep``: whether it may be given again.
        Raises QuestionRefused for what is no question, IngestError when the index cannot be read.
        """
        steps = self._asked(question, history, filters, language, engine, fresh=fresh, keep=keep)
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
        fresh: bool = False,
        keep: bool = True,
    ) -> Iterator[Event]:
        """Events as they happen: searching, passages, a claim each, and last the whole answer. As ``answer``.

        An answer that was written before comes without passages.
        """
        answer = yield from self._asked(question, history, filters, language, engine, fresh=fresh, keep=keep)
        yield Event("answer", answer_json(answer))

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Passage]:
        """The k best passages, best first; [] for a greeting. Raises as ``answer``."""
        self.index.refresh()
        understood = self.understand(question)
        if understood.conversation:
            return []
        return self._finder.find(understood, k, filters)

    def understand(self, question: str, history: Sequence[Turn] = (), propose: Propose = by_rules) -> Understood:
        """What the question asks for, made to stand alone, by rules unless others are given. Raises QuestionRefused."""
        return understand(question, history, self.tables, self.index.articles(), datetime.now(UTC).date(), propose)

    def signals(self, question: str, history: Sequence[Turn] = ()) -> Signals | None:
        """What the confidence in an answer is made of; None where no bar decides. Raises as ``answer``."""
        self.index.refresh()
        understood = self.understand(question, history)
        if understood.conversation or cannot_search(understood, self.index.articles(), self.embeddings):
            return None
        passages = self._finder.find(replace(understood, apart=()), RERANKED)
        return signals_of(understood, passages, rank_sentences(understood.standalone, passages))

    def as_retriever(self, k: int = 8, filters: Filters | None = None) -> HybridRetriever:
        """The engine as a LangChain retriever."""
        return HybridRetriever(search=self.search, k=k, filters=filters)

    def _asked(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Filters | None,
        language: Language | None,
        engine: EngineChoice | None,
        *,
        fresh: bool,
        keep: bool,
    ) -> Generator[Event, None, Answer]:
        """A written answer from before, where the same was asked; else a new one."""
        before = self._written_before
        if before is None or (engine or self.engine) == "extractive" or self._writer() is None:
            return (yield from self._run(question, history, filters, language, engine))
        self.index.refresh()
        generation, articles = self.index.generation, self.index.articles()
        dates = self.understand(question, history).dates
        key = before.key(question, history, filters, language, dates, (generation, articles))
        if not fresh and (found := before.find(key)):
            yield Event("searching", {"articles": len(articles)})
            for index, claim in enumerate(found.claims):
                yield _claim_event(index, claim)
            return found
        answer = yield from self._run(question, history, filters, language, engine)
        if keep and answer.index_generation == generation:
            before.keep(key, answer)
        return answer

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
        rewriter = self._rewriter() if (engine or self.engine) != "extractive" else None
        understood = self.understand(question, history, rewriter.propose if rewriter else by_rules)
        if language:
            understood = replace(understood, language=language)
        clock.step("understand")
        draft = self._blank(understood, filters)
        yield Event("searching", {"articles": len(self.index.articles())})
        if understood.conversation:
            done = replace(draft, status="conversation", text=understood.reply or "", confidence=1.0)
            return replace(done, timings_ms=clock.total())
        if understood.about:
            about = yield from self._about(draft, understood.about, filters, engine)
            if about is not None:
                return replace(about, timings_ms=clock.total())
        refusal = cannot_search(understood, self.index.articles(), self.embeddings)
        if refusal is not None:
            done = replace(draft, status="not_in_corpus", text=text("not_searched", draft.language), notices=(refusal,))
            return replace(done, usage=understood.usage, timings_ms=clock.total())
        candidates = self._finder.candidates(understood, filters)[:RERANKED]
        clock.step("retrieve")
        passages = self._finder.rerank(understood, candidates)
        apart = self._finder.find_apart(understood, filters)
        clock.step("rerank")
        draft = replace(draft, notices=search_notices(understood, filters, self.embeddings))
        ground = self._quoter.ground(draft, understood, passages, apart)
        yield Event("passages", {"hits": [hit_json(passage) for passage in ground.passages]})
        answer = yield from self._written(ground, engine)
        if isinstance(answer, GaveUp):
            answer = self._instead(ground, answer, filters)
            for index, claim in enumerate(answer.claims):
                yield _claim_event(index, claim)
        clock.step("answer")
        return replace(answer, usage=answer.usage + understood.usage, timings_ms=clock.total())

    def _written(self, ground: Ground, engine: EngineChoice | None) -> Generator[Event, None, Answer | GaveUp]:
        """What a model writes, its claims as they come; or why none does."""
        engine = engine or self.engine
        writer = self._writer() if engine != "extractive" else None
        if writer is None or not ground.answerable:
            missing = writer is None and engine == "generative"
            return GaveUp(notice("model_missing" if missing else "no_model", ground.draft.language))
        steps = writer.write(ground, self._sources.open)
        with closing(steps):
            while True:
                try:
                    index, claim = next(steps)
                except StopIteration as done:
                    outcome: Answer | GaveUp = done.value
                    return outcome
                yield _claim_event(index, claim)

    def _instead(self, ground: Ground, given_up: GaveUp, filters: Filters | None) -> Answer:
        """The answer that no model wrote."""
        if given_up.found_nothing:
            nothing = self._quoter.nothing(ground, given_up.why)
            return replace(nothing, engine="generative", model=given_up.model, usage=given_up.usage)
        return replace(self._quoter.answer(ground, given_up.why, filters), usage=given_up.usage)

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

    def _about(
        self, draft: Answer, about: About, filters: Filters | None, engine: EngineChoice | None
    ) -> Generator[Event, None, Answer | None]:
        """What the records say, or the gist of the one article there is; None where no article is searched."""
        records = [one for one in self.index.articles().values() if not filters or matches(one, filters)]
        if not records:
            return None
        if about == "gist" and len(records) == 1 and (ground := self._quoter.gist(draft, records[0])):
            answer = yield from self._written(ground, engine)
            return self._instead(ground, answer, filters) if isinstance(answer, GaveUp) else answer
        return replace(draft, status="conversation", text=reply_about(about, records, draft.language), confidence=1.0)


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


def open_writer(settings: AppSettings, tables: NameTables, model: MiniLM | None) -> Writer | None:
    """What writes answers; None where no model is set. Raises SettingsError for settings that cannot work."""
    chat = open_chat_model(settings)
    return Writer(chat, Verifier(tables, model), tables, settings.model_input_tokens) if chat else None


def _claim_event(index: int, claim: Claim) -> Event:
    return Event("claim", {"index": index, **asdict(claim), "citations": list(claim.citations)})
