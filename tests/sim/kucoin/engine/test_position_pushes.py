"""The forms in which positions and the wallet are told."""

from __future__ import annotations

from ..bench import Bench, D

X = "XBTUSDTM"


def test_a_closed_position(bench: Bench) -> None:
    """It is not open, has no lots, and no margin at all."""
    bench.futures.match(bench.futures.place(X, "buy", 4), 4, price=D(70_000))
    bench.futures.match(bench.futures.place(X, "sell", 4), 4, price=D(71_000))
    opened, closed = bench.data(f"/contract/position:{X}")

    assert opened["posMargin"] == 56.0
    assert (closed["isOpen"], closed["currentQty"]) == (False, 0)
    assert "posMargin" not in closed
    assert closed["realisedGrossPnl"] == 4.0


def test_what_names_no_symbol(bench: Bench) -> None:
    """Settlements are on the topic of the symbol only; risk limits are on that of all, too."""
    bench.futures.match(bench.futures.place(X, "buy", 4), 4, price=D(70_000))
    bench.pushes()
    bench.futures.settle_funding(X, D("-0.000023"))
    bench.futures.set_risk_limit(X, 9, "Insufficient balance.")
    topics: dict[str, set[str]] = {}
    for push in bench.pushes():
        topics.setdefault(push.subject, set()).add(push.topic)

    assert topics["position.settlement"] == {f"/contract/position:{X}"}
    assert topics["position.adjustRiskLimit"] == {
        f"/contract/position:{X}",
        "/contract/positionAll",
    }


def test_deprecated_subjects(bench: Bench) -> None:
    """They come with the wallet only if they are asked for."""
    bench.futures.transfer(D(1))
    assert [one.subject for one in bench.pushes("/contractAccount/wallet")] == [
        "walletBalance.change"
    ]
    bench.manners.old_wallet = True
    bench.futures.transfer(D(1))
    assert [one.subject for one in bench.pushes("/contractAccount/wallet")] == [
        "walletBalance.change",
        "orderMargin.change",
        "availableBalance.change",
        "withdrawHold.change",
    ]
