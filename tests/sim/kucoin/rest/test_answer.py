"""REST over HTTP tells the same account as the log."""

from __future__ import annotations

from typing import Any

from sixmm.sim.kucoin import Account, KuCoinExchange

from ..client import Caller


def spot_orders(spot: Caller) -> dict[str, tuple[str, str, str, str]]:
    """Return the open spot orders as the truth has them."""
    rows: list[Any] = []
    for symbol in spot.get("/api/v1/hf/orders/active/symbols")["symbols"]:
        rows += spot.get(f"/api/v1/hf/orders/active?symbol={symbol}")
    for kind in ("MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"):
        base = "/api/v3/hf/margin"
        found = spot.get(f"{base}/order/active/symbols?tradeType={kind}")["symbols"]
        for symbol in found:
            rows += spot.get(f"{base}/orders/active?symbol={symbol}&tradeType={kind}")
    return {row["id"]: (row["symbol"], row["side"], row["size"], row["dealSize"]) for row in rows}


def test_rest_tells_the_account_at_every_moment(
    exchange: KuCoinExchange, account: Account, spot: Caller, futures: Caller
) -> None:
    """Open orders, positions and balances, after each of many steps."""
    for _ in range(15):
        exchange.step(account, 10)
        truth: Any = exchange.truth(account)
        orders = futures.get("/api/v1/orders?status=active")["items"]
        positions = futures.get("/api/v1/positions")
        balances = spot.get("/api/v1/accounts")
        wallet = futures.get("/api/v1/account-overview?currency=USDT")

        assert spot_orders(spot) == truth["spot_orders"]
        assert {
            row["id"]: (row["symbol"], row["side"], row["size"], row["dealSize"]) for row in orders
        } == truth["futures_orders"]
        assert {row["symbol"]: row["currentQty"] for row in positions} == {
            symbol: lots for symbol, (lots, _, _) in truth["positions"].items()
        }
        assert {
            f"{row['type']}:{row['currency']}": (row["available"], row["holds"]) for row in balances
        }.items() <= truth["balances"].items()
        assert wallet["availableBalance"] == float(f"{float(truth['wallet']['available']):.10f}")


def test_what_is_not_there(spot: Caller) -> None:
    """A path that nothing has is 404000, whoever asks."""
    assert spot.call("GET", "/api/v9/nothing") == {"code": "404000", "msg": "Url Not Found"}
    assert spot.send("GET", "/api/v9/nothing", {})["code"] == "404000"
    assert spot.send("GET", "/api/v1/accounts", {})["code"] == "400001"


def test_headers_tell_what_is_left(spot: Caller) -> None:
    """Also on a call that was refused for its arguments."""
    spot.get("/api/v1/accounts")
    assert spot.last.headers["gw-ratelimit-remaining"] == "3995"
    assert spot.code("/api/v1/hf/orders/active") == "400100"
    assert spot.last.headers["gw-ratelimit-limit"] == "4000"
