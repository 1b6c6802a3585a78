"""The calls about positions and their settings."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import MarginModeCode
from sixmm.venues.sixmm.envelope import parse

from ..examples import success


def test_positions() -> None:
    """The filter is optional, and rows come back typed."""
    data = {"positions": [{"symbol": "X", "quantity": "-1.0", "marginMode": "CROSS"}]}

    assert calls.positions().query == ()
    assert calls.positions(symbol="X").query == (("symbol", "X"),)
    assert str(parse(calls.positions(), success(data)).rows[0].quantity) == "-1.0"


def test_settings() -> None:
    """Leverage and mode are numbers, both ways (rules 11, 66, 67)."""
    setting = parse(
        calls.position_setting(symbol="X"), success({"symbol": "X", "marginMode": 1, "leverage": 5})
    )
    changed = parse(calls.set_leverage(symbol="X", leverage=5), success({"leverage": 5}))

    assert setting.margin_mode is MarginModeCode.CROSS
    assert setting.leverage == changed.leverage == 5
    assert calls.set_margin_mode(symbol="X", margin_mode=MarginModeCode.ISOLATED).body == {
        "symbol": "X",
        "marginMode": 2,
    }


def test_a_leverage_is_a_whole_number() -> None:
    """A fraction or a text is refused before it is sent."""
    for leverage in (2.5, "5", True):
        with pytest.raises(ConfigurationError):
            calls.set_leverage(symbol="X", leverage=leverage)  # type: ignore[arg-type]
