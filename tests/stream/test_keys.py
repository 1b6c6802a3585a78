"""The stream key: renewed at half of its life, replaced when that fails, never mixed up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import attrs
import pytest

from sixmm.clock import ManualClock
from sixmm.errors import AuthenticationError, ConnectFailed, SixmmError
from sixmm.events import Event, SessionExpiring, SessionRenewed
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.schema_report import SchemaReport
from sixmm.stream.desk import RequestDesk
from sixmm.stream.inbox import Inbox
from sixmm.stream.keys import KeyKeeper
from sixmm.stream.options import SessionOptions
from sixmm.stream.shared import Shared
from sixmm.stream.taking import Taker
from sixmm.stream.timer import Timer
from sixmm.stream.tokens import TokenKeeper
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.base import Credentials

from .fakes import REST_URL, WS_URL, FakeVenue, answer, refusal

LIFE_MS = 3_600_000


class InterruptedClock(ManualClock):
    """Runs something at one of its readings: whatever another thread might do at that moment."""

    at_reading = 0
    action: Callable[[], None] | None = None

    def monotonic(self) -> float:
        """Count the reading, and run what is to be run at it."""
        self.at_reading -= 1
        if self.at_reading == 0 and self.action is not None:
            self.action()
        return super().monotonic()


class RecordingTimer(Timer):
    """Keeps what is planned; the test runs it."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, tuple[float, Callable[[], None]]] = {}

    def after(self, name: str, delay: float, action: Callable[[], None]) -> None:
        """Note a job."""
        self.jobs[name] = (delay, action)

    def cancel(self, name: str) -> None:
        """Forget a job."""
        self.jobs.pop(name, None)


@attrs.define
class Keys:
    """A key keeper with everything around it, and a server for the keys."""

    clock: ManualClock = attrs.field(factory=ManualClock)
    timer: RecordingTimer = attrs.field(factory=RecordingTimer)
    made: int = 0
    renewed: list[str] = attrs.field(factory=list)
    deleted: list[str] = attrs.field(factory=list)
    refreshed: int = 0
    failures: dict[str, HttpResponse | SixmmError] = attrs.field(factory=dict)
    meanwhile: Callable[[], None] | None = None
    """Is run once while a renewal is under way."""
    life_ms: int = LIFE_MS
    dropped: list[str] = attrs.field(factory=list)
    shared: Shared = attrs.field(init=False)
    keeper: KeyKeeper = attrs.field(init=False)
    tokens: TokenKeeper = attrs.field(init=False)
    http: MemoryHttp = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.http = MemoryHttp(self.handle)
        rest = RestSession(
            venue=FakeVenue(),
            http=self.http,
            rest_url=REST_URL,
            credentials=Credentials(
                api_key=Secret("k"),
                access_token=Secret("t"),
                access_expires_at_ms=self.now_ms() + 1_000_000,
                cookies={"session": Secret("c")},
            ),
            clock=self.clock,
        )
        self.shared = Shared(
            venue=FakeVenue(),
            rest=rest,
            inbox=Inbox(clock=self.clock),
            desk=RequestDesk(FakeVenue(), clock=self.clock),
            options=SessionOptions(),
            clock=self.clock,
            private=True,
        )
        self.keeper = KeyKeeper(
            self.shared, timer=self.timer, ws_url=WS_URL, replace_link=self.dropped.append
        )
        self.tokens = TokenKeeper(self.shared, timer=self.timer)
        rest.measure_clock()

    def now_ms(self) -> int:
        """Return the time of both sides."""
        return self.clock.time_ms()

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Make, renew and delete keys."""
        path = request.url.removeprefix(REST_URL)
        if path == "/time":
            return answer(self.now_ms())
        failure = self.failures.get(request.method if path == "/key" else path)
        if isinstance(failure, SixmmError):
            raise failure
        if failure is not None:
            return failure
        if path == "/refresh":
            self.refreshed += 1
            return answer({"token": f"t{self.refreshed}", "expires_at": self.now_ms() + 500_000})
        return self._handle_key(request)

    def _handle_key(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            self.made += 1
            return answer({"key": f"key{self.made}", "expires_at": self.now_ms() + self.life_ms})
        key = json.loads(request.body or b"")["key"]
        if request.method == "DELETE":
            self.deleted.append(key)
            return answer()
        self.renewed.append(key)
        action, self.meanwhile = self.meanwhile, None
        if action is not None:
            action()
        return answer({"expires_at": self.now_ms() + self.life_ms})

    def dial(self) -> tuple[str, bool]:
        """Return the key of the next address, and whether it was made for it."""
        dial, fresh = self.keeper.next_dial()
        return dial.url.reveal().rpartition("=")[2], fresh

    def run(self, name: str = "renew-stream-key") -> float:
        """Let the time of the job come and run it; return how long that was."""
        delay, action = self.timer.jobs.pop(name)
        self.clock.advance(delay)
        action()
        return delay

    def events(self) -> list[Event]:
        """Return what was told."""
        taker = Taker(self.shared, report=SchemaReport())
        return list(taker.events(0.0, check=lambda: None))


@pytest.fixture
def keys() -> Iterator[Keys]:
    """A keeper and its server."""
    keys = Keys()
    yield keys
    keys.http.close()


DOWN = ConnectFailed("down")


def test_a_dial_begins_with_the_clock(keys: Keys) -> None:
    """Where its reading was dropped: what is sent on the link may be signed with its time."""
    keys.dial()
    keys.shared.rest.server_clock.forget()
    before = len(keys.http.requests)
    for _ in range(2):
        keys.dial()
    assert [r.url for r in keys.http.requests[before:]] == [f"{REST_URL}/time"]


def test_a_key_is_made_for_the_first_address_and_used_again(keys: Keys) -> None:
    """A reconnect does not need a new one."""
    assert keys.dial() == ("key1", True)
    assert keys.dial() == ("key1", False)
    assert keys.made == 1


def test_a_key_is_renewed_at_half_of_its_life_again_and_again(keys: Keys) -> None:
    """About every 30 of 60 minutes (rules 71, 73), and the caller is told."""
    keys.dial()
    for _ in range(5):
        assert keys.run() == pytest.approx(LIFE_MS / 2_000, abs=1)
    assert keys.renewed == ["key1"] * 5
    told = keys.events()
    assert [type(event) for event in told] == [SessionRenewed] * 5
    assert keys.keeper.expires_at_ms == keys.now_ms() + LIFE_MS
    assert keys.dropped == []


def test_a_failed_renewal_makes_a_new_key_and_replaces_the_link(keys: Keys) -> None:
    """The new key is made before the old link is dropped, so the gap is short."""
    keys.dial()
    keys.failures["PUT"] = refusal(1003)
    keys.run()
    assert keys.made == 2
    assert len(keys.dropped) == 1
    assert keys.dial()[0] == "key2"
    assert keys.dial() == ("key2", False)
    assert [type(event) for event in keys.events()] == [SessionExpiring]


def test_the_new_key_is_renewed_too(keys: Keys) -> None:
    """At half of its own life."""
    keys.dial()
    keys.failures["PUT"] = DOWN
    keys.run()
    del keys.failures["PUT"]
    assert keys.run() == pytest.approx(LIFE_MS / 2_000, abs=1)
    assert keys.renewed == ["key2"]


def test_while_rest_is_down_the_link_is_kept_and_the_renewal_tried_again(keys: Keys) -> None:
    """A link that works is not given up; the attempts are seconds apart, never a storm."""
    keys.dial()
    keys.failures |= {"PUT": DOWN, "POST": DOWN}
    keys.run()
    delays = []
    while not keys.dropped:
        delays.append(keys.run())
    assert min(delays[:-1]) >= 1.0
    assert max(delays) <= 60.0
    assert 10 < len(delays) < 200
    assert keys.keeper.expires_at_ms is None
    assert keys.now_ms() == pytest.approx(1_771_047_000_000 + LIFE_MS, abs=5_000)


def test_rest_that_comes_back_in_time_saves_the_link(keys: Keys) -> None:
    """The renewal succeeds at a later attempt, with the same key."""
    keys.dial()
    keys.failures |= {"PUT": DOWN, "POST": DOWN}
    keys.run()
    keys.run()
    keys.failures.clear()
    keys.run()
    assert keys.dropped == []
    assert keys.renewed == ["key1"]
    assert keys.made == 1


def test_a_doubted_key_is_not_used_again(keys: Keys) -> None:
    """A refused key is dropped, and so is its renewal."""
    keys.dial()
    keys.keeper.doubt()
    assert keys.timer.jobs == {}
    assert keys.keeper.expires_at_ms is None
    assert keys.dial() == ("key2", True)


def test_a_renewal_that_returns_late_does_not_replace_a_newer_key(keys: Keys) -> None:
    """The reader has doubted the key and got another while the renewal was under way."""
    keys.dial()

    def doubt_and_dial() -> None:
        keys.keeper.doubt()
        assert keys.dial() == ("key2", True)

    keys.meanwhile = doubt_and_dial
    keys.run()
    assert keys.dial() == ("key2", False)
    keys.run()
    assert keys.renewed == ["key1", "key2"]


@pytest.mark.parametrize("reading", range(1, 21))
def test_a_newer_key_is_kept_whenever_it_comes(reading: int) -> None:
    """The reader doubts the key and gets another at any moment of a renewal, also the last."""
    clock = InterruptedClock()
    keys = Keys(clock=clock)
    keys.dial()

    def doubt_and_dial() -> None:
        keys.keeper.doubt()
        keys.dial()

    clock.action, clock.at_reading = doubt_and_dial, reading
    keys.run()
    was_interrupted, clock.at_reading = clock.at_reading <= 0, 0
    assert was_interrupted or reading > 3
    assert keys.dial() == (f"key{keys.made}", False)
    assert list(keys.timer.jobs) == ["renew-stream-key"]


def test_a_renewal_that_returns_after_the_end_plans_nothing(keys: Keys) -> None:
    """The key was dropped meanwhile."""
    keys.dial()
    keys.meanwhile = keys.keeper.doubt
    keys.run()
    assert keys.timer.jobs == {}
    assert keys.keeper.expires_at_ms is None


@pytest.mark.parametrize("life_ms", [0, -LIFE_MS, 1])
def test_a_key_without_life_is_not_renewed_in_a_hot_loop(keys: Keys, life_ms: int) -> None:
    """Whatever the exchange says about the end of a key, the calls stay apart (rule 108)."""
    keys.life_ms = life_ms
    keys.dial()
    before, started = len(keys.http.requests), keys.clock.monotonic()
    for _ in range(100):
        if "renew-stream-key" not in keys.timer.jobs:
            break
        keys.run()
    calls = len(keys.http.requests) - before
    assert calls <= 4 * (keys.clock.monotonic() - started) + 4


def test_a_prepared_key_that_waited_is_not_taken_for_a_fresh_one(keys: Keys) -> None:
    """A key that was made long ago may be refused: that asks for a new one and is not fatal.

    The link was just being replaced when the renewal failed, so nobody dialled with the new key for
    a long time, and it was renewed several times meanwhile.
    """
    keys.dial()
    keys.failures["PUT"] = DOWN
    keys.run()
    del keys.failures["PUT"]
    for _ in range(3):
        keys.run()
    assert keys.dial() == ("key2", False)


def test_a_key_is_deleted_when_that_is_asked_for(keys: Keys) -> None:
    """And it is not renewed any more."""
    keys.dial()
    keys.keeper.release(5.0)
    assert keys.deleted == ["key1"]
    assert keys.timer.jobs == {}
    keys.keeper.release(5.0)
    assert keys.deleted == ["key1"]


def test_a_key_that_cannot_be_made_is_the_readers_error(keys: Keys) -> None:
    """It decides whether to try again."""
    keys.failures["POST"] = refusal(1003)
    with pytest.raises(AuthenticationError):
        keys.dial()
    assert keys.timer.jobs == {}


def test_a_public_stream_needs_no_key(keys: Keys) -> None:
    """The address is the plain one (rule 14)."""
    keys.shared.private = False
    dial, fresh = keys.keeper.next_dial()
    assert dial.url.reveal() == WS_URL
    assert fresh
    assert keys.timer.jobs == {}
