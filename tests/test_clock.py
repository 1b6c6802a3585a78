"""Clocks, deadlines and rising timestamps."""

from __future__ import annotations

import itertools
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import (
    WAIT_SLICE,
    Clock,
    Deadline,
    ManualClock,
    RisingMilliseconds,
    ServerClock,
    SystemClock,
)

SECONDS = st.integers(min_value=0, max_value=10_000).map(lambda n: n / 8)


class TestSystemClock:
    """The clock of the machine."""

    def test_monotonic_never_goes_back(self) -> None:
        """Two readings in a row do not fall."""
        clock = SystemClock()

        assert clock.monotonic() <= clock.monotonic()

    def test_time_is_unix_milliseconds(self) -> None:
        """The wall clock is the one of :func:`time.time`, in milliseconds."""
        before = int(time.time() * 1_000)
        now_ms = SystemClock().time_ms()

        assert before - 1 <= now_ms <= time.time() * 1_000 + 1


class TestManualClock:
    """The clock that a test moves by hand."""

    def test_it_is_a_clock(self) -> None:
        """It can stand wherever a Clock is asked for."""
        clock: Clock = ManualClock()

        assert clock.monotonic() == clock.monotonic()

    def test_advance_moves_both(self) -> None:
        """Time that passes shows on both clocks."""
        clock = ManualClock(monotonic=5.0, time_ms=1_000)
        clock.advance(2.5)

        assert (clock.monotonic(), clock.time_ms()) == (7.5, 3_500)

    @pytest.mark.parametrize("step_ms", [-3_600_000, 3_600_000])
    def test_step_moves_only_the_wall(self, step_ms: int) -> None:
        """A correction of the machine's clock does not move the monotonic one."""
        clock = ManualClock(monotonic=5.0, time_ms=10_000_000)
        clock.step_wall(step_ms)

        assert (clock.monotonic(), clock.time_ms()) == (5.0, 10_000_000 + step_ms)


class TestDeadline:
    """One point in time, handed down through the steps of an operation."""

    @given(timeout=SECONDS, steps=st.lists(SECONDS, max_size=5))
    def test_remaining_falls_to_zero_and_not_below(
        self, timeout: float, steps: list[float]
    ) -> None:
        """What is left is the timeout less what has passed, and never negative."""
        clock = ManualClock()
        deadline = Deadline(timeout, clock=clock)
        for step in steps:
            clock.advance(step)

        assert deadline.remaining() == max(0.0, timeout - sum(steps))
        assert deadline.expired is (sum(steps) >= timeout)

    def test_none_never_expires(self) -> None:
        """No timeout means no limit."""
        clock = ManualClock()
        deadline = Deadline(None, clock=clock)
        clock.advance(1e9)

        assert deadline.remaining() is None
        assert not deadline.expired

    @given(timeout=st.none() | SECONDS)
    def test_one_wait_is_short(self, timeout: float | None) -> None:
        """One wait takes what is left, and never so long that Ctrl-C would seem to be lost."""
        deadline = Deadline(timeout, clock=ManualClock())

        assert deadline.slice() == (WAIT_SLICE if timeout is None else min(timeout, WAIT_SLICE))
        assert WAIT_SLICE <= 1.0

    def test_a_step_of_the_wall_clock_does_not_count(self) -> None:
        """A deadline is measured on the monotonic clock alone."""
        clock = ManualClock()
        deadline = Deadline(10.0, clock=clock)
        clock.step_wall(3_600_000)

        assert deadline.remaining() == 10.0

    @given(first=st.none() | SECONDS, second=SECONDS)
    def test_sooner_is_the_earlier_one(self, first: float | None, second: float) -> None:
        """A step may have less time than the whole, and never more."""
        sooner = Deadline(first, clock=ManualClock()).sooner(second)

        assert sooner.remaining() == (second if first is None else min(first, second))

    @given(first=st.none() | SECONDS, second=st.none() | SECONDS)
    def test_earlier_is_one_of_the_two(self, first: float | None, second: float | None) -> None:
        """Of two deadlines the one that passes first; a deadline that never passes comes last."""
        clock = ManualClock()
        one, other = Deadline(first, clock=clock), Deadline(second, clock=clock)
        earlier = one.earlier(other)

        limits = [seconds for seconds in (first, second) if seconds is not None]
        assert earlier.remaining() == min(limits, default=None)
        assert earlier is one or (earlier is other and first != second)

    def test_sooner_keeps_the_clock(self) -> None:
        """The deadline of a step expires by the clock of the whole."""
        clock = ManualClock()
        sooner = Deadline(10.0, clock=clock).sooner(1.0)
        clock.advance(1.0)

        assert sooner.expired

    def test_default_clock_is_the_machine(self) -> None:
        """Without a clock the machine's is used."""
        left = Deadline(1_000.0).remaining()

        assert left is not None
        assert 0 < left <= 1_000.0

    def test_repr_is_a_status_line(self) -> None:
        """The representation says how much is left."""
        assert repr(Deadline(None)) == "<Deadline none>"
        assert repr(Deadline(1.5, clock=ManualClock())) == "<Deadline in 1.500 s>"


class TestRisingMilliseconds:
    """Timestamps that are never used twice (rule 42)."""

    @given(steps=st.lists(st.integers(min_value=0, max_value=9_900), max_size=30))
    def test_strictly_rising_while_the_clock_is_within_the_tolerance(
        self, steps: list[int]
    ) -> None:
        """Also where the clock goes back a little, each value is later than the one before."""
        rising = RisingMilliseconds(tolerance_ms=10_000)
        times = [1_771_047_000_000 + step for step in steps]
        values = [rising.next(now_ms) for now_ms in times]

        assert all(a < b for a, b in itertools.pairwise(values))
        assert all(value >= now_ms for value, now_ms in zip(values, times, strict=True))

    @given(
        start=st.integers(min_value=1_000_000, max_value=2_000_000_000_000),
        back=st.integers(min_value=10_001, max_value=999_999),
    )
    def test_begins_again_where_the_clock_went_back_too_far(self, start: int, back: int) -> None:
        """A value that the exchange would refuse as out of its window is given up (rule 38)."""
        rising = RisingMilliseconds(tolerance_ms=10_000)
        rising.next(start)

        assert [rising.next(start - back) for _ in range(2)] == [start - back, start - back + 1]

    def test_more_than_one_call_a_millisecond(self) -> None:
        """A series that is far ahead of its clock goes on: a value is never used again."""
        rising = RisingMilliseconds(tolerance_ms=10)
        values = [rising.next(1_771_047_000_000) for _ in range(1_000)]

        assert values == list(range(values[0], values[0] + 1_000))

    def test_follows_the_clock_where_it_can(self) -> None:
        """Timestamps stay exact as long as the clock itself rises (rule 38)."""
        rising = RisingMilliseconds()

        assert [rising.next(t) for t in (100, 101, 500)] == [100, 101, 500]

    def test_threads_never_share_a_value(self) -> None:
        """Eight threads that ask in the same millisecond get different values."""
        rising = RisingMilliseconds()
        taken: list[list[int]] = [[] for _ in range(8)]

        def take(mine: list[int]) -> None:
            mine.extend(rising.next(1_771_047_000_000) for _ in range(1_000))

        threads = [threading.Thread(target=take, args=(mine,), daemon=True) for mine in taken]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

        values = [value for mine in taken for value in mine]
        assert len(values) == len(set(values)) == 8_000
        assert all(mine == sorted(mine) for mine in taken)


class TestServerClock:
    """The exchange's clock, followed by the local one (rule 39)."""

    def test_before_a_reading_it_is_the_local_wall_clock(self) -> None:
        """Without a reading there is nothing better than the machine's own clock."""
        local = ManualClock(time_ms=5_000)
        server = ServerClock(local)
        local.advance(1.0)

        assert (server.measured, server.now_ms()) == (False, 6_000)
        assert (server.offset_ms, server.uncertainty_ms) == (0.0, 0.0)

    @given(
        skew_ms=st.integers(min_value=-3_600_000, max_value=3_600_000),
        round_trip=SECONDS,
        share=st.floats(min_value=0, max_value=1),
        later=SECONDS,
    )
    def test_error_is_at_most_half_of_the_round_trip(
        self, skew_ms: int, round_trip: float, share: float, later: float
    ) -> None:
        """However the round trip is split, the clock is off by no more than it says it may be."""
        local = ManualClock()
        server = ServerClock(local)
        sent_at = local.monotonic()
        there_ms = round(local.time_ms() + skew_ms + round_trip * share * 1_000)
        local.advance(round_trip)
        server.adjust(there_ms, sent_at=sent_at, received_at=local.monotonic())
        local.advance(later)

        true_ms = local.time_ms() + skew_ms
        assert abs(server.now_ms() - true_ms) <= server.uncertainty_ms + 2
        assert server.earliest_ms() <= true_ms
        assert server.measured

    def test_offset(self) -> None:
        """How far the exchange is ahead can be asked for."""
        local = ManualClock(time_ms=1_000)
        server = ServerClock(local)
        server.adjust(6_000, sent_at=local.monotonic(), received_at=local.monotonic())

        assert server.offset_ms == 5_000

    @pytest.mark.parametrize("step_ms", [-3_600_000, 3_600_000])
    def test_a_step_of_the_wall_clock_changes_nothing(self, step_ms: int) -> None:
        """After a reading a correction of the machine's clock cannot spoil a timestamp."""
        local = ManualClock(time_ms=1_000)
        server = ServerClock(local)
        server.adjust(6_000, sent_at=local.monotonic(), received_at=local.monotonic())
        local.step_wall(step_ms)
        local.advance(2.0)

        assert server.now_ms() == 8_000

    def test_a_new_reading_replaces_the_old_one(self) -> None:
        """The clock follows the last reading, also where it goes back."""
        local = ManualClock()
        server = ServerClock(local)
        for told_ms in (9_000, 4_000):
            server.adjust(told_ms, sent_at=local.monotonic(), received_at=local.monotonic())

        assert server.now_ms() == 4_000
