"""``hanmi slack``: Hanmi in the team's Slack over Socket Mode, and what helps to set that up."""

from __future__ import annotations

import signal
import threading

import click

from app.cli.options import with_settings
from app.errors import SettingsError
from app.settings import AppSettings


@click.command(short_help="Answer in the team's Slack.")
@click.option("--check", is_flag=True, help="Look whether tokens, scopes and subscriptions are as they must be.")
@click.option(
    "--manifest",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="Print the app's manifest for Slack; with the page's https address, for events over HTTP.",
)
@click.option("--forget", metavar="USER", help="Forget all that a user (U…) has asked, with answers and feedback.")
@with_settings()
def slack(settings: AppSettings, check: bool, manifest: str | None, forget: str | None) -> None:
    """Answer in the team's Slack until stopped; `hanmi serve` does so too, and takes events over HTTP."""
    if manifest is not None:
        _print_manifest(manifest)
    elif check:
        _check(settings)
    elif forget is not None:
        _forget(settings, forget)
    else:
        _run(settings)


def _print_manifest(address: str) -> None:
    from app.slack.manifest import manifest

    click.echo(manifest(address or None).encode(), nl=False)


def _check(settings: AppSettings) -> None:
    """Exit status 1 where something is missing."""
    from app.slack.checking import check

    findings = check(settings)
    for finding in findings:
        click.echo(str(finding).encode())
    if any(finding.state == "missing" for finding in findings):
        raise click.exceptions.Exit(1)


def _forget(settings: AppSettings, user: str) -> None:
    from app.slack.memory import FILE, Memory
    from app.slack.preferences import admin_ids
    from app.store import Store

    try:
        admin_ids([user])
    except SettingsError:
        raise SettingsError(
            f"{user!r} is no user's id, such as U0123ABCDEF: in Slack, open the profile, ⋮, Copy member ID"
        ) from None
    file = settings.home / FILE
    forgotten = Memory(file, settings.slack_days or 1).forget(user) if file.exists() else []
    Store(settings.database, settings.answer_days).forget(forgotten)
    answers = "1 answer" if len(forgotten) == 1 else f"{len(forgotten)} answers"
    click.echo(f"{user}: {answers} forgotten, with questions and feedback. What is in Slack itself stays there.")


def _run(settings: AppSettings) -> None:
    from app.slack.application import SlackApp  # these cost a second: --help need not wait
    from app.slack.service import kept_for
    from app.store import Store
    from app.suggestions import Suggestions
    from app.web.running import open_or_make
    from app.web.server import SUGGESTIONS_FILE
    from app.web.watching import Watcher

    for name in ("slack_bot_token", "slack_app_token"):
        if not getattr(settings, name):
            raise SettingsError(
                f"HANMI_{name.upper()} is not set; README.md, “In Slack”, says where it comes from (over HTTP, with"
                " HANMI_SLACK_SIGNING_SECRET, it is `hanmi serve` that answers)"
            )
    assistant = open_or_make(settings)
    suggestions = Suggestions(assistant, settings.home / SUGGESTIONS_FILE)
    app = SlackApp(assistant, settings, Store(settings.database, settings.answer_days), suggestions)
    watcher = Watcher(assistant, settings, suggestions)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: ended.set())
    try:
        app.start_socket()
        click.echo(f"Hanmi is in Slack: {app.name} (Ctrl-C ends it)")
        click.echo(kept_for(settings), err=True)
        suggestions.questions()  # found in the background, so that they are there when somebody opens the app
        watcher.start()
        ended.wait()
    except KeyboardInterrupt:
        pass
    finally:
        watcher.stop()
        app.close()
