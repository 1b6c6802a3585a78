"""The keeper of a book: what fits is followed, what does not is noticed at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import Levels
from sixmm.errors import ConfigurationError
from sixmm.state.book import Book
from sixmm.state.book_keeper import BookChange, BookKeeper

D = Decimal
Pair = tuple[Decimal, Decimal]
FIRST = 100


def pairs(*levels: tuple[str, str]) -> list[Pair]:
    """Return levels as they come from a venue."""
    return [(D(price), D(size)) for price, size in levels]


def change(
    version: int | None,
    bids: Iterable[Pair] = (),
    asks: Iterable[Pair] = (),
    *,
    snapshot: bool | None = False,
) -> BookChange:
    """Return what one message tells."""
    return BookChange(
        symbol="X",
        bids=bids,
        asks=asks,
        end_version=version,
        is_snapshot=snapshot,
        ts_ms=version or 0,
    )


def begun(*, max_levels: int = 5_000, version: int = FIRST) -> BookKeeper:
    """Return a keeper that has its snapshot: bids 99 and 98, asks 101 and 102."""
    keeper = BookKeeper("X", max_levels=max_levels)
    keeper.apply(
        change(
            version,
            pairs(("99", "1"), ("98", "2")),
            pairs(("101", "3"), ("102", "4")),
            snapshot=True,
        ),
        received_at=1,
    )
    return keeper


def applied(keeper: BookKeeper, *changes: BookChange) -> Book:
    """Return the book after these changes."""
    for one in changes:
        keeper.apply(one, received_at=2)
    return keeper.picture()


def test_without_a_snapshot_there_is_no_book() -> None:
    """An increment that comes first is applied to nothing (rule 91)."""
    keeper = BookKeeper("X")
    book = applied(keeper, change(5, pairs(("99", "1"))))

    assert book.stale
    assert book.reason == "there was no snapshot yet"
    assert (book.end_version, len(book.bids)) == (None, 0)


def test_increments_change_the_snapshot() -> None:
    """A level is added, replaced, or removed by quantity 0; an unknown one may be removed, too."""
    book = applied(
        begun(),
        change(101, pairs(("99.5", "5"), ("98", "0"), ("1", "0")), pairs(("101", "0.7"))),
    )

    assert not book.stale
    assert book.bids == pairs(("99.5", "5"), ("99", "1"))
    assert book.asks == pairs(("101", "0.7"), ("102", "4"))
    assert (book.end_version, book.ts, book.received_at) == (101, 101, 2)


def test_the_same_price_in_another_notation_is_the_same_level() -> None:
    """1.0 and 1.00 are one price."""
    book = applied(begun(), change(101, pairs(("99.00", "7"), ("98.0", "0.000"))))

    assert book.bids == pairs(("99", "7"))


def test_a_snapshot_in_the_middle_replaces_the_book() -> None:
    """Also one whose versions begin again: it depends on nothing before it."""
    book = applied(begun(), change(3, pairs(("50", "1"), ("49", "0")), snapshot=True))

    assert not book.stale
    assert (book.end_version, tuple(book.bids), tuple(book.asks)) == (3, ((D(50), D(1)),), ())
    assert applied(begun(), change(3, snapshot=True), change(4)).end_version == 4


MISFITS: list[tuple[BookChange, str]] = [
    (change(102), "a gap"),
    (change(100), "came twice"),
    (change(99), "version 99 came after 100"),
    (change(None), "no version"),
    (change(101, pairs(("99", "-1"))), "level is wrong"),
    (change(101, pairs(("0", "1"))), "level is wrong"),
    (change(101, (), pairs(("-1", "1"))), "level is wrong"),
    (change(101, Levels('[["x","1"]]')), "level is wrong"),
    (change(101, (), Levels("{}")), "level is wrong"),
    (change(None, snapshot=True), "no version"),
    (change(101, Levels("[[1,2]]"), snapshot=True), "level is wrong"),
]


@pytest.mark.parametrize(("misfit", "reason"), MISFITS)
def test_a_message_that_does_not_fit_makes_the_book_stale(misfit: BookChange, reason: str) -> None:
    """At that message, and what was certain before it is still shown (rule 92)."""
    keeper = begun()
    before = keeper.picture()
    book = applied(keeper, misfit)

    assert book.stale
    assert reason in book.reason
    assert attrs.evolve(book, reason="") == before


@pytest.mark.parametrize(
    ("bids", "asks"),
    [(("101", "1"), ("103", "0")), (("99", "1"), ("99", "1")), (("97", "1"), ("50", "1"))],
)
def test_a_crossed_book_is_stale_and_shows_nothing(
    bids: tuple[str, str], asks: tuple[str, str]
) -> None:
    """Bid at or above ask cannot be; no telling which level is wrong, so there is none."""
    keeper = begun()
    before = keeper.picture()
    book = applied(keeper, change(101, pairs(bids), pairs(asks)))

    assert "crossed" in book.reason
    assert (len(book.bids), len(book.asks)) == (0, 0)
    assert before.bids == pairs(("99", "1"), ("98", "2"))
    assert (
        "crossed"
        in applied(
            BookKeeper("X"), change(1, pairs(("2", "1")), pairs(("1", "1")), snapshot=True)
        ).reason
    )


def test_a_stale_book_ignores_increments_until_a_snapshot() -> None:
    """Also those that would follow on the last version; and the first reason is kept."""
    keeper = begun()
    stale = applied(keeper, change(102), change(101, pairs(("99", "9"))), change(300))
    healed = applied(keeper, change(310, pairs(("7", "1")), snapshot=True), change(311))

    assert stale.reason == "version 102 came after 100: a gap"
    assert (stale.end_version, stale.bids[0].quantity) == (100, D(1))
    assert (healed.stale, healed.end_version) == (False, 311)


def test_the_first_message_after_a_subscription_is_the_snapshot_where_nobody_says_it() -> None:
    """A venue without a mark is followed by the order of the messages (rule 91), and no longer."""
    keeper = BookKeeper("X")
    keeper.expect_snapshot()
    first = applied(keeper, change(7, pairs(("5", "1")), snapshot=None))
    second = applied(keeper, change(8, pairs(("4", "1")), snapshot=None))
    stale = applied(keeper, change(10, snapshot=None))
    ignored = applied(keeper, change(11, snapshot=None))

    assert (first.stale, len(first.bids)) == (False, 1)
    assert (second.stale, len(second.bids)) == (False, 2)
    assert stale.stale
    assert ignored is stale


@pytest.mark.parametrize(
    "wrong", [change(None, snapshot=None), change(3, Levels("1"), snapshot=None)]
)
def test_a_snapshot_that_is_wrong_is_not_replaced_by_an_increment(wrong: BookChange) -> None:
    """What comes after it is an increment, although the venue does not say so."""
    keeper = BookKeeper("X")
    keeper.expect_snapshot()
    applied(keeper, wrong)

    assert not keeper.expects_snapshot
    assert applied(keeper, change(4, pairs(("5", "1")), snapshot=None)).stale


def test_a_flag_ends_the_waiting_for_a_snapshot() -> None:
    """The message that could not be read may have been it."""
    keeper = BookKeeper("X")
    keeper.expect_snapshot()
    keeper.flag("a message could not be read")

    assert applied(keeper, change(4, pairs(("5", "1")), snapshot=None)).stale
    assert keeper.stale


def test_a_picture_does_not_change() -> None:
    """What was given out stays as it was, whatever comes after it."""
    keeper = begun()
    seen = [keeper.picture()]
    frozen = [(tuple(seen[0].bids), tuple(seen[0].asks))]
    for version in range(101, 120):
        seen.append(applied(keeper, change(version, pairs((str(version - 50), "1")))))
        frozen.append((tuple(seen[-1].bids), tuple(seen[-1].asks)))

    assert [(tuple(book.bids), tuple(book.asks)) for book in seen] == frozen


def test_looking_again_costs_nothing() -> None:
    """Where nothing has changed it is the same picture."""
    keeper = begun()

    assert keeper.picture() is keeper.picture()


class Interrupted(BaseException):
    """What a signal handler raises."""


class Hook(Decimal):
    """A quantity that calls somebody when the keeper asks whether it is 0."""

    def __new__(cls, text: str, act: Callable[[], None]) -> Hook:
        """Return the quantity with what it calls."""
        made = super().__new__(cls, text)
        made.act = act
        return made

    act: Callable[[], None]

    def __bool__(self) -> bool:
        self.act()
        return True


def interrupt() -> None:
    """Do what Ctrl-C does."""
    raise Interrupted


@pytest.mark.parametrize("snapshot", [True, False])
def test_a_change_that_is_cut_short_leaves_no_live_book(snapshot: bool) -> None:
    """Ctrl-C in the middle: half a change is never shown, and the next snapshot heals it."""
    keeper = begun()
    before = keeper.picture()
    levels: Sequence[Pair] = [(D("99.5"), D(1)), (D("99.6"), Hook("1", interrupt))]
    with pytest.raises(Interrupted):
        keeper.apply(change(101, levels, snapshot=snapshot), received_at=2)
    book = keeper.picture()

    assert book.reason == "a change was cut short"
    assert (len(book.bids), len(book.asks)) == (0, 0)
    assert before.bids == pairs(("99", "1"), ("98", "2"))
    assert applied(keeper, change(102, pairs(("1", "1")))).stale
    assert not applied(keeper, change(5, pairs(("1", "1")), snapshot=True)).stale


def test_who_looks_in_the_middle_of_a_change_is_told_so() -> None:
    """A signal handler that runs while a change is applied sees no half of it."""
    keeper = begun()
    seen: list[Book] = []
    levels = [(D("99.5"), Hook("1", lambda: seen.append(keeper.picture()))), (D("99.6"), D(1))]
    after = applied(keeper, change(101, levels))

    assert seen[0].stale
    assert len(seen[0].bids) == 0
    assert not after.stale
    assert len(after.bids) == 4


def test_the_worst_levels_are_dropped_and_what_is_kept_is_exact() -> None:
    """What lies behind the worst that is kept is not known any more, so it is ignored."""
    keeper = BookKeeper("X", max_levels=2)
    bids, asks = (
        pairs(("1", "1"), ("3", "3"), ("2", "2")),
        pairs(("6", "6"), ("4", "4"), ("5", "5")),
    )
    cut = applied(keeper, change(1, bids, asks, snapshot=True))
    worse = applied(keeper, change(2, pairs(("1", "9")), pairs(("5.5", "9"))))
    gone = applied(keeper, change(3, pairs(("2", "0")), pairs(("7", "0"))))
    behind = applied(keeper, change(4, pairs(("1.5", "1"))))
    more = applied(keeper, change(5, pairs(("2.5", "1"), ("3.5", "1"))))

    assert cut.truncated
    assert cut.bids == pairs(("3", "3"), ("2", "2"))
    assert cut.asks == pairs(("4", "4"), ("5", "5"))
    assert (tuple(worse.bids), tuple(worse.asks)) == (tuple(cut.bids), tuple(cut.asks))
    assert gone.bids == behind.bids == pairs(("3", "3"))
    assert more.bids == pairs(("3.5", "1"), ("3", "3"))
    assert not more.stale


def test_a_cut_book_that_is_used_up_is_stale() -> None:
    """Where half of what was kept is gone, what was dropped may soon be the best."""
    keeper = BookKeeper("X", max_levels=4)
    levels = [(D(price), D(1)) for price in range(1, 8)]
    applied(keeper, change(1, levels, snapshot=True))
    half = applied(keeper, change(2, pairs(("7", "0"), ("6", "0"))))
    less = applied(keeper, change(3, pairs(("5", "0"))))
    whole = applied(keeper, change(9, levels[:2], snapshot=True))

    assert (half.stale, len(half.bids)) == (False, 2)
    assert less.reason == "the levels that were kept are used up"
    assert (whole.stale, whole.truncated) == (False, False)


def test_a_bound_of_nothing_is_refused() -> None:
    """A book without levels is none."""
    with pytest.raises(ConfigurationError):
        BookKeeper("X", max_levels=0)


# Against a naive model

bid_prices = st.integers(1, 30).map(D)
ask_prices = st.integers(31, 60).map(D)
sizes = st.integers(0, 3).map(D)


def levels_of(prices: st.SearchStrategy[Decimal]) -> st.SearchStrategy[list[Pair]]:
    """Return a strategy for the levels of one message; a price may come twice."""
    return st.lists(st.tuples(prices, sizes), max_size=8)


class Naive:
    """A book as two dicts: the plainest thing that is right."""

    def __init__(self) -> None:
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}

    def change(self, bids: list[Pair], asks: list[Pair], *, whole: bool) -> None:
        """Take in one message."""
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            if whole:
                side.clear()
            for price, size in levels:
                side[price] = size
                if not size:
                    del side[price]

    @property
    def levels(self) -> tuple[list[Pair], list[Pair]]:
        """The levels, best first."""
        return sorted(self.bids.items(), reverse=True), sorted(self.asks.items())


message = st.tuples(
    levels_of(bid_prices), levels_of(ask_prices), st.sampled_from([True] + [False] * 6)
)


@given(st.lists(message, max_size=30), st.randoms(use_true_random=False))
def test_agrees_with_a_naive_book(
    messages: list[tuple[list[Pair], list[Pair], bool]], chance: random.Random
) -> None:
    """Whatever comes in the right order, the levels are those of two dicts, looked at or not."""
    keeper, naive = BookKeeper("X"), Naive()
    applied(keeper, change(0, snapshot=True))
    for version, (bids, asks, whole) in enumerate(messages, 1):
        naive.change(bids, asks, whole=whole)
        keeper.apply(change(version, bids, asks, snapshot=whole), received_at=version)
        if chance.random() < 0.5:
            book = keeper.picture()
            assert (list(book.bids), list(book.asks)) == naive.levels
    book = keeper.picture()

    assert not book.stale
    assert (list(book.bids), list(book.asks)) == naive.levels


@given(st.lists(message, max_size=30), st.integers(1, 6))
def test_a_bounded_book_is_the_front_of_the_whole_one(
    messages: list[tuple[list[Pair], list[Pair], bool]], bound: int
) -> None:
    """While it is live, what it holds is exactly the best of the whole book, without a hole."""
    keeper, naive = BookKeeper("X", max_levels=bound), Naive()
    applied(keeper, change(0, snapshot=True))
    for version, (bids, asks, whole) in enumerate(messages, 1):
        naive.change(bids, asks, whole=whole)
        book = applied(keeper, change(version, bids, asks, snapshot=whole))
        if book.stale:
            continue
        for kept, all_of_it in zip((book.bids, book.asks), naive.levels, strict=True):
            assert len(kept) <= bound
            assert list(kept) == all_of_it[: len(kept)]
            assert len(kept) == len(all_of_it) or book.truncated
            assert kept or not all_of_it


def stream(
    chance: random.Random, length: int
) -> Iterator[tuple[BookChange, tuple[object, object]]]:
    """Yield the messages of a sound stream, each with the true book after it."""
    naive = Naive()
    for version in range(FIRST, FIRST + length):
        whole = version == FIRST or chance.random() < 0.03
        bids = [(D(chance.randint(1, 30)), D(chance.randint(0, 3))) for _ in range(4)]
        asks = [(D(chance.randint(31, 60)), D(chance.randint(0, 3))) for _ in range(4)]
        naive.change(bids, asks, whole=whole)
        yield change(version, bids, asks, snapshot=whole), naive.levels


FAULTS = ("drop", "twice", "swap", "late", "wrong")


@given(seed=st.integers(0, 2**32), fault=st.sampled_from(FAULTS), at=st.integers(1, 38))
def test_a_fault_in_the_stream_is_noticed_at_the_first_message_it_affects(
    seed: int, fault: str, at: int
) -> None:
    """No wrong book is ever shown as live: lost, repeated, swapped, late or broken (rule 92)."""
    chance = random.Random(seed)
    sound = list(stream(chance, 40))
    truth = {one.end_version: book for one, book in sound}
    messages = [one for one, _ in sound]
    victim = messages[at]
    if fault == "drop":
        del messages[at]
    elif fault == "twice":
        messages.insert(at + 1, victim)
    elif fault == "swap":
        messages[at], messages[at + 1] = messages[at + 1], victim
    elif fault == "late":
        messages.insert(min(at + 5, len(messages)), messages.pop(at))
    else:
        messages[at] = attrs.evolve(victim, bids=Levels('[["1","one"]]'))
    keeper, last = BookKeeper("X"), None
    for one in messages:
        was_live = not keeper.stale
        book = applied(keeper, one)
        fits = one.is_snapshot or (was_live and one.end_version == (last or 0) + 1)
        is_wrong = isinstance(one.bids, Levels)
        assert book.stale is (is_wrong or not fits)
        if not book.stale:
            # A late snapshot is the whole book of its moment.
            assert (list(book.bids), list(book.asks)) == truth[book.end_version]
        last = one.end_version
