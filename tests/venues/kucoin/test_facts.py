"""What the events of the streams tell about the account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.events import UnknownEvent
from sixmm.state.account import AccountMirror
from sixmm.state.models import Balance, Facts, Fill, Order, Position
from sixmm.venues.kucoin import decode
from sixmm.venues.kucoin.facts import POSITION_DETAIL, facts_of

from .examples import examples, pro_push, push, texts
from .stream_schema.test_positions import MARK_PRICE

SPOT = "/spotMarket/tradeOrdersV2"
FUTURES = "/contractMarket/tradeOrders"
POSITIONS = "/contract/position:XBTUSDTM"


def facts(text: str) -> Facts:
    """Return what the event of a text tells, which has to be something."""
    found = facts_of(decode(text))
    assert found is not None
    return found


def order_of(text: str) -> Order:
    """Return the one order that a text tells."""
    (order,) = facts(text).orders
    return order


def spot(**data: Any) -> str:
    """Return the text of a message about a spot order."""
    return push(SPOT, "orderChange", {"orderId": "o1", "symbol": "BTC-USDT", **data})


class TestSpotOrders:
    """Orders and fills of spot and margin."""

    def test_a_match(self) -> None:
        """A recorded match tells the order and one fill; prices and sizes are those of either."""
        found = facts(texts("/spotMarket/tradeOrders")[2])

        assert found.orders == (
            Order(
                order_id="696e19248ae5f90007130e26",
                status="match",
                rank=2,
                client_order_id="078db25f-c00a-4399-8485-415e9c6b09a9",
                symbol="DASH-BTC",
                side="sell",
                type="market",
                quantity=Decimal("0.1481"),
                executed_quantity=Decimal("0.1481"),
                created_at_ms=1_768_823_076_637,
                updated_at_ms=1_768_823_076_642,
            ),
        )
        assert found.fills == (
            Fill(
                fill_id="DASH-BTC:16389436815462400:696e19248ae5f90007130e26",
                order_id="696e19248ae5f90007130e26",
                trade_id="16389436815462400",
                symbol="DASH-BTC",
                side="sell",
                role="taker",
                price=Decimal("0.0008676"),
                quantity=Decimal("0.1481"),
                time_ms=1_768_823_076_642,
            ),
        )
        assert found.ts_ms == 1_768_823_076_642

    @pytest.mark.parametrize(
        ("data", "status", "rank"),
        [
            ({"type": "received", "status": "new"}, "new", 0),
            ({"type": "open", "status": "open", "filledSize": "0"}, "open", 1),
            ({"type": "match", "status": "open", "filledSize": "0.1", "size": "1"}, "match", 2),
            ({"type": "match", "status": "match", "filledSize": "0.1", "size": "1"}, "match", 2),
            ({"type": "filled", "status": "done", "filledSize": "1", "size": "1"}, "filled", 3),
            ({"type": "canceled", "status": "done", "filledSize": "0"}, "canceled", 3),
            (
                {"type": "canceled", "status": "done", "filledSize": "0.4", "size": "1"},
                "canceled",
                3,
            ),
            (
                {
                    "type": "canceled",
                    "status": "done",
                    "orderType": "market",
                    "side": "buy",
                    "filledSize": "0.1481",
                    "canceledFunds": "0.005",
                },
                "filled",
                3,
            ),
            ({"type": "update", "status": "open", "size": "0.5"}, "open", 1),
            ({}, "open", 1),
        ],
    )
    def test_words(self, data: dict[str, Any], status: str, rank: int) -> None:
        """Where an order is follows from its status and from what was filled."""
        order = order_of(spot(**data))

        assert (order.status, order.rank) == (status, rank)
        assert type(order.status) is str

    def test_without_a_client_id(self) -> None:
        """A message without a client id tells the order all the same."""
        assert order_of(spot(type="open")).client_order_id is None

    def test_a_match_without_its_figures(self) -> None:
        """A match whose size is empty tells no fill, so that a comparison will tell it."""
        text = spot(type="match", status="match", tradeId="5", matchSize="", matchPrice="")

        assert facts(text).fills == ()

    def test_two_connections_bring_the_same(self) -> None:
        """While one takes the place of the other; each may stamp when it has pushed a message."""
        mirror = AccountMirror()
        data = {"type": "open", "status": "open", "ts": 1_768_823_076_296_000_000}
        first, second = (facts(spot(pt=1_768_823_076_297 + late, **data)) for late in (0, 2))

        assert mirror.apply(first)
        assert not mirror.apply(second)

    def test_a_trade_with_oneself(self) -> None:
        """Both orders of one trade have a fill of their own."""
        data = {"type": "match", "tradeId": "5", "matchSize": "1", "matchPrice": "2"}
        one, other = (facts(spot(**{**data, "orderId": key})).fills[0] for key in ("a", "b"))

        assert one.fill_id != other.fill_id

    def test_whole_life(self) -> None:
        """A market buy is new, matched and filled in the mirror, with its fill once."""
        common = {"orderType": "market", "side": "buy"}
        match = {"type": "match", "status": "match", "matchSize": "1", "matchPrice": "2"}
        mirror = AccountMirror()
        for n, data in enumerate(
            [
                {"type": "received", "status": "new"},
                {**match, "tradeId": "7", "filledSize": "1"},
                {**match, "tradeId": "8", "filledSize": "2"},
                {"type": "canceled", "status": "done", "filledSize": "2", "canceledFunds": "0.1"},
            ]
        ):
            text = spot(**common, **data, ts=1_700_000_000_000_000_000 + n * 1_000_000)
            assert mirror.apply(facts(text))
        order = mirror.order("o1")

        assert order is not None
        assert (order.status, order.executed_quantity, order.is_open) == ("filled", 2, False)
        assert [fill.quantity for fill in mirror.fills_of({"o1"})] == [1, 1]


class TestFuturesOrders:
    """Orders and fills of futures."""

    def test_a_match(self) -> None:
        """A match as maker may end the order; it tells the fill with it."""
        found = facts(texts("/contractMarket/tradeOrders:XBTUSDTM")[1])
        (order,), (fill,) = found.orders, found.fills

        assert (order.status, order.rank, order.executed_quantity) == ("filled", 3, 1)
        assert order.created_at_ms == 1_731_916_985_768
        assert (fill.price, fill.quantity, fill.role) == (91_670, 1, "maker")
        assert fill.fill_id == "XBTUSDTM:1794175373644:247899236673269761"

    def test_canceled(self) -> None:
        """A cancelled order tells no fill."""
        found = facts(texts("/contractMarket/tradeOrders:XBTUSDTM")[-1])

        assert found.orders[0].status == "canceled"
        assert found.fills == ()

    def test_market_order_has_no_price(self) -> None:
        """A price of 0 is no price."""
        text = push(FUTURES, "orderChange", {"orderId": "1", "price": "0", "size": "5"})

        assert (order_of(text).price, order_of(text).quantity) == (None, 5)


class TestUnified:
    """Orders, fills, balances and positions of the unified stream."""

    def test_order(self) -> None:
        """An order tells no fill: the executions do, with their fees."""
        found = facts(texts("orderAll.SPOT")[0])

        assert found.orders == (
            Order(
                order_id="6981b2a91c6fcb0007422784",
                status="filled",
                rank=3,
                client_order_id="9a1840ed0b5746459ede8e6f222daf2d",
                symbol="BTC-USDT",
                side="BUY",
                type="MARKET",
                time_in_force="GTC",
                quantity=Decimal("0.00001"),
                executed_quantity=Decimal("0.00001"),
                average_price=Decimal("78823.6"),
                created_at_ms=1_770_107_561_253,
                updated_at_ms=1_770_107_561_263,
            ),
        )
        assert found.fills == ()

    def test_an_order_for_an_amount_of_money(self) -> None:
        """Money is no quantity of what is bought, to which what is filled could be compared."""
        data = {"oi": "o1", "s": "DASH-USDT", "oT": "MARKET", "q": "12", "fS": "0.1481", "os": 4}
        by_money = order_of(pro_push("orderAll.SPOT", {**data, "qU": "QUOTECCY"}))

        assert (by_money.quantity, by_money.executed_quantity) == (None, Decimal("0.1481"))
        assert order_of(pro_push("orderAll.SPOT", {**data, "qU": "BASECCY"})).quantity == 12

    def test_execution(self) -> None:
        """An execution is a fill with a fee; that of the quick channel is the same fill."""
        whole = facts(texts("execution.UNIFIED")[0]).fills[0]
        lite = facts(texts("execution.lite.UNIFIED")[0]).fills[0]

        assert whole.fee == Decimal("0.000999937432")
        assert (type(whole.side), whole.role) == (str, "TAKER")
        assert lite.fill_id == "BTC-USDT:22075878662488064:427992448220876800"
        assert lite.fee is None

    def test_liquidation(self) -> None:
        """A fill of the exchange itself belongs to no order."""
        fill = facts(texts("execution.UNIFIED")[1]).fills[0]

        assert (fill.order_id, fill.quantity) == ("0", 8)

    def test_an_execution_without_an_id(self) -> None:
        """It cannot be told from another, so that it tells nothing."""
        assert facts_of(decode(pro_push("execution.SPOT", {"p": "1"}))) is None

    def test_balances_of_accounts(self) -> None:
        """The balance of a currency is that of one account."""
        names = [
            facts(texts(topic)[0]).balances[0].asset
            for topic in ("balance.UNIFIED", "balance.FUTURES", "balance.FUNDING")
        ]

        assert names == ["unified:USDT", "futures:USDT", "funding:USDT"]

    def test_position(self) -> None:
        """A position has its quantity with its sign, and a leverage where it is whole."""
        (one,) = facts(texts("positionAll.UNIFIED")[0]).positions
        (other,) = facts(texts("positionAll.FUTURES")[0]).positions

        assert (one.key, one.quantity, one.leverage) == (("XBTUSDTM", "BOTH"), 1, 3)
        assert (other.quantity, other.leverage, other.margin_mode) == (-1, None, "ISOLATED")
        assert facts_of(decode(pro_push("positionAll.SPOT", {}))) is None


class TestBalances:
    """Balances."""

    def test_spot(self) -> None:
        """A balance is that of the account that the cause names."""
        assert facts(texts("/account/balance")[0]).balances == (
            Balance(asset="trade:USDT", wallet=Decimal("21.133773386762"), frozen=Decimal("1.001")),
        )

    def test_an_unnamed_account(self) -> None:
        """A balance of nobody knows which account is not kept."""
        text = push("/account/balance", "account.balance", {"currency": "A", "total": "1"})
        assert facts_of(decode(text)) is None

    def test_wallet(self) -> None:
        """The futures wallet is one of its own; what orders hold is added up."""
        assert facts(texts("/contractAccount/wallet")[0]).balances == (
            Balance(
                asset="futures:USDT", wallet=Decimal("81.072921258"), frozen=Decimal("18.1188")
            ),
        )

    def test_margin(self) -> None:
        """Margin accounts are told with their assets, and not without."""
        cross = facts(texts("/margin/position")[0]).balances
        isolated = facts(texts("/margin/isolatedPosition:BTC-USDT")[0]).balances
        empty = push("/margin/position", "debt.ratio", {"debtRatio": 0})
        nothing = push("/margin/isolatedPosition:A-B", "positionChange", {"status": "CLEAR"})

        assert [balance.asset for balance in cross] == ["margin:BTC", "margin:USDT"]
        assert [balance.asset for balance in isolated] == [
            "isolated_BTC-USDT:BTC",
            "isolated_BTC-USDT:USDT",
        ]
        assert facts_of(decode(empty)) is None
        assert facts_of(decode(nothing)) is None


class TestPositions:
    """Positions are merged, not replaced."""

    def test_mark_price(self) -> None:
        """A message about the mark price changes figures and leaves the position as it is."""
        mirror = AccountMirror()
        mirror.apply(facts(texts(POSITIONS)[0]))
        price = {**MARK_PRICE, "currentTimestamp": 1_731_924_562_000}
        mirror.apply(facts(push(POSITIONS, "position.change", price)))
        (position,) = mirror.open_positions()

        assert position.key == ("XBTUSDTM", "BOTH")
        assert (position.quantity, position.entry_price) == (1, Decimal("91694.5"))
        assert position.margin_mode == "ISOLATED"
        assert dict(zip(POSITION_DETAIL, position.detail, strict=True))["mark_price"] == Decimal(
            "7947.83"
        )

    def test_every_figure_of_a_partial_message(self) -> None:
        """A message about the mark price has each figure that is replaced with it."""
        (position,) = facts(push(POSITIONS, "position.change", MARK_PRICE)).positions

        assert position.quantity is None
        assert None not in position.detail

    @given(
        st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "currentQty": st.integers(-3, 3),
                    "avgEntryPrice": st.integers(1, 9),
                    "marginMode": st.sampled_from(["CROSS", "ISOLATED"]),
                },
            ),
            max_size=8,
        )
    )
    def test_merging(self, messages: list[dict[str, Any]]) -> None:
        """After any messages each field is as the last message that told it has told."""
        mirror, merged = AccountMirror(), {}
        for n, data in enumerate(messages):
            text = push(POSITIONS, "position.change", {**data, "currentTimestamp": n + 1})
            mirror.apply(facts(text))
            merged.update(data)

        assert [
            (row.quantity, row.entry_price, row.margin_mode) for row in mirror.open_positions()
        ] == (
            [tuple(map(merged.get, ("currentQty", "avgEntryPrice", "marginMode")))]
            if merged.get("currentQty")
            else []
        )

    def test_closed(self) -> None:
        """A closed position has the quantity 0, also where only its flag says so."""
        for data in ({"isOpen": False, "currentQty": 0}, {"isOpen": False}):
            (position,) = facts(push(POSITIONS, "position.change", data)).positions
            assert position == Position(
                symbol="XBTUSDTM",
                position_side="BOTH",
                quantity=Decimal(0),
                detail=(None,) * len(POSITION_DETAIL),
            )

    def test_sides(self) -> None:
        """In hedge mode a symbol has two positions."""
        data = {"symbol": "X", "positionSide": "SHORT", "currentQty": -2, "leverage": 3}
        (position,) = facts(push("/contract/positionAll", "position.change", data)).positions

        assert (position.key, position.leverage) == (("X", "SHORT"), 3)
        assert type(position.position_side) is str

    def test_nobody_knows_which(self) -> None:
        """A message without a symbol on the topic of all is told, and changes nothing."""
        text = push("/contract/positionAll", "position.change", MARK_PRICE)
        assert facts_of(decode(text)) is None


class TestEverything:
    """All recorded messages."""

    def test_the_rest_tells_nothing(self) -> None:
        """Settings, stop orders, funding, the tape and control frames change no mirror."""
        silent = {
            type(decode(text)).__name__ for _, text in examples() if facts_of(decode(text)) is None
        }

        assert silent == {
            "Ack",
            "AvailableBalanceChange",
            "ClientRequest",
            "CrossLeverageUpdate",
            "FundingSettlement",
            "FuturesStopOrderUpdate",
            "MarginLoanUpdate",
            "MarginModeUpdate",
            "MarginPositionStatus",
            "MarketMatch",
            "OrderMarginChange",
            "Pong",
            "ProLeverageUpdate",
            "ProLiquidationWarning",
            "ProRefusal",
            "ProWelcome",
            "Refusal",
            "RiskLimitAdjustment",
            "SpotStopOrderUpdate",
            "Welcome",
            "WithdrawHoldChange",
        }
        assert facts_of(UnknownEvent()) is None

    @given(st.lists(st.sampled_from(examples()), max_size=30))
    def test_any_order_of_arrival(self, found: list[tuple[str, str]]) -> None:
        """The mirror takes the recorded messages in any order, and shows plain values."""
        mirror = AccountMirror()
        for _, text in found:
            told = facts_of(decode(text))
            if told is not None:
                mirror.apply(told)
        picture = mirror.picture()

        assert all(type(order.status) is str for order in picture.orders.values())
