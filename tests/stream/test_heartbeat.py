"""Pings: as often as the server wants, never where they are off or nothing can be pinged."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ConnectionClosed
from sixmm.redaction import Secret
from sixmm.stream.heartbeat import Heartbeat
from sixmm.stream.options import SessionOptions
from sixmm.stream.timer import Timer
from sixmm.transport.base import WsLink
from sixmm.venues.base import Dial

from .fakes import WS_URL, FakeVenue
from .server import Rig

MakeRig = Callable[..., Rig]


class _Plan(Timer):
    """Keeps what is planned; the test runs it."""

    def __init__(self) -> None:
        super().__init__()
        self.planned: list[float] = []
        self.action: Callable[[], None] | None = None

    def every(self, name: str, interval: float, action: Callable[[], None]) -> None:
        """Note a job."""
        assert name == "ping"
        self.planned.append(interval)
        self.action = action


class _Link:
    """Notes what is sent, or fails."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.pinged: list[bytes] = []
        self.is_broken = False

    def send(self, message: str, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Note the message."""
        if self.is_broken:
            raise ConnectionClosed(reason="broken")
        self.sent.append(message)

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:  # noqa: ARG002
        """Note the payload."""
        self.pinged.append(payload)


@attrs.define
class Beating:
    """A heartbeat, its plan, and the link that it pings."""

    heartbeat: Heartbeat
    plan: _Plan
    link: _Link | None

    def beat(self) -> None:
        """Let the time of the next ping come."""
        assert self.plan.action is not None
        self.plan.action()


@pytest.fixture
def beating(rig: MakeRig) -> Callable[..., Beating]:
    """Make one with options of its own."""

    def make(**figures: float | None) -> Beating:
        shared = rig().shared
        shared.options = SessionOptions(**figures)  # type: ignore[arg-type]
        shared.clock = ManualClock()
        made: list[Beating] = []
        plan = _Plan()
        heartbeat = Heartbeat(shared, timer=plan, link=lambda: _as_link(made[0].link))
        made.append(Beating(heartbeat, plan, _Link()))
        return made[0]

    return make


def _as_link(link: _Link | None) -> WsLink | None:
    return link  # type: ignore[return-value]


def dial(*, interval: float | None = None, timeout: float | None = None) -> Dial:
    """Return how to open a connection of a server that tells its figures."""
    return Dial(url=Secret(WS_URL), ping_interval=interval, ping_timeout=timeout)


MakeBeating = Callable[..., Beating]


def test_the_client_has_an_interval_of_its_own(beating: MakeBeating) -> None:
    """It holds until a server tells another, and for a server that tells none."""
    client = beating(ping_interval=15.0)
    client.heartbeat.start()
    assert client.heartbeat.follow(dial()).ping_interval == 15.0
    assert client.plan.planned == [15.0]


def test_each_link_is_pinged_as_its_server_wants(beating: MakeBeating) -> None:
    """The plan changes with the link, and only where the interval does."""
    client = beating(ping_interval=15.0, ping_timeout=10.0)
    client.heartbeat.start()
    options = client.heartbeat.follow(dial(interval=18.0, timeout=5.0))
    assert (options.ping_interval, options.patience) == (18.0, 23.0)
    client.heartbeat.follow(dial(interval=18.0))
    client.heartbeat.follow(dial())
    assert client.plan.planned == [15.0, 18.0, 15.0]


def test_pings_that_are_off_are_not_planned(beating: MakeBeating) -> None:
    """Whatever a server wants."""
    client = beating(ping_interval=None)
    client.heartbeat.start()
    assert client.heartbeat.follow(dial(interval=18.0)).patience is None
    assert client.plan.planned == []


def test_a_ping_is_sent_in_both_forms_with_one_id(beating: MakeBeating) -> None:
    """The application's and the protocol's: whichever is answered first is measured (rule 88)."""
    client = beating()
    client.heartbeat.start()
    client.beat()
    assert client.link is not None
    (text,), (payload,) = client.link.sent, client.link.pinged
    assert f'"id": "{payload.decode()}"' in text


def test_nothing_is_sent_without_a_link(beating: MakeBeating) -> None:
    """The plan goes on: the next link is pinged."""
    client = beating()
    client.heartbeat.start()
    link, client.link = client.link, None
    client.beat()
    assert link is not None
    assert link.sent == []
    client.link = link
    client.beat()
    assert len(link.sent) == 1


def test_a_ping_that_cannot_be_sent_is_left_to_the_reader(beating: MakeBeating) -> None:
    """The timer thread goes on; the reader sees the end of the link and says why."""
    client = beating()
    client.heartbeat.start()
    assert client.link is not None
    client.link.is_broken = True
    client.beat()
    client.link.is_broken = False
    client.beat()
    assert len(client.link.sent) == 1


def test_a_ping_too_soon_is_one_of_the_protocol_alone(
    beating: MakeBeating, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that drops whoever pings too often is asked by what it does not count."""
    monkeypatch.setattr(FakeVenue, "ping_spacing", 60.0)
    client = beating()
    client.heartbeat.start()
    client.beat()
    client.beat()
    assert client.link is not None
    assert (len(client.link.sent), len(client.link.pinged)) == (1, 2)
