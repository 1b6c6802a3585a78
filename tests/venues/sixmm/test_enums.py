"""The choices of 6MM, held against the fact sheet."""

from __future__ import annotations

import enum

import pytest

from sixmm.venues.sixmm import enums

from .examples import openapi

SCHEMAS = {
    "Side": "OrderSide",
    "PositionSide": "PositionSide",
    "OrderType": "OrderType",
    "TimeInForce": "TimeInForce",
    "OrderStatus": "OrderStatus",
    "MarginMode": "MarginModeName",
    "MarginModeCode": "MarginModeCode",
    "Role": "RoleType",
    "BboPriceType": "BboPriceType",
    "CancelType": "CancelType",
}


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_members_are_those_of_the_fact_sheet(name: str, schema: str) -> None:
    """No documented value is missing, and none is made up."""
    cls: type[enum.Enum] = getattr(enums, name)

    assert {member.value for member in cls} == set(
        openapi()["components"]["schemas"][schema]["enum"]
    )


def test_every_enum_is_held_against_it() -> None:
    """An enum that is added is checked, too."""
    found = {name for name in enums.__all__ if isinstance(getattr(enums, name), enum.EnumMeta)}

    assert found == set(SCHEMAS)


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
