"""B4: order books that follow a stream in which messages are lost, repeated, swapped and wrong."""

from __future__ import annotations

from collections import Counter

from tests.model.depth import FAULTS, follow
from tests.model.tape import some_numbers

from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_LENGTH = 240


def _follow(round_: Round) -> list[Finding]:
    """Follow streams by chance; look at the book after each message."""
    total = round_.pick(full=10_000, short=500)
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    first = ""
    for number in range(total):
        name = f"{round_.seed}/{number}"
        world = follow(some_numbers(name, _LENGTH))
        tried.update(world.tried)
        wrong.update(text.partition(":")[0] for text in world.wrong)
        if world.wrong and not first:
            first = f"stream {name}: {world.wrong[:2]}"
    return [
        exactly("wrong books shown as live", wrong["shown"], 0, first),
        exactly("not flagged, or healed, at the right message", wrong["flagged"], 0, first),
        exactly("healed by more than one subscription, or never", wrong["healed"], 0, first),
        at_least("streams", total, total),
        at_least("messages", tried["messages"], 10 * total),
        at_least("live books looked at", tried["live"], 5 * total),
        at_least("times that a book was flagged", tried["flagged"], total // 2),
        at_least("times that one was healed", tried["healed"], total // 2),
        at_least("of them without another fault meanwhile", tried["healed in peace"], total // 4),
        at_least("the rarest fault", min(tried[name] for name in FAULTS), total // 20),
        noted("subscriptions made again", tried["renewals"]),
        noted("connections lost", tried["cut"]),
        *(noted(f"faults: {name}", tried[name]) for name in FAULTS),
    ]


ROWS = (
    Row(
        name="books",
        hazards=("B4",),
        shows="10,000 depth streams with lost, repeated, swapped, older, crossed and unreadable "
        "messages; after each message the book is held against the exchange's own at that "
        "version, and against what a client that believes nothing wrong would show",
        run=_follow,
        full_s=900.0,
        short_s=90.0,
    ),
)
