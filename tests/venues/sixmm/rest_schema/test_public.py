"""What the service tells of itself."""

from __future__ import annotations

import pytest

from sixmm.codec import structure
from sixmm.errors import DecodeError
from sixmm.venues.sixmm import rest_schema as rest


def test_the_clock_has_two_units() -> None:
    """One of the two times is in seconds, and each says its unit in its name (rule 7)."""
    clock = structure(
        rest.make_rest_converter(),
        {"timestamp": 1780473256, "timestampMs": 1780473256708},
        rest.ServerTime,
    )

    assert (clock.timestamp_s, clock.timestamp_ms) == (1780473256, 1780473256708)


def test_the_ranking_has_its_list() -> None:
    """A ranking without rows is an empty list, not a reply without one."""
    converter = rest.make_rest_converter()

    assert structure(converter, {"list": [], "myRank": 0}, rest.Leaderboard).rows == ()
    with pytest.raises(DecodeError, match="list"):
        structure(converter, {"myRank": 0}, rest.Leaderboard)
