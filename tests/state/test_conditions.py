"""The condition orders that are known: what is news, what is not, and how many are remembered."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.state.account import AccountMirror
from sixmm.state.conditions import ConditionMemory
from sixmm.state.models import ConditionOrder, Snapshot
from sixmm.state.rows import COMPARED, CONDITION

WAITS = ConditionOrder(
    condition_id="1",
    status="NEW",
    is_waiting=True,
    symbol="BTCUSDT",
    stop_price=Decimal("85000"),
    created_at_ms=5,
    updated_at_ms=5,
    raw="{}",
)
FIRED = attrs.evolve(WAITS, status="TRIGGERED", is_waiting=False, order_id="7", updated_at_ms=9)
GONE = ConditionOrder(condition_id="1", status="", is_waiting=False)


def test_news_once() -> None:
    """Each state is news the first time."""
    memory = ConditionMemory()

    assert memory.tell(WAITS) == WAITS
    assert memory.tell(WAITS) is None
    assert memory.waiting() == {"1": WAITS}
    assert memory.tell(FIRED) == FIRED
    assert memory.tell(FIRED) is None
    assert memory.waiting() == {}
    assert memory.read_all() == [FIRED]


def test_it_never_waits_again() -> None:
    """What is told from before its end is left out."""
    memory = ConditionMemory()
    memory.tell(FIRED)

    assert memory.tell(WAITS) is None
    assert memory.read_all() == [FIRED]


def test_what_is_left_out_stays() -> None:
    """An end that nobody explains keeps what is known, and may be explained later."""
    memory = ConditionMemory()
    memory.tell(WAITS)
    gone = memory.tell(GONE)

    assert gone == attrs.evolve(WAITS, status="", is_waiting=False)
    assert memory.tell(GONE) is None
    assert memory.tell(FIRED) == FIRED


@pytest.mark.parametrize("name", ["created_at_ms", "updated_at_ms"])
def test_a_time_alone_is_no_news(name: str) -> None:
    """That of a trailing condition order may follow the price; it is kept all the same."""
    memory = ConditionMemory()
    memory.tell(WAITS)
    later = attrs.evolve(WAITS, **{name: 99})

    assert memory.tell(later) is None
    assert memory.waiting() == {"1": later}


def test_what_ended_is_bounded() -> None:
    """The oldest is forgotten; what waits is not."""
    memory = ConditionMemory(max_ended=2)
    memory.tell(WAITS)
    for number in (2, 3, 4):
        memory.tell(attrs.evolve(FIRED, condition_id=str(number)))

    assert [one.condition_id for one in memory.read_all()] == ["3", "4", "1"]


@given(st.permutations([WAITS, FIRED, WAITS, FIRED, GONE]))
def test_any_order_ends_at_the_end(tellings: list[ConditionOrder]) -> None:
    """However a condition order is told, at the end it does not wait, and its order is known."""
    memory = ConditionMemory()
    for told in tellings:
        memory.tell(told)
    [known] = memory.read_all()

    assert not known.is_waiting
    assert known.order_id == "7"
    assert memory.waiting() == {}


# In the mirror


def test_the_picture_has_those_that_wait() -> None:
    """By id, as a value that does not change."""
    mirror = AccountMirror()
    mirror.adopt(
        Snapshot(
            as_of_ms=20_000,
            conditions=(WAITS,),
            ended_conditions=(attrs.evolve(FIRED, condition_id="2"),),
        )
    )
    before = mirror.picture()
    mirror.tell_condition(FIRED)

    assert dict(before.conditions) == {"1": WAITS}
    assert not mirror.picture().conditions


def test_the_baseline_asks_for_no_more_than_is_needed() -> None:
    """Those that wait, and from when on the others are wanted: a push moves that on no further."""
    mirror = AccountMirror()
    assert mirror.baseline().conditions_since_ms is None
    mirror.adopt(Snapshot(as_of_ms=30_000, conditions=(WAITS,)))
    mirror.mark_checked(50_000, unchecked=["conditions"])
    baseline = mirror.baseline()

    assert baseline.conditions == {"1": 5}
    assert baseline.conditions_since_ms == 20_000
    assert baseline.since_ms == 40_000
    assert mirror.picture().stale == ("conditions",)


def test_they_outlive_the_program() -> None:
    """A mirror that is made of the rows knows the same, and since when it has to look."""
    first, second = AccountMirror(), AccountMirror()
    first.adopt(Snapshot(as_of_ms=30_000, conditions=(WAITS,)))
    first.tell_condition(attrs.evolve(FIRED, condition_id="2"))
    second.restore(first.rows(), certain_ms=90_000)

    assert set(second.rows()) == set(first.rows())
    assert second.baseline().conditions_since_ms == 20_000
    assert second.tell_condition(attrs.evolve(FIRED, condition_id="2")) is None
    assert dict(second.picture().conditions) == {"1": WAITS}


def test_the_rows_of_a_comparison() -> None:
    """What it has told, and up to when it has looked."""
    mirror = AccountMirror()
    mirror.mark_checked(30_000)
    rows = mirror.rows_of_conditions([WAITS])

    assert [row[:2] for row in rows] == [(CONDITION, "1"), (COMPARED, "conditions")]
    assert rows[1][2] == (30_000,)


def test_rows_of_an_older_file() -> None:
    """Where they do not say that condition orders were read, those there are will be no news."""
    mirror = AccountMirror()
    mirror.restore([], certain_ms=90_000)

    assert not mirror.knows_conditions
    assert mirror.baseline().conditions_since_ms is None
