"""Links over streams that break, stall and misbehave; the contract suite has the rest."""

from __future__ import annotations

import functools
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ConnectionClosed, DeadlineExceeded, ProtocolViolation
from sixmm.transport.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, FrameReader
from sixmm.transport.link import StreamLink
from sixmm.transport.streams import TcpStream
from tests.transport.fake_stream import FakeStream
from tests.transport.patience import in_thread, past, soon, wait_until
from tests.transport.servers import Connection, frame, read_frame, tcp_pair


def make_link(
    stream: FakeStream | TcpStream, received: bytes = b"", **options: float
) -> StreamLink:
    """Return a link over ``stream`` with small limits."""
    reader = FrameReader(max_frame_bytes=100_000, max_message_bytes=100_000, max_fragments=100)
    return StreamLink(stream, reader=reader, received=received, **options)


def frames_sent(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return the whole frames in what a client has sent, and the rest."""
    connection = Connection.__new__(Connection)
    connection._buffer = data
    connection._more = lambda: (_ for _ in ()).throw(EOFError)  # type: ignore[method-assign]
    frames, rest = [], data
    while rest:
        try:
            frames.append(read_frame(connection))
        except EOFError:
            break
        rest = connection._buffer
    return frames, rest


def repeat(action: Callable[[], object]) -> None:
    """Do ``action`` until it raises."""
    while True:
        action()


class TestReceiving:
    """What one read brings."""

    def test_bytes_after_the_upgrade(self) -> None:
        """What came in one piece with the upgrade is received first."""
        link = make_link(FakeStream([frame(TEXT, b"b")]), frame(TEXT, b"a"))

        assert link.receive(deadline=past()) == [b"a"]
        assert link.receive(deadline=past()) == [b"b"]

    def test_what_the_link_says_of_its_stream(self) -> None:
        """Greed is passed on, and whether a receive waits is what the stream says."""
        stream = FakeStream()
        link = make_link(stream)
        link.be_greedy()
        stream.is_waiting = True

        assert stream.greedy
        assert link.is_waiting

    def test_partial_frame_survives_a_timeout(self) -> None:
        """A timeout in the middle of a frame loses nothing."""
        data = frame(TEXT, b"hello")
        link = make_link(FakeStream([data[:3], TimeoutError(), data[3:]]))

        with pytest.raises(DeadlineExceeded):
            link.receive(deadline=soon())

        assert link.receive(deadline=soon()) == [b"hello"]

    def test_fragment_is_life(self) -> None:
        """A frame that completes no message is life, half a frame is not."""
        data = frame(TEXT, b"a", final=False) + frame(CONTINUATION, b"b")
        link = make_link(FakeStream([data[:4], data[4:]]))

        assert link.receive(deadline=soon()) == []
        assert link.receive(deadline=soon()) == [b"ab"]

    def test_close_in_one_read_with_messages(self) -> None:
        """A close frame does not swallow the messages before it."""
        stream = FakeStream([frame(TEXT, b"a") + frame(CLOSE, b"\x03\xe8") + frame(TEXT, b"b")])
        link = make_link(stream)

        assert link.receive(deadline=soon()) == [b"a"]
        with pytest.raises(ConnectionClosed):
            link.receive(deadline=soon())

    @pytest.mark.parametrize(
        ("payload", "code", "answer"),
        [(b"\x0f\xa1why", 4001, b"\x0f\xa1"), (b"", 1005, b""), (b"\x03\xe8", 1000, b"\x03\xe8")],
    )
    def test_close_is_answered(self, payload: bytes, code: int, answer: bytes) -> None:
        """The peer's close frame is answered with its own code (RFC 6455, section 5.5.1)."""
        stream = FakeStream([frame(CLOSE, payload)])

        with pytest.raises(ConnectionClosed) as caught:
            make_link(stream).receive(deadline=soon())

        assert (caught.value.code, caught.value.by) == (code, "remote")
        assert frames_sent(stream.sent) == ([(CLOSE, answer)], b"")

    def test_close_is_answered_once(self) -> None:
        """Where both sides close, each sends one close frame."""
        stream = FakeStream([frame(CLOSE, b"\x03\xe8")])
        link = make_link(stream)

        link.close(code=4000, deadline=soon())
        with pytest.raises(ConnectionClosed):
            link.receive(deadline=soon())

        assert frames_sent(stream.sent) == ([(CLOSE, b"\x0f\xa0")], b"")

    def test_reason_is_fit_for_a_log(self) -> None:
        """A reason of the peer is one line, without control characters or secrets."""
        reason = b"a\r\nb\x1b[31m?token=CANARY"
        link = make_link(FakeStream([frame(CLOSE, b"\x03\xe8" + reason)]))

        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())

        assert caught.value.reason == "a\\r\\nb\\x1b[31m?token=***"

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (frame(3), 1002),
            (frame(TEXT, b"x", mask=b"abcd"), 1002),
            (frame(TEXT, b"\xff"), 1007),
            (b"\x81\x7f\x00\x00\x00\xff\xff\xff\xff\xff", 1009),
        ],
    )
    def test_violation_is_told_to_the_peer(self, data: bytes, code: int) -> None:
        """A violation ends with a close frame that names it, after the messages before it."""
        stream = FakeStream([frame(TEXT, b"a") + data])
        link = make_link(stream)

        assert link.receive(deadline=soon()) == [b"a"]
        for _ in range(2):
            with pytest.raises(ProtocolViolation) as caught:
                link.receive(deadline=soon())
            assert caught.value.close_code == code
        with pytest.raises(ConnectionClosed):
            link.send("x", deadline=soon())

        ((opcode, payload),), _ = frames_sent(stream.sent)
        assert (opcode, int.from_bytes(payload[:2], "big")) == (CLOSE, code)

    @pytest.mark.parametrize("failure", [ConnectionResetError(104, "reset"), OSError(5, "I/O")])
    def test_failure(self, failure: OSError) -> None:
        """A connection that fails has the code 1006, and the reason as its cause."""
        link = make_link(FakeStream([frame(TEXT, b"a"), failure]))

        assert link.receive(deadline=soon()) == [b"a"]
        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())

        assert (caught.value.code, caught.value.by) == (1006, "network")
        assert caught.value.__cause__ is failure

    def test_peer_hangs_up_after_our_close(self) -> None:
        """A peer that hangs up in place of an answer has let us close."""
        link = make_link(FakeStream())

        link.close(code=4000, deadline=soon())
        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())

        assert (caught.value.code, caught.value.by) == (4000, "local")

    def test_messages_before_a_broken_pipe(self) -> None:
        """A pong that cannot be sent does not cost the messages that have arrived."""
        stream = FakeStream(
            [frame(PING) + frame(TEXT, b"a"), frame(PING) + frame(TEXT, b"b")], budget=0
        )
        link = make_link(stream)

        assert link.receive(deadline=soon()) == [b"a"]
        assert link.receive(deadline=soon()) == [b"b"]
        with pytest.raises(ConnectionClosed):
            link.receive(deadline=soon())


class TestPings:
    """Pings of the peer."""

    def test_answered_in_one_write(self) -> None:
        """The pings of one read are answered together, in their order."""
        stream = FakeStream([frame(PING, b"1") + frame(TEXT, b"a") + frame(PING, b"2")])

        assert make_link(stream).receive(deadline=soon()) == [b"a"]

        assert frames_sent(stream.sent) == ([(PONG, b"1"), (PONG, b"2")], b"")

    def test_flood_is_answered_in_part(self) -> None:
        """Of a flood of pings the newest are answered; that is enough (section 5.5.3)."""
        stream = FakeStream([b"".join(frame(PING, b"%d" % i) for i in range(1_000))])

        assert make_link(stream).receive(deadline=soon()) == []

        pongs, _ = frames_sent(stream.sent)
        assert pongs[-1] == (PONG, b"999")
        assert len(pongs) == 16

    def test_not_answered_after_our_close(self) -> None:
        """After our close frame nothing is sent."""
        stream = FakeStream([frame(PING, b"1")])
        link = make_link(stream)

        link.close(deadline=soon())
        assert link.receive(deadline=soon()) == []

        assert [opcode for opcode, _ in frames_sent(stream.sent)[0]] == [CLOSE]


class TestSending:
    """Frames go out whole, or the link goes."""

    @pytest.mark.parametrize("failure", [ConnectionResetError(104, "reset"), TimeoutError()])
    def test_failure_at_each_byte(self, failure: OSError) -> None:
        """Wherever a send fails, nothing follows on the wire: no frame, no pong, no close."""
        for budget in range(200):
            stream = FakeStream([frame(PING, b"p")], budget=budget, failure=failure)
            link = make_link(stream)

            with pytest.raises((ConnectionClosed, DeadlineExceeded)):
                repeat(functools.partial(link.send, "x" * 50, deadline=soon()))
            assert stream.ended
            with pytest.raises(ConnectionClosed):
                link.send("y", deadline=soon())
            with pytest.raises(ConnectionClosed):
                link.ping(b"", deadline=soon())
            with pytest.raises(ConnectionClosed):
                repeat(functools.partial(link.receive, deadline=soon()))
            link.close(deadline=soon())

            assert len(stream.sent) == budget
            whole, rest = frames_sent(stream.sent)
            assert whole == [(TEXT, b"x" * 50)] * len(whole)
            assert len(rest) < 56

    def test_failure_has_its_cause(self) -> None:
        """The error tells what the system said."""
        link = make_link(FakeStream(budget=0))

        with pytest.raises(ConnectionClosed) as caught:
            link.send("x", deadline=soon())

        assert isinstance(caught.value.__cause__, ConnectionResetError)
        assert caught.value.by == "network"

    @pytest.mark.parametrize("budget", [0, 1, 30, 55])
    def test_interrupted_inside_a_frame(self, budget: int) -> None:
        """After Ctrl-C in the middle of a send the link is over: nothing may follow half a frame.

        The turn to write is free again, so nobody waits for it, and the interrupt goes on.
        """
        stream = FakeStream([frame(PING)], budget=budget, failure=KeyboardInterrupt())
        link = make_link(stream)

        with pytest.raises(KeyboardInterrupt):
            link.send("x" * 50, deadline=soon())

        assert stream.ended
        with pytest.raises(ConnectionClosed) as caught:
            link.send("y", deadline=soon())
        assert (caught.value.code, caught.value.by) == (1006, "local")
        with pytest.raises(ConnectionClosed):
            repeat(functools.partial(link.receive, deadline=soon()))
        link.close(deadline=soon())
        assert len(stream.sent) == budget

    def test_interrupted_before_a_frame(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """After Ctrl-C before the first byte of a frame the link is as good as before."""
        stream = FakeStream()
        link = make_link(stream)

        def interrupt() -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(link, "_require_open", interrupt)
            with pytest.raises(KeyboardInterrupt):
                link.send("lost", deadline=soon())
        link.send("sent", deadline=soon())

        assert not stream.ended
        assert frames_sent(stream.sent) == ([(TEXT, b"sent")], b"")

    def test_masks_differ(self) -> None:
        """Two equal messages look different on the wire (section 5.3)."""
        stream = FakeStream()
        link = make_link(stream)

        for _ in range(50):
            link.send("same text", deadline=soon())

        size = len(stream.sent) // 50
        assert len({stream.sent[i : i + size] for i in range(0, len(stream.sent), size)}) == 50


class TestStalls:
    """A peer that does not read blocks whoever sends, and nobody for ever."""

    @pytest.fixture
    def ends(self) -> Iterator[tuple[TcpStream, socket.socket]]:
        """A stream with small buffers, and the peer's socket."""
        ours, theirs = tcp_pair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8_192)
        stream = TcpStream(ours)
        yield stream, theirs
        stream.close()
        theirs.close()

    def test_ping_flood(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A peer that sends pings and reads nothing is dropped when its pongs do not go out."""
        stream, theirs = ends
        link = make_link(stream, pong_timeout=0.05)

        def flood() -> None:
            theirs.sendall(frame(PING, b"x" * 125) * 100)

        with (
            in_thread(lambda: repeat(flood)) as raised,
            pytest.raises(ConnectionClosed) as caught,
        ):
            repeat(lambda: link.receive(deadline=soon()))
        link.close(deadline=soon())

        assert caught.value.by == "network"
        assert isinstance(raised[0], OSError)

    def test_turn_to_write(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """Who waits for another thread's send waits until its own deadline, not longer."""
        stream, _ = ends
        link = make_link(stream)

        with in_thread(lambda: link.send("x" * 5_000_000, deadline=soon())) as raised:
            wait_until(link._write_turn.locked)
            with pytest.raises(DeadlineExceeded):
                link.ping(b"", deadline=Deadline(0.01))

        assert isinstance(raised[0], ConnectionClosed)

    @pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="it needs a signal of POSIX")
    def test_interrupt_while_a_send_is_stuck(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """Ctrl-C gets a caller out of a send that is stuck; then the link is over."""
        stream, _ = ends
        link = make_link(stream)
        main = threading.main_thread().ident or 0

        def press() -> None:
            wait_until(lambda: link._torn)
            signal.pthread_kill(main, signal.SIGINT)

        with in_thread(press) as raised, pytest.raises(KeyboardInterrupt):
            link.send("x" * 5_000_000, deadline=soon())

        assert raised == []
        with pytest.raises(ConnectionClosed):
            link.send("y", deadline=soon())
        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())
        assert (caught.value.code, caught.value.by) == (1006, "local")

    def test_close_while_a_send_is_stuck(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """Closing has its own deadline, and then ends the stuck send, too."""
        stream, _ = ends
        link = make_link(stream)

        with in_thread(lambda: link.send("x" * 5_000_000, deadline=soon())) as raised:
            wait_until(link._write_turn.locked)
            link.close(code=4000, deadline=Deadline(0.01))

        assert isinstance(raised[0], ConnectionClosed)
        with pytest.raises(ConnectionClosed) as caught:
            link.receive(deadline=soon())
        assert (caught.value.code, caught.value.by) == (4000, "local")

    def test_violation_of_a_peer_that_goes_on(self, ends: tuple[TcpStream, socket.socket]) -> None:
        """A peer that never stops sending does not keep us from ending the link."""
        stream, theirs = ends
        link = make_link(stream)

        def flood() -> None:
            theirs.sendall(frame(3))
            while True:
                theirs.sendall(frame(BINARY, b"x" * 5_000))

        with in_thread(flood) as raised, pytest.raises(ProtocolViolation):
            link.receive(deadline=soon())
        link.abort()

        assert isinstance(raised[0], OSError)
