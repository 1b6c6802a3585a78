"""The candles that are meant are those that come: from a start, or up to an end."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.cli.candles import candles
from sixmm.errors import ConfigurationError
from sixmm.venues.base import Call
from sixmm.venues.sixmm.groups import MarketGroup
from sixmm.venues.sixmm.rest_schema import KlineRow, Klines

_MINUTE = 60_000
_FIRST = 1_772_000_040_000
_COUNT = 5_000
_NEWEST = _FIRST + (_COUNT - 1) * _MINUTE


class _History:
    """Five thousand candles of a minute, told as the exchange tells them (rule 64)."""

    def __init__(self, *, newest_first: bool = False, count: int = _COUNT) -> None:
        self.calls: list[Call] = []
        self._opened = [_FIRST + n * _MINUTE for n in range(count)]
        self._newest_first = newest_first
        self.market = MarketGroup(self._answer)

    def _answer(self, call: Call) -> Klines:
        self.calls.append(call)
        query = dict(call.query)
        start, end = int(query.get("startTime") or 0), int(query.get("endTime") or _NEWEST)
        found = [at for at in self._opened if start <= at <= end]
        found = found[-int(query.get("limit") or 500) :]
        if self._newest_first:
            found.reverse()
        return Klines(rows=tuple(KlineRow(open_time=at) for at in found))


def _opened(history: _History, **wanted: Any) -> list[int]:
    arguments = {"price_type": None, "start_ms": None, "end_ms": None, "progress": lambda *_: None}
    rows = candles(history.market, "BTCUSDT", "1m", **{**arguments, **wanted})
    return [row.open_time for row in rows]


@pytest.mark.parametrize("limit", [1, 500, 1_000, 1_001, 2_500, 5_000, 9_000])
def test_last_ones(limit: int) -> None:
    """Without a start they are the newest ones, as many as were asked for, in order."""
    found = _opened(_History(), limit=limit)

    assert found == [_FIRST + n * _MINUTE for n in range(_COUNT)][-limit:]


@pytest.mark.parametrize("limit", [3, 1_000, 1_200])
@pytest.mark.parametrize("off", [0, 1, _MINUTE - 1])
def test_last_ones_before_an_end(limit: int, off: int) -> None:
    """With an end they are the last ones that begin before it."""
    end = _FIRST + 3_000 * _MINUTE

    found = _opened(_History(), limit=limit, end_ms=end + off)

    assert found[-1] == end
    assert len(found) == limit


def test_first_ones_after_a_start() -> None:
    """With a start they are the first ones from there on."""
    start = _FIRST + 100 * _MINUTE

    found = _opened(_History(), limit=1_500, start_ms=start)

    assert found == [start + n * _MINUTE for n in range(1_500)]


def test_span() -> None:
    """With both, there is nothing outside of them."""
    found = _opened(_History(), limit=9, start_ms=_FIRST, end_ms=_FIRST + 3 * _MINUTE)

    assert found == [_FIRST + n * _MINUTE for n in range(4)]


def test_order_does_not_matter() -> None:
    """Whichever way round the exchange tells them, they come oldest first."""
    for limit in (10, 1_500):
        assert _opened(_History(newest_first=True), limit=limit) == _opened(_History(), limit=limit)


@pytest.mark.parametrize("limit", [10, 2_000])
def test_none(limit: int) -> None:
    """A symbol without candles is an empty list, and the exchange is asked once."""
    history = _History(count=0)

    assert _opened(history, limit=limit) == []
    assert len(history.calls) == 1


def test_price_type() -> None:
    """The kind of price is part of every call."""
    for limit in (10, 2_000):
        history = _History()
        _opened(history, limit=limit, price_type="markPrice")
        assert {dict(call.query)["priceType"] for call in history.calls} == {"markPrice"}


def test_unknown_width() -> None:
    """Where the width of a candle is not known, more than a call gives cannot be asked for."""
    history = _History()

    with pytest.raises(ConfigurationError, match="width of a candle"):
        list(
            candles(
                history.market,
                "BTCUSDT",
                "soon",
                price_type=None,
                start_ms=0,
                end_ms=None,
                limit=5,
                progress=lambda *_: None,
            )
        )


def test_progress() -> None:
    """A long list tells how far it is, up to what was asked for."""
    told: list[tuple[int, int | None]] = []

    _opened(_History(), limit=3_000, progress=lambda *now: told.append(now))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (3_000, 3_000)
