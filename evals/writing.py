"""What a model wrote in a run, what is quoted instead of it, and what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


def written_or_not(answer: Mapping[str, Any]) -> str:
    """How it came about: "written" by a model, "quoted instead" of that, or "not asked" where no model was."""
    if answer["engine"] == "generative":
        return "written"
    return "quoted instead" if why_not_written(answer) else "not asked"


def why_not_written(answer: Mapping[str, Any]) -> str | None:
    """The code of the notice that says why no model wrote it; None where one did, or none was to."""
    if answer["engine"] == "generative":
        return None
    return next((one["code"] for one in answer["notices"] if one["code"].startswith("model_")), None)


def writing(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many a model wrote, how many are quoted instead and why, and for how many none was asked to write."""
    counts = Counter(map(written_or_not, answers))
    why = Counter(filter(None, map(why_not_written, answers)))
    return {name: counts[name] for name in ("written", "quoted instead", "not asked")} | {"why": dict(why)}


def writing_words(writing: Mapping[str, Any]) -> str:
    """How many answers a model wrote, how many are quoted instead and why, and for how many none was asked."""
    why = ", ".join(f"{code.removeprefix('model_')} {n:,}" for code, n in writing["why"].items())
    return (
        f"{writing['written']:,} answers are written; {writing['quoted instead']:,} are quoted instead"
        f"{f' ({why})' if why else ''}; for {writing['not asked']:,} no model was asked to write."
    )


def tokens_words(tokens: Mapping[str, float]) -> str:
    """As "1,200 tokens in, 80 out, about $0.0042"; "" where none were used, no sum without a price."""
    if not tokens["input_tokens"] and not tokens["output_tokens"]:
        return ""
    cost = f", about ${tokens['cost_usd']:.4f}" if tokens["cost_usd"] else ""
    return f"{tokens['input_tokens']:,} tokens in, {tokens['output_tokens']:,} out{cost}"
