"""What the calls about the caller tell: profile, balance and favorites."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ....codec import wire
from .row import Row

__all__ = [
    "FavoriteSymbols",
    "UserAsset",
    "UserAssetReply",
    "UserInfo",
    "UserInfoReply",
]


@attrs.frozen(kw_only=True)
class UserInfo(Row):
    """Who the caller is."""

    user_id: str | None = field(default=None, metadata=wire("userId"))
    username: str | None = field(default=None, metadata=wire("username"))
    agent_id: int | None = field(default=None, metadata=wire("agentId"))
    vip_level: int | None = field(default=None, metadata=wire("vipLevel"))
    last_login_at: int | None = field(default=None, metadata=wire("lastLoginAt"))
    last_login_ip: str | None = field(default=None, metadata=wire("lastLoginIp"))


@attrs.frozen(kw_only=True)
class UserInfoReply:
    """The wrapping of :class:`UserInfo`."""

    user_info: UserInfo = field(metadata=wire("userInfo"))


@attrs.frozen(kw_only=True)
class UserAsset(Row):
    """The balance of one asset."""

    asset_type: str = field(metadata=wire("assetType"))
    user_id: str | None = field(default=None, metadata=wire("userId"))
    wallet_balance: Decimal | None = field(default=None, metadata=wire("walletBalance"))
    frozen_margin: Decimal | None = field(default=None, metadata=wire("frozenMargin"))
    """Held for open orders; the stream calls it ``frozenBalance``."""
    used_margin: Decimal | None = field(default=None, metadata=wire("usedMargin"))


@attrs.frozen(kw_only=True)
class UserAssetReply:
    """The wrapping of :class:`UserAsset`."""

    user_asset: UserAsset = field(metadata=wire("userAsset"))


@attrs.frozen(kw_only=True)
class FavoriteSymbols(Row):
    """The caller's favorites."""

    symbols: tuple[str, ...] = field(metadata=wire("symbols"))
