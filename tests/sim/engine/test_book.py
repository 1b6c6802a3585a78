"""The book keeps price-time priority and true level sizes."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.book import Book, BookSide
from sixmm.sim.engine.numbers import ZERO
from sixmm.sim.engine.orders import Order


def order(number: int, price: int, quantity: int = 1, side: str = "BUY") -> Order:
    """Return a resting order."""
    return Order(
        order_id=str(number),
        client_order_id="",
        owner="a",
        symbol="BTCUSDT",
        side=side,
        position_side="BOTH",
        type="LIMIT",
        time_in_force="GTC",
        price=Decimal(price),
        quantity=Decimal(quantity),
        reduce_only=False,
        maker_only=False,
        close_position=False,
        opening=ZERO,
    )


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 5), st.booleans()), max_size=40),
    st.booleans(),
)
def test_a_side_equals_a_sorted_list(steps: list[tuple[int, int, bool]], bids: bool) -> None:
    """After any additions and removals, orders stand by price and then by arrival."""
    side = BookSide(bids=bids)
    model: list[Order] = []
    for number, (price, quantity, removes) in enumerate(steps):
        if removes and model:
            gone = model.pop(price % len(model))
            side.remove(gone)
        else:
            model.append(order(number, price, quantity))
            side.add(model[-1])
        expected = sorted(model, key=lambda o: (-o.price if bids else o.price, int(o.order_id)))

        assert expected == list(side.orders())
        assert [(p, s) for p, s in side.levels()] == _levels(expected)
        assert side.first() is (expected[0] if expected else None)


def _levels(orders: list[Order]) -> list[tuple[Decimal, Decimal]]:
    sizes: dict[Decimal, Decimal] = {}
    for one in orders:
        sizes[one.price] = sizes.get(one.price, ZERO) + one.remaining
    return list(sizes.items())


def test_levels_by_number_and_middle() -> None:
    """A level beyond the deepest gives the deepest, and a one-sided book has no middle."""
    book = Book()
    for number, price in enumerate((100, 99, 98)):
        book.bids.add(order(number, price))

    assert tuple(book.bids.price_at(level) for level in (1, 2, 3, 5)) == (100, 99, 98, 98)
    assert book.asks.price_at(1) is None
    assert book.mid() is None
    book.asks.add(order(9, 103, side="SELL"))
    assert Decimal("101.5") == book.mid()


def test_touched_prices_are_noted_until_cleared() -> None:
    """Every change of a level is noted, also the one that takes the level away."""
    side = BookSide(bids=True)
    one = order(1, 100, 3)
    side.add(one)
    side.touched.clear()
    side.shrink(one, Decimal(1))
    one.executed = Decimal(1)

    assert {Decimal(100)} == side.touched
    assert side.total(Decimal(100)) == 2
    side.remove(one)
    assert side.total(Decimal(100)) == 0
    assert len(side) == 0
