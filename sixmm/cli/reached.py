"""Everything that an account ever was, by the exchange's own log; anything else was invented."""

from __future__ import annotations

from collections.abc import Mapping

from .claims import NOTHING_HELD, AccountKey, Claims, FillClaim, OrderClaim, Values, agree

__all__ = ["Reached"]


class Reached:
    """Every order state, fill and value of the log, whenever it was reached."""

    def __init__(self) -> None:
        self._orders: dict[str, list[OrderClaim]] = {}
        self._fills: dict[str, FillClaim] = {}
        self._values: dict[AccountKey, set[Values]] = {}

    def add(self, claims: Claims) -> None:
        """Take in what one entry of the log says."""
        if claims.order is not None:
            self._orders.setdefault(claims.order.order_id, []).append(claims.order)
        if claims.fill is not None:
            self._fills[claims.fill.fill_id] = claims.fill
        self.add_values(claims.account)

    def add_values(self, account: Mapping[AccountKey, Values]) -> None:
        """Take in balances and positions."""
        for key, values in account.items():
            self._values.setdefault(key, set()).add(values)

    def has_fill(self, fill: FillClaim) -> bool:
        """Whether the account had this fill, with the same values wherever both have one."""
        true = self._fills.get(fill.fill_id)
        return true is not None and agree(fill.values, true.values)

    def invention_in(self, claims: Claims, *, by_rest: bool) -> str | None:
        """Return in words what of ``claims`` never was, or None where all of it was."""
        if claims.fill is not None and not self.has_fill(claims.fill):
            return f"fill {claims.fill.fill_id} never was, or was another"
        is_rebuilt = by_rest and claims.fill is not None
        if claims.order is not None and not self._has_order(claims.order, is_rebuilt=is_rebuilt):
            return f"{claims.order} never was"
        rows = claims.account.items()
        return next(
            ("/".join(key) + " never was" for key, v in rows if not self._has(key, v)), None
        )

    def _has_order(self, order: OrderClaim, *, is_rebuilt: bool) -> bool:
        """Whether the order was in this state.

        The state that a snapshot tells with a missed fill is rebuilt from a later one. So its price
        and quantity may be those of another time, which no REST call tells apart.
        """
        states = [
            one for one in self._orders.get(order.order_id, ()) if agree(order.kind, one.kind)
        ]
        if not is_rebuilt:
            return any(agree(order.state, one.state) for one in states)
        progress = order.status, order.executed
        return (
            any(agree(progress, (one.status, one.executed)) for one in states)
            and any(agree((order.price,), (one.price,)) for one in states)
            and any(agree((order.quantity,), (one.quantity,)) for one in states)
        )

    def _has(self, key: AccountKey, values: Values) -> bool:
        if key[0] == "position" and values == NOTHING_HELD:
            return True  # every position begins with nothing
        reached = self._values.get(key)
        if reached is None:
            return not any(values)  # so does every balance
        return values in reached or any(agree(values, true) for true in reached)
