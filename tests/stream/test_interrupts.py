"""What a signal handler raises while a caller hands over what it has read loses nothing.

Python runs a signal handler where a call or a loop comes back to the evaluation of bytecode. The
test raises at every such point of a hand-over, one after the other.
"""

from __future__ import annotations

import dis
import json
import sys
from types import CodeType, FrameType
from typing import Any
from unittest import mock

import pytest

from sixmm.clock import ManualClock
from sixmm.events import Event
from sixmm.schema_report import SchemaReport
from sixmm.stream.inbox import Inbox
from sixmm.stream.shared import Deliver, Shared
from sixmm.stream.sync import AccountSync
from sixmm.stream.taking import Taker
from sixmm.venues.sixmm.venue import SixmmVenue

_TRACED = "/sixmm/stream/", "/sixmm/state/"


def order(number: int) -> bytes:
    """Return the push of one fill of an order of ten."""
    data = {
        "eventType": "ORDER_TRADE_UPDATE",
        "orderId": "9",
        "symbol": "BTCUSDT",
        "orderStatus": "PARTIALLY_FILLED",
        "quantity": "10",
        "executedQuantity": str(number),
        "fillId": f"t{number}",
        "lastQuantity": "1",
        "lastPrice": "5",
        "updatedAt": 1_000 + number,
    }
    push = {"topic": "user.1", "event": "data", "ts": 1_000 + number, "data": data}
    return json.dumps(push).encode()


MESSAGES = [order(1), order(2), order(2), order(3)]
"""Three fills, of which one is pushed twice."""


def shared_parts(deliver: Deliver) -> Shared:
    """Return the parts of a session without a link."""
    clock = ManualClock()
    return Shared(
        venue=VENUE,
        rest=mock.Mock(),
        inbox=Inbox(clock=clock),
        desk=mock.Mock(),
        options=mock.Mock(),
        clock=clock,
        private=True,
        deliver=deliver,
    )


VENUE = SixmmVenue()


class Alarm:
    """A signal handler that raises KeyboardInterrupt at one point of the engine's code.

    Args:
        point: how many such points pass before.
    """

    def __init__(self, point: int) -> None:
        self._left = point

    @property
    def has_rung(self) -> bool:
        """Whether there were so many points."""
        return self._left < 0

    def __enter__(self) -> Alarm:
        sys.settrace(self._enter)
        return self

    def __exit__(self, kind: Any, *_: object) -> bool:
        sys.settrace(None)
        return kind is KeyboardInterrupt

    def _enter(self, frame: FrameType, *_: Any) -> Any:
        if not any(part in frame.f_code.co_filename for part in _TRACED):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        before = [-1]

        def step(frame: FrameType, event: str, _: Any) -> Any:
            if event == "opcode":
                if before[0] in calls_of(frame.f_code):
                    self._pass()
                before[0] = frame.f_lasti
            return step

        return step

    def _pass(self) -> None:
        self._left -= 1
        if self._left == -1:
            raise KeyboardInterrupt


_calls: dict[CodeType, frozenset[int]] = {}


def calls_of(code: CodeType) -> frozenset[int]:
    """Return the offsets of the instructions after which Python looks for signals."""
    if code not in _calls:
        names = ("CALL", "JUMP_BACKWARD", "RESUME", "JUMP_ABSOLUTE")
        found = [i.offset for i in dis.get_instructions(code) if i.opname.startswith(names)]
        _calls[code] = frozenset(found)
    return _calls[code]


def take_all(shared: Shared, into: list[Event]) -> None:
    """Take everything from the inbox."""
    taker = Taker(shared, report=SchemaReport())
    into.extend(taker.events(0.0, check=lambda: None))


def fills_of(shared: Shared) -> list[str]:
    """Take everything from the inbox, and return the ids of the fills."""
    events: list[Event] = []
    take_all(shared, events)
    return [event.fill_id for event in events]  # type: ignore[attr-defined]


@pytest.mark.parametrize("deliver", ["all", "events"])
def test_each_point_of_a_hand_over(deliver: Deliver) -> None:
    """What was at hand is settled afterwards: each fill is told once, in order, and is known."""
    whole, all_of_it = ["t1", "t2", "t3"], ["t1", "t2", "t2", "t3"]
    expected = whole if deliver == "all" else all_of_it
    point, has_rung, doubled = 0, True, 0
    while has_rung:
        shared = shared_parts(deliver)
        sync = AccountSync(shared)
        sync.hand.is_primed = True
        with Alarm(point) as alarm:
            sync.hand.hand_over(MESSAGES, received_at=7)
        sync.hand.settle()
        has_rung = alarm.has_rung
        told = fills_of(shared)
        # The read is kept for the comparison once, wherever it was interrupted.
        assert len(sync.hand.tail._reads) <= 1
        sync._catch_up()
        known = [fill.fill_id for fill in shared.mirror.picture().fills]
        if deliver == "all" and told == all_of_it:
            # It was cut in the very push that repeats another: nobody knows that any more.
            doubled += 1
        else:
            # Where it had not even begun, the comparison tells what nobody knows.
            assert (told, known) in [(expected, whole), ([], [])], point
        assert told or has_rung
        point += 1
    assert point > 20
    assert doubled < point / 10


@pytest.mark.parametrize("count", [1, 3])
def test_each_point_of_taking(count: int) -> None:
    """An event that is not given out yet is given out to whoever takes events next."""
    lost, point, has_rung = 0, 0, True
    while has_rung:
        shared = shared_parts("events")
        shared.inbox.put_private([order(number) for number in range(count)])
        taken: list[Event] = []
        with Alarm(point) as alarm:
            take_all(shared, taken)
        has_rung = alarm.has_rung
        told = [event.fill_id for event in taken] + fills_of(shared)  # type: ignore[attr-defined]
        lost += told != [f"t{number}" for number in range(count)]
        point += 1
    # Between popping it and knowing it there is one point, once for each event.
    assert lost <= count
    assert point > 5 * count
