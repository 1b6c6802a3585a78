"""The audit finds what was lost and what came twice, and accuses nobody wrongly."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.cli.audit import Audit, audit
from sixmm.events import Connected, Event, Origin, UnknownEvent
from sixmm.venues.sixmm.stream_schema import AccountUpdate, OrderTradeUpdate

from .world import World, deliver, mirror_of, steps, streamed, told_by_rest

_EXAMPLES = settings(max_examples=60, deadline=None)


def _audit(world: World, delivered: list[Event]) -> Audit:
    return audit(world.log, delivered, truth=world.truth(), mirror=mirror_of(world))


def _all(world: World) -> list[Event]:
    return [streamed(entry) for entry in world.log]


def _a_life() -> World:
    """An order that is filled in two parts, and one that is amended and cancelled."""
    world = World()
    first = world.place(lots=2)
    world.fill(first)
    world.fill(first)
    second = world.place()
    world.amend(second, price="101")
    world.cancel(second)
    return world


def _missed(world: World, wanted: str) -> list[int]:
    """Return the numbers of the entries with this status, event type, or member."""
    return [
        entry.seq
        for entry in world.log
        if wanted in (entry.event_type, entry.data.get("orderStatus")) or wanted in entry.data
    ]


class TestComplete:
    """Where everything arrived, nothing is found."""

    def test_streamed(self) -> None:
        """An account whose every push arrived has lost nothing and got nothing twice."""
        world = _a_life()

        result = _audit(world, _all(world))

        assert result.clean
        assert result.streamed == result.sent == result.delivered == len(world.log)

    @_EXAMPLES
    @given(world=steps(), data=st.data())
    def test_gaps(self, world: World, data: st.DataObject) -> None:
        """Whatever a gap hides, a client that tells the difference afterwards is found clean."""
        missed = data.draw(st.sets(st.sampled_from([entry.seq for entry in world.log])))

        result = _audit(world, deliver(world.log, missed))

        assert result.clean, (result.missing, result.repeats)
        assert result.sent == result.delivered
        assert result.streamed == result.sent - len(missed)

    def test_after_seq(self) -> None:
        """What was logged before the client was live does not count as sent."""
        world = _a_life()
        early = world.log[:5]

        late = [streamed(entry) for entry in world.log[5:]]
        result = audit(world.log, late, truth=world.truth(), after_seq=early[-1].seq)

        assert result.clean
        assert result.sent == len(world.log) - 5

    def test_other_events(self) -> None:
        """Market data, unknown events and news of the connection are no part of the audit."""
        world = _a_life()
        odd = UnknownEvent(topic="market.new", raw='{"topic":"market.new"}')

        result = _audit(world, [Connected(connection=1, private=True), odd, odd, *_all(world)])

        assert result.clean

    def test_no_log(self) -> None:
        """An account that nothing happened to is in order."""
        world = World()

        assert _audit(world, []).clean


class TestLost:
    """What nobody told is lost."""

    @_EXAMPLES
    @given(world=steps(), data=st.data())
    def test_any_fill(self, world: World, data: st.DataObject) -> None:
        """A fill that is dropped from what was delivered, by push or by snapshot, is lost."""
        missed = data.draw(st.sets(st.sampled_from([entry.seq for entry in world.log])))
        delivered = deliver(world.log, missed)
        fills = [e for e in delivered if isinstance(e, OrderTradeUpdate) and e.fill_id]

        delivered.remove(data.draw(st.sampled_from(fills)))

        assert _audit(world, delivered).lost >= 1

    def test_fill_is_never_superseded(self) -> None:
        """A fill is lost although later states of its order were told, also by the next fill."""
        world = _a_life()
        delivered = [e for e in _all(world) if getattr(e, "fill_id", None) != "f1"]

        result = _audit(world, delivered)

        assert result.lost == 1
        assert "fill f1" in result.missing[0]

    def test_fill_of_other_size(self) -> None:
        """A fill that a snapshot tells with another size is not the one that was missed."""
        world = _a_life()
        events = deliver(world.log, _missed(world, "fillId"))
        wrong = [
            attrs.evolve(e, last_quantity=e.last_quantity + 1)
            if isinstance(e, OrderTradeUpdate) and e.last_quantity is not None
            else e
            for e in events
        ]

        assert _audit(world, wrong).lost == 2

    def test_last_state_of_an_order(self) -> None:
        """The end of an order is lost where nothing later tells it."""
        world = _a_life()
        delivered = [e for e in _all(world) if getattr(e, "order_status", "") != "CANCELED"]

        assert _audit(world, delivered).missing == (_described(world, "CANCELED"),)

    def test_last_balance(self) -> None:
        """A balance that was never told again, and is not the true one, is lost."""
        world = _a_life()
        world.fill(world.place())
        delivered = _all(world)[:-1]

        result = _audit(world, delivered)

        assert result.missing == (f"entry {len(world.log)}: balance/USDT, position/BTCUSDT/BOTH",)

    def test_half_an_entry(self) -> None:
        """An entry whose balance was told, but not its position, is lost."""
        world = World()
        world.fill(world.place())
        last = world.log[-1]
        half = told_by_rest({**last.data, "positions": []}, ts=last.ts_ms)

        result = audit(world.log, [*_all(world)[:-1], half], truth=world.truth())

        assert result.lost == 1

    def test_wrongly_read(self) -> None:
        """A push whose text arrived but was read as something else is not delivered."""
        world = _a_life()
        wrong = [
            attrs.evolve(event, order_status="PENDING")
            if isinstance(event, OrderTradeUpdate) and event.order_status == "CANCELED"
            else event
            for event in _all(world)
        ]

        assert _audit(world, wrong).lost >= 1

    def test_state_like_an_earlier_one(self) -> None:
        """A return to an earlier price is lost although that price was told before."""
        world = World()
        order_id = world.place(price="100")
        told = _all(world)
        world.amend(order_id, price="101")
        world.amend(order_id, price="100")

        result = audit(world.log, told, truth=world.truth())

        assert result.lost == 2

    def test_difference_at_the_end(self) -> None:
        """Each difference between the two pictures at the end counts as lost."""
        world = _a_life()
        behind = mirror_of(world)
        world.fill(world.place())

        result = audit(world.log, _all(world), truth=world.truth(), mirror=behind)

        assert result.missing == ()
        assert result.lost == len(result.differences) == 4
        assert not result.clean

    def test_unknown_kind(self) -> None:
        """An entry of a type that the audit cannot read is lost unless its text arrived."""
        world = _a_life()
        odd = attrs.evolve(world.log[0], seq=99, text="{}", data={"eventType": "NEW_KIND"})

        lost = audit([*world.log, odd], _all(world), truth=world.truth())
        told = UnknownEvent(raw="{}", origin=Origin.STREAM)
        found = audit([*world.log, odd], [*_all(world), told], truth=world.truth())

        assert lost.lost == 1
        assert found.clean

    def test_fill_without_the_state_after_it(self) -> None:
        """A fill from REST is lost with the state that rode on it: FILLED was never told."""
        world = _a_life()

        result = _audit(world, _second_fill_told_as(world, "PARTIALLY_FILLED", "0.1"))

        assert result.missing == (f"{_described(world, 'FILLED')}, fill f2",)

    def test_fill_with_a_state_that_never_was(self) -> None:
        """A fill that comes with another end of its order is lost, and that end is invented."""
        world = _a_life()

        result = _audit(world, _second_fill_told_as(world, "CANCELED", "7"))

        assert result.lost == 1
        assert "CANCELED 7 never was" in result.inventions[0]

    def test_fill_before_the_state_after_it(self) -> None:
        """A fill with an earlier state is recovered where a later state is told afterwards."""
        world = _a_life()
        filled = next(e for e in world.log if e.data.get("fillId") == "f2")
        row = {k: v for k, v in filled.data.items() if k not in ("fillId", "lastPrice")}
        events = _second_fill_told_as(world, "PARTIALLY_FILLED", "0.1")
        place = next(i for i, e in enumerate(events) if e.origin is Origin.REST)

        events.insert(place + 1, told_by_rest(row, ts=filled.ts_ms))

        assert _audit(world, events).clean

    def test_another_end_is_told_last(self) -> None:
        """The end of an order is lost, although it was streamed, if it is not what is told last."""
        world = _a_life()
        early = world.log[1]

        result = _audit(world, [*_all(world), told_by_rest(early.data, ts=early.ts_ms)])

        assert result.missing == (f"{_described(world, 'FILLED')}, fill f2",)
        assert not result.clean

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("symbol", "ETHUSDT"),
            ("side", "SELL"),
            ("position_side", "LONG"),
            ("handling_fee", Decimal(9)),
            ("realized_pnl", Decimal(9)),
        ],
    )
    @pytest.mark.parametrize("origin", list(Origin)[:2])
    def test_fill_of_another_kind(self, name: str, value: object, origin: Origin) -> None:
        """A fill whose symbol, side or costs are not the exchange's is lost and invented."""
        costs = {"positionSide": "BOTH", "handlingFee": "0.01", "realizedPnl": "0.02"}
        world = World()
        world.fill(world.place(lots=1))
        fill = world.log[3]
        data = {**fill.data, **costs}
        log = [*world.log[:3], attrs.evolve(fill, data=data), *world.log[4:]]
        told = attrs.evolve(
            told_by_rest(data, ts=fill.ts_ms),
            position_side="BOTH",
            handling_fee=Decimal("0.01"),
            realized_pnl=Decimal("0.02"),
            origin=origin,
            raw=fill.text,
        )
        right = [told if e.raw == fill.text else e for e in _all(world)]
        wrong = [attrs.evolve(told, **{name: value}) if e is told else e for e in right]

        assert audit(log, right, truth=world.truth()).clean
        result = audit(log, wrong, truth=world.truth())
        assert result.lost == 1
        assert len(result.inventions) == 1


class TestVerdicts:
    """How an event that was not streamed was told."""

    def test_recovered(self) -> None:
        """Fills and last states that a snapshot tells are recovered."""
        world = _a_life()

        result = _audit(world, deliver(world.log, _missed(world, "fillId")))

        assert (result.recovered, result.superseded) == (2, 0)

    def test_superseded_order(self) -> None:
        """A state between two that were told is superseded."""
        world = _a_life()

        result = _audit(world, deliver(world.log, _missed(world, "NEW")))

        assert result.clean
        assert result.recovered + result.superseded == 2

    def test_superseded_balance(self) -> None:
        """A balance that a later push overtakes is superseded."""
        world = _a_life()
        delivered = [e for e in _all(world) if e.raw != world.log[2].text]

        result = _audit(world, delivered)

        assert result.clean
        assert result.superseded == 1

    def test_gone_and_back(self) -> None:
        """Money that was frozen and freed again in one gap needs no telling."""
        world = World()
        world.cancel(world.place())
        told = streamed(world.log[-1])
        world.cancel(world.place())
        gap = [streamed(e) for e in world.log if e.event_type == "ORDER_TRADE_UPDATE"]

        result = _audit(world, [*gap, told])

        assert result.clean

    def test_position_opened_and_closed(self) -> None:
        """A position that came and went in one gap needs no telling."""
        world = World()
        world.fill(world.place())
        world.held = Decimal(0)
        world.fill(world.place(), lots=0)
        log = [entry for entry in world.log if entry.data.get("positions")]
        last_balance = told_by_rest({**log[-1].data, "positions": []}, ts=log[-1].ts_ms)

        assert audit(log, [last_balance], truth=world.truth()).clean


class TestDuplicated:
    """What was told before is told twice."""

    @_EXAMPLES
    @given(world=steps(), data=st.data())
    def test_any_event(self, world: World, data: st.DataObject) -> None:
        """An event that is delivered again, at once or later, is a repeat, however it came."""
        missed = data.draw(st.sets(st.sampled_from([entry.seq for entry in world.log])))
        delivered = deliver(world.log, missed)
        i = data.draw(st.integers(0, len(delivered) - 1))
        j = data.draw(st.integers(i + 1, len(delivered)))

        delivered.insert(j, delivered[i])

        assert _audit(world, delivered).duplicated >= 1

    def test_push_and_row(self) -> None:
        """A fill that was pushed, and the same state of the order from REST, is a repeat."""
        world = _a_life()
        fill = next(entry for entry in world.log if entry.data.get("fillId") == "f2")
        row = {k: v for k, v in fill.data.items() if k not in ("fillId", "lastPrice")}

        result = _audit(world, [*_all(world), told_by_rest(row, ts=fill.ts_ms)])

        assert result.duplicated == 1
        assert "FILLED" in result.repeats[0]

    def test_row_without_time(self) -> None:
        """A repeated state is found although REST gives it another time of change."""
        world = _a_life()
        row = {**world.log[1].data, "updatedAt": None}

        assert _audit(world, [*_all(world), told_by_rest(row, ts=0)]).duplicated == 1

    def test_push_after_snapshot(self) -> None:
        """A push of balances that a snapshot has told already is a repeat."""
        world = _a_life()
        last = world.log[-1]
        delivered = [*_all(world)[:-1], told_by_rest(last.data, ts=last.ts_ms), streamed(last)]

        assert _audit(world, delivered).duplicated == 1

    def test_old_snapshot_again(self) -> None:
        """Balances of a snapshot that come again after newer ones are a repeat."""
        world = _a_life()
        first = told_by_rest(world.log[2].data, ts=world.log[2].ts_ms)
        delivered = [*_all(world)[:2], first, *_all(world)[3:], first]

        result = audit(world.log, delivered, truth=world.truth())

        assert result.duplicated == 1

    def test_pushed_fill_and_row_of_another_time(self) -> None:
        """The state after a pushed fill is a repeat from REST, whatever time REST gives it."""
        world = _a_life()
        fill = next(entry for entry in world.log if "fillId" in entry.data)
        row = {k: v for k, v in fill.data.items() if k not in ("fillId", "lastPrice")}
        late = told_by_rest({**row, "updatedAt": fill.ts_ms + 9}, ts=fill.ts_ms + 9)

        assert _audit(world, [*_all(world), late]).duplicated == 1

    def test_recovered_fill_and_its_row(self) -> None:
        """The state that a snapshot told with a missed fill is a repeat without the fill."""
        world = _a_life()
        fill = next(entry for entry in world.log if entry.data.get("fillId") == "f2")
        row = {k: v for k, v in fill.data.items() if k not in ("fillId", "lastPrice")}
        events = deliver(world.log, [fill.seq])
        told = events.index(told_by_rest(fill.data, ts=fill.ts_ms))

        events.insert(told + 1, told_by_rest(row, ts=fill.ts_ms))

        assert _audit(world, events).duplicated == 1

    def test_fill_told_with_an_amended_price(self) -> None:
        """A missed fill that REST tells with the price of a later amendment repeats nothing."""
        world = World()
        order_id = world.place(price="100")
        world.fill(order_id)
        world.amend(order_id, price="101")
        *before, fill, account, amended = world.log
        told = told_by_rest({**fill.data, "price": "101"}, ts=fill.ts_ms)
        pushed = [streamed(entry) for entry in (*before, account, amended)]

        assert _audit(world, [*pushed[:-2], told, *pushed[-2:]]).clean

    def test_one_event_counts_once(self) -> None:
        """An event that repeats a text, a fill and a state is one repeat."""
        world = _a_life()
        fill = next(entry for entry in world.log if "fillId" in entry.data)

        assert _audit(world, [*_all(world), streamed(fill)]).duplicated == 1

    def test_same_price_again(self) -> None:
        """An order that goes back to an earlier price is no repeat."""
        world = World()
        order_id = world.place(price="100")
        for price in ("101", "100", "101", "100"):
            world.amend(order_id, price=price)

        assert _audit(world, _all(world)).clean

    def test_same_values_again(self) -> None:
        """A push whose values the exchange pushed twice in a row is no repeat after a snapshot."""
        world = _a_life()
        last = world.log[-1]
        again = attrs.evolve(last, seq=last.seq + 1, ts_ms=last.ts_ms + 1, text=last.text + " ")
        delivered = [*_all(world)[:-1], told_by_rest(last.data, ts=last.ts_ms), streamed(again)]

        assert audit([*world.log, again], delivered, truth=world.truth()).clean


class TestDisorder:
    """What is told never goes back."""

    @_EXAMPLES
    @given(world=steps())
    def test_reversed(self, world: World) -> None:
        """A life that is told backwards is found, although each push was delivered."""
        assert _audit(world, _all(world)[::-1]).disorders

    def test_opens_again(self) -> None:
        """An order that has ended does not rest again."""
        world = _a_life()
        row = {**world.log[1].data, "executedQuantity": "0.2"}

        result = _audit(world, [*_all(world), told_by_rest(row, ts=1)])

        assert any("PENDING 0.2 after FILLED" in reason for reason in result.disorders)

    def test_executed_falls(self) -> None:
        """What was filled of an order does not become less."""
        world = World()
        order_id = world.place()
        world.fill(order_id)
        resting = world.log[1]

        result = _audit(world, [*_all(world), told_by_rest(resting.data, ts=resting.ts_ms)])

        assert [reason.partition(": ")[2] for reason in result.disorders] == [
            f"order {order_id} PENDING 0 after 0.1"
        ]

    @pytest.mark.parametrize("kind", ["ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"])
    def test_two_pushes_change_places(self, kind: str) -> None:
        """A push that comes after a later push of the same order or balance is out of order."""
        world = World()
        order_id = world.place()
        world.amend(order_id, price="101")
        world.place()
        first, second = [e.seq - 1 for e in world.log if e.event_type == kind][:2]
        events = _all(world)
        events[first], events[second] = events[second], events[first]

        result = _audit(world, events)

        assert result.lost == 0
        assert len(result.disorders) == 1
        assert "after a later push" in result.disorders[0]
        assert not result.clean

    def test_missed_fill_with_the_state_told_last(self) -> None:
        """A missed fill that REST tells after the end of its order may carry that end."""
        world = _a_life()
        first, last = (entry for entry in world.log if "fillId" in entry.data)
        end = {**last.data, **{k: v for k, v in first.data.items() if k in _FILL}}
        delivered = [e for e in _all(world) if e.raw != first.text]
        place = next(i for i, e in enumerate(delivered) if e.raw == last.text)

        delivered.insert(place + 1, told_by_rest(end, ts=first.ts_ms))

        assert _audit(world, delivered).clean

    def test_other_orders(self) -> None:
        """Orders do not stand in one another's way."""
        world = World()
        world.fill(world.place())
        world.place()
        orders = [e for e in _all(world) if isinstance(e, OrderTradeUpdate)]
        rest = [e for e in _all(world) if not isinstance(e, OrderTradeUpdate)]

        assert _audit(world, [*orders[3:], *orders[:3], *rest]).disorders == ()


class TestInvented:
    """What never was is found."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda e: attrs.evolve(e, fill_id="999"),
            lambda e: attrs.evolve(e, order_id="42"),
            lambda e: attrs.evolve(e, order_id="42", fill_id=None),
            lambda e: attrs.evolve(e, order_status="REJECTED", fill_id=None),
            lambda e: attrs.evolve(e, executed_quantity=Decimal(5), fill_id=None),
            lambda e: attrs.evolve(e, price=Decimal(1), fill_id=None),
            lambda e: attrs.evolve(e, price=Decimal(1)),
            lambda e: attrs.evolve(e, quantity=Decimal(1)),
        ],
    )
    def test_orders_and_fills(self, change: Callable[[Any], Event]) -> None:
        """An order, a state or a fill that the log does not have was invented."""
        world = _a_life()
        fill = next(entry for entry in world.log if entry.data.get("fillId") == "f2")
        odd = change(told_by_rest(fill.data, ts=fill.ts_ms))

        result = _audit(world, [*_all(world), odd])

        assert len(result.inventions) == 1
        assert not result.clean

    @pytest.mark.parametrize("wallet", [Decimal(1), Decimal(0)])
    def test_balance(self, wallet: Decimal) -> None:
        """A balance that the account had at no time was invented, also if a true one follows."""
        world = _a_life()
        told = told_by_rest(world.log[2].data, ts=1)
        assert isinstance(told, AccountUpdate)
        odd = attrs.evolve(told, balances=(attrs.evolve(told.balances[0], wallet_balance=wallet),))

        result = _audit(world, [*_all(world)[:5], odd, *_all(world)[5:]])

        assert result.inventions == ("event 5: balance/USDT never was",)

    def test_position(self) -> None:
        """A position that the account never held was invented; none at all was there once."""
        world = _a_life()
        row = {**world.log[4].data["positions"][0], "quantity": "7"}
        data = {"eventType": "ACCOUNT_UPDATE", "balances": [], "positions": [row]}
        nothing = {**data, "positions": [{**row, "quantity": "0"}]}

        odd = [told_by_rest(nothing, ts=1), told_by_rest(data, ts=1)]
        result = _audit(world, [*odd, *_all(world)])

        assert result.inventions == ("event 1: position/BTCUSDT/BOTH never was",)

    def test_empty_balance(self) -> None:
        """A balance of which the log says nothing may be told as empty."""
        world = _a_life()
        row = {**world.log[2].data["balances"][0], "assetType": "BTC"}
        empty = {**row, "walletBalance": "0", "frozenBalance": "0", "usedMargin": "0"}
        data = {"eventType": "ACCOUNT_UPDATE", "positions": []}

        fine = _audit(world, [*_all(world), told_by_rest({**data, "balances": [empty]}, ts=1)])
        odd = _audit(world, [*_all(world), told_by_rest({**data, "balances": [row]}, ts=1)])

        assert fine.clean
        assert odd.inventions

    def test_push(self) -> None:
        """A push whose text the exchange never sent was invented, whatever it says."""
        world = _a_life()
        odd = attrs.evolve(_all(world)[0], raw="{}")

        assert _audit(world, [odd, *_all(world)]).inventions == (
            "event 0: a push that was never sent",
        )


_FILL = ("fillId", "lastPrice", "lastQuantity")


def _second_fill_told_as(world: World, status: str, executed: str) -> list[Event]:
    """Return everything, but the fill f2 by REST, with another state of the order."""
    fill = next(entry for entry in world.log if entry.data.get("fillId") == "f2")
    state = {"orderStatus": status, "executedQuantity": executed, "updatedAt": None}
    odd = told_by_rest({**fill.data, **state}, ts=fill.ts_ms)
    return [odd if e.raw == fill.text else e for e in _all(world)]


def _described(world: World, status: str) -> str:
    entry = next(e for e in world.log if e.data.get("orderStatus") == status)
    return f"entry {entry.seq}: order {entry.data['orderId']} {status}"
