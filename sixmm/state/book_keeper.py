"""The keeper of an order book: a snapshot, and the changes after it.

The keeper believes nothing that it cannot follow. At the first message that does not fit (a gap in
the versions, a repeat, an older version, a wrong level, a crossed book) the book is stale, and it
stays so until the next snapshot (rules 91, 92). Each side is two lists, prices and sizes, in the
order of the prices.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Decimal

import attrs

from ..errors import ConfigurationError, DecodeError
from .book import Book, BookSide

__all__ = ["MAX_LEVELS", "BookChange", "BookKeeper"]

MAX_LEVELS = 5_000
"""How many levels of each side are kept unless something else is asked for."""

_UNTOLD = "there was no snapshot yet"
_CUT_SHORT = "a change was cut short"

_Pair = tuple[Decimal, Decimal]


@attrs.frozen(kw_only=True)
class BookChange:
    """What one message tells about a book, the same for every venue.

    ``bids`` and ``asks`` are pairs of price and quantity in any order; quantity 0 removes a level.
    They may be checked when they are read, and raise ``DecodeError`` then.
    """

    symbol: str
    """As the message names it; the topic decides which book it belongs to."""
    bids: Iterable[_Pair] = ()
    asks: Iterable[_Pair] = ()
    end_version: int | None = None
    """One more with each message."""
    has_versions: bool = True
    """Whether the venue has versions at all; without them nothing shows a gap."""
    is_snapshot: bool | None = None
    """Whether it is the whole book; None where the venue does not say it, and it is the whole book
    where it is the first message after a subscription (rule 91)."""
    ts_ms: int = 0
    """When it was sent, by the exchange's clock, in Unix milliseconds."""


class _Half:
    """One side of the book, open to change."""

    def __init__(self, max_levels: int, *, descending: bool) -> None:
        self._max_levels = max_levels
        self._descending = descending
        self.prices: list[Decimal] = []
        self.sizes: list[Decimal] = []
        # The worst level that was kept when others were dropped: what lies behind it is not known.
        self.floor: Decimal | None = None

    def replace(self, levels: Iterable[_Pair]) -> None:
        # Where a price comes twice the last one counts, as it does among changes.
        sizes = dict(levels)
        self.prices = sorted(price for price, size in sizes.items() if size)
        self.sizes = [sizes[price] for price in self.prices]
        self.floor = None
        self._trim()

    def merge(self, levels: Iterable[_Pair]) -> None:
        if self.floor is not None:
            levels = self._known(levels, self.floor)
        prices, sizes = self.prices, self.sizes
        for price, size in levels:
            at = bisect_left(prices, price)
            if at < len(prices) and prices[at] == price:
                if size:
                    sizes[at] = size
                else:
                    del prices[at], sizes[at]
            elif size:
                prices.insert(at, price)
                sizes.insert(at, size)
        self._trim()

    @property
    def is_worn(self) -> bool:
        """Whether, of a side that was cut, so little is left that the rest may soon be missed."""
        return self.floor is not None and len(self.prices) < max(1, self._max_levels // 2)

    def unshare(self) -> None:
        self.prices, self.sizes = self.prices.copy(), self.sizes.copy()

    def side(self) -> BookSide:
        return BookSide(self.prices, self.sizes, descending=self._descending)

    def _known(self, levels: Iterable[_Pair], floor: Decimal) -> list[_Pair]:
        if self._descending:
            return [level for level in levels if level[0] >= floor]
        return [level for level in levels if level[0] <= floor]

    def _trim(self) -> None:
        excess = len(self.prices) - self._max_levels
        if excess <= 0:
            return
        if self._descending:
            del self.prices[:excess], self.sizes[:excess]
            self.floor = self.prices[0]
        else:
            del self.prices[-excess:], self.sizes[-excess:]
            self.floor = self.prices[-1]


class BookKeeper:
    """Follows one book: takes changes, gives the book. Not thread-safe.

    A picture shares the lists of the keeper; they are copied at the first change after somebody has
    looked. So a look costs nothing, and neither does a change that nobody looks at.

    Args:
        symbol: whose book it is.
        max_levels: how many levels of each side are kept. The worst are dropped and what follows
            about them is ignored; where half of the others is used up the book is stale.
    """

    def __init__(self, symbol: str, *, max_levels: int = MAX_LEVELS) -> None:
        if max_levels < 1:
            raise ConfigurationError("max_levels must be at least 1")
        self.symbol = symbol
        self._bids = _Half(max_levels, descending=True)
        self._asks = _Half(max_levels, descending=False)
        self._version: int | None = None
        self._ts = self._received_at = 0
        self._reason = _UNTOLD
        self._expects_snapshot = False
        self._is_shared = False
        self._picture: Book | None = None

    @property
    def stale(self) -> bool:
        """Whether the book is not certain."""
        return bool(self._reason)

    def picture(self) -> Book:
        """Return the book as it is known now."""
        if self._picture is None:
            # In the middle of a change, which a signal handler may have interrupted, there is none.
            shown = self._reason != _CUT_SHORT
            self._is_shared = self._is_shared or shown
            self._picture = Book(
                symbol=self.symbol,
                bids=self._bids.side() if shown else BookSide(descending=True),
                asks=self._asks.side() if shown else BookSide(),
                end_version=self._version,
                ts=self._ts,
                received_at=self._received_at,
                reason=self._reason,
                truncated=self._bids.floor is not None or self._asks.floor is not None,
            )
        return self._picture

    @property
    def expects_snapshot(self) -> bool:
        """Whether the first message after a subscription has not come yet."""
        return self._expects_snapshot

    def expect_snapshot(self) -> None:
        """Note that the next message comes first after a subscription: it is the whole book."""
        self._expects_snapshot = True

    def flag(self, reason: str) -> None:
        """Make the book stale, unless it is so already: the first reason counts.

        Where a snapshot was expected it is not any more: this may have been it.
        """
        self._expects_snapshot = False
        if not self._reason:
            self._reason, self._picture = reason, None

    def apply(self, change: BookChange, *, received_at: int) -> None:
        """Take a message in; whatever is wrong with it makes the book stale.

        A change to a stale book is ignored: nobody knows what it would be applied to.

        Args:
            change: what the message tells.
            received_at: when it came, by the local clock, in Unix milliseconds.
        """
        is_snapshot = change.is_snapshot
        if is_snapshot is None:
            is_snapshot = self._expects_snapshot
        if self._reason and not is_snapshot:
            return
        self._expects_snapshot = False
        reason = self._misfit(change, is_snapshot=is_snapshot)
        if not reason:
            try:
                bids, asks = _checked(change.bids, "bids"), _checked(change.asks, "asks")
            except DecodeError as error:
                reason = f"a level is wrong ({error})"
        if reason:
            self.flag(reason)
            return
        # Wherever this is cut short, by Ctrl-C or by a fault, the book is stale.
        self._reason, self._picture = _CUT_SHORT, None
        self._take(bids, asks, is_snapshot=is_snapshot)
        self._version, self._ts, self._received_at = change.end_version, change.ts_ms, received_at
        self._picture, self._reason = None, self._fault()

    def _misfit(self, change: BookChange, *, is_snapshot: bool) -> str:
        """Return why the message does not follow on what is known, or ``""`` where it does."""
        version, last = change.end_version, self._version
        if not change.has_versions:
            return ""
        if version is None:
            return "a message had no version"
        if is_snapshot or last is None or version == last + 1:
            return ""
        if version == last:
            return f"version {version} came twice"
        return f"version {version} came after {last}" + (": a gap" if version > last else "")

    def _take(
        self,
        bids: list[_Pair],
        asks: list[_Pair],
        *,
        is_snapshot: bool,
    ) -> None:
        if is_snapshot:
            self._bids.replace(bids)
            self._asks.replace(asks)
            self._is_shared = False
            return
        if self._is_shared:
            self._bids.unshare()
            self._asks.unshare()
            self._is_shared = False
        self._bids.merge(bids)
        self._asks.merge(asks)

    def _fault(self) -> str:
        """Return what is wrong with the book as it is now, or ``""``."""
        bids, asks = self._bids, self._asks
        if bids.prices and asks.prices and bids.prices[-1] >= asks.prices[0]:
            reason = f"the book was crossed: bid {bids.prices[-1]:f}, ask {asks.prices[0]:f}"
            # There is no telling which level is wrong, so none is shown.
            bids.replace(())
            asks.replace(())
            self._is_shared = False
            return reason
        return "the levels that were kept are used up" if bids.is_worn or asks.is_worn else ""


def _checked(levels: Iterable[_Pair], name: str) -> list[_Pair]:
    pairs = list(levels)
    for price, size in pairs:
        if price.is_signed() or not price or size.is_signed():
            raise DecodeError("a price must be above 0, and a quantity not below", path=f"$.{name}")
    return pairs
