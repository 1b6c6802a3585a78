"""The calls as values: where they go, what they carry, what their replies become."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.base import Auth, Call, PaceClass
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.calls import KuCoinCall
from sixmm.venues.kucoin.enums import Connection
from sixmm.venues.kucoin.hosts import Host

CALLS: list[tuple[Call, str, str]] = [
    (calls.spot_active_symbols(), "/api/v1/hf/orders/active/symbols", ""),
    (calls.spot_active_orders("BTC-USDT"), "/api/v1/hf/orders/active", "symbol=BTC-USDT"),
    (
        calls.spot_done_orders("BTC-USDT", start_ms=1, last_id="5"),
        "/api/v1/hf/orders/done",
        "symbol=BTC-USDT&startAt=1&lastId=5&limit=100",
    ),
    (calls.spot_order("BTC-USDT", "o1"), "/api/v1/hf/orders/o1", "symbol=BTC-USDT"),
    (
        calls.spot_fills("BTC-USDT", start_ms=1, end_ms=2),
        "/api/v1/hf/fills",
        "symbol=BTC-USDT&startAt=1&endAt=2&limit=100",
    ),
    (
        calls.margin_active_symbols("MARGIN_TRADE"),
        "/api/v3/hf/margin/order/active/symbols",
        "tradeType=MARGIN_TRADE",
    ),
    (
        calls.margin_active_orders("BTC-USDT", "MARGIN_TRADE"),
        "/api/v3/hf/margin/orders/active",
        "symbol=BTC-USDT&tradeType=MARGIN_TRADE",
    ),
    (
        calls.margin_done_orders("BTC-USDT", "MARGIN_TRADE"),
        "/api/v3/hf/margin/orders/done",
        "symbol=BTC-USDT&tradeType=MARGIN_TRADE&limit=100",
    ),
    (calls.margin_order("BTC-USDT", "o1"), "/api/v3/hf/margin/orders/o1", "symbol=BTC-USDT"),
    (
        calls.margin_fills("BTC-USDT", "MARGIN_TRADE"),
        "/api/v3/hf/margin/fills",
        "symbol=BTC-USDT&tradeType=MARGIN_TRADE&limit=100",
    ),
    (calls.spot_accounts(currency="USDT"), "/api/v1/accounts", "currency=USDT"),
    (calls.cross_margin(), "/api/v3/margin/accounts", ""),
    (calls.isolated_margin(), "/api/v3/isolated/accounts", ""),
    (calls.futures_orders(page=2), "/api/v1/orders", "status=active&currentPage=2&pageSize=100"),
    (calls.futures_order("o1"), "/api/v1/orders/o1", ""),
    (
        calls.futures_fills(symbol="XBTUSDTM"),
        "/api/v1/fills",
        "symbol=XBTUSDTM&tradeTypes=trade,adl,liquid,settlement&pageSize=100",
    ),
    (calls.futures_account("XBT"), "/api/v1/account-overview", "currency=XBT"),
    (calls.futures_positions(), "/api/v1/positions", ""),
    (
        calls.pro_open_orders("SPOT", page=1),
        "/api/ua/v1/unified/order/open-list",
        "tradeType=SPOT&pageNumber=1&pageSize=100",
    ),
    (
        calls.pro_order_history("SPOT", last_id="5"),
        "/api/ua/v1/unified/order/history",
        "tradeType=SPOT&lastId=5&pageSize=100",
    ),
    (
        calls.pro_order("SPOT", "BTC-USDT", "o1"),
        "/api/ua/v1/unified/order/detail",
        "tradeType=SPOT&symbol=BTC-USDT&orderId=o1",
    ),
    (
        calls.pro_fills("FUTURES", start_ms=1),
        "/api/ua/v1/unified/order/execution",
        "tradeType=FUTURES&startAt=1&pageSize=100",
    ),
    (calls.pro_balances(), "/api/ua/v1/unified/account/balance", ""),
    (calls.pro_positions(), "/api/ua/v1/unified/position/open-list", ""),
]


@pytest.mark.parametrize(("call", "path", "query"), CALLS, ids=lambda value: str(value)[:40])
def test_reads(call: Call, path: str, query: str) -> None:
    """Each read is signed, changes nothing, and goes to the host of its market."""
    assert isinstance(call, KuCoinCall)
    assert (call.method, call.path, call.auth, call.writes) == ("GET", path, Auth.ACCOUNT, False)
    assert "&".join(f"{name}={value}" for name, value in call.query) == query
    assert call.host is (Host.FUTURES if call.operation.startswith("futures") else Host.SPOT)
    assert call.pace_class is PaceClass.PRIVATE_READ


def test_every_read_is_tested() -> None:
    """The table has each function that reads the account."""
    found = {call.operation for call, _, _ in CALLS}
    named = {name.replace("_", "") for name in calls.__all__ if name.islower()}

    assert named - {operation.lower() for operation in found} == {"servertime", "streamtoken"}


class TestTokens:
    """The calls that open a connection."""

    @pytest.mark.parametrize(
        ("connection", "path", "host", "auth"),
        [
            ("spot_private_v1", "/api/v1/bullet-private", Host.SPOT, Auth.ACCOUNT),
            ("futures_private_v1", "/api/v1/bullet-private", Host.FUTURES, Auth.ACCOUNT),
            ("spot_public_v1", "/api/v1/bullet-public", Host.SPOT, Auth.NONE),
            ("futures_public_v1", "/api/v1/bullet-public", Host.FUTURES, Auth.NONE),
            ("private_pro_v2", "/api/v2/bullet-private", Host.SPOT, Auth.ACCOUNT),
        ],
    )
    def test_each_connection(self, connection: str, path: str, host: Host, auth: Auth) -> None:
        """A token is asked for without a body, and signed where it is private."""
        call = calls.stream_token(Connection(connection))

        assert (call.method, call.path, call.host, call.auth) == ("POST", path, host, auth)
        assert (call.body, call.query, call.writes) == (None, (), False)
        assert call.pace_class is PaceClass.SESSION

    def test_connections_without_a_token(self) -> None:
        """The public unified streams need none."""
        with pytest.raises(ConfigurationError, match="needs no token"):
            calls.stream_token(Connection.SPOT_PUBLIC_PRO_V2)

    def test_clock(self) -> None:
        """The exchange's clock is a number of milliseconds."""
        call = calls.server_time()

        assert call.result is not None
        assert call.result(1_700_000_000_000) == 1_700_000_000_000
        with pytest.raises(DecodeError):
            call.result("soon")


@pytest.mark.parametrize("wrong", ["", "a/b", "../x", "a?b", "a&b", "x" * 200, "é"])
def test_what_could_leave_its_field(wrong: str) -> None:
    """An argument with another character is refused before anything is sent."""
    for call in (calls.futures_order, calls.spot_active_orders, calls.futures_account):
        with pytest.raises(ConfigurationError):
            call(wrong)
