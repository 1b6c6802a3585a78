"""Contracts (rule 43)."""

from __future__ import annotations

import pytest

from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS, resolve_symbols


def test_names_pick_default_contracts_and_make_plain_ones() -> None:
    """A known name gives the known contract, any other a contract that starts at 100."""
    bitcoin, other = resolve_symbols(["BTCUSDT", "FOOUSDT"])

    assert DEFAULT_SYMBOLS[0] is bitcoin
    assert (other.base_asset, other.start_price) == ("FOO", 100)
    assert resolve_symbols(None) == DEFAULT_SYMBOLS


@pytest.mark.parametrize("wanted", [[], ["BTCUSDT", "BTCUSDT"]])
def test_an_empty_or_repeated_list_is_refused(wanted: list[str]) -> None:
    """There is at least one contract, and each only once."""
    with pytest.raises(ValueError, match="symbols"):
        resolve_symbols(wanted)


def test_price_precision_follows_the_tick() -> None:
    """The precision is the number of decimals of the tick."""
    assert [spec.price_precision for spec in DEFAULT_SYMBOLS] == [1, 2, 3]
