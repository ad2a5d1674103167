"""The first page: a question box, answers with numbered quotations below them, follow-ups in the same session.

The only module that imports gradio, which takes seconds: import it only where the page is really served.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads it when it is imported


import gradio as gr
from fastapi import FastAPI
from fastapi.responses import FileResponse

from app.answers.schema import Turn
from app.assistant import Assistant
from app.errors import AppError
from app.labels import display_date
from app.question import language_of
from app.render import to_html
from app.texts import text
from ingest.errors import IngestError

logger = logging.getLogger(__name__)
AT_ONCE = 8  # questions answered side by side; gradio's own default is 1
WAITING = 64  # questions that may wait; more are told to try again
MAX_EXCHANGES = 30  # kept on the page; what the history of a follow-up needs is far less
STYLE_PATH = "/page.css"
_TO_NEWEST = "() => { document.querySelector('#conversation .exchange:last-child')?.scrollIntoView({block: 'start'}); }"
# Not where a keyboard would spring up over the answer.
_TO_BOX = "() => { if (matchMedia('(pointer: fine)').matches) document.querySelector('#question textarea')?.focus(); }"


@dataclass(frozen=True)
class Exchange:
    """One question and what was said to it; ``html`` is ready to show, ``said`` is for the history."""

    question: str
    html: str
    said: str | None  # None while the answer is being made, and where there is none


def mount_page(app: FastAPI, assistant: Assistant) -> FastAPI:
    """The application with the page at "/", and its style sheet.

    The sheet is linked, not given to gradio, which would rewrite its selectors and drop its dark half.
    """

    @app.get(STYLE_PATH, response_class=FileResponse)
    def style() -> Path:
        return Path(__file__).with_name("page.css")

    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_page(assistant),
        path="/",
        head=f'<link rel="stylesheet" href="{STYLE_PATH}">',
        theme=gr.themes.Base(font=["system-ui", "Noto Sans KR", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        show_error=False,
        run_history=False,
        ssr_mode=False,
    )
    return mounted


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant. Its two steps are private: the HTTP API is the public way in."""

    def show_question(question: str, so_far: list[Exchange]) -> tuple[str, list[Exchange], Any, Any]:
        if not question.strip():
            return _conversation(so_far), so_far, gr.update(), gr.update()
        working = f'<p class="working">{escape(_working(assistant, question))}</p>'
        shown = [*so_far, Exchange(question, working, None)][-MAX_EXCHANGES:]
        return _conversation(shown), shown, gr.update(value="", interactive=False), gr.update(interactive=False)

    def show_answer(so_far: list[Exchange]) -> tuple[str, list[Exchange], Any, Any]:
        if so_far and so_far[-1].said is None:
            so_far = [*so_far[:-1], _answered(assistant, so_far[-1].question, so_far[:-1])]
        return _conversation(so_far), so_far, *unlock()

    def unlock() -> tuple[Any, Any]:
        return gr.update(interactive=True), gr.update(interactive=True)

    page = gr.Blocks(title="Hanmi", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(_heading(assistant), elem_id="heading", apply_default_css=False)
        conversation = gr.HTML(_conversation([]), elem_id="conversation", apply_default_css=False)
        with gr.Row(elem_id="ask"):
            question = gr.Textbox(
                label="Question", show_label=False, placeholder="Ask the articles…", autofocus=True, max_lines=6,
                elem_id="question", container=False, scale=1,
            )  # fmt: skip
            send = gr.Button("Ask", elem_id="send", variant="primary", scale=0)
        exchanges: gr.State = gr.State([])
        shown, box = [conversation, exchanges, question, send], [question, send]
        options = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": AT_ONCE}
        asked = gr.on([question.submit, send.click], show_question, [question, exchanges], shown, **options)
        answering = asked.success(None, js=_TO_NEWEST).success(show_answer, [exchanges], shown, **options)
        answering.success(None, js=_TO_NEWEST).success(None, js=_TO_BOX)
        for step in (asked, answering):  # a lost connection must not leave the box locked
            step.failure(unlock, None, box, api_visibility="private")
    page.queue(max_size=WAITING)
    return page


def _answered(assistant: Assistant, question: str, before: list[Exchange]) -> Exchange:
    """The exchange with its answer, or with one sentence where there is none; never raises."""
    try:
        answer = assistant.answer(question, _history(before))
        return Exchange(question, to_html(answer), answer.text)
    except (AppError, IngestError) as error:
        sentence = str(error)
    except Exception:
        logger.exception("a question on the page failed")
        sentence = text("error", language_of(question))
    return Exchange(question, f'<p class="failed" role="alert">{escape(sentence)}</p>', "")


def _history(exchanges: list[Exchange]) -> list[Turn]:
    turns: list[Turn] = []
    for exchange in exchanges:
        if exchange.said:
            turns += [{"role": "user", "content": exchange.question}, {"role": "assistant", "content": exchange.said}]
    return turns


def _conversation(exchanges: list[Exchange]) -> str:
    if not exchanges:
        return f'<p class="start">{escape(text("help", "en"))}</p>'
    return "".join(
        f'<section class="exchange"><h2>{escape(exchange.question)}</h2>{exchange.html}</section>'
        for exchange in exchanges
    )


def _working(assistant: Assistant, question: str) -> str:
    count = len(assistant.index.articles())
    if language_of(question) == "ko":
        return f"기사 {count}건에서 찾는 중"
    return f"searching {count} article{'' if count == 1 else 's'}"


def _heading(assistant: Assistant) -> str:
    """The name, and what there is to ask: number of articles, outlets, dates; the headline of an only article."""
    records = list(assistant.index.articles().values())
    outlets = sorted({record.outlet for record in records if record.outlet})
    dates = sorted(record.published for record in records if record.published)
    parts = [f"{len(records)} article{'' if len(records) == 1 else 's'}"]
    parts += outlets if len(outlets) == 1 else [f"{len(outlets)} outlets"] if outlets else []
    parts += [" – ".join(dict.fromkeys(display_date(date, "en") for date in (dates[0], dates[-1])))] if dates else []
    headline = f'<p class="headline">{escape(records[0].title)}</p>' if len(records) == 1 else ""
    return f'<h1>Hanmi</h1><p class="basis">{escape(" · ".join(parts))}</p>{headline}'
