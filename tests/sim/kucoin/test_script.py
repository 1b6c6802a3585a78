"""What happens to an account by itself."""

from __future__ import annotations

from decimal import localcontext

import pytest

from sixmm.sim.engine.numbers import SIM_CONTEXT
from sixmm.sim.kucoin.script import MARKETS, MOST_OPEN, Script

from .bench import Bench


def played(steps: int, *, seed: int = 7, unified: bool = False) -> Bench:
    """Return an account after so many steps."""
    bench = Bench(unified=unified)
    with localcontext(SIM_CONTEXT):
        bench.trader.fund()
        script = Script(bench.trader, seed)
        for _ in range(steps):
            script.step()
    return bench


def test_the_same_seed_gives_the_same_course() -> None:
    """And another seed another one."""
    first, again, other = (
        [(one.topic, one.data) for one in played(200, seed=seed).pushes()] for seed in (7, 7, 8)
    )

    assert first == again
    assert first != other


@pytest.mark.parametrize("seed", range(5))
def test_it_goes_on_and_stays_small(seed: int) -> None:
    """Thousands of steps leave few orders, small positions, and money of every kind."""
    account = played(3_000, seed=seed).account

    assert len(account.spot_open) <= MOST_OPEN
    assert len(account.futures_open) <= MOST_OPEN
    assert all(abs(one.quantity) < 200 for one in account.positions.values())
    assert all(one.available >= 0 and one.hold >= 0 for one in account.balances.values())
    assert account.futures_cash > 0


def test_held_money_belongs_to_open_orders() -> None:
    """Nothing stays held for an order that has ended."""
    account = played(3_000).account
    held: dict[tuple[str, str], object] = {}
    for order in account.spot_open.values():
        kind = {"TRADE": "trade", "MARGIN_TRADE": "margin"}.get(order.trade_type, "isolated")
        currency = order.quote if order.side == "buy" else order.base
        held[kind, currency] = held.get((kind, currency), 0) + order.held  # type: ignore[operator]
    for (kind, currency), balance in account.balances.items():
        assert balance.hold == held.get((kind.partition("_")[0], currency), 0), (kind, currency)


def test_everything_happens() -> None:
    """Each kind of private push is among some thousand steps."""
    subjects = {(one.topic.partition(":")[0], one.subject) for one in played(2_000).pushes()}
    topics = {topic for topic, _ in subjects}

    assert topics >= {
        "/spotMarket/tradeOrders",
        "/spotMarket/tradeOrdersV2",
        "/spotMarket/advancedOrders",
        "/account/balance",
        "/market/match",
        "/margin/position",
        "/margin/isolatedPosition",
        "/margin/loan",
        "/contractMarket/tradeOrders",
        "/contractMarket/advancedOrders",
        "/contractAccount/wallet",
        "/contract/position",
        "/contract/positionAll",
        "/contract/marginMode",
        "/contract/crossLeverage",
        "lw.CROSS",
        "leverage.FUTURES",
    }
    assert ("/contract/position", "position.settlement") in subjects
    assert ("/contract/positionAll", "position.adjustRiskLimit") in subjects
    assert ("/margin/position", "debt.ratio") in subjects
    assert ("/margin/position", "position.status") in subjects


def test_no_two_pushes_of_a_topic_share_a_key() -> None:
    """So that what was lost or doubled can be named."""
    seen = set()
    for push in played(2_000).pushes():
        name = (push.topic, push.subject, push.key)
        assert name not in seen
        seen.add(name)


def test_some_markets_only() -> None:
    """A script plays where it is told to; a unified account has no margin accounts."""
    bench = Bench()
    script = Script(bench.trader, 7, ("spot",))
    with localcontext(SIM_CONTEXT):
        for _ in range(100):
            script.step()
    topics = {one.topic for one in bench.pushes()}
    unified = {one.topic for one in played(300, unified=True).pushes()}

    assert not any(topic.startswith(("/contract", "/margin")) for topic in topics)
    assert not any(topic.startswith("/margin") for topic in unified)
    assert MARKETS == ("spot", "margin", "futures")
    with pytest.raises(ValueError, match="markets are some of spot, margin, futures"):
        Script(bench.trader, 7, ("options",))


def test_a_script_without_a_market() -> None:
    """Nothing happens."""
    bench = Bench()
    Script(bench.trader, 7, ()).step()

    assert bench.pushes() == []
