"""What a model wrote in a run and what it took, in words for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
