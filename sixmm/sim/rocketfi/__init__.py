"""An embedded RocketFi server: a real HTTP and WebSocket server on a loopback address.

It is an independent reading of what is publicly known and shares no code with the client. Where
nothing is known it has a switch, see `Manners`. Needs aiohttp: ``pip install 'sixmm[sim]'``.

    with RocketFiExchange(seed=7) as exchange:
        account = exchange.create_account()
        ...                                   # a client at exchange.rest_url and exchange.ws_url
        exchange.faults.cut("rst")
        assert exchange.private_log(account)
"""

from __future__ import annotations

from .exchange import RocketFiExchange
from .faults import Faults
from .log import LoggedEvent, RequestRecord
from .manners import Manners
from .market import Asset, Instrument
from .public import Account

__all__ = [
    "Account",
    "Asset",
    "Faults",
    "Instrument",
    "LoggedEvent",
    "Manners",
    "RequestRecord",
    "RocketFiExchange",
]
