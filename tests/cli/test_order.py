"""One order from its preview to its end; without a clear yes nothing is sent, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.cli import main
from sixmm.cli.order import CANCELED, PLACED, PREVIEW
from sixmm.cli.orders import ORDERS
from sixmm.errors import OutcomeUnknown
from sixmm.ordering import OrdersGroup
from sixmm.sim import Account, Exchange

from .running import FullDisk, Run

_PLACE = "/v1/private/order/place"
_CANCEL = "/v1/private/order/cancel"


def _sent(exchange: Exchange, path: str) -> int:
    return len([request for request in exchange.requests if request.path == path])


@pytest.fixture
def low_price(market: Exchange) -> str:
    """A price far below the market, so that a buy rests."""
    return f"{market.mid_price('BTCUSDT') // 2:f}"


@pytest.fixture
def buy(at_home: Run, low_price: str) -> Callable[..., Any]:
    """Run ``order place`` for an order that rests."""

    def run(*options: str) -> Any:
        order = ("BTCUSDT", "BUY", "--quantity", "0.010", "--price", low_price)
        return at_home("order", "place", *order, *options)

    return run


class TestPreview:
    """``sixmm order preview``."""

    def test_json(self, at_home: Run, low_price: str, exchange: Exchange) -> None:
        """Notional, fee and margin are exact, with the documented keys, and no order is sent."""
        said = at_home(
            *("order", "preview", "btcusdt", "buy", "--quantity", "0.010"),
            *("--price", low_price, "--json"),
        )

        assert (said.code, said.err) == (0, "")
        (found,) = said.objects
        assert list(found) == [column.key for column in PREVIEW]
        notional = Decimal("0.010") * Decimal(low_price)
        assert Decimal(found["notional"]) == notional
        assert Decimal(found["fee"]) == notional * Decimal(found["fee_rate"])
        assert Decimal(found["initial_margin"]) * found["leverage"] >= notional
        assert isinstance(found["warnings"], list)
        assert _sent(exchange, _PLACE) == 0

    def test_table(self, at_home: Run, low_price: str) -> None:
        """People read a line for each figure."""
        said = at_home(
            *("order", "preview", "BTCUSDT", "BUY", "--quantity", "0.01", "--price", low_price)
        )

        titles = [line.split("  ")[0] for line in said.out.splitlines()]
        assert {"notional", "fee", "margin"} <= set(titles)

    def test_invalid(self, at_home: Run, exchange: Exchange) -> None:
        """A broken rule of the symbol is bad input, told with the nearest valid value (rule 43)."""
        said = at_home(
            *("order", "preview", "BTCUSDT", "BUY", "--quantity", "0.01", "--price", "40000.0001")
        )

        assert (said.code, said.out) == (2, "")
        assert "tick" in said.line
        assert "40000" in said.line
        assert _sent(exchange, _PLACE) == 0


class TestPlace:
    """``sixmm order place``."""

    def test_json(self, buy: Any, exchange: Exchange, account: Account) -> None:
        """The result is on stdout with the documented keys, the preview on stderr."""
        said = buy("--json")

        assert said.code == 0
        (found,) = said.objects
        assert list(found) == [column.key for column in PLACED]
        assert found["outcome"] == "confirmed"
        assert list(exchange.truth(account)["open_orders"]) == [found["order_id"]]
        assert all(word in said.err for word in ("notional", "fee", "margin"))

    def test_own_id(self, buy: Any, exchange: Exchange, account: Account) -> None:
        """An id that is given is used; another one is made otherwise (rule 45)."""
        (found,) = buy("--client-order-id", "mine-1", "--json").objects
        assert found["client_order_id"] == "mine-1"
        (other,) = buy("--json").objects
        orders = exchange.truth(account)["open_orders"].values()
        assert {row["clientOrderId"] for row in orders} == {"mine-1", other["client_order_id"]}

    def test_refused_without_yes(
        self, buy: Any, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anywhere but on an embedded exchange nothing is placed without --yes."""
        monkeypatch.setattr("sixmm.cli.rest.is_embedded", lambda _: False)

        said = buy()

        assert (said.code, said.out) == (2, "")
        assert "notional" in said.err
        assert said.err.splitlines()[-1] == (
            "sixmm: nothing was sent: to place it, repeat it with --yes"
        )
        assert _sent(exchange, _PLACE) == 0

    def test_with_yes(self, buy: Any, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
        """With --yes it is placed anywhere."""
        monkeypatch.setattr("sixmm.cli.rest.is_embedded", lambda _: False)

        assert buy("--yes").code == 0
        assert _sent(exchange, _PLACE) == 1

    @pytest.mark.usefixtures("market")
    def test_rejected(self, at_home: Run) -> None:
        """What the exchange refuses is code 1, and the line says what to do."""
        said = at_home(
            *("order", "place", "BTCUSDT", "BUY", "--type", "MARKET", "--quantity", "90")
        )

        assert said.code == 1
        assert "code 3001" in said.err
        assert "add funds" in said.err

    @pytest.mark.parametrize("form", ["--json", "--csv", None])
    def test_unknown(self, form: str | None, buy: Any, exchange: Exchange) -> None:
        """An unknown outcome is code 3, with the command that looks for the order; sent once."""
        exchange.faults.rest_error(1, code=5001, path=_PLACE)

        said = buy("--client-order-id", "mine-1", *([form] if form else []))

        assert said.code == 3
        line = said.err.splitlines()[-1]
        assert "outcome unknown; look with: sixmm order get BTCUSDT" in line
        assert "--client-order-id mine-1" in line
        assert "unknown" in said.out
        assert "mine-1" in said.out
        assert _sent(exchange, _PLACE) == 1

    @pytest.mark.parametrize("own_id", ["a b", "a;$(c)", "", "x" * 100])
    def test_id_that_cannot_be(self, own_id: str, buy: Any, exchange: Exchange) -> None:
        """An id that could not be looked for, or pasted into a shell, is refused before sending."""
        said = buy("--client-order-id", own_id)

        assert (said.code, said.out) == (2, "")
        assert "cannot be" in said.err.splitlines()[-1]
        assert _sent(exchange, _PLACE) == 0

    def test_ctrl_c(self, buy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C while it is sent leaves the command that looks for the order."""

        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(OrdersGroup, "place", interrupted)

        said = buy("--client-order-id", "mine-1")

        assert said.code == 130
        assert said.err.splitlines()[-1] == (
            "sixmm: interrupted: outcome unknown; look with:"
            " sixmm order get BTCUSDT --client-order-id mine-1"
        )

    def test_result_that_cannot_be_written(
        self, at_home: Run, exchange: Exchange, low_price: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An order that is placed is never told as a failure only because stdout is gone."""
        assert at_home("markets").code == 0
        argv = ["order", "place", "BTCUSDT", "BUY", "--quantity", "0.01", "--price", low_price]
        monkeypatch.setattr("sys.stdout", FullDisk())

        assert main(argv) == 3
        assert _sent(exchange, _PLACE) == 1


class TestGet:
    """``sixmm order get``."""

    def test_json(self, at_home: Run, buy: Any) -> None:
        """The order is found by either id, with the keys of the lists."""
        buy("--client-order-id", "mine-1")

        (by_own,) = at_home(
            "order", "get", "BTCUSDT", "--client-order-id", "mine-1", "--json"
        ).objects
        (by_id,) = at_home(
            "order", "get", "BTCUSDT", "--order-id", by_own["order_id"], "--json"
        ).objects

        assert by_own == by_id
        assert list(by_id) == [column.key for column in ORDERS]
        assert (by_id["status"], by_id["quantity"]) == ("PENDING", "0.01")

    def test_both_ids(self, at_home: Run, buy: Any) -> None:
        """Given both ids, an order has to match both (rule 52)."""
        (placed,) = buy("--client-order-id", "mine-1", "--json").objects
        ids = ["--order-id", placed["order_id"], "--client-order-id"]

        assert at_home("order", "get", "BTCUSDT", *ids, "mine-1").code == 0
        assert at_home("order", "get", "BTCUSDT", *ids, "other").code == 1

    def test_none(self, at_home: Run) -> None:
        """An order that is not there is code 1, and the line says where else to look."""
        said = at_home("order", "get", "BTCUSDT", "--order-id", "1")

        assert said.code == 1
        assert "code 3003" in said.line
        assert "sixmm orders history" in said.line


class TestCancel:
    """``sixmm order cancel`` and ``cancel-all``."""

    def test_accepted(self, at_home: Run, buy: Any) -> None:
        """The answer is "accepted" and no more than that (rule 59)."""
        buy("--client-order-id", "mine-1")

        said = at_home("order", "cancel", "BTCUSDT", "--client-order-id", "mine-1", "--json")

        assert (said.code, said.err) == (0, "")
        (found,) = said.objects
        assert list(found) == [column.key for column in CANCELED]
        assert (found["outcome"], found["status"]) == ("accepted", None)

    def test_wait(self, at_home: Run, buy: Any, exchange: Exchange, account: Account) -> None:
        """With --wait it is done when the command ends."""
        (placed,) = buy("--json").objects

        (found,) = at_home(
            "order", "cancel", "BTCUSDT", "--order-id", placed["order_id"], "--wait", "--json"
        ).objects

        assert (found["outcome"], found["status"]) == ("done", "CANCELED")
        assert exchange.truth(account)["open_orders"] == {}

    def test_unknown(self, at_home: Run, buy: Any, exchange: Exchange) -> None:
        """An unknown outcome is code 3, with the command that looks."""
        (placed,) = buy("--json").objects
        exchange.faults.rest_error(1, code=5002, path=_CANCEL)

        said = at_home("order", "cancel", "BTCUSDT", "--order-id", placed["order_id"], "--json")

        assert said.code == 3
        assert said.objects[0]["outcome"] == "unknown"
        assert f"sixmm order get BTCUSDT --order-id {placed['order_id']}" in said.line
        assert _sent(exchange, _CANCEL) == 1

    @pytest.mark.parametrize("symbol", [[], ["btcusdt"]])
    def test_all(
        self, symbol: list[str], at_home: Run, buy: Any, exchange: Exchange, account: Account
    ) -> None:
        """Every open order of the symbol, or of all, is gone when --wait returns."""
        buy()
        buy()

        (found,) = at_home("order", "cancel-all", *symbol, "--wait", "--json").objects

        assert found["outcome"] == "done"
        assert exchange.truth(account)["open_orders"] == {}

    def test_all_of_another_symbol(
        self, at_home: Run, buy: Any, exchange: Exchange, account: Account
    ) -> None:
        """Orders of other symbols stay."""
        buy()

        assert at_home("order", "cancel-all", "ETHUSDT", "--wait").code == 0
        assert len(exchange.truth(account)["open_orders"]) == 1

    @pytest.mark.parametrize(
        ("kind", "number"), [("normal", 0), ("limit", 1), ("condition", 2), ("LIMIT", 1)]
    )
    def test_kinds(
        self, kind: str, number: int, at_home: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The words are the numbers of rule 57."""
        seen = []

        def cancel_all(_group: object, _symbol: str | None, *, kind: int, wait: bool) -> None:
            seen.append((kind, wait))

        monkeypatch.setattr(OrdersGroup, "cancel_all", cancel_all)

        assert at_home("order", "cancel-all", "--kind", kind).code == 0
        assert seen == [(number, False)]

    def test_all_unknown(self, at_home: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """An unknown outcome of a cancel-all is code 3, too."""

        def lost(*_: object, **__: object) -> None:
            raise OutcomeUnknown("cancelAllOrders: sent", operation="cancelAllOrders")

        monkeypatch.setattr(OrdersGroup, "cancel_all", lost)

        said = at_home("order", "cancel-all", "BTCUSDT", "--json")

        assert said.code == 3
        assert said.objects[0]["outcome"] == "unknown"
        assert "look with: sixmm orders open --symbol BTCUSDT" in said.line


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["order", "get", "BTCUSDT"], "--order-id or --client-order-id"),
        (["order", "cancel", "BTCUSDT"], "--order-id or --client-order-id"),
        (["order", "cancel-all", "--kind", "some"], "is not one of"),
        (["order", "place", "BTCUSDT", "BUY", "--quantity", "0.1"], "no credentials"),
        (["order", "amend"], "No such command"),
    ],
)
def test_bad_input(run: Run, argv: list[str], reason: str) -> None:
    """Bad input is one line and code 2."""
    said = run(*argv)

    assert (said.code, said.out) == (2, "")
    assert reason in said.line
