"""The figures of the exchange."""

from __future__ import annotations

from sixmm.venues.kucoin import limits
from sixmm.venues.kucoin.enums import Connection


def test_every_figure_is_a_bound() -> None:
    """Each name that is listed is a positive whole number."""
    figures = [getattr(limits, name) for name in limits.__all__ if name.isupper()]

    assert all(type(figure) is int and figure > 0 for figure in figures)


def test_the_strictest_reading_counts() -> None:
    """Where pages disagree, the smaller figure is the one that never offends."""
    assert limits.TOPICS_PER_SPOT_CONNECTION == 300
    assert limits.TOPICS_PER_FUTURES_CONNECTION == 100
    assert limits.SESSIONS == 50


def test_topics_of_a_connection() -> None:
    """Each kind of connection has its own bound."""
    assert limits.most_topics(Connection.SPOT_PRIVATE_V1) == 300
    assert limits.most_topics(Connection.FUTURES_PUBLIC_V1) == 100
    assert limits.most_topics(Connection.PRIVATE_PRO_V2) == 600
