"""Every row about hostile input is a row of the campaign."""

from __future__ import annotations

from tests.hostile.rows import ROWS as HOSTILE

from .row import Round
from .rows import ROWS
from .rows.hostile import ROWS as OURS


def test_none_is_left_out() -> None:
    """Each is found under its name, with the faults that it is about."""
    rows = {row.name: row for row in ROWS}

    assert len(OURS) == len(HOSTILE)
    for name, hostile in HOSTILE.items():
        assert rows[f"hostile-{name}"].hazards == hostile.hazards


def test_a_row_tells_how_much_it_tried() -> None:
    """A figure for the cases, which is bounded from below, and one for those that went wrong."""
    row = next(row for row in OURS if row.name == "hostile-credentials")
    cases, wrong = row.run(Round(seed=1, is_short=True))

    assert cases.held
    assert cases.value > 25
    assert cases.bound.startswith("≥ ")
    assert (wrong.value, wrong.bound, wrong.held) == (0, "= 0", True)
