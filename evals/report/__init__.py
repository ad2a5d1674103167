"""The report of a run of ``hanmi eval``, as one HTML file."""

from evals.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
