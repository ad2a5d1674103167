"""How well sentences are found: our rules beside the libraries, on boundaries labelled by hand.

    python -m evals.sentence_boundaries tests/ingest/sentences.txt tests/ingest/sentences_held_out.txt

Compares whichever of pysbd, sentencex, syntok and nupunkt can be imported; none of them is a dependency.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.sentences import split_sentences

BOUNDARY = "‖"
Splitter = Callable[[str], Sequence[int]]  # text -> where its sentences start
_TIMED_TEXT_CHARS = 200_000
_STOP = re.compile(r"[.!?…。！？]+[\"'”’»)\]」]*(?=\s)")


@dataclass(frozen=True)
class Labelled:
    """A text and where its second, third … sentence starts, by hand."""

    text: str
    starts: frozenset[int]


@dataclass(frozen=True)
class BoundaryScore:
    """Counts over all labelled texts of a list; the end of a text is no decision and not counted."""

    name: str
    right: int
    wrong: int
    missed: int
    chars_per_second: float

    @property
    def precision(self) -> float:
        """Share of the boundaries given that are labelled; 1.0 if none was given."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the labelled boundaries that were given; 1.0 if none is labelled."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def load_labelled(path: Path) -> list[Labelled]:
    r"""The labelled texts of a file, one a line.

    ``‖`` stands before every sentence but the first, ``\n`` for a line break; a line that begins with # is a remark.
    """
    labelled = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            sentences = line.replace("\\n", "\n").split(BOUNDARY)
            starts = [sum(map(len, sentences[:count])) for count in range(1, len(sentences))]
            labelled.append(Labelled("".join(sentences), frozenset(starts)))
    return labelled


def count_decisions(labelled: Iterable[Labelled]) -> tuple[int, int]:
    """How many boundaries are labelled, and how many stops before white space are labelled as none."""
    boundaries = traps = 0
    for item in labelled:
        boundaries += len(item.starts)
        after_space = [re.compile(r"\s*").match(item.text, stop.end()) for stop in _STOP.finditer(item.text)]
        traps += sum(space is not None and space.end() not in item.starts for space in after_space)
    return boundaries, traps


def score_boundaries(name: str, splitter: Splitter, labelled: Sequence[Labelled]) -> BoundaryScore:
    """Compare the starts a splitter gives with those labelled; texts are given one by one."""
    right = wrong = missed = 0
    for item in labelled:
        found = set(splitter(item.text)) - {0}
        right += len(found & item.starts)
        wrong += len(found - item.starts)
        missed += len(item.starts - found)
    return BoundaryScore(name, right, wrong, missed, _chars_per_second(splitter, labelled))


def _chars_per_second(splitter: Splitter, labelled: Sequence[Labelled]) -> float:
    text = " ".join(item.text for item in labelled)
    text = "\n\n".join([text] * (_TIMED_TEXT_CHARS // max(1, len(text)) + 1))
    started = time.process_time()
    splitter(text)
    return len(text) / (time.process_time() - started)


def our_starts(text: str) -> list[int]:
    """Where the sentences of ``ingest.sentences`` start."""
    return [span.start for span in split_sentences(text)]


def library_splitters() -> dict[str, Splitter]:
    """The splitters of those libraries that are installed, by name and version."""
    makers = {"pysbd": _pysbd, "sentencex": _sentencex, "syntok": _syntok, "nupunkt": _nupunkt}
    found = {}
    for name, make in makers.items():
        try:
            splitter = make()
        except ImportError:
            continue
        found[f"{name} {importlib.metadata.version(name)}"] = splitter
    return found


def _starts_of(text: str, pieces: Iterable[str]) -> list[int]:
    """Where each piece stands in the text, looked for in order; a piece the library altered is left out."""
    starts = []
    begin = 0
    for piece in pieces:
        at = text.find(piece.strip(), begin)
        if piece.strip() and at >= 0:
            starts.append(at)
            begin = at + len(piece.strip())
    return starts


def _pysbd() -> Splitter:
    segmenter = importlib.import_module("pysbd").Segmenter(language="en", clean=False)
    return lambda text: _starts_of(text, segmenter.segment(text))


def _sentencex() -> Splitter:
    sentencex = importlib.import_module("sentencex")
    return lambda text: _starts_of(text, sentencex.segment("en", text))


def _syntok() -> Splitter:
    segmenter = importlib.import_module("syntok.segmenter")
    return lambda text: [
        sentence[0].offset for paragraph in segmenter.analyze(text) for sentence in paragraph if sentence
    ]


def _nupunkt() -> Splitter:
    nupunkt = importlib.import_module("nupunkt")
    return lambda text: _starts_of(text, nupunkt.sent_tokenize(text))


def compare(labelled: Sequence[Labelled]) -> list[BoundaryScore]:
    """Scores of every splitter at hand on one list, ours first."""
    splitters = {"hanmi": our_starts, **library_splitters()}
    return [score_boundaries(name, splitter, labelled) for name, splitter in splitters.items()]


def render_table(scores: Sequence[BoundaryScore]) -> str:
    """A Markdown table of the scores."""
    lines = ["| splitter | F1 | precision | recall | wrong | missed | MB/s |", "|---|---|---|---|---|---|---|"]
    for score in scores:
        speed = score.chars_per_second / 1e6
        lines.append(
            f"| {score.name} | {score.f1:.3f} | {score.precision:.3f} | {score.recall:.3f} | {score.wrong} | "
            f"{score.missed} | {speed:.2f} |"
        )
    return "\n".join(lines)


def list_mistakes(splitter: Splitter, labelled: Sequence[Labelled]) -> list[str]:
    """One line for each text the splitter gets wrong: the text with its boundaries, ``+`` wrong and ``-`` missed."""
    mistakes = []
    for item in labelled:
        found = set(splitter(item.text)) - {0}
        if found != item.starts:
            marks = dict.fromkeys(found & item.starts, BOUNDARY)
            marks |= dict.fromkeys(found - item.starts, "⟦+⟧") | dict.fromkeys(item.starts - found, "⟦-⟧")
            mistakes.append("".join(marks.get(at, "") + char for at, char in enumerate(item.text)).replace("\n", "\\n"))
    return mistakes


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table for every list named, and with ``--mistakes`` what our rules get wrong."""
    parser = argparse.ArgumentParser(description="Compare sentence splitters on boundaries labelled by hand.")
    parser.add_argument("lists", nargs="+", type=Path, help="files of labelled texts")
    parser.add_argument("--mistakes", action="store_true", help="list what our rules get wrong")
    options = parser.parse_args(arguments)
    for path in options.lists:
        labelled = load_labelled(path)
        boundaries, traps = count_decisions(labelled)
        print(f"\n{path.name}: {len(labelled)} texts, {boundaries} boundaries, {traps} stops that are none\n")  # noqa: T201
        print(render_table(compare(labelled)))  # noqa: T201
        if options.mistakes:
            print("\n".join(["", *list_mistakes(our_starts, labelled)]))  # noqa: T201


if __name__ == "__main__":
    main()
