"""The trading rules of the symbols, read once and kept for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..clock import Clock, Deadline
from ..errors import ConfigurationError
from ..redaction import one_line
from ..venues.sixmm.order_rules import SymbolRules
from ..venues.sixmm.rest_schema import Symbols

__all__ = ["SymbolBook"]

_KEEP_SECONDS = 3_600.0

_Kept = tuple[Symbols, Mapping[str, SymbolRules], float]


class SymbolBook:
    """The rules by symbol; several threads may ask.

    Args:
        read: reads every symbol from the exchange, in so many seconds; None is its default.
        clock: the local clock.
        keep: seconds after which the rules are read again.
    """

    def __init__(
        self,
        read: Callable[[float | None], Symbols],
        *,
        clock: Clock,
        keep: float = _KEEP_SECONDS,
    ) -> None:
        self._read = read
        self._clock = clock
        self._keep = keep
        # One tuple, replaced as a whole: two threads that read at once do no harm.
        self._kept: _Kept | None = None

    def rules(self, symbol: str, deadline: Deadline | None = None) -> SymbolRules:
        """Return the rules of a symbol.

        Args:
            symbol: such as ``BTCUSDT``.
            deadline: of the one who waits, where they have to be read first.

        Raises:
            ConfigurationError: the exchange has no such symbol.
            SixmmError: the rules could not be read.
        """
        found = self._fresh(deadline)[1].get(symbol)
        if found is None:
            raise ConfigurationError(
                f"the exchange lists no symbol {one_line(symbol, limit=40)!r}; "
                "client.market.symbols() has those that it lists"
            )
        return found

    def symbols(self) -> Symbols:
        """Return the reply that the rules were made of."""
        return self._fresh()[0]

    def refresh(self) -> None:
        """Read the rules anew."""
        self._read_anew()

    def _fresh(self, deadline: Deadline | None = None) -> _Kept:
        kept = self._kept
        if kept is None or self._clock.monotonic() >= kept[2] + self._keep:
            return self._read_anew(deadline)
        return kept

    def _read_anew(self, deadline: Deadline | None = None) -> _Kept:
        symbols = self._read(None if deadline is None else deadline.remaining())
        rules = {row.symbol: SymbolRules.of(row) for row in symbols.rows}
        self._kept = kept = (symbols, rules, self._clock.monotonic())
        return kept
