"""B1: what happens to an account, to its snapshots and to the stream, in every order."""

from __future__ import annotations

from collections import Counter

from sixmm.events import Origin
from tests.model.judge import faults
from tests.model.tape import smallest, some_numbers
from tests.model.world import KINDS, Kind, World, live_through

from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS", "broken_by"]

_LENGTHS = (60, 120, 240, 360)


def broken_by(numbers: list[int], kind: Kind) -> tuple[list[str], World | None]:
    """Return everything that is wrong after a tape; an exception is a fault, too."""
    try:
        world = live_through(numbers, kind)
        return faults(world), world
    except Exception as error:
        return [f"raised: {type(error).__name__}: {error}"], None


def _interleave(round_: Round) -> list[Finding]:
    """Live through tapes by chance; of the first that breaks something, tell the smallest form."""
    total = round_.pick(full=5_000, short=400)
    tried: Counter[str] = Counter()
    broken: list[str] = []
    wrong = 0
    for number in range(total):
        kind = KINDS[number % len(KINDS)]
        length = _LENGTHS[number // len(KINDS) % len(_LENGTHS)]
        numbers = some_numbers(f"{round_.seed}/{number}", length)
        found, world = broken_by(numbers, kind)
        wrong += bool(found)
        if found and not broken:
            broken = _told(numbers, kind)
        if world is not None:
            tried.update(world.tried)
            tried["told"] += len(world.taken)
            tried["by REST"] += sum(one.event.origin is Origin.REST for one in world.taken)
            tried["again"] += sum(one.event.redelivered for one in world.taken)
    each = total // len(KINDS)
    return [
        exactly("divergences", wrong, 0, " / ".join(broken)),
        at_least("interleavings", total, total),
        at_least("links", tried["links"], 2 * total),
        at_least("of them cut, each with what was on it", tried["cuts"], total // 2),
        at_least("pushes sent twice", tried["repeats"], total // 2),
        at_least("pushes sent late or in disorder", tried["late"], each),
        at_least("calls that failed", tried["failed calls"], each),
        at_least("pushes that nobody can read", tried["garbled"], each),
        at_least("kills of a program with a checkpoint", tried["kills"], each),
        at_least("changes of the account", tried["changes"], 20 * total),
        at_least("events told by REST", tried["by REST"], total),
        at_least("events delivered again after a kill", tried["again"], each // 20),
        noted("events told", tried["told"]),
    ]


def _told(numbers: list[int], kind: Kind) -> list[str]:
    """Return the smallest tape that still breaks something, and what it breaks."""
    least = smallest(numbers, lambda some: bool(broken_by(some, kind)[0]))
    found, _ = broken_by(least, kind)
    return [f"live_through({least}, {kind.name!r})", *found[:3]]


ROWS = (
    Row(
        name="interleavings",
        hazards=("B1",),
        shows="5,000 histories by chance, in one thread and without time: changes of the account "
        "before, between and after the calls of a snapshot, links that are cut with pushes on "
        "them, repeats, late pushes, failing calls, kills of a program that goes on from its "
        "checkpoint; what was told, and the picture, are held against a plain model",
        run=_interleave,
        full_s=900.0,
        short_s=120.0,
    ),
)
