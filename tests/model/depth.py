"""A depth stream with faults, and the books of a client that follow it.

The exchange keeps a book of whole numbers, sends its changes one version after the other, and
answers what the client asks: a topic that is dropped goes on for a moment, and begins anew with a
snapshot. What is right is decided here, from the numbers that were sent; the client's books are
only looked at.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import DeadlineExceeded, DecodeError
from sixmm.events import ConnectionEvent, Event, UnknownEvent
from sixmm.state.book import Book
from sixmm.state.book_keeper import BookChange
from sixmm.stream.backoff import BackoffPolicy
from sixmm.stream.books import Books

from .tape import Tape

__all__ = ["FAULTS", "DepthWorld", "follow"]

Fault = Literal["drop", "twice", "swap", "older", "crossed", "unread", "wrong", "jump"]

FAULTS: tuple[Fault, ...] = (
    "drop",
    "twice",
    "swap",
    "older",
    "crossed",
    "unread",
    "wrong",
    "jump",
)

_TOPIC = "depth.X"
_POLICY = BackoffPolicy(base=1.0, maximum=60.0, stable_after=10.0)
_NOW = Deadline(0.0)
_MID = 100
_MOST_BACKLOG = 6

Levels = dict[int, int]


@attrs.frozen(kw_only=True)
class _Sent:
    """One message on the wire."""

    text: bytes
    version: int | None = None
    """None where it cannot be read."""
    is_snapshot: bool = False
    is_sound: bool = True
    """Whether its levels are right, so that it may be believed."""
    confirms: Callable[[], None] | None = None
    """What an answer calls, where it is one."""


class DepthWorld:
    """An exchange with one depth topic, and a client's book of it.

    Args:
        tape: decides what happens.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.clock = ManualClock()
        self.wire: deque[_Sent] = deque()
        self.wrong: list[str] = []
        self.tried: dict[str, int] = dict.fromkeys(
            (
                *FAULTS,
                "messages",
                "live",
                "flagged",
                "healed",
                "healed in peace",
                "renewals",
                "cut",
            ),
            0,
        )
        self._version = 0
        self._bids: Levels = {_MID - 1: 1}
        self._asks: Levels = {_MID + 1: 1}
        self._truth: dict[int, tuple[Levels, Levels]] = {}
        self._is_sent = False
        self._sound: list[_Sent] = []
        # What a client has to make of what it was given: the version that it follows, or None.
        self._follows: int | None = None
        self._is_dropping = False
        self._renewals = self._renewals_before = self._faults_since_break = 0
        self._has_broken = False
        self._told: list[ConnectionEvent] = []
        self._jobs: dict[str, tuple[float, Callable[[], None]]] = {}
        self.books = Books(
            self,
            clock=self.clock,
            topic_of="depth.{}".format,
            decode=_decode,
            change_of=_change_of,
            tell=self._told.append,
            policy=_POLICY,
        )
        self.books.timer = self
        self._topics: set[str] = set()
        topic = self.books.begin("X")
        assert topic == _TOPIC
        self._topics.add(topic)
        self._begin()

    # The exchange

    def move(self) -> None:
        """Change the book, and send that where the topic is subscribed to."""
        tape = self.tape
        changes: tuple[Levels, Levels] = ({}, {})
        for _ in range(tape.pick(3) + 1):
            distance, size, side = tape.pick(9) + 1, tape.pick(4), tape.pick(2)
            price = _MID + distance if side else _MID - distance
            changes[side][price] = size
        for book, change in zip((self._bids, self._asks), changes, strict=True):
            _merge(book, change)
        self._version += 1
        self._keep()
        if self._is_sent:
            self._send(self._sent(*changes))

    def spoil(self, fault: Fault) -> None:
        """Do something wrong to what is on the wire."""
        messages = [sent for sent in self.wire if sent.confirms is None]
        if not self._is_sent or not messages:
            return
        at = self.wire.index(messages[self.tape.pick(len(messages))])
        victim = self.wire[at]
        if fault == "drop":
            del self.wire[at]
        elif fault == "twice":
            self.wire.insert(at, victim)
        elif fault == "swap":
            if at + 1 == len(self.wire) or self.wire[at + 1].confirms is not None:
                return
            self.wire[at], self.wire[at + 1] = self.wire[at + 1], victim
        elif fault == "older":
            if not self._sound:
                return
            self.wire.insert(at, self._sound[self.tape.pick(len(self._sound))])
        else:
            self.wire[at] = _spoilt(victim, fault)
        self.tried[fault] += 1
        self._faults_since_break += 1

    def _begin(self) -> None:
        """Send the snapshot of a new subscription."""
        self._is_sent = True
        self._keep()
        self._send(self._sent(self._bids, self._asks, is_snapshot=True))

    def _send(self, sent: _Sent) -> None:
        self.wire.append(sent)
        self._sound.append(sent)

    def _keep(self) -> None:
        self._truth[self._version] = (dict(self._bids), dict(self._asks))

    def _sent(self, bids: Levels, asks: Levels, *, is_snapshot: bool = False) -> _Sent:
        text = _text(self._version, bids, asks, is_snapshot=is_snapshot)
        return _Sent(text=text, version=self._version, is_snapshot=is_snapshot)

    # What the books ask the desk

    def wanted(self) -> set[str]:
        """Return what was asked for."""
        return self._topics

    def renew(self, topic: str, dropped: Callable[[], None]) -> bool:
        """Drop the topic and begin anew; what is sent until then is of the old subscription."""
        assert topic == _TOPIC
        self._renewals += 1
        self.tried["renewals"] += 1
        for _ in range(self.tape.pick(3)):
            self.move()
        self._is_sent = False

        def confirmed() -> None:
            self._is_dropping, self._sound = False, []
            dropped()
            for _ in range(self.tape.pick(3)):
                self.move()
            self._begin()

        # An earlier request that is asked again is answered no more.
        self.wire = deque(sent for sent in self.wire if sent.confirms is None)
        self.wire.append(_Sent(text=b"", confirms=confirmed))
        self._is_dropping = True
        return True

    def flush(self) -> None:
        """Do nothing: what is asked is on its way already."""

    # What the books ask the timer

    def after(self, name: str, delay: float, action: Callable[[], None]) -> None:
        """Keep a job."""
        self._jobs[name] = (self.clock.monotonic() + delay, action)

    def cancel(self, name: str) -> None:
        """Drop a job."""
        self._jobs.pop(name, None)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.clock.advance(seconds)
        for name, (at, action) in list(self._jobs.items()):
            if at <= self.clock.monotonic():
                del self._jobs[name]
                action()

    # The client

    def deliver(self) -> None:
        """Give the client the next message, and look at its book."""
        sent = self.wire.popleft()
        if sent.confirms is not None:
            sent.confirms()
            return
        self.tried["messages"] += 1
        was_live, renewals = self._follows is not None, self._renewals
        self._expect(sent)
        self.books.feed([sent.text], [_TOPIC], received_at=1)
        book = self.book
        is_live = book is not None and not book.stale
        if is_live is not (self._follows is not None):
            word = "live" if is_live else "stale"
            self.wrong.append(f"flagged: the book is {word} after version {sent.version}")
        elif book is not None and is_live:
            self._compare(book)
        if was_live and not is_live:
            self.tried["flagged"] += 1
            self._note_broken(renewals)
        elif is_live and not was_live and self._has_broken:
            self._note_healed()

    def deliver_all(self) -> None:
        """Give the client everything that is on the wire, and what it asks for meanwhile."""
        while self.wire:
            self.deliver()

    def cut(self) -> None:
        """End the connection; the next one begins with a snapshot."""
        self.tried["cut"] += 1
        self.wire.clear()
        self._sound, self._follows, self._is_dropping = [], None, False
        self._note_broken(self._renewals)
        self.books.lost()
        self.books.opened()
        self._begin()

    @property
    def book(self) -> Book | None:
        """The book as the client shows it; None where it never had one."""
        try:
            return self.books.read("X", _NOW)
        except DeadlineExceeded:
            return None

    def _expect(self, sent: _Sent) -> None:
        """Work out what a client that believes nothing wrong has to make of a message."""
        if self._is_dropping:
            # It belongs to the old subscription.
            return
        if sent.is_snapshot:
            self._follows = sent.version if sent.is_sound else None
        elif self._follows is not None:
            fits = sent.is_sound and sent.version == self._follows + 1
            self._follows = sent.version if fits else None

    def _compare(self, book: Book) -> None:
        assert book.end_version is not None
        bids, asks = self._truth[book.end_version]
        self.tried["live"] += 1
        mine = tuple(
            {int(level.price): int(level.quantity) for level in side}
            for side in (book.bids, book.asks)
        )
        if mine != (bids, asks) or book.end_version != self._follows:
            self.wrong.append(f"shown: {mine} instead of {(bids, asks)}")

    def _note_broken(self, renewals: int) -> None:
        self._has_broken, self._renewals_before, self._faults_since_break = True, renewals, 0

    def _note_healed(self) -> None:
        self.tried["healed"] += 1
        if self._faults_since_break:
            return
        self.tried["healed in peace"] += 1
        if self._renewals - self._renewals_before > 1:
            self.wrong.append(f"healed: by {self._renewals - self._renewals_before} subscriptions")


def follow(numbers: list[int]) -> DepthWorld:
    """Return a world after a stream with faults, and then in peace until the book must be live."""
    world = DepthWorld(Tape(numbers))
    tape = world.tape
    while not tape.is_over:
        act = tape.pick(10)
        if act < 5:
            world.move()
        elif act < 7:
            world.spoil(tape.choose(FAULTS))
        elif act == 7:
            # What is on the wire for long would be asked for once more.
            world.deliver_all()
            world.pass_time(tape.choose((0.1, 3.0, 12.0)))
        elif act == 8 and not tape.pick(8):
            world.cut()
        while world.wire and (tape.pick(2) or len(world.wire) > _MOST_BACKLOG):
            world.deliver()
    for _ in range(4):
        world.deliver_all()
        world.pass_time(_POLICY.maximum)
        world.move()
    world.deliver_all()
    if world.book is None or world.book.stale:
        world.wrong.append("healed: not at all")
    return world


def _merge(book: Levels, change: Levels) -> None:
    for price, size in change.items():
        book.pop(price, None)
        if size:
            book[price] = size


def _text(version: int, bids: Levels, asks: Levels, *, is_snapshot: bool) -> bytes:
    told = {"v": version, "bids": [*bids.items()], "asks": [*asks.items()], "whole": is_snapshot}
    return json.dumps(told).encode()


def _spoilt(victim: _Sent, fault: Fault) -> _Sent:
    """Return a message with something in it that cannot be."""
    told: dict[str, Any] = {} if victim.version is None else json.loads(victim.text)
    is_plain = victim.version is not None and not (fault == "jump" and victim.is_snapshot)
    if fault == "unread" or not is_plain:
        return _Sent(text=b"{", is_snapshot=victim.is_snapshot, is_sound=False)
    version = victim.version
    if fault == "jump":
        assert version is not None
        version = told["v"] = version + 1_000
    elif fault == "crossed":
        told["bids"] = [*told["bids"], [_MID + 20, 1]]
        told["asks"] = [*told["asks"], [_MID + 19, 1]]
    else:
        told["bids"] = [*told["bids"], [_MID - 1, -1]]
    return _Sent(
        text=json.dumps(told).encode(),
        version=version,
        is_snapshot=victim.is_snapshot,
        is_sound=False,
    )


def _decode(message: bytes, *, received_at: int) -> Event:
    try:
        return UnknownEvent(data=json.loads(message), received_at=received_at)
    except ValueError:
        raise DecodeError("not JSON") from None


def _change_of(event: Event) -> BookChange | None:
    data: Any = getattr(event, "data", None)
    return BookChange(
        symbol="X",
        bids=_pairs(data["bids"]),
        asks=_pairs(data["asks"]),
        end_version=data["v"],
        is_snapshot=data["whole"],
    )


def _pairs(levels: Sequence[Sequence[int]]) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(price), Decimal(size)) for price, size in levels]
