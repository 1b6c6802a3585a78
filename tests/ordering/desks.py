"""A desk without an exchange: its calls are answered by a script, and its waits take no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sixmm.clock import Deadline, ManualClock, ServerClock
from sixmm.errors import OrderNotFound
from sixmm.ordering.desk import WriteDesk
from sixmm.stream.following import Following, OrderWatch
from sixmm.venues.base import Call
from sixmm.venues.sixmm.rest_schema import OrderRow

START_MS = 1_000_000
Answer = Callable[[Call], Any]


class QuickWatch(OrderWatch):
    """A watch in which time passes at once: what is due at a time is told then.

    Args:
        clock: is moved on by every wait.
    """

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.later: list[tuple[float, Callable[[], None]]] = []
        """What happens at which monotonic second."""

    def wait(
        self, following: Following, is_enough: Callable[[Following], bool], deadline: Deadline
    ) -> bool:
        """Wait without waiting."""
        while not is_enough(following):
            left = deadline.remaining()
            if not left:
                return False
            now = self._clock.monotonic()
            due = sorted(item for item in self.later if item[0] <= now + left)
            self._clock.advance(max(0.0, due[0][0] - now) if due else left)
            if due:
                self.later.remove(due[0])
                due[0][1]()
        return True


class Script:
    """Answers calls by their operation; every call takes a moment.

    Args:
        answers: by operation: a result, an error to raise, or a function of the call.
    """

    def __init__(self, clock: ManualClock, **answers: Any) -> None:
        self._clock = clock
        self.answers = answers
        self.calls: list[Call] = []
        self.timeouts: list[float | None] = []
        """The seconds that each call was given."""

    def __call__(self, call: Call, *, timeout: float | None = None) -> Any:
        """Make a call, with some time for it."""
        assert timeout is None or timeout >= 0.0
        self.calls.append(call)
        self.timeouts.append(timeout)
        self._clock.advance(0.01)
        answer = self.answers[call.operation]
        answer = answer(call) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def names(self) -> list[str]:
        """Return the operations of all calls."""
        return [call.operation for call in self.calls]


class Bench:
    """A desk with its clock, watch and script.

    Args:
        live: whether there is a stream.
        ahead_ms: how far the local clock is ahead of the exchange's.
        measured: whether the exchange's clock was read.
        answers: those of the script.
    """

    def __init__(
        self, *, live: bool = True, ahead_ms: int = 0, measured: bool = True, **answers: Any
    ) -> None:
        self.clock = ManualClock(time_ms=START_MS + ahead_ms)
        self.server_clock = ServerClock(self.clock)
        now = self.clock.monotonic()
        if measured:
            self.server_clock.adjust(START_MS, sent_at=now, received_at=now)
        self.watch = QuickWatch(self.clock)
        self.script = Script(self.clock, **answers)
        self.desk = WriteDesk(
            call=self.script,
            watch=self.watch,
            clock=self.clock,
            server_clock=self.server_clock,
            is_live=lambda: live,
            listen=lambda: None,
        )

    def at(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something happen so many seconds from now, while somebody waits."""
        self.watch.later.append((self.clock.monotonic() + seconds, do))


NOT_FOUND = OrderNotFound("no such order", code=3003)


def row(status: str = "PENDING", **fields: Any) -> OrderRow:
    """Return the row of an order."""
    fields = {"order_id": "1", "symbol": "BTCUSDT", "created_at": START_MS, **fields}
    return OrderRow(status=status, **fields)
