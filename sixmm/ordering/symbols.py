"""The trading rules of the symbols, read once and kept for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..clock import Clock
from ..errors import ConfigurationError
from ..redaction import one_line
from ..venues.sixmm.order_rules import SymbolRules
from ..venues.sixmm.rest_schema import Symbols

__all__ = ["SymbolBook"]

_KEEP_SECONDS = 3_600.0


class SymbolBook:
    """The rules by symbol; several threads may ask.

    Args:
        read: reads every symbol from the exchange.
        clock: the local clock.
        keep: seconds after which the rules are read again.
    """

    def __init__(
        self, read: Callable[[], Symbols], *, clock: Clock, keep: float = _KEEP_SECONDS
    ) -> None:
        self._read = read
        self._clock = clock
        self._keep = keep
        # One tuple, replaced as a whole: two threads that read at once do no harm.
        self._kept: tuple[Symbols, Mapping[str, SymbolRules], float] | None = None

    def rules(self, symbol: str) -> SymbolRules:
        """Return the rules of a symbol.

        Raises:
            ConfigurationError: the exchange has no such symbol.
            SixmmError: the rules could not be read.
        """
        found = self._fresh()[1].get(symbol)
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

    def _fresh(self) -> tuple[Symbols, Mapping[str, SymbolRules], float]:
        kept = self._kept
        if kept is None or self._clock.monotonic() >= kept[2] + self._keep:
            return self._read_anew()
        return kept

    def _read_anew(self) -> tuple[Symbols, Mapping[str, SymbolRules], float]:
        symbols = self._read()
        rules = {row.symbol: SymbolRules.of(row) for row in symbols.rows}
        self._kept = kept = (symbols, rules, self._clock.monotonic())
        return kept
