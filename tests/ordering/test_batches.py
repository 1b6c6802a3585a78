"""What the reply to a batch says of each order, and of which it says nothing."""

from __future__ import annotations

import pytest

from sixmm.errors import LocalStateError
from sixmm.ordering.batches import KnownBatches, entries
from sixmm.ordering.writes import Kind, Target, Write
from sixmm.venues.sixmm.rest_schema import BatchEntry, BatchReply

TARGETS = tuple(Target(symbol="BTCUSDT", client_order_id=name) for name in "abc")
WRITE = Write(kind=Kind.PLACE, targets=TARGETS, earliest_ms=1, latest_ms=2)


def told(*results: BatchEntry) -> list[tuple[str | None, int | None]]:
    """Return the names of the targets, each with the code of its entry."""
    reply = BatchReply(results=results)
    return [(target.client_order_id, entry.code) for target, entry in entries(WRITE, reply)]


def test_entries_by_their_place() -> None:
    """One that failed may have no name (rule 112)."""
    results = [BatchEntry(client_order_id="a", code=1), BatchEntry(code=2), BatchEntry(code=3)]

    assert told(*results) == [("a", 1), ("b", 2), ("c", 3)]


def test_entries_by_their_names() -> None:
    """Where the place says something else, or some are missing, the name is what counts."""
    named = [BatchEntry(client_order_id=name, code=code) for code, name in enumerate("cab")]

    assert told(*named) == [("a", 1), ("b", 2), ("c", 0)]
    assert told(named[2]) == [("b", 2)]
    assert told(BatchEntry(code=5)) == []


@pytest.mark.parametrize(
    ("code", "is_unclear"),
    [(5001, True), (5002, True), (5004, True), (5003, False), (3001, False), (None, False)],
)
def test_what_is_unclear(code: int | None, is_unclear: bool) -> None:
    """A fault of the exchange does not say that nothing was done; a refusal does (rule 107)."""
    batches = KnownBatches()
    done, failed = BatchEntry(success=True, order_id="1"), BatchEntry(success=False, code=code)
    reply = BatchReply(results=(done, failed, done))
    batches.note(reply, WRITE)
    write = batches.unclear(reply)

    assert (write.targets if write else ()) == (TARGETS[1:2] if is_unclear else ())
    assert write is None or (write.earliest_ms, write.latest_ms) == (1, 2)


def test_only_the_latest_and_only_replies_of_this_client() -> None:
    """An equal reply is the reply to another batch: it was signed at another time."""
    batches = KnownBatches(most=1)
    first, second = BatchReply(), BatchReply()
    batches.note(first, WRITE)
    batches.note(second, WRITE)

    assert batches.unclear(second) is None
    for other in (first, BatchReply()):
        with pytest.raises(LocalStateError, match="latest batches"):
            batches.unclear(other)
