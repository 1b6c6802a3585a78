"""The access token of a login: refreshed in time, tried again, and left alone without a cookie."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from sixmm.errors import ConnectFailed
from sixmm.events import SessionExpiring

from .test_keys import Keys

JOB = "refresh-token"


@pytest.fixture
def keys() -> Iterator[Keys]:
    """A token keeper, its server, and a login that lives for 1,000 seconds."""
    keys = Keys()
    yield keys
    keys.http.close()


def test_a_token_is_refreshed_at_half_of_its_life(keys: Keys) -> None:
    """Again and again (rule 25)."""
    keys.tokens.plan()
    assert keys.run(JOB) == pytest.approx(500, abs=1)
    assert keys.run(JOB) == pytest.approx(250, abs=1)
    assert keys.refreshed == 2
    assert keys.events() == []


def test_a_token_that_was_given_is_left_alone(keys: Keys) -> None:
    """There is no cookie to refresh it with."""
    credentials = keys.shared.rest.credentials
    assert credentials.access_expires_at_ms is not None
    keys.shared.rest._credentials = attrs.evolve(credentials, cookies={})
    keys.tokens.plan()
    assert keys.timer.jobs == {}


def test_a_failed_refresh_is_told_and_tried_again(keys: Keys) -> None:
    """Never in a storm; after the token has ended once a minute, since the cookie may be good."""
    keys.failures["/refresh"] = ConnectFailed("down")
    keys.tokens.plan()
    delays = []
    while sum(delays) < 1_300:
        delays.append(keys.run(JOB))
    assert min(delays) >= 1.0
    assert delays[-4:] == [60.0] * 4
    told = keys.events()
    assert len(told) == len(delays)
    assert all(isinstance(event, SessionExpiring) for event in told)


def test_a_refresh_that_succeeds_later_goes_on_as_before(keys: Keys) -> None:
    """The next one is at half of the new life."""
    keys.failures["/refresh"] = ConnectFailed("down")
    keys.tokens.plan()
    keys.run(JOB)
    keys.failures.clear()
    keys.run(JOB)
    assert keys.run(JOB) == pytest.approx(250, abs=1)


def test_a_token_that_is_over_is_refreshed_soon_and_not_in_a_storm(keys: Keys) -> None:
    """A server that hands out dead tokens is asked at most once a second."""
    keys.clock.advance(5_000)
    keys.tokens.plan()
    assert keys.run(JOB) >= 1.0


def test_a_logout_ends_the_refreshing(keys: Keys) -> None:
    """The job that is already planned finds no cookie and plans nothing more."""
    keys.tokens.plan()
    keys.shared.rest.forget_token()
    keys.run(JOB)
    assert keys.timer.jobs == {}
    assert keys.events() == []
