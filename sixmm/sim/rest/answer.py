"""From a call to a reply: find the handler, check the caller, run it under the lock."""

from __future__ import annotations

from ..codes import Code, ExchangeError
from ..core import Core
from .call import Call, Reply
from .routes import ROUTES, UNSERVED

__all__ = ["answer"]


def answer(core: Core, call: Call) -> Reply:
    """Return the reply to `call`; every refusal becomes an envelope with a code."""
    route = ROUTES.get((call.method, call.path))
    if route is None:
        return _unknown(call)
    try:
        with core.transaction():
            result = route.run(core, call)
    except ExchangeError as exc:
        return Reply.error(exc)
    return result if isinstance(result, Reply) else Reply(data=result)


def _unknown(call: Call) -> Reply:
    """Tell a documented operation that is not served here from a path that does not exist."""
    if (call.method, call.path) in UNSERVED:
        message = "not served by the embedded exchange yet"
        return Reply(code=Code.UNAVAILABLE, message=message)
    paths = {path for _, path in (*ROUTES, *UNSERVED)}
    status = 405 if call.path in paths else 404
    return Reply(code=Code.BAD, message="no such operation", status=status)
