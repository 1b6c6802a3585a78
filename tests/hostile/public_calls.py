"""Every public call of the client, as somebody would make it; secrets in arguments are canaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sixmm import Client
from sixmm.venues.sixmm.order_forms import (
    Amendment,
    NewConditionOrder,
    NewOrder,
    OrderRef,
    StrategyLeg,
)

__all__ = ["CALLS", "WITH_SECRETS", "PublicCall"]

PublicCall = Callable[[Client, Mapping[str, str]], object]
"""Takes the client and the secrets by name."""

SYMBOL = "BTCUSDT"
ORDER: dict[str, Any] = {"symbol": SYMBOL, "side": "BUY", "price": "50000", "quantity": "0.01"}
STOP: dict[str, Any] = {
    **{"symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET", "stop_price": "40000"},
    "quantity": "0.01",
}
LEGS = [
    StrategyLeg(sub_id=1, order=NewOrder(**ORDER)),
    StrategyLeg(
        sub_id=2,
        order=NewConditionOrder(**STOP),
        first_driven_id=1,
        first_driven_on="FILLED",
        first_trigger="PLACE",
    ),
]

_SINCE: dict[str, Any] = {"start_time": 1_700_000_000_000, "end_time": 1_700_000_060_000}

CALLS: Mapping[str, PublicCall] = {
    # The client itself
    "client.server_time": lambda c, _: c.server_time(),
    "client.version": lambda c, _: c.version(),
    "client.login": lambda c, s: c.login("demo", s["password"]),
    "client.refresh": lambda c, _: c.refresh(),
    "client.logout": lambda c, _: c.logout(),
    "client.exchange_ticket": lambda c, s: c.exchange_ticket(s["ticket"], device_id="d"),
    "client.exchange_embed_token": lambda c, s: c.exchange_embed_token(
        s["embed token"], channel_id="ch"
    ),
    # Market data
    "client.market.symbols": lambda c, _: c.market.symbols(),
    "client.market.klines": lambda c, _: c.market.klines(SYMBOL, "1m"),
    "client.market.iter_klines": lambda c, _: list(c.market.iter_klines(SYMBOL, "1m", **_SINCE)),
    "client.market.pnl_leaderboard": lambda c, _: c.market.pnl_leaderboard("7d"),
    "client.market.funding_rate_config": lambda c, _: c.market.funding_rate_config(),
    "client.market.funding_rates": lambda c, _: c.market.funding_rates(),
    "client.market.iter_funding_rates": lambda c, _: list(c.market.iter_funding_rates()),
    "client.market.funding_rate_history": lambda c, _: c.market.funding_rate_history(SYMBOL),
    "client.market.iter_funding_rate_history": lambda c, _: list(
        c.market.iter_funding_rate_history(SYMBOL)
    ),
    # The user
    "client.user.info": lambda c, _: c.user.info(),
    "client.user.asset": lambda c, _: c.user.asset(),
    "client.user.change_log": lambda c, _: c.user.change_log(),
    "client.user.iter_change_log": lambda c, _: list(c.user.iter_change_log()),
    "client.user.volume_stats": lambda c, _: c.user.volume_stats(),
    "client.user.balance_history": lambda c, _: c.user.balance_history("1D"),
    "client.user.trade_overview": lambda c, _: c.user.trade_overview("1M"),
    "client.user.asset_summary": lambda c, _: c.user.asset_summary(),
    "client.user.asset_trend": lambda c, _: c.user.asset_trend("1M"),
    "client.user.favorites": lambda c, _: c.user.favorites(),
    "client.user.save_favorites": lambda c, _: c.user.save_favorites([SYMBOL]),
    "client.user.create_listen_key": lambda c, _: c.user.create_listen_key(),
    "client.user.renew_listen_key": lambda c, s: c.user.renew_listen_key(s["listenKey"]),
    "client.user.close_listen_key": lambda c, s: c.user.close_listen_key(s["listenKey"]),
    # API keys
    "client.api_keys.create": lambda c, _: c.api_keys.create("label", permissions=3),
    "client.api_keys.list": lambda c, _: c.api_keys.list(),
    "client.api_keys.update": lambda c, _: c.api_keys.update("1", label="other"),
    "client.api_keys.delete": lambda c, _: c.api_keys.delete("1"),
    "client.api_keys.delete_all": lambda c, _: c.api_keys.delete_all(),
    # Orders
    "client.orders.get": lambda c, _: c.orders.get(SYMBOL, order_id="1"),
    "client.orders.current": lambda c, _: c.orders.current(),
    "client.orders.iter_current": lambda c, _: list(c.orders.iter_current()),
    "client.orders.history": lambda c, _: c.orders.history(),
    "client.orders.iter_history": lambda c, _: list(c.orders.iter_history()),
    "client.orders.trades": lambda c, _: c.orders.trades(),
    "client.orders.iter_trades": lambda c, _: list(c.orders.iter_trades()),
    "client.orders.current_conditions": lambda c, _: c.orders.current_conditions(),
    "client.orders.condition_history": lambda c, _: c.orders.condition_history(),
    "client.orders.iter_condition_history": lambda c, _: list(c.orders.iter_condition_history()),
    "client.orders.strategy": lambda c, _: c.orders.strategy("1"),
    "client.orders.place": lambda c, _: c.orders.place(**ORDER, check=False),
    "client.orders.place_batch": lambda c, _: c.orders.place_batch(
        [NewOrder(**ORDER)], check=False
    ),
    "client.orders.place_condition": lambda c, _: c.orders.place_condition(**STOP, check=False),
    "client.orders.place_strategy": lambda c, _: c.orders.place_strategy("OTO", LEGS, check=False),
    "client.orders.amend": lambda c, _: c.orders.amend(SYMBOL, "1", price="1", check=False),
    "client.orders.amend_batch": lambda c, _: c.orders.amend_batch(
        SYMBOL, [Amendment(order_id="1", price="1")], check=False
    ),
    "client.orders.cancel": lambda c, _: c.orders.cancel(SYMBOL, order_id="1"),
    "client.orders.cancel_batch": lambda c, _: c.orders.cancel_batch(
        [OrderRef(symbol=SYMBOL, order_id="1")]
    ),
    "client.orders.cancel_all": lambda c, _: c.orders.cancel_all(SYMBOL),
    "client.orders.cancel_condition": lambda c, _: c.orders.cancel_condition(SYMBOL, "1"),
    # Positions
    "client.positions.list": lambda c, _: c.positions.list(),
    "client.positions.setting": lambda c, _: c.positions.setting(SYMBOL),
    "client.positions.history": lambda c, _: c.positions.history(),
    "client.positions.iter_history": lambda c, _: list(c.positions.iter_history()),
    "client.positions.set_leverage": lambda c, _: c.positions.set_leverage(SYMBOL, 5),
    "client.positions.set_margin_mode": lambda c, _: c.positions.set_margin_mode(SYMBOL, "CROSS"),
    # What is made of several calls
    "client.orders.place_and_wait": lambda c, _: c.orders.place_and_wait(
        **ORDER, timeout=0.3, check=False
    ),
    "client.orders.place checked": lambda c, _: c.orders.place(**ORDER),
    "client.orders.cancel and wait": lambda c, _: c.orders.cancel(
        SYMBOL, order_id="1", wait=True, timeout=0.3
    ),
    "client.orders.preview": lambda c, _: c.orders.preview(**ORDER),
    "client.orders.refresh_rules": lambda c, _: c.orders.refresh_rules(),
    "client.orders.scope": lambda c, _: _in_scope(c),
    "client.subscribe": lambda c, _: c.subscribe("market.depth.BTCUSDT", timeout=0.1),
    "client.ping": lambda c, _: c.ping(timeout=0.1),
    "client.get": lambda c, _: c.get(timeout=0.1),
    "client.account": lambda c, _: c.account,
    "client.stats": lambda c, _: repr(c.stats()),
    "client.schema_report": lambda c, _: repr(c.schema_report()),
}
"""Every call by its name; those of one operation have the name of the method."""

WITH_SECRETS = (
    *("client.login", "client.refresh", "client.logout", "client.exchange_ticket"),
    *("client.exchange_embed_token", "client.user.asset", "client.user.create_listen_key"),
    *("client.user.renew_listen_key", "client.api_keys.create", "client.api_keys.list"),
    *("client.orders.place", "client.orders.cancel", "client.orders.place_and_wait"),
)
"""Calls that between them send every kind of secret, in header, query and body."""


def _in_scope(client: Client) -> None:
    with client.orders.scope(SYMBOL, timeout=0.3) as orders:
        orders.place(side="BUY", price="50000", quantity="0.01", check=False)
