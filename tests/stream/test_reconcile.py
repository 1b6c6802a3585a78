"""What a resync tells, compared with a model exchange over random histories (rules 59, 78, 81)."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.state.account import AccountMirror
from sixmm.state.models import (
    ENDED_RANK,
    Balance,
    Baseline,
    ConditionOrder,
    Facts,
    Fill,
    Order,
    Position,
    Snapshot,
)
from sixmm.stream.reconcile import (
    AccountChange,
    Change,
    ConditionChange,
    OrderChange,
    expects_fills,
    reconcile,
    torn_orders,
)

from .model import ModelExchange, partly_filled

SYMBOLS = ("BTCUSDT", "ETHUSDT")
ASSETS = ("USDT", "BTC")


class Follower:
    """What a session does with its mirror, without threads, sockets and JSON.

    ``told`` is what the caller got, in order: facts of pushes and changes of snapshots.
    """

    def __init__(self, exchange: ModelExchange) -> None:
        self.exchange = exchange
        self.mirror = AccountMirror()
        self.told: list[Facts | Change] = []
        self.connected = False
        self.wire: deque[Facts] = deque()
        self.delivered: list[Facts] = []
        self.divergences: list[str] = []
        exchange.tell = self._pushed
        self.last_snapshot = self._prime()

    def _pushed(self, facts: Facts) -> None:
        if self.connected:
            self.wire.append(facts)

    def _prime(self) -> Snapshot:
        baseline = Baseline(since_ms=self.exchange.now_ms - 10_000)
        self.mirror.begin(self.exchange.now_ms)
        snapshot = self.snapshot(baseline, lambda: None)
        self.mirror.adopt(snapshot)
        self.mirror.mark_stale()
        return snapshot

    # What the link does

    def repeat(self, index: int) -> None:
        """Push something again that has reached the client, or is on its way on this link."""
        pushed = [*self.delivered, *self.wire]
        if self.connected and pushed:
            self.wire.append(pushed[-1 - index % len(pushed)])

    def lose_link(self) -> None:
        """Lose what is on the wire."""
        self.connected = False
        self.wire.clear()
        self.mirror.mark_stale()

    def hand_over(self, count: int | None = None) -> None:
        """Take the next pushes from the wire, or all."""
        for facts in self.take(count):
            if self.mirror.apply(facts):
                self.told.append(facts)

    def take(self, count: int | None = None) -> list[Facts]:
        """Read the next pushes from the wire, or all."""
        count = len(self.wire) if count is None else min(count, len(self.wire))
        taken = [self.wire.popleft() for _ in range(count)]
        self.delivered += taken
        return taken

    def compare(self) -> None:
        """Note where the mirror is not the account, at a moment when it should be."""
        picture, exchange = self.mirror.picture(), self.exchange
        pairs: dict[str, tuple[object, object]] = {
            "orders": (dict(picture.orders), exchange.orders),
            "positions": (dict(picture.positions), exchange.positions),
            "balances": (dict(picture.balances), exchange.balances),
            "fills": (
                {fill.fill_id for fill in picture.fills},
                {fill.fill_id for fill in exchange.fills},
            ),
            "stale": (picture.stale, ()),
        }
        self.divergences += [
            f"{name}: {mine!r} instead of {true!r}"
            for name, (mine, true) in pairs.items()
            if mine != true
        ]

    # What the session does

    def snapshot(self, baseline: Baseline, between: Callable[[], None]) -> Snapshot:
        """Read the five parts in the documented order, with whatever happens between two calls."""
        exchange = self.exchange
        as_of_ms = exchange.now_ms
        between()
        fills = exchange.read_fills(baseline)
        between()
        open_orders = exchange.read_open()
        between()
        ended_orders = exchange.read_ended(baseline)
        between()
        positions = exchange.read_positions()
        between()
        balances = exchange.read_balances()
        between()
        return Snapshot(
            as_of_ms=as_of_ms,
            fills=fills,
            open_orders=open_orders,
            ended_orders=ended_orders,
            positions=positions,
            balances=balances,
        )

    def synchronize(self, between: Callable[[], None], *, late: int = 0) -> Snapshot:
        """Compare with a snapshot; all but the ``late`` last pushes are buffered by then."""
        snapshot = self.snapshot(self.mirror.baseline(), between)
        buffered = self.take(max(0, len(self.wire) - late))
        self.told += reconcile(self.mirror, snapshot, buffered, partly_filled=partly_filled)
        for facts in buffered:
            if self.mirror.apply(facts):
                self.told.append(facts)
        self.mirror.mark_checked(snapshot.as_of_ms)
        return snapshot

    # What the caller got

    @property
    def order_tellings(self) -> list[tuple[Order, Fill | None]]:
        """Every order state that was told, with its fill where there is one."""
        tellings: list[tuple[Order, Fill | None]] = []
        for item in self.told:
            if isinstance(item, OrderChange):
                tellings.append((item.order, item.fill))
            elif isinstance(item, Facts) and item.orders:
                tellings.append((item.orders[0], item.fills[0] if item.fills else None))
        return tellings


# Histories

Action = tuple[str, int, int]

CHANGES = ("place", "rest", "fill", "fill", "cancel", "amend", "balance", "position", "pass")


@attrs.frozen
class Connection:
    """One link: what happens while there is none, during the comparison, and while it is up."""

    offline: list[Action]
    during: list[list[Action]]
    """What happens before, between and after the five calls."""
    late: int
    """How many of the last pushes arrive only after the comparison."""
    online: list[Action]
    dies: bool
    """Whether the link dies before the comparison is finished."""


def act(follower: Follower, action: Action) -> None:
    """Do one thing to the exchange or to the link."""
    exchange = follower.exchange
    name, which, amount = action
    ids = list(exchange.orders)
    if name == "place" or (name in ("rest", "fill", "cancel", "amend") and not ids):
        exchange.place(amount + 1)
    elif name == "rest":
        exchange.rest(ids[which % len(ids)])
    elif name == "fill":
        exchange.fill(ids[which % len(ids)], amount)
    elif name == "cancel":
        exchange.cancel(ids[which % len(ids)])
    elif name == "amend":
        exchange.amend(ids[which % len(ids)], price=100 + amount, more=which)
    elif name == "balance":
        exchange.set_balance(ASSETS[which % 2], amount)
    elif name == "position":
        exchange.set_position(SYMBOLS[which % 2], amount - 1)
    elif name == "pass":
        exchange.let_pass(which * 4_000)
    elif name == "repeat":
        follower.repeat(which)
    elif name == "deliver":
        follower.hand_over(which)
    elif name == "lose":
        follower.lose_link()


def live_through(history: Sequence[Connection]) -> Follower:
    """Run a history, then one quiet resync; return the follower."""
    follower = Follower(ModelExchange())
    for connection in history:
        _live_through_one(follower, connection)
    follower.connected = True
    follower.last_snapshot = follower.synchronize(lambda: None)
    follower.compare()
    return follower


def _live_through_one(follower: Follower, connection: Connection) -> None:
    for action in connection.offline:
        act(follower, action)
    follower.connected = True
    steps = iter(connection.during)

    def between() -> None:
        for action in next(steps):
            act(follower, action)

    if connection.dies:
        between()
        # The comparison is not finished, but a push that has arrived is told.
        follower.hand_over()
    else:
        follower.synchronize(between, late=connection.late)
        follower.hand_over()
        follower.compare()
        for action in connection.online:
            act(follower, action)
    follower.lose_link()


# Histories by chance: many and cheap, the same at every run

HISTORIES = 2_000


def some_actions(chance: random.Random, names: Sequence[str], most: int) -> list[Action]:
    """Return up to ``most`` actions."""
    return [
        (chance.choice(names), chance.randrange(6), chance.randrange(1, 5))
        for _ in range(chance.randrange(most + 1))
    ]


def some_history(seed: int, *, late: bool, deaths: bool) -> list[Connection]:
    """Return the history of a few links, with or without late pushes and early deaths."""
    chance = random.Random(seed)
    lively = (*CHANGES, "repeat", "repeat")
    return [
        Connection(
            offline=some_actions(chance, CHANGES, 4),
            during=[some_actions(chance, lively, 2) for _ in range(6)],
            late=chance.choice((0, 0, 1, 2, 3)) if late else 0,
            online=some_actions(chance, (*lively, "deliver", "deliver", "lose"), 6),
            dies=deaths and chance.random() < 0.2,
        )
        for _ in range(chance.randrange(1, 4))
    ]


def some_followers(*, late: bool, deaths: bool) -> list[Follower]:
    """Return clients that have lived through such histories."""
    seeds = range(HISTORIES)
    return [live_through(some_history(seed, late=late, deaths=deaths)) for seed in seeds]


@pytest.fixture(scope="module")
def followers() -> list[Follower]:
    """Clients that have seen everything: also pushes that came after the comparison.

    Such a push was sent before the snapshot was complete: the fence did not hold it back.
    """
    return some_followers(late=True, deaths=True)


@pytest.fixture(scope="module")
def fenced_followers() -> list[Follower]:
    """Clients whose comparisons had every push buffered; some links died during one."""
    return some_followers(late=False, deaths=True)


@pytest.fixture(scope="module")
def calm_followers() -> list[Follower]:
    """Clients whose comparisons had every push buffered and were all finished."""
    return some_followers(late=False, deaths=False)


# The promises, each over one follower


def every_fill_once(follower: Follower) -> None:
    """Each fill id has reached the caller once."""
    told = Counter(fill.fill_id for _, fill in follower.order_tellings if fill is not None)
    assert told == Counter(fill.fill_id for fill in follower.exchange.fills)


def mirror_is_the_account(follower: Follower) -> None:
    """After each resync and drain the mirror was the account."""
    assert follower.divergences == []


def told_ends_with_the_truth(follower: Follower) -> None:
    """What was told last about anything is what the exchange has."""
    exchange = follower.exchange
    orders = {order.order_id: state_of(order) for order, _ in follower.order_tellings}
    assert orders == {key: state_of(order) for key, order in exchange.orders.items()}
    balances: dict[str, Balance] = {}
    positions: dict[tuple[str, str], Position] = {}
    for item in follower.told:
        if isinstance(item, Facts | AccountChange):
            balances |= {balance.asset: balance for balance in item.balances}
            positions |= {position.key: position for position in item.positions}
    assert balances == exchange.balances
    assert {k: p for k, p in positions.items() if p.quantity} == exchange.positions


def no_order_goes_back(follower: Follower) -> None:
    """Per order, rank and executed quantity never fall."""
    last: dict[str, Order] = {}
    for order, _ in follower.order_tellings:
        before = last.get(order.order_id)
        if before is not None:
            assert order.rank >= before.rank
            assert (order.executed_quantity or 0) >= (before.executed_quantity or 0)
        last[order.order_id] = order


def no_state_twice(follower: Follower) -> None:
    """No order state without a fill is told again: it says something that was not said."""
    last: dict[str, tuple[object, ...]] = {}
    for order, fill in follower.order_tellings:
        state = (*state_of(order), order.updated_at_ms)
        assert fill is not None or last.get(order.order_id) != state
        last[order.order_id] = state


def fill_with_its_state(follower: Follower) -> None:
    """The state told with a fill is the one right after that fill."""
    for order, fill in follower.order_tellings:
        if fill is not None:
            expected = follower.exchange.executed_after[fill.fill_id]
            assert (fill.fill_id, order.executed_quantity) == (fill.fill_id, expected)


def second_pass_is_empty(follower: Follower) -> None:
    """The last snapshot tells nothing when it is looked at again."""
    again = reconcile(follower.mirror, follower.last_snapshot, [], partly_filled=partly_filled)
    assert again == []


def state_of(order: Order) -> tuple[object, ...]:
    """Return what makes the state of an order."""
    return order.status, order.rank, order.executed_quantity, order.price, order.quantity


def hold(promise: Callable[[Follower], None], followers: Sequence[Follower]) -> None:
    """Check a promise over many followers; a failure names the seed of the history."""
    broken = []
    for seed, follower in enumerate(followers):
        try:
            promise(follower)
        except AssertionError as error:
            broken.append((seed, str(error)))
    count = len(broken)
    assert not broken, f"{count} of {len(followers)} histories; seed {broken[0][0]}: {broken[0][1]}"


def test_every_fill_is_told_exactly_once(followers: list[Follower]) -> None:
    """Whatever is lost, repeated or late: each fill id reaches the caller once (rule 81)."""
    hold(every_fill_once, followers)


def test_the_mirror_is_the_account_after_each_resync(followers: list[Follower]) -> None:
    """After each comparison, once the wire is empty, the mirror is the account."""
    hold(mirror_is_the_account, followers)


def test_what_was_told_ends_with_the_truth(fenced_followers: list[Follower]) -> None:
    """The last state told of each order, balance and position is the one that the exchange has."""
    hold(told_ends_with_the_truth, fenced_followers)


def test_no_order_goes_back(fenced_followers: list[Follower]) -> None:
    """Rank and executed quantity of an order never fall in what the caller gets (rule 81)."""
    hold(no_order_goes_back, fenced_followers)


def test_no_order_state_is_told_twice(followers: list[Follower]) -> None:
    """A state that says nothing new is left out (rule 81)."""
    hold(no_state_twice, followers)


def test_a_fill_comes_with_the_state_right_after_it(calm_followers: list[Follower]) -> None:
    """The state told with a fill has what was executed up to that fill, not more and not less."""
    hold(fill_with_its_state, calm_followers)


def test_a_second_pass_over_the_same_snapshot_finds_nothing(followers: list[Follower]) -> None:
    """A comparison converges in one pass: the same facts tell nothing again."""
    hold(second_pass_is_empty, followers)


# The same, by Hypothesis: few, but made small when one fails

change = st.tuples(st.sampled_from(CHANGES), st.integers(0, 5), st.integers(1, 4))
repeat = st.tuples(st.just("repeat"), st.integers(0, 9), st.just(0))
online = st.tuples(st.sampled_from(("deliver", "lose")), st.integers(0, 4), st.just(0))
connection = st.builds(
    Connection,
    offline=st.lists(change, max_size=4),
    during=st.lists(st.lists(change | repeat, max_size=2), min_size=6, max_size=6),
    late=st.just(0),
    online=st.lists(change | repeat | online, max_size=6),
    dies=st.booleans(),
)
histories = st.lists(connection, min_size=1, max_size=3)


@settings(max_examples=200)
@given(histories)
def test_promises_hold_for_any_history(history: list[Connection]) -> None:
    """All of the above, for the smallest history that breaks one."""
    follower = live_through(history)
    every_fill_once(follower)
    mirror_is_the_account(follower)
    told_ends_with_the_truth(follower)
    no_order_goes_back(follower)
    no_state_twice(follower)
    second_pass_is_empty(follower)


@settings(max_examples=50)
@given(histories)
def test_the_same_history_tells_the_same(history: list[Connection]) -> None:
    """There is no hidden state: the same input gives the same output, in the same order."""
    assert live_through(history).told == live_through(history).told


def test_a_snapshot_whose_fills_are_older_than_its_orders_torn_orders() -> None:
    """A row with a fill that nothing has told is told only when the fill can be told with it."""
    order = Order(
        order_id="1",
        status="PARTIALLY_FILLED",
        rank=2,
        quantity=Decimal(3),
        executed_quantity=Decimal(2),
    )
    fills = tuple(
        Fill(fill_id=f"f{n}", order_id="1", quantity=Decimal(1), time_ms=n) for n in (1, 2)
    )
    torn = Snapshot(as_of_ms=9, fills=fills[:1], open_orders=(order,))
    whole = Snapshot(as_of_ms=9, fills=fills, open_orders=(order,))
    mirror = AccountMirror()
    assert torn_orders(mirror, torn, []) == {"1"}
    assert not torn_orders(mirror, torn, [Facts(fills=fills[1:])])
    assert not torn_orders(mirror, whole, [])


def test_what_was_executed_before_the_start_does_not_make_a_snapshot_torn() -> None:
    """Fills from before the first snapshot are not asked for, and nobody waits for them."""
    order = Order(order_id="1", status="PENDING", rank=1, executed_quantity=Decimal(5))
    mirror = AccountMirror()
    mirror.adopt(Snapshot(as_of_ms=1, fills=(), open_orders=(order,)))
    more = attrs.evolve(order, executed_quantity=Decimal(6))
    fill = Fill(fill_id="f", order_id="1", quantity=Decimal(1))
    assert torn_orders(mirror, Snapshot(as_of_ms=2, fills=(), open_orders=(more,)), [])
    assert not torn_orders(mirror, Snapshot(as_of_ms=2, fills=(fill,), open_orders=(more,)), [])


def test_what_follows_a_push_is_left_to_the_pushes_and_looked_at_again() -> None:
    """A later fill of an order that a buffered push is about comes on the same link, in order."""
    order = Order(
        order_id="1", status="FILLED", rank=3, quantity=Decimal(2), executed_quantity=Decimal(2)
    )
    first, second = (
        Fill(fill_id=f"f{n}", order_id="1", quantity=Decimal(1), time_ms=n) for n in (5, 7)
    )
    state = attrs.evolve(order, status="PARTIALLY_FILLED", rank=2, executed_quantity=Decimal(1))
    buffered = [Facts(ts_ms=5, push="push", orders=(state,), fills=(first,))]
    snapshot = Snapshot(as_of_ms=9, fills=(first, second), open_orders=(), ended_orders=(order,))
    mirror = AccountMirror()
    assert expects_fills(mirror, snapshot, buffered)
    assert reconcile(mirror, snapshot, buffered, partly_filled=partly_filled) == []
    assert not expects_fills(mirror, snapshot, [])


def test_an_order_for_an_amount_of_money_ends_once() -> None:
    """Its size says nothing of how much was filled: the venue says what came after a fill."""
    mirror = AccountMirror()
    mirror.begin(1)
    order = Order(
        order_id="1",
        status="FILLED",
        rank=ENDED_RANK,
        symbol="BTCUSDT",
        quantity=Decimal(100),
        executed_quantity=Decimal(2),
        updated_at_ms=7,
    )
    fill = Fill(fill_id="f1", order_id="1", quantity=Decimal(2), time_ms=5)
    snapshot = Snapshot(as_of_ms=9, fills=(fill,), open_orders=(), ended_orders=(order,))
    changes = reconcile(mirror, snapshot, [], partly_filled=lambda order, _: order)
    assert changes == [OrderChange(order=order, fill=fill)]


def pushed_end() -> AccountMirror:
    """Return a mirror that was told, by a push that says no more, that an order was cancelled."""
    mirror = AccountMirror()
    mirror.begin(1)
    end = Order(order_id="1", status="CANCELED", rank=ENDED_RANK)
    mirror.apply(Facts(ts_ms=6, push="push", orders=(end,)))
    return mirror


def canceled(executed: int) -> Order:
    """Return the same order as REST knows it."""
    return Order(
        order_id="1",
        status="CANCELED",
        rank=ENDED_RANK,
        price=Decimal(9),
        quantity=Decimal(5),
        executed_quantity=Decimal(executed),
    )


def test_an_end_that_a_push_has_told_is_not_told_again() -> None:
    """What REST knows of the order besides goes into the picture; a second pass finds nothing."""
    mirror, row = pushed_end(), canceled(0)
    snapshot = Snapshot(as_of_ms=9, fills=(), open_orders=(), ended_orders=(row,))
    assert reconcile(mirror, snapshot, [], partly_filled=partly_filled) == []
    assert mirror.order("1") == row
    assert reconcile(mirror, snapshot, [], partly_filled=partly_filled) == []


def test_a_fill_from_before_an_end_that_a_push_has_told_is_told_with_that_end() -> None:
    """The fill is news, and the end is not: nothing follows it."""
    mirror, row = pushed_end(), canceled(2)
    fills = tuple(
        Fill(fill_id=f"f{n}", order_id="1", quantity=Decimal(1), time_ms=n) for n in (4, 5)
    )
    snapshot = Snapshot(as_of_ms=9, fills=fills, open_orders=(), ended_orders=(row,))
    changes = reconcile(mirror, snapshot, [], partly_filled=partly_filled)
    assert changes == [OrderChange(order=row, fill=fill) for fill in fills]
    assert mirror.order("1") == row


def test_an_end_whose_fills_were_told_is_not_told_again() -> None:
    """How much was executed is no news where pushes have told it fill by fill."""
    mirror, row = pushed_end(), canceled(2)
    fill = Fill(fill_id="f1", order_id="1", quantity=Decimal(2), time_ms=4)
    mirror.apply(Facts(ts_ms=7, push="late", fills=(fill,)))
    snapshot = Snapshot(as_of_ms=9, fills=(fill,), open_orders=(), ended_orders=(row,))
    assert reconcile(mirror, snapshot, [], partly_filled=partly_filled) == []


def test_another_end_is_news() -> None:
    """What REST says is told where it contradicts the push."""
    mirror, row = pushed_end(), attrs.evolve(canceled(0), status="REJECTED")
    snapshot = Snapshot(as_of_ms=9, fills=(), open_orders=(), ended_orders=(row,))
    assert reconcile(mirror, snapshot, [], partly_filled=partly_filled) == [OrderChange(order=row)]


def test_an_end_is_told_again_where_it_tells_what_no_fill_told() -> None:
    """How much was executed is news where the fills could not be read."""
    mirror, row = pushed_end(), canceled(2)
    snapshot = Snapshot(as_of_ms=9, fills=None, open_orders=(), ended_orders=(row,))
    changes = reconcile(mirror, snapshot, [], partly_filled=partly_filled)
    assert changes == [OrderChange(order=row)]


# Condition orders


def waiting(number: int) -> ConditionOrder:
    """Return a condition order that waits."""
    return ConditionOrder(
        condition_id=f"c{number}", status="NEW", is_waiting=True, updated_at_ms=number
    )


def ended(number: int, at_ms: int) -> ConditionOrder:
    """Return one that waits no more."""
    return ConditionOrder(
        condition_id=f"c{number}", status="CANCELED", is_waiting=False, updated_at_ms=at_ms
    )


def compare(mirror: AccountMirror, snapshot: Snapshot) -> list[Change]:
    """Compare with a snapshot, as a session does."""
    changes = reconcile(mirror, snapshot, [], partly_filled=partly_filled)
    mirror.mark_checked(snapshot.as_of_ms, unchecked=snapshot.unchecked)
    return changes


def test_condition_orders_are_told_once_and_first() -> None:
    """By time, before the orders that they became; a second pass finds nothing."""
    mirror = AccountMirror()
    mirror.adopt(Snapshot(as_of_ms=1, conditions=(waiting(1),)))
    order = Order(order_id="1", status="OPEN", rank=1, updated_at_ms=2)
    snapshot = Snapshot(
        as_of_ms=9,
        open_orders=(order,),
        conditions=(waiting(4), waiting(3)),
        ended_conditions=(ended(2, 8), ended(1, 5)),
    )
    changes = compare(mirror, snapshot)
    told = [change.condition for change in changes if isinstance(change, ConditionChange)]

    assert told == [waiting(3), waiting(4), ended(1, 5), ended(2, 8)]
    assert changes[4:] == [OrderChange(order=order)]
    assert set(mirror.picture().conditions) == {"c3", "c4"}
    assert compare(mirror, snapshot) == []


def test_condition_orders_that_are_read_for_the_first_time_are_no_news() -> None:
    """Nothing is known that they could differ from; from then on they are compared."""
    mirror = AccountMirror()
    mirror.adopt(Snapshot(as_of_ms=1, unchecked={"conditions": "down"}))

    assert compare(mirror, Snapshot(as_of_ms=2, conditions=(waiting(1),))) == []
    assert set(mirror.picture().conditions) == {"c1"}
    changes = compare(mirror, Snapshot(as_of_ms=3, conditions=(waiting(1), waiting(2))))
    assert changes == [ConditionChange(condition=waiting(2))]


def test_condition_orders_that_were_not_read_stay_as_they_are() -> None:
    """That part is stale, and nothing is concluded from it."""
    mirror = AccountMirror()
    mirror.adopt(Snapshot(as_of_ms=1, conditions=(waiting(1),)))

    assert compare(mirror, Snapshot(as_of_ms=2, unchecked={"conditions": "down"})) == []
    assert set(mirror.picture().conditions) == {"c1"}
    assert mirror.picture().stale == ("conditions",)
