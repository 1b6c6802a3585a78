"""The list of favourite symbols."""

from __future__ import annotations

from ..codes import Code, ExchangeError
from ..core import Core
from .call import Call
from .caller import Caller
from .fields import texts

__all__ = ["read", "save"]


def read(core: Core, _call: Call, caller: Caller) -> object:
    """Answer with the list, an empty one at first."""
    return {"symbols": list(core.favorites.get(caller.account.user_id, ()))}


def save(core: Core, call: Call, caller: Caller) -> object:
    """Replace the list; a symbol that stands twice is kept once, an unknown one is 2002."""
    symbols = texts(call.json(), "symbols")
    if symbols is None:
        raise ExchangeError(Code.MISSING, "symbols is required")
    kept = tuple(dict.fromkeys(symbols))
    for symbol in kept:
        core.engine.state.market(symbol)
    core.favorites[caller.account.user_id] = kept
    return {}
