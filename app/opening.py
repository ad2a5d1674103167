"""Settings to the parts they describe: where the index lies, what embeds, the assistant over both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.names import NameTables
from app.settings import AppSettings, checkout
from ingest.embedding import NoEmbeddings, TextEmbeddings, make_embeddings
from ingest.records import ChromaServer

if TYPE_CHECKING:
    from app.assistant import Assistant

NO_MODEL = "none"  # as HANMI_EMBEDDING_MODEL: word matches alone


def index_location(settings: AppSettings) -> Path | ChromaServer:
    """The folder of the index, or the Chroma server that holds it."""
    if not settings.chroma_url:
        return settings.index_folder
    token = settings.chroma_token.value or None
    return ChromaServer(settings.chroma_url, token, settings.chroma_tenant, settings.chroma_database)


def open_embeddings(settings: AppSettings) -> TextEmbeddings:
    """What turns text into vectors. Raises ModelUnavailable, or EmbeddingFailed for an endpoint without a key."""
    if settings.embedding_model.lower() == NO_MODEL:
        return NoEmbeddings("HANMI_EMBEDDING_MODEL is none")
    return make_embeddings(
        settings.embedding_model or None,
        settings.embedding_api_key.value or None,
        settings.embedding_base_url or None,
        settings.model_folder,
        precision=settings.embedding_precision,
        threads=settings.threads or None,
    )


def load_tables(settings: AppSettings) -> NameTables:
    """The tables of the corpus folder; those shipped with Hanmi where it has none of its own. Raises TablesInvalid."""
    return NameTables.load(settings.corpus, shipped=checkout() / "corpus")


def open_assistant(settings: AppSettings) -> Assistant:
    """The assistant over the index as it is now. Raises IndexUnavailable, IndexMismatch, ModelUnavailable."""
    from app.assistant import Assistant  # the engine and its vendors: ingest and status do without

    return Assistant.open(settings)


def server_cache(settings: AppSettings) -> Path:
    """Where what is derived from an index on a Chroma server is kept on this machine."""
    return settings.home / "server"


def state_folder(settings: AppSettings) -> Path:
    """Where the state of the last sync lies: beside an index in a folder, else with what is derived."""
    location = index_location(settings)
    return location if isinstance(location, Path) else server_cache(settings)
