"""Ids in one form each, whichever of their forms the wire has: equal ids are equal texts.

An address comes in lower case or in checksum case. An instrument id comes as ``0x`` and 16 hex
digits, or as the number whose little-endian bytes they are (*assumed*: the REST pages say "integer,
8-byte hash", and the official types write these bytes in hex). An order id is a number beyond 2^53.
"""

from __future__ import annotations

import re

__all__ = ["Address", "InstrumentId", "OrderId", "is_address"]

_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_HEX = re.compile(r"(?:0x)?([0-9a-f]{16})")
_NUMBER = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_BITS = 64


class Address(str):
    """The address of an account, in lower case; it is equal in whichever case it came."""

    __slots__ = ()

    def __new__(cls, value: str) -> Address:
        """Make it of an address in any case."""
        return super().__new__(cls, value.lower())


def is_address(text: str) -> bool:
    """Whether a text has the form of an address: ``0x`` and 40 hex digits."""
    return _ADDRESS.fullmatch(text.lower()) is not None


class InstrumentId(str):
    """The id of an instrument: ``0x`` and 16 hex digits in lower case.

    A number gives the same id as its hex form, also where it was taken for a signed one. A text in
    neither form is kept as it is.
    """

    __slots__ = ()

    def __new__(cls, value: str | int) -> InstrumentId:
        """Make it of either form."""
        return super().__new__(cls, _instrument(value))


def _instrument(value: str | int) -> str:
    if isinstance(value, int):
        if not -(1 << (_BITS - 1)) <= value < 1 << _BITS:
            return str(value)
        return "0x" + (value % (1 << _BITS)).to_bytes(_BITS // 8, "little").hex()
    if _NUMBER.fullmatch(value):
        return _instrument(int(value))
    match = _HEX.fullmatch(value.lower())
    return value if match is None else "0x" + match[1]


class OrderId(str):
    """The id of an order: the digits of a whole number that may be beyond 2^53."""

    __slots__ = ()

    def __new__(cls, value: str | int) -> OrderId:
        """Make it of a number or of its digits."""
        return super().__new__(cls, value)
