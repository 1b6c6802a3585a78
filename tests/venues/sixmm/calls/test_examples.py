"""Every documented REST example, both ways: what is sent, byte for byte, and what is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.codec import dump_json, structure
from sixmm.redaction import Secret
from sixmm.venues.base import Call, Credentials
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import MarginMode, OrderType, Permission, Side
from sixmm.venues.sixmm.envelope import parse
from sixmm.venues.sixmm.order_forms import Amendment, NewOrder, OrderRef

from ..examples import compact, examples, openapi, reply

ID = "2022543809547603968"
KEY = Secret("f57cb61ef604ce76be09e753a5dbdd8c")
BUY = NewOrder(
    symbol="BTCUSDT", type=OrderType.LIMIT, side=Side.BUY, price=Decimal(85000), quantity="0.1"
)

SENT: dict[str, Callable[[], Call]] = {
    "createApiKey": lambda: calls.create_api_key(
        label="external-service-prod",
        permissions=Permission.READ | Permission.TRADE,
        ip_whitelist=["203.0.113.10"],
    ),
    "deleteApiKey": lambda: calls.delete_api_key(id="1001"),
    "placeOrder": lambda: calls.place_order(
        attrs.evolve(
            BUY,
            time_in_force="GTC",
            maker_only=True,
            client_order_id="ext-1772710377808-001",
        )
    ),
    "batchPlaceOrders": lambda: calls.batch_place_orders(
        [attrs.evolve(BUY, client_order_id="ext-buy-001")]
    ),
    "cancelOrder": lambda: calls.cancel_order(symbol="BTCUSDT", order_id=ID),
    "amendOrder": lambda: calls.amend_order(
        symbol="BTCUSDT", order_id=ID, price=85100, quantity="0.2"
    ),
    "batchAmendOrders": lambda: calls.batch_amend_orders(
        "BTCUSDT", [Amendment(order_id=ID, price="85100", quantity=Decimal("0.2"))]
    ),
    "batchCancelOrders": lambda: calls.batch_cancel_orders(
        [OrderRef(symbol="BTCUSDT", order_id=ID)]
    ),
    "cancelConditionOrder": lambda: calls.cancel_condition_order("BTCUSDT", ID),
    "setLeverage": lambda: calls.set_leverage(symbol="BTCUSDT", leverage=20),
    "setMarginMode": lambda: calls.set_margin_mode(symbol="BTCUSDT", margin_mode=MarginMode.CROSS),
    "login": lambda: calls.login(
        username="demo-user",
        password=Secret("yourPassword"),
        device_id="device-001",
        device_name="server-001",
    ),
    "saveFavoriteSymbols": lambda: calls.save_favorite_symbols(symbols=["BTCUSDT", "ETHUSDT"]),
    "renewListenKey": lambda: calls.renew_listen_key(KEY),
    "closeListenKey": lambda: calls.close_listen_key(KEY),
}

READ: dict[str, type[Any]] = {
    "createApiKey": rest.NewApiKey,
    "getServerTime": rest.ServerTime,
    "login": rest.Token,
    "createListenKey": rest.ListenKey,
    "envelope": rest.Accepted,
}


def sheet_examples(kind: str) -> Iterator[tuple[str, Any]]:
    """Yield operation and value of each example of a request or of a good reply."""
    for item in openapi()["paths"].values():
        for operation in item.values():
            home = operation.get("requestBody") if kind == "request" else None
            home = operation["responses"]["200"] if kind == "reply" else home
            content = (home or {}).get("content", {}).get("application/json", {})
            for example in content.get("examples", {}).values():
                yield operation["operationId"], example["value"]


def listed(kind: str) -> list[tuple[str, Any]]:
    """Return operation and payload of each example of a list, and of the fact sheet."""
    rows = [(name.partition(".")[0], value) for name, value in examples(f"rest-{kind}").items()]
    found = list(sheet_examples("request" if kind == "request" else "reply"))
    return [*rows, *found]


@pytest.mark.parametrize(("name", "body"), listed("request"), ids=lambda item: str(item)[:30])
def test_what_is_sent(name: str, body: Any) -> None:
    """The body of a call is byte for byte the documented one."""
    call = SENT[name]()

    assert call.operation == name
    assert dump_json(call.body).decode() == compact(body)


@pytest.mark.parametrize(("name", "envelope"), listed("response"), ids=lambda item: str(item)[:30])
def test_what_is_read(name: str, envelope: dict[str, Any]) -> None:
    """Every member of a documented reply is in a field, with the value that it came with."""
    if envelope["code"] != 0:
        assert "data" not in envelope
        return
    row = structure(rest.make_rest_converter(), envelope["data"], READ[name])

    assert told(row) == envelope["data"]
    assert getattr(row, "extra", {}) == {}


def told(row: Any) -> dict[str, Any]:
    """Return the members that an object was made of."""
    found = {
        field.metadata["wire"]: getattr(row, field.name)
        for field in attrs.fields(type(row))
        if "wire" in field.metadata
    }
    return {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in found.items()
        if value is not None
    }


def test_request_lines() -> None:
    """Each documented request line is one that a call makes, as far as its query goes."""
    made = {
        "getOrder": calls.order(symbol="BTCUSDT", order_id=ID),
        "getCurrentOrders": calls.current_orders(symbol="BTCUSDT"),
        "getCurrentConditionOrders": calls.current_condition_orders(symbol="BTCUSDT"),
        "getOrderHistory": calls.order_history(symbol="BTCUSDT", page=1, page_size=20),
        "getConditionOrderHistory": calls.condition_order_history(
            symbol="BTCUSDT", page=1, page_size=20
        ),
        "getTrades": calls.trades(symbol="BTCUSDT", page=1, page_size=20),
        "getStrategyOrder": calls.strategy(ID),
        "getPositionSettings": calls.position_setting(symbol="BTCUSDT"),
        "getPositions": calls.positions(symbol="BTCUSDT"),
        "getPositionHistory": calls.position_history(symbol="BTCUSDT", page=1, page_size=20),
        "getPnlLeaderboard": calls.pnl_leaderboard(period="30d"),
        "getFundingRateConfig": calls.funding_rate_config(symbol="BTCUSDT"),
        "getCurrentFundingRates": calls.funding_rates(symbol="BTCUSDT", page=1, page_size=20),
        "getFundingRateHistory": calls.funding_rate_history(symbol="BTCUSDT", page=1, page_size=20),
        "getKlines": calls.klines(symbol="BTCUSDT", interval="1m", limit=500),
        "getAccountChangeLog": calls.account_change_log(asset_type="USDT", page=1, page_size=20),
        "getBalanceHistory": calls.balance_history(period="1D", limit=30),
        "getTradeOverview": calls.trade_overview(range="1M"),
        "getAssetOverviewTrend": calls.asset_trend(range="1M"),
    }
    lines = {
        operation["operationId"]: operation["x-request-line"]
        for item in openapi()["paths"].values()
        for operation in item.values()
        if "x-request-line" in operation
    }

    assert set(made) == set(lines)
    for name, call in made.items():
        query = "&".join(f"{key}={value}" for key, value in call.query)
        assert f"{call.method} {call.path}?{query}" == lines[name]


def test_documented_replies_become_results() -> None:
    """The documented replies of the calls that make credentials and keys give their results."""
    found = examples("rest-response")
    key = parse(calls.create_api_key(label="x"), reply(found["createApiKey.response"]))
    login = parse(SENT["login"](), reply(found["login.response"]))

    assert key.api_secret == Secret("x" * 32)
    assert isinstance(login, Credentials)
    assert login.access_expires_at_ms == 1_769_676_656_000
