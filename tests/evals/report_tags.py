"""A report's elements, for tests that no words of a case become one of them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from app.answers.schema import Claim, Notice
from tests.evals.case_files import a_case, unanswerable
from tests.evals.made_answers import INVESTS, REOPENED, answered, cite, refused
from tests.evals.made_runs import lost_row, made_row, write_run


class Tags(HTMLParser):
    """Every element with the names of its attributes, in order; ``addresses`` that it would load or lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.addresses += [str(value) for name, value in attrs if name in ("href", "src", "srcset", "action", "data")]


def harmless(words: str) -> str:
    """The words without anything that markup is made of."""
    return re.sub(r"[<>&\"'`]", "x", words)


def hostile_run(folder: Path, payloads: tuple[str, ...]) -> Path:
    """A run in which every payload stands wherever a case, an article, an answer or a set has words."""
    rows = [row for number, payload in enumerate(payloads) for row in _hostile_rows(number, payload)]
    metric = {"title": payloads[0], "definition": payloads[1], "denominator": payloads[2], "better": "higher"}
    run = write_run(folder, rows, commit=payloads[3], settings={payloads[4]: {payloads[5]: payloads[6]}})
    _add_metric(run, metric, payloads[7])
    return run


def _hostile_rows(number: int, payload: str) -> list[dict[str, Any]]:
    words: dict[str, Any] = {"title": payload, "outlet": payload, "speaker": payload, "kind": payload, "url": payload}
    history = [{"role": "user", "content": payload}, {"role": "assistant", "content": payload}]
    case = a_case(id=f"good-{number}", history=history, answer_contains=[["on Monday"]], note=payload)
    told = made_row(
        case,
        answered(
            cite(REOPENED, **words), cite(INVESTS, 2, **words), text=f"{payload} [1] {payload} [2]",
            claims=(Claim(payload, (1,), "unsupported"),), notices=(Notice("x", payload),),
            standalone_question=f"{payload}?",
        ),
    )  # fmt: skip
    told |= {"failures": [payload], "part": payload}
    told["case"] |= {"question": payload, "id": payload, "kind": payload, "lang": payload}
    told["case"] |= {"answer_contains": [[payload, payload]], "must_not_contain": [payload, payload]}
    told["case"]["gold"][0] = {"article_id": payload, "quote": payload}
    for citation in told["answer"]["citations"]:
        citation["quote"] = payload * 2
    no = made_row(unanswerable(id=f"no-{number}"), refused(cite(REOPENED, **words)))
    broken = lost_row(a_case(id=f"broken-{number}"), "error", payload)
    return [{**row, "set": "own"} for row in (told, no, broken)]


def _add_metric(run: Path, metric: dict[str, str], name: str) -> None:
    """A metric, a group and a set of the summary whose names are payloads too."""
    from evals.run_folder import read_run, write_summary

    summary = read_run(run).summary
    figure = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 3}
    summary["metrics"][name] = metric
    groups = summary["sets"]["own"]["groups"]
    groups["all"]["figures"][name] = figure
    groups[f"kind {name}"] = {"n": 3, "figures": {"answer contains": figure}}
    summary["sets"][name] = {**summary["sets"]["own"], "reason": name, "not_run": 3}
    write_summary(run, summary)
