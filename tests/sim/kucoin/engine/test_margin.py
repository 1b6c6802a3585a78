"""Borrowed and lent money."""

from __future__ import annotations

from ..bench import Bench, D

TOPIC = "/margin/position"


def test_debts_are_told_by_two_subjects(bench: Bench) -> None:
    """The status at the first debt and after the last, the ratio while there is one."""
    bench.spot.transfer("margin", "BTC", D(1))
    bench.margin.borrow("USDT", D(10_000))
    bench.margin.borrow("USDT", D(10_000))
    bench.margin.tell_ratio()
    bench.margin.repay("USDT", D(30_000))
    bench.margin.tell_ratio()
    pushes = bench.pushes(TOPIC)

    assert [one.subject for one in pushes] == [
        "position.status",
        "debt.ratio",
        "debt.ratio",
        "debt.ratio",
        "position.status",
    ]
    assert pushes[0].data["type"] == "LIABILITY"
    assert pushes[1].data["debtRatio"] == 0.0909
    assert pushes[2].data["debtList"] == {"BTC": "0", "USDT": "20000"}
    assert pushes[-1].data["type"] == "UNLIABILITY"
    assert bench.account.balance("margin", "USDT").total == 0


def test_one_subject_for_both(bench: Bench) -> None:
    """A page has it so: then only the fields tell the status from the ratio."""
    bench.manners.one_margin_subject = True
    bench.margin.borrow("USDT", D(10))
    status, ratio = bench.pushes(TOPIC)

    assert status.subject == ratio.subject == "debt.ratio"
    assert status.data["type"] == "LIABILITY"


def test_isolated_debts(bench: Bench) -> None:
    """They are told with all currencies of the symbol, on its own topic."""
    bench.spot.transfer("isolated_BTC-USDT", "BTC", D(1))
    bench.margin.borrow_isolated("BTC-USDT", "USDT", D(26))
    bench.margin.repay_isolated("BTC-USDT", "USDT", D(6))
    bench.margin.repay_isolated("BTC-USDT", "USDT", D(20))
    rows = bench.data("/margin/isolatedPosition:BTC-USDT")

    assert [row["status"] for row in rows] == ["DEBT", "DEBT", "CLEAR"]
    assert [row["accumulatedPrincipal"] for row in rows] == ["26", "20", "0"]
    assert rows[0]["changeAssets"]["USDT"] == {
        "total": "26",
        "hold": "0",
        "liabilityPrincipal": "26",
        "liabilityInterest": "0",
    }
    assert rows[0]["tag"] == "BTC-USDT"


def test_loans(bench: Bench) -> None:
    """An offer is open, lent in parts, and done when nothing is left of it or it is withdrawn."""
    loan = bench.margin.lend("BTC", D(1))
    bench.margin.lend_part(loan, D("0.5"))
    bench.margin.lend_part(loan, D("0.5"))
    other = bench.margin.lend("BTC", D(2))
    bench.margin.withdraw(other)
    pushes = bench.pushes("/margin/loan:BTC")

    assert [one.subject for one in pushes] == [
        "order.open",
        "order.update",
        "order.update",
        "order.done",
        "order.open",
        "order.done",
    ]
    assert pushes[1].data["lentSize"] == 0.5
    assert [pushes[3].data["reason"], pushes[5].data["reason"]] == ["filled", "canceled"]
    assert not bench.account.loans


def test_a_warning(bench: Bench) -> None:
    """Only the Pro stream has it."""
    bench.spot.transfer("margin", "USDT", D(5))
    bench.pushes()
    bench.margin.warn()
    (push,) = bench.pushes()

    assert (push.topic, push.data["eT"], push.data["a"]) == ("lw.CROSS", "MARGIN_CALL", "5")
