"""Long lists in parts: every row once, in order, to the end, whatever the list does meanwhile."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.sixmm.paging import (
    MAX_ROWS,
    by_cursor,
    by_number,
    by_time,
    checked_bound,
    interval_ms,
)


@attrs.frozen
class Part:
    """One part of a list."""

    rows: Sequence[Any]
    total: int | None = None


class Pages:
    """A list that is given in numbered pages, newest first, and may change between two of them.

    Args:
        rows: the rows, newest first.
        most: how many rows a page has at most, whatever is asked for.
        tells: whether a page says how long the list is.
        arrivals: how many new rows come in before each page after the first.
    """

    def __init__(
        self,
        rows: Sequence[int],
        *,
        most: int = 100,
        tells: bool = True,
        arrivals: Sequence[int] = (),
    ) -> None:
        self.rows = list(rows)
        self.asked: list[int] = []
        self._most = most
        self._tells = tells
        self._arrivals = [0, *arrivals]
        self._next = max(rows, default=0) + 1

    def __call__(self, number: int) -> Part:
        """Return a page."""
        for _ in range(self._arrivals.pop(0) if self._arrivals else 0):
            self.rows.insert(0, self._next)
            self._next += 1
        self.asked.append(number)
        start = (number - 1) * self._most
        rows = self.rows[start : start + self._most]
        return Part(rows, len(self.rows) if self._tells else None)


def same(row: Any) -> Any:
    """Return what tells a row from another: the row itself."""
    return row


def numbered(fetch: Callable[[int], Part], **options: Any) -> list[Any]:
    """Return every row of a list in numbered pages of ten."""
    return list(by_number(fetch, key=same, **{"page_size": 10} | options))


class TestByNumber:
    """Lists in numbered pages."""

    @pytest.mark.parametrize(
        ("count", "tells", "asked"),
        [
            (0, True, 1),
            (0, False, 1),
            (3, True, 1),
            (3, False, 2),  # the exchange may give fewer than it was asked for
            (10, True, 2),  # that may be how long the page is
            (10, False, 2),
            (20, True, 2),
            (20, False, 3),
            (25, True, 3),
            (25, False, 3),
        ],
    )
    def test_to_the_end(self, count: int, tells: bool, asked: int) -> None:
        """Every row comes once, and no more pages are asked for than it takes (rule 64)."""
        pages = Pages(range(count), most=10, tells=tells)

        assert numbered(pages) == list(range(count))
        assert pages.asked == list(range(1, asked + 1))

    @pytest.mark.parametrize("tells", [True, False])
    def test_a_smaller_page_than_asked_for_is_not_the_end(self, tells: bool) -> None:
        """The exchange's own bound for a page is not known, and may be lower (rule 110)."""
        assert numbered(Pages(range(9), most=4, tells=tells)) == list(range(9))

    @given(
        count=st.integers(0, 60),
        most=st.integers(1, 12),
        tells=st.booleans(),
        arrivals=st.lists(st.integers(0, 15), max_size=8),
    )
    def test_rows_that_arrive_meanwhile(
        self, count: int, most: int, tells: bool, arrivals: list[int]
    ) -> None:
        """Rows that move to later pages come once, and none that was there is passed over."""
        old = list(range(count, 0, -1))
        pages = Pages(old, most=most, tells=tells, arrivals=arrivals)
        got = numbered(pages)

        assert len(set(got)) == len(got)
        if tells or not any(arrivals):
            assert [row for row in got if row <= count] == old

    def test_equal_rows_of_one_page_are_two(self) -> None:
        """Two rows that look alike are left out only where an earlier page had them."""
        pages = {1: Part(["a", "a"], 3), 2: Part(["b"], 3)}

        assert list(by_number(pages.__getitem__, key=same, page_size=2)) == ["a", "a", "b"]

    def test_a_list_that_knows_no_pages(self) -> None:
        """Where each page is the whole list, it is read once, whether or not it says its length."""
        for total in (None, 3):
            assert numbered(lambda _, total=total: Part([1, 2, 3], total)) == [1, 2, 3]
        long = list(range(10))
        for size in (4, 10):
            assert numbered(lambda _: Part(long, 10), page_size=size) == long

    def test_a_list_that_never_ends(self) -> None:
        """A list that promises more, and repeats itself, is an error and no endless loop."""
        asked = itertools.count()

        with pytest.raises(DecodeError, match="repeats the rows of earlier pages"):
            numbered(lambda _: Part([next(asked) * 0], 5))
        assert next(asked) < 20

    def test_a_total_that_is_too_high(self) -> None:
        """A list that promises more than it has ends with its first empty page."""
        pages = {1: Part([1, 2], 99), 2: Part([], 99)}

        assert list(by_number(pages.__getitem__, key=same, page_size=2)) == [1, 2]

    def test_a_bound_of_rows(self, caplog: pytest.LogCaptureFixture) -> None:
        """At its bound it stops, asks for no page more, and says that there are more rows."""
        pages = Pages(range(50), most=10)
        with caplog.at_level(logging.WARNING, "sixmm.rest"):
            assert numbered(pages, max_rows=15) == list(range(15))

        assert pages.asked == [1, 2]
        assert "max_rows=15" in caplog.text

    def test_a_bound_that_is_just_met(self, caplog: pytest.LogCaptureFixture) -> None:
        """Where the list ends with the bound, nothing is left, and nothing is said."""
        with caplog.at_level(logging.WARNING, "sixmm.rest"):
            assert numbered(Pages(range(20), most=10), max_rows=20) == list(range(20))

        assert caplog.text == ""

    def test_no_bound(self) -> None:
        """None reads to the end."""
        assert len(numbered(Pages(range(300), most=10), max_rows=None)) == 300

    def test_progress(self) -> None:
        """After each page it tells how many rows there are, and how many there will be."""
        told: list[tuple[int, int | None]] = []
        numbered(Pages(range(25), most=10), progress=lambda *figures: told.append(figures))
        numbered(Pages(range(5), tells=False), progress=lambda *figures: told.append(figures))

        assert told == [(10, 25), (20, 25), (25, 25), (5, None), (5, None)]

    def test_nothing_is_asked_before_a_row_is_taken(self) -> None:
        """A page is asked for when its first row is wanted, not before."""
        pages = Pages(range(25), most=10)
        rows = by_number(pages, key=same, page_size=10)

        assert pages.asked == []
        assert list(itertools.islice(rows, 10)) == list(range(10))
        assert pages.asked == [1]


class Orders:
    """A list that goes on after a key, oldest first, from which rows may be gone."""

    def __init__(self, count: int, *, most: int = 100, gone: Sequence[set[str]] = ()) -> None:
        self.rows = [f"{number:04}" for number in range(count)]
        self.asked: list[str | None] = []
        self._most = most
        self._gone = [set(), *gone]

    def __call__(self, last: str | None) -> Part:
        """Return the rows after a key."""
        self.asked.append(last)
        gone = self._gone.pop(0) if self._gone else set()
        self.rows = [row for row in self.rows if row not in gone]
        after = [row for row in self.rows if last is None or row > last]
        return Part(after[: self._most], len(self.rows))


def after_key(fetch: Callable[[str | None], Part], **options: Any) -> list[Any]:
    """Return every row of a list with a cursor, in parts of ten."""
    return list(by_cursor(fetch, key=same, **{"page_size": 10} | options))


class TestByCursor:
    """Lists that go on after the last row."""

    @pytest.mark.parametrize(("count", "asked"), [(0, 1), (3, 1), (10, 2), (25, 3)])
    def test_to_the_end(self, count: int, asked: int) -> None:
        """Every row comes once, and the cursor is the last row."""
        orders = Orders(count, most=10)

        assert after_key(orders) == orders.rows
        assert len(orders.asked) == asked
        assert orders.asked[0] is None

    def test_a_smaller_part_than_asked_for_is_not_the_end(self) -> None:
        """The exchange's own bound is not known, and may be lower (rule 110)."""
        orders = Orders(9, most=4)

        assert after_key(orders) == orders.rows

    @given(
        count=st.integers(0, 60),
        most=st.integers(1, 12),
        gone=st.lists(st.sets(st.integers(0, 59), max_size=20), max_size=8),
    )
    def test_rows_that_leave_meanwhile(self, count: int, most: int, gone: list[set[int]]) -> None:
        """A row that stays is never passed over, however many others leave the list."""
        names = [{f"{number:04}" for number in part} for part in gone]
        orders = Orders(count, most=most, gone=names)
        got = after_key(orders)

        assert got == sorted(set(got))
        assert set(orders.rows) - set().union(*names) <= set(got)

    def test_a_cursor_that_is_not_heeded(self) -> None:
        """A list that begins anew each time is an error where there is more, else its end."""
        with pytest.raises(DecodeError, match="repeats"):
            after_key(lambda _: Part([str(n) for n in range(10)], 25))
        with pytest.raises(DecodeError, match="repeats"):
            after_key(lambda _: Part([str(n) for n in range(10)]))
        assert after_key(lambda _: Part(["1", "2"])) == ["1", "2"]
        assert len(after_key(lambda _: Part([str(n) for n in range(10)], 10))) == 10

    def test_bound_and_progress(self) -> None:
        """It stops at its bound, and tells how far it is."""
        told: list[tuple[int, int | None]] = []
        orders = Orders(25, most=10)

        assert len(after_key(orders, max_rows=12, progress=lambda *f: told.append(f))) == 12
        assert told == [(10, 25), (12, 25)]
        assert len(orders.asked) == 2


class Candles:
    """Candles that are asked for by a span of time.

    Args:
        times: when each candle begins.
        width: how long a candle is.
        most: how many rows a call gives.
        newest: whether it gives the newest of those in the span, or the oldest.
        within: whether a candle has to end in the span, too.
        reaches: whether a candle that reaches into the span belongs to it.
    """

    def __init__(
        self,
        times: Sequence[int],
        *,
        width: int = 60,
        most: int = 10,
        newest: bool = True,
        within: bool = False,
        reaches: bool = False,
    ) -> None:
        self.times = sorted(times)
        self.asked: list[tuple[int, int]] = []
        self._width = width
        self._most = most
        self._newest = newest
        self._within = within
        self._reaches = reaches

    def __call__(self, start: int, end: int) -> list[int]:
        """Return candles of a span, newest first, as nobody says in which order they come."""
        self.asked.append((start, end))
        ends = self._width - 1
        found = [
            time
            for time in self.times
            if (time >= start or (self._reaches and time + ends >= start))
            and (time <= end and (not self._within or time + ends <= end))
        ]
        chosen = found[-self._most :] if self._newest else found[: self._most]
        return chosen[::-1]


def timed(fetch: Candles, *, start: int, end: int, **options: Any) -> list[int]:
    """Return every candle from a time to a time."""
    return list(
        by_time(
            fetch,
            time_of=same,
            start_ms=start,
            end_ms=end,
            **{"width_ms": (60, 60), "limit": 10} | options,
        )
    )


class TestByTime:
    """Lists that are asked for by spans of time."""

    def test_a_long_span(self) -> None:
        """More rows than one call gives come in order, each once."""
        candles = Candles(range(0, 6_000, 60))

        assert timed(candles, start=0, end=5_999) == candles.times
        assert len(candles.asked) <= 13

    @pytest.mark.parametrize("newest", [True, False])
    @settings(deadline=None)
    @given(
        times=st.sets(st.integers(0, 150).map(lambda n: n * 60), max_size=80),
        start=st.integers(-100, 9_100),
        length=st.integers(0, 9_100),
        within=st.booleans(),
        reaches=st.booleans(),
    )
    def test_any_gaps_and_any_reading_of_the_bounds(
        self,
        newest: bool,
        times: set[int],
        start: int,
        length: int,
        within: bool,
        reaches: bool,
    ) -> None:
        """Whatever the exchange means by a span, a candle that begins and ends in it comes once."""
        end = start + length
        candles = Candles(sorted(times), newest=newest, within=within, reaches=reaches)
        got = timed(candles, start=start, end=end)

        assert got == sorted(set(got))
        assert {time for time in times if start <= time and time + 59 <= end} <= set(got)
        assert all(start <= time <= end for time in got)

    def test_years_without_rows_are_soon_passed(self) -> None:
        """A start long before the first candle costs a few calls, not thousands."""
        first = 60 * 1_000_000
        candles = Candles(range(first, first + 60 * 25, 60))

        assert timed(candles, start=0, end=first + 60 * 25) == candles.times
        assert len(candles.asked) < 60

    def test_bound_and_progress(self) -> None:
        """It stops at its bound, and tells how many there can be at most."""
        told: list[tuple[int, int | None]] = []
        candles = Candles(range(0, 6_000, 60))
        got = timed(candles, start=0, end=5_999, max_rows=15, progress=lambda *f: told.append(f))

        assert got == candles.times[:15]
        assert told == [(9, 100), (15, 100)]

    def test_an_empty_span(self) -> None:
        """Nothing is asked where the end is before the start, and nothing is made up."""
        nothing = Candles([])

        assert timed(nothing, start=100, end=50) == []
        assert nothing.asked == []
        assert timed(nothing, start=0, end=10_000_000) == []

    def test_spans_that_are_not_heeded(self) -> None:
        """A list that gives the same rows whatever is asked for is no endless loop."""
        asked: list[int] = []

        def newest(start: int, _: int) -> list[int]:
            asked.append(start)
            return list(range(54_000, 54_600, 60))

        got = list(
            by_time(
                newest,
                time_of=same,
                start_ms=0,
                end_ms=60_000,
                width_ms=(60, 60),
                limit=10,
            )
        )

        assert got == newest(0, 0)
        assert len(asked) < 1_000

    def test_a_row_that_comes_twice_in_one_reply(self) -> None:
        """Two rows of one time are one candle."""
        candles = Candles([60, 60, 120])

        assert timed(candles, start=0, end=600) == [60, 120]

    def test_rows_out_of_the_span_are_left(self) -> None:
        """A reply that has candles of another time adds none of them."""
        assert list(
            by_time(
                lambda *_: [5, 70, 400],
                time_of=same,
                start_ms=60,
                end_ms=120,
                width_ms=(60, 60),
                limit=10,
            )
        ) == [70]


@pytest.mark.parametrize(
    ("interval", "width"),
    [
        ("1m", (60_000, 60_000)),
        ("15m", (900_000, 900_000)),
        ("4h", (14_400_000, 14_400_000)),
        ("1d", (86_400_000, 86_400_000)),
        ("1w", (604_800_000, 604_800_000)),
        ("1M", (2_419_200_000, 2_678_400_000)),
    ],
)
def test_widths(interval: str, width: tuple[int, int]) -> None:
    """A month has 28 days at least and 31 at most; a minute is no month."""
    assert interval_ms(interval) == width


@pytest.mark.parametrize("interval", ["", "m", "0m", "1s", "1y", "-1m", "1m ", "99999m", None])
def test_an_unknown_width(interval: Any) -> None:
    """What has no width that is known cannot be read in spans."""
    with pytest.raises(ConfigurationError, match="such as 15m"):
        interval_ms(interval)


def test_bounds() -> None:
    """A bound is a positive integer or None, and there is one where nobody says so."""
    assert checked_bound(None) is None
    assert checked_bound(1) == 1
    assert 0 < MAX_ROWS < 10**7
    for value in (0, -1, True, 1.5, "5"):
        with pytest.raises(ConfigurationError, match="max_rows must be a positive integer"):
            checked_bound(value)  # type: ignore[arg-type]
