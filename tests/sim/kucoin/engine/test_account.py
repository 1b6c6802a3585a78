"""The clock, the identifiers and the balances of an account."""

from __future__ import annotations

from ..bench import START_NS, Bench, D


def test_no_two_moments_are_the_same(bench: Bench) -> None:
    """Time goes on even when the clock does not."""
    assert [bench.account.tick() for _ in range(3)] == [START_NS, START_NS + 1000, START_NS + 2000]


def test_identifiers_differ_and_come_from_the_seed(bench: Bench) -> None:
    """The same seed gives the same; none is given twice."""
    other = Bench()
    names = [bench.account.spot_order_id(START_NS) for _ in range(100)]

    assert names == [other.account.spot_order_id(START_NS) for _ in range(100)]
    assert len(set(names)) == 100
    assert all(len(name) == 24 for name in names)
    assert bench.account.futures_order_id().isdigit()


def test_a_balance_that_changes_is_pushed(bench: Bench) -> None:
    """Each push tells the amounts after it and the change; its id is in the envelope too."""
    bench.spot.transfer("trade", "USDT", D(100))
    first, pro = bench.pushes()
    bench.account.change_balance(
        "trade",
        "USDT",
        START_NS,
        available=D("-1.5"),
        hold=D("1.5"),
        what="hold",
        context={"symbol": "BTC-USDT"},
    )
    second = bench.pushes("/account/balance")[0]

    assert first.data["relationEvent"] == "trade.transfer"
    assert (pro.topic, pro.data["c"], pro.data["a"]) == ("balance.SPOT", "USDT", "100.0000000000")
    assert second.data["relationEvent"] == "trade.hold"
    assert second.data["available"] == "98.5"
    assert second.data["hold"] == "1.5"
    assert second.data["total"] == "100"
    assert second.data["availableChange"] == "-1.5"
    assert second.data["holdChange"] == "1.5"
    assert second.data["relationContext"] == {"symbol": "BTC-USDT"}
    assert second.envelope_id == second.data["relationEventId"] != first.envelope_id
    assert second.data["accountId"] == first.data["accountId"]


def test_pro_balances_by_account(bench: Bench) -> None:
    """The Pro stream tells the sub-accounts apart by type; that of funding has its own form."""
    for kind in ("main", "margin", "isolated_BTC-USDT"):
        bench.spot.transfer(kind, "USDT", D(1))
    pro = [one for one in bench.pushes() if one.pro]

    assert [one.topic for one in pro] == ["balance.FUNDING", "balance.CROSS", "balance.ISOLATED"]
    assert pro[0].data["U"] == str(START_NS // 10**6)
    unified = Bench(unified=True)
    unified.spot.transfer("trade", "USDT", D(1))
    assert [one.topic for one in unified.pushes() if one.pro] == ["balance.UNIFIED"]
