"""B2: a comparison is complete in one pass, and a second one has nothing to add."""

from __future__ import annotations

from tests.model.resync import Passes, passes
from tests.model.tape import some_numbers

from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_LENGTH = 90


def _repeat(round_: Round) -> list[Finding]:
    """Resync after gaps by chance, each twice from the beginning, and look again after each."""
    total = round_.pick(full=10_000, short=1_000)
    results: list[Passes] = []
    unlike = 0
    for number in range(total):
        numbers = some_numbers(f"{round_.seed}/{number}", _LENGTH)
        results.append(passes(numbers))
        unlike += passes(numbers) != results[-1]
    apart = [one.differences for one in results if one.differences]
    changes = sum(len(one.told) for one in results)
    return [
        exactly("not complete after one pass", len(apart), 0, str(apart[:1])),
        exactly("told by a second pass over the same facts", sum(one.second for one in results), 0),
        exactly("told by a pass over a new snapshot", sum(one.fresh for one in results), 0),
        exactly("pictures that a later pass changed", sum(not one.kept for one in results), 0),
        exactly("the same facts, told in another way or with other ids", unlike, 0),
        at_least("resyncs", len(results), total),
        at_least("changes that a first pass told", changes, total),
        at_least("buffered pushes told", sum(one.pushed for one in results), total),
        noted("resyncs that had nothing to tell", sum(not one.told for one in results)),
    ]


ROWS = (
    Row(
        name="idempotence",
        hazards=("B2",),
        shows="10,000 resyncs over gaps by chance, each made twice from the beginning: what one "
        "pass tells makes the picture the account, and two further passes tell nothing",
        run=_repeat,
        full_s=600.0,
        short_s=90.0,
    ),
)
