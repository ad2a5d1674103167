"""What the commands share: the settings and filters as options, and the one place where an error becomes a line."""

from __future__ import annotations

import errno
import functools
import json
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from app.errors import AppError, BadInput, SettingsError
from app.render import Line, to_terminal, to_text
from app.settings import AppSettings, load_settings
from ingest.errors import IngestError
from ingest.records import Filters

logger = logging.getLogger(__name__)
Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)
_OUR_PACKAGES = ("app", "ingest", "evals")
_TALKATIVE = ("pypdf", "trafilatura")  # they tell of every fault they mend; what matters they raise


class WrongUse(click.ClickException):
    """Exit status 2 with one line."""

    exit_code = 2


def with_settings(*names: str, makes_corpus: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the settings in force as its first argument, with --index and --corpus as options.

    ``names``: further options of the command that are settings too. A folder after --corpus must be there unless the
    command makes it: with a misspelt one the index of another corpus would answer. Errors that are written for the
    user become one line on standard error, with exit status 2 for wrong settings or input and 1 for the rest;
    HANMI_DEBUG=1 shows where any of them arose.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @click.option("--index", type=FOLDER, help="Folder of the index.  [default: .hanmi/index]")
        @click.option("--corpus", type=FOLDER, help="Folder of the articles.  [default: corpus]")
        @functools.wraps(command)
        def run(**options: Any) -> None:  # noqa: ANN401
            flags = {name: options.pop(name) for name in ("index", "corpus", *names)}
            if flags["index"] is not None:
                flags["chroma_url"] = ""  # a folder on the command line beats a server in the environment
            debug = False
            try:
                if flags["corpus"] is not None and not makes_corpus and not flags["corpus"].expanduser().is_dir():
                    raise SettingsError(
                        f"there is no folder {flags['corpus']}; --corpus names the folder of the articles"
                    )
                settings = load_settings(flags)
                debug = settings.debug
                configure_logging(settings)
                command(settings, **options)
            except Exception as error:
                if debug or _is_clicks_own(error):
                    raise
                raise _as_line(error) from error

        return run

    return decorate


def _is_clicks_own(error: Exception) -> bool:
    """Whether click deals with it: usage errors, exits, a pipe that was closed."""
    own = (click.ClickException, click.exceptions.Exit, click.Abort)
    return isinstance(error, own) or (isinstance(error, OSError) and error.errno == errno.EPIPE)


def _as_line(error: Exception) -> click.ClickException:
    if isinstance(error, SettingsError | BadInput):
        return WrongUse(str(error))
    if isinstance(error, AppError | IngestError | OSError):
        return click.ClickException(str(error))
    logger.debug("unexpected", exc_info=error)
    return click.ClickException(f"unexpected {type(error).__name__}: {error} (HANMI_DEBUG=1 shows where)")


def configure_logging(settings: AppSettings) -> None:
    """The log on standard error: our packages from the level that is set, others from warnings on or not at all."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for package in _OUR_PACKAGES:
        logging.getLogger(package).setLevel(settings.log.upper())
    for package in _TALKATIVE:
        logging.getLogger(package).setLevel(logging.CRITICAL)


def filter_options(command: Command) -> Command:
    """Add --outlet, --kind, --from and --to; the command takes them as ``filters``."""

    @click.option("--outlet", "outlets", multiple=True, help="Only this outlet; may be given several times.")
    @click.option("--kind", "kinds", multiple=True, help="Only this kind of article; may be given several times.")
    @click.option("--from", "published_from", metavar="DATE", help="Only from this date: 2025, 2025-09 or 2025-09-30.")
    @click.option("--to", "published_to", metavar="DATE", help="Only up to this date, its end included.")
    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:  # noqa: ANN401
        names = ("outlets", "kinds", "published_from", "published_to")
        try:
            filters = Filters(**{name: options.pop(name) for name in names})
        except ValueError as error:
            raise WrongUse(str(error)) from error
        command(*arguments, filters=filters, **options)

    return run  # type: ignore[return-value]  # click's options are attributes of the function


def one_question(question: str | None) -> str:
    """The question from the command line, or from standard input when it is "-" or left out there."""
    if question not in (None, "-"):
        return clean(str(question))
    if question is None and sys.stdin.isatty():
        raise WrongUse("ask something: a question in quotation marks, or --batch FILE")
    return clean(sys.stdin.read())


def clean(text: str) -> str:
    """The text with bytes that were no UTF-8 shown as replacement characters instead of breaking what prints them."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def print_json(value: object) -> None:
    """One value as indented JSON, in UTF-8 whatever the terminal's own encoding."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode())


def print_lines(lines: Iterable[Line]) -> None:
    """On standard output: coloured, linked and wrapped in a terminal, plain long lines elsewhere."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(to_terminal(lines))
    else:
        click.echo(to_text(lines), nl=False)
