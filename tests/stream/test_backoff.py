"""The back-off: spread out, bounded, and not fooled by a link that comes up and falls."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.stream.backoff import Backoff, BackoffPolicy

CLIENTS = 10_000
TEN_MINUTES = 600.0
MEAN_ATTEMPTS = 30
MAX_ATTEMPTS = 45


def attempts_while_down(backoff: Backoff, *, up_for: float = 0.0) -> list[float]:
    """Return when a client dials in ten minutes, from the loss of its link at 0.

    Args:
        backoff: the back-off of the client.
        up_for: seconds for which each link is live before it is lost; 0 is a server that is down.
    """
    now = 0.0
    times: list[float] = []
    while True:
        now += backoff.lost(now)
        if now > TEN_MINUTES:
            return times
        times.append(now)
        if up_for:
            backoff.live(now)
            now += up_for


@pytest.fixture(scope="module")
def herd() -> list[list[float]]:
    """When each of 10,000 clients dials after their server went away at the same moment."""
    chance = random.Random(1)
    return [attempts_while_down(Backoff(BackoffPolicy(), chance.random)) for _ in range(CLIENTS)]


def test_the_first_attempt_is_made_at_once() -> None:
    """A link that breaks by accident is back without a wait."""
    assert Backoff(BackoffPolicy(), lambda: 0.5).lost(0.0) == 0.0


def test_a_herd_dissolves(herd: list[list[float]]) -> None:
    """From the sixth attempt on no 100 ms see more than 3 % of 10,000 clients lost together.

    The first attempt is made at once by all of them, and each further one spreads them out.
    """
    for number in range(5, 10):
        bins = Counter(int(times[number] * 10) for times in herd)
        busiest, count = bins.most_common(1)[0]
        share = count / CLIENTS
        assert share <= 0.03, f"attempt {number + 1}: {share:.0%} at {busiest / 10:.1f} s"


def test_a_server_that_is_down_is_not_hammered(herd: list[list[float]]) -> None:
    """On average a client makes fewer than 30 attempts in ten minutes, and none makes 45."""
    assert sum(len(times) for times in herd) / CLIENTS <= MEAN_ATTEMPTS
    assert max(len(times) for times in herd) <= MAX_ATTEMPTS


@pytest.mark.parametrize("up_for", [0.001, 1.0, 5.0, 9.9])
def test_a_server_that_accepts_and_drops_is_not_hammered(up_for: float) -> None:
    """A link that does not live for ``stable_after`` does not start the series again."""
    chance = random.Random(2)
    counts = [
        len(attempts_while_down(Backoff(BackoffPolicy(), chance.random), up_for=up_for))
        for _ in range(1_000)
    ]
    assert max(counts) <= MAX_ATTEMPTS


@given(
    base=st.floats(0.001, 10),
    factor=st.floats(1, 100),
    chance=st.floats(0, 1, exclude_max=True),
    failures=st.integers(1, 200),
)
def test_a_wait_is_within_its_bounds(
    base: float, factor: float, chance: float, failures: int
) -> None:
    """However often it failed, a wait is neither negative nor over the maximum."""
    policy = BackoffPolicy(base=base, maximum=base * factor)
    backoff = Backoff(policy, lambda: chance)
    for number in range(failures):
        delay = backoff.lost(float(number))
    assert 0.0 <= delay <= max(policy.maximum, 5.0)
    assert backoff.failures == failures


def test_the_waits_grow_up_to_the_maximum() -> None:
    """With the same luck each wait is at least as long as the one before it."""
    backoff = Backoff(BackoffPolicy(), lambda: 0.999)
    waits = [backoff.lost(0.0) for _ in range(20)][1:]
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(BackoffPolicy().maximum, rel=0.01)


def test_a_very_long_series_does_not_overflow() -> None:
    """After 100,000 failures there is still a finite wait."""
    backoff = Backoff(BackoffPolicy(), lambda: 0.5)
    assert all(backoff.lost(0.0) <= BackoffPolicy().maximum for _ in range(100_000))


def test_the_floor_is_kept() -> None:
    """What the server asked to wait is waited at least (rule 108)."""
    backoff = Backoff(BackoffPolicy(), lambda: 0.0)
    assert [backoff.lost(0.0, floor=7.0) for _ in range(3)] == [7.0, 7.0, 7.0]


def _series(lost: Callable[[float], float]) -> list[float]:
    return [lost(0.0) for _ in range(5)]


def test_a_stable_link_starts_the_series_again() -> None:
    """A link that was live for ``stable_after`` seconds makes the next wait a first one."""
    backoff = Backoff(BackoffPolicy(stable_after=10.0), lambda: 0.5)
    _series(backoff.lost)
    backoff.live(100.0)
    backoff.lost(110.0)
    assert backoff.failures == 1


def test_a_short_link_does_not_start_the_series_again() -> None:
    """A link that fell before ``stable_after`` seconds counts as one more failure."""
    backoff = Backoff(BackoffPolicy(stable_after=10.0), lambda: 0.5)
    _series(backoff.lost)
    backoff.live(100.0)
    backoff.lost(109.9)
    assert backoff.failures == 6


def test_an_attempt_that_never_became_live_is_not_stable() -> None:
    """The life of an earlier link does not count for a later attempt."""
    backoff = Backoff(BackoffPolicy(stable_after=10.0), lambda: 0.5)
    backoff.live(0.0)
    backoff.lost(20.0)
    backoff.lost(1_000.0)
    assert backoff.failures == 2


@pytest.mark.parametrize(
    "figures",
    [{"base": 0.0}, {"base": -1.0}, {"base": 2.0, "maximum": 1.0}, {"stable_after": -0.1}],
)
def test_figures_that_cannot_work_are_refused(figures: dict[str, float]) -> None:
    """A policy that would never wait, or wait backwards, is an error at once."""
    with pytest.raises(ConfigurationError):
        BackoffPolicy(**figures)
