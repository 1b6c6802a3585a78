"""The account mirror: takes over what is new, recognises what is not, and never goes back."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.state.account import PARTS, AccountMirror
from sixmm.state.models import Balance, Facts, Fill, Order, Position, Snapshot

from .lives import FILLED, LIFE, NEW, PARTLY, PENDING


def facts(*orders: Order, ts_ms: int = 0, fill: Fill | None = None) -> Facts:
    """Return what a push tells."""
    return Facts(ts_ms=ts_ms, orders=orders, fills=() if fill is None else (fill,))


# Telling orders


@given(st.permutations(LIFE * 2))
def test_any_order_of_arrival_ends_at_the_last_state(tellings: list[Order]) -> None:
    """Repeats and late tellings are harmless: the mirror ends at the truth and never goes back."""
    mirror = AccountMirror()
    ranks = []
    for order in tellings:
        mirror.tell_order(order)
        known = mirror.order("1")
        assert known is not None
        ranks.append((known.rank, known.executed_quantity or Decimal(0)))
    assert ranks == sorted(ranks)
    assert mirror.order("1") == FILLED


# Applying pushes


def test_a_push_is_new_once() -> None:
    """The second time it tells nothing (rule 81)."""
    mirror = AccountMirror()
    push = facts(PARTLY, fill=Fill(fill_id="f1", order_id="1"), ts_ms=5)
    assert mirror.apply(push)
    assert not mirror.apply(push)


def test_a_late_older_state_is_news_and_does_not_overwrite() -> None:
    """It was not told before, so the caller gets it, marked; what is known never goes back."""
    mirror = AccountMirror()
    later = Order(order_id="1", status="FILLED", rank=3, updated_at_ms=9)
    older = Order(order_id="1", status="PENDING", rank=1, updated_at_ms=5)
    assert mirror.apply(Facts(ts_ms=9, orders=(later,)))
    assert mirror.take_late() == []
    late = Facts(ts_ms=5, orders=(older,))
    assert mirror.apply(late)
    assert mirror.take_late() == [late]
    assert mirror.take_late() == []
    assert mirror.order("1") == later


def test_a_push_about_nothing_that_is_kept_reaches_the_caller() -> None:
    """The mirror is no filter for what it does not know."""
    mirror = AccountMirror()
    assert mirror.apply(Facts(ts_ms=1))
    assert mirror.apply(Facts(ts_ms=1))


def test_a_new_fill_of_an_old_state_reaches_the_caller() -> None:
    """A fill is told once, also where the order is known to be further."""
    mirror = AccountMirror()
    mirror.apply(facts(FILLED))
    assert mirror.apply(facts(PARTLY, fill=Fill(fill_id="f1", order_id="1")))
    assert mirror.order("1") == FILLED


def test_a_fill_that_was_told_by_rest_is_not_told_again_by_a_late_push() -> None:
    """The times of the row and of the push may differ a little; the fill id does not (rule 81)."""
    mirror = AccountMirror()
    fill = Fill(fill_id="f1", order_id="1", quantity=Decimal(1), time_ms=1_002)
    mirror.tell_order(PARTLY)
    mirror.tell_fill(fill)
    late = attrs.evolve(PARTLY, updated_at_ms=1_003)
    assert not mirror.apply(facts(late, fill=fill, ts_ms=1_003))


def test_gaps_are_filled_from_what_is_known() -> None:
    """A push that names few fields does not make the mirror forget the others."""
    mirror = AccountMirror()
    mirror.apply(facts(PENDING))
    mirror.apply(facts(Order(order_id="1", status="CANCELED", rank=3)))
    order = mirror.order("1")
    assert order is not None
    assert (order.status, order.price, order.symbol) == ("CANCELED", Decimal(100), "BTCUSDT")


def test_an_ended_order_is_not_open() -> None:
    """It moves from the open orders to the last ones."""
    mirror = AccountMirror()
    mirror.apply(facts(PENDING))
    assert set(mirror.picture().open_orders) == {"1"}
    mirror.apply(facts(FILLED))
    assert mirror.picture().open_orders == {}
    assert set(mirror.picture().orders) == {"1"}
    assert mirror.baseline().open_orders == {}


@pytest.mark.parametrize("count", [1, 5, 50])
def test_memory_is_bounded(count: int) -> None:
    """The oldest ended orders and fills are forgotten; open orders never are."""
    mirror = AccountMirror(max_ended_orders=3, max_fills=4)
    for number in range(count):
        ended = attrs.evolve(FILLED, order_id=f"e{number}")
        mirror.apply(facts(ended, fill=Fill(fill_id=f"f{number}", order_id=f"e{number}")))
        mirror.apply(facts(attrs.evolve(PENDING, order_id=f"o{number}")))
    picture = mirror.picture()
    assert len(picture.open_orders) == count
    assert len(picture.orders) - count == min(count, 3)
    assert [fill.fill_id for fill in picture.fills] == [
        f"f{number}" for number in range(max(0, count - 4), count)
    ]


# Balances and positions


def balance(wallet: int, *, used: int | None = None) -> Balance:
    """Return a balance."""
    return Balance(
        asset="USDT", wallet=Decimal(wallet), used=None if used is None else Decimal(used)
    )


def told(row: Balance | Position, ts_ms: int) -> Facts:
    """Return a push about a balance or a position."""
    if isinstance(row, Balance):
        return Facts(ts_ms=ts_ms, balances=(row,))
    return Facts(ts_ms=ts_ms, positions=(row,))


def position(quantity: int) -> Position:
    """Return a position."""
    return Position(symbol="BTCUSDT", position_side="BOTH", quantity=Decimal(quantity))


@pytest.mark.parametrize("make", [balance, position])
@given(st.lists(st.integers(1, 6), max_size=12))
def test_a_push_is_left_out_only_where_its_text_was_taken(make: object, pushes: list[int]) -> None:
    """A repeat changes nothing; every other push is news, and what holds is the latest by time."""
    assert callable(make)
    mirror = AccountMirror()
    taken: list[int] = []
    for number in pushes:
        push = attrs.evolve(told(make(number), number), push=f"push {number}")
        is_new, is_late = number not in taken, bool(taken) and number < max(taken)
        assert mirror.apply(push) is is_new
        assert mirror.take_late() == ([push] if is_new and is_late else [])
        taken += [number] if is_new else []
    picture = mirror.picture()
    rows = [*picture.balances.values(), *picture.positions.values()]
    assert rows == ([make(max(taken))] if taken else [])


def test_a_push_whose_clock_lags_is_news() -> None:
    """The times of pushes and of snapshots come from different clocks: values decide."""
    mirror = AccountMirror()
    mirror.adopt(Snapshot(as_of_ms=1_000_000, balances=(balance(5),)))
    assert mirror.apply(attrs.evolve(told(balance(6), 1), push="a push from long ago"))
    assert mirror.picture().balances["USDT"] == balance(6)


def test_pushes_that_differ_in_unknown_fields_are_all_news() -> None:
    """On one link the order of arrival is the truth, whatever the schema knows of a push."""
    mirror = AccountMirror()
    order = Order(order_id="1", status="PENDING", rank=1, updated_at_ms=5)
    pushes = [Facts(ts_ms=5, push=f"push {n}", orders=(order,)) for n in range(3)]
    assert [mirror.apply(push) for push in pushes] == [True, True, True]
    assert not mirror.apply(pushes[0])


def test_a_row_that_returns_to_an_earlier_value_is_news() -> None:
    """Same value, later time: it went there and back."""
    mirror = AccountMirror()
    mirror.apply(told(balance(1), 1))
    mirror.apply(told(balance(2), 2))
    assert mirror.apply(told(balance(1), 3))


def test_a_push_that_repeats_a_snapshot_is_not_news() -> None:
    """The change was told from the snapshot already."""
    mirror = AccountMirror()
    assert mirror.tell_balance(balance(5))
    assert not mirror.apply(told(balance(5), 11))
    assert mirror.apply(told(balance(6), 12))


def test_a_snapshot_is_news_only_by_value() -> None:
    """It carries no time of its own."""
    mirror = AccountMirror()
    mirror.apply(told(balance(5, used=1), 10))
    assert not mirror.tell_balance(balance(5))
    assert mirror.tell_balance(balance(6))
    assert mirror.picture().balances["USDT"] == balance(6, used=1)


def test_a_position_that_was_never_there_is_not_told() -> None:
    """A snapshot with a quantity of 0 says nothing about something unknown."""
    mirror = AccountMirror()
    assert not mirror.tell_position(position(0))
    assert mirror.tell_position(position(2))
    assert mirror.tell_position(position(0))
    assert mirror.open_positions() == []
    assert mirror.picture().positions == {}


# Staleness and the baseline


def test_a_new_mirror_is_stale() -> None:
    """Nothing was compared yet."""
    assert AccountMirror().picture().stale == PARTS


def test_what_was_compared_is_certain_and_the_rest_is_not() -> None:
    """Each part on its own."""
    mirror = AccountMirror()
    mirror.mark_checked(100, unchecked=["positions"])
    assert mirror.picture().stale == ("positions",)
    mirror.mark_stale()
    assert mirror.picture().stale == PARTS
    mirror.mark_checked(200)
    assert mirror.picture().stale == ()
    assert mirror.picture().as_of_ms == 200


def since(mirror: AccountMirror) -> int:
    """Return the time from which the next snapshot is asked."""
    return mirror.baseline().since_ms


def test_the_baseline_moves_only_while_everything_is_certain() -> None:
    """A push after a gap says nothing about the gap: it must still be asked for."""
    mirror = AccountMirror()
    mirror.begin(1_000_000)
    before = since(mirror)
    mirror.apply(facts(NEW, ts_ms=2_000_000))
    assert since(mirror) == before
    mirror.mark_checked(2_000_000)
    mirror.apply(facts(PENDING, ts_ms=3_000_000))
    assert since(mirror) == 3_000_000 - 10_000
    mirror.mark_stale()
    mirror.apply(facts(FILLED, ts_ms=4_000_000))
    assert since(mirror) == 3_000_000 - 10_000


@pytest.mark.parametrize("part", ["fills", "orders"])
def test_the_baseline_waits_for_fills_and_orders(part: str) -> None:
    """A comparison that could not ask for trades leaves the gap open."""
    mirror = AccountMirror()
    mirror.begin(1_000_000)
    mirror.mark_checked(2_000_000, unchecked=[part])
    assert since(mirror) == 990_000


def test_the_baseline_names_what_is_known() -> None:
    """The open orders, and the fills; also those that become known meanwhile."""
    mirror = AccountMirror()
    mirror.apply(facts(PENDING, fill=Fill(fill_id="f1", order_id="1")))
    baseline = mirror.baseline()
    assert baseline.open_orders == {"1": "BTCUSDT"}
    assert "f1" in baseline.fills
    assert "f2" not in baseline.fills
    # A push may tell of it while the calls are made: then there is nothing left to look up.
    mirror.apply(facts(PENDING, fill=Fill(fill_id="f2", order_id="1")))
    assert "f2" in baseline.fills


def test_the_baseline_names_open_orders_only() -> None:
    """Whether they were read before, or are as they were pushed; one without a symbol has ""."""
    mirror = AccountMirror()
    mirror.apply(facts(PENDING))
    mirror.picture()
    mirror.apply(facts(attrs.evolve(PENDING, order_id="2", symbol=None)))
    mirror.apply(facts(attrs.evolve(FILLED, order_id="3")))
    assert mirror.baseline().open_orders == {"1": "BTCUSDT", "2": ""}


# Pictures


def test_a_picture_does_not_change() -> None:
    """The caller holds it while the mirror goes on."""
    mirror = AccountMirror()
    mirror.apply(facts(PENDING))
    picture = mirror.picture()
    mirror.apply(facts(FILLED))
    assert picture.orders["1"] == PENDING
    with pytest.raises(TypeError):
        picture.orders["2"] = FILLED  # type: ignore[index]


def test_a_snapshot_can_be_taken_over_silently() -> None:
    """What was there before anything is told."""
    mirror = AccountMirror()
    mirror.adopt(
        Snapshot(
            as_of_ms=500,
            fills=(Fill(fill_id="f1", order_id="2"),),
            open_orders=(PENDING,),
            ended_orders=(attrs.evolve(FILLED, order_id="2"),),
            positions=(position(1),),
            balances=(balance(7),),
        )
    )
    picture = mirror.picture()
    assert set(picture.orders) == {"1", "2"}
    assert picture.balances["USDT"] == balance(7)
    assert picture.stale == ()
    assert not mirror.apply(facts(PENDING))


def test_a_snapshot_with_gaps_can_be_taken_over() -> None:
    """What could not be asked stays uncertain; the rest is taken."""
    mirror = AccountMirror()
    unchecked = dict.fromkeys(("fills", "orders", "positions"), "not permitted")
    mirror.adopt(Snapshot(as_of_ms=500, balances=(balance(7),), unchecked=unchecked))
    picture = mirror.picture()
    assert picture.balances["USDT"] == balance(7)
    assert set(picture.stale) == set(unchecked)
