"""The life of API keys: made, listed, changed and deleted, with a token only (rules 15 to 23)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api_keys import KeyRecord
from ..codes import Code, ExchangeError
from ..core import Core
from ..credentials import LEAST_PERMISSIONS, MOST_ADDRESSES, MOST_PERMISSIONS, ApiKey
from ..engine.request import text_field
from .call import Call
from .caller import Caller
from .fields import addresses, integer, short_text

__all__ = ["create", "delete", "delete_all", "list_keys", "update"]

DEFAULT_PERMISSIONS = 1


def create(core: Core, call: Call, caller: Caller) -> object:
    """Make a key; this is the one reply that ever shows its secret (rule 22)."""
    body = call.json()
    label = _label(body, required=True) or ""
    permissions = _permissions(body) or DEFAULT_PERMISSIONS
    whitelist = addresses(body, "ipWhitelist", most=MOST_ADDRESSES) or ()
    key = ApiKey.make(caller.account.user_id, permissions, whitelist)
    core.keys.add(key, label=label, now_ms=core.now_ms())
    return {"apiKey": key.api_key, "apiSecret": key.api_secret}


def list_keys(core: Core, _call: Call, caller: Caller) -> object:
    """Answer with the user's keys, oldest first, without their secrets."""
    return {"list": [_row(record) for record in core.keys.of(caller.account.user_id)]}


def update(core: Core, call: Call, caller: Caller) -> object:
    """Change what is given of label, permissions, whitelist and status; all of it or nothing."""
    body = call.json()
    record = _own(core, body, caller)
    label, permissions = _label(body), _permissions(body)
    whitelist = addresses(body, "ipWhitelist", most=MOST_ADDRESSES)
    status = integer(body, "status")
    if status not in (None, 0, 1):
        raise ExchangeError(Code.BAD, "status must be 0 or 1")
    core.keys.change(record, permissions=permissions, ip_whitelist=whitelist)
    record.label = record.label if label is None else label
    record.active = record.active if status is None else status == 1
    return {}


def delete(core: Core, call: Call, caller: Caller) -> object:
    """Delete a key; from now on it is unknown."""
    core.keys.remove(_own(core, call.json(), caller).key.api_key)
    return {}


def delete_all(core: Core, _call: Call, caller: Caller) -> object:
    """Delete all keys of the user and tell how many they were."""
    return {"deleted": core.keys.clear(caller.account.user_id)}


def _own(core: Core, body: Mapping[str, object], caller: Caller) -> KeyRecord:
    record_id = text_field(body, "id", required=True) or ""
    return core.keys.own(caller.account.user_id, record_id)


def _label(body: Mapping[str, object], *, required: bool = False) -> str | None:
    return short_text(body, "label", most=64, required=required)


def _permissions(body: Mapping[str, object]) -> int | None:
    value = integer(body, "permissions")
    if value is not None and not LEAST_PERMISSIONS <= value <= MOST_PERMISSIONS:
        bounds = f"{LEAST_PERMISSIONS} to {MOST_PERMISSIONS}"
        raise ExchangeError(Code.OUT_OF_RANGE, f"permissions must lie in {bounds}")
    return value


def _row(record: KeyRecord) -> dict[str, Any]:
    return {
        "id": record.record_id,
        "label": record.label,
        "apiKey": record.key.api_key,
        "permissions": record.key.permissions,
        "ipWhitelist": list(record.key.ip_whitelist),
        "status": int(record.active),
        "lastUsedAt": record.last_used_at,
        "createdAt": record.created_at,
    }
