"""The client's core held against a plain exchange; and clients that are broken on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.state import account, kept, memory, orders
from sixmm.state.account import AccountMirror
from sixmm.state.models import Facts
from sixmm.stream import reconcile as resync
from sixmm.stream.connection import Connection

from .judge import faults
from .tape import NUMBERS, smallest, some_numbers
from .world import KINDS, Kind, live_through

_FEW = 30
_MANY = 300

numbers = st.lists(st.integers(0, NUMBERS - 1), max_size=120)


def found_in(kind: Kind, count: int, length: int = 200) -> Counter[str]:
    """Return how many faults of each kind there are in histories by chance."""
    found: Counter[str] = Counter()
    for number in range(count):
        world = live_through(some_numbers(f"test/{number}", length), kind)
        found.update(text.partition(":")[0] for text in faults(world))
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nothing_is_lost_told_twice_or_turned_back(kind: Kind) -> None:
    """Whatever happens in whichever order, the client tells what was, once (rules 59, 78, 81)."""
    assert found_in(kind, _FEW) == {}


@settings(max_examples=60, deadline=None)
@given(numbers, st.sampled_from(KINDS))
def test_the_smallest_history_that_breaks_a_promise(history: list[int], kind: Kind) -> None:
    """The same, for histories that are made smaller where one breaks anything."""
    assert faults(live_through(history, kind)) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_same_history_tells_the_same(kind: Kind) -> None:
    """A history that has failed can be repeated: nothing depends on chance or time."""
    history = some_numbers("again", 200)
    first, second = (live_through(history, kind) for _ in range(2))

    assert [one.event.raw for one in first.taken] == [one.event.raw for one in second.taken]
    assert first.tried == second.tried


def test_every_fault_is_tried() -> None:
    """A world in which nothing goes wrong would prove nothing."""
    tried: Counter[str] = Counter()
    for number in range(_FEW):
        for kind in KINDS:
            tried.update(live_through(some_numbers(f"tried/{number}", 200), kind).tried)

    assert min(tried.values()) >= _FEW // 3, tried


# Broken on purpose


def _forget_fills(patch: pytest.MonkeyPatch) -> None:
    """A mirror that takes every fill for a new one."""
    patch.setattr(memory.FillMemory, "__contains__", lambda *_: False)
    patch.setattr(AccountMirror, "knows_fill", lambda *_: False)


def _forget_texts(patch: pytest.MonkeyPatch) -> None:
    """A mirror that does not know a push again."""
    patch.setattr(memory.TextMemory, "knows", lambda *_: False)
    patch.setattr(memory.TextMemory, "take", lambda *_: True)


def _ignore_buffer(patch: pytest.MonkeyPatch) -> None:
    """A comparison that does not look at the pushes that came meanwhile."""
    nothing = resync._Mentioned(frozenset(), {}, frozenset(), frozenset())
    patch.setattr(resync._Mentioned, "by", lambda *_: nothing)


def _lose_buffer(patch: pytest.MonkeyPatch) -> None:
    """A comparison that throws away the pushes that came meanwhile."""
    patch.setattr(Connection, "_take_buffer", lambda self: self._buffer.clear() or [])


def _look_only_ahead(patch: pytest.MonkeyPatch) -> None:
    """A comparison that asks for what is new since now, and not since the mirror was certain."""
    patch.setattr(account, "_BASELINE_OVERLAP_MS", -60_000)


def _always_later(patch: pytest.MonkeyPatch) -> None:
    """A mirror that takes every state of an order for a later one."""
    patch.setattr(orders, "compare_values", lambda *_: account.Telling.NEW)
    patch.setattr(resync, "compare_orders", lambda *_: account.Telling.NEW)


def _always_news(patch: pytest.MonkeyPatch) -> None:
    """A mirror that takes every balance and position of a snapshot for news."""
    tell = kept.Kept.tell
    patch.setattr(kept.Kept, "tell", lambda *args, **more: bool(tell(*args, **more)) or True)


def _never_stale(patch: pytest.MonkeyPatch) -> None:
    """A mirror that is certain without a link."""
    patch.setattr(AccountMirror, "mark_stale", lambda *_: None)


def _apply_nothing(patch: pytest.MonkeyPatch) -> None:
    """A mirror that tells pushes and does not take them over."""

    def apply(self: AccountMirror, facts: Facts, *, again: bool = False) -> bool:  # noqa: ARG001
        return True

    patch.setattr(AccountMirror, "apply", apply)


BROKEN: list[tuple[Callable[[pytest.MonkeyPatch], None], str]] = [
    (_forget_fills, "twice"),
    (_forget_texts, "twice"),
    (_ignore_buffer, "twice"),
    (_lose_buffer, "differs"),
    (_look_only_ahead, "lost"),
    (_always_later, "twice"),
    (_always_news, "twice"),
    (_never_stale, "without a link a part was certain"),
    (_apply_nothing, "differs"),
]


@pytest.mark.parametrize(
    ("spoil", "kind_of_fault"), BROKEN, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_broken_client_is_found_out(
    spoil: Callable[[pytest.MonkeyPatch], None],
    kind_of_fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The histories and the model are strong enough to see what each part is good for."""
    spoil(monkeypatch)
    found: Counter[str] = Counter()
    for number in range(_MANY):
        try:
            world = live_through(some_numbers(f"broken/{number}", 200), KINDS[0])
        except Exception as error:
            found[type(error).__name__] += 1
            continue
        found.update(text.partition(":")[0] for text in faults(world))
        if found[kind_of_fault]:
            return
    pytest.fail(f"not found out; only {dict(found)}")


def test_a_fault_is_told_in_its_smallest_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of hundreds of numbers those few are left that matter."""
    _lose_buffer(monkeypatch)

    def breaks(history: list[int]) -> bool:
        return bool(faults(live_through(history, KINDS[0])))

    history = next(some for n in range(_MANY) if breaks(some := some_numbers(f"broken/{n}", 200)))
    least = smallest(history, breaks)

    assert breaks(least)
    assert len(least) < len(history)
    assert least.count(0) > len(least) // 2
