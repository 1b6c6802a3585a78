"""The REST groups of the client: ``market``, ``user``, ``orders``, ``positions`` and ``api_keys``.

Each method makes one call and returns its typed result; one whose name begins with ``iter_`` makes
as many as a long list needs, while its rows are taken. The errors are those of the tree in
:mod:`sixmm.errors`; amounts are exact decimals, times are Unix milliseconds.
"""

from __future__ import annotations

from .api_keys import ApiKeysGroup
from .group import Group, MakeCall
from .market import MarketGroup
from .orders import OrderQueries
from .positions import PositionsGroup
from .user import UserGroup

__all__ = [
    "ApiKeysGroup",
    "Group",
    "MakeCall",
    "MarketGroup",
    "OrderQueries",
    "OrdersGroup",
    "PositionsGroup",
    "UserGroup",
]

OrdersGroup = OrderQueries
