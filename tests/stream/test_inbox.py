"""The inbox: two lanes, both bounded; what is dropped is counted, what is private never is."""

from __future__ import annotations

import os
import threading
import traceback
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import Deadline
from sixmm.errors import AuthenticationError, ClientClosed, ConfigurationError, SixmmError
from sixmm.events import Connected, Event, InboxFilling, Overflow, UnknownEvent
from sixmm.stream.inbox import Inbox, InboxLimits
from sixmm.stream.lanes import Item

from .waiting import GENEROUS, wait_until

NOW = 0.0


def private(number: int, size: int = 0) -> Event:
    """Return a private event."""
    return UnknownEvent(topic=str(number), raw="x" * size)


@attrs.frozen
class Market:
    """A market message with its topic."""

    topic: str
    raw: bytes


def market(number: int, *, topic: str = "t", size: int = 1) -> Market:
    """Return a market message."""
    return Market(topic, str(number).encode().rjust(size))


def put_market(inbox: Inbox, messages: Sequence[Market]) -> bool:
    """Put messages in as one read."""
    return inbox.put_market(
        [message.raw for message in messages],
        received_at=7,
        topics=[message.topic for message in messages],
    )


def pop(inbox: Inbox, deadline: Deadline) -> Item | None:
    """Return what comes next, as a caller takes it, or None at the deadline."""
    while True:
        try:
            return inbox.front.items.pop()
        except IndexError:
            if not inbox.refill(deadline):
                return None


def take(inbox: Inbox) -> Item | None:
    """Return what is there, without waiting."""
    return pop(inbox, Deadline(NOW))


def drain(inbox: Inbox) -> list[Item]:
    """Return everything that is there."""
    items = []
    while (item := take(inbox)) is not None:
        items.append(item)
    return items


def in_thread(action: Callable[[], object]) -> threading.Thread:
    """Run something in another thread."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread


def join(thread: threading.Thread) -> None:
    """Wait for the end of a thread, with a deadline that means a deadlock."""
    thread.join(GENEROUS)
    assert not thread.is_alive()


# Order


@given(st.lists(st.sampled_from(["private", "news", "market"]), max_size=50))
def test_each_lane_keeps_its_order_and_the_private_one_is_first(kinds: list[str]) -> None:
    """Per lane events leave as they came; a private event does not wait behind market data."""
    inbox = Inbox()
    for number, kind in enumerate(kinds):
        if kind == "private":
            assert inbox.put_private([private(number)])
        elif kind == "news":
            inbox.tell(private(number, size=10))
        else:
            assert put_market(inbox, [market(number)])
    expected = [str(n) for n, kind in enumerate(kinds) if kind != "market"]
    expected += [str(n) for n, kind in enumerate(kinds) if kind == "market"]
    items = drain(inbox)
    found = [i.topic if isinstance(i, Event) else i.decode() for i in items]
    assert found == expected
    assert (inbox.private_depth, inbox.market_depth) == (0, 0)
    # What has left no longer counts towards the bounds.
    assert (inbox._private.size, inbox._market.size) == (0, 0)


def test_an_empty_inbox_gives_none_at_the_deadline() -> None:
    """A wait has an end."""
    assert pop(Inbox(), Deadline(0.001)) is None


PUTS: list[Callable[[Inbox], object]] = [
    lambda inbox: inbox.put_private([private(1)]),
    lambda inbox: put_market(inbox, [market(1)]),
    lambda inbox: inbox.tell(private(1)),
]


@pytest.mark.parametrize("put", PUTS)
def test_a_waiting_caller_is_woken_by_an_event(put: Callable[[Inbox], object]) -> None:
    """From either lane, and by news about the connection."""
    inbox = Inbox()
    found: list[object] = []
    thread = in_thread(lambda: found.append(pop(inbox, Deadline(GENEROUS))))
    put(inbox)
    join(thread)
    assert found[0] is not None


# The market lane


def limits(policy: str, *, messages: int = 3, size: int = 1_000) -> InboxLimits:
    """Return small bounds."""
    return InboxLimits(
        market_messages=messages,
        market_bytes=size,
        market_policy=policy,  # type: ignore[arg-type]
    )


def test_drop_oldest_keeps_the_newest() -> None:
    """And an Overflow before the next message says how many are missing."""
    inbox = Inbox(limits("drop_oldest"))
    put_market(inbox, [market(n) for n in range(5)])
    overflow, *rest = drain(inbox)
    assert isinstance(overflow, Overflow)
    assert (overflow.dropped, overflow.policy) == (2, "drop_oldest")
    assert rest == [b"2", b"3", b"4"]
    assert inbox.dropped == 2


def test_latest_keeps_the_newest_of_each_topic() -> None:
    """A slow caller sees the present state of every topic."""
    inbox = Inbox(limits("latest"))
    put_market(inbox, [market(n, topic=t) for n, t in enumerate("ababcb")])
    overflow, *rest = drain(inbox)
    assert isinstance(overflow, Overflow)
    assert overflow.dropped == 3
    assert rest == [b"2", b"4", b"5"]


def test_an_overflow_is_told_once() -> None:
    """Each drop is counted in one Overflow."""
    inbox = Inbox(limits("drop_oldest", messages=1))
    put_market(inbox, [market(n) for n in range(3)])
    assert [type(item) for item in drain(inbox)] == [Overflow, bytes]
    put_market(inbox, [market(9)])
    assert [type(item) for item in drain(inbox)] == [bytes]


@given(
    policy=st.sampled_from(["drop_oldest", "latest"]),
    messages=st.integers(1, 5),
    size=st.integers(1, 40),
    steps=st.lists(
        st.one_of(
            st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 20)), max_size=8),
            st.integers(0, 5),
        ),
        max_size=20,
    ),
)
def test_every_message_is_either_delivered_or_counted(
    policy: str,
    messages: int,
    size: int,
    steps: list[list[tuple[str, int]] | int],
) -> None:
    """Delivered and dropped add up to sent, exactly; the bounds hold; nothing overtakes."""
    inbox = Inbox(limits(policy, messages=messages, size=size))
    sent = told = 0
    topics: dict[int, str] = {}
    delivered: list[int] = []

    def note(item: Item | None) -> None:
        nonlocal told
        if isinstance(item, Overflow):
            told += item.dropped
        elif isinstance(item, bytes):
            delivered.append(int(item))

    for step in steps:
        if isinstance(step, int):
            for _ in range(step):
                note(take(inbox))
            continue
        put_market(inbox, [market(sent + n, topic=t, size=s) for n, (t, s) in enumerate(step)])
        topics.update((sent + n, t) for n, (t, _) in enumerate(step))
        sent += len(step)
        assert inbox.market_depth <= messages
    for item in drain(inbox):
        note(item)
    assert len(delivered) + inbox.dropped == sent
    assert told == inbox.dropped
    for topic in "abc":
        numbers = [number for number in delivered if topics[number] == topic]
        assert numbers == sorted(set(numbers))


def test_the_bytes_of_the_market_lane_are_bounded() -> None:
    """A few large messages count as much as many small ones; one that is too large passes alone."""
    inbox = Inbox(limits("drop_oldest", messages=100, size=10))
    put_market(inbox, [market(n, size=6) for n in range(4)])
    assert inbox.market_depth == 1
    put_market(inbox, [market(9, size=50)])
    assert inbox.market_depth == 1
    assert inbox.dropped == 4


def test_block_waits_and_drops_nothing() -> None:
    """The reader waits until the caller has taken something; order and number are kept."""
    inbox = Inbox(limits("block", messages=2))
    thread = in_thread(lambda: put_market(inbox, [market(n) for n in range(50)]))
    items = [pop(inbox, Deadline(GENEROUS)) for _ in range(50)]
    join(thread)
    assert items == [str(n).encode() for n in range(50)]
    assert inbox.dropped == 0


# The private lane


def test_the_private_lane_waits_and_drops_nothing() -> None:
    """At its bound the reader stops reading; everything arrives, in order."""
    inbox = Inbox(InboxLimits(private_events=3))
    result: list[bool] = []
    thread = in_thread(lambda: result.append(inbox.put_private([private(n) for n in range(50)])))
    found: list[str] = []
    while len(found) < 50:
        item = pop(inbox, Deadline(GENEROUS))
        assert isinstance(item, Event)
        if not isinstance(item, InboxFilling):
            found.append(item.topic)
    join(thread)
    assert found == [str(n) for n in range(50)]
    assert result == [True]


def test_much_at_once_goes_on_in_parts() -> None:
    """A reader that waits for room goes on long before the caller has taken everything."""
    inbox = Inbox(InboxLimits(private_events=600))
    texts = [str(number).encode() for number in range(3_000)]
    thread = in_thread(lambda: inbox.put_private(texts, received_at=7))
    found: list[bytes] = []
    while len(found) < len(texts):
        item = pop(inbox, Deadline(GENEROUS))
        assert item is not None
        if isinstance(item, bytes):
            found.append(item)
            assert inbox.private_depth <= 601
    join(thread)
    assert found == texts


def test_the_private_lane_is_bounded_in_events_and_bytes() -> None:
    """However many are offered, no more than the bound and one warning is held."""
    for bounds, size in (
        (InboxLimits(private_events=4), 0),
        (InboxLimits(private_bytes=4_000), 500),
    ):
        inbox = Inbox(bounds)
        offered = threading.Event()

        def offer(
            inbox: Inbox = inbox, size: int = size, offered: threading.Event = offered
        ) -> None:
            inbox.put_private([private(n, size) for n in range(4)])
            offered.set()
            inbox.put_private([private(n, size) for n in range(100)])

        thread = in_thread(offer)
        depths = []
        while not offered.is_set():
            depths.append(inbox.private_depth)
            pop(inbox, Deadline(0.01))
        depths += [inbox.private_depth for _ in range(100)]
        inbox.end()
        join(thread)
        assert max(depths) <= 5


def test_an_event_larger_than_the_lane_passes_alone() -> None:
    """Otherwise it would wait for ever."""
    inbox = Inbox(InboxLimits(private_bytes=100))
    thread = in_thread(lambda: inbox.put_private([private(1, 1_000)]))
    join(thread)
    assert private(1, 1_000) in drain(inbox)


def test_filling_is_told_once_per_rise_and_first() -> None:
    """At 80 % the caller is warned, in front of what waits; again only after it has fallen."""
    inbox = Inbox(InboxLimits(private_events=10))
    inbox.put_private([private(n) for n in range(9)])
    first = take(inbox)
    assert isinstance(first, InboxFilling)
    assert first.events == 9
    assert sum(isinstance(item, InboxFilling) for item in drain(inbox)) == 0
    inbox.put_private([private(n) for n in range(9)])
    assert sum(isinstance(item, InboxFilling) for item in drain(inbox)) == 1


def test_filling_is_told_before_what_the_caller_has_at_hand() -> None:
    """It is late, and in the middle of a read; the rest of that read comes after the warning."""
    inbox = Inbox(InboxLimits(private_events=10))
    inbox.put_private([private(n) for n in range(4)])
    assert take(inbox) == private(0)
    inbox.put_private([private(n) for n in range(4, 9)])
    warning, *rest = drain(inbox)
    assert isinstance(warning, InboxFilling)
    assert rest == [private(n) for n in range(1, 9)]


def test_filling_is_told_for_bytes_too() -> None:
    """A few large events fill the lane as many small ones do, each time they do."""
    inbox = Inbox(InboxLimits(private_bytes=10_000))
    for _ in range(2):
        assert inbox.put_private([private(1, 8_000)])
        assert [type(item) for item in drain(inbox)] == [InboxFilling, UnknownEvent]


def test_news_about_the_connection_does_not_wait() -> None:
    """The timer thread and the reader tell it also where the lane is full; piles are bounded."""
    inbox = Inbox(InboxLimits(private_events=1))
    inbox.put_private([private(1)])

    def tell() -> None:
        for number in range(2_500):
            inbox.tell(Connected(connection=number, private=True))

    thread = in_thread(tell)
    join(thread)
    assert 100 < inbox.private_depth < 2_000


def test_a_backlog_of_text_takes_little_more_than_the_text() -> None:
    """A caller that is far behind costs the bytes that came, and at most a third more."""
    inbox = Inbox()
    tracemalloc.start()
    try:
        for start in range(0, 20_000, 100):
            texts = [b"%450d" % number for number in range(start, start + 100)]
            inbox.put_private(texts, received_at=start)
        del texts
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert inbox.private_depth == 20_000
    assert held <= 1.3 * 20_000 * 450


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_child_of_a_fork_has_nothing_in_front() -> None:
    """So it asks for more, and is told there that it may not take from its parent's inbox."""
    inbox = Inbox()
    inbox.put_private([private(1), private(2)])
    assert take(inbox) == private(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(len(inbox.front.items))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert take(inbox) == private(2)


# The end


def _blocked_private(inbox: Inbox) -> bool:
    return inbox.put_private([private(n) for n in range(9)])


def _blocked_market(inbox: Inbox) -> bool:
    return put_market(inbox, [market(n) for n in range(9)])


@pytest.mark.parametrize("put", [_blocked_private, _blocked_market])
def test_the_end_wakes_a_blocked_reader(put: Callable[[Inbox], bool]) -> None:
    """It learns that what it has left is not taken."""
    inbox = Inbox(InboxLimits(private_events=1, market_messages=1, market_policy="block"))
    result: list[bool] = []
    thread = in_thread(lambda: result.append(put(inbox)))
    wait_until(lambda: inbox.private_depth or inbox.market_depth)
    inbox.end()
    join(thread)
    assert result == [False]


def test_the_end_wakes_every_waiting_caller() -> None:
    """Each learns why."""
    inbox = Inbox()
    errors: list[SixmmError] = []

    def wait() -> None:
        try:
            pop(inbox, Deadline(GENEROUS))
        except SixmmError as error:
            errors.append(error)

    threads = [in_thread(wait) for _ in range(4)]
    inbox.end(ClientClosed("the client is closed"))
    for thread in threads:
        join(thread)
    assert len(errors) == 4


def test_private_events_can_be_taken_after_the_end() -> None:
    """What was received is handed over, then the error is raised, at every further call."""
    inbox = Inbox()
    inbox.put_private([private(1)])
    put_market(inbox, [market(1)])
    fatal = AuthenticationError("bad key", code=1003)
    inbox.end(fatal)
    inbox.end(ClientClosed("later"))
    assert take(inbox) == private(1)
    for _ in range(2):
        with pytest.raises(AuthenticationError):
            take(inbox)
    assert not inbox.put_private([private(2)])
    assert not put_market(inbox, [market(2)])
    inbox.tell(private(3))
    with pytest.raises(AuthenticationError):
        take(inbox)


def test_a_caller_that_asks_again_and_again_does_not_make_the_error_grow() -> None:
    """The traceback of the error is that of one call, not of all calls so far."""
    inbox = Inbox()
    inbox.end(AuthenticationError("bad key", code=1003))
    lengths = set()
    for _ in range(50):
        with pytest.raises(AuthenticationError) as caught:
            take(inbox)
        lengths.add(len(traceback.extract_tb(caught.value.__traceback__)))
    assert len(lengths) == 1


@pytest.mark.parametrize(
    "bounds",
    [
        {"private_events": 0},
        {"private_bytes": 0},
        {"market_messages": -1},
        {"market_bytes": 0},
        {"market_policy": "newest"},
    ],
)
def test_bounds_that_cannot_work_are_refused(bounds: dict[str, object]) -> None:
    """An inbox that could hold nothing would hang."""
    with pytest.raises(ConfigurationError):
        InboxLimits(**bounds)  # type: ignore[arg-type]


def test_callers_are_woken_when_the_reader_has_done_its_work() -> None:
    """Between gather and release nobody is woken; release says whether anybody waited."""
    inbox = Inbox()
    inbox.gather()
    inbox.put_private([b"1"])
    assert not inbox.release()

    assert inbox.refill(Deadline(GENEROUS))
    assert inbox.front.items.pop() == b"1"
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(inbox.refill, Deadline(GENEROUS))
        wait_until(lambda: inbox._takers.tickets)
        inbox.gather()
        inbox.put_private([b"2"])
        assert not taking.done()
        assert inbox.release()
        assert taking.result(GENEROUS)
    assert inbox.front.items == [b"2"]


def test_a_gathering_over_another_wakes_for_both() -> None:
    """Where a thread stands still before its release, the next one to read wakes its callers."""
    inbox = Inbox()
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(inbox.refill, Deadline(GENEROUS))
        wait_until(lambda: inbox._takers.tickets)
        inbox.gather()
        inbox.put_private([b"1"])
        inbox.gather()
        assert not taking.done()
        assert inbox.release()
        assert taking.result(GENEROUS)
    assert not inbox.release()


def test_what_comes_into_an_empty_inbox_is_in_front_at_once() -> None:
    """The next call finds it without a look at the lanes; what comes later waits behind it."""
    inbox = Inbox()
    inbox.put_private([b"1", b"2"])
    assert inbox.front.items == [b"2", b"1"]
    inbox.put_private([b"3"])
    assert inbox.front.items.pop() == b"1"
    assert inbox.front.items.pop() == b"2"
    assert inbox.refill(Deadline(GENEROUS))
    assert inbox.front.items == [b"3"]


def test_what_is_told_does_not_count_as_put() -> None:
    """An interrupted read goes on where it was, whatever other threads have told meanwhile."""
    inbox = Inbox()
    inbox.put_private([b"1", b"2"])
    inbox.tell(private(3))
    assert inbox.private_puts == 2
    inbox.put_private([b"4"])
    assert inbox.private_puts == 3


def test_a_warning_comes_before_what_comes_after_it() -> None:
    """Also where a caller has taken what it is about in the meantime, so that the lane is empty."""
    inbox = Inbox(InboxLimits(private_events=5))
    inbox.put_private([b"1", b"2", b"3", b"4"])
    taken = inbox._private.head()
    assert taken is not None
    taken.items.clear()
    # Who asks how much waits has the used batch put away.
    assert inbox.private_depth == 1
    inbox.put_private([b"5"])
    assert [type(item) for item in drain(inbox)] == [InboxFilling, bytes]
