"""The rows that need no thread and no socket, with very few of everything."""

from __future__ import annotations

import attrs
import pytest

from sixmm.errors import HandshakeRefused, TlsFailed

from .row import Round, Row
from .rows import backoff, books, causes, clocks, idempotence, interleavings, unknown

_ROWS = [
    row
    for module in (interleavings, idempotence, books, backoff, causes, clocks, unknown)
    for row in module.ROWS
]


@attrs.frozen(kw_only=True)
class Few(Round):
    """A run that is much smaller than the short form."""

    def pick(self, *, full: int, short: int) -> int:  # noqa: ARG002
        """Return a part of what the short form has."""
        return max(20, short // 4)


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.name)
def test_a_row_holds(row: Row) -> None:
    """Every bound, those on how much was tried included."""
    # A herd is no herd with fewer.
    round_ = Round(seed=5) if row.name == "back-off" else Few(seed=5)
    found = row.run(round_)

    assert [one for one in found if one.held is False] == []
    assert any(one.held for one in found)


def test_an_interleaving_that_raises_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row does not end at the first exception: it tells the history that led there."""

    def fail(*_: object) -> None:
        raise RuntimeError("no world")

    monkeypatch.setattr(interleavings, "live_through", fail)
    found, world = interleavings.broken_by([1], interleavings.KINDS[0])

    assert (found, world) == (["raised: RuntimeError: no world"], None)


def test_a_session_ends_after_a_bad_certificate() -> None:
    """At once; a refused key is replaced twice before the client gives up."""
    assert causes.attempts(TlsFailed("expired", certificate=True)) == (1, True)
    assert causes.attempts(HandshakeRefused("no", http_status=401)) == (3, True)
    assert causes.attempts(HandshakeRefused("no", http_status=503))[1] is False


@pytest.mark.parametrize("name", clocks.JUMPS)
def test_a_jump_is_put_right_by_one_reading(name: str) -> None:
    """Whichever clock it is: the next read goes well, with a timestamp of the exchange's time."""
    machine = clocks.Machine()
    machine.rest.call(clocks._READ)
    clocks.JUMPS[name](machine.clock)
    readings = machine.exchange.counts.readings

    assert machine.rest.call(clocks._READ) == "done"
    assert machine.exchange.counts.readings - readings <= 1


def test_mutants_are_the_same_for_the_same_seed() -> None:
    """And each is followed by a sound message of its kind."""
    some, same = (list(unknown.mutants(3, 40)) for _ in range(2))

    assert some == same
    assert {after.name for _, after in some} == {"sound"}
