"""``hanmi`` and ``python -m app``."""

from __future__ import annotations

import sys

from app.cli import cli


def main() -> None:
    """Run the command line and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without Unicode gets a question mark, not a traceback
            stream.reconfigure(errors="replace")
    cli(prog_name="hanmi")


if __name__ == "__main__":
    main()
