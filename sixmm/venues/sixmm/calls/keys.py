"""The calls about API keys; they take an access token only (rule 15)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ....errors import ConfigurationError
from ....redaction import one_line
from ...base import Call
from .. import rest_schema as rest
from ..enums import ApiKeyStatus, Permission
from .arguments import (
    as_,
    choice,
    id_text,
    integer,
    maybe_empty,
    needed,
    plain_text,
    texts,
)
from .endpoints import make_call

__all__ = ["api_keys", "create_api_key", "delete_all_api_keys", "delete_api_key", "update_api_key"]

MAX_ADDRESSES = 20
"""How many addresses the whitelist of a key may have (rule 20)."""

_ADDRESS = re.compile(r"[0-9A-Fa-f.:/]{2,50}")


def create_api_key(
    *,
    label: str,
    permissions: Permission | int | None = None,
    ip_whitelist: Sequence[str] | None = None,
) -> Call:
    """Return the call that makes a key; its secret is told this once only (rule 22)."""
    body = {"label": needed(_label(label), "label"), **_limits(permissions, ip_whitelist)}
    return make_call("createApiKey", body=body, result=as_(rest.NewApiKey))


def api_keys() -> Call:
    """Return the call for the caller's keys, without their secrets."""
    return make_call("listApiKeys", result=as_(rest.ApiKeys))


def update_api_key(
    *,
    id: str,
    label: str | None = None,
    permissions: Permission | int | None = None,
    ip_whitelist: Sequence[str] | None = None,
    status: ApiKeyStatus | int | None = None,
) -> Call:
    """Return the call that changes a key; what is left out stays as it is."""
    changes = {
        "label": _label(label),
        **_limits(permissions, ip_whitelist),
        "status": choice(status, ApiKeyStatus, "status"),
    }
    if all(value is None for value in changes.values()):
        raise ConfigurationError(
            "nothing to change: give label, permissions, ip_whitelist or status"
        )
    return make_call(
        "updateApiKey", body={"id": _id(id), **changes}, result=maybe_empty(rest.Accepted)
    )


def delete_api_key(*, id: str) -> Call:
    """Return the call that removes one key."""
    return make_call("deleteApiKey", body={"id": _id(id)}, result=maybe_empty(rest.Accepted))


def delete_all_api_keys() -> Call:
    """Return the call that removes every key of the caller."""
    return make_call("deleteAllApiKeys", result=as_(rest.DeletedApiKeys))


def _id(id: str) -> str:
    return needed(id_text(id, "the id of a key"), "id")


def _label(label: str | None) -> str | None:
    return plain_text(label, "label", most=64)


def _limits(
    permissions: Permission | int | None, ip_whitelist: Sequence[str] | None
) -> dict[str, Any]:
    """Return what limits a key: its permission bits, 1 to 7, and its addresses (rules 19, 20)."""
    addresses = texts(ip_whitelist, _address, "ip_whitelist")
    if addresses is not None and len(addresses) > MAX_ADDRESSES:
        raise ConfigurationError(f"ip_whitelist may have {MAX_ADDRESSES} addresses at most")
    return {
        "permissions": integer(permissions, "permissions", least=1, most=7),
        "ipWhitelist": addresses,
    }


def _address(value: str) -> str:
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return value
    raise ConfigurationError(f"{one_line(value, limit=60)!r} cannot be an address of ip_whitelist")
