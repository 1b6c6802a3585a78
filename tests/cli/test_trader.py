"""The trader does everything that an account can live through, and stops when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sixmm.cli.mover import CUTS
from sixmm.cli.trader import Trader
from sixmm.sim import Account, Exchange, ExchangeError


def _trader(exchange: Exchange, **options: Any) -> tuple[Account, Trader]:
    account = exchange.create_account(username="demo", balance="100000")
    rival = exchange.create_account(username="rival", balance="10000000")
    return account, Trader(exchange, account=account, rival=rival, seed=7, **options)


def _play(count: int) -> list[dict[str, Any]]:
    """Return what is pushed while the trader acts on an exchange without a market of its own."""
    exchange = Exchange(seed=7, market_maker=False)
    account, trader = _trader(exchange)
    for _ in range(count):
        trader.act()
    return [entry.data for entry in exchange.private_log(account)]


def test_variety() -> None:
    """It fills in parts as maker and as taker, amends and cancels, on several contracts."""
    pushed = [data for data in _play(200) if data["eventType"] == "ORDER_TRADE_UPDATE"]

    statuses = {data["orderStatus"] for data in pushed}
    assert statuses >= {"NEW", "PENDING", "PARTIALLY_FILLED", "FILLED", "CANCELED"}
    assert {data.get("roleType") for data in pushed} >= {"maker", "taker"}
    assert {data["symbol"] for data in pushed} == {"BTCUSDT", "ETHUSDT", "SOLUSDT"}
    assert _amended(pushed)


def _amended(pushed: list[dict[str, Any]]) -> bool:
    prices: dict[str, set[str]] = {}
    for data in pushed:
        prices.setdefault(data["orderId"], set()).add(data["price"])
    return any(len(found) > 1 for found in prices.values())


def test_seeded() -> None:
    """The same seed on the same exchange makes the same trades."""
    wanted = ("symbol", "side", "orderStatus", "price", "quantity", "executedQuantity")
    one, two = ([tuple(map(data.get, wanted)) for data in _play(60)] for _ in range(2))

    assert one == two


def test_thread() -> None:
    """It trades on its own until it is stopped, and then leaves no order open."""
    exchange = Exchange(seed=7, market_maker=False)
    account, trader = _trader(exchange)

    trader.start()
    traded = exchange.wait_until(lambda: exchange.truth(account)["open_orders"], timeout=30)

    assert traded
    assert trader.stop(timeout=30)
    assert trader.failure is None
    assert exchange.truth(account)["open_orders"] == {}


def test_refusals() -> None:
    """An order that the exchange refuses is no failure."""
    exchange = Exchange(seed=7, market_maker=False)
    account = exchange.create_account(username="poor", balance="0.01")
    rival = exchange.create_account(username="rival", balance="0.01")
    trader = Trader(exchange, account=account, rival=rival, seed=7)

    for _ in range(50):
        trader.act()

    assert exchange.truth(account)["fills"] == []


def test_order_that_ends_meanwhile() -> None:
    """An order that can no longer be cancelled when the trader stops is no failure either."""

    class Late(Exchange):
        def cancel_order(self, *_: Any, **__: Any) -> dict[str, Any]:
            raise ExchangeError(3005, "the order has ended")

    exchange = Late(seed=7, market_maker=False)
    account, trader = _trader(exchange)
    trader.start()

    assert exchange.wait_until(lambda: exchange.truth(account)["open_orders"], timeout=30)
    assert trader.stop(timeout=30)
    assert trader.failure is None


def test_stop_without_start() -> None:
    """A trader that never started is stopped already."""
    _, trader = _trader(Exchange(seed=7, market_maker=False))

    assert trader.stop()


def test_failure() -> None:
    """An error that is not a refusal ends the thread and is kept for whoever asks."""

    class Broken(Exchange):
        def private_log(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("broken")

    exchange = Broken(seed=7, market_maker=False)
    _, trader = _trader(exchange)
    trader.start()

    assert exchange.wait_until(lambda: trader.failure, timeout=30)
    assert str(trader.failure) == "broken"


class _Faults:
    """Counts cuts; the first ``absent`` find nobody connected."""

    def __init__(self, absent: int) -> None:
        self.absent = absent
        self.done: list[str] = []

    def cut(self, *, how: str, account: Account) -> int:
        assert account.username == "demo"
        if self.absent:
            self.absent -= 1
            return 0
        self.done.append(how)
        return 1


def _cut(absent: int, wanted: Callable[[_Faults, Trader], bool]) -> _Faults:
    exchange = Exchange(seed=7, market_maker=False)
    _, trader = _trader(exchange, cuts=[0.0, 0.0, 0.0, 0.0])
    faults = exchange.faults = _Faults(absent)  # type: ignore[assignment]
    trader.start()
    assert exchange.wait_until(lambda: wanted(faults, trader), timeout=30)
    assert trader.stop(timeout=30)
    assert trader.failure is None
    return faults


def test_cuts_in_turn() -> None:
    """The ways of cutting take turns."""
    faults = _cut(0, lambda _, trader: trader.cuts_made == 4)

    assert faults.done == [*CUTS, CUTS[0]]


def test_cut_waits_for_a_connection() -> None:
    """A cut that finds nobody connected is made up for later."""
    faults = _cut(2, lambda _, trader: trader.cuts_made >= 1)

    assert faults.absent == 0
    assert faults.done[0] == CUTS[0]


def test_cut_that_hid_nothing() -> None:
    """A cut after which the client was back at once does not count, and is made again."""

    class Quick(Exchange):
        def connections(self, account: Account | None = None) -> int:
            return 1 if account else 0

    exchange = Quick(seed=7, market_maker=False)
    _, trader = _trader(exchange, cuts=[0.0])
    faults = exchange.faults = _Faults(0)  # type: ignore[assignment]
    trader.start()

    assert exchange.wait_until(lambda: len(faults.done) > 2, timeout=30)
    assert trader.stop(timeout=30)
    assert trader.cuts_made == 0
    assert set(faults.done) == {CUTS[0]}
