"""The rules of the symbols are read once, and again when they are old."""

from __future__ import annotations

import pytest

from sixmm.clock import ManualClock
from sixmm.errors import ConfigurationError, ConnectionClosed
from sixmm.ordering.symbols import SymbolBook
from sixmm.venues.sixmm.rest_schema import SymbolRow, Symbols


class Exchange:
    """Counts how often the symbols are read."""

    def __init__(self) -> None:
        self.reads = 0
        self.timeouts: list[float | None] = []
        self.fails = False

    def read(self, timeout: float | None) -> Symbols:
        """Read them."""
        self.reads += 1
        self.timeouts.append(timeout)
        if self.fails:
            raise ConnectionClosed
        return Symbols(rows=(SymbolRow(symbol="BTCUSDT"), SymbolRow(symbol="ETHUSDT")))


def test_once_for_all_symbols() -> None:
    """One call gives the rules of every symbol."""
    exchange = Exchange()
    book = SymbolBook(exchange.read, clock=ManualClock())

    assert book.rules("BTCUSDT").symbol == "BTCUSDT"
    assert book.rules("ETHUSDT").symbol == "ETHUSDT"
    assert len(book.symbols().rows) == 2
    assert exchange.reads == 1


def test_again_after_an_hour_and_on_demand() -> None:
    """An exchange changes its rules now and then."""
    exchange, clock = Exchange(), ManualClock()
    book = SymbolBook(exchange.read, clock=clock)
    book.rules("BTCUSDT")
    clock.advance(3_599.0)
    book.rules("BTCUSDT")
    assert exchange.reads == 1
    clock.advance(1.0)
    book.rules("BTCUSDT")
    assert exchange.reads == 2
    book.refresh()
    assert exchange.reads == 3


def test_a_symbol_that_is_not_listed() -> None:
    """The error says where to look."""
    book = SymbolBook(Exchange().read, clock=ManualClock())
    with pytest.raises(ConfigurationError, match=r"no symbol 'DOGE'.*client.market.symbols"):
        book.rules("DOGE")


def test_a_reading_that_fails_is_told() -> None:
    """Nothing is kept of it, and the next call reads again."""
    exchange = Exchange()
    exchange.fails = True
    book = SymbolBook(exchange.read, clock=ManualClock())
    with pytest.raises(ConnectionClosed):
        book.rules("BTCUSDT")
    exchange.fails = False
    assert book.rules("BTCUSDT").symbol == "BTCUSDT"
