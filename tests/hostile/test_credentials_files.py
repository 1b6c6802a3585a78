"""A credentials file is used only where nobody else could have read or replaced it."""

from __future__ import annotations

import sys

import pytest

from .credentials_files import BAD, run


@pytest.mark.skipif(sys.platform == "win32", reason="modes, owners and links are POSIX")
def test_every_set_up() -> None:
    """Bad ones are refused with the reason and without the content; good ones are read (F8)."""
    tally = run(6)

    assert tally.cases > len(BAD) >= 10
    assert not tally.wrong, str(tally)
