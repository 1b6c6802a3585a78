"""Acknowledgements that are late or lost."""

from __future__ import annotations

from collections.abc import Callable

from sixmm.sim.kucoin import Account, KuCoinExchange

from .bench import D
from .client import Caller, Classic

Dial = Callable[[Caller], Classic]


def test_a_lost_acknowledgement(
    exchange: KuCoinExchange, account: Account, spot: Caller, dial: Dial
) -> None:
    """It is never sent, but the subscription is there."""
    stream = dial(spot)
    exchange.faults.lose_acks(1)
    stream.tell("subscribe", "/account/balance")
    assert stream.pending() == []
    with exchange.moment(account) as trader:
        trader.spot.transfer("trade", "USDT", D(1))

    assert [one["topic"] for one in stream.pending()] == ["/account/balance"]


def test_a_late_acknowledgement(exchange: KuCoinExchange, spot: Caller, dial: Dial) -> None:
    """Nothing else waits for it."""
    stream = dial(spot)
    exchange.faults.late_ack(1.5)
    request_id = stream.tell("subscribe", "/account/balance")
    assert stream.pending() == []
    assert stream.until(request_id)[0]["type"] == "ack"
