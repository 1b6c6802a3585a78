"""What a row of the campaign is, and what it finds."""

from __future__ import annotations

import math
from collections.abc import Callable

import attrs

__all__ = ["Finding", "NotRun", "Round", "Row", "at_least", "at_most", "exactly", "noted"]

Number = int | float


class NotRun(Exception):
    """A row cannot be run here, or in this form; the text says why. That is no failure."""


@attrs.frozen(kw_only=True)
class Finding:
    """One figure, and whether it keeps its bound."""

    what: str
    value: Number
    bound: str = ""
    """In words, with the unit; ``""`` where the figure is only noted."""
    held: bool | None = None
    """None where nothing is judged."""
    detail: str = ""
    """What a person needs to know about a bound that was not held; or what was counted."""


@attrs.frozen(kw_only=True)
class Round:
    """One run of a row: how much of it, and which."""

    seed: int
    is_short: bool = False

    def pick(self, *, full: int, short: int) -> int:
        """Return how many there are to be in this form."""
        return short if self.is_short else full


@attrs.frozen(kw_only=True)
class Row:
    """A promise under a fault.

    Args:
        name: names it on the command line.
        hazards: which faults of the catalogue it is about.
        shows: what it does, and how much of it, in the full form.
        run: makes one run, in a process of its own.
        full_s: seconds after which the full form counts as hanging.
        short_s: the same for the short form.
        is_beside: whether it takes long and needs little of the machine, so that it is started
            first and runs beside the others.
    """

    name: str
    hazards: tuple[str, ...]
    shows: str
    run: Callable[[Round], list[Finding]]
    full_s: float
    short_s: float = 90.0
    is_beside: bool = False

    def deadline(self, *, is_short: bool) -> float:
        """Return the seconds that a run may take."""
        return self.short_s if is_short else self.full_s


def exactly(what: str, value: Number, wanted: Number, detail: str = "") -> Finding:
    """Return a figure that has to be one number."""
    return _judged(what, value, f"= {wanted:,}", value == wanted, detail)


def at_most(what: str, value: Number, most: Number, unit: str = "", detail: str = "") -> Finding:
    """Return a figure that may not be above a number; none that is no number is below it."""
    return _judged(what, value, f"≤ {_number(most)} {unit}".rstrip(), value <= most, detail)


def at_least(what: str, value: Number, least: Number, unit: str = "", detail: str = "") -> Finding:
    """Return a figure that may not be below a number."""
    return _judged(what, value, f"≥ {_number(least)} {unit}".rstrip(), value >= least, detail)


def noted(what: str, value: Number, detail: str = "") -> Finding:
    """Return a figure that is told and not judged, with what it counts, a line each."""
    return Finding(what=what, value=_round(value), detail=detail)


def _judged(what: str, value: Number, bound: str, held: bool, detail: str) -> Finding:
    return Finding(
        what=what,
        value=_round(value),
        bound=bound,
        held=held and math.isfinite(value),
        detail="" if held else detail,
    )


def _round(value: Number) -> Number:
    return value if isinstance(value, int) or not math.isfinite(value) else float(f"{value:.4g}")


def _number(value: Number) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
