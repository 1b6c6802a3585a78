"""The seeded trading script of the demo: which orders are placed, changed and cancelled.

It only decides; it is given what is open and what is held and returns an action. The same seed and
the same answers give the same script.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal

import attrs

__all__ = [
    "INSTRUMENTS",
    "Action",
    "Amend",
    "BeTaken",
    "Cancel",
    "Instrument",
    "Rest",
    "Script",
    "Take",
]

_MAX_OPEN = 12
_MAX_LOTS = 40


@attrs.frozen
class Instrument:
    """One contract: its name, the step of its prices, and the quantity of one lot."""

    symbol: str
    tick: Decimal
    lot: Decimal

    def price(self, value: Decimal) -> Decimal:
        """Return ``value`` rounded down to the step of prices, and never 0."""
        return max(self.tick, value // self.tick * self.tick)


INSTRUMENTS = (
    Instrument("BTCUSDT", Decimal("0.1"), Decimal("0.002")),
    Instrument("ETHUSDT", Decimal("0.01"), Decimal("0.05")),
    Instrument("SOLUSDT", Decimal("0.001"), Decimal("1")),
)
"""What the demo trades, in multiples of these lots."""


@attrs.frozen
class Action:
    """The base of what the script can want."""


@attrs.frozen
class Rest(Action):
    """Place a limit order away from the market."""

    instrument: Instrument
    side: str
    lots: int
    distance: Decimal
    """How far from the middle of the book, as a fraction of the price."""


@attrs.frozen
class Take(Action):
    """Trade at once against the orders of others."""

    instrument: Instrument
    side: str
    lots: int


@attrs.frozen
class BeTaken(Action):
    """Rest in the middle of the book and let another account trade against it in parts."""

    instrument: Instrument
    side: str
    parts: tuple[int, ...]
    """The lots of each part that is traded."""
    rest: int
    """The lots that are left open."""


@attrs.frozen
class Amend(Action):
    """Change the size and the price of an open order."""

    order_id: str
    lots: int
    distance: Decimal


@attrs.frozen
class Cancel(Action):
    """Cancel an open order."""

    order_id: str


class Script:
    """A stream of actions.

    Args:
        seed: the same seed gives the same actions for the same answers.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self, *, open_orders: list[str], held: Mapping[str, int]) -> Action:
        """Return what to do now.

        Args:
            open_orders: the ids of the open orders, oldest first.
            held: the position in lots by symbol, negative for a short.
        """
        if len(open_orders) >= _MAX_OPEN:
            return Cancel(open_orders[0])
        kinds = ("rest", "take", "be_taken") + (("amend", "cancel") if open_orders else ())
        kind = self._random.choices(kinds, weights=(3, 2, 3, 3, 1)[: len(kinds)])[0]
        if kind == "amend":
            return Amend(self._random.choice(open_orders), self._lots(), self._distance())
        if kind == "cancel":
            return Cancel(self._random.choice(open_orders))
        instrument = self._random.choice(INSTRUMENTS)
        side = self._side(held.get(instrument.symbol, 0))
        if kind == "rest":
            return Rest(instrument, side, self._lots(), self._distance())
        if kind == "take":
            return Take(instrument, side, self._lots())
        parts = tuple(self._random.randint(1, 3) for _ in range(self._random.randint(1, 3)))
        return BeTaken(instrument, side, parts, self._random.randint(0, 2))

    def _side(self, held: int) -> str:
        """Return a side; the further the position has gone one way, the likelier the way back."""
        towards_short = (held + _MAX_LOTS) / (2 * _MAX_LOTS)
        return "SELL" if self._random.random() < towards_short else "BUY"

    def _lots(self) -> int:
        return self._random.randint(1, 6)

    def _distance(self) -> Decimal:
        return Decimal(self._random.randint(10, 150)) / 10_000
