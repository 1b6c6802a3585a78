"""The embedded exchange: a real HTTP and WebSocket server on a loopback address.

It is an independent reading of the documentation and shares no code with the client, so that
a mistake of one does not hide in the other. Needs aiohttp: ``pip install 'sixmm[sim]'``.

    with Exchange(seed=7) as exchange:
        account = exchange.create_account(username="demo", balance="10000")
        key = exchange.create_key(account)
        ...                                   # a client at exchange.rest_url and exchange.ws_url
        exchange.faults.cut("rst")
        assert exchange.private_log(account)
"""

from __future__ import annotations

from .codes import Code, ExchangeError
from .credentials import ApiKey
from .engine.symbols import SymbolSpec
from .exchange import Exchange
from .faults import Faults
from .log import LoggedEvent, RequestRecord
from .public import Account

__all__ = [
    "Account",
    "ApiKey",
    "Code",
    "Exchange",
    "ExchangeError",
    "Faults",
    "LoggedEvent",
    "RequestRecord",
    "SymbolSpec",
]
