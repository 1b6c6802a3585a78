"""The part of the market group that is about funding."""

from __future__ import annotations

from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.groups import MarketGroup

from .caller import Echo, Exchange, page_of, plain


def test_calls() -> None:
    """Funding calls pass their filters on."""
    group = MarketGroup(Echo())
    wanted = calls.funding_rate_history(symbol="X", start_time=1, end_time=2, page=3, page_size=4)

    assert plain(group.funding_rate_config(symbol="X")) == plain(
        calls.funding_rate_config(symbol="X")
    )
    assert plain(group.funding_rates(symbol="X", page=2, page_size=3)) == plain(
        calls.funding_rates(symbol="X", page=2, page_size=3)
    )
    assert plain(
        group.funding_rate_history("X", start_time=1, end_time=2, page=3, page_size=4)
    ) == plain(wanted)


def test_every_rate() -> None:
    """The present rates of all symbols come in pages, each once."""
    rows = [{"symbol": f"S{n}", "fundingRate": "0.0001"} for n in range(25)]
    exchange = Exchange(lambda call: page_of(rows, call))
    found = list(MarketGroup(exchange).iter_funding_rates(page_size=10))

    assert [row.symbol for row in found] == [row["symbol"] for row in rows]
    assert [dict(call.query)["page"] for call in exchange.made] == ["1", "2", "3"]


def test_past_rates() -> None:
    """The history of a symbol comes in pages; its filters are those of the call."""
    rows = [{"symbol": "X", "fundingTime": n, "fundingRate": "0"} for n in range(5, 0, -1)]
    exchange = Exchange(lambda call: page_of(rows, call))
    found = list(
        MarketGroup(exchange).iter_funding_rate_history("X", start_time=1, end_time=9, page_size=2)
    )

    assert [row.funding_time for row in found] == [5, 4, 3, 2, 1]
    assert dict(exchange.made[1].query) == {
        "symbol": "X",
        "startTime": "1",
        "endTime": "9",
        "page": "2",
        "pageSize": "2",
    }
