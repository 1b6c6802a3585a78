"""What is concluded from what the exchange tells: never too early, never wrong."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.ordering.deciding import CLOCK_DOUBT_MS, Evidence, closes_at_ms, decide
from sixmm.ordering.writes import Kind, Outcome, Target, Write
from sixmm.state.models import Order

TARGET = Target(symbol="BTCUSDT", order_id="1", price=Decimal(7), quantity=Decimal(2))
RESTING = Order(
    order_id="1",
    status="PENDING",
    rank=1,
    price=Decimal(7),
    quantity=Decimal(2),
    created_at_ms=50_000,
)
FILLED = attrs.evolve(RESTING, status="FILLED", rank=3)
CANCELED = attrs.evolve(RESTING, status="CANCELED", rank=3)
PARTLY_CANCELED = attrs.evolve(RESTING, status="PARTIALLY_FILLED_CANCELED", rank=3)
REJECTED = attrs.evolve(RESTING, status="REJECTED", rank=3)
OTHER_PRICE = attrs.evolve(RESTING, price=Decimal(6))


def write(kind: Kind) -> Write:
    """Return a write that was signed between the seconds 50 and 51."""
    return Write(kind=kind, targets=(TARGET,), earliest_ms=50_000, latest_ms=51_000)


@pytest.mark.parametrize(
    ("kind", "order", "expected"),
    [
        (Kind.PLACE, RESTING, Outcome.CONFIRMED),
        (Kind.PLACE, FILLED, Outcome.CONFIRMED),
        (Kind.PLACE, CANCELED, Outcome.CONFIRMED),
        (Kind.PLACE, REJECTED, Outcome.REJECTED),
        (Kind.PLACE_CONDITION, FILLED, Outcome.CONFIRMED),
        (Kind.PLACE_STRATEGY, RESTING, Outcome.CONFIRMED),
        (Kind.AMEND, RESTING, Outcome.CONFIRMED),
        (Kind.AMEND, FILLED, Outcome.CONFIRMED),
        (Kind.AMEND, OTHER_PRICE, None),
        (Kind.AMEND, attrs.evolve(OTHER_PRICE, status="FILLED", rank=3), Outcome.NOT_DONE),
        (Kind.CANCEL, RESTING, None),
        (Kind.CANCEL, CANCELED, Outcome.CONFIRMED),
        (
            Kind.CANCEL,
            attrs.evolve(CANCELED, status="PARTIALLY_FILLED_CANCELED"),
            Outcome.CONFIRMED,
        ),
        (Kind.CANCEL, FILLED, Outcome.NOT_DONE),
    ],
)
def test_an_order(kind: Kind, order: Order, expected: Outcome | None) -> None:
    """Its state decides, where that is so because of the write, or whatever became of it."""
    found = decide(write(kind), TARGET, Evidence(order=order))

    assert (found and found.outcome) == expected
    assert found is None or found.order == order


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CANCEL_ALL])
def test_nothing_found(kind: Kind) -> None:
    """That there is nothing says nothing, until the exchange does not take the write any more."""
    assert decide(write(kind), TARGET, Evidence()) is None
    late = decide(write(kind), TARGET, Evidence(is_late=True))
    assert late is not None
    assert late.outcome is Outcome.NOT_DONE


@pytest.mark.parametrize("kind", [Kind.AMEND, Kind.CANCEL])
def test_no_effect_in_the_end(kind: Kind) -> None:
    """An order that is as before when the window has passed will stay as it is."""
    found = decide(write(kind), TARGET, Evidence(order=OTHER_PRICE, is_late=True))

    assert found is not None
    assert found.outcome is Outcome.NOT_DONE


def test_an_older_order_of_the_same_name_is_another_one() -> None:
    """The exchange may let a caller use an id again (rule 115)."""
    older = attrs.evolve(RESTING, created_at_ms=50_000 - CLOCK_DOUBT_MS - 1)

    assert decide(write(Kind.PLACE), TARGET, Evidence(order=older)) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [("NEW", None), ("CANCELED", Outcome.CONFIRMED), ("TRIGGERED", Outcome.NOT_DONE)],
)
def test_a_condition_order_that_was_to_be_cancelled(status: str, expected: Outcome | None) -> None:
    """One that has fired can no more be withdrawn."""
    evidence = Evidence(condition_id="5", condition_status=status)
    found = decide(write(Kind.CANCEL_CONDITION), TARGET, evidence)

    assert (found and found.outcome) == expected


def test_a_condition_order_that_is_there() -> None:
    """Whatever has become of it since: it was placed."""
    found = decide(
        write(Kind.PLACE_CONDITION), TARGET, Evidence(condition_id="5", condition_status="CANCELED")
    )

    assert found is not None
    assert (found.outcome, found.condition_id) == (Outcome.CONFIRMED, "5")


def test_a_cancel_all() -> None:
    """It is done when none of its orders is open, and it cannot meet later ones any more."""
    assert decide(write(Kind.CANCEL_ALL), TARGET, Evidence(remaining=1)) is None
    assert decide(write(Kind.CANCEL_ALL), TARGET, Evidence()) is None
    done = decide(write(Kind.CANCEL_ALL), TARGET, Evidence(is_late=True))
    assert done is not None
    assert done.outcome is Outcome.CONFIRMED


def test_the_window() -> None:
    """Ten seconds after the latest moment of signing, and what clocks may be off (rule 38)."""
    assert closes_at_ms(write(Kind.PLACE)) == 51_000 + 10_000 + CLOCK_DOUBT_MS


orders = st.builds(
    Order,
    order_id=st.just("1"),
    status=st.sampled_from(
        ["NEW", "PENDING", "FILLED", "CANCELED", "REJECTED", "PARTIALLY_FILLED_CANCELED", "ODD"]
    ),
    rank=st.integers(0, 3),
    price=st.sampled_from([None, Decimal(6), Decimal(7)]),
    created_at_ms=st.none() | st.integers(0, 100_000),
)


@given(st.sampled_from(list(Kind)), st.none() | orders, st.integers(0, 2))
def test_late_evidence_always_decides(kind: Kind, order: Order | None, remaining: int) -> None:
    """After the window every question has an answer, and an early answer is never withdrawn."""
    early = Evidence(order=order, remaining=remaining)
    before = decide(write(kind), TARGET, early)
    after = decide(write(kind), TARGET, attrs.evolve(early, is_late=True))

    assert after is not None
    assert before is None or before == after


def test_an_older_order_is_not_what_became_of_a_placement() -> None:
    """That it was not carried out is told without the order of before."""
    older = attrs.evolve(RESTING, created_at_ms=50_000 - CLOCK_DOUBT_MS - 1)
    found = decide(write(Kind.PLACE), TARGET, Evidence(order=older, is_late=True))

    assert found is not None
    assert (found.outcome, found.order) == (Outcome.NOT_DONE, None)


def test_an_order_that_is_known_to_be_of_another_write() -> None:
    """However near in time it was made, it is not the one that was asked for."""
    again = attrs.evolve(write(Kind.PLACE), other_orders=("1",))

    assert decide(again, TARGET, Evidence(order=RESTING)) is None
    found = decide(again, TARGET, Evidence(order=RESTING, is_late=True))
    assert found is not None
    assert (found.outcome, found.order) == (Outcome.NOT_DONE, None)
    another = attrs.evolve(RESTING, order_id="2")
    assert decide(again, TARGET, Evidence(order=another)) is not None
