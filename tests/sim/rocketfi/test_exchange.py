"""The server as a Python object."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.sim.rocketfi import RocketFiExchange

from .client import Stream


def test_it_runs_by_itself() -> None:
    """Without a step of the caller, accounts trade and the log fills."""
    with RocketFiExchange(steps_per_second=200) as exchange:
        account = exchange.create_account()

        assert exchange.wait_until(lambda: len(exchange.private_log(account)) > 50, timeout=30)
        assert "serving" in repr(exchange)


def test_it_lives_once() -> None:
    """A second start does nothing; after the end it is refused; a second end does nothing."""
    exchange = RocketFiExchange(running=False)
    exchange.close()
    exchange.start()
    url = exchange.rest_url
    exchange.start()
    assert exchange.rest_url == url
    exchange.close()
    exchange.close()
    with pytest.raises(RuntimeError, match="closed"):
        exchange.start()
    assert "not serving" in repr(exchange)


def test_a_port_that_is_taken() -> None:
    """It is told at the start, and nothing is left over."""
    with RocketFiExchange(running=False) as exchange:
        port = int(exchange.rest_url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="address"):
            RocketFiExchange(running=False, port=port).start()


@pytest.mark.parametrize(
    "settings",
    [{"host": "0.0.0.0"}, {"host": "example.org"}, {"steps_per_second": 0}, {"outgoing_limit": 0}],
)
def test_settings_that_cannot_work(settings: dict[str, Any]) -> None:
    """Nobody but this machine is served, and figures have bounds."""
    with pytest.raises(ValueError, match=r"must|loopback"):
        RocketFiExchange(**settings)


def test_other_loopback_addresses() -> None:
    """A name and IPv6 are shown as addresses."""
    assert RocketFiExchange(host="localhost").ws_url == "ws://127.0.0.1:0/ws"
    assert RocketFiExchange(host="::1").rest_url == "http://[::1]:0"


def test_accounts() -> None:
    """Addresses come from seed and name; a name is taken once."""
    exchange = RocketFiExchange(running=False)
    account = exchange.create_account("alice", balance="5.5")
    assert len(account.address) == 42
    assert account.address == RocketFiExchange(running=False).create_account("alice").address
    with pytest.raises(ValueError, match="already"):
        exchange.create_account("alice")
    assert exchange.truth(account)["collateral"] == {"0": "5.5"}


def test_commands(exchange: RocketFiExchange) -> None:
    """Each is told in the log, and the truth follows."""
    account = exchange.create_account(scripted=False)
    order = exchange.place_order(account, quantity="2", price="100", trigger=("StopLoss", "90"))
    exchange.fill_order(account, order, quantity="0.5")
    exchange.modify_order(account, order, price="101", quantity="3")
    row = exchange.truth(account)["orders"][str(order)]
    assert (row["price"], row["quantity"], row["filledQuantity"]) == ("101", "3", "0.5")
    exchange.fill_order(account, order)
    exchange.pay_funding(account, rate="0.01")
    exchange.deposit(account, "10")
    truth = exchange.truth(account)

    assert truth["orders"] == {}
    (position,) = truth["positions"].values()
    assert position["quantity"] == "3"
    fees = Decimal("0.0005") * (50 + Decimal("252.5"))
    paid = Decimal("0.01") * (50 + Decimal("252.5"))
    assert Decimal(truth["collateral"]["0"]) == 10_010 - fees - paid
    kinds = {entry.event_type for entry in exchange.private_log(account)}
    assert kinds == {
        *("OrderEventUpdate", "OpenOrdersUpdate", "PositionUpdate", "CollateralUpdate"),
        *("AccountRiskUpdate", "PositionFundingUpdate"),
    }


def test_commands_that_cannot_be_done(exchange: RocketFiExchange) -> None:
    """They raise, and change nothing."""
    account = exchange.create_account(scripted=False)
    order = exchange.place_order(account, quantity="2", price="100")
    exchange.fill_order(account, order, quantity="1")
    before = exchange.truth(account)
    for command in (
        lambda: exchange.fill_order(account, order, quantity="1.5"),
        lambda: exchange.fill_order(account, 5),
        lambda: exchange.modify_order(account, order, price="1", quantity="1"),
        lambda: exchange.cancel_order(account, 5),
        lambda: exchange.deposit(account, "-1"),
        lambda: exchange.deposit(account, "1", asset=9),
        lambda: exchange.place_order(account, quantity="x"),
    ):
        with pytest.raises(ValueError):
            command()

    assert exchange.truth(account) == before


def test_the_log_counts_receivers(exchange: RocketFiExchange, stream: Stream) -> None:
    """It stays 0 where nobody was there, and the log has the event all the same."""
    account = exchange.create_account(scripted=False)
    exchange.place_order(account, price="9")
    stream.subscribe("OrderEvents", account=account.address)
    seen = exchange.private_log(account)[-1].seq
    exchange.place_order(account, price="9")
    stream.quiet()
    log = exchange.private_log(account)

    assert [entry.receivers for entry in log] == [0, 0, 1, 0]
    assert exchange.private_log(account, after_seq=seen) == log[2:]
    assert exchange.connections(account) == 1
