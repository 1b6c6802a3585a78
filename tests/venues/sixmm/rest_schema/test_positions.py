"""What the calls about positions tell."""

from __future__ import annotations

from sixmm.codec import structure
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import CloseTrigger, MarginMode, MarginModeCode

CONVERTER = rest.make_rest_converter()


def test_a_margin_mode_is_a_number_or_a_word() -> None:
    """The settings tell a number, positions and their history a word (rule 67)."""
    setting = structure(CONVERTER, {"marginMode": 1}, rest.PositionSetting)
    closed = structure(CONVERTER, {"marginMode": "CROSS"}, rest.PositionHistoryRow)

    assert setting.margin_mode is MarginModeCode.CROSS
    assert closed.margin_mode is MarginMode.CROSS


def test_why_a_position_was_closed_is_an_open_number() -> None:
    """A number that is not known stays what it is (rule 69)."""
    known = structure(CONVERTER, {"triggerMode": 3}, rest.PositionHistoryRow)
    other = structure(CONVERTER, {"triggerMode": 9}, rest.PositionHistoryRow)

    assert known.trigger_mode is CloseTrigger.STOP_LOSS
    assert other.trigger_mode == 9
