"""The geometry of the report's charts, in pixels; templates/charts.html draws it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 340  # what a phone of 390 px has room for; wider screens stand charts side by side
ROW: Final = 24
_PLOT: Final = (104, 232)  # of a chart of dots: names to the left, figures to the right
_AXIS: Final = 26  # below a chart of dots
_CURVE_HEIGHT: Final = 224
_CURVE: Final = (44, 326, 12, 178)  # left, right, top, bottom of the plot of a curve
_MOST_TICKS: Final = 5


@dataclass(frozen=True)
class Dot:
    """One figure of a chart of dots: a name, a point with whiskers, the figure in words."""

    name: str
    words: str
    y: float
    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Dots:
    """Points with whiskers, one a line, under headings."""

    name: str  # an id
    title: str
    description: str
    height: float
    headings: tuple[tuple[float, str], ...]  # y, words
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]  # x, words


@dataclass(frozen=True)
class Point:
    """A place in a curve, and what a reader is told of it."""

    x: float
    y: float
    radius: float
    words: str


@dataclass(frozen=True)
class Curve:
    """A line or points over two axes."""

    name: str
    title: str
    description: str
    x_title: str
    y_title: str
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    points: tuple[Point, ...]
    line: str = ""  # an SVG path through the points
    reference: tuple[float, float, float, float] | None = None  # x1, y1, x2, y2 of a dashed line
    marks: tuple[float, ...] = ()  # x of upright lines; the title of the axis says what they are
    bars: tuple[tuple[float, float, float, float, str], ...] = ()  # x, y, width, height, words


@dataclass(frozen=True)
class Figure:
    """A figure to draw: how it is called there, [value, low, high], over how many."""

    name: str
    value: float
    low: float
    high: float
    n: int

    @property
    def words(self) -> str:
        """The value and over how many: "0.750 · 12"."""
        return f"{self.value:.3f} · {self.n}"


def dots(name: str, title: str, sections: Mapping[str, Sequence[Figure]]) -> Dots:
    """A chart of shares (0 to 1), each section under its heading; an empty heading takes no room."""
    y = 0.0
    headings: list[tuple[float, str]] = []
    drawn: list[Dot] = []
    told: list[str] = []
    for heading, figures in sections.items():
        if heading:
            headings.append((y + ROW * 0.75, heading))
            y += ROW
        for figure in figures:
            drawn.append(_dot(figure, y + ROW / 2))
            told.append(f"{heading} {figure.name} {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})".strip())
            y += ROW
    ticks = tuple((_along(value), f"{value:g}") for value in (0, 0.25, 0.5, 0.75, 1))
    return Dots(name, title, "; ".join(told), y + _AXIS, tuple(headings), tuple(drawn), ticks)


def coverage_risk(name: str, points: Sequence[Mapping[str, Any]], bar: float | None) -> Curve | None:
    """The risk at every coverage, with a mark at the ``bar`` in force; None without points."""
    if not points:
        return None
    top = _nice(max(point["risk"] for point in points))
    by_coverage = sorted(points, key=lambda point: point["coverage"])
    placed = tuple(
        Point(
            _across(point["coverage"]), _up(point["risk"] / top), 2.5,
            f"bar {point['bar']:.3f}: {point['coverage']:.0%} answered, {point['risk']:.1%} of them not answerable",
        )
        for point in by_coverage
    )  # fmt: skip
    above = [] if bar is None else [point["coverage"] for point in by_coverage if point["bar"] >= bar]
    return Curve(
        name, "Coverage and risk at every bar", "; ".join(point.words for point in placed),
        f"share that is answered{f' (dashed: bar {bar:.3f})' if above else ''}", "not answerable among them",
        _ticks(1, _across), _ticks(top, lambda share: _up(share / top)), placed,
        "M" + " L".join(f"{point.x:.1f} {point.y:.1f}" for point in placed),
        marks=(_across(max(above)),) if above else (),
    )  # fmt: skip


def calibration(name: str, points: Sequence[Mapping[str, Any]]) -> Curve | None:
    """How often a question is answerable at each confidence; on the dashed line where confidence is right."""
    if not points:
        return None
    most = max(point["n"] for point in points)
    placed = tuple(
        Point(
            _across(point["mean_confidence"]), _up(point["answerable_share"]), 3 + 6 * math.sqrt(point["n"] / most),
            f"confidence {point['mean_confidence']:.2f}: {point['answerable_share']:.0%} of {point['n']} answerable",
        )
        for point in points
    )  # fmt: skip
    left, right, top, bottom = _CURVE
    return Curve(
        name, "Calibration of the confidence", "; ".join(point.words for point in placed),
        "mean confidence (larger point: more cases)", "share answerable",
        _ticks(1, _across), _ticks(1, _up), placed, reference=(left, bottom, right, top),
    )  # fmt: skip


def latency(name: str, about: Mapping[str, Any]) -> Curve | None:
    """How many answers took how long: ``about`` as the summary has it, its empty bins at both ends left out."""
    bins = _without_empty_ends(about.get("histogram") or [])
    if not bins:
        return None
    top = _nice(max(one["n"] for one in bins))
    edges = [*(one["from"] for one in bins), bins[-1]["to"]]
    quantiles = f"half in {about['p50']:,.0f} ms, 95 % in {about['p95']:,.0f} ms"
    bars = tuple(
        _bar(number / len(bins), (number + 1) / len(bins), one["n"] / top, _span(one))
        for number, one in enumerate(bins)
    )
    edge_ticks = tuple((_across(number / len(bins)), _duration(edge)) for number, edge in enumerate(edges))
    return Curve(
        name, "Time to an answer", "; ".join([quantiles, *(bar[-1] for bar in bars)]),
        f"milliseconds (dashed: {quantiles})", "answers", edge_ticks, _ticks(top, lambda count: _up(count / top)), (),
        marks=tuple(_across(_within(edges, about[mark])) for mark in ("p50", "p95")), bars=bars,
    )  # fmt: skip


def _without_empty_ends(bins: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    held = [number for number, one in enumerate(bins) if one["n"]]
    return bins[held[0] : held[-1] + 1] if held else []


def _within(edges: Sequence[float | None], value: float) -> float:
    """Where a value lies along bins of one width each, 0 to 1; in an open one, in its middle."""
    for number, (low, high) in enumerate(itertools.pairwise(edges)):
        if low is not None and (high is None or value < high):
            inside = 0.5 if high is None else (value - low) / (high - low)
            return (number + max(inside, 0)) / (len(edges) - 1)
    return 1.0


def _duration(milliseconds: float | None) -> str:
    """As short as a tick allows: "200", "2 s"; nothing at an open end."""
    if milliseconds is None:
        return ""
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g}"


def _span(one: Mapping[str, Any]) -> str:
    upper = f"to {one['to']:g} ms" if one["to"] is not None else "ms and more"
    return f"{one['from']:g} {upper}: {one['n']}"


def _dot(figure: Figure, y: float) -> Dot:
    x, low, high = _along(figure.value), _along(figure.low), _along(figure.high)
    return Dot(figure.name, figure.words, y, x, low, high)


def _bar(low: float, high: float, share: float, words: str) -> tuple[float, float, float, float, str]:
    top, bottom = _up(share), _CURVE[3]
    return _across(low) + 0.5, top, _across(high) - _across(low) - 1, bottom - top, words


def _ticks(top: float, place: Callable[[float], float]) -> tuple[tuple[float, str], ...]:
    step = _step(top)
    return tuple((place(step * number), f"{step * number:g}") for number in range(round(top / step) + 1))


def _nice(most: float) -> float:
    """The first tick at or above it; above 0."""
    step = _step(most or 1)
    return step * max(math.ceil(round(most / step, 9)), 1)


def _step(top: float) -> float:
    """The width of 1, 2 or 5 times a power of ten that leaves at most five ticks up to ``top``."""
    power = 10 ** math.floor(math.log10(top / _MOST_TICKS))
    return next(float(f"{power * times:g}") for times in (1, 2, 5, 10) if top / (power * times) <= _MOST_TICKS)


def _along(share: float) -> float:
    left, right = _PLOT
    return left + (right - left) * min(max(share, 0.0), 1.0)


def _across(share: float) -> float:
    return _CURVE[0] + (_CURVE[1] - _CURVE[0]) * share


def _up(share: float) -> float:
    return _CURVE[3] - (_CURVE[3] - _CURVE[2]) * share
