"""Ids and lists as they are told: in the forms that the switches ask for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TypeVar

from .ids import checksum_form, number_form
from .manners import Manners

__all__ = ["Forms"]

T = TypeVar("T")


class Forms:
    """The forms of one server. Called under the lock of the `Core`."""

    def __init__(self, manners: Manners) -> None:
        """Tell things as `manners` has it."""
        self._manners = manners
        self._turns = itertools.count()
        self._cased: dict[str, str] = {}

    def account(self, address: str) -> str:
        """Return an address."""
        if not self._manners.checksum_case:
            return address
        if address not in self._cased:
            self._cased[address] = checksum_form(address)
        return self._cased[address]

    def instrument(self, instrument: str) -> str | int:
        """Return an instrument id."""
        wanted = self._manners.instrument_ids
        if wanted == "hex" or (wanted == "mixed" and next(self._turns) % 2):
            return instrument
        return number_form(instrument)

    def key(self, instrument: str) -> str:
        """Return an instrument id as the name of a member."""
        return str(self.instrument(instrument))

    def rows(self, rows: Sequence[T]) -> list[T] | None:
        """Return a list."""
        return None if not rows and self._manners.null_lists else list(rows)

    def members(self, members: Mapping[str, T]) -> dict[str, T] | None:
        """Return a map."""
        return None if not members and self._manners.null_lists else dict(members)
