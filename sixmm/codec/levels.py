"""The levels of an order book, kept as the text that came and converted when they are read.

A book has many levels and most readers look at the first few. To make eighty exact decimals takes
several times as long as to read the message that they are in. So nothing is done for a level until
somebody asks for it, and the best one is found without a look at the others.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, overload

from ..errors import DecodeError
from .amounts import PLAIN_DECIMAL, amount, amount_or_number
from .text import parse_json

__all__ = ["Level", "Levels"]

Level = tuple[Decimal, Decimal]
"""Price and quantity."""

_PAIR = rf'\["{PLAIN_DECIMAL.pattern}","{PLAIN_DECIMAL.pattern}"\]'
_is_plain = re.compile(rf"\[{_PAIR}(?:,{_PAIR})*\]").fullmatch
_first_of = re.compile(rf'\[\["({PLAIN_DECIMAL.pattern})","({PLAIN_DECIMAL.pattern})"\][,\]]').match


class Levels(Sequence[Level]):
    """A sequence of (price, quantity) as exact decimals, in the order in which they came.

    It behaves as a tuple of tuples: it has a length, an order and slices, does not change, and is
    equal to any sequence of the same levels. The levels are checked when they are read: where one
    is not what it should be, reading it raises :class:`~sixmm.errors.DecodeError`, and so does
    every access where the whole is no list of pairs.

    Args:
        source: the JSON text of a list of pairs, or the list itself.
        numbers: whether an amount may also be a JSON number.
    """

    __slots__ = ("_first", "_numbers", "_source")

    def __init__(self, source: str | Sequence[Any] = (), *, numbers: bool = False) -> None:
        self._source = source
        self._numbers = numbers
        self._first: Level | None = None

    def __len__(self) -> int:
        return len(self._pairs())

    @overload
    def __getitem__(self, index: int) -> Level: ...

    @overload
    def __getitem__(self, index: slice) -> Levels: ...

    def __getitem__(self, index: int | slice) -> Level | Levels:
        if index == 0:
            first = self._first
            return self._read_first() if first is None else first
        if isinstance(index, slice):
            return Levels(self._pairs()[index], numbers=self._numbers)
        return self._level(index)

    def __iter__(self) -> Iterator[Level]:
        source = self._source
        if type(source) is str and _is_plain(source):
            # All of them are well-formed: a third of the time that it takes one by one.
            texts = source[3:-3].replace('"],["', '","').split('","')
            amounts = list(map(Decimal, texts))
            return zip(amounts[::2], amounts[1::2], strict=True)
        return map(self._level, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (Levels, list, tuple)):
            return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        # The same before and after the first reading.
        with contextlib.suppress(DecodeError):
            self._pairs()
        return f"Levels({self._source!r})"

    def _read_first(self) -> Level:
        source = self._source
        match = _first_of(source) if type(source) is str else None
        if match is None:
            first = self._level(0)
        else:
            price, quantity = match.groups()
            first = Decimal(price), Decimal(quantity)
        self._first = first
        return first

    def _pairs(self) -> Sequence[Any]:
        source = self._source
        if isinstance(source, str):
            found = parse_json(source)
            if not isinstance(found, list):
                raise DecodeError("expected a list")
            self._source = source = found
        return source

    def _level(self, index: int) -> Level:
        row = self._pairs()[index]
        if not isinstance(row, list | tuple) or len(row) != 2:
            raise DecodeError("expected a list of 2", path=f"$[{index}]")
        read: Callable[[Any], Decimal] = amount_or_number if self._numbers else amount
        try:
            return read(row[0]), read(row[1])
        except ValueError as error:
            problem = str(error)
        raise DecodeError(problem, path=f"$[{index}]")
