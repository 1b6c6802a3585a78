"""What the margin topics tell about debts, positions and loans."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import attrs
from attrs import field

from ....codec import wire
from ..enums import IsolatedStatus, MarginEvent
from ..kinds import Ms, Ns
from ..reading import keyed
from .event import KuCoinEvent

__all__ = [
    "IsolatedAsset",
    "IsolatedPositionUpdate",
    "MarginAsset",
    "MarginDebt",
    "MarginDebtRatio",
    "MarginLoanUpdate",
    "MarginPositionStatus",
]


@attrs.frozen(kw_only=True)
class MarginAsset:
    """What the cross margin account has of one currency."""

    currency: str
    total: Decimal | None = field(default=None, metadata=wire("total"))
    available: Decimal | None = field(default=None, metadata=wire("available"))
    hold: Decimal | None = field(default=None, metadata=wire("hold"))


@attrs.frozen(kw_only=True)
class MarginDebt:
    """What the cross margin account owes of one currency."""

    currency: str
    amount: Decimal | None = None


@attrs.frozen(kw_only=True)
class MarginDebtRatio(KuCoinEvent):
    """How indebted the cross margin account is: ``/margin/position``, pushed while it is at all.

    It is known by its fields, because the documentation prints the other kind of message of this
    topic under the same subject.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    debt_ratio: Decimal = field(metadata=wire("debtRatio"))
    total_asset: Decimal | None = field(default=None, metadata=wire("totalAsset"))
    """In BTC."""
    margin_coefficient_total_asset: Decimal | None = field(
        default=None, metadata=wire("marginCoefficientTotalAsset")
    )
    total_debt: Decimal | None = field(default=None, metadata=wire("totalDebt"))
    """In BTC."""
    assets: tuple[MarginAsset, ...] = field(default=(), metadata=keyed("assetList", key="currency"))
    debts: tuple[MarginDebt, ...] = field(
        default=(), metadata=keyed("debtList", key="currency", value="amount")
    )
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class MarginPositionStatus(KuCoinEvent):
    """The cross margin account was frozen, freed or indebted: ``/margin/position``."""

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    type: MarginEvent | str = field(metadata=wire("type"))
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class IsolatedAsset:
    """What an isolated margin position has and owes of one currency."""

    currency: str
    total: Decimal | None = field(default=None, metadata=wire("total"))
    hold: Decimal | None = field(default=None, metadata=wire("hold"))
    liability_principal: Decimal | None = field(default=None, metadata=wire("liabilityPrincipal"))
    liability_interest: Decimal | None = field(default=None, metadata=wire("liabilityInterest"))


@attrs.frozen(kw_only=True)
class IsolatedPositionUpdate(KuCoinEvent):
    """An isolated margin position changed: ``/margin/isolatedPosition:SYMBOL``."""

    TIMES: ClassVar[tuple[str, ...]] = ("timestamp_ms",)

    symbol: str | None = field(default=None, metadata=wire("tag"))
    """That of the topic where the message does not say it."""
    status: IsolatedStatus | str | None = field(default=None, metadata=wire("status"))
    status_biz_type: str | None = field(default=None, metadata=wire("statusBizType"))
    """Why, such as ``USER_BORROW`` or ``FORCE_LIQUIDATION``."""
    accumulated_principal: Decimal | None = field(
        default=None, metadata=wire("accumulatedPrincipal")
    )
    change_assets: tuple[IsolatedAsset, ...] = field(
        default=(), metadata=keyed("changeAssets", key="currency")
    )
    timestamp_ms: Ms | None = field(default=None, metadata=wire("timestamp"))


@attrs.frozen(kw_only=True)
class MarginLoanUpdate(KuCoinEvent):
    """An order to lend or borrow changed: ``/margin/loan:CURRENCY``, of old documentation.

    The subject says what happened: ``order.open``, ``order.update`` or ``order.done``.
    """

    TIMES: ClassVar[tuple[str, ...]] = ("ts_ns",)

    order_id: str = field(metadata=wire("orderId"))
    currency: str | None = field(default=None, metadata=wire("currency"))
    """That of the topic where the message does not say it."""
    side: str | None = field(default=None, metadata=wire("side"))
    size: Decimal | None = field(default=None, metadata=wire("size"))
    lent_size: Decimal | None = field(default=None, metadata=wire("lentSize"))
    daily_interest_rate: Decimal | None = field(default=None, metadata=wire("dailyIntRate"))
    term: Decimal | None = field(default=None, metadata=wire("term"))
    """In days."""
    reason: str | None = field(default=None, metadata=wire("reason"))
    """Why it is over."""
    ts_ns: Ns | None = field(default=None, metadata=wire("ts"))
