"""Thirty people ask Hanmi in Slack at once: how soon each is acknowledged, reads the first words, has the answer.

Hanmi runs as its users start it, in a process of its own; Slack is the fake, whose every call takes as long as a real
one does, and which takes no more of them in a minute.
"""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np

from app.settings import AppSettings
from evals.bench.budgets import Progress
from evals.bench.fake_slack.rates import Rates
from evals.bench.fake_slack.server import SIGNING_SECRET, FakeSlack, Mode, Said
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN
from evals.bench.fake_slack.workspace import ANNA, BOT_USER, GENERAL, User
from evals.bench.report import new_table, table_console
from evals.bench.serving import ask_at_once, serving

MODES: Final[tuple[Mode, ...]] = ("http", "socket")
BURST: Final = 30
CALL_S: Final = 0.1  # that a call of the Web API takes; Slack's own take one to three tenths of a second
SUGGESTED_S: Final = 60.0  # for the page to find its suggestions
ANSWERED_S: Final = 300.0  # for all answers
FALLBACK: Final = "What did the two sides agree on?"

Moment = Literal["acknowledged", "first words", "answered"]
MOMENTS: Final[tuple[Moment, ...]] = get_args(Moment)


@dataclass(frozen=True)
class Burst:
    """What a burst got over one transport; seconds from the moment each question was sent."""

    mode: Mode
    seconds: Mapping[Moment, tuple[float, ...]]  # one for each question that got so far
    streamed: int  # the others were posted whole: Slack takes no more streams in a minute
    unanswered: int

    def quantile(self, moment: Moment, share: float) -> float | None:
        """So many seconds had this share of the questions at most; None where there is none."""
        took = self.seconds[moment]
        return float(np.quantile(took, share)) if took else None


@dataclass(frozen=True)
class Bursts:
    """The bursts, and what they were asked of."""

    articles: int
    bursts: tuple[Burst, ...]


def run_bursts(settings: AppSettings, work: Path, progress: Progress) -> Bursts:
    """A burst over HTTP and one over Socket Mode, each of a Hanmi just started. Raises ProcessFailed."""
    bursts: list[Burst] = []
    articles = 0
    for mode in MODES:
        progress("Asking in Slack", len(bursts), len(MODES))
        with FakeSlack() as slack, serving(settings, work / f"chat-{mode}.log", _known(slack, work)) as served:
            slack.mode, slack.target = mode, f"{served.url}/slack/events"
            questions = _questions(served.url)
            articles = len(_read(f"{served.url}/api/articles")["articles"])
            slack.api.latency_s = CALL_S
            # What is loaded on first use is loaded before, and states of the passages in demand are kept from here on.
            ask_at_once(served.url, questions, 1, 1)
            _ask(slack, [ANNA], questions[:1])
            slack.api.rates = Rates()
            bursts.append(measure_burst(slack, questions))
    progress("Asking in Slack", len(bursts), len(MODES))
    return Bursts(articles, tuple(bursts))


def _known(slack: FakeSlack, work: Path) -> dict[str, str]:
    """The environment of a Hanmi in this Slack; its answers are none of the team's."""
    return {
        "HANMI_HOME": str(work / "home"),
        "HANMI_SLACK_BOT_TOKEN": BOT_TOKEN,
        "HANMI_SLACK_APP_TOKEN": APP_TOKEN,
        "HANMI_SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "HANMI_SLACK_API_URL": slack.api_url,
    }


def measure_burst(slack: FakeSlack, questions: Sequence[str]) -> Burst:
    """Thirty people of the workspace mention Hanmi at the same moment."""
    people = [f"U0BURST{number:02}" for number in range(BURST)]
    with slack.changed:
        slack.workspace.users |= {user: User(user) for user in people}
    asked = _ask(slack, people, [questions[number % len(questions)] for number in range(BURST)])
    seconds: dict[Moment, tuple[float, ...]] = {
        "acknowledged": tuple(max(ack.seconds for ack in said.acks) for _, said in asked),
        "first words": _moments(slack, asked, first=True),
        "answered": _moments(slack, asked, first=False),
    }
    streamed = sum(any(one.stream for one in slack.answers(said)) for _, said in asked)
    return Burst(slack.mode, seconds, streamed, len(asked) - len(seconds["answered"]))


def as_json(result: Bursts) -> dict[str, Any]:
    """The seconds of every question, with the day and how busy the machine was."""
    load = os.getloadavg() if hasattr(os, "getloadavg") else None
    measured_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"measured_at": measured_at, "load_average": load, "burst": BURST, "call_s": CALL_S, **asdict(result)}


def print_bursts(result: Bursts) -> None:
    """A table on standard output; Markdown where that is no terminal."""
    console = table_console()
    console.print(
        f"{BURST} people mention Hanmi in Slack at once; articles: {result.articles:,}. A call of Slack's takes "
        f"{CALL_S:g} s, and only so many are taken in a minute. Seconds from the question:",
        soft_wrap=True,
    )
    table = new_table(console, "over", "", "median", "95 %", "longest", "streamed", "unanswered")
    for burst in result.bursts:
        for moment in MOMENTS:
            shown = [burst.quantile(moment, share) for share in (0.5, 0.95, 1.0)]
            cells = ["–" if value is None else f"{value:.3f}" for value in shown]
            counts = (str(burst.streamed), str(burst.unanswered)) if moment == "answered" else ("", "")
            name = {"http": "HTTP", "socket": "Socket Mode"}[burst.mode]
            table.add_row(name if moment == MOMENTS[0] else "", moment, *cells, *counts)
    console.print(table)
    if hasattr(os, "getloadavg"):
        loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
        console.print(f"Load of the machine over the last 1, 5 and 15 minutes: {loads}")


def _ask(slack: FakeSlack, people: Sequence[str], questions: Sequence[str]) -> list[tuple[float, Said]]:
    """All at once, one each; when each was sent, and what was said. Waits for the answers as long as it may take."""

    def ask(user: str, question: str) -> tuple[float, Said]:
        return time.monotonic(), slack.says(user, GENERAL, f"<@{BOT_USER}> {question}")

    with ThreadPoolExecutor(len(people)) as pool:
        asked = list(pool.map(ask, people, questions))
    with suppress(TimeoutError):  # what is missing counts as unanswered
        slack.wait_for(lambda: all(slack.answers(said) for _, said in asked), "the answers", ANSWERED_S)
    return asked


def _moments(slack: FakeSlack, asked: Sequence[tuple[float, Said]], *, first: bool) -> tuple[float, ...]:
    """Seconds until each question's first words, or until its answer was whole."""
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}
    for call in slack.calls():
        if call.ok and call.method in ("chat.startStream", "chat.postMessage", "chat.stopStream", "chat.update"):
            ts = str(call.answer["ts"])
            begun.setdefault(ts, call.at)
            ended[ts] = call.at
    seconds = []
    for sent, said in asked:
        shown = [answer.ts for answer in slack.answers(said)]
        if shown:
            seconds.append((begun[shown[0]] if first else max(ended[ts] for ts in shown)) - sent)
    return tuple(seconds)


def _questions(url: str) -> list[str]:
    """Questions that the articles answer, as the page suggests them."""
    deadline = time.monotonic() + SUGGESTED_S
    while time.monotonic() < deadline:
        found = _read(f"{url}/api/page")["suggestions"]
        if found["en"]:
            return [*found["en"], *found["ko"]]
        time.sleep(0.2)
    return [FALLBACK]


def _read(url: str) -> Any:  # noqa: ANN401 - any JSON
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)
