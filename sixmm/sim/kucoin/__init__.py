"""An embedded KuCoin: REST and streams of spot, margin, futures and Pro, on loopback addresses.

It is an independent reading of what is known about KuCoin and shares no code with the client.
What happens to an account is scripted from a seed. Needs aiohttp: ``pip install 'sixmm[sim]'``.

    with KuCoinExchange(seed=7, steps_per_second=20) as exchange:
        account = exchange.create_account()
        key = exchange.create_key(account)
        ...                     # a client at exchange.rest_url, .futures_url and .pro_url
        exchange.faults.cut("rst")
        assert exchange.private_log(account, topics={"/spotMarket/tradeOrdersV2"})
"""

from __future__ import annotations

from .codes import KuCoinError
from .exchange import KuCoinExchange
from .faults import Faults
from .limits import Limits
from .log import LoggedPush
from .manners import Manners
from .public import Account
from .signing import ApiKey

__all__ = [
    "Account",
    "ApiKey",
    "Faults",
    "KuCoinError",
    "KuCoinExchange",
    "Limits",
    "LoggedPush",
    "Manners",
]
