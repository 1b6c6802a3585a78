"""What the calls about API keys tell; their secrets are not among it."""

from __future__ import annotations

import attrs
from attrs import field

from ....codec import wire
from ..enums import ApiKeyStatus
from .row import Row

__all__ = [
    "ApiKeyRow",
    "ApiKeys",
    "DeletedApiKeys",
]


@attrs.frozen(kw_only=True)
class ApiKeyRow(Row):
    """One API key, without its secret."""

    id: str = field(metadata=wire("id"))
    """What update and delete want; it is not the key itself."""
    label: str | None = field(default=None, metadata=wire("label"))
    api_key: str | None = field(default=None, metadata=wire("apiKey"))
    """The public part."""
    permissions: int | None = field(default=None, metadata=wire("permissions"))
    """The sum of its :class:`~sixmm.venues.sixmm.enums.Permission` bits."""
    ip_whitelist: tuple[str, ...] | None = field(default=None, metadata=wire("ipWhitelist"))
    """The addresses that may use it; none means any."""
    status: ApiKeyStatus | int | None = field(default=None, metadata=wire("status"))
    last_used_at: int | None = field(default=None, metadata=wire("lastUsedAt"))
    created_at: int | None = field(default=None, metadata=wire("createdAt"))


@attrs.frozen(kw_only=True)
class ApiKeys(Row):
    """The caller's API keys."""

    rows: tuple[ApiKeyRow, ...] = field(metadata=wire("list"))


@attrs.frozen(kw_only=True)
class DeletedApiKeys(Row):
    """How many API keys were removed."""

    deleted: int | None = field(default=None, metadata=wire("deleted"))
