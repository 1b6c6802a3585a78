"""No secret is seen at any moment of a session, whatever happens to it."""

from __future__ import annotations

import pytest

from .live_session import run


def test_a_session_with_faults() -> None:
    """Events, errors, logs, objects, figures: from the login to the end there is no secret (F1)."""
    pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")
    tally = run(4)

    assert tally.cases >= 12
    assert not tally.wrong, str(tally)
