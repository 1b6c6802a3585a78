"""The figures of a stream as a value."""

from __future__ import annotations

import attrs
import pytest

from sixmm.stream.states import State
from sixmm.stream.stats import Counters, Stats


def test_counters_begin_at_nothing() -> None:
    """Before the first connection every figure is zero or None."""
    assert not any(attrs.asdict(Counters()).values())


def test_stats_do_not_change() -> None:
    """What stats() returned is of one moment and stays as it was."""
    values = {field.name: None for field in attrs.fields(Stats)}
    stats = Stats(**{**values, "state": State.LIVE})  # type: ignore[arg-type]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        stats.state = State.CLOSED  # type: ignore[misc]
