"""Long lists read in parts: pure generators over a function that fetches one part.

None of them gives a row twice, passes over one, or goes on for ever, whatever happens to the list
meanwhile:

* New rows at the top of a list move the others to later pages, so rows that an earlier page had are
  left out.
* The exchange may give fewer rows than it was asked for (rule 110), so a page is short where the
  first one had more, and not where fewer came than were asked for.
* A list that repeats itself page after page is an error, and not the end.

What a generator has given is forgotten, but for what tells a row from another.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from ...errors import ConfigurationError, DecodeError
from ...redaction import one_line

__all__ = [
    "MAX_ROWS",
    "PAGE_SIZE",
    "Page",
    "Progress",
    "by_cursor",
    "by_number",
    "by_time",
    "checked_bound",
    "interval_ms",
]

MAX_ROWS = 100_000
"""How many rows an iterator gives where nobody says how many."""
PAGE_SIZE = 100
"""How many rows a page is asked to have."""

Progress = Callable[[int, "int | None"], None]
"""Is told after each part how many rows there are so far, and how many there will be, or None."""

_MOST_REPEATS = 10
_log = logging.getLogger("sixmm.rest")

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Page(Protocol[R_co]):
    """One part of a list, as a reply tells it."""

    @property
    def rows(self) -> Sequence[R_co]:
        """Its rows."""

    @property
    def total(self) -> int | None:
        """How many rows the whole list has, where the reply says so."""


def checked_bound(max_rows: int | None) -> int | None:
    """Return a bound for the rows, or raise ConfigurationError; None is no bound."""
    if max_rows is None or (isinstance(max_rows, int) and max_rows is not True and max_rows > 0):
        return max_rows
    raise ConfigurationError(
        f"max_rows must be a positive integer, or None for no bound, and not {one_line(max_rows)}"
    )


class _Pull(Generic[R]):
    """The rows of a list so far."""

    def __init__(
        self, key: Callable[[R], object], max_rows: int | None, progress: Progress | None
    ) -> None:
        self.count = 0
        self.repeats = 0
        self._key = key
        self._max_rows = max_rows
        self._progress = progress
        self._seen: set[object] = set()

    def take(self, rows: Sequence[R], total: int | None) -> list[R]:
        """Return the rows that no earlier part had, as many as the bound leaves room for."""
        # Compared with earlier parts only: two rows of one part are two, even if they look alike.
        news = [row for row in rows if self._key(row) not in self._seen]
        self.repeats = 0 if news else self.repeats + 1
        room = len(news) if self._max_rows is None else self._max_rows - self.count
        if len(news) > room or (len(news) == room and (total or 0) > self.count + room):
            _log.warning("a list has more rows than max_rows=%s: the rest is left", self._max_rows)
        news = news[:room]
        self._seen.update(map(self._key, news))
        self.count += len(news)
        if self._progress is not None:
            self._progress(self.count, total)
        return news

    @property
    def is_full(self) -> bool:
        """Whether the bound is reached."""
        return self._max_rows is not None and self.count >= self._max_rows


def by_number(
    fetch: Callable[[int], Page[R]],
    *,
    key: Callable[[R], object],
    page_size: int = PAGE_SIZE,
    max_rows: int | None = MAX_ROWS,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield the rows of a list that comes in numbered pages, from page 1 (rule 64).

    Args:
        fetch: gives the page with a number.
        key: what tells a row from another.
        page_size: how many rows ``fetch`` asks for.
        max_rows: after how many rows to stop; None reads to the end.
        progress: is told how far it is.

    Raises:
        DecodeError: the list repeats itself instead of ending.
    """
    pull = _Pull(key, max_rows, progress)
    number, usual = 0, 0
    while True:
        number += 1
        page = fetch(number)
        got = len(page.rows)
        yield from pull.take(page.rows, page.total)
        if not got or pull.is_full or _is_complete(page, pull, page_size):
            return
        if page.total is None and (got < usual or (pull.repeats and got < page_size)):
            return
        if pull.repeats > _MOST_REPEATS:
            raise _endless()
        usual = usual or got


def _is_complete(page: Page[R], pull: _Pull[R], page_size: int) -> bool:
    """Whether the list says that this was all of it.

    Where a full page is as long as the list is said to be, that may be the length of the page.
    """
    if page.total is None or pull.count < page.total:
        return False
    got = len(page.rows)
    return got != page_size or page.total > got or pull.repeats > 0


def by_cursor(
    fetch: Callable[[str | None], Page[R]],
    *,
    key: Callable[[R], str],
    page_size: int = PAGE_SIZE,
    max_rows: int | None = MAX_ROWS,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield the rows of a list that goes on after the last row that is known.

    Rows may leave such a list while it is read, so what it says of its length counts only where it
    came in one part.

    Args:
        fetch: gives the rows after the one with this key; None for the first.
        key: what tells a row from another, and is the cursor.
        page_size: how many rows ``fetch`` asks for.
        max_rows: after how many rows to stop; None reads to the end.
        progress: is told how far it is.

    Raises:
        DecodeError: the list gives the same rows again instead of those after them.
    """
    pull = _Pull(key, max_rows, progress)
    cursor: str | None = None
    usual = 0
    while True:
        page = fetch(cursor)
        got = len(page.rows)
        yield from pull.take(page.rows, page.total)
        if not got or pull.is_full or got < usual:
            return
        if _is_complete(page, pull, page_size) and (not usual or pull.repeats):
            return
        if pull.repeats:
            if page.total is None and got < page_size:
                return
            raise _endless()
        usual = usual or got
        cursor = key(page.rows[-1])


def _endless() -> DecodeError:
    return DecodeError("the list repeats the rows of earlier pages", path="$.data.list")


# Candles

_UNITS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_INTERVAL = re.compile(r"([1-9][0-9]{0,3})([mhdwM])")
_SHORT_MONTH, _LONG_MONTH = 28 * 86_400_000, 31 * 86_400_000


def interval_ms(interval: str) -> tuple[int, int]:
    """Return how long a candle is at least and at most, in milliseconds; a month varies.

    Raises:
        ConfigurationError: it is not a number and one of ``m``, ``h``, ``d``, ``w`` and ``M``.
    """
    found = _INTERVAL.fullmatch(interval) if isinstance(interval, str) else None
    if found is None:
        raise ConfigurationError(
            f"the width of a candle is not known for {one_line(interval, limit=40)!r}; "
            "it is a number and one of m, h, d, w and M, such as 15m"
        )
    number, unit = int(found[1]), found[2]
    if unit == "M":
        return number * _SHORT_MONTH, number * _LONG_MONTH
    return number * _UNITS[unit], number * _UNITS[unit]


def by_time(
    fetch: Callable[[int, int], Sequence[R]],
    *,
    time_of: Callable[[R], int],
    start_ms: int,
    end_ms: int,
    width_ms: tuple[int, int],
    limit: int,
    max_rows: int | None = MAX_ROWS,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield the rows of a list that is asked for by spans of time, oldest first.

    The next span begins after the last row that came, so that none falls between two spans. Where a
    span has no rows, the next one is twice as long, so that years without any are soon passed; one
    that could have more rows than a call gives is then asked for in halves.

    Args:
        fetch: gives the rows from a time to a time, in any order.
        time_of: when a row begins.
        start_ms: from when on.
        end_ms: until when, inclusive.
        width_ms: how far two rows are apart, at least and at most.
        limit: how many rows ``fetch`` gives at most.
        max_rows: after how many rows to stop; None reads to the end.
        progress: is told how far it is, and how many rows there can be at most.
    """
    pull = _Pull(time_of, max_rows, progress)
    # One fewer than fit into a reply: a row that reaches into the span may come with it.
    least = max(limit - 1, 1) * width_ms[0]
    most = (end_ms - start_ms) // width_ms[0] + 1
    start, span, last = start_ms, least, start_ms - 1
    while start <= end_ms:
        stop = min(start + span - 1, end_ms)
        found = {time_of(row): row for row in fetch(start, stop)}
        rows = [found[time] for time in sorted(found)]
        if len(rows) >= limit and span > least:
            span = max(span // 2, least)
            continue
        news = [row for row in rows if last < time_of(row) <= stop]
        if news:
            yield from pull.take(news, most)
            last = time_of(news[-1])
        if pull.is_full or (stop == end_ms and (not news or len(rows) < limit)):
            return
        if news:
            start, span = last + 1, least
        else:
            # It begins a little before: a row that reaches over the end of a span is in neither.
            start, span = max(stop + 1 - width_ms[1], start + 1), span * 2
