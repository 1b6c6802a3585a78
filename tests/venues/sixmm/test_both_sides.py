"""Client and embedded exchange, each written from the same page on its own, understand each other.

Every operation is made once. Where one side had read the page otherwise than the other, a reply
would be refused, or have a member that no field names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from sixmm.client import Client
from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.calls.endpoints import ENDPOINTS
from sixmm.venues.sixmm.enums import ConditionStatus, OrderStatus
from sixmm.venues.sixmm.order_forms import (
    Amendment,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)

if TYPE_CHECKING:
    from sixmm.sim import Account, Exchange

SYMBOL = "BTCUSDT"
ON_ACCESS = {"leverageTiers", "handlingFeeLevelConfig"}
"""Members that are worked out on access, and so have no field."""


def unnamed(row: Any) -> Iterator[str]:
    """Yield the members of a result that no field names."""
    if isinstance(row, tuple):
        for item in row:
            yield from unnamed(item)
    elif attrs.has(type(row)):
        for name, value in dict(getattr(row, "extra", {})).items():
            # Of rows within a row the row itself tells.
            if name not in ON_ACCESS and not isinstance(value, list):
                yield f"{type(row).__name__}.{name}"
        for field in attrs.fields(type(row)):
            yield from unnamed(getattr(row, field.name))


class Making:
    """Makes calls, and notes which were made and what of their results no field names."""

    def __init__(self, make: Callable[[Call], Any]) -> None:
        self.made: set[str] = set()
        self.unnamed: list[str] = []
        self._make = make

    def __call__(self, call: Call) -> Any:
        """Make a call."""
        result = self._make(call)
        self.made.add(call.operation)
        self.unnamed += unnamed(result)
        return result


@pytest.fixture
def keyed(exchange: Exchange, account: Account) -> Iterator[Making]:
    """Calls of a program with an API key."""
    key = exchange.create_key(account, permissions=3)
    with_key = Client(
        key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url
    )
    yield Making(with_key._call)
    with_key.close()


@pytest.fixture(autouse=True)
def _liquidity(exchange: Exchange) -> None:
    """Somebody to trade with near the market, from the first moment on."""
    rival = exchange.create_account(username="rival", password="rival-pw", balance="100000000")
    for side, percent in (("BUY", 99), ("SELL", 101)):
        price = str((exchange.mid_price(SYMBOL) * percent / 100).quantize(1))
        exchange.place_order(
            rival, symbol=SYMBOL, side=side, type="LIMIT", quantity="5", price=price
        )


@pytest.fixture
def limit(exchange: Exchange) -> NewOrder:
    """An order that rests far below the market."""
    price = (exchange.mid_price(SYMBOL) * 9 / 10).quantize(1)
    return NewOrder(symbol=SYMBOL, side="BUY", price=price, quantity="0.010", client_order_id="l")


@pytest.fixture
def stop(limit: NewOrder) -> NewConditionOrder:
    """A condition order that waits far below the market."""
    return NewConditionOrder(
        symbol=SYMBOL,
        side="SELL",
        type="STOP_MARKET",
        stop_price=limit.price,
        quantity="0.010",
        client_order_id="s",
    )


MARKET = NewOrder(symbol=SYMBOL, side="BUY", type="MARKET", quantity="0.010", client_order_id="m")


def make_market(call: Making) -> None:
    """Make every public call but the login."""
    for made in (
        calls.version(),
        calls.server_time(),
        calls.symbols(),
        calls.klines(symbol=SYMBOL, interval="1m", limit=5),
        calls.funding_rate_config(),
        calls.funding_rates(),
        calls.funding_rate_history(symbol=SYMBOL),
        calls.pnl_leaderboard(period="30d"),
    ):
        call(made)


def make_user(call: Making) -> None:
    """Make every call about the caller but those about keys."""
    for made in (
        calls.user_info(),
        calls.user_asset(),
        calls.account_change_log(page_size=5),
        calls.volume_stats(),
        calls.balance_history(period="1D"),
        calls.trade_overview(range="1M"),
        calls.asset_summary(),
        calls.asset_trend(range="1W"),
        calls.save_favorite_symbols(symbols=[SYMBOL]),
        calls.favorite_symbols(),
    ):
        call(made)
    key = call(calls.create_listen_key()).listen_key
    call(calls.renew_listen_key(key))
    call(calls.close_listen_key(key))


def make_positions(call: Making) -> None:
    """Make every call about positions; one is opened and closed."""
    call(calls.set_leverage(symbol="ETHUSDT", leverage=5))
    call(calls.set_margin_mode(symbol="ETHUSDT", margin_mode="ISOLATED"))
    call(calls.position_setting(symbol="ETHUSDT"))
    call(calls.place_order(MARKET))
    assert call(calls.positions()).rows
    call(calls.place_order(attrs.evolve(MARKET, side="SELL", client_order_id="c")))
    assert call(calls.position_history(side="LONG", symbol=SYMBOL)) is not None
    assert call(calls.trades(symbol=SYMBOL)).rows


def make_orders(call: Making, limit: NewOrder) -> None:
    """Make every call about normal orders."""
    placed = call(calls.place_order(limit))
    call(calls.amend_order(symbol=SYMBOL, order_id=placed.order_id, quantity="0.020"))
    row = call(calls.order(symbol=SYMBOL, client_order_id="l"))
    assert (row.order_id, row.quantity) == (placed.order_id, Decimal("0.02"))
    batch = call(
        calls.batch_place_orders(
            [
                attrs.evolve(limit, client_order_id="b"),
                attrs.evolve(limit, client_order_id="x", quantity="9999999"),
            ]
        )
    )
    assert [entry.success for entry in batch.results] == [True, False]
    first = batch.results[0].order_id
    changes = [Amendment(order_id=first, quantity="0.020"), Amendment(order_id="5", price="1")]
    assert call(calls.batch_amend_orders(SYMBOL, changes)).failed_count == 1
    assert call(calls.current_orders(limit=5)).total == 2
    call(calls.cancel_order(symbol=SYMBOL, client_order_id="l"))
    reference = OrderRef(symbol=SYMBOL, order_id=first)
    assert call(calls.batch_cancel_orders([reference])).success_count == 1
    call(calls.cancel_all_orders())
    ended = call(calls.order_history(side="BUY", type="LIMIT")).rows
    assert {one.status for one in ended} == {OrderStatus.CANCELED}


def make_conditions(call: Making, limit: NewOrder, stop: NewConditionOrder) -> None:
    """Make every call about condition orders and strategies."""
    trailing = attrs.evolve(
        stop,
        type="TRAILING_STOP",
        stop_price=None,
        activate_price=str(Decimal(str(limit.price)) * 2),
        callback_rate="0.050",
        client_order_id="t",
    )
    for order in (attrs.evolve(stop, type="STOP_LIMIT", price=limit.price), trailing):
        placed = call(calls.place_condition_order(order))
        assert placed.condition_status is ConditionStatus.NEW
    assert len(call(calls.current_condition_orders()).rows) == 2
    call(calls.cancel_condition_order(SYMBOL, placed.condition_id))
    assert call(calls.condition_order_history()).rows
    strategy = call(
        calls.place_strategy_order(
            "OTO",
            [
                StrategyLeg(sub_id=1, order=attrs.evolve(limit, client_order_id="o1")),
                StrategyLeg(
                    sub_id=2,
                    order=attrs.evolve(stop, client_order_id="o2"),
                    first_driven_id=1,
                    first_driven_on="FILLED",
                    first_trigger="PLACE",
                ),
            ],
        )
    )
    legs = call(calls.strategy(strategy.strategy_id)).sub_orders
    assert [leg.status for leg in legs][1] == "WAITING"


def make_logins(exchange: Exchange, account: Account) -> Making:
    """Make every call about logins and API keys, with a token that is taken over at once."""
    with_token = Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url)
    call = Making(with_token._call)
    call(calls.exchange_ticket(ticket=exchange.issue_ticket(account)))
    token = exchange.issue_embed_token(account, channel_id="ch-1")
    call(calls.exchange_embed_token(embed_token=token, channel_id="ch-1"))
    call(calls.login(username="demo", password="demo-password"))
    with_token.login("demo", "demo-password")
    call(calls.refresh_token())
    call(calls.create_api_key(label="x", permissions=1, ip_whitelist=["127.0.0.1"]))
    rows = call(calls.api_keys()).rows
    one = next(row for row in rows if row.label == "x")
    assert (one.permissions, one.ip_whitelist) == (1, ("127.0.0.1",))
    call(calls.update_api_key(id=one.id, label="y", status=0))
    call(calls.delete_api_key(id=one.id))
    call(calls.delete_all_api_keys())
    call(calls.logout())
    with_token.close()
    return call


def test_every_operation(
    keyed: Making, exchange: Exchange, account: Account, limit: NewOrder, stop: NewConditionOrder
) -> None:
    """All 53 operations are understood by both sides, and no reply has an unnamed member."""
    make_market(keyed)
    make_positions(keyed)
    make_orders(keyed, limit)
    make_conditions(keyed, limit, stop)
    make_user(keyed)
    logins = make_logins(exchange, account)

    assert keyed.made | logins.made == set(ENDPOINTS)
    assert keyed.unnamed + logins.unnamed == []


def test_long_lists(exchange: Exchange, account: Account) -> None:
    """Lists that are longer than a page are read to their end, each row once (rule 64)."""
    key = exchange.create_key(account, permissions=3)
    client = Client(key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url)
    for number in range(4):
        for side in ("BUY", "SELL"):
            exchange.place_order(account, symbol=SYMBOL, side=side, type="MARKET", quantity="0.01")
        price = str((exchange.mid_price(SYMBOL) * (80 + number) / 100).quantize(1))
        exchange.place_order(
            account, symbol=SYMBOL, side="BUY", type="LIMIT", quantity="0.01", price=price
        )
    orders, user = client.orders, client.user
    pairs: list[tuple[Iterator[Any], Any]] = [
        (orders.iter_trades(page_size=3), orders.trades(page_size=100)),
        (orders.iter_current(page_size=3), orders.current(limit=100)),
        (orders.iter_history(page_size=3), orders.history(page_size=100)),
        (user.iter_change_log(page_size=3), user.change_log(page_size=100)),
    ]
    for rows, page in pairs:
        assert tuple(rows) == page.rows
        assert len(page.rows) == page.total > 3
    client.close()


def test_candles_of_many_calls(exchange: Exchange) -> None:
    """More candles than a call gives come in one run, without a gap (rule 64)."""
    client = Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url)
    newest = client.market.klines(SYMBOL, "1m", limit=1).rows[0].open_time
    start = newest - 1_500 * 60_000
    times = [row.open_time for row in client.market.iter_klines(SYMBOL, "1m", start_time=start)]
    client.close()

    assert times[:1] == [start]
    assert all(later - time == 60_000 for time, later in pairwise(times))
    assert times[-1] >= newest
