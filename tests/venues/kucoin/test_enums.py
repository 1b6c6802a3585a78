"""Words and numbers of the exchange."""

from __future__ import annotations

import enum
import inspect

import pytest

from sixmm.venues.kucoin import enums
from sixmm.venues.kucoin.enums import Connection, OrderEvent, ProOrderStatus, Side, known

ENUMS = [getattr(enums, name) for name in enums.__all__ if name != "known"]


@pytest.mark.parametrize("cls", ENUMS, ids=lambda cls: cls.__name__)
def test_members_are_their_wire_values(cls: type[enum.Enum]) -> None:
    """A member equals its wire value and prints as it, so that either can be compared."""
    assert inspect.getdoc(cls)
    for member in cls:
        assert member == member.value
        assert not isinstance(member, str) or str(member) == member.value
        assert hash(member) == hash(member.value)


def test_words_of_the_streams() -> None:
    """The documented words are there."""
    assert {str(word) for word in OrderEvent} == {
        "received",
        "open",
        "match",
        "update",
        "filled",
        "canceled",
    }
    assert [status.value for status in ProOrderStatus] == list(range(7))


def test_connections() -> None:
    """A connection tells whether it is private, unified, or about futures."""
    private = {connection for connection in Connection if connection.is_private}

    assert private == {"spot_private_v1", "futures_private_v1", "private_pro_v2"}
    assert {c for c in Connection if c.is_pro} == {
        "private_pro_v2",
        "spot_public_pro_v2",
        "futures_public_pro_v2",
    }
    assert Connection.FUTURES_PUBLIC_V1.is_futures
    assert not Connection.SPOT_PRIVATE_V1.is_futures


def test_known() -> None:
    """A word that is listed becomes its member, another one stays as it is."""
    assert known(Side, "buy") is Side.BUY
    assert known(Side, "up") == "up"
    assert known(Side, None) is None
