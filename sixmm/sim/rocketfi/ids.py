"""Addresses of accounts and ids of instruments, and the forms that they have on the wire.

An address is 20 bytes in hex; in checksum form the case of its letters is a check (EIP-55). An
instrument id is 8 bytes: ``0x`` and 16 hex digits, or the number whose little-endian bytes these
are.
"""

from __future__ import annotations

import functools
import re

from .keccak import keccak256

__all__ = ["checksum_form", "instrument_id", "number_form", "read_address", "read_instrument_id"]

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_INSTRUMENT = re.compile(r"(?:0x)?([0-9a-fA-F]{16})")
_NUMBER = re.compile(r"[0-9]{1,20}")


def read_address(value: object) -> str | None:
    """Return an address in lower case, or None for anything else."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return None
    return value.lower()


def checksum_form(address: str) -> str:
    """Return the address with its letters in the case that its hash asks for."""
    digits = address.lower().removeprefix("0x")
    marks = keccak256(digits.encode()).hex()
    cased = (
        digit.upper() if int(mark, 16) >= 8 else digit
        for digit, mark in zip(digits, marks, strict=False)
    )
    return "0x" + "".join(cased)


@functools.lru_cache(maxsize=1024)
def instrument_id(ticker: str) -> str:
    """Return the id of the instrument of that name: a hash, below 2^63 as a number."""
    first = keccak256(ticker.encode())[:8]
    return "0x" + bytes([*first[:7], first[7] & 0x7F]).hex()


def number_form(instrument: str) -> int:
    """Return the id as a number."""
    return int.from_bytes(bytes.fromhex(instrument.removeprefix("0x")), "little")


def read_instrument_id(value: object) -> str | None:
    """Return an instrument id in its hex form, from either form; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return "0x" + value.to_bytes(8, "little").hex() if 0 <= value < 1 << 64 else None
    if not isinstance(value, str):
        return None
    match = _INSTRUMENT.fullmatch(value)
    if match and value.startswith("0x"):
        return "0x" + match[1].lower()
    if _NUMBER.fullmatch(value):
        return read_instrument_id(int(value))
    return "0x" + match[1].lower() if match else None
