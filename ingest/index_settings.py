"""What an index is made with, given what turns its texts into vectors."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.chunking import CountPieces, IndexSettings
from ingest.derived import PieceIds
from ingest.embedding import MiniLMEmbeddings, TextEmbeddings
from ingest.lexical import ANALYSER_VERSION

_HANGUL = re.compile("[가-힣]")


def settings_for(embeddings: TextEmbeddings) -> IndexSettings:
    """The settings of an index that is made with these embeddings."""
    return IndexSettings(embeddings.name, embeddings.dimension, ANALYSER_VERSION)


def tokenizer_of(embeddings: TextEmbeddings) -> tuple[CountPieces, PieceIds | None]:
    """How to count word pieces, and the pieces themselves where there is a tokenizer."""
    if isinstance(embeddings, MiniLMEmbeddings):
        return embeddings.model.count_pieces, embeddings.model.piece_ids
    return estimate_pieces, None


def estimate_pieces(texts: Sequence[str]) -> list[int]:
    """Word pieces without a tokenizer: four for three words of English news, one for two syllables of Hangul."""
    return [len(text.split()) * 4 // 3 + len(_HANGUL.findall(text)) // 2 for text in texts]
