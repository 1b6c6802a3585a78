"""The choices of 6MM, held against the fact sheet."""

from __future__ import annotations

import enum

import pytest

from sixmm.venues.sixmm import enums

from .examples import openapi

SCHEMAS = {
    "ApiKeyStatus": "ApiKeyStatus",
    "BalancePeriod": "BalancePeriod",
    "BboPriceType": "BboPriceType",
    "CancelType": "CancelType",
    "CloseTrigger": "CloseTriggerMode",
    "ConditionOrderType": "ConditionOrderType",
    "KlineInterval": "KlineInterval",
    "KlinePriceType": "KlinePriceType",
    "LeaderboardPeriod": "LeaderboardPeriod",
    "MarginMode": "MarginModeName",
    "MarginModeCode": "MarginModeCode",
    "OrderSideCode": "OrderSideFilter",
    "OrderStatus": "OrderStatus",
    "OrderType": "OrderType",
    "OrderTypeCode": "OrderTypeFilter",
    "PositionHistorySide": "PositionHistorySide",
    "PositionSide": "PositionSide",
    "Role": "RoleType",
    "Side": "OrderSide",
    "StrategyStatus": "StrategyStatus",
    "StrategyType": "StrategyType",
    "TimeInForce": "TimeInForce",
    "TrendRange": "TrendRange",
    "WorkingType": "WorkingType",
}

ASSUMED = {
    "ChangeType": {
        *("TRANSFER_IN", "TRANSFER_OUT", "REALIZED_PNL", "FEE", "FUNDING", "LIQUIDATION")
    },
    "ConditionStatus": {"NEW", "TRIGGERED", "CANCELED", "REJECTED"},
    "DrivenOn": {"FILLED", "PARTIALLY_FILLED", "TRIGGERED", "CANCELED"},
    "LegTrigger": {"PLACE", "CANCEL"},
}
"""The words that the documentation leaves open (rule 113), as ``docs/wire.md`` assumes them."""


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_members_are_those_of_the_fact_sheet(name: str, schema: str) -> None:
    """No documented value is missing, and none is made up."""
    cls: type[enum.Enum] = getattr(enums, name)
    told = openapi()["components"]["schemas"][schema]

    assert {member.value for member in cls} == set(told.get("enum") or told["x-open-enum"])


def test_names_of_numbers_are_those_of_the_fact_sheet() -> None:
    """A number has the name that the documentation gives it, where it is a word of the API."""
    schemas = openapi()["components"]["schemas"]
    for name in ("MarginModeCode", "OrderTypeCode", "OrderSideCode"):
        cls: type[enum.IntEnum] = getattr(enums, name)
        told = schemas[SCHEMAS[name]]["x-enum-names"]
        assert {str(member.value): member.name for member in cls} == told


def test_permissions_are_the_documented_bits() -> None:
    """Bits add up, and every sum of them is a permission (rule 16)."""
    told = openapi()["components"]["schemas"]["ApiKeyPermissions"]["x-bits"]

    assert {str(bit.value): bit.name for bit in enums.Permission} == {
        number: name.upper() for number, name in told.items()
    }
    assert enums.Permission.READ | enums.Permission.TRADE == 3


@pytest.mark.parametrize(("name", "values"), ASSUMED.items())
def test_assumed_words(name: str, values: set[str]) -> None:
    """An enum of assumed words says so, and has those of the page about the wire."""
    cls: type[enum.Enum] = getattr(enums, name)

    assert {member.value for member in cls} == values
    assert "*assumed*" in (cls.__doc__ or "")


def test_every_enum_is_held_against_it() -> None:
    """An enum that is added is checked, too."""
    found = {name for name in enums.__all__ if isinstance(getattr(enums, name), enum.EnumMeta)}

    assert found == set(SCHEMAS) | set(ASSUMED) | {"Permission"}


def test_members_print_and_compare_as_their_wire_value() -> None:
    """A member can stand wherever the text is wanted, on every Python version."""
    assert enums.Side.BUY == "BUY"
    assert enums.Role.MAKER in {"maker"}
    assert f"{enums.Side.BUY}" == str(enums.Side.BUY) == "BUY"
    assert int(enums.MarginModeCode.ISOLATED) == 2


def test_known_keeps_unknown_text() -> None:
    """A value without a member stays what it is, and None stays None."""
    assert enums.known(enums.Side, "BUY") is enums.Side.BUY
    assert enums.known(enums.Side, "HOLD") == "HOLD"
    assert enums.known(enums.Side, None) is None
