"""Streams over TCP: two threads, two deadlines, and no descriptor given back too early."""

from __future__ import annotations

import contextlib
import functools
import itertools
import select
import socket
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from sixmm.clock import WAIT_SLICE, Deadline, ManualClock
from sixmm.transport.streams import FLOOD_BYTES, RECV_BYTES, TcpStream, Waiter, _Occupancy
from tests.interrupts import LONG, interrupted_unawares
from tests.transport.patience import in_thread, past, soon
from tests.transport.servers import PATIENCE, tcp_pair


@pytest.fixture
def ends() -> Iterator[tuple[TcpStream, socket.socket]]:
    """A stream, and the socket at its other end."""
    ours, theirs = tcp_pair()
    stream = TcpStream(ours)
    yield stream, theirs
    stream.close()
    theirs.close()


@pytest.fixture(params=["poll", "select"])
def any_waiter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to wait; the second is the one of Windows."""
    if request.param == "select":
        monkeypatch.delattr(select, "poll", raising=False)


@pytest.mark.usefixtures("any_waiter")
class TestWaiting:
    """Each direction waits on its own."""

    def test_recv_what_is_there(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """What has arrived is returned even after the deadline."""
        stream, theirs = ends
        theirs.sendall(b"abc")

        assert stream.recv(past()) == b"abc"

    def test_recv_in_vain(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """Waiting ends with the deadline, and what comes later is not lost."""
        stream, theirs = ends

        for deadline in (past(), Deadline(0.01)):
            with pytest.raises(TimeoutError):
                stream.recv(deadline)
        theirs.sendall(b"late")

        assert stream.recv(soon()) == b"late"

    def test_recv_after_a_full_read(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """After a read that was full there may be more, or not."""
        stream, theirs = ends
        stream._drained = False

        with pytest.raises(TimeoutError):
            stream.recv(past())
        theirs.sendall(b"more")

        assert stream.recv(soon()) == b"more"

    def test_more_at_once_in_a_flood(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A greedy stream follows a full read by a larger one; all bytes come, in order."""
        stream, theirs = ends
        stream.greedy = True
        data = bytes(range(256)) * 4096
        sending = threading.Thread(target=theirs.sendall, args=(data,), daemon=True)
        sending.start()
        reads = [stream.recv(soon())]
        while sum(map(len, reads)) < len(data):
            reads.append(stream.recv(soon()))
        sending.join(PATIENCE)

        assert b"".join(reads) == data
        for before, read in itertools.pairwise(reads):
            assert len(read) <= (FLOOD_BYTES if len(before) >= RECV_BYTES else RECV_BYTES)

    def test_an_interrupted_wait_has_taken_nothing(
        self, ends: tuple[TcpStream, socket.socket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whether a receive waits is known where it is interrupted, and only there."""
        stream, theirs = ends

        def interrupt(_: Deadline) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(stream._readable, "wait", interrupt)
            with pytest.raises(KeyboardInterrupt):
                stream.recv(soon())
        assert stream.is_waiting
        theirs.sendall(b"later")

        assert stream.recv(soon()) == b"later"
        assert not stream.is_waiting

    def test_recv_waits(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A receiver is woken by what arrives."""
        stream, theirs = ends
        received: list[bytes] = []

        with in_thread(lambda: received.append(stream.recv(Deadline(None)))):
            theirs.sendall(b"x")

        assert received == [b"x"]

    def test_send_more_than_the_buffers_hold(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A large message is sent whole while the other side reads."""
        stream, theirs = ends
        data = bytes(range(256)) * 8_192

        with in_thread(lambda: stream.send(data, soon())) as raised:
            received = b""
            while len(received) < len(data):
                received += theirs.recv(RECV_BYTES)

        assert raised == []
        assert received == data

    def test_send_in_vain(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A send to somebody who does not read ends with its deadline."""
        stream, _ = ends

        with pytest.raises(TimeoutError):
            stream.send(b"x" * 10_000_000, Deadline(0.01))

    def test_both_directions(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A blocked receiver does not keep another thread from sending, with its own deadline."""
        stream, theirs = ends
        received: list[bytes] = []

        with in_thread(lambda: received.append(stream.recv(soon()))):
            stream.send(b"question", past())
            assert theirs.recv(100) == b"question"
            theirs.sendall(b"answer")

        assert received == [b"answer"]

    def test_end(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """The end of the stream is empty, as often as it is asked for."""
        stream, theirs = ends
        theirs.sendall(b"last")
        theirs.close()

        assert [stream.recv(soon()) for _ in range(3)] == [b"last", b"", b""]

    @pytest.mark.parametrize("stop", ["shutdown", "close"])
    def test_shutdown_frees_a_receiver(
        self, ends: tuple[TcpStream, socket.socket], stop: str
    ) -> None:
        """A blocked receiver returns when another thread ends the connection."""
        stream, _ = ends
        received: list[bytes] = []

        def receive() -> None:
            with contextlib.suppress(OSError):
                received.append(stream.recv(Deadline(None)))

        with in_thread(receive) as raised:
            getattr(stream, stop)()

        assert raised == []
        assert received in ([b""], [])

    def test_shutdown_frees_a_sender(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A blocked sender fails when another thread ends the connection."""
        stream, _ = ends

        with in_thread(lambda: stream.send(b"x" * 10_000_000, Deadline(None))) as raised:
            stream.shutdown()

        assert isinstance(raised[0], OSError)

    def test_long_deadlines(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A deadline of many years does not overflow."""
        stream, theirs = ends
        theirs.sendall(b"x")

        assert stream.recv(Deadline(1e10)) == b"x"

    def test_a_wait_of_days(
        self, ends: tuple[TcpStream, socket.socket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A long wait is made of short ones, so that an interrupt is noticed in between."""
        stream, theirs = ends
        waits: list[float | None] = []

        def wait(timeout_ms: float | None) -> bool:
            waits.append(timeout_ms)
            return len(waits) == 3

        monkeypatch.setattr(stream._readable, "_wait", wait)
        theirs.sendall(b"x")

        assert stream.recv(Deadline(1e6)) == b"x"
        assert waits == [WAIT_SLICE * 1_000] * 3

    @pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
    def test_an_interrupt_during_a_wait(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """Ctrl-C ends a read of the caller, also where the system call does not notice it."""
        stream, _ = ends

        with interrupted_unawares():
            stream.recv(Deadline(LONG))

    def test_clock_that_stands_still(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A deadline of a clock that is moved by hand does not make the wait endless."""
        stream, _ = ends

        with pytest.raises(TimeoutError):
            stream.recv(Deadline(0.01, clock=ManualClock()))


class TestClosing:
    """A descriptor is given back once, and to nobody's surprise."""

    def test_close_is_repeatable(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """After the first close nothing happens."""
        stream, theirs = ends

        stream.close()
        stream.close()
        stream.shutdown()
        stream.finish()

        assert stream.fileno() == -1
        assert theirs.recv(1) == b""

    def test_use_after_close(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A closed stream fails at once, whatever its descriptor is used for now."""
        stream, _ = ends
        stream.close()

        with pytest.raises(OSError, match="closed"):
            stream.recv(soon())
        with pytest.raises(OSError, match="closed"):
            stream.send(b"x", soon())

    def test_descriptor_is_kept_while_it_is_used(
        self, ends: tuple[TcpStream, socket.socket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A thread that polls a descriptor still owns it when another thread closes the stream."""
        stream, _ = ends
        during: list[int] = []
        wait = stream._readable.wait

        def close_meanwhile(deadline: Deadline) -> None:
            stream.close()
            during.append(stream.fileno())
            wait(deadline)

        monkeypatch.setattr(stream._readable, "wait", close_meanwhile)

        assert stream.recv(soon()) == b""
        assert during != [-1]
        assert stream.fileno() == -1

    def test_descriptor_is_kept_until_the_last_one_leaves(
        self, ends: tuple[TcpStream, socket.socket]
    ) -> None:
        """Of a reader and a writer that are both blocked, the second one gives it back."""
        stream, _ = ends

        def use(action: Callable[[], object]) -> None:
            with contextlib.suppress(OSError):
                action()

        with (
            in_thread(lambda: use(lambda: stream.recv(Deadline(None)))) as reader,
            in_thread(
                lambda: use(lambda: stream.send(b"x" * 10_000_000, Deadline(None)))
            ) as writer,
        ):
            stream.close()

        assert reader == writer == []
        assert stream.fileno() == -1

    def test_finish(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A half-closed stream still receives."""
        stream, theirs = ends

        stream.finish()

        assert theirs.recv(1) == b""
        theirs.sendall(b"more")
        assert stream.recv(soon()) == b"more"


class TestOccupancy:
    """Who is inside keeps the room, and nobody comes in once it is closed."""

    @pytest.fixture
    def room(self) -> Room:
        """A room that nobody has entered."""
        return Room()

    def test_refused_one_leaves_no_trace(self, room: Room) -> None:
        """Who was refused does not keep the descriptor from being given back."""
        room.occupancy.enter()
        room.occupancy.close()
        with pytest.raises(OSError, match="closed"):
            room.occupancy.enter()

        assert room.released == 0
        room.occupancy.leave()
        assert room.released == 1

    def test_closed_before_it_is_given_back(self, room: Room) -> None:
        """Nobody comes in between the decision to give the descriptor back and doing so."""
        refused: list[OSError] = []

        def come_in() -> None:
            room.on_release = lambda: None
            with pytest.raises(OSError, match="closed") as caught:
                room.occupancy.enter()
            refused.append(caught.value)

        room.on_release = come_in
        room.occupancy.close()

        assert len(refused) == 1

    def test_never_given_back_under_a_thread(self) -> None:
        """However threads that come and go are mixed with a close, nobody is inside after it."""

        def come_and_go(room: Room) -> None:
            with contextlib.suppress(OSError):
                while True:
                    room.use()

        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            for _ in range(50):
                room = Room()
                visit = functools.partial(come_and_go, room)
                with in_thread(visit) as one, in_thread(visit) as other:
                    room.occupancy.close()

                assert one == other == []
                assert room.released > 0
                assert room.faults == 0
        finally:
            sys.setswitchinterval(interval)


class Room:
    """A resource that notes when it is given back too early, or used too late."""

    def __init__(self) -> None:
        """Open it."""
        self.occupancy = _Occupancy(self._release)
        self.on_release: Callable[[], None] = lambda: None
        self.released = 0
        self.faults = 0
        self._users: list[None] = []

    def use(self) -> None:
        """Come in, use it and leave."""
        self.occupancy.enter()
        try:
            self._users.append(None)
            self.faults += self.released > 0
            self._users.pop()
        finally:
            self.occupancy.leave()

    def _release(self) -> None:
        self.on_release()
        self.faults += bool(self._users)
        self.released += 1


def test_descriptors_above_1024() -> None:
    """Waiting works with any descriptor where the system has poll (select stops at 1024)."""
    resource = pytest.importorskip("resource", reason="Windows numbers descriptors otherwise")
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1_200:
        pytest.skip("the system allows too few open files")
    with contextlib.ExitStack() as stack:
        while True:
            pair = [stack.enter_context(end) for end in socket.socketpair()]
            if min(end.fileno() for end in pair) > 1_024:
                break
        pair[1].sendall(b"x")

        assert Waiter(pair[0]).ready(PATIENCE)
        assert Waiter(pair[0], writable=True).ready(PATIENCE)
