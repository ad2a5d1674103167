"""What ``hanmi doctor`` tries: each part that is set up, in one line that says whether it works and what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from app.answers.chat_model import SUGGESTED_MODEL, ChatModel, open_chat_model
from app.answers.spending import Budget
from app.errors import AppError, ModelFailed, SettingsError
from app.opening import open_assistant, open_embeddings
from app.settings import AppSettings, Secret
from ingest.embedding import NoEmbeddings
from ingest.errors import IngestError

State = Literal["works", "off", "fails", "untried"]  # off: not set up, and not needed
_ASK_S = 60.0  # for each of the two questions to the model
_COUNT = [{"role": "user", "content": "Count from one to twelve, in words and nothing else."}]


@dataclass(frozen=True)
class Check:
    """One part and its state; the text is for the user."""

    name: str
    state: State
    text: str


def examine(settings: AppSettings) -> Iterator[Check]:
    """Index, embeddings, key, model, streaming, slack, as each is known. Asks the endpoints that are set."""
    embeddings = _embeddings(settings)
    yield _index(settings, words_alone=embeddings.state == "fails")
    yield embeddings
    yield from _model(settings)
    yield _slack(settings)


def _index(settings: AppSettings, *, words_alone: bool) -> Check:
    """``words_alone``: nothing embeds now; that is told elsewhere."""
    tried = replace(settings, model="", embedding_model="none" if words_alone else settings.embedding_model)
    try:
        index = open_assistant(tried).index
    except (AppError, IngestError) as error:
        return Check("index", "fails", str(error))
    records = index.articles().values()
    if not records:
        return Check("index", "fails", "there are no articles in it; put some into the corpus and run `hanmi ingest`")
    chunks = sum(len(record.chunk_ids) for record in records)
    return Check("index", "works", f"articles: {len(records):,}, in {chunks:,} chunks; `hanmi status` says more")


def _embeddings(settings: AppSettings) -> Check:
    try:
        embeddings = open_embeddings(settings)
        if isinstance(embeddings, NoEmbeddings):
            return Check("embeddings", "off", f"word matches alone (BM25): {embeddings.reason}")
        began = time.perf_counter()
        embeddings.embed(["Seoul and Washington"])
    except (AppError, IngestError) as error:
        return Check("embeddings", "fails", str(error))
    took = _seconds(time.perf_counter() - began)
    return Check("embeddings", "works", f"{embeddings.name}: {embeddings.dimension} numbers a vector, in {took}")


def _model(settings: AppSettings) -> Iterator[Check]:
    """Key, model and streaming."""
    from app.answers.model_requests import Limits

    try:
        model = open_chat_model(settings, Limits(first_s=_ASK_S, whole_s=_ASK_S, retries=1))
    except SettingsError as error:
        keyless = not settings.openai_api_key and not settings.openai_base_url
        told = str(error)
        yield Check("key", "fails", told) if keyless else Check("key", "untried", "the model cannot be asked")
        yield Check("model", "untried", "the key is missing") if keyless else Check("model", "fails", told)
        yield Check("streaming", "untried", "the model cannot be asked")
        return
    if model is None:
        yield from _no_model(settings)
        return
    key, answers = _asked(model, settings)
    yield key
    yield answers
    yield _streams(model) if answers.state == "works" else Check("streaming", "untried", "the model does not answer")


def _no_model(settings: AppSettings) -> Iterator[Check]:
    if settings.openai_api_key:
        yield Check("key", "off", "OPENAI_API_KEY is set and not used; without HANMI_MODEL nothing is sent anywhere")
    else:
        yield Check("key", "off", "OPENAI_API_KEY is not set, and not needed without HANMI_MODEL")
    turn_on = f"HANMI_MODEL={SUGGESTED_MODEL}" + ("" if settings.openai_api_key else " and OPENAI_API_KEY")
    yield Check("model", "off", f"answers are quoted; to have them written, set {turn_on}")
    yield Check("streaming", "off", "comes with a model")


def _asked(model: ChatModel, settings: AppSettings) -> tuple[Check, Check]:
    """The key, and the model that is asked with it."""
    began = time.perf_counter()
    try:
        reply = model.ask(_COUNT)
    except ModelFailed as error:
        if error.code == "key":
            return Check("key", "fails", str(error)), Check("model", "untried", "the key was refused")
        return Check("key", "untried", "the model did not answer"), Check("model", "fails", str(error))
    key = Check("key", "works", "accepted" if settings.openai_api_key else "none is set, and none is asked for")
    if not (reply.finished and reply.text.strip()):
        told = "broke off its answer" if reply.text.strip() else "gave an empty answer"
        return key, Check("model", "fails", f"{model.name} {told}; try another model, or ask again")
    took = _seconds(time.perf_counter() - began)
    return key, Check("model", "works", f"{model.name} answered in {took}{_of_today(settings)}")


def _of_today(settings: AppSettings) -> str:
    """What has been used of the day's tokens, where they are limited."""
    if not settings.daily_tokens:
        return ""
    used = Budget(settings.database, settings.daily_tokens).used_today()
    return f"; {used:,} of {settings.daily_tokens:,} tokens of today (UTC) are used"


def _streams(model: ChatModel) -> Check:
    began = time.perf_counter()
    first_s: float | None = None
    pieces = 0
    try:
        with model.stream(_COUNT) as reply:
            for _ in reply:
                first_s = first_s or time.perf_counter() - began
                pieces += 1
    except ModelFailed as error:
        return Check("streaming", "fails", str(error))
    if first_s is None or not reply.finished:
        return Check("streaming", "fails", "a streamed answer breaks off; written answers need it to come to its end")
    if pieces == 1:
        return Check("streaming", "works", "answers come in one piece, so they appear when they are complete")
    return Check("streaming", "works", f"the first words came after {_seconds(first_s)}, the rest in {pieces} pieces")


def _slack(settings: AppSettings) -> Check:
    """Whether the tokens are there; `hanmi slack --check` tries them."""
    bot, app, secret = settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret
    if not (bot or app or secret):
        return Check("slack", "off", "no token is set; docs/slack.md says how to set it up")
    for name, token, start in (("BOT", bot, "xoxb-"), ("APP", app, "xapp-")):
        if token and not token.value.startswith(start):
            return Check("slack", "fails", f"HANMI_SLACK_{name}_TOKEN must begin with {start}; copy that one")
    missing = [name for name, there in _slack_needs(bot, app, secret) if not there]
    if missing:
        return Check("slack", "fails", f"also set {' and '.join(missing)}")
    way = "in Socket Mode" if app else "over HTTP"
    return Check("slack", "works", f"the tokens for Slack {way} are there; `hanmi slack --check` tries them")


def _slack_needs(bot: Secret, app: Secret, secret: Secret) -> list[tuple[str, bool]]:
    return [
        ("HANMI_SLACK_BOT_TOKEN", bool(bot)),
        ("HANMI_SLACK_APP_TOKEN (or HANMI_SLACK_SIGNING_SECRET, for events over HTTP)", bool(app or secret)),
    ]


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.05 else f"{seconds * 1000:.0f} ms"
