"""What things look like on the wire."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim.rocketfi.forms import Forms
from sixmm.sim.rocketfi.ledger import Ledger
from sixmm.sim.rocketfi.manners import Manners
from sixmm.sim.rocketfi.market import INSTRUMENTS, Market
from sixmm.sim.rocketfi.rows import (
    book_rows,
    candle_row,
    event_row,
    instrument_row,
    mark_price,
    order_row,
    position_row,
    quote_row,
    risk_row,
    stats_row,
)

BTC = INSTRUMENTS[0]
ADDRESS = "0x" + "a" * 40
FORMS = Forms(Manners(checksum_case=False))
MARKET = Market.open(BTC, 7, 1_700_000_000_000)


def ledger() -> Ledger:
    """Return an account without anything."""
    return Ledger(ADDRESS, {0: Decimal(1000)}, Ledger.order_ids())


def test_order_events_mix_their_cases() -> None:
    """The envelope is in camel case and the variant in snake case; a cancel is a bare text."""
    own = ledger()
    order, _ = own.place(BTC, side="Buy", quantity=Decimal("1.50"), price=Decimal(9), now_ms=5)
    own.cancel(order)
    placed, canceled = [event_row(event, ADDRESS, FORMS) for event in own.events]

    assert placed == {
        "orderId": order.order_id,
        "account": ADDRESS,
        "instrument": BTC.instrument_id,
        "eventData": {
            "placed": {
                "price": "9",
                "size": "1.5",
                "remaining_size": "1.5",
                "original_size": "1.5",
                "settlement_asset": 0,
                "timestamp": 5,
                "is_passive": True,
                "is_filled": False,
            }
        },
    }
    assert canceled["eventData"] == "canceled"


def test_fills_have_all_their_members() -> None:
    """They are those of the official types."""
    own = ledger()
    order, _ = own.place(BTC, side="Buy", quantity=Decimal(1), price=Decimal(9), now_ms=5)
    own.fill(order, Decimal(1), Decimal(9), now_ms=6, passive=False)
    row = event_row(own.events[-1], ADDRESS, FORMS)["eventData"]["fill"]

    assert list(row) == [
        *("price", "size", "remaining_size", "original_size", "settlement_asset", "pnl"),
        *("timestamp", "is_passive", "is_filled", "fee_rate", "fee_amount"),
        *("is_liquidation", "is_adl"),
    ]
    assert (row["fee_amount"], row["remaining_size"], row["is_filled"]) == ("0.0045", "0", True)


def test_open_orders_leave_out_what_they_have_not() -> None:
    """A trigger is there or not there, and never null."""
    own = ledger()
    plain, _ = own.place(BTC, side="Buy", quantity=Decimal(1), price=Decimal(9), now_ms=5)
    waiting, _ = own.place(
        BTC,
        side="Sell",
        quantity=Decimal(1),
        price=Decimal(9),
        now_ms=5,
        trigger=("StopLoss", Decimal(8)),
    )
    names = {"triggerType", "triggerPrice"}

    assert not names & order_row(plain, ADDRESS, FORMS).keys()
    row = order_row(waiting, ADDRESS, FORMS)
    assert (row["triggerType"], row["triggerPrice"], row["side"]) == ("StopLoss", "8", "Sell")


def test_positions_and_risk() -> None:
    """All amounts are texts without an exponent; the leverage is a number."""
    own = ledger()
    order, _ = own.place(BTC, side="Sell", quantity=Decimal(1), price=MARKET.price, now_ms=5)
    own.fill(order, Decimal(1), MARKET.price, now_ms=6, passive=True)
    row = position_row(own.positions[BTC.instrument_id], MARKET)
    risk = risk_row(own, {BTC.instrument_id: MARKET}, FORMS)

    assert (row["quantity"], row["unrealizedPnl"], row["leverageSetting"]) == ("-1", "0", 10)
    assert Decimal(row["liquidationPrice"]) > Decimal(row["averagePrice"])
    assert all(isinstance(value, str) and "E" not in value for value in risk.values())
    assert risk["account"] == ADDRESS


def test_books() -> None:
    """The best level comes first on both sides, and the quote has both."""
    book, quote = book_rows(MARKET, changes_only=False), quote_row(MARKET, 9)
    bids = [Decimal(level["price"]) for level in book["bids"]]
    asks = [Decimal(level["price"]) for level in book["asks"]]

    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert (quote["bidPrice"], quote["askPrice"]) == (
        book["bids"][0]["price"],
        book["asks"][0]["price"],
    )


def test_figures_of_markets() -> None:
    """Candles and figures are JSON numbers; a mark price is a variant of its own."""
    candle = candle_row(MARKET, "1m", MARKET.candles["1m"], FORMS, closed=False)

    assert isinstance(candle["open"], float)
    assert candle["timestamp"] == candle["slot"] * 60_000
    assert all(isinstance(figure, float) for figure in stats_row(MARKET).values())
    assert mark_price(Decimal(5), 1) == {"Price": {"price": "5", "timestamp": 1}}
    assert list(mark_price(Decimal(5), 1, Decimal("0.5"))) == ["PriceIV"]
    assert instrument_row(MARKET)["priceScale"] == 1
