"""Faults on demand, by the names that the 6MM exchange has for them.

Each method may be called from any thread and has taken effect when it returns. The same methods are
reachable by ``POST /_sim/faults`` with ``{"name": ..., "args": {...}}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast

from .. import faults
from ..public import Account as OtherAccount
from .core import Core
from .ids import read_address
from .public import Account

if TYPE_CHECKING:
    from .. import core as other_core

__all__ = ["FAULTS", "Faults"]

_WITHOUT_LOGIN = ("fail_renewal", "refuse_login")
FAULTS = tuple(name for name in faults.FAULTS if name not in _WITHOUT_LOGIN)
"""Names of all faults, as the control address knows them."""


class Faults(faults.Faults):
    """The faults of one server.

    ``refuse_topics`` takes the names of kinds, such as ``Orderbook``; ``lose_depth`` leaves out
    pushes of books; ``lose_acks`` and ``late_ack`` are about confirmations.
    """

    def __init__(self, core: Core) -> None:
        """Work on the server behind `core`."""
        # The faults ask no more of an exchange than this core has as well.
        super().__init__(cast("other_core.Core", core))

    def cut(
        self,
        how: str = "rst",
        account: Account | OtherAccount | str | None = None,
        code: int = 1001,
        reason: str = "",
    ) -> int:
        """Cut the connections with a feed of one account (or its address), or all; return how many.

        The ways are ``rst``, ``fin``, ``mid_frame``, and ``close`` with `code` and `reason`.
        """
        return super().cut(how, self._user_id(account), code, reason)

    def inject(self, text: str, account: Account | OtherAccount | str | None = None) -> int:
        """Write `text` as a frame to the connections of one account, or all; return how many."""
        return super().inject(text, self._user_id(account))

    def rest_error(
        self,
        count: int,
        code: int = 500,
        http_status: int | None = None,
        retry_after: float | str | None = None,
        path: str | None = None,
    ) -> None:
        """Answer the next `count` REST calls, on paths that begin with `path`, with an error.

        `http_status` None means `code`, which is told in the body. `retry_after` is seconds, or
        any text for the header.
        """
        status = code if http_status is None else http_status
        super().rest_error(count, code, status, retry_after, path)

    def refuse_login(self, count: int) -> NoReturn:  # noqa: ARG002
        """Refuse to work: there is no login here."""
        raise ValueError("there is no login to refuse")

    def fail_renewal(self, count: int, code: int = 0) -> NoReturn:  # noqa: ARG002
        """Refuse to work: there is nothing to renew here."""
        raise ValueError("there is nothing to renew")

    def _user_id(self, account: Account | OtherAccount | str | None) -> str | None:
        if account is None:
            return None
        address = read_address(account.address if isinstance(account, Account) else account)
        if address is None:
            raise ValueError(f"there is no account {account!r}")
        return address
