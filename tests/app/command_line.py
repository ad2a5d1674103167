"""The command line, called as in a terminal; the fixture ``home`` gives it a home of its own."""

from __future__ import annotations

from click.testing import CliRunner, Result

from app.cli import cli


def hanmi(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))
