"""One resync on values alone: what was told before, a gap, what was buffered, and a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from sixmm.events import Event
from sixmm.state.account import AccountMirror
from sixmm.state.models import Baseline, Facts, Snapshot
from sixmm.state.picture import Account
from sixmm.stream.reconcile import AccountChange, Change, reconcile
from tests.stream.fakes import TOPIC

from .exchange import Logged, PlainExchange
from .tape import Tape
from .world import PlainVenue, change_account, differences

__all__ = ["Passes", "passes"]

_VENUE = PlainVenue()
_MOST = 8


@attrs.frozen(kw_only=True)
class Passes:
    """What a resync came to, and what further passes over the same account add to it."""

    told: tuple[str, ...]
    """The texts of what the snapshot tells, in order: they hold every id."""
    pushed: int
    """How many of the buffered pushes were told as well."""
    differences: tuple[str, ...]
    """How the picture differs from the account after the first pass."""
    second: int
    """What a second pass over the same facts tells."""
    fresh: int
    """What a pass over a new snapshot of the unchanged account tells."""
    kept: bool
    """Whether the picture stayed as it was in those passes."""


def passes(numbers: list[int]) -> Passes:
    """Return what a resync and two further passes tell of a history."""
    tape, pushed = Tape(numbers), list[Logged]()
    exchange = PlainExchange(TOPIC, pushed.append)
    _change(exchange, tape)
    mirror, begun_ms = AccountMirror(), exchange.now_ms
    mirror.begin(begun_ms)
    mirror.adopt(_snapshot(exchange, Baseline(since_ms=begun_ms - 10_000)))

    delivered = _facts(_change(exchange, tape, pushed))
    for facts in delivered:
        mirror.apply(facts)
    mirror.mark_stale()
    _change(exchange, tape)
    exchange.now_ms += tape.choose((0, 5_000, 30_000))
    repeats = delivered[: tape.pick(3)]
    buffered = [*repeats, *_facts(_change(exchange, tape, pushed))]

    snapshot = _snapshot(exchange, mirror.baseline())
    told, count = _one_pass(mirror, snapshot, buffered)
    picture = mirror.picture()
    again, repeated = _one_pass(mirror, snapshot, buffered)
    fresh, _ = _one_pass(mirror, _snapshot(exchange, mirror.baseline()), [])
    return Passes(
        told=tuple(_event_of(change).raw for change in told),
        pushed=count,
        differences=tuple(differences(picture, exchange, begun_ms=begun_ms)),
        second=len(again) + repeated,
        fresh=len(fresh),
        kept=_plain(picture) == _plain(mirror.picture()),
    )


def _change(
    exchange: PlainExchange, tape: Tape, pushed: list[Logged] | None = None
) -> list[Logged]:
    """Change the account a few times; return what was pushed meanwhile."""
    before = 0 if pushed is None else len(pushed)
    for _ in range(tape.pick(_MOST)):
        change_account(exchange, tape)
    return [] if pushed is None else pushed[before:]


def _facts(pushed: Sequence[Logged]) -> list[Facts]:
    facts = [_VENUE.facts(_VENUE.decode(logged.text)) for logged in pushed]
    return [fact for fact in facts if fact is not None]


def _snapshot(exchange: PlainExchange, baseline: Baseline) -> Snapshot:
    plan = _VENUE.snapshot_plan(baseline, now_ms=exchange.now_ms)
    try:
        call = next(plan)
        while True:
            assert call.result is not None
            call = plan.send(call.result(exchange.answer(call.path, dict(call.query))))
    except StopIteration as stop:
        snapshot: Snapshot = stop.value
        return snapshot


def _one_pass(
    mirror: AccountMirror, snapshot: Snapshot, buffered: Sequence[Facts]
) -> tuple[list[Change], int]:
    """Do what a session does; return what the snapshot tells, and how many pushes are told."""
    changes = reconcile(mirror, snapshot, buffered, partly_filled=_VENUE.partly_filled)
    count = sum(mirror.apply(facts) for facts in buffered)
    mirror.mark_checked(snapshot.as_of_ms)
    return changes, count


def _event_of(change: Change) -> Event:
    if isinstance(change, AccountChange):
        (event,) = _VENUE.account_events(
            balances=change.balances,
            positions=change.positions,
            ts=change.at_ms,
            topic=TOPIC,
            received_at=0,
        )
        return event
    return _VENUE.order_event(change.order, change.fill, topic=TOPIC, received_at=0)


def _plain(picture: Account) -> tuple[object, ...]:
    return (
        dict(picture.orders),
        dict(picture.positions),
        dict(picture.balances),
        picture.fills,
        picture.stale,
    )
