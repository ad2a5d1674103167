"""An Answer as JSON, plain text, terminal text, Markdown and HTML; how "[2]" becomes a link."""

from app.render.html import to_html
from app.render.markdown import to_markdown
from app.render.parts import answer_json, hit_json, passage_json, printable, source_line, web_address
from app.render.terminal import Line, answer_lines, passage_lines, to_terminal, to_text

__all__ = [
    "Line",
    "answer_json",
    "answer_lines",
    "hit_json",
    "passage_json",
    "passage_lines",
    "printable",
    "source_line",
    "to_html",
    "to_markdown",
    "to_terminal",
    "to_text",
    "web_address",
]
