"""Whether the articles answer at all: a calibrated probability from absolute scores, and the bars it is held to.

The signals rest on the question and the best passages. How much a word piece weighs in them is steadied by background
counts, so that they mean much the same in a collection of one article and of six hundred.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from app.answers.units import RankedSentence
from app.errors import SettingsError
from app.question import Understood
from app.retrieval import Passage
from ingest.lexical import analyse, date_words

CALIBRATION_FILE = "calibration.toml"
_TOP = 5  # passages in which the names of the question are looked for
_BRIEF_TOKENS, _LONG_TOKENS = 4, 20
# From this late interaction on the topic counts as met: of questions that the owner's article answers 5 % stay below,
# of those on another matter that share a name with it, three of four (2026-11-24).
_TOPIC_MET = 0.1
# A name or a number in an English question: a capital inside the sentence, or digits. The first word may be either.
_FIGURE = re.compile(r"(?<![\d.,])\d[\d,.]*\d|\d")
_NAME = re.compile(r"(?<=[\w,;:’'\"”)] )[\"“‘'(]?(?:[A-Z][\w’'.-]*[A-Za-z]|[A-Z]{2,})|\b\d[\d,.]*\b")


class Signals(NamedTuple):
    """What the probability is made of; all from 0 to 1. Others were tried (evals/RESULTS.md, "When the articles …")."""

    names: float  # share of the question's names and numbers that the best passages hold; 1 when it has none
    asked: float  # late interaction of the best sentence that holds the kind of thing asked for
    met: float  # late interaction of the best passage times the length of the question: four words 0, twenty or more 1
    topic: float  # 0 where no passage touches what the question is about, names aside; 1 from a faint likeness on
    outlets: float  # 0 where the question asks for an article of an outlet that no article is of, else 1


@dataclass(frozen=True)
class Calibration:
    """How signals become a probability, and from which probability on a question counts as answered."""

    weights: Signals
    intercept: float
    bar: float  # below this probability the articles do not say

    def probability(self, signals: Signals) -> float:
        """That the answer is in the articles."""
        total = self.intercept + sum(w * s for w, s in zip(self.weights, signals, strict=True))
        return 1 / (1 + math.exp(-total))


def load_calibration(file: Path | None = None) -> Calibration:
    """The calibration in the file, else the one shipped beside this module; ``hanmi eval calibrate`` makes both.

    Raises SettingsError for a file that cannot be used.
    """
    if file is None:
        return _shipped()
    try:
        return read_calibration(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        reason = error.strerror or str(error)
    except KeyError as error:
        reason = f"it lacks {error}"
    except (TypeError, ValueError) as error:
        reason = str(error)
    raise SettingsError(
        f"the calibration {file} cannot be used: {reason}; make it anew with `hanmi eval calibrate`, or unset "
        "HANMI_CALIBRATION"
    )


@lru_cache(maxsize=1)
def _shipped() -> Calibration:
    text = resources.files(__package__).joinpath(CALIBRATION_FILE).read_text(encoding="utf-8")
    return read_calibration(tomllib.loads(text))


def read_calibration(table: Mapping[str, Any]) -> Calibration:
    """The calibration in a parsed TOML table. Raises KeyError for a missing value, ValueError for one of no sense."""
    weights, bar = table["weights"], float(table["bars"]["answered"])
    signals, intercept = Signals(*(float(weights[name]) for name in Signals._fields)), float(weights["intercept"])
    if unknown := sorted(set(weights) - {*Signals._fields, "intercept"}):
        raise ValueError(f"it weighs {', '.join(unknown)}, which this version does not measure")
    if not all(map(math.isfinite, (*signals, intercept))) or not 0 <= bar <= 1:
        raise ValueError("weights must be finite numbers, and the bar from 0 to 1")
    return Calibration(signals, intercept, bar)


def signals_of(question: Understood, passages: Sequence[Passage], ranked: Sequence[RankedSentence]) -> Signals:
    """The signals for a question's passages and their ranked sentences; zeros for no passages."""
    if not passages:
        return Signals(*(0.0 for _ in Signals._fields))
    held = {token for one in passages[:_TOP] for token in analyse(f"{_about(one)} {one.chunk.text}")}
    length = _length(question)
    return Signals(
        names=_names_met(question, held),
        asked=max((sentence.late * sentence.holds for sentence in ranked), default=0.0),
        met=length * max(passage.parts.late for passage in passages),
        topic=min(1.0, max(passage.parts.topic for passage in passages[:_TOP]) / _TOPIC_MET),
        outlets=float(not outlets_missing(question, passages)),
    )


def outlets_missing(question: Understood, passages: Sequence[Passage]) -> list[str]:
    """Outlets that the question asks for and no article is of, as it writes them.

    A name that the tables do not know as an outlet's may be anything ("the Mueller report"): it counts only where the
    best passages do not hold it.
    """
    if not question.absent_outlets:
        return []
    known = {
        match.written.removeprefix("The ").removeprefix("the ")
        for match in question.matches
        if match.group == "outlets"
    }
    held = " ".join(f"{_about(passage)} {passage.chunk.text}" for passage in passages[:_TOP])
    return [name for name in question.absent_outlets if name in known or name not in held]


def _length(question: Understood) -> float:
    """From 0 for a question of four words, stop words not counted, to 1 for one of twenty or more."""
    tokens = len(analyse(question.dense_text if question.language == "ko" else question.standalone))
    return min(1.0, max(0.0, (tokens - _BRIEF_TOKENS) / (_LONG_TOKENS - _BRIEF_TOKENS)))


def _about(passage: Passage) -> str:
    article = passage.article
    return " ".join(filter(None, (article.title, article.outlet, date_words(article.published))))


def _names_met(question: Understood, held: set[str]) -> float:
    """Names that the tables know are met in any of their forms; other names and figures as they are written."""
    rest = question.standalone
    met = []
    for match in question.matches:
        met.append(any(_holds(held, form) for form in (match.written, match.name, *match.forms)))
        rest = rest.replace(match.written, " ")
    written = _FIGURE if question.language == "ko" else _NAME  # Hangul has no capitals
    met += [_holds(held, name[0]) for name in written.finditer(rest)]
    return sum(met) / len(met) if met else 1.0


def _holds(held: set[str], name: str) -> bool:
    tokens = analyse(name)
    return bool(tokens) and all(token in held for token in tokens)
