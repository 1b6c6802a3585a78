"""Books that follow streams with faults; and books that are broken on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.state.book_keeper import BookKeeper
from sixmm.stream.books import Books

from .depth import FAULTS, follow
from .tape import NUMBERS, some_numbers


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, NUMBERS - 1), max_size=160))
def test_no_wrong_book_is_live(history: list[int]) -> None:
    """Each fault is noticed at the message that shows it, and healed by one subscription."""
    assert follow(history).wrong == []


def test_every_fault_is_tried() -> None:
    """Streams by chance have all of them, and books that break and heal."""
    tried: Counter[str] = Counter()
    for number in range(60):
        world = follow(some_numbers(f"tried/{number}", 160))
        assert world.wrong == []
        tried.update(world.tried)

    assert min(tried[name] for name in FAULTS) >= 3
    assert min(tried["healed in peace"], tried["flagged"], tried["cut"]) >= 10


def _no_gaps(patch: pytest.MonkeyPatch) -> None:
    """A keeper that does not look at versions."""
    patch.setattr(BookKeeper, "_misfit", lambda *_, **__: "")


def _no_crossing(patch: pytest.MonkeyPatch) -> None:
    """A keeper that does not look at the result."""
    patch.setattr(BookKeeper, "_fault", lambda _: "")


def _half_a_change(patch: pytest.MonkeyPatch) -> None:
    """A keeper that forgets the asks of a change."""
    take = BookKeeper._take

    def take_bids(self: BookKeeper, bids: list[Any], asks: list[Any], *, is_snapshot: bool) -> None:
        take(self, bids, asks if is_snapshot else [], is_snapshot=is_snapshot)

    patch.setattr(BookKeeper, "_take", take_bids)


def _too_eager(patch: pytest.MonkeyPatch) -> None:
    """Books that ask twice where once is enough."""
    renew = Books._renew

    def renew_twice(self: Books, kept: Any) -> None:
        renew(self, kept)
        renew(self, kept)

    patch.setattr(Books, "_renew", renew_twice)


BROKEN = [
    (_no_gaps, "flagged"),
    (_no_crossing, "flagged"),
    (_half_a_change, "shown"),
    (_too_eager, "healed"),
]


@pytest.mark.parametrize(("spoil", "kind"), BROKEN)
def test_a_broken_book_is_found_out(
    spoil: Callable[[pytest.MonkeyPatch], None], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The streams and the model are strong enough to see it."""
    spoil(monkeypatch)
    found: Counter[str] = Counter()
    for number in range(100):
        wrong = follow(some_numbers(f"broken/{number}", 160)).wrong
        found.update(text.partition(":")[0] for text in wrong)
        if found[kind]:
            return
    pytest.fail(f"not found out; only {dict(found)}")
