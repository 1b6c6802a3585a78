"""The pace of a client: what a bucket hands out and when, and that waiting holds nobody up."""

from __future__ import annotations

import functools
import math
import re
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import Deadline, ManualClock, SystemClock
from sixmm.errors import ClientClosed, ConfigurationError, PaceExceeded
from sixmm.pace import MAX_SHUT, Pacer, Rate, RestPace, TokenBucket, bounded
from sixmm.venues.base import Auth, Call, PaceClass

from .interrupts import LONG, interrupted_unawares
from .stream.waiting import GENEROUS, wait_until

ORDERS = PaceClass.ORDER_WRITE
SLOW = RestPace(order_write=Rate(2.0, 3))
"""Three orders at once, then one every half second."""


# Figures


def test_every_class_has_a_finite_rate_by_default() -> None:
    """No class of calls is without a bound unless that is asked for."""
    pace = RestPace()
    for pace_class in PaceClass:
        rate = pace.rate_of(pace_class)
        assert rate is not None
        assert 0 < rate.per_second <= 100
        assert 1 <= rate.burst <= 100


def test_every_class_has_a_figure_of_its_name() -> None:
    """The classes of calls and the figures are the same list."""
    assert {field.name for field in attrs.fields(RestPace)} == {each.value for each in PaceClass}


def test_the_page_names_the_figures(project_root: Path) -> None:
    """docs/errors.md has a row for each class, with its figures."""
    page = (project_root / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    told = {name: Rate(float(per_second), int(burst)) for name, per_second, burst in rows}

    assert told == attrs.asdict(RestPace(), recurse=False)


@pytest.mark.parametrize(
    ("per_second", "burst"),
    [
        (0, 1),
        (-1, 1),
        (math.inf, 1),
        (math.nan, 1),
        ("1", 1),
        (True, 1),
        (1, 0),
        (1, 1.5),
        (1, True),
    ],
)
def test_a_rate_that_cannot_work_is_refused(per_second: float, burst: int) -> None:
    """At once, and not when the first call has to wait for ever."""
    with pytest.raises(ConfigurationError):
        Rate(per_second, burst)


def test_a_figure_that_is_no_rate_is_refused() -> None:
    """A number alone does not say how many may go at once; the text names the figure."""
    with pytest.raises(ConfigurationError, match="order_write"):
        RestPace(order_write=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(None, 0.0), (-5.0, 0.0), (math.nan, 0.0), (0.0, 0.0), (7.5, 7.5), (1e9, MAX_SHUT)],
)
def test_a_wait_that_is_asked_for_is_bounded(asked: float | None, waits: float) -> None:
    """Never negative, and at most five minutes, whatever a reply says."""
    assert bounded(asked) == waits


# Which class


@pytest.mark.parametrize(
    ("method", "path", "auth", "writes", "expected"),
    [
        ("GET", "/v1/public/market/symbols", Auth.NONE, False, PaceClass.PUBLIC_READ),
        ("GET", "/v1/private/order/current", Auth.ACCOUNT, False, PaceClass.PRIVATE_READ),
        ("GET", "/v1/private/user/api-key/list", Auth.TOKEN, False, PaceClass.PRIVATE_READ),
        ("POST", "/v1/private/order/place", Auth.ACCOUNT, True, PaceClass.ORDER_WRITE),
        ("POST", "/v1/private/order/batch-place", Auth.ACCOUNT, True, PaceClass.ORDER_WRITE),
        ("POST", "/v1/private/order/move", Auth.ACCOUNT, True, PaceClass.ORDER_WRITE),
        ("POST", "/v1/private/order/cancel", Auth.ACCOUNT, True, PaceClass.CANCEL),
        ("POST", "/v1/private/order/batch-cancel-all", Auth.ACCOUNT, True, PaceClass.CANCEL),
        ("DELETE", "/api/v1/orders/17", Auth.ACCOUNT, True, PaceClass.CANCEL),
        ("POST", "/v1/private/position/leverage", Auth.ACCOUNT, True, PaceClass.OTHER_WRITE),
        ("POST", "/v1/public/user/login", Auth.NONE, True, PaceClass.OTHER_WRITE),
    ],
)
def test_the_class_follows_from_the_call(
    method: str, path: str, auth: Auth, writes: bool, expected: PaceClass
) -> None:
    """Credential, effect and path say whose pace a call keeps, unless it says so itself."""
    call = Call(operation="o", method=method, path=path, auth=auth, writes=writes)

    assert call.pace_class is expected
    assert attrs.evolve(call, pace=PaceClass.SESSION).pace_class is PaceClass.SESSION


# The bucket


class Model:
    """The same bucket, written another way: by when the next turn is due, in exact fractions.

    ``full_at`` is when the bucket would be full if nothing more were taken.
    """

    def __init__(self, rate: Rate) -> None:
        self.gap = 1 / Fraction(rate.per_second)
        self.burst = rate.burst
        self.full_at = Fraction(0)
        self.open_at = Fraction(0)

    def next_at(self, now: Fraction) -> Fraction:
        """Return when the next free turn is."""
        return max(now, self.open_at, self.full_at - (self.burst - 1) * self.gap)

    def take(self, now: Fraction) -> Fraction:
        """Take that turn."""
        turn = self.next_at(now)
        self.full_at = max(self.full_at, now, self.open_at) + self.gap
        return turn

    def give_back(self, now: Fraction) -> None:
        """Free the last turn."""
        self.full_at = max(self.full_at - self.gap, now, self.open_at)

    def shut(self, now: Fraction, seconds: Fraction) -> Fraction:
        """Move every turn that is not due yet; return by how much."""
        was_open_at = max(self.open_at, now)
        self.full_at = max(self.full_at, was_open_at)
        self.open_at = max(was_open_at, now + seconds)
        moved = self.open_at - was_open_at
        one_left = self.open_at + (self.burst - 1) * self.gap
        self.full_at = max(self.full_at + moved, one_left)
        return moved


SECONDS = st.integers(0, 80).map(lambda n: Fraction(n, 16))
STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "try", "give back", "shut"]), SECONDS, SECONDS), max_size=60
)
RATES = st.builds(Rate, st.sampled_from([0.5, 1.0, 2.0, 4.0, 8.0]), st.integers(1, 6))


@given(rate=RATES, steps=STEPS)
def test_a_bucket_does_what_its_model_does(
    rate: Rate, steps: list[tuple[str, Fraction, Fraction]]
) -> None:
    """Taken, refused, given back or shut: each delay is that of the other way to reckon."""
    bucket, model, now = TokenBucket(rate, now=0.0), Model(rate), Fraction(0)
    taken = 0
    for kind, passed, seconds in steps:
        now += passed
        due = float(model.next_at(now) - now)
        assert bucket.delay(float(now)) == pytest.approx(due, abs=1e-6)
        if kind == "take":
            assert bucket.take(float(now)) == pytest.approx(float(model.take(now) - now), abs=1e-6)
            taken += 1
        elif kind == "try" and due > 0 and due >= seconds:
            assert bucket.take(float(now), patience=float(seconds)) is None
        elif kind == "give back" and taken:
            bucket.give_back(float(now))
            model.give_back(now)
            taken -= 1
        elif kind == "shut":
            before = bucket.paused
            bucket.shut(float(now), float(seconds))
            moved = float(model.shut(now, seconds))
            assert bucket.paused - before == pytest.approx(moved, abs=1e-6)


@given(rate=RATES, gaps=st.lists(SECONDS, max_size=60))
def test_no_window_has_more_than_burst_and_rate(rate: Rate, gaps: list[Fraction]) -> None:
    """However calls come, any time of s seconds sees at most ``burst + rate * s`` of them."""
    bucket, now, turns = TokenBucket(rate, now=0.0), 0.0, []
    for gap in gaps:
        now += float(gap)
        delay = bucket.take(now)
        assert delay is not None
        turns.append(now + delay)
    assert turns == sorted(turns)
    for first in range(len(turns)):
        for last in range(first, len(turns)):
            allowed = rate.burst + rate.per_second * (turns[last] - turns[first])
            assert last - first + 1 <= allowed + 1e-6


def test_a_burst_then_the_steady_rate() -> None:
    """The tokens that are there go at once, the others come one by one."""
    bucket = TokenBucket(Rate(2.0, 3), now=10.0)

    assert [bucket.take(10.0) for _ in range(6)] == [0.0, 0.0, 0.0, 0.5, 1.0, 1.5]


def test_a_turn_that_comes_too_late_is_not_taken() -> None:
    """Who has no time for it leaves it to the next."""
    bucket = TokenBucket(Rate(2.0, 1), now=0.0)
    bucket.take(0.0)

    assert bucket.take(0.0, patience=0.5) is None
    assert bucket.take(0.0, patience=0.6) == 0.5


def test_without_patience_a_free_token_is_taken() -> None:
    """A deadline that has passed is for the call to tell, not for the pace."""
    assert TokenBucket(Rate(1.0, 1), now=0.0).take(0.0, patience=0.0) == 0.0


def test_after_a_pause_there_is_no_burst() -> None:
    """The exchange has just said that it was too fast: one call, then the steady rate."""
    bucket = TokenBucket(Rate(2.0, 40), now=0.0)
    bucket.refused(0.0, 10.0)

    assert bucket.is_shut(9.9)
    assert [bucket.take(4.0) for _ in range(3)] == [6.0, 6.5, 7.0]
    assert not bucket.is_shut(10.0)


def test_pauses_that_the_exchange_does_not_measure_double() -> None:
    """1, 2, 4 ... seconds, a minute at most, and again from 1 after a call went well (rule 108)."""
    bucket, now, pauses = TokenBucket(Rate(2.0, 3), now=0.0), 0.0, []
    for _ in range(8):
        before = bucket.paused
        bucket.refused(now, None)
        pauses.append(bucket.paused - before)
        now += pauses[-1]
    bucket.accepted()
    bucket.refused(now, None)

    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert bucket.paused == sum(pauses) + 1.0


def test_refusals_of_one_moment_count_once() -> None:
    """Eight calls that were under way together do not make the pause double eight times."""
    bucket = TokenBucket(Rate(2.0, 3), now=0.0)
    for _ in range(8):
        bucket.refused(0.0, None)

    assert bucket.paused == 1.0


def test_the_longer_of_two_pauses_counts() -> None:
    """They do not add up."""
    bucket = TokenBucket(Rate(2.0, 3), now=0.0)
    bucket.refused(0.0, 10.0)
    bucket.refused(1.0, 3.0)
    bucket.refused(2.0, 20.0)

    assert bucket.paused == 22.0


@pytest.mark.parametrize("retry_after", [1e9, math.inf])
def test_a_pause_is_at_most_five_minutes(retry_after: float) -> None:
    """No reply shuts a client off for longer."""
    bucket = TokenBucket(Rate(2.0, 3), now=0.0)
    bucket.refused(0.0, retry_after)

    assert bucket.paused == MAX_SHUT


# Waiting


class Waits:
    """Waits by moving a clock by hand, and keeps for how long."""

    def __init__(self, clock: ManualClock, meanwhile: Callable[[], object] | None = None) -> None:
        self.clock = clock
        self.meanwhile = meanwhile
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        """Wait."""
        self.seconds.append(seconds)
        self.clock.advance(seconds)
        if self.meanwhile is not None:
            self.meanwhile()


def take(pacer: Pacer, clock: ManualClock, timeout: float | None = 10.0) -> None:
    """Take a turn to place an order."""
    pacer.take_turn(ORDERS, deadline=Deadline(timeout, clock=clock), operation="placeOrder")


def test_calls_wait_for_their_turn() -> None:
    """Three at once, and then one every half second."""
    clock = ManualClock()
    waits = Waits(clock)
    pacer = Pacer(SLOW, clock=clock, wait=waits)
    for _ in range(5):
        take(pacer, clock)

    assert waits.seconds == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("pace", [None, RestPace(order_write=None)])
def test_no_pace_never_waits(pace: RestPace | None) -> None:
    """None is off, for everything or for a class; it is not shut either."""
    clock = ManualClock()
    waits = Waits(clock)
    pacer = Pacer(pace, clock=clock, wait=waits)
    pacer.refused(ORDERS, 60.0)
    for _ in range(1_000):
        take(pacer, clock)
    pacer.accepted(ORDERS)

    assert waits.seconds == []


def test_classes_do_not_wait_for_one_another() -> None:
    """Orders that are placed too fast delay neither the session, nor reads, nor cancels."""
    clock = ManualClock()
    waits = Waits(clock)
    pacer = Pacer(SLOW, clock=clock, wait=waits)
    pacer.refused(ORDERS, 60.0)
    for pace_class in set(PaceClass) - {ORDERS}:
        pacer.take_turn(pace_class, deadline=Deadline(1.0, clock=clock), operation="o")

    assert waits.seconds == []


def test_a_turn_after_the_deadline_is_refused_at_once() -> None:
    """Nothing was sent, nobody has waited, and the error says when there would be room."""
    clock = ManualClock()
    waits = Waits(clock)
    pacer = Pacer(SLOW, clock=clock, wait=waits)
    for _ in range(3):
        take(pacer, clock)
    with pytest.raises(PaceExceeded, match=r"placeOrder: nothing was sent: too many.*0\.50 s") as e:
        take(pacer, clock, timeout=0.4)

    assert e.value.retry_after == pytest.approx(0.5)
    assert e.value.outcome_known
    assert e.value.request_id is None
    assert waits.seconds == []


def test_a_class_that_is_shut_says_so() -> None:
    """The error tells a request of the exchange from a pace of one's own."""
    clock = ManualClock()
    pacer = Pacer(SLOW, clock=clock, wait=Waits(clock))
    pacer.refused(ORDERS, 60.0)
    with pytest.raises(PaceExceeded, match="the exchange has asked to slow down") as caught:
        take(pacer, clock)

    assert caught.value.retry_after == pytest.approx(60.0)


def test_who_waits_when_a_class_is_shut_waits_on() -> None:
    """The turns that were given out move by the pause, in their order."""
    clock = ManualClock()
    told: list[float] = []

    def meanwhile() -> None:
        if not told:
            told.append(clock.monotonic())
            pacer.refused(ORDERS, 3.0)

    waits = Waits(clock, meanwhile)
    pacer = Pacer(SLOW, clock=clock, wait=waits)
    for _ in range(4):
        take(pacer, clock)

    assert waits.seconds == pytest.approx([0.5, 3.0])


def test_who_cannot_wait_on_gives_the_turn_back() -> None:
    """It fails before its deadline, and the next one gets the turn."""
    clock = ManualClock()
    waits = Waits(clock, lambda: pacer.refused(ORDERS, 30.0))
    pacer = Pacer(SLOW, clock=clock, wait=waits)
    for _ in range(3):
        take(pacer, clock)
    with pytest.raises(PaceExceeded):
        take(pacer, clock)
    waits.meanwhile = None
    clock.advance(30.0)
    take(pacer, clock)

    assert waits.seconds == pytest.approx([0.5])


def test_eight_threads_get_every_turn_once() -> None:
    """No turn is given to two threads and none is lost: 800 calls, 800 different turns."""
    clock = ManualClock()
    delays: list[float] = []
    pacer = Pacer(RestPace(order_write=Rate(4.0, 100)), clock=clock, wait=delays.append)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: take(pacer, clock, timeout=None), range(800)))

    assert sorted(delays) == [number / 4.0 for number in range(1, 701)]


def test_first_come_first_served() -> None:
    """Threads that come one after another get their turns one after another."""
    clock = ManualClock()
    delays: dict[int, float] = {}
    go_on = threading.Event()
    number = threading.local()

    def wait(seconds: float) -> None:
        delays[number.value] = seconds
        go_on.wait(GENEROUS)

    def run(which: int) -> None:
        number.value = which
        take(pacer, clock, timeout=None)

    pacer = Pacer(RestPace(order_write=Rate(2.0, 1)), clock=clock, wait=wait)
    take(pacer, clock)
    threads = [threading.Thread(target=run, args=(which,), daemon=True) for which in range(8)]
    for thread in threads:
        before = len(delays)
        thread.start()
        wait_until(functools.partial(_has_grown, delays, before))
    go_on.set()
    for thread in threads:
        thread.join(GENEROUS)

    assert [delays[which] for which in range(8)] == [0.5 * (which + 1) for which in range(8)]


def _has_grown(delays: dict[int, float], before: int) -> bool:
    return len(delays) > before


def test_no_lock_is_held_while_a_call_waits() -> None:
    """Another thread takes its turn, shuts a class and closes meanwhile."""
    clock = ManualClock()
    results: list[bool] = []

    def others() -> None:
        pacer.take_turn(PaceClass.CANCEL, deadline=Deadline(1.0, clock=clock), operation="o")
        pacer.refused(PaceClass.PUBLIC_READ, 1.0)
        pacer.accepted(ORDERS)

    def wait(_: float) -> None:
        thread = threading.Thread(target=others, daemon=True)
        thread.start()
        thread.join(GENEROUS)
        results.append(thread.is_alive())

    pacer = Pacer(SLOW, clock=clock, wait=wait)
    for _ in range(4):
        take(pacer, clock)

    assert results == [False]


def test_close_ends_the_waits_of_all_threads() -> None:
    """Turns that are ten minutes away: each thread returns, and says that nothing was sent."""
    clock = ManualClock()
    pacer = Pacer(RestPace(order_write=Rate(1 / 600, 1)), clock=clock)
    take(pacer, clock)
    failures: list[Exception] = []
    entered = threading.Semaphore(0)

    def run() -> None:
        entered.release()
        try:
            take(pacer, clock, timeout=None)
        except ClientClosed as error:
            failures.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert entered.acquire(timeout=GENEROUS)
    pacer.close()
    for thread in threads:
        thread.join(GENEROUS)

    assert len(failures) == 8


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_an_interrupt_ends_a_wait() -> None:
    """Ctrl-C ends the wait for a turn, also where the system call does not notice it."""
    with interrupted_unawares():
        Pacer(SLOW, clock=SystemClock()).pause(LONG)


def test_after_the_end_nobody_waits() -> None:
    """A pause after close() ends before it begins; close() may be repeated."""
    waits: list[float] = []
    pacer = Pacer(SLOW, clock=ManualClock(), wait=waits.append)
    pacer.close()
    pacer.close()
    with pytest.raises(ClientClosed):
        pacer.pause(5.0)

    assert waits == []
