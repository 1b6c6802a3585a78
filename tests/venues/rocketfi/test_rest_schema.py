"""What the replies tell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.codec import parse_json, structure, wire_names
from sixmm.errors import DecodeError
from sixmm.venues.rocketfi import rest_schema as rest
from sixmm.venues.rocketfi.enums import OrderEventType, Side

from .examples import EVENTS, FUNDING, INSTRUMENT, NUMBER, ORDER, ORDER_ROW, POSITION, text

CONVERTER = rest.make_rest_converter()


def read(cls: type[Any], value: Any) -> Any:
    """Return a JSON value as an object."""
    return structure(CONVERTER, parse_json(text(value)), cls)


def test_open_orders() -> None:
    """A row has every member of the documented table but the twap ones, which are in extra."""
    twap = {"twapFrequency": 5}
    page = read(rest.OpenOrdersPage, {"orders": [{**ORDER_ROW, **twap}], "pageNumber": 0})
    (row,) = page.rows

    assert wire_names(rest.OpenOrderRow) == ORDER_ROW.keys()
    assert (row.order_id, row.side, row.instrument_id) == (str(ORDER), Side.BUY, INSTRUMENT)
    assert (row.filled_quantity, row.extra) == (Decimal("0.5"), twap)
    assert parse_json(row.raw) == parse_json(text({**ORDER_ROW, **twap}))


@pytest.mark.parametrize("reply", [{"orders": None}, {"orders": []}, {}])
def test_an_empty_page(reply: dict[str, Any]) -> None:
    """No orders may be null, empty, or nothing at all."""
    assert read(rest.OpenOrdersPage, reply).rows == ()


def test_order_events() -> None:
    """They are those of the stream, each with its text."""
    page = rest.read_order_events_page(CONVERTER, parse_json(text({"orderEvents": list(EVENTS)})))

    assert [row.type for row in page.rows] == list(
        map(OrderEventType, ("placed", "fill", "modified", "rejected", "canceled"))
    )
    assert page.rows[1].fee_amount == Decimal("4.3")
    assert parse_json(page.rows[4].raw) == EVENTS[4]
    assert rest.read_order_events_page(CONVERTER, {"orderEvents": None}).rows == ()


def test_positions() -> None:
    """The name of the member is the instrument, in either form; none may be null."""
    held = rest.read_positions_reply(CONVERTER, {"positions": {str(NUMBER): POSITION}})
    (row,) = held.rows

    assert (row.instrument_id, row.quantity) == (INSTRUMENT, Decimal("-1.5"))
    assert parse_json(row.raw) == POSITION
    assert rest.read_positions_reply(CONVERTER, {"positions": None}).rows == ()


def test_collateral() -> None:
    """The names of the members are the ids of the assets."""
    held = rest.read_collaterals(CONVERTER, {"collaterals": {"0": "1.50", "2": "0"}})

    assert [(row.asset_id, str(row.collateral)) for row in held.rows] == [(0, "1.50"), (2, "0")]
    assert rest.read_collaterals(CONVERTER, {}).rows == ()


@pytest.mark.parametrize(
    ("collaterals", "path"),
    [
        ([], "$.collaterals"),
        ({"0": 5}, "$.collaterals.0"),
        ({"0": None}, "$.collaterals.0"),
        ({"one": "5"}, "$.collaterals.one"),
        ({"\u0661": "5"}, "$.collaterals.\u0661"),
    ],
)
def test_collateral_that_is_wrong(collaterals: Any, path: str) -> None:
    """It is refused with its path, and never taken for no collateral."""
    with pytest.raises(DecodeError) as caught:
        rest.read_collaterals(CONVERTER, {"collaterals": collaterals})
    assert caught.value.path == path


def test_funding() -> None:
    """A payment has the members of the push."""
    (row,) = read(rest.PositionFundingPage, {"events": [FUNDING]}).rows

    assert wire_names(rest.PositionFundingRow) == FUNDING.keys()
    assert (row.round, row.pnl) == (77, Decimal("0.5"))


def test_instruments_and_assets() -> None:
    """What there is, by id."""
    told = {"instruments": {INSTRUMENT: {"id": INSTRUMENT, "ticker": "BTC-PERP", "more": 1}}}
    (instrument,) = rest.read_instruments(CONVERTER, told).rows
    assert (instrument.ticker, instrument.extra) == ("BTC-PERP", {"more": 1})
    (asset,) = rest.read_assets(CONVERTER, {"assets": {"0": {"id": 0, "markPrice": "1"}}})
    assert (asset.asset_id, asset.mark_price) == (0, 1)
    with pytest.raises(DecodeError, match=r"\$\.assets: expected an object"):
        rest.read_assets(CONVERTER, {"assets": []})
