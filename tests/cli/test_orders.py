"""The lists of orders and trades, also where they are longer than a page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.cli.orders import ORDERS, TRADES
from sixmm.sim import Account, Exchange

from .running import Run


def _rest(exchange: Exchange, account: Account, count: int) -> list[dict[str, Any]]:
    """Place orders that rest far below the market."""
    price = f"{exchange.mid_price('BTCUSDT') // 2:f}"
    return [
        exchange.place_order(
            account, symbol="BTCUSDT", side="BUY", type="LIMIT", price=price, quantity="0.001"
        )
        for _ in range(count)
    ]


def _trade(exchange: Exchange, account: Account, count: int) -> None:
    for n in range(count):
        side = "SELL" if n % 2 else "BUY"
        exchange.place_order(account, symbol="BTCUSDT", side=side, type="MARKET", quantity="0.001")


class TestOpen:
    """``sixmm orders open``."""

    def test_json(self, at_home: Run, market: Exchange, account: Account) -> None:
        """Open orders come oldest first, with the documented keys and ids as texts (rule 10)."""
        placed = _rest(market, account, 3)

        said = at_home("orders", "open", "--json")

        assert (said.code, said.err) == (0, "")
        assert [row["order_id"] for row in said.objects] == [row["orderId"] for row in placed]
        assert all(list(row) == [column.key for column in ORDERS] for row in said.objects)
        assert {row["side"] for row in said.objects} == {"BUY"}

    def test_limit(self, at_home: Run, market: Exchange, account: Account) -> None:
        """The limit is kept."""
        _rest(market, account, 3)

        assert len(at_home("orders", "open", "--limit", "2", "--json").objects) == 2
        assert len(at_home("orders", "open", "--limit", "3", "--json").objects) == 3

    def test_table(self, at_home: Run, market: Exchange, account: Account) -> None:
        """People get a table, or a sentence where there is nothing."""
        assert at_home("orders", "open").out == "no open orders\n"
        (row,) = _rest(market, account, 1)
        lines = at_home("orders", "open", "--symbol", "btcusdt").out.splitlines()
        assert lines[0].startswith("order id")
        assert lines[1].startswith(f"{row['orderId']}  BTCUSDT  BUY")
        assert at_home("orders", "open", "--symbol", "ETHUSDT").out == "no open orders\n"


class TestHistory:
    """``sixmm orders history``."""

    def test_json(self, at_home: Run, market: Exchange, account: Account) -> None:
        """Past orders come newest first, with the keys of open ones."""
        _trade(market, account, 3)

        said = at_home("orders", "history", "--json")

        assert (said.code, said.err) == (0, "")
        assert [row["side"] for row in said.objects] == ["BUY", "SELL", "BUY"]
        assert all(list(row) == [column.key for column in ORDERS] for row in said.objects)
        assert {row["status"] for row in said.objects} == {"FILLED"}

    def test_span(self, at_home: Run, market: Exchange, account: Account) -> None:
        """--since and --until bound the list."""
        _trade(market, account, 1)

        assert len(at_home("orders", "history", "--since", "1h", "--json").objects) == 1
        assert at_home("orders", "history", "--until", "1h", "--json").out == ""
        assert at_home("orders", "history", "--until", "1h").out == "no orders in this time\n"


class TestTrades:
    """``sixmm orders trades``."""

    def test_more_than_a_page(self, at_home: Run, market: Exchange, account: Account) -> None:
        """Every fill comes once, however many pages there are, and CSV and JSON agree (rule 64)."""
        _trade(market, account, 130)

        objects = at_home("orders", "trades", "--limit", "1000", "--json").objects
        titles, *records = at_home("orders", "trades", "--limit", "1000", "--csv").records

        assert len({row["fill_id"] for row in objects}) == len(objects) >= 130
        assert titles == list(objects[0]) == [column.key for column in TRADES]
        assert records == [
            ["" if value is None else str(value) for value in row.values()] for row in objects
        ]

    def test_amounts_are_exact(self, at_home: Run, market: Exchange, account: Account) -> None:
        """The sizes of the fills of an order add up to its size, digit by digit."""
        row = market.place_order(
            account, symbol="BTCUSDT", side="BUY", type="MARKET", quantity="0.123"
        )

        said = at_home("orders", "trades", "--order-id", row["orderId"], "--json")

        assert sum(Decimal(fill["quantity"]) for fill in said.objects) == Decimal("0.123")
        assert {fill["role_type"] for fill in said.objects} == {"taker"}

    def test_limit(self, at_home: Run, market: Exchange, account: Account) -> None:
        """The limit is kept, the newest come first, and stderr says that there are more."""
        _trade(market, account, 5)

        said = at_home("orders", "trades", "--limit", "2", "--json")
        rows = said.objects
        assert said.line == "there are more rows: --limit gives them"
        times = [row["created_at"] for row in rows]
        assert len(rows) == 2
        assert times == sorted(times, reverse=True)

    def test_failure_in_the_middle(self, at_home: Run, market: Exchange, account: Account) -> None:
        """A list that breaks off says so by its exit code, however much of it was written."""
        _trade(market, account, 2)
        market.faults.rest_error(100, code=3006, path="/v1/private/order/trades")

        said = at_home("orders", "trades", "--json")

        assert said.code == 1
        assert "code 3006" in said.line


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["orders", "open", "--since", "1h"], "No such option"),
        (["orders", "trades", "--since", "then"], "is not a time"),
        (["orders", "history", "--limit", "many"], "not a valid integer"),
        (["orders", "closed"], "No such command"),
    ],
)
def test_bad_input(run: Run, argv: list[str], reason: str) -> None:
    """Bad input is one line and code 2."""
    said = run(*argv)

    assert said.code == 2
    assert reason in said.line
