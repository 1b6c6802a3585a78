"""Lists to their end, parts that fail, orders one by one, and several accounts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import (
    AuthenticationError,
    ClientClosed,
    DeadlineExceeded,
    NotPermitted,
    OrderNotFound,
    SixmmError,
)
from sixmm.state.models import Baseline, Fill, Order
from sixmm.venues.base import Call, Plan
from sixmm.venues.kucoin.reading_plan import (
    MAX_LOOKUPS,
    MAX_PAGES,
    MAX_WINDOWS,
    WINDOW_MS,
    Incomplete,
    Notes,
    by_cursor,
    by_page,
    look_up,
    part,
    wanted_orders,
    windows,
)

WEEK = WINDOW_MS
CALL = Call(operation="x", method="GET", path="/x")
MISSING = OrderNotFound("no such order", code=100_001)


@attrs.frozen
class _Reply:
    rows: Sequence[int]
    last_id: str | None = None
    total: int | None = None


def drive(plan: Plan[Any], replies: Callable[[Call], Any]) -> Any:
    """Run a plan with replies that are used as they are; an exception is thrown into it."""
    try:
        call = next(plan)
        while True:
            reply = replies(call)
            call = plan.throw(reply) if isinstance(reply, Exception) else plan.send(reply)
    except StopIteration as stop:
        return stop.value


def asked(number: object) -> Call:
    """Return a call that shows what it asks for."""
    return attrs.evolve(CALL, path=f"/{number}")


class TestWindows:
    """Spans of time."""

    def test_short(self) -> None:
        """What is not long ago is one span without an end, from a millisecond before."""
        assert windows(1_000, 2_000) == [(999, None)]
        assert windows(0, 0) == [(0, None)]
        assert windows(5_000, 1_000) == [(4_999, None)]

    @given(st.integers(1, 10**6), st.integers(0, MAX_WINDOWS * WEEK - 2 * MAX_WINDOWS - 2))
    def test_no_gap(self, since: int, age: int) -> None:
        """The spans cover all of the time, each is short enough, and the last one is open."""
        spans = windows(since, since + age)

        assert spans[0][0] == since - 1
        assert spans[-1][1] is None
        for (start, end), (following, _) in itertools.pairwise(spans):
            assert end is not None
            assert start < following < end <= start + WEEK
        assert since + age - spans[-1][0] <= WEEK

    def test_too_long_ago(self) -> None:
        """Nobody asks for years."""
        with pytest.raises(Incomplete, match="weeks ago"):
            windows(1, (MAX_WINDOWS + 1) * WEEK)


class TestLists:
    """Lists in several replies."""

    @given(st.integers(0, 30), st.integers(1, 7))
    def test_cursor(self, rows: int, size: int) -> None:
        """Every row comes once, whatever size the exchange makes its replies."""

        def reply(call: Call) -> _Reply:
            start = int(call.path[1:]) if call.path != "/None" else 0
            found = list(range(start, min(start + size, rows)))
            return _Reply(found, str(found[-1] + 1) if found else call.path[1:])

        assert drive(by_cursor(asked, key_of=lambda row: row), reply) == list(range(rows))

    def test_cursor_that_stands_still(self) -> None:
        """A cursor that does not move ends the list."""
        assert drive(by_cursor(asked, key_of=str), lambda _: _Reply([1], "0")) == [1]
        assert drive(by_cursor(asked, key_of=str), lambda _: _Reply([1])) == [1]

    def test_no_end(self) -> None:
        """A list that never ends is given up."""
        for plan in (by_cursor(asked, key_of=str), by_page(asked, key_of=str)):
            numbers = iter(range(MAX_PAGES + 1))

            def reply(_: Call, numbers: Any = numbers) -> _Reply:
                number = next(numbers)
                return _Reply([number], str(number))

            with pytest.raises(Incomplete, match="pages"):
                drive(plan, reply)

    @given(st.integers(0, 30), st.integers(1, 7), st.booleans())
    def test_pages(self, rows: int, size: int, says_how_many: bool) -> None:
        """Every row comes once, whether the list says how long it is or not."""

        def reply(call: Call) -> _Reply:
            start = (int(call.path[1:]) - 1) * size
            found = range(start, min(start + size, rows))
            return _Reply(found, total=rows if says_how_many else None)

        assert drive(by_page(asked, key_of=lambda row: row), reply) == list(range(rows))

    def test_rows_that_move(self) -> None:
        """A row that comes in meanwhile moves others, and none is passed over or doubled."""
        pages = iter([_Reply([3, 2], total=4), _Reply([2, 1], total=5), _Reply([0], total=5)])
        found = drive(by_page(asked, key_of=lambda row: row), lambda _: next(pages, _Reply([])))

        assert found == [3, 2, 1, 0]

    def test_rows_that_are_missing(self) -> None:
        """A list that is shorter than it says is not believed."""
        pages = iter([_Reply([1], total=3), _Reply([], total=3)])
        with pytest.raises(Incomplete, match="only 1 of 3"):
            drive(by_page(asked, key_of=str), lambda _: next(pages))


class TestParts:
    """Parts that fail."""

    def run_part(self, error: Exception) -> tuple[Any, Notes]:
        """Return what a part gives whose only call fails."""

        def plan() -> Plan[int]:
            yield CALL
            return 1

        notes = Notes()
        return drive(part("orders", plan(), notes), lambda _: error), notes

    def test_noted(self) -> None:
        """A part that fails is None, with the reason."""
        found, notes = self.run_part(DeadlineExceeded("too late"))

        assert (found, dict(notes)) == (None, {"orders": "DeadlineExceeded: too late"})
        assert notes.final == set()

    def test_final(self) -> None:
        """What the key may not read need not be asked for again."""
        _, notes = self.run_part(NotPermitted("no", code=400_007))
        assert notes.final == {"orders"}
        notes.note("orders", "and more")
        assert (notes.final, notes["orders"].endswith("; and more")) == (set(), True)

    @pytest.mark.parametrize(
        "error", [AuthenticationError("no", code=400_003), ClientClosed("closed")]
    )
    def test_ends_everything(self, error: SixmmError) -> None:
        """A refused credential and a closed client end the plan."""
        with pytest.raises(type(error)):
            self.run_part(error)


class TestOneByOne:
    """Orders that no list tells."""

    def test_which(self) -> None:
        """Orders that were open before, and those of unknown fills, but not what was told."""
        baseline = Baseline(since_ms=0, fills=frozenset({"f0"}))
        fills = [
            Fill(fill_id="f0", order_id="known"),
            Fill(fill_id="f1", order_id="new", symbol="A-B"),
            Fill(fill_id="f2", order_id="told"),
        ]

        assert wanted_orders({"before": "C-D", "told": "C-D"}, fills, baseline, {"told"}) == {
            "before": "C-D",
            "new": "A-B",
        }

    def ask(self, wanted: dict[str, str], answers: dict[str, Any]) -> tuple[Any, Notes]:
        """Return the orders that are found on two markets, and the notes."""

        def plan(market: str, order_id: str) -> Plan[Order]:
            found: Order = yield asked(f"{market}{order_id}")
            return found

        notes = Notes()
        found = drive(
            look_up(wanted, lambda key, _: [plan("a", key), plan("b", key)], notes),
            lambda call: answers.get(call.path[1:], MISSING),
        )
        return found, notes

    def test_every_market_is_asked(self) -> None:
        """An order is looked for where it may be, and told where it is."""
        one, other = (Order(order_id=key, status="open", rank=1) for key in "12")
        found, notes = self.ask({"1": "", "2": ""}, {"a1": one, "b2": other})

        assert (found, dict(notes)) == ([one, other], {})

    def test_nowhere(self) -> None:
        """An order that the exchange does not know is noted; the others are asked for."""
        order = Order(order_id="2", status="open", rank=1)
        found, notes = self.ask({"1": "", "2": ""}, {"a2": order})

        assert found == [order]
        assert notes["orders"] == "not known to the exchange: 1"

    def test_a_failure_ends_it(self) -> None:
        """Where the network fails, the rest is not asked for."""
        found, notes = self.ask({"1": "", "2": ""}, {"a1": DeadlineExceeded("late")})

        assert found == []
        assert notes["orders"] == "order 1: DeadlineExceeded: late"

    def test_refused(self) -> None:
        """A refused credential ends the plan."""
        with pytest.raises(AuthenticationError):
            self.ask({"1": ""}, {"a1": AuthenticationError("no", code=400_003)})

    def test_bound(self) -> None:
        """So many are asked for, and no more."""
        wanted = {str(n): "" for n in range(MAX_LOOKUPS + 5)}
        order = Order(order_id="x", status="open", rank=1)
        found, notes = self.ask(wanted, {f"a{n}": order for n in range(MAX_LOOKUPS)})

        assert len(found) == MAX_LOOKUPS
        assert notes["orders"] == "5 more orders to ask for"
