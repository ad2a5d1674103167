"""What a judge said, and how far it agrees with itself, in words for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SUPPORTED: Final = "judged supported"
CORRECT: Final = "judged correct"
_SHORT: Final = {SUPPORTED: "claim", CORRECT: "answer correct"}


def agreement_words(model: str, about: Mapping[str, Any]) -> tuple[str, ...]:
    """How many cases a set's judging came to and, line by line, the judge's agreement with itself."""
    told = [f"Judge {model}: {about['cases']:,} cases, {about['errors']:,} of its verdicts missing."]
    for name, repeated in about["repeatability"].items():
        kappa = estimate_words(repeated["kappa"]) if repeated["kappa"] else "none (all verdicts are the same)"
        told.append(
            f"With itself, the material in another order, on {name.removeprefix('judged ')}: agreement "
            f"{estimate_words(repeated['agreement'])}, Cohen's kappa {kappa}, {repeated['n']:,} pairs of verdicts."
        )
    return tuple(told)


def verdict_words(judged: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What a row's ``judge`` holds: "claim 1: yes (reason) / no (reason)", then what failed; () for no judging."""
    if judged is None:
        return ()
    told = []
    for name, short in _SHORT.items():
        for number, pair in enumerate(judged[name] or (), start=1):
            reasons = judged["why"][name][number - 1]
            said = [
                f"{'yes' if verdict else 'no'}{f' ({why})' if why else ''}"
                for verdict, why in zip(pair, reasons, strict=True)
            ]
            told.append(f"{short}{f' {number} supported' if name == SUPPORTED else ''}: {' / '.join(said)}")
    return (*told, *judged["errors"])


def estimate_words(figure: Mapping[str, float]) -> str:
    """A figure with its interval: 0.750 [0.680, 0.810]."""
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
