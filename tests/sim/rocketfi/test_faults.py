"""Faults by their names, from Python and by the control address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from websockets.exceptions import InvalidStatus

from sixmm.sim import faults as other
from sixmm.sim.rocketfi import Account, RocketFiExchange
from sixmm.sim.rocketfi.faults import FAULTS

from .client import Rest, Stream

Dial = Callable[[RocketFiExchange], Stream]


def test_the_names_are_those_of_the_other_exchange() -> None:
    """What has no meaning here is left out, and nothing else."""
    assert set(other.FAULTS) - set(FAULTS) == {"fail_renewal", "refuse_login"}


@pytest.mark.parametrize("how", ["rst", "fin", "mid_frame", "close"])
def test_cuts(exchange: RocketFiExchange, stream: Stream, how: str) -> None:
    """Every way of ending a connection ends it."""
    assert exchange.wait_until(lambda: exchange.connections() == 1)
    assert exchange.faults.cut(how) == 1
    assert exchange.connections() == 0
    assert stream.end() == ((1001, "") if how == "close" else (None, ""))


def test_a_cut_of_one_account(exchange: RocketFiExchange, dial: Dial) -> None:
    """Those are cut that have a feed of the account, which is named by its address."""
    accounts = [exchange.create_account(name, scripted=False) for name in ("a", "b")]
    streams = [dial(exchange) for _ in accounts]
    for one, stream in zip(accounts, streams, strict=True):
        stream.subscribe("Position", account=one.address)

    assert exchange.faults.inject('"Hello"', accounts[1]) == 1
    assert exchange.faults.cut("fin", accounts[0].address.lower()) == 1
    assert streams[0].end() == (None, "")
    assert streams[1].quiet() == ["Hello"]
    assert exchange.faults.cut("fin", accounts[1]) == 1
    with pytest.raises(ValueError, match="no account"):
        exchange.faults.cut("fin", "alice")


def test_refused_handshakes(exchange: RocketFiExchange, dial: Dial) -> None:
    """So many are refused, with any status."""
    exchange.faults.refuse(1, status=429, retry_after=2)
    with pytest.raises(InvalidStatus) as caught:
        dial(exchange)

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "2"
    assert dial(exchange).quiet() == []
    assert [record.status for record in exchange.requests] == [429, 101]


def test_rest_errors(exchange: RocketFiExchange, account: Account, rest: Rest) -> None:
    """The next calls of a path fail; the status is the code unless it is said otherwise."""
    exchange.faults.rest_error(1, code=503, retry_after=3, path="/position")

    assert rest.get("/open-orders", account=account.address)["orders"] is None
    assert rest.get("/position", account=account.address)["code"] == 503
    assert (rest.last.status_code, rest.last.headers["Retry-After"]) == (503, "3")
    assert "positions" in rest.get("/position", account=account.address)


def test_what_makes_no_sense_here(exchange: RocketFiExchange) -> None:
    """There is no login and nothing to renew."""
    with pytest.raises(ValueError, match="login"):
        exchange.faults.refuse_login(1)
    with pytest.raises(ValueError, match="renew"):
        exchange.faults.fail_renewal(1)


def test_the_control_address(exchange: RocketFiExchange, stream: Stream, rest: Rest) -> None:
    """It is the one that the command line of the other exchange speaks to."""
    assert exchange.wait_until(lambda: exchange.connections() == 1)
    reply = rest.post("/_sim/faults", {"name": "cut", "args": {"how": "fin"}})

    assert (reply["code"], reply["data"]["result"]) == (0, 1)
    assert stream.end() == (None, "")
    assert rest.post("/_sim/faults", {"name": "refuse_login", "count": 1})["code"] == 2002
    assert rest.post("/_sim/faults", {"name": "nonsense"})["code"] == 2002


def test_clear_ends_all(exchange: RocketFiExchange, account: Account, stream: Stream) -> None:
    """After it nothing goes wrong any more."""
    stream.subscribe("OrderEvents", account=account.address)
    exchange.faults.mute()
    exchange.faults.clock_skew(-10_000)
    exchange.faults.clear()
    exchange.place_order(account, price="9")

    assert len(stream.quiet()) == 1
