"""``hanmi serve`` and ``hanmi chat``: the page and the HTTP API."""

from __future__ import annotations

from contextlib import suppress

import click

from app.answers.chat_model import SUGGESTED_MODEL
from app.cli.options import with_settings
from app.settings import AppSettings

_TOLD = "told-of-model"  # in HANMI_HOME, once it has been said


@click.command(short_help="Serve the page and the HTTP API.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: 7860]")
@click.option(
    "--insecure", is_flag=True, default=None, help="Listen beyond this machine, with no log-in or encryption."
)
@with_settings("host", "port", "insecure")
def serve(settings: AppSettings) -> None:
    """Serve the page and the HTTP API until stopped."""
    from app.web.running import bind, refuse_strangers, run_server  # gradio, chromadb: --help need not wait

    refuse_strangers(settings)
    run_server(settings, bind(settings.host, settings.port))


@click.command(short_help="Index the articles and open the page.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; the next free one when it is busy.  [default: 7860]")
@click.option(
    "--insecure", is_flag=True, default=None, help="Listen beyond this machine, with no log-in or encryption."
)
@with_settings("host", "port", "insecure")
def chat(settings: AppSettings) -> None:
    """Index the articles, serve the page, and open it in the browser where there is one."""
    from app.cli.ingest import print_report, sync_or_rebuild
    from app.web.running import bind_next, refuse_strangers, run_server

    refuse_strangers(settings)
    listener = bind_next(settings.host, settings.port)
    print_report(sync_or_rebuild(settings))
    _tell_of_key(settings)
    run_server(settings, listener, open_browser=True)


def _tell_of_key(settings: AppSettings) -> None:
    """Say once that the key that is set could have answers written."""
    told = settings.home / _TOLD
    if not settings.openai_api_key or settings.model or settings.engine == "extractive" or told.exists():
        return
    click.echo(
        f"OPENAI_API_KEY is set, and not used: answers are quoted. With HANMI_MODEL={SUGGESTED_MODEL} a model writes "
        "them, each sentence checked; passages of your articles go to its endpoint then (docs/settings.md). This is "
        "said once.",
        err=True,
    )
    with suppress(OSError):
        told.parent.mkdir(parents=True, exist_ok=True)
        told.touch()
