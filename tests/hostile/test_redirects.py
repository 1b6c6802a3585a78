"""No redirect is followed, whatever its status, place and method."""

from __future__ import annotations

from pathlib import Path

from .redirects import CASES, run


def test_no_redirect_is_followed(tmp_path: Path) -> None:
    """Each is told as what it is; the place that it names hears nothing (F3)."""
    tally = run(3, str(tmp_path / "ca.pem"))

    assert tally.cases == len(CASES) >= 30
    assert not tally.wrong, str(tally)
