"""How often something may be done in a minute."""

from __future__ import annotations

import pytest

from app.slack import rates
from app.slack.rates import Rate


def test_so_many_in_any_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(rates.time, "monotonic", lambda: now[0])
    rate = Rate(2)
    assert [rate.take(), rate.take(), rate.take()] == [True, True, False]
    now[0] += 59.9
    assert not rate.take()
    now[0] += 0.1
    assert [rate.take(), rate.take(), rate.take()] == [True, True, False]
    now[0] += 60
    assert rate.take()
    now[0] += 59
    assert [rate.take(), rate.take()] == [True, False]  # the minute goes on; it does not begin anew
