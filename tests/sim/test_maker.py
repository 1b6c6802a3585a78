"""The market maker: the same for the same seed, and never out of its range."""

from __future__ import annotations

from sixmm.sim.engine.engine import Engine
from sixmm.sim.engine.request import OrderRequest
from sixmm.sim.engine.symbols import resolve_symbols
from sixmm.sim.maker import LEVELS, MarketMaker

NOW = 1_800_000_000_000


def walk(seed: int, steps: int, name: str = "BTCUSDT") -> list[tuple[str, ...]]:
    """Return the best prices and the last one after each step."""
    engine = Engine(resolve_symbols([name]), seed=seed)
    maker = MarketMaker(engine, seed)
    market = engine.state.markets[name]
    path = []
    for step in range(steps):
        maker.step(name, NOW + step)
        bid, ask = market.book.bids.best(), market.book.asks.best()
        assert bid is not None
        assert ask is not None
        assert bid < ask
        assert abs(market.mark_price / market.spec.start_price - 1) < 0.02
        assert len(market.book.bids) <= LEVELS
        path.append((str(bid), str(ask), str(market.last_price)))
    return path


def test_the_seed_decides_the_walk() -> None:
    """The same seed gives the same prices step by step, another seed gives others."""
    assert walk(7, 200) == walk(7, 200)
    assert walk(7, 200) != walk(8, 200)


def test_prices_move() -> None:
    """Within a hundred steps quotes and trades both move, for any contract."""
    for name in ("BTCUSDT", "SOLUSDT", "FOOUSDT"):
        path = walk(7, 100, name)
        assert len({step[0] for step in path}) > 3
        assert len({step[2] for step in path}) > 3


def test_the_house_leaves_nothing_behind() -> None:
    """However long it runs, the maker keeps its quotes and no history, and pushes nothing."""
    engine = Engine(resolve_symbols(["BTCUSDT"]), seed=7)
    maker = MarketMaker(engine, 7)
    for step in range(300):
        maker.step("BTCUSDT", NOW + step)
    accounts = engine.state.accounts.values()

    assert engine.drain() == []
    assert sum(len(account.orders) for account in accounts) <= 2 * LEVELS
    assert sum(len(account.fills) for account in accounts) == 0


def test_the_walk_fills_orders_of_others() -> None:
    """A resting order close to the price is filled when the price comes by."""
    engine = Engine(resolve_symbols(["BTCUSDT"]), seed=7)
    maker = MarketMaker(engine, 7)
    maker.step("BTCUSDT", NOW)
    account = engine.open_account("a", house=True)
    market = engine.state.markets["BTCUSDT"]
    price = market.book.asks.best()
    order = engine.place(
        account,
        OrderRequest(
            symbol="BTCUSDT",
            type="LIMIT",
            side="BUY",
            price=(price or 0) - 30,
            quantity=market.spec.min_quantity,
        ),
        NOW,
    )
    for step in range(5000):
        maker.step("BTCUSDT", NOW + step)
        if not order.is_open:
            break

    assert order.status == "FILLED"
