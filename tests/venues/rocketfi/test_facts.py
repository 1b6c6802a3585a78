"""What events and rows say about an account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.codec import parse_json, structure
from sixmm.events import Event, UnknownEvent
from sixmm.state.account import AccountMirror
from sixmm.state.models import Balance, Facts, Fill, Order, Position
from sixmm.venues.rocketfi import decode
from sixmm.venues.rocketfi.facts import (
    balance_of_row,
    facts_of,
    fill_of,
    order_of,
    order_of_events,
    order_of_row,
    partly_filled,
    position_of,
)
from sixmm.venues.rocketfi.rest_schema import (
    OpenOrderRow,
    make_rest_converter,
    read_collaterals,
    read_order_events_page,
    read_positions_reply,
)

from .examples import (
    ACCOUNT,
    EVENTS,
    FILL,
    INSTRUMENT,
    MESSAGES,
    MODIFIED,
    NOW,
    ORDER,
    ORDER_ROW,
    OTHER,
    PLACED,
    POSITION,
    event,
    text,
)

CONVERTER = make_rest_converter()


def told(name: str, payload: Any) -> Event:
    """Return the event of a message."""
    return decode(text({name: payload}))


def facts(name: str, payload: Any) -> Facts:
    """Return what a message tells about the account."""
    found = facts_of(told(name, payload), account=ACCOUNT)
    assert found is not None
    return found


def facts_of_events(*rows: Any) -> Facts:
    """Return what an update with these events tells."""
    return facts("OrderEventUpdate", {"account": ACCOUNT, "orderEvents": list(rows)})


def rows_of(*events: Any) -> Any:
    """Return events as REST tells them."""
    return read_order_events_page(CONVERTER, parse_json(text({"orderEvents": events}))).rows


class TestOrders:
    """Events say what happened; the states are worked out."""

    def test_placed(self) -> None:
        """An order rests, with its size and nothing executed."""
        assert facts_of_events(event({"placed": PLACED})) == Facts(
            ts_ms=NOW,
            push=text(
                {
                    "OrderEventUpdate": {
                        "account": ACCOUNT,
                        "orderEvents": [event({"placed": PLACED})],
                    }
                }
            ),
            orders=(
                Order(
                    order_id=str(ORDER),
                    status="open",
                    rank=1,
                    symbol=INSTRUMENT,
                    price=Decimal("86000.5"),
                    quantity=Decimal(2),
                    executed_quantity=Decimal(0),
                    created_at_ms=NOW,
                    updated_at_ms=NOW,
                ),
            ),
        )

    def test_fill(self) -> None:
        """A fill tells what was executed, but not the limit of its order."""
        (order,) = facts_of_events(event({"fill": FILL})).orders
        (fill,) = facts_of_events(event({"fill": FILL})).fills

        assert (order.status, order.rank) == ("open", 1)
        assert (order.executed_quantity, order.price) == (Decimal("0.5"), None)
        assert fill == Fill(
            fill_id=f"{ORDER}-{NOW + 1}-1.5",
            order_id=str(ORDER),
            symbol=INSTRUMENT,
            role="MAKER",
            price=Decimal(86000),
            quantity=Decimal("0.5"),
            fee=Decimal("4.3"),
            realized_pnl=Decimal("-3.25"),
            time_ms=NOW + 1,
        )

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"is_filled": True, "remaining_size": "0"}, "filled"),
            ({"is_filled": None, "remaining_size": "0.0"}, "filled"),
            ({"is_filled": False}, "open"),
        ],
    )
    def test_the_last_fill(self, more: dict[str, Any], status: str) -> None:
        """The flag says whether the order is filled, or else what remains does."""
        (order,) = facts_of_events(event({"fill": {**FILL, **more}})).orders
        assert (order.status, order.is_open) == (status, status == "open")

    def test_ends(self) -> None:
        """A cancel and a rejection end an order, and say nothing else of it."""
        for data, status in (("canceled", "canceled"), ({"rejected": {"reason": "x"}}, "rejected")):
            (order,) = facts_of_events(event(data)).orders
            assert order == Order(order_id=str(ORDER), status=status, rank=3, symbol=INSTRUMENT)

    def test_several_events_in_one_message(self) -> None:
        """The order is as after the last; every fill counts; another order is another order."""
        second = {**FILL, "remaining_size": "1", "timestamp": NOW + 2}
        found = facts_of_events(
            event({"placed": PLACED}),
            event({"fill": FILL}),
            event("canceled", orderId=5),
            event({"fill": second}),
        )

        assert [order.order_id for order in found.orders] == ["5", str(ORDER)]
        assert found.orders[1].executed_quantity == 1
        assert (found.orders[1].price, found.orders[1].created_at_ms) == (Decimal("86000.5"), NOW)
        assert [fill.time_ms for fill in found.fills] == [NOW + 1, NOW + 2]

    def test_somebody_else(self) -> None:
        """By instrument everybody's events come: only one's own are facts."""
        rows = [event("canceled"), event("canceled", account=OTHER, orderId=5)]
        update = told("OrderEventUpdate", {"instrumentId": INSTRUMENT, "orderEvents": rows})
        own, other = (facts_of(update, account=one) for one in (ACCOUNT.lower(), OTHER))

        assert own is not None
        assert other is not None
        assert [order.order_id for order in own.orders] == [str(ORDER)]
        assert [order.order_id for order in other.orders] == ["5"]
        assert facts_of(update, account="0x" + "0" * 40) is None

    def test_unknown_variants(self) -> None:
        """What is not understood tells nothing."""
        update = told("OrderEventUpdate", {"account": ACCOUNT, "orderEvents": [event("paused")]})
        assert facts_of(update, account=ACCOUNT) is None

    def test_a_fill_that_cannot_be_named(self) -> None:
        """Without its time or its rest a fill could not be told from another one."""
        for missing in ("size", "remaining_size", "timestamp"):
            fields = {name: value for name, value in FILL.items() if name != missing}
            (row,) = rows_of(event({"fill": fields}))
            assert fill_of(row) is None

    def test_open_orders(self) -> None:
        """A row says how an order stands, and has its side; stream and REST say the same."""
        (order,) = facts("OpenOrdersUpdate", MESSAGES["OpenOrdersUpdate"]).orders
        row = structure(CONVERTER, parse_json(text(ORDER_ROW)), OpenOrderRow)

        assert order == order_of_row(row)
        assert (order.side, order.type, order.status) == ("Buy", "Limit", "open")
        assert (order.quantity, order.executed_quantity) == (2, Decimal("0.5"))
        assert type(order.side) is str
        whole = order_of_row(
            structure(CONVERTER, {**ORDER_ROW, "filledQuantity": "2"}, OpenOrderRow)
        )
        assert (whole.status, whole.is_open) == ("filled", False)


class TestMirror:
    """What the mirror of the account makes of it."""

    def follow(self, *payloads: tuple[str, Any]) -> tuple[AccountMirror, list[bool]]:
        """Return a mirror that was told these messages, and which of them were news."""
        mirror = AccountMirror()
        return mirror, [mirror.apply(facts(name, payload)) for name, payload in payloads]

    def events(self, *rows: Any) -> tuple[str, Any]:
        """Return an update with these events."""
        return "OrderEventUpdate", {"account": ACCOUNT, "orderEvents": list(rows)}

    def test_the_life_of_an_order(self) -> None:
        """What an event leaves out stays as it was known."""
        mirror, news = self.follow(
            self.events(EVENTS[0]),
            ("OpenOrdersUpdate", MESSAGES["OpenOrdersUpdate"]),
            self.events(EVENTS[1]),
            self.events(EVENTS[2]),
            self.events(EVENTS[4]),
        )
        order = mirror.order(str(ORDER))

        assert all(news)
        assert order is not None
        assert (order.status, order.side, order.price) == ("canceled", "Buy", Decimal(86001))
        assert (order.quantity, order.executed_quantity) == (3, Decimal("0.5"))
        assert mirror.knows_fill(f"{ORDER}-{NOW + 1}-1.5")

    def test_a_repeat_tells_nothing(self) -> None:
        """Where a feed was subscribed twice, an event with a time is known again."""
        _, news = self.follow(self.events(EVENTS[1]), self.events(EVENTS[1]))
        assert news == [True, False]

    def test_the_same_text_may_be_told_for_good(self) -> None:
        """Collateral that went and came back is what it is now, also within one moment."""
        payload = MESSAGES["CollateralUpdate"]
        mirror, news = self.follow(
            *(("CollateralUpdate", {**payload, "collateral": amount}) for amount in ("5", "6", "5"))
        )

        assert news == [True, True, True]
        assert mirror.picture().balances["0"].wallet == 5

    def test_everything_is_partial(self) -> None:
        """Orders and positions that are not mentioned stay."""
        other = "0x" + "11" * 8
        mirror, _ = self.follow(
            ("PositionUpdate", MESSAGES["PositionUpdate"]),
            ("PositionUpdate", {"account": ACCOUNT, "positions": {other: {"quantity": "4"}}}),
            ("PositionUpdate", {"account": ACCOUNT, "positions": {other: {"averagePrice": "9"}}}),
            ("CollateralUpdate", {"assetId": 0, "account": ACCOUNT, "collateral": "5"}),
            ("CollateralUpdate", {"assetId": 2, "account": ACCOUNT, "collateral": "6"}),
        )
        picture = mirror.picture()

        assert {key[0] for key in picture.positions} == {INSTRUMENT, other}
        position = picture.positions[other, "BOTH"]
        assert (position.quantity, position.entry_price) == (4, 9)
        assert {key: balance.wallet for key, balance in picture.balances.items()} == {
            "0": Decimal(5),
            "2": Decimal(6),
        }


class TestAccount:
    """Positions and collateral."""

    def test_positions(self) -> None:
        """Stream and REST say the same; a market is called by its instrument."""
        (position,) = facts("PositionUpdate", MESSAGES["PositionUpdate"]).positions
        (row,) = read_positions_reply(CONVERTER, {"positions": {INSTRUMENT: POSITION}}).rows

        assert position == position_of(row)
        assert position == Position(
            symbol=INSTRUMENT,
            position_side="BOTH",
            quantity=Decimal("-1.5"),
            entry_price=Decimal(86000),
            leverage=10,
            detail=(Decimal(90000), Decimal("0.1"), Decimal(-7), Decimal(8600)),
        )

    def test_collateral(self) -> None:
        """An asset is called by its number."""
        (balance,) = facts("CollateralUpdate", MESSAGES["CollateralUpdate"]).balances
        (row,) = read_collaterals(CONVERTER, {"collaterals": {"0": "1000.10"}}).rows
        assert balance == balance_of_row(row) == Balance(asset="0", wallet=Decimal("1000.10"))

    @pytest.mark.parametrize(
        ("name", "payload"),
        [
            *((name, MESSAGES[name]) for name in ("AccountRiskUpdate", "OrderbookUpdate")),
            ("PositionFundingUpdate", MESSAGES["PositionFundingUpdate"]),
            ("OpenOrdersUpdate", {"account": ACCOUNT, "orders": None}),
            ("PositionUpdate", {"account": ACCOUNT, "positions": None}),
            ("CollateralUpdate", {**MESSAGES["CollateralUpdate"], "account": OTHER}),
            ("OpenOrdersUpdate", {**MESSAGES["OpenOrdersUpdate"], "account": OTHER}),
            ("PositionUpdate", {**MESSAGES["PositionUpdate"], "account": OTHER}),
        ],
    )
    def test_what_tells_nothing(self, name: str, payload: Any) -> None:
        """An empty list ends nothing, and somebody else is somebody else."""
        assert facts_of(told(name, payload), account=ACCOUNT) is None
        assert facts_of(UnknownEvent(), account=ACCOUNT) is None


class TestTimes:
    """Messages without a time happened when they were received."""

    @pytest.mark.parametrize(
        "name", ["OpenOrdersUpdate", "PositionUpdate", "CollateralUpdate", "OrderEventUpdate"]
    )
    def test_without_a_time(self, name: str) -> None:
        """By the exchange's clock where that is known, else by the local one."""
        payload = MESSAGES[name]
        if name == "OrderEventUpdate":
            payload = {"account": ACCOUNT, "orderEvents": [event("canceled")]}
        update = decode(text({name: payload}), received_at=5)
        by_clock = facts_of(update, account=ACCOUNT, at_ms=7)
        by_receipt = facts_of(update, account=ACCOUNT)

        assert by_clock is not None
        assert by_receipt is not None
        assert (by_clock.ts_ms, by_receipt.ts_ms) == (7, 5)
        assert bool(by_clock.push) is (name == "OrderEventUpdate")

    def test_with_a_time(self) -> None:
        """That of the exchange counts."""
        update = decode(text({"OrderEventUpdate": MESSAGES["OrderEventUpdate"]}), received_at=5)
        found = facts_of(update, account=ACCOUNT, at_ms=7)
        assert found is not None
        assert found.ts_ms == NOW + 2


class TestHistory:
    """An order after all of its events."""

    def test_states_add_up(self) -> None:
        """Each event fills in what it says."""
        order = order_of_events(rows_of(*EVENTS[:3], EVENTS[4]))

        assert order is not None
        assert (order.status, order.rank) == ("canceled", 3)
        assert (order.price, order.quantity) == (Decimal(MODIFIED["price"]), 3)  # type: ignore[arg-type]
        assert (order.executed_quantity, order.updated_at_ms) == (Decimal("0.5"), NOW + 2)
        assert order_of_events(rows_of(event("paused"))) is None
        assert order_of_events([]) is None

    def test_an_end_is_an_end(self) -> None:
        """Whatever else is told of an order, it is not open again."""
        order = order_of_events(rows_of(EVENTS[0], EVENTS[4], EVENTS[2]))
        assert order is not None
        assert (order.status, order.rank, order.price) == ("canceled", 3, 86001)

    def test_stream_and_rest_give_the_same_fill(self) -> None:
        """Also where the amounts are written otherwise."""
        (pushed,) = facts_of_events(event({"fill": FILL})).fills
        (row,) = rows_of(event({"fill": {**FILL, "remaining_size": "1.500"}}))
        assert fill_of(row) == pushed
        (row,) = rows_of(event({"fill": {**FILL, "remaining_size": "0.00"}}))
        assert fill_of(row).fill_id.endswith("-0")  # type: ignore[union-attr]

    def test_partly_filled(self) -> None:
        """An order as it was before a later fill is open, and has no end."""
        (filled,) = (order_of(row) for row in rows_of(event({"fill": {**FILL, "is_filled": True}})))
        assert filled is not None
        before = partly_filled(filled, Decimal("0.25"))

        assert (before.status, before.rank, before.executed_quantity) == (
            "open",
            1,
            Decimal("0.25"),
        )
        assert before.updated_at_ms is None
        assert partly_filled(filled, Decimal("0.5")) is filled
