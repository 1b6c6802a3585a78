"""The order book as a value: exact figures, and nothing that changes under its reader."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.state.book import Best, Book, BookSide, Depth, Level
from sixmm.venues.sixmm.enums import Side

D = Decimal


def side(*levels: tuple[str, str], descending: bool = False) -> BookSide:
    """Return a side of these levels, told best first."""
    rising = levels[::-1] if descending else levels
    return BookSide(
        [D(price) for price, _ in rising], [D(size) for _, size in rising], descending=descending
    )


BIDS = side(("99.9", "1"), ("99.5", "2"), ("99", "10"), descending=True)
ASKS = side(("100.1", "0.5"), ("100.2", "1.5"), ("101", "4"))
BOOK = Book(symbol="BTCUSDT", bids=BIDS, asks=ASKS, end_version=7, ts=5, received_at=6)
EMPTY = Book(symbol="BTCUSDT", reason="there was no snapshot yet")


def test_the_best_levels_come_first() -> None:
    """Best bid is the highest, best ask the lowest; each has price and quantity by name."""
    assert BOOK.best == Best(Level(D("99.9"), D(1)), Level(D("100.1"), D("0.5")))
    assert BOOK.best.bid is not None
    assert BOOK.best.bid.price == D("99.9")
    assert [level.price for level in BOOK.bids] == [D("99.9"), D("99.5"), D("99")]
    assert BOOK.bids[-1] == (D("99"), D("10"))
    assert BOOK.asks[1:] == (Level(D("100.2"), D("1.5")), Level(D("101"), D("4")))


def test_the_depth_is_as_deep_as_there_are_levels() -> None:
    """To ask for more levels than there are is no fault; for fewer than none it is."""
    assert BOOK.depth(1) == Depth((Level(D("99.9"), D(1)),), (Level(D("100.1"), D("0.5")),))
    assert BOOK.depth(100) == Depth(tuple(BIDS), tuple(ASKS))
    assert BOOK.depth(0) == Depth((), ())


@pytest.mark.parametrize("levels", [-1, True, 1.0, "2", None])
def test_a_depth_that_is_no_count_is_refused(levels: Any) -> None:
    """A negative count would cut levels off the wrong end, silently."""
    with pytest.raises(ConfigurationError):
        BOOK.depth(levels)


def test_mid_and_spread_are_exact() -> None:
    """Whatever precision the thread computes with, no digit is lost (rule 9)."""
    bid, ask = "99999999999999999999.00000000000000000001", "100000000000000000000"
    book = Book(symbol="X", bids=side((bid, "1"), descending=True), asks=side((ask, "1")))

    with decimal.localcontext() as context:
        context.prec = 3
        assert book.mid == D("99999999999999999999.500000000000000000005")
        assert book.spread == D("0.99999999999999999999")


def test_an_empty_side_has_no_figures() -> None:
    """None, which no computation takes for a price, rather than 0."""
    assert EMPTY.best == Best(None, None)
    assert EMPTY.mid is None
    assert EMPTY.spread is None
    assert Book(symbol="X", bids=BIDS).mid is None
    assert EMPTY.depth(5) == Depth((), ())


def test_a_book_with_a_reason_is_stale() -> None:
    """``stale`` cannot be forgotten where there is a reason."""
    assert not BOOK.stale
    assert attrs.evolve(BOOK, reason="a gap").stale


def test_the_cumulative_size_says_what_an_order_costs() -> None:
    """A buy takes the asks from the lowest, a sell the bids from the highest."""
    bought = BOOK.cumulative("BUY", "1.5")
    sold = BOOK.cumulative("sell", 3)

    assert (bought.quantity, bought.notional) == (D("1.5"), D("150.25"))
    assert (bought.worst_price, bought.levels, bought.complete) == (D("100.2"), 2, True)
    assert bought.average_price == D("150.25") / D("1.5")
    assert (sold.side, sold.notional, sold.worst_price) == ("SELL", D("298.9"), D("99.5"))


def test_the_cumulative_size_of_a_notional_is_never_more_than_it() -> None:
    """The last level is cut, downwards."""
    exact = BOOK.cumulative(Side.BUY, notional="250.85")
    cut = BOOK.cumulative("SELL", notional="100")

    # Both of the first levels, and 0.5 at 101.
    assert (exact.quantity, exact.notional, exact.complete) == (D("2.5"), D("250.85"), True)
    assert cut.complete
    assert D("99.99999") < cut.notional <= 100
    assert cut.levels == 2


def test_a_book_that_is_too_thin_is_told() -> None:
    """All that is there, and that it is not enough."""
    swept = BOOK.cumulative("BUY", "1000")
    paid = BOOK.cumulative("BUY", notional="1e9")
    nothing = EMPTY.cumulative("SELL", 1)

    assert (swept.quantity, swept.levels, swept.complete) == (D("6"), 3, False)
    assert (paid.quantity, paid.notional, paid.complete) == (D("6"), swept.notional, False)
    assert nothing.quantity == 0
    assert nothing.average_price is None
    assert nothing.worst_price is None
    assert not nothing.complete


WRONG: list[tuple[Any, Any, Any]] = [
    ("BUY", None, None),
    ("BUY", "1", "1"),
    ("LONG", "1", None),
    ("BUY", "0", None),
    ("BUY", "-1", None),
    ("BUY", "NaN", None),
    ("BUY", "one", None),
    ("BUY", 1.5, None),
    ("BUY", True, None),
    ("BUY", None, "Infinity"),
]


@pytest.mark.parametrize(("word", "quantity", "notional"), WRONG)
def test_a_wrong_question_is_refused(word: Any, quantity: Any, notional: Any) -> None:
    """A float is refused as well: it is not the amount that was meant (rule 9)."""
    with pytest.raises(ConfigurationError):
        BOOK.cumulative(word, quantity, notional=notional)


amounts = st.decimals(min_value=D("0.0001"), max_value=D(10**9), places=4)


@given(
    levels=st.dictionaries(amounts, amounts, min_size=1, max_size=20),
    wanted=amounts,
    is_buy=st.booleans(),
)
def test_cumulative_agrees_with_counting(
    levels: dict[Decimal, Decimal], wanted: Decimal, is_buy: bool
) -> None:
    """The sums are those of taking level after level, to the last digit."""
    prices = sorted(levels)
    half = BookSide(prices, [levels[p] for p in prices], descending=not is_buy)
    book = Book(symbol="X", asks=half) if is_buy else Book(symbol="X", bids=half)
    swept = book.cumulative("BUY" if is_buy else "SELL", wanted)
    left, cost = wanted, D(0)
    for price in prices if is_buy else reversed(prices):
        part = min(left, levels[price])
        left, cost = left - part, cost + price * part

    assert (swept.quantity, swept.complete) == (wanted - left, left == 0)
    assert swept.notional == cost
    by_cost = book.cumulative("BUY" if is_buy else "SELL", notional=swept.notional)
    assert by_cost.complete
    assert by_cost.levels == swept.levels
    assert 0 <= swept.notional - by_cost.notional < D("1e-20")


def test_a_side_behaves_as_a_tuple_of_levels() -> None:
    """Length, order, slices, equality and hash are those of the same levels in a tuple."""
    assert tuple(BIDS) == BIDS
    assert tuple(BIDS) == tuple(BIDS[i] for i in range(len(BIDS)))
    assert BIDS[::-1] == tuple(BIDS)[::-1]
    assert hash(ASKS) == hash(side(*[(str(p), str(q)) for p, q in ASKS]))
    assert BIDS != ASKS
    assert BIDS != 3
    assert Level(D("99.5"), D(2)) in BIDS
    with pytest.raises(IndexError):
        BIDS[3]
    with pytest.raises(IndexError):
        BIDS[-4]


def test_the_repr_is_one_line_about_the_state() -> None:
    """The best prices, and the version or why it is stale."""
    assert repr(BOOK) == "<Book BTCUSDT 99.9 / 100.1 version 7>"
    assert repr(EMPTY) == "<Book BTCUSDT None / None stale: there was no snapshot yet>"
    assert repr(BIDS) == "<BookSide of 3 levels>"
