"""Makes ``ingest/background_counts.npz``: in how many chunks of general English each word piece occurs.

Sources: pages of the White House (public domain; ``documents.jsonl``, ``distractors.jsonl``), and the sentences of
SelQA (Jurczyk et al. 2016, Apache 2.0; ``selqa.jsonl.gz``) and QAMR (Michael et al. 2018, MIT; ``qamr.jsonl.gz``).
Only counts are kept, no text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ingest.minilm import MiniLM, load_minilm
from ingest.piece_weights import COUNTS_FILE, PIECES, pack_counts

CHUNK_PIECES: Final = 220  # the length the index cuts to
TEXTS_AT_ONCE: Final = 256
# Addresses and tags are no words: "](https://…)" of a link, bare addresses, HTML tags.
MARKUP: Final = re.compile(r"\]\([^)\s]*\)|https?://\S+|<[^>]{1,200}>")


def count_pieces(texts: Iterable[str], model: MiniLM) -> tuple[npt.NDArray[np.int64], int]:
    """How many chunks hold each word piece (30522,), and how many chunks there are.

    A text is cut after every 220 pieces; its last chunk may be shorter, a text of none gives no chunk.
    """
    holding, chunks = np.zeros(PIECES, np.int64), 0
    for ids in _piece_ids(texts, model):
        for first in range(0, len(ids), CHUNK_PIECES):
            holding[np.unique(ids[first : first + CHUNK_PIECES])] += 1
            chunks += 1
    return holding, chunks


def read_texts(folders: Iterable[Path]) -> Iterator[str]:
    """The texts of the sources found in ``folders``; a source that is in none of them is left out."""
    for folder in folders:
        for name in ("documents.jsonl", "distractors.jsonl"):
            yield from (MARKUP.sub(" ", row["body"]) for row in _rows(folder / name))
        yield from _sections(_rows(folder / "selqa.jsonl.gz"), ("article", "section"))
        # Sentences of one page follow each other; the page is all of "sid" but its last two numbers.
        rows = (row | {"page": row["sid"].rsplit(":", 2)[0]} for row in _rows(folder / "qamr.jsonl.gz"))
        yield from _sections(rows, ("page",))


def _sections(rows: Iterable[dict[str, Any]], keys: tuple[str, ...]) -> Iterator[str]:
    """Distinct sentences of one section, in order, as one text."""
    sections: dict[tuple[str, ...], dict[str, None]] = {}
    for row in rows:
        sections.setdefault(tuple(row[key] for key in keys), {})[row["sentence"]] = None
    yield from (" ".join(sentences) for sentences in sections.values())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        return
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _piece_ids(texts: Iterable[str], model: MiniLM) -> Iterator[npt.NDArray[np.int32]]:
    waiting: list[str] = []
    for text in texts:
        waiting.append(text)
        if len(waiting) == TEXTS_AT_ONCE:
            yield from model.piece_ids(waiting)
            waiting = []
    yield from model.piece_ids(waiting)


def main() -> None:
    """Count the sources in the folders given, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m evals.background_counts", description=main.__doc__)
    parser.add_argument("folders", metavar="DIR", type=Path, nargs="+", help="folders that hold the sources")
    parser.add_argument("--out", type=Path, default=Path("ingest") / COUNTS_FILE, help="default: %(default)s")
    parser.add_argument(
        "--model-cache", type=Path, default=Path(".hanmi"), help="the model's graph; default: %(default)s"
    )
    arguments = parser.parse_args()
    holding, chunks = count_pieces(read_texts(arguments.folders), load_minilm(arguments.model_cache))
    if not chunks:
        parser.error("none of the sources is in these folders")
    packed, step = pack_counts(holding)
    np.savez_compressed(arguments.out, holding=packed, step=np.array(step), chunks=np.array(chunks))
    print(f"{arguments.out}: {np.count_nonzero(holding)} word pieces in {chunks} chunks")  # noqa: T201 - the result


if __name__ == "__main__":
    main()
