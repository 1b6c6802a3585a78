"""The commands about balance and positions."""

from __future__ import annotations

import pytest

from sixmm.cli.account import ACCOUNT, POSITIONS
from sixmm.sim import Account, Exchange

from .running import Run


def _buy(exchange: Exchange, account: Account, quantity: str = "0.001") -> None:
    exchange.place_order(account, symbol="BTCUSDT", side="BUY", type="MARKET", quantity=quantity)


class TestAccount:
    """``sixmm account``."""

    def test_json(self, at_home: Run, account: Account) -> None:
        """There is one object with the documented keys."""
        said = at_home("account", "--json")

        assert (said.code, said.err) == (0, "")
        (found,) = said.objects
        assert list(found) == [column.key for column in ACCOUNT]
        assert found["username"] == account.username
        assert found["wallet_balance"] == "10000"

    def test_forms_agree(self, at_home: Run) -> None:
        """CSV has the same values; people read a line for each."""
        (found,) = at_home("account", "--json").objects
        titles, values = at_home("account", "--csv").records
        lines = at_home("account").out.splitlines()

        assert titles == list(found)
        assert values == ["" if value is None else str(value) for value in found.values()]
        assert len(lines) == len(found)
        assert next(x for x in lines if x.startswith("wallet balance")).split()[-1] == "10000"

    def test_without_credentials(self, run: Run) -> None:
        """Without credentials the line says what to set."""
        said = run("account")

        assert said.code == 2
        assert "SIXMM_API_KEY" in said.line

    def test_without_permission(
        self, run: Run, exchange: Exchange, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A key that may only read cannot list positions, and the line says why (rule 18)."""
        key = exchange.create_key(account, permissions=1)
        monkeypatch.setenv("SIXMM_API_KEY", key.api_key)
        monkeypatch.setenv("SIXMM_API_SECRET", key.api_secret)
        monkeypatch.setenv("SIXMM_REST_URL", exchange.rest_url)

        assert run("account").code == 0
        said = run("positions")
        assert said.code == 1
        assert "code 3006" in said.line
        assert "permission" in said.line

    def test_wrong_secret(
        self, run: Run, exchange: Exchange, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A wrong secret is told without repeating it or the signature."""
        key = exchange.create_key(account)
        monkeypatch.setenv("SIXMM_API_KEY", key.api_key)
        monkeypatch.setenv("SIXMM_API_SECRET", "canary-secret")
        monkeypatch.setenv("SIXMM_REST_URL", exchange.rest_url)

        said = run("account", "--json")

        assert (said.code, said.out) == (1, "")
        assert "code 1003" in said.line
        assert "canary" not in said.err


class TestPositions:
    """``sixmm positions``."""

    def test_none(self, at_home: Run) -> None:
        """No position is a sentence for people and nothing for programs."""
        assert at_home("positions").out == "no open positions\n"
        assert at_home("positions", "--json").out == ""
        assert at_home("positions", "--csv").records == [[column.key for column in POSITIONS]]

    def test_json(self, at_home: Run, market: Exchange, account: Account) -> None:
        """A position is an object with the documented keys, the margin mode as text (rule 67)."""
        _buy(market, account)

        (row,) = at_home("positions", "--json").objects
        assert list(row) == [column.key for column in POSITIONS]
        assert (row["symbol"], row["quantity"], row["margin_mode"]) == ("BTCUSDT", "0.001", "CROSS")

    def test_symbol(self, at_home: Run, market: Exchange, account: Account) -> None:
        """With --symbol there is that position alone."""
        _buy(market, account)

        assert len(at_home("positions", "--symbol", "BTCUSDT", "--json").objects) == 1
        assert at_home("positions", "--symbol", "ETHUSDT", "--json").out == ""
