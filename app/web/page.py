"""The page's host: gradio's application, with one shell in it that our own script and style sheet fill.

The script (``static/page.js``) asks through the HTTP API and keeps conversations in the browser, so there is no session
here to lose when the server restarts, and no step of the page is an endpoint of gradio's.

The only module that imports gradio, which takes seconds: import it only where the page is really served.
"""

from __future__ import annotations

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # gradio reads it when it is imported


import gradio as gr
from fastapi import FastAPI

from app.web.problems import say_plainly
from app.web.static_files import static_address

SHELL = '<div id="hanmi"></div>'


def mount_page(app: FastAPI) -> FastAPI:
    """The application with the page at "/"."""
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_page(),
        path="/",
        head=page_head(),
        theme=gr.themes.Base(font=["system-ui", "Noto Sans KR", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        show_error=False,
        run_history=False,
        ssr_mode=False,
    )
    say_plainly(mounted.routes[-1].app)  # type: ignore[attr-defined]  # gradio's, mounted last
    return mounted


def build_page() -> gr.Blocks:
    """The shell alone: it has no event, so gradio serves no endpoint for it."""
    page = gr.Blocks(title="Hanmi", analytics_enabled=False, fill_width=True)
    with page:
        gr.HTML(SHELL, apply_default_css=False, js_on_load=None)
    return page


def page_head() -> str:
    """The sheet and the script. The sheet is linked, not given to gradio, which would rewrite its selectors."""
    return (
        f'<link rel="stylesheet" href="{static_address("page.css")}" data-hanmi>'
        f'<script type="module" src="{static_address("page.js")}"></script>'
    )
