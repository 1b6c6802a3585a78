"""From a call to a reply: find the route, check the caller and the limits, run it."""

from __future__ import annotations

import time
from dataclasses import replace

from ..codes import NO_PATH, NOT_PERMITTED, THROTTLED, KuCoinError
from ..core import Core
from ..signing import signed_part
from .call import Call, Reply
from .route import Route, Visit
from .routes import find

__all__ = ["answer"]


def answer(core: Core, call: Call) -> Reply:
    """Return the reply to `call`; every refusal becomes an envelope with a code."""
    found = find(call.host, call.method, call.path)
    if found is None:
        return Reply.error(KuCoinError(NO_PATH, "Url Not Found"))
    route, argument = found
    try:
        with core.transaction():
            return _run(core, replace(call, argument=argument), route)
    except KuCoinError as exc:
        return Reply.error(exc)


def _run(core: Core, call: Call, route: Route) -> Reply:
    visit = Visit(core=core, call=call)
    owner = call.peer
    if route.permission is not None:
        request = signed_part(call.method, call.target, call.body)
        key = core.keys.caller(call.headers, request, call.peer, core.now_ms())
        if route.permission not in key.permissions:
            raise KuCoinError(NOT_PERMITTED, "Access denied, require more permission")
        visit = Visit(core=core, call=call, key=key, owner=core.traders[key.user_id].account)
        owner = key.user_id
    now = time.monotonic()
    pool = core.pool(owner, route.pool)
    taken = pool.take(route.weight, now)
    headers = pool.headers(now)
    if not taken:
        return Reply.error(KuCoinError(THROTTLED, "Too many requests"), headers)
    try:
        return Reply(data=route.handler(visit), headers=headers)
    except KuCoinError as exc:
        return Reply.error(exc, headers)
