"""The calls about positions and their settings."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.errors import ConfigurationError
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import (
    CloseTrigger,
    MarginMode,
    MarginModeCode,
    PositionHistorySide,
    PositionSide,
)
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


@pytest.mark.parametrize("mode", [MarginModeCode.ISOLATED, MarginMode.ISOLATED, "ISOLATED", 2])
def test_a_margin_mode_is_sent_as_a_number(mode: Any) -> None:
    """Whether it was given as a word or as a number (rules 66, 67)."""
    call = calls.set_margin_mode(symbol="X", margin_mode=mode)

    assert call.body == {"symbol": "X", "marginMode": 2}
    assert type((call.body or {})["marginMode"]) is int
    assert parse(call, success({})).extra == {}


def test_a_leverage_is_a_whole_number() -> None:
    """A fraction or a text is refused before it is sent."""
    for leverage in (2.5, "5", True, None):
        with pytest.raises(ConfigurationError, match="leverage"):
            calls.set_leverage(symbol="X", leverage=leverage)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"CROSS \(1\), ISOLATED \(2\)"):
        calls.set_margin_mode(symbol="X", margin_mode=0)


@pytest.mark.parametrize("side", ["long", "LONG", PositionSide.LONG, PositionHistorySide.LONG])
def test_the_side_of_the_history_is_in_lower_case(side: Any) -> None:
    """The filter is ``long`` where a position says ``LONG``: either is taken (rule 68)."""
    assert dict(calls.position_history(side=side).query) == {"side": "long"}
    with pytest.raises(ConfigurationError, match="side is one of long, short"):
        calls.position_history(side="BOTH")


def test_closed_positions() -> None:
    """A row says how the position ended (rule 69)."""
    row = {"symbol": "X", "triggerMode": 4, "pnl": "-5.0", "closedAt": 7, "marginMode": "ISOLATED"}
    page = parse(calls.position_history(page=2), success({"list": [row], "total": 21}))

    assert page.rows[0].trigger_mode is CloseTrigger.LIQUIDATION
    assert page.rows[0].margin_mode is MarginMode.ISOLATED
    assert (str(page.rows[0].pnl), page.total) == ("-5.0", 21)
