"""Calls about the user: profile, asset and listen keys."""

from __future__ import annotations

from ..codes import ExchangeError
from ..core import Core
from ..engine.request import text_field
from ..engine.rows import asset_row
from .call import Call
from .caller import Caller

__all__ = ["asset", "close_listen_key", "create_listen_key", "info", "renew_listen_key"]


def info(core: Core, call: Call, caller: Caller) -> object:
    """Answer with the profile; who has not logged in yet seems to have at the start, from here."""
    account = caller.account
    at_ms, address = core.last_logins.get(account.user_id, (core.started_ms, call.peer))
    profile = {
        "userId": account.user_id,
        "username": account.username,
        "agentId": 0,
        "vipLevel": 0,
        "lastLoginAt": at_ms,
        "lastLoginIp": address,
    }
    return {"userInfo": profile}


def asset(_core: Core, _call: Call, caller: Caller) -> object:
    """Answer with the balance; the frozen part is called frozenMargin here (rule 80)."""
    return {"userAsset": asset_row(caller.account)}


def create_listen_key(core: Core, _call: Call, caller: Caller) -> object:
    """Give the account's listen key with a full life (rules 70 to 73)."""
    user_id = caller.account.user_id
    text, until = core.listen_keys.create(user_id, core.machine_ms())
    core.bridge.soon(core.on_listen_keys)
    return {"listenKey": text, "expireAt": until + core.faults.skew_ms}


def renew_listen_key(core: Core, call: Call, caller: Caller) -> object:
    """Give a listen key a full life again."""
    user_id = caller.account.user_id
    text = text_field(call.json(), "listenKey", required=True) or ""
    if core.faults.take("failed_renewals"):
        raise ExchangeError(core.faults.renewal_code, "listenKey could not be renewed")
    until = core.listen_keys.renew(user_id, text, core.machine_ms())
    return {"listenKey": text, "expireAt": until + core.faults.skew_ms}


def close_listen_key(core: Core, call: Call, caller: Caller) -> object:
    """End a listen key; its sockets are closed at once."""
    user_id = caller.account.user_id
    text = text_field(call.json(), "listenKey", required=True) or ""
    core.listen_keys.close(user_id, text, core.machine_ms())
    core.bridge.soon(core.on_listen_keys)
    return {}
