"""The body of a strategy, read and checked for its shape (rules 51, 112, 113)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..codes import Code, ExchangeError
from .condition import CONDITION_TYPES
from .condition_request import ConditionCode, read_condition
from .request import choice, read_order, text_field
from .strategy import Drive, Leg

__all__ = ["StrategyRequest", "read_strategy"]

_LEGS = {"OTO": 2, "OCO": 2, "OTOCO": 3}
_EVENTS = ("FILLED", "PARTIALLY_FILLED", "TRIGGERED", "CANCELED")
_ACTIONS = ("PLACE", "CANCEL")
_SLOTS = ("first", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRequest:
    """A well-formed wish for a strategy; its legs have all their drives."""

    type: str
    legs: tuple[Leg, ...]


def read_strategy(body: Mapping[str, object]) -> StrategyRequest:
    """Return the request in `body`.

    Raises `ExchangeError`: 2001 and 2002 for the body, 3107 for legs that do not make a
    strategy of its type, and the codes of a placement for what a leg is to place.
    """
    kind = choice(body, "strategyType", tuple(_LEGS), None)
    rows = _rows(body)
    if len(rows) != _LEGS[kind]:
        raise _wrong(f"{kind} has {_LEGS[kind]} legs")
    legs = tuple(_read_leg(row, place) for place, row in enumerate(rows, 1))
    _check_numbers(legs)
    if len({leg.request.symbol for leg in legs}) != 1:
        raise _wrong("all legs must have one symbol")
    return StrategyRequest(type=kind, legs=_wire(kind, legs, rows))


def _wrong(message: str) -> ExchangeError:
    return ExchangeError(ConditionCode.LEG, message)


def _rows(body: Mapping[str, object]) -> list[dict[str, object]]:
    rows = body.get("subOrderList")
    if rows is None or rows == []:
        raise ExchangeError(Code.MISSING, "subOrderList is required")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ExchangeError(Code.BAD, "subOrderList must be a list of objects")
    return rows


def _read_leg(row: Mapping[str, object], place: int) -> Leg:
    kind = text_field(row, "type", required=True)
    waits = kind in CONDITION_TYPES
    return Leg(
        sub_id=_whole(row, "strategySubId", place),
        sent=dict(row),
        request=read_condition(row) if waits else read_order(row),
        drives=tuple(drive for slot in _SLOTS for drive in _drive(row, slot)),
    )


def _whole(row: Mapping[str, object], name: str, default: int) -> int:
    value = row.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ExchangeError(Code.BAD, f"{name} must be a whole number from 0")
    return value


def _drive(row: Mapping[str, object], slot: str) -> list[Drive]:
    """Return the drive in a slot, if there is one; driver 0 means there is none (rule 51)."""
    driver = _whole(row, f"{slot}DrivenId", 0)
    on = text_field(row, f"{slot}DrivenOn")
    action = text_field(row, f"{slot}Trigger")
    if not driver:
        return []
    if on is None or on not in _EVENTS:
        raise _wrong(f"{slot}DrivenOn must be one of {', '.join(_EVENTS)}")
    if action is None or action not in _ACTIONS:
        raise _wrong(f"{slot}Trigger must be one of {', '.join(_ACTIONS)}")
    return [Drive(driver=driver, on=on, action=action)]


def _check_numbers(legs: Sequence[Leg]) -> None:
    numbers = {leg.sub_id for leg in legs}
    if len(numbers) != len(legs) or 0 in numbers:
        raise _wrong("strategySubId must be a number of its own for each leg, from 1")
    for leg in legs:
        for drive in leg.drives:
            if drive.driver not in numbers or drive.driver == leg.sub_id:
                raise _wrong("a leg must be driven by another leg of the strategy")


def _wire(kind: str, legs: Sequence[Leg], rows: Sequence[Mapping[str, object]]) -> tuple[Leg, ...]:
    """Check that the drives make a strategy of its kind, and add those that the kind implies.

    Legs that say nothing at all about drives are driven as is customary for the kind.
    """
    silent = not any(f"{slot}DrivenId" in row for row in rows for slot in _SLOTS)
    first, *others = legs
    if silent and kind != "OCO":
        for leg in others:
            leg.drives = (Drive(driver=first.sub_id, on="FILLED", action="PLACE"),)
    deferred = [leg for leg in legs if leg.is_deferred]
    if len(deferred) != len(legs) - (2 if kind == "OCO" else 1):
        raise _wrong(f"the drives of the legs do not make an {kind}")
    starters = {leg.sub_id for leg in legs} - {leg.sub_id for leg in deferred}
    drivers = {d.driver for leg in deferred for d in leg.drives if d.action == "PLACE"}
    if not drivers <= starters:
        raise _wrong("legs are placed by the leg that works from the start")
    if kind != "OTO":
        _exclude(deferred or legs)
    return tuple(legs)


def _exclude(pair: Sequence[Leg]) -> None:
    """Let each leg of the pair be cancelled when the other is triggered or filled."""
    for leg, other in (pair, pair[::-1]):
        implied = tuple(
            Drive(driver=other.sub_id, on=on, action="CANCEL") for on in ("TRIGGERED", "FILLED")
        )
        leg.drives += tuple(drive for drive in implied if drive not in leg.drives)
