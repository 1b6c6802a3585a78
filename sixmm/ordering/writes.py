"""What a call was to change, and what became of it, as values.

An :class:`~sixmm.errors.OutcomeUnknown` carries a :class:`Write`: all that is needed to find out
later, also in another process, whether the exchange has done it.
"""

from __future__ import annotations

import enum
from decimal import Decimal

import attrs

from ..state.models import Order

__all__ = ["Kind", "Outcome", "Resolution", "Resolved", "Target", "Write"]


class Kind(enum.Enum):
    """What a call changes; it decides how its outcome is found out."""

    PLACE = "place"
    PLACE_CONDITION = "place a condition order"
    PLACE_STRATEGY = "place a strategy"
    AMEND = "amend"
    CANCEL = "cancel"
    CANCEL_CONDITION = "cancel a condition order"
    CANCEL_ALL = "cancel all"


class Outcome(enum.Enum):
    """What became of a write; every member is certain."""

    CONFIRMED = "confirmed"
    """The exchange has done it."""
    REJECTED = "rejected"
    """The exchange has taken the order, and refused it."""
    NOT_DONE = "not done"
    """It was not carried out, and cannot be any more."""


@attrs.frozen(kw_only=True)
class Target:
    """One order that a write is about, and what an amendment wants of it."""

    symbol: str | None = None
    order_id: str | None = None
    client_order_id: str | None = None
    condition_id: str | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None

    def __str__(self) -> str:
        name = self.order_id or self.client_order_id or self.condition_id or "every order"
        return f"{name} ({self.symbol})" if self.symbol else name


@attrs.frozen(kw_only=True)
class Write:
    """A call that was sent.

    ``earliest_ms`` and ``latest_ms`` are exchange time: it was signed in between. The exchange does
    not take a signature that is older than ten seconds (rule 38), so after that it is not carried
    out any more.
    """

    kind: Kind
    targets: tuple[Target, ...]
    earliest_ms: int
    latest_ms: int = 0
    limit_orders_only: bool = False
    """Whether a cancel-all was for limit orders only."""
    conditions_only: bool = False
    """Whether a cancel-all was for condition orders."""
    other_orders: tuple[str, ...] = ()
    """Orders of the same names that were confirmed before: none of them is of this write."""
    other_conditions: tuple[str, ...] = ()
    """Condition orders of the same names that were confirmed before."""

    @property
    def is_placement(self) -> bool:
        """Whether it makes orders, which are known by their client order ids only."""
        return self.kind in (Kind.PLACE, Kind.PLACE_CONDITION, Kind.PLACE_STRATEGY)


@attrs.frozen(kw_only=True)
class Resolved:
    """What became of one target of a write."""

    target: Target
    outcome: Outcome
    order: Order | None = None
    """The order as the exchange tells it now, where there is one."""
    condition_id: str | None = None
    """The condition order that was found, where the write was about one."""


@attrs.frozen(kw_only=True)
class Resolution:
    """What became of a write whose outcome was unknown."""

    kind: Kind
    parts: tuple[Resolved, ...]
    """One for each target, in the order in which they were sent."""

    @property
    def outcome(self) -> Outcome:
        """What became of all of it: confirmed only where every part is.

        A batch that was carried out in part is confirmed in :attr:`parts` only; look there.
        """
        outcomes = {part.outcome for part in self.parts}
        if outcomes == {Outcome.CONFIRMED}:
            return Outcome.CONFIRMED
        return Outcome.REJECTED if Outcome.REJECTED in outcomes else Outcome.NOT_DONE

    @property
    def order(self) -> Order | None:
        """The order of a write that was about one, where there is one now."""
        return self.parts[0].order if len(self.parts) == 1 else None
