"""From a call to a reply: find the handler, check the caller, run it under the lock."""

from __future__ import annotations

from ..codes import Code, ExchangeError
from ..core import Core
from .call import Call, Reply
from .routes import ROUTES

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
    """Tell a path that does not exist (404) from a method that it does not have (405)."""
    known = any(path == call.path for _, path in ROUTES)
    return Reply(code=Code.BAD, message="no such operation", status=405 if known else 404)
