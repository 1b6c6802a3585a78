"""What lies between the ends; the contract suite shows that it behaves as a network does."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sixmm.errors import ConnectionClosed, DeadlineExceeded, ProtocolViolation
from sixmm.transport.memory_pipe import End, Ping, Pipe, Pong, Text
from tests.transport.patience import in_thread, past, soon


def test_bounded() -> None:
    """Who sends to a client that does not read waits, and goes on when it does."""
    pipe = Pipe(max_queued=2)
    pipe.put([b"1", b"2"], timeout=0)

    with pytest.raises(TimeoutError):
        pipe.put([b"3"], timeout=0.01)
    with in_thread(lambda: pipe.put([b"3"], timeout=20)) as raised:
        assert pipe.receive(soon()) == [b"1", b"2"]

    assert raised == []
    assert pipe.receive(soon()) == [b"3"]


def test_batches_are_bounded() -> None:
    """One read brings about as much as one read of a socket."""
    pipe = Pipe(max_queued=100)
    pipe.put([b"x" * 20_000] * 10, timeout=0)

    assert [len(pipe.receive(soon())) for _ in range(3)] == [4, 4, 2]


def test_frozen_link_holds_what_the_client_sends() -> None:
    """A link that is dead takes messages until the buffers are full; then it is dropped."""
    pipe = Pipe(max_queued=1)
    pipe.freeze()

    for _ in range(1_024):
        assert pipe.accept(Text("x"), past()) == []
    with pytest.raises(DeadlineExceeded):
        pipe.accept(Text("x"), past())
    with pytest.raises(ConnectionClosed):
        pipe.accept(Text("x"), soon())

    assert pipe.gone


def test_peer_without_a_client() -> None:
    """What is sent to a client that has gone is lost, however much it is."""
    pipe = Pipe(max_queued=1)
    pipe.abort()

    for _ in range(10):
        pipe.put([b"x"], timeout=0)


class PipeMachine(RuleBasedStateMachine):
    """Random steps of both ends, and a model of what has to arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.pipe = Pipe(max_queued=1_000)
        self.expected: list[bytes] = []
        self.received: list[bytes] = []
        self.sent: list[str] = []
        self.frozen = False
        self.ending = False
        self.closing = False
        self.over = False

    @rule(message=st.sampled_from([b"a", b"b", b""]))
    def push(self, message: bytes) -> None:
        """The server sends a message; after its end nobody hears it."""
        self.pipe.put([message], timeout=0)
        if not self.ending and not self.over:
            self.expected.append(message)

    @rule(item=st.sampled_from([Ping(b"p"), Pong(b"q")]))
    def control(self, item: Ping | Pong) -> None:
        """The server sends a control frame."""
        self.pipe.put([item], timeout=0)

    @rule(how=st.sampled_from(["close", "violate", "drop"]))
    def end(self, how: str) -> None:
        """The server ends the link."""
        if how == "drop":
            self.pipe.drop()
            self.frozen = False
        elif how == "close":
            self.pipe.put([End(ConnectionClosed(code=4000, by="remote"))], timeout=0)
        else:
            self.pipe.put([End(ProtocolViolation("x"))], timeout=0)
        self.ending = True

    @rule(frozen=st.booleans())
    def freeze(self, frozen: bool) -> None:
        """The network stops, or goes on."""
        self.frozen = frozen
        if frozen:
            self.pipe.freeze()
        else:
            self.sent += self.pipe.thaw()
            self.ending = self.ending or self.closing

    @rule()
    def send(self) -> None:
        """The client sends."""
        try:
            self.sent += self.pipe.accept(Text("t"), past())
        except ConnectionClosed:
            assert self.over or self.ending or self.closing
        else:
            assert not self.over
            assert not self.closing

    @rule()
    def close(self) -> None:
        """The client closes."""
        self.pipe.accept_close(ConnectionClosed(code=4001, by="local"))
        self.closing = True
        if not self.frozen:
            self.ending = True

    @rule()
    def abort(self) -> None:
        """The client drops the link."""
        self.pipe.abort()
        self.over = True

    @rule()
    def receive(self) -> None:
        """The client receives what is there."""
        try:
            self.received += self.pipe.receive(past())
        except DeadlineExceeded:
            assert not self.over
        except (ConnectionClosed, ProtocolViolation):
            assert self.over or self.received == self.expected
            self.over = True

    @invariant()
    def nothing_is_lost_or_invented(self) -> None:
        """What was received is the beginning of what was sent, in its order."""
        assert self.received == self.expected[: len(self.received)]
        assert list(self.pipe.sent) == self.sent
        assert self.pipe.gone == self.over


PipeMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPipeMachine = PipeMachine.TestCase


def test_waiting_ends_are_woken() -> None:
    """A client that waits is woken by a message, a thaw and an end."""
    pipe = Pipe(max_queued=10)
    received: list[list[bytes]] = []
    pipe.freeze()
    pipe.put([b"held"], timeout=0)

    with in_thread(lambda: received.append(pipe.receive(soon()))):
        pipe.thaw()
    with in_thread(lambda: pipe.receive(soon())) as raised:
        pipe.put([End(ConnectionClosed(by="remote"))], timeout=0)

    assert received == [[b"held"]]
    assert [type(exc) for exc in raised] == [ConnectionClosed]
