"""What the public market calls tell."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.codec import parse_json, structure
from sixmm.errors import DecodeError
from sixmm.venues.sixmm import rest_schema as rest


def read(cls: type[Any], text: str) -> Any:
    """Return a JSON text as an object."""
    return structure(rest.make_rest_converter(), parse_json(text), cls)


def test_margin_brackets() -> None:
    """The brackets of a symbol are typed on access (docs/wire.md)."""
    row = read(
        rest.SymbolRow,
        '{"symbol":"X","leverageTiers":[{"tier":1,"minNotional":"0","maxNotional":"50000",'
        '"maxLeverage":100,"maintenanceRate":"0.004","odd":1}]}',
    )
    (tier,) = row.leverage_tiers

    assert (tier.tier, tier.max_leverage) == (1, 100)
    assert [str(tier.min_notional), str(tier.max_notional)] == ["0", "50000"]
    assert str(tier.maintenance_rate) == "0.004"
    assert tier.extra == {"odd": 1}


def test_fee_levels() -> None:
    """The fee levels of the reply are typed on access (docs/wire.md)."""
    reply = read(
        rest.Symbols,
        '{"list":[],"handlingFeeLevelConfig":[{"level":0,"makerRate":"0.0002","takerRate":"0"}]}',
    )

    assert [str(level.maker_rate) for level in reply.handling_fee_levels] == ["0.0002"]


@pytest.mark.parametrize("told", ["[1]", "5", '[{"tier":"1"}]', '{"1":2}'])
def test_symbols_can_be_used_whatever_their_brackets_are(told: str) -> None:
    """Where the assumption is wrong, only who asks for the brackets is told so (rule 112)."""
    reply = read(rest.Symbols, f'{{"list":[{{"symbol":"X","leverageTiers":{told}}}]}}')

    assert reply.rows[0].symbol == "X"
    assert "leverageTiers" in reply.rows[0].extra
    with pytest.raises(DecodeError, match=r"^\$\.leverageTiers"):
        _ = reply.rows[0].leverage_tiers


def test_symbols_without_brackets() -> None:
    """Where the exchange tells none, there are none."""
    reply = read(rest.Symbols, '{"list":[{"symbol":"X"}]}')

    assert reply.rows[0].leverage_tiers == ()
    assert reply.handling_fee_levels == ()


@pytest.mark.parametrize(
    "cls", [rest.FundingConfigs, rest.FundingRatePage, rest.FundingHistoryPage]
)
def test_a_funding_reply_has_its_list(cls: type[Any]) -> None:
    """A reply without its list is refused: no rows would say that there are none (rule 111)."""
    assert read(cls, '{"list":[{"symbol":"X","odd":1}]}').rows[0].extra == {"odd": 1}
    with pytest.raises(DecodeError, match="list"):
        read(cls, '{"rows":[]}')
