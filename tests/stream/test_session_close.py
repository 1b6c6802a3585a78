"""The end of a session: it always comes, in time, and leaves nothing behind."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sixmm.clock import Deadline
from sixmm.errors import (
    ClientClosed,
    ConnectFailed,
)
from sixmm.stream.inbox import InboxLimits
from sixmm.stream.states import State

from .server import FakeServer, Rig
from .waiting import GENEROUS, wait_until

MakeRig = Callable[..., Rig]


def subscribe(rig: Rig, *topics: str, timeout: float = GENEROUS) -> None:
    """Subscribe."""
    rig.session.subscribe(topics, Deadline(timeout))


def _blocked_dial(server: FakeServer) -> None:
    server.ws.stall_next()


def _blocked_login(server: FakeServer) -> None:
    server.logins.extend([None] * 100)


def _blocked_rest(server: FakeServer) -> None:
    server.hooks["GET /balances"] = lambda: threading.Event().wait(1.0)


def _back_off(server: FakeServer) -> None:
    for _ in range(1_000):
        server.ws.fail_next(ConnectFailed("refused"))


def _live(server: FakeServer) -> None:
    """Leave the server as it is."""


PHASES: dict[str, tuple[Callable[[FakeServer], None], set[State]]] = {
    "dial": (_blocked_dial, {State.DIALING}),
    "login": (_blocked_login, {State.AUTHENTICATING}),
    "rest": (_blocked_rest, {State.DIALING}),
    "back-off": (_back_off, {State.BACKING_OFF, State.DIALING}),
    "live": (_live, {State.LIVE}),
}


@pytest.mark.parametrize("phase", PHASES)
def test_close_ends_every_phase_in_time(server: FakeServer, rig: MakeRig, phase: str) -> None:
    """Two threads close at once; both return in time, everybody who waits is woken."""
    prepare, states = PHASES[phase]
    prepare(server)
    client = rig(login_timeout=60.0, dial_timeout=60.0)
    client.session.start()
    wait_until(lambda: client.session.state in states)
    with ThreadPoolExecutor(4) as pool:
        taker = pool.submit(lambda: [client.take() for _ in range(100_000)])
        caller = pool.submit(subscribe, client, "never") if phase != "live" else None
        closers = [pool.submit(client.close, 8.0) for _ in range(2)]
        assert all(closer.result(GENEROUS) for closer in closers)
        assert isinstance(taker.exception(GENEROUS), ClientClosed)
        if caller is not None:
            assert isinstance(caller.exception(GENEROUS), ClientClosed)
    assert client.session.state is State.CLOSED
    with pytest.raises(ClientClosed):
        client.session.wait_live(Deadline(1.0))


def test_close_ends_a_reader_that_waits_for_the_caller(server: FakeServer, rig: MakeRig) -> None:
    """The inbox is full and nobody will ever take anything."""
    client = rig(limits=InboxLimits(private_events=2))
    client.live()
    for _ in range(20):
        server.model.place(1)
    wait_until(lambda: client.session.stats().private_waiting >= 2)
    assert client.close(8.0)


def test_close_ends_a_comparison(server: FakeServer, rig: MakeRig) -> None:
    """The REST call is blocked; the links and the call are given up."""
    client = rig()
    client.live()
    reached, go_on = threading.Event(), threading.Event()

    def block() -> None:
        reached.set()
        go_on.wait(GENEROUS)

    server.hooks["GET /orders"] = block
    server.peer.drop()
    assert reached.wait(GENEROUS)
    assert client.close(8.0)
    go_on.set()


def test_close_before_the_start_is_enough(rig: MakeRig) -> None:
    """Nothing was started, nothing is left; the start is refused afterwards."""
    client = rig()
    assert client.close()
    assert client.close()
    with pytest.raises(ClientClosed):
        client.session.start()


def test_close_ends_a_frozen_link(server: FakeServer, rig: MakeRig) -> None:
    """The peer does not answer the close frame: the link is dropped."""
    client = rig()
    client.live()
    server.peer.freeze()
    assert client.close(8.0)


def test_close_says_goodbye(server: FakeServer, rig: MakeRig) -> None:
    """The server gets a close frame with code 1000."""
    client = rig()
    client.live()
    peer = server.peer
    client.close()
    assert peer.close_code == 1000


@pytest.mark.parametrize("message", ["START", "next attempt"])
def test_a_close_between_two_steps_is_an_ordinary_end(
    server: FakeServer,
    rig: MakeRig,
    caplog: pytest.LogCaptureFixture,
    message: str,
) -> None:
    """It comes right after a log line, that is between two looks at the state.

    No thread fails, nothing is logged as a fault, and the caller is told ClientClosed.
    """
    caplog.set_level(logging.DEBUG, logger="sixmm")
    if message != "START":
        _back_off(server)
    client = rig()
    closers: list[threading.Thread] = []
    errors: list[BaseException] = []

    def close() -> None:
        try:
            client.close(8.0)
        except BaseException as error:
            errors.append(error)

    class Closing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if message in record.getMessage() and not closers:
                closer = threading.Thread(target=close, daemon=True)
                closer.start()
                closers.append(closer)
                wait_until(lambda: client.session.state in (State.CLOSING, State.CLOSED))

    handler = Closing()
    logging.getLogger("sixmm.stream").addHandler(handler)
    try:
        client.session.start()
        wait_until(lambda: closers)
        closers[0].join(GENEROUS)
    finally:
        logging.getLogger("sixmm.stream").removeHandler(handler)
    assert not closers[0].is_alive()
    assert errors == []
    with pytest.raises(ClientClosed):
        client.session.wait_live(Deadline(1.0))
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


def _close_at_some_moment(number: int) -> None:
    """Start a session, and let two threads close it at a moment that the number decides."""
    server = FakeServer()
    client = Rig(server, private=bool(number % 2))
    client.session.start()
    if number % 10:
        wait_until(lambda: client.session.state is not State.IDLE)
    if number % 4 == 0:
        wait_until(lambda: client.session.state is not State.DIALING)
    with ThreadPoolExecutor(2) as pool:
        closers = [pool.submit(client.close, 8.0) for _ in range(2)]
        assert all(closer.result(GENEROUS) for closer in closers)
    assert client.session.state is State.CLOSED
    server.close()


def test_close_at_any_moment_leaves_nothing_behind() -> None:
    """Two hundred sessions, closed by two threads while they come up, at moments all over."""
    for number in range(200):
        _close_at_some_moment(number)
    assert not Rig.threads()
