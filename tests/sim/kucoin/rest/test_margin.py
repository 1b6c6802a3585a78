"""The margin accounts over REST."""

from __future__ import annotations

from ..bench import Bench, D
from .conftest import Ask


def test_the_cross_account(ask: Ask, bench: Bench) -> None:
    """It has the figures of the last push."""
    bench.spot.transfer("margin", "BTC", D(1))
    bench.margin.borrow("USDT", D(10_000))
    push = bench.data("/margin/position")[-1]
    data = ask("/api/v3/margin/accounts")

    assert float(data["debtRatio"]) == push["debtRatio"]
    assert {row["currency"]: row["liability"] for row in data["accounts"]} == {
        "BTC": "0",
        "USDT": "10000",
    }
    assert {row["currency"]: row["total"] for row in data["accounts"]} == {
        name: row["total"] for name, row in push["assetList"].items()
    }


def test_isolated_accounts(ask: Ask, bench: Bench) -> None:
    """One for each symbol."""
    bench.spot.transfer("isolated_BTC-USDT", "BTC", D(1))
    bench.margin.borrow_isolated("BTC-USDT", "USDT", D(26))
    (asset,) = ask("/api/v3/isolated/accounts")["assets"]

    assert (asset["symbol"], asset["status"]) == ("BTC-USDT", "DEBT")
    assert asset["quoteAsset"]["liabilityPrincipal"] == "26"
    assert asset["baseAsset"]["total"] == "1"
    assert ask("/api/v3/isolated/accounts?symbol=ETH-USDT")["assets"] == []
