"""The public commands: markets, candles and funding, for people and for programs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.cli.columns import Kind
from sixmm.cli.market import FUNDING, KLINES, MARKETS
from sixmm.sim import Exchange

from .running import Run


@pytest.fixture
def public(run: Run, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line at an embedded exchange, without any credential."""
    monkeypatch.setenv("SIXMM_REST_URL", exchange.rest_url)
    return run


class TestMarkets:
    """``sixmm markets``."""

    def test_json(self, public: Run) -> None:
        """Each symbol is an object with the documented keys, amounts are texts (rule 9)."""
        said = public("markets", "--json")

        assert (said.code, said.err) == (0, "")
        assert [list(row) for row in said.objects] == [[c.key for c in MARKETS]] * len(said.objects)
        bitcoin = next(row for row in said.objects if row["symbol"] == "BTCUSDT")
        assert isinstance(bitcoin["tick_size"], str)
        assert isinstance(bitcoin["default_leverage"], int)

    def test_csv_says_the_same(self, public: Run) -> None:
        """CSV has the same rows and keys as JSON."""
        objects = public("markets", "--json").objects
        titles, *rows = public("markets", "--csv").records

        assert titles == [column.key for column in MARKETS]
        assert rows == [[str(value) for value in row.values()] for row in objects]

    def test_table(self, public: Run) -> None:
        """People get a title and a line for each symbol."""
        lines = public("markets").out.splitlines()

        assert lines[0].split()[:2] == ["symbol", "base"]
        assert any(line.startswith("BTCUSDT ") for line in lines)

    def test_one_symbol(self, public: Run) -> None:
        """Symbols that are named, in any case, are the only ones shown."""
        assert [row["symbol"] for row in public("markets", "btcusdt", "--json").objects] == [
            "BTCUSDT"
        ]
        assert public("markets", "NOSUCH").out == "no such symbol\n"


class TestKlines:
    """``sixmm klines``."""

    def test_json(self, public: Run) -> None:
        """Candles come oldest first, with times in Unix milliseconds."""
        said = public("klines", "btcusdt", "--interval", "1m", "--limit", "3", "--json")

        assert (said.code, said.err) == (0, "")
        assert [list(row) for row in said.objects] == [[c.key for c in KLINES]] * 3
        opened = [row["open_time"] for row in said.objects]
        assert opened == sorted(opened)
        assert all(isinstance(row["close"], str) for row in said.objects)

    def test_limit_is_kept(self, public: Run) -> None:
        """There are as many rows as were asked for, and the newest ones."""
        few = public("klines", "BTCUSDT", "--interval", "1m", "--limit", "5", "--json").objects
        many = public("klines", "BTCUSDT", "--interval", "1m", "--limit", "50", "--json").objects

        assert (len(few), len(many)) == (5, 50)
        assert abs(few[0]["open_time"] - many[-5]["open_time"]) <= 60_000

    def test_more_than_one_call(self, public: Run, exchange: Exchange) -> None:
        """More rows than one call gives are fetched in several, and none comes twice (rule 64)."""
        said = public("klines", "BTCUSDT", "--interval", "1m", "--limit", "2500", "--json")

        assert said.code == 0
        opened = [row["open_time"] for row in said.objects]
        assert len(set(opened)) == len(opened) > 0
        assert len([r for r in exchange.requests if r.path.endswith("/klines")]) > 1

    def test_span(self, public: Run) -> None:
        """With --start and --end there is nothing outside of them."""
        rows = public("klines", "BTCUSDT", "--interval", "1m", "--limit", "9", "--json").objects
        start, end = str(rows[2]["open_time"]), str(rows[5]["open_time"])

        said = public(
            "klines", "BTCUSDT", "--interval", "1m", "--start", start, "--end", end, "--json"
        )

        opened = [row["open_time"] for row in said.objects]
        assert opened == [row["open_time"] for row in rows[2:6]]

    def test_table(self, public: Run) -> None:
        """People get times in UTC, and numbers that are aligned to the right."""
        lines = public("klines", "BTCUSDT", "--limit", "2").out.splitlines()

        assert lines[0].startswith("open time (UTC)")
        assert len({len(line[: lines[0].index("close time")].rstrip()) for line in lines}) == 1

    @pytest.mark.parametrize(
        ("argv", "reason"),
        [
            (["klines"], "Missing argument 'SYMBOL'"),
            (["klines", "BTC/USDT"], "is not a symbol"),
            (["klines", "BTCUSDT", "--start", "soon"], "is not a time"),
            (["klines", "BTCUSDT", "--limit", "0"], "not in the range"),
            (["klines", "BTCUSDT", "--json", "--csv"], "exclude each other"),
            (["markets", "--rest-url", "http://example.com"], "loopback"),
        ],
    )
    def test_bad_input(self, run: Run, argv: list[str], reason: str) -> None:
        """Bad input is one line and code 2, and nothing is asked of the exchange."""
        said = run(*argv)

        assert (said.code, said.out) == (2, "")
        assert reason in said.line

    def test_unknown_symbol(self, public: Run) -> None:
        """What the exchange refuses is one line and code 1."""
        said = public("klines", "NOSUCH")

        assert said.code == 1
        assert "code 2" in said.line


class TestFunding:
    """``sixmm funding``."""

    def test_all(self, public: Run) -> None:
        """Without a symbol there is a row for each, with the documented keys."""
        symbols = {row["symbol"] for row in public("markets", "--json").objects}
        objects = public("funding", "--json").objects

        assert {row["symbol"] for row in objects} == symbols
        assert all(list(row) == [column.key for column in FUNDING] for row in objects)
        assert all(Decimal(row["funding_rate"]).is_finite() for row in objects)

    def test_one(self, public: Run) -> None:
        """With a symbol there is its row alone."""
        assert [r["symbol"] for r in public("funding", "BTCUSDT", "--json").objects] == ["BTCUSDT"]


def test_no_exchange(run: Run, unused_port: int) -> None:
    """Where nobody answers, one line says so and what to check, with code 1."""
    said = run("markets", "--rest-url", f"http://127.0.0.1:{unused_port}")

    assert said.code == 1
    assert "check the network and the address" in said.line


def test_amounts_are_numbers_in_a_table() -> None:
    """What is aligned to the right is declared as a number: every amount of the lists is."""
    for columns in (MARKETS, KLINES, FUNDING):
        words = ("price", "size", "quantity", "notional", "rate", "volume", "open", "close")
        for column in columns:
            if column.key.endswith(words) and column.kind is not Kind.TIME:
                assert column.kind is Kind.NUMBER, column.key
