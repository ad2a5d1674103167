"""The command line: ``hanmi COMMAND``. Each command is one module, loaded when it is called."""

from __future__ import annotations

import importlib
import logging
from importlib.metadata import EntryPoint, entry_points, version

import click

logger = logging.getLogger(__name__)

PLUGINS = "hanmi.commands"  # entry-point group whose commands are listed after ours
_OWN = {
    "chat": "app.cli.serve:chat",
    "ask": "app.cli.ask:ask",
    "search": "app.cli.search:search",
    "ingest": "app.cli.ingest:ingest",
    "import": "app.cli.importing:import_",
    "status": "app.cli.status:status",
    "doctor": "app.cli.doctor:doctor",
    "serve": "app.cli.serve:serve",
    "slack": "app.cli.slack:slack",
    "verify": "app.cli.verify:verify",
    "feedback": "app.cli.feedback:feedback",
}


class Commands(click.Group):
    """Our commands in the order a newcomer needs them, then those that other packages bring."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, ours first."""
        return [*_OWN, *sorted(name for name in _brought() if name not in _OWN)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None when there is none or it cannot be loaded."""
        if cmd_name in _OWN:
            module, _, attribute = _OWN[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        brought = _brought().get(cmd_name)
        if brought is None:
            return None
        try:
            loaded = brought.load()
        except Exception:  # another package's fault must not take our commands away
            logger.warning("the command %s (%s) cannot be loaded", cmd_name, brought.value, exc_info=True)
            return None
        return loaded if isinstance(loaded, click.Command) else None


def _brought() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=PLUGINS)}


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("hanmi"), prog_name="hanmi")
def cli() -> None:
    """Answers questions on US–South Korea relations from your own articles.

    Every sentence of an answer is tied to the exact words in an article. Results go to standard output, the log to
    standard error; the exit status is 0 when done, 1 when something failed, 2 when the command was used wrongly.
    """
