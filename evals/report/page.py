"""report.html of a run: one file that loads nothing, and runs nothing but its own few lines for filtering."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.render import printable
from evals.report.cases import CaseView, case_view
from evals.report.charts import WIDTH
from evals.report.figures import figures_of
from evals.run_folder import REPORT, Run, read_run

TEMPLATES: Final = Path(__file__).with_name("templates")


def write_report(run_folder: Path) -> Path:
    """RUN/report.html, made from the folder's rows.jsonl and summary.json.

    Raises BadDataset where the folder holds no run. What cases, articles and answers say is text in it, never markup.
    """
    file = run_folder / REPORT
    file.write_text(render_report(read_run(run_folder)), "utf-8", errors="replace")
    return file


def render_report(run: Run) -> str:
    """The report's HTML."""
    cases = [case_view(number, row, run.summary["metrics"]) for number, row in enumerate(run.rows)]
    style, script = (Markup((TEMPLATES / name).read_text("utf-8")) for name in ("report.css", "report.js"))
    return (
        _environment()
        .get_template("report.html")
        .render(
            summary=run.summary,
            sets=figures_of(run),
            cases=cases,
            choices=_choices(cases),
            about=_about(run.summary),
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            width=WIDTH,
        )
    )


@cache
def _environment() -> Environment:
    """Everything is escaped and freed of control characters on its way in; a name that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )


def _hash(text: str) -> str:
    """How a content security policy names an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _choices(cases: list[CaseView]) -> list[tuple[str, str, list[str]]]:
    """What cases can be filtered by: attribute, label, and the values there are."""
    values = {
        "set": [case.row["set"] for case in cases],
        "part": [case.row.get("part") or "" for case in cases],
        "kind": [case.row["case"]["kind"] for case in cases],
        "lang": [case.row["case"]["lang"] for case in cases],
        "result": [case.result for case in cases],
    }
    labels = {"set": "set", "part": "part", "kind": "kind", "lang": "language", "result": "result"}
    return [(name, labels[name], sorted({value for value in found if value})) for name, found in values.items()]


def _about(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How the run was made, in words, without its figures."""
    figures = {"format", "sets", "metrics"}
    return [(name, _words(value)) for name, value in summary.items() if name not in figures and value is not None]


def _words(value: object, indent: str = "") -> str:
    """The value as a reader takes it in: one line for each thing in it."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    lines = [
        f"{indent}{name}:\n{_words(one, indent + '  ')}"
        if isinstance(one, Mapping)
        else f"{indent}{name}: {_words(one)}"
        for name, one in value.items()
        if one is not None
    ]
    return "\n".join(lines)
