"""Calls about the user: profile, asset, listen keys and logout."""

from __future__ import annotations

from ..codes import Code, ExchangeError
from ..core import Core
from ..engine.request import text_field
from ..engine.rows import asset_row
from .call import Call
from .caller import Caller
from .market import COOKIE

__all__ = ["asset", "close_listen_key", "create_listen_key", "info", "logout", "renew_listen_key"]


def info(core: Core, call: Call, caller: Caller) -> object:
    """Answer with the profile."""
    account = caller.account
    profile = {
        "userId": account.user_id,
        "username": account.username,
        "agentId": 0,
        "vipLevel": 0,
        "lastLoginAt": core.started_ms,
        "lastLoginIp": call.peer,
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


def logout(core: Core, call: Call, caller: Caller) -> object:
    """End the session; needs its token and its cookie both (rule 26)."""
    session = caller.session
    if core.sessions.by_cookie(call.cookies.get(COOKIE)) is not session or session is None:
        raise ExchangeError(Code.NOT_ACCEPTED, "token and cookie do not belong together")
    core.sessions.logout(session)
    return {}
