"""Logging in and out: by password, by cookie, and by what an agent's site hands out."""

from __future__ import annotations

import hmac
from typing import Any

from ..codes import Code, ExchangeError
from ..core import Core
from ..credentials import Session
from ..engine.request import text_field
from .call import Call, Reply
from .caller import Caller
from .fields import short_text

__all__ = ["COOKIE", "exchange_embed_token", "exchange_ticket", "login", "logout", "refresh_token"]

COOKIE = "sim_session"
"""Name of the session cookie; the real name is not documented (rule 110)."""

REDIRECT_PATH = "/trade"
"""Where a user of an agent's site is sent on; nothing is there."""


def login(core: Core, call: Call) -> Reply:
    """Give a token and a cookie for a name and a password (rule 25)."""
    body = call.json()
    username = short_text(body, "username", least=3, most=32, required=True) or ""
    password = short_text(body, "password", most=64, required=True) or ""
    _check_device(body)
    short_text(body, "deviceName", most=128)
    account = core.account(username)
    known = core.passwords.get(username, "").encode()
    right = hmac.compare_digest(known, password.encode("utf-8", "replace"))
    if account is None or not known or not right:
        raise ExchangeError(Code.NOT_ACCEPTED, "Invalid username or password")
    session = _begin(core, call, account.user_id)
    return Reply(data=_token(core, session), cookie=session.cookie)


def refresh_token(core: Core, call: Call) -> Reply:
    """Give a new token for the cookie of a login."""
    session = core.sessions.by_cookie(call.cookies.get(COOKIE))
    return Reply(data=_token(core, session), cookie=session.cookie)


def exchange_ticket(core: Core, call: Call) -> object:
    """Give a token for a ticket, which works once (rule 27); a cookie is not documented."""
    body = call.json()
    ticket = text_field(body, "ticket", required=True) or ""
    _check_device(body)
    user_id = core.tickets.take_ticket(ticket, core.machine_ms())
    token = _token(core, _begin(core, call, user_id))
    return {**token, "redirectPath": REDIRECT_PATH}


def exchange_embed_token(core: Core, call: Call) -> object:
    """Give a token for an embed token and the channel of its iframe (rule 27)."""
    body = call.json()
    token = text_field(body, "embedToken", required=True) or ""
    channel_id = short_text(body, "channelId", most=128, required=True) or ""
    _check_device(body)
    user_id = core.tickets.check_embed_token(token, channel_id, core.machine_ms())
    return _token(core, _begin(core, call, user_id))


def logout(core: Core, call: Call, caller: Caller) -> object:
    """End the session; needs its token and its cookie both (rule 26)."""
    session = caller.session
    if core.sessions.by_cookie(call.cookies.get(COOKIE)) is not session or session is None:
        raise ExchangeError(Code.NOT_ACCEPTED, "token and cookie do not belong together")
    core.sessions.logout(session)
    return {}


def _check_device(body: dict[str, Any]) -> None:
    short_text(body, "deviceId", most=64)


def _begin(core: Core, call: Call, user_id: str) -> Session:
    core.last_logins[user_id] = core.now_ms(), call.peer
    return core.sessions.login(user_id)


def _token(core: Core, session: Session) -> dict[str, Any]:
    token, expire_s = core.sessions.issue(session, core.machine_ms(), core.faults.skew_ms)
    return {"accessToken": token, "accessExpire": expire_s}
