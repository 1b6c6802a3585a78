"""Who calls: the check of tokens, API keys, signatures and permission bits (rules 12 to 18)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import IntEnum

from ..codes import Code, ExchangeError
from ..core import Core
from ..credentials import ApiKey, Session
from ..engine.account import Account
from ..signing import check_timestamp, expected_signature, split_query
from .call import Call

__all__ = ["Access", "Caller", "identify", "identify_if_named"]

REPLAY_PREFIX = "/v1/private/order"


class Access(IntEnum):
    """What a call asks of its caller; READ and TRADE are also the permission bits."""

    PUBLIC = 0
    READ = 1
    TRADE = 2
    SESSION = 3
    """A token only: an API key does not do (rules 15 and 26)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An account, with the session of the token if there was one."""

    account: Account
    session: Session | None = None


def identify(core: Core, call: Call, access: Access) -> Caller:
    """Return who calls; raises 1001 to 1006, 3004 or 3006. Inside a transaction."""
    key_id = call.headers.get("x-api-key")
    if key_id is None:
        return _by_token(core, call)
    if access is Access.SESSION:
        raise ExchangeError(Code.NOT_PERMITTED, "this call takes a token only")
    return _by_key(core, call, key_id, access)


def identify_if_named(core: Core, call: Call) -> Caller | None:
    """Return who makes a public call, None when it carries no credential at all.

    A credential that is not good is refused here too: an answer as if to nobody would hide it.
    """
    if "x-api-key" in call.headers or "authorization" in call.headers:
        return identify(core, call, Access.PUBLIC)
    return None


def _by_token(core: Core, call: Call) -> Caller:
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ExchangeError(Code.NO_CREDENTIAL, "Missing credentials")
    session = core.sessions.check(token.strip(), core.machine_ms())
    return Caller(account=core.engine.state.accounts[session.user_id], session=session)


def _by_key(core: Core, call: Call, key_id: str, access: Access) -> Caller:
    """Check in this order: key, address, time, signature, replay, permission."""
    record = core.keys.find(key_id)
    if record is None or not record.active:
        raise ExchangeError(Code.NOT_ACCEPTED, "Invalid API key")
    if not record.admits(call.peer):
        raise ExchangeError(Code.ADDRESS_REFUSED, "Address is not on the whitelist")
    key = record.key
    signature = _check_signature(core, call, key)
    if call.path == REPLAY_PREFIX or call.path.startswith(f"{REPLAY_PREFIX}/"):
        core.replay.check(key.api_key, signature, core.machine_ms())
    record.last_used_at = core.now_ms()
    if access and not key.permissions & access:
        raise ExchangeError(Code.NOT_PERMITTED, "The key has not the permission for this call")
    return Caller(account=core.engine.state.accounts[key.user_id])


def _check_signature(core: Core, call: Call, key: ApiKey) -> str:
    query, signature, timestamp = split_query(call.raw_query)
    if not signature or not timestamp:
        raise ExchangeError(Code.NO_CREDENTIAL, "timestamp and signature are required")
    check_timestamp(timestamp, core.now_ms())
    expected = expected_signature(key.api_secret, query, call.body)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise ExchangeError(Code.NOT_ACCEPTED, "Invalid signature")
    return signature
