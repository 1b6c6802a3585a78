"""The seeded walk of prices and books."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim.rocketfi.market import INSTRUMENTS, LEVELS, MOST_AWAY, Market

NOW = 1_700_000_000_000


def test_the_same_seed_gives_the_same_market() -> None:
    """Runs can be repeated, and differ by seed."""
    books = []
    for seed in (7, 7, 8):
        market = Market.open(INSTRUMENTS[0], seed, NOW)
        for _ in range(50):
            market.step(NOW)
        books.append((market.price, market.bids, market.asks))

    assert books[0] == books[1] != books[2]


def test_books_are_never_crossed_and_changes_lead_from_one_to_the_next() -> None:
    """A book of changes that is followed is the book."""
    market = Market.open(INSTRUMENTS[1], 7, NOW)
    bids, asks = dict(market.bids), dict(market.asks)
    for _ in range(300):
        market.step(NOW)
        for followed, changes in ((bids, market.changed_bids), (asks, market.changed_asks)):
            followed.update(changes)
            for price in [price for price, size in followed.items() if not size]:
                del followed[price]
        assert (bids, asks) == (market.bids, market.asks)
        assert len(bids) == len(asks) == LEVELS
        assert max(bids) < min(asks)
        start = market.instrument.start_price
        assert abs(market.price - start) <= start * MOST_AWAY


def test_candles() -> None:
    """A candle ends when its time is over, and the next one begins at the price of now."""
    market = Market.open(INSTRUMENTS[0], 7, NOW)
    market.trade(Decimal(3), NOW)
    assert market.closed == []
    market.trade(Decimal(1), NOW + 60_000)

    ((interval, candle),) = [one for one in market.closed if one[0] == "1m"]
    assert (interval, candle.slot) == ("1m", NOW // 60_000)
    assert candle.low <= candle.open <= candle.high
    assert market.candles["1m"].slot == candle.slot + 1
    assert market.candles["1m"].volume == 1
