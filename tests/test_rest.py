"""REST calls: what is sent once, what is sent again, and how each call ends."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import Deadline
from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    HttpStatusError,
    NotPermitted,
    OutcomeUnknown,
    PaceExceeded,
    ProtocolViolation,
    ServerFault,
    SixmmError,
    Throttled,
    TlsFailed,
    again,
    api_error,
)
from sixmm.pace import Rate, RestPace
from sixmm.redaction import Secret
from sixmm.rest import MAX_ATTEMPTS, Raise, Repair, RestSession, Retry, next_step
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.base import Auth, Call, Credentials, PaceClass

from .stream.fakes import answer, refusal
from .stream.rest_server import RestServer, Runs, path_of, time_of
from .stream.waiting import GENEROUS

READ = Call(operation="read", method="GET", path="/read", auth=Auth.ACCOUNT)
WRITE = Call(operation="write", method="POST", path="/write", auth=Auth.ACCOUNT, writes=True)
HOUR_MS = 3_600_000


@pytest.fixture
def server() -> Iterator[RestServer]:
    """A server that answers everything."""
    server = RestServer()
    yield server
    server.http.close()


class Patient:
    """Waits by moving the clock of a server by hand, and keeps for how long."""

    def __init__(self, server: RestServer) -> None:
        self.server = server
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        """Wait."""
        self.seconds.append(seconds)
        self.server.clock.advance(seconds)

    def session(self, **options: Any) -> RestSession:
        """Return a session that waits like this, always for half of what it may wait."""
        return self.server.session(**{"wait": self, "jitter": lambda: 0.5, **options})


@pytest.fixture
def patient(server: RestServer) -> Patient:
    """A way to wait for which nothing sleeps."""
    return Patient(server)


LOGGED_IN = Credentials(
    access_token=Secret("old"), access_expires_at_ms=1, cookies={"session": Secret("c1")}
)
NEW_TOKEN = {"token": "new", "expires_at": 5, "cookie": "c2"}

CLOCK_OFF = refusal(1003, "Timestamp outside of tolerance window")


# The clock


def test_the_clock_is_read_before_the_first_signed_call(server: RestServer) -> None:
    """Once, and not for calls that need no signature (rules 14, 39)."""
    session = server.session()
    session.call(Call(operation="public", method="GET", path="/public"))
    assert not server.requests("/time")
    session.call(READ)
    session.call(READ)
    assert len(server.requests("/time")) == 1


@pytest.mark.parametrize("ahead_ms", [0, HOUR_MS, -HOUR_MS, 9_999, -11_000])
def test_signed_timestamps_follow_the_exchanges_clock(server: RestServer, ahead_ms: int) -> None:
    """However wrong the local clock is, the first signed call is within the window (rule 38)."""
    server.ahead_ms = ahead_ms
    session = server.session()
    for _ in range(3):
        session.call(READ)
    for request in server.requests("/read"):
        assert abs(time_of(request) - server.time_ms()) < 100


def test_a_clock_that_was_read_wrongly_is_put_right(server: RestServer) -> None:
    """A second reading that is earlier than the first counts: the old timestamps do not stick."""
    server.ahead_ms = HOUR_MS
    session = server.session()
    session.call(READ)
    server.ahead_ms = 0
    session.measure_clock()
    session.call(READ)
    assert abs(time_of(server.requests("/read")[-1]) - server.time_ms()) < 10_000


def test_a_step_of_the_wall_clock_changes_nothing(server: RestServer) -> None:
    """Between two readings the exchange's clock runs on the monotonic one."""
    session = server.session()
    session.call(READ)
    before = time_of(server.requests("/read")[-1])
    server.clock.step_wall(-HOUR_MS)
    server.clock.advance(1.0)
    session.call(READ)
    assert 1_000 <= time_of(server.requests("/read")[-1]) - before <= 1_001


def test_timestamps_rise_strictly_across_threads(server: RestServer) -> None:
    """Eight threads, no two equal timestamps: equal ones are taken for a replay (rules 41, 42)."""
    session = server.session()
    session.measure_clock()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: session.call(WRITE), range(400)))
    times = [time_of(request) for request in server.requests("/write")]
    assert len(set(times)) == 400
    assert max(times) - server.time_ms() <= 400


def test_every_request_has_its_own_id(server: RestServer) -> None:
    """The id comes back and traces the call (rule 6)."""
    session = server.session()
    for _ in range(20):
        session.call(READ)
    ids = [request.headers["X-Id"] for request in server.http.requests]
    assert len(set(ids)) == len(ids)


# Reads


PASSING = [
    ConnectFailed("refused"),
    ConnectionClosed(),
    ServerFault("internal", code=5001),
    ServerFault("unavailable", code=5002),
    Throttled("slow down", code=5003),
    HttpStatusError("a page", http_status=502),
    HttpStatusError("a page", http_status=503),
    HttpStatusError("a page", http_status=504),
]


def _named(error: SixmmError) -> str:
    number = getattr(error, "code", getattr(error, "http_status", ""))
    return f"{type(error).__name__}{number}"


@pytest.mark.parametrize("error", PASSING, ids=_named)
def test_a_read_is_made_again_after_what_passes(patient: Patient, error: SixmmError) -> None:
    """With a new timestamp, so with a new signature, and with a new id (rules 6, 42)."""
    server = patient.server
    server.replies["/read"] = [error, error, answer(7)]
    assert patient.session().call(READ) == 7
    requests = server.requests("/read")
    times = [time_of(request) for request in requests]
    assert times == sorted(set(times))
    assert len({request.headers["X-Id"] for request in requests}) == MAX_ATTEMPTS == 3


@pytest.mark.parametrize("error", PASSING, ids=_named)
def test_a_read_is_not_made_a_fourth_time(patient: Patient, error: SixmmError) -> None:
    """The last failure is the caller's."""
    patient.server.replies["/read"] = [error]
    with pytest.raises(type(error)):
        patient.session().call(READ)
    assert len(patient.server.requests("/read")) == MAX_ATTEMPTS


FINAL = [
    TlsFailed("bad certificate", certificate=True),
    DeadlineExceeded("no answer"),
    ProtocolViolation("too large"),
    HttpStatusError("a page", http_status=500),
    HttpStatusError("a redirect", http_status=302),
    DecodeError("not JSON"),
]


@pytest.mark.parametrize("error", FINAL, ids=_named)
def test_a_read_that_fails_otherwise_is_not_made_again(patient: Patient, error: SixmmError) -> None:
    """Only what is likely to pass soon is tried again."""
    patient.server.replies["/read"] = [error]
    with pytest.raises(type(error)):
        patient.session().call(READ)
    assert len(patient.server.requests("/read")) == 1
    assert patient.seconds == []


@pytest.mark.parametrize("code", [1001, 1003, 1004, 1006, 2001, 3001, 3003, 3006, 9999])
def test_a_refused_read_is_not_made_again(patient: Patient, code: int) -> None:
    """A repeat would get the same answer (rules 96-106, 109)."""
    patient.server.replies["/read"] = [refusal(code)]
    with pytest.raises(ApiError) as caught:
        patient.session().call(READ)
    assert caught.value.code == code
    assert len(patient.server.requests("/read")) == 1


def test_the_wait_before_a_repeat_doubles(patient: Patient) -> None:
    """Half of a quarter and of half a second, where the random number is a half."""
    patient.server.replies["/read"] = [ConnectionClosed()]
    with pytest.raises(ConnectionClosed):
        patient.session().call(READ)
    assert patient.seconds == [0.125, 0.25]


def test_a_repeat_waits_as_long_as_the_exchange_asks(patient: Patient) -> None:
    """Retry-After counts, with a random part on top, so that not all come back at once."""
    throttled = Throttled("slow down", code=5003, retry_after=4.0)
    patient.server.replies["/read"] = [throttled, answer(7)]
    assert patient.session().call(READ) == 7
    assert patient.seconds == [4.5]


def test_a_repeat_that_would_come_too_late_is_not_waited_for(patient: Patient) -> None:
    """The caller learns at once that the exchange asks for more time than there is."""
    throttled = Throttled("slow down", code=5003, retry_after=60.0)
    patient.server.replies["/read"] = [throttled]
    with pytest.raises(Throttled):
        patient.session(timeout=10.0).call(READ)
    assert patient.seconds == []


def test_a_call_that_waits_for_its_repeat_ends_with_the_session(server: RestServer) -> None:
    """close() does not have to wait for it."""
    waiting = threading.Event()
    server.replies["/read"] = [Throttled("slow down", code=5003, retry_after=GENEROUS)]
    failures: list[SixmmError] = []

    def read() -> None:
        try:
            session.call(READ)
        except SixmmError as error:
            failures.append(error)

    def jitter() -> float:
        waiting.set()
        return 0.0

    session = server.session(timeout=10 * GENEROUS, jitter=jitter)
    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    assert waiting.wait(GENEROUS)
    session.close()
    thread.join(GENEROUS)
    assert [type(failure) for failure in failures] == [ClientClosed]
    assert len(server.requests("/read")) == 1


def test_after_a_clock_error_a_read_is_signed_afresh_once(server: RestServer) -> None:
    """The clock is read again, then the call is made once more (rule 40)."""
    session = server.session()
    session.call(READ)
    server.clock.advance(5.0)
    server.ahead_ms = HOUR_MS
    server.replies["/read"] = [CLOCK_OFF, answer(7)]
    assert session.call(READ) == 7
    assert len(server.requests("/time")) == 2
    *_, refused, signed_afresh = server.requests("/read")
    assert time_of(signed_afresh) - time_of(refused) >= HOUR_MS


def test_a_clock_error_that_stays_is_told(server: RestServer) -> None:
    """One second attempt, no loop."""
    server.replies["/read"] = [CLOCK_OFF]
    with pytest.raises(AuthenticationError):
        server.session().call(READ)
    assert len(server.requests("/read")) == 2


def test_the_first_error_is_told_when_it_cannot_be_put_right(patient: Patient) -> None:
    """The clock cannot be read again: the caller learns why the call was refused."""
    server, session = patient.server, patient.session()
    session.call(READ)
    server.replies["/read"] = [CLOCK_OFF]
    server.replies["/time"] = [ConnectFailed("down")]
    with pytest.raises(AuthenticationError):
        session.call(READ)


def test_all_attempts_share_one_deadline(patient: Patient) -> None:
    """A second attempt does not get the time of the first again, and the wait counts, too."""
    server = patient.server
    deadlines: list[float | None] = []
    send = server.http.send

    class Watching(MemoryHttp):
        def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
            deadlines.append(deadline.remaining())
            server.clock.advance(1.0)
            return send(request, deadline=deadline)

    server.http = Watching(server.handle)
    server.replies["/read"] = [ConnectionClosed(), answer(7)]
    patient.session(timeout=10.0).call(READ)
    assert deadlines == pytest.approx([10.0, 9.0, 7.875])


def test_a_repeated_request_is_signed_anew_once(patient: Patient) -> None:
    """Another program with the same key has signed the same at the same time (rules 41, 104)."""
    patient.server.replies["/read"] = [refusal(3004), answer(7)]
    assert patient.session().call(READ) == 7
    patient.server.replies["/read"] = [refusal(3004)]
    with pytest.raises(ApiError):
        patient.session().call(READ)
    assert len(patient.server.requests("/read")) == 4


def test_the_clock_is_read_again_after_a_broken_connection(patient: Patient) -> None:
    """That is a read as well; only the round trip that went well counts (rule 39)."""
    patient.server.replies["/time"] = [
        ConnectionClosed(),
        ConnectFailed("refused"),
        answer(patient.server.time_ms() + 375),
    ]
    session = patient.session()
    session.measure_clock()
    assert session.server_clock.now_ms() == patient.server.time_ms()
    assert session.server_clock.uncertainty_ms == 0.0


# What is done after a failure

ERRORS = st.sampled_from([*PASSING, *FINAL, PaceExceeded("no room", retry_after=1.0)])
CALLS = st.sampled_from([READ, WRITE])
TIMES = st.none() | st.floats(0.0, 600.0)


@given(
    error=ERRORS,
    call=st.builds(
        Call,
        operation=st.just("o"),
        method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
        path=st.just("/o"),
        writes=st.booleans(),
    ),
    attempt=st.integers(1, 5),
    pace_class=st.sampled_from(PaceClass),
    left=TIMES,
    jitter=st.floats(0.0, 1.0, exclude_max=True),
    repair=st.none() | st.sampled_from(Repair),
)
def test_what_is_sent_again_is_bounded(
    error: SixmmError,
    call: Call,
    attempt: int,
    pace_class: PaceClass,
    left: float | None,
    jitter: float,
    repair: Repair | None,
) -> None:
    """Never a write, never a fourth attempt, never after the deadline; a repair is never lost."""
    step = next_step(
        error,
        call=call,
        attempt=attempt,
        pace_class=pace_class,
        left=left,
        jitter=jitter,
        repair=repair,
    )
    assert step.repair is repair
    if isinstance(step, Retry):
        assert call.method == "GET"
        assert not call.writes
        assert attempt < MAX_ATTEMPTS
        assert step.delay >= 0.0
        assert step.delay == 0.0 or left is None or step.delay < left
        assert pace_class is not PaceClass.SESSION or step.delay < 1.0


@pytest.mark.parametrize("retry_after", [-5.0, 1e9, None])
def test_a_wait_that_is_asked_for_is_capped(retry_after: float | None) -> None:
    """Never negative, five minutes at most."""
    step = next_step(
        Throttled("slow down", code=5003, retry_after=retry_after),
        call=READ,
        attempt=1,
        pace_class=PaceClass.PRIVATE_READ,
        left=None,
        jitter=0.0,
    )
    assert step == Retry(300.0 if retry_after == 1e9 else 0.0)


@pytest.mark.parametrize("error", PASSING, ids=_named)
def test_the_sessions_own_reads_do_not_wait_for_long(error: SixmmError) -> None:
    """Their thread empties a socket in between, and has a back-off of its own for throttling."""
    step = next_step(
        error,
        call=READ,
        attempt=2,
        pace_class=PaceClass.SESSION,
        left=60.0,
        jitter=0.5,
    )
    assert step == (Raise() if isinstance(error, Throttled) else Retry(0.25))


# Writes


UNKNOWN = [
    ConnectionClosed(),
    DeadlineExceeded("no answer"),
    ProtocolViolation("too large"),
    HttpStatusError("a page", http_status=502),
    DecodeError("cut off"),
    ServerFault("internal", code=5001),
    ServerFault("unavailable", code=5002),
]


@pytest.mark.parametrize("error", UNKNOWN, ids=lambda error: type(error).__name__)
def test_a_write_without_a_clear_answer_is_unknown_and_sent_once(
    server: RestServer, error: SixmmError
) -> None:
    """It may have happened; the error names the call and its request id (rule 107)."""
    server.replies["/write"] = [error]
    with pytest.raises(OutcomeUnknown) as caught:
        server.session().call(WRITE)
    (request,) = server.requests("/write")
    assert caught.value.operation == "write"
    assert caught.value.request_id == request.headers["X-Id"]
    assert not caught.value.outcome_known


REJECTED = [
    ConnectFailed("refused"),
    TlsFailed("handshake"),
    NotPermitted("no", code=3006),
    Throttled("slow down", code=5003),
    Throttled("slow down", code=5003, http_status=429, retry_after=0.0),
    ApiError("new", code=9999),
]


@pytest.mark.parametrize("error", REJECTED, ids=lambda error: type(error).__name__)
def test_a_write_that_was_not_done_is_told_as_it_is_and_sent_once(
    server: RestServer, error: SixmmError
) -> None:
    """Nothing was sent, or the exchange has refused: the outcome is known."""
    server.replies["/write"] = [error]
    with pytest.raises(type(error)) as caught:
        server.session().call(WRITE)
    assert caught.value.outcome_known
    assert len(server.requests("/write")) == 1


def test_after_a_clock_error_a_write_is_not_sent_again(server: RestServer) -> None:
    """But the clock is read again, so that the caller's next write is accepted (rules 40-42)."""
    session = server.session()
    server.replies["/write"] = [CLOCK_OFF, answer(1)]
    with pytest.raises(AuthenticationError):
        session.call(WRITE)
    assert len(server.requests("/write")) == 1
    assert len(server.requests("/time")) == 2
    assert session.call(WRITE) == 1


def test_a_write_in_flight_when_the_session_is_closed_is_unknown(server: RestServer) -> None:
    """The request has left: nobody can say that nothing was sent."""
    sent, go_on = threading.Event(), threading.Event()

    def handle(request: HttpRequest) -> HttpResponse:
        if path_of(request) == "/write":
            sent.set()
            go_on.wait(GENEROUS)
        return server.handle(request)

    server.http = MemoryHttp(handle)
    session = server.session(timeout=GENEROUS)
    outcome: list[SixmmError] = []

    def write() -> None:
        try:
            session.call(WRITE)
        except SixmmError as error:
            outcome.append(error)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert sent.wait(GENEROUS)
    session.close()
    thread.join(GENEROUS)
    go_on.set()
    assert [type(error) for error in outcome] == [OutcomeUnknown]


def test_a_write_after_the_end_is_not_sent(server: RestServer) -> None:
    """And it is told as that: nothing has happened."""
    session = server.session()
    session.call(READ)
    session.close()
    with pytest.raises(ClientClosed) as caught:
        session.call(WRITE)
    assert caught.value.outcome_known
    assert not server.requests("/write")


def test_a_write_whose_clock_reading_fails_is_not_unknown(server: RestServer) -> None:
    """Nothing of the write was sent."""
    server.replies["/time"] = [DeadlineExceeded("no answer")]
    with pytest.raises(DeadlineExceeded):
        server.session().call(WRITE)
    assert not server.requests("/write")


def test_a_write_without_a_credential_is_refused_here(server: RestServer) -> None:
    """Nothing is sent."""
    with pytest.raises(ConfigurationError):
        server.session(credentials=None).call(WRITE)
    assert not server.requests("/write")


# The access token


def test_login_replaces_token_and_cookie(server: RestServer) -> None:
    """Later calls carry the new token (rule 25)."""
    server.replies["/login"] = [answer(NEW_TOKEN)]
    session = server.session(credentials=LOGGED_IN)
    session.login("name", "password")
    session.call(READ)
    assert server.requests("/read")[0].headers["X-Auth"] == "new"
    assert session.credentials.cookies == {"session": Secret("c2")}
    assert json.loads(server.requests("/login")[0].body or b"")["password"] == "password"


def test_an_expired_token_is_refreshed_once_and_the_read_repeated(server: RestServer) -> None:
    """Code 1002: refresh, then retry (rule 97)."""
    server.replies["/read"] = [refusal(1002), answer(7)]
    server.replies["/refresh"] = [answer(NEW_TOKEN)]
    assert server.session(credentials=LOGGED_IN).call(READ) == 7
    assert len(server.requests("/refresh")) == 1
    assert [r.headers["X-Auth"] for r in server.requests("/read")] == ["old", "new"]


def test_a_token_that_stays_expired_is_told(server: RestServer) -> None:
    """There is one refresh for one call."""
    server.replies["/read"] = [refusal(1002)]
    server.replies["/refresh"] = [answer(NEW_TOKEN)]
    with pytest.raises(AuthenticationError):
        server.session(credentials=LOGGED_IN).call(READ)
    assert len(server.requests("/refresh")) == 1
    assert len(server.requests("/read")) == 2


def test_a_write_with_an_expired_token_is_not_sent_again(server: RestServer) -> None:
    """The token is refreshed for the next one."""
    server.replies["/write"] = [refusal(1002), answer(1)]
    server.replies["/refresh"] = [answer(NEW_TOKEN)]
    session = server.session(credentials=LOGGED_IN)
    with pytest.raises(AuthenticationError):
        session.call(WRITE)
    assert len(server.requests("/write")) == 1
    assert session.call(WRITE) == 1
    assert server.requests("/write")[-1].headers["X-Auth"] == "new"


def test_a_given_token_cannot_be_refreshed(server: RestServer) -> None:
    """Without a login there is no cookie, so nothing is tried."""
    server.replies["/read"] = [refusal(1002)]
    session = server.session(credentials=Credentials(access_token=Secret("given")))
    with pytest.raises(AuthenticationError):
        session.call(READ)
    assert not server.requests("/refresh")
    with pytest.raises(ConfigurationError, match="login"):
        session.refresh()


def test_a_refresh_without_a_new_cookie_keeps_the_old_one(server: RestServer) -> None:
    """The next refresh still works."""
    server.replies["/refresh"] = [answer({"token": "new", "expires_at": 5})]
    session = server.session(credentials=LOGGED_IN)
    session.refresh()
    assert session.credentials.cookies == LOGGED_IN.cookies
    session.refresh()


def test_a_forgotten_token_is_gone_and_the_key_stays(server: RestServer) -> None:
    """After a logout (rule 26)."""
    credentials = Credentials(
        api_key=Secret("key"), access_token=Secret("old"), cookies=LOGGED_IN.cookies
    )
    session = server.session(credentials=credentials)
    session.forget_token()
    session.call(READ)
    assert server.requests("/read")[0].headers["X-Auth"] == "key"
    assert not session.credentials.cookies


# Plans


def test_a_plan_gets_the_results_and_returns(server: RestServer) -> None:
    """Call by call, in order."""
    server.replies["/read"] = [answer(1), answer(2)]
    runs = Runs(READ, READ, READ)
    assert server.session().run(runs.plan()) == [1, 2, 2]
    assert runs.closed


def test_a_plan_without_calls_returns_at_once(server: RestServer) -> None:
    """Nothing is sent."""
    assert server.session().run(Runs().plan()) == []
    assert not server.http.requests


def test_an_error_is_thrown_into_the_plan(server: RestServer) -> None:
    """The plan decides what to do about it; whoever runs it is told as well."""
    server.replies["/read"] = [refusal(3006), answer(2)]
    told: list[SixmmError] = []
    result = server.session().run(Runs(READ, READ, catch=True).plan(), on_error=told.append)
    assert isinstance(result[0], NotPermitted)
    assert result[1] == 2
    assert told == [result[0]]


def test_an_error_that_the_plan_does_not_catch_is_raised(server: RestServer) -> None:
    """And the plan is at its end."""
    server.replies["/read"] = [refusal(3006)]
    runs = Runs(READ, READ)
    with pytest.raises(NotPermitted):
        server.session().run(runs.plan())
    assert runs.closed
    assert len(server.requests("/read")) == 1


def _raise_between(calls: int) -> Callable[[], None]:
    left = iter(range(calls))

    def between() -> None:
        if next(left, None) is None:
            raise ConnectionClosed(reason="the link ended meanwhile")

    return between


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_what_happens_between_the_calls_can_end_the_plan(server: RestServer, calls: int) -> None:
    """The plan is closed, not left hanging, and no further call is made."""
    runs = Runs(READ, READ, READ, catch=True)
    with pytest.raises(ConnectionClosed, match="meanwhile"):
        server.session().run(runs.plan(), between=_raise_between(calls))
    assert runs.closed
    assert len(server.requests("/read")) == calls
    assert len(runs.got) == calls


def test_between_is_run_before_each_call(server: RestServer) -> None:
    """So the reader can empty its socket each time."""
    seen: list[int] = []
    server.session().run(
        Runs(READ, READ).plan(), between=lambda: seen.append(len(server.requests("/read")))
    )
    assert seen == [0, 1]


# The pace

SLOW = RestPace(private_read=Rate(2.0, 1), order_write=Rate(2.0, 1), session=Rate(2.0, 1))
PLACE = Call(
    operation="placeOrder", method="POST", path="/order/place", auth=Auth.ACCOUNT, writes=True
)


def test_calls_keep_the_pace_of_their_class(patient: Patient) -> None:
    """Two a second in the long run; another class does not wait with them."""
    session = patient.session(pace=SLOW)
    for _ in range(3):
        session.call(READ)
    session.call(PLACE)
    assert patient.seconds == pytest.approx([0.5, 0.5])


def test_a_timestamp_is_taken_after_the_wait(patient: Patient) -> None:
    """A call that waits for long is not too old for the exchange when it is sent (rule 38)."""
    session = patient.session(pace=RestPace(private_read=Rate(0.05, 1)), timeout=60.0)
    session.call(READ)
    session.call(READ)
    assert patient.seconds == pytest.approx([20.0])
    assert time_of(patient.server.requests("/read")[-1]) == patient.server.time_ms()


def test_a_call_without_a_turn_in_time_is_not_sent(patient: Patient) -> None:
    """It fails at once; a write that was not sent has a known outcome."""
    session = patient.session(pace=SLOW)
    session.call(PLACE)
    with pytest.raises(PaceExceeded) as caught:
        session.call(PLACE, timeout=0.4)
    assert caught.value.outcome_known
    assert len(patient.server.requests("/order/place")) == 1
    assert patient.seconds == []


def test_a_throttled_write_shuts_its_class_only(patient: Patient) -> None:
    """It is not sent again, and the next one waits until the exchange takes it."""
    throttled = Throttled("slow down", code=5003, retry_after=4.0)
    patient.server.replies["/order/place"] = [throttled, answer(1)]
    session = patient.session(pace=RestPace())
    with pytest.raises(Throttled):
        session.call(PLACE)
    assert len(patient.server.requests("/order/place")) == 1
    session.call(READ)
    assert patient.seconds == []
    assert session.call(PLACE) == 1
    assert patient.seconds == pytest.approx([4.0])


def test_a_shut_class_refuses_what_cannot_wait(patient: Patient) -> None:
    """Nothing is sent while the exchange has asked for a pause."""
    throttled = Throttled("slow down", code=5003, retry_after=60.0)
    patient.server.replies["/order/place"] = [throttled]
    session = patient.session(pace=RestPace(), timeout=10.0)
    with pytest.raises(Throttled):
        session.call(PLACE)
    with pytest.raises(PaceExceeded, match="asked to slow down"):
        session.call(PLACE)
    assert len(patient.server.requests("/order/place")) == 1


def test_a_repeat_without_a_turn_ends_as_the_first_attempt(patient: Patient) -> None:
    """The caller learns what went wrong, and not that there was no time to try again."""
    patient.server.replies["/read"] = [ConnectionClosed()]
    session = patient.session(pace=RestPace(private_read=Rate(0.1, 1)), timeout=5.0)
    with pytest.raises(ConnectionClosed):
        session.call(READ)
    assert len(patient.server.requests("/read")) == 1


def test_a_throttled_read_and_its_repeat_wait_once(patient: Patient) -> None:
    """The repeat comes when its class is open again, not twice as late."""
    throttled = Throttled("slow down", code=5003, retry_after=4.0)
    patient.server.replies["/read"] = [throttled, answer(7)]
    assert patient.session(pace=RestPace(), jitter=lambda: 0.0).call(READ) == 7
    assert patient.seconds == pytest.approx([4.0])


def test_the_session_does_not_wait_behind_the_program(patient: Patient) -> None:
    """The calls of a plan have a pace of their own, whatever the program does (rule 110)."""
    session = patient.session(pace=SLOW)
    session.measure_clock()
    patient.server.clock.advance(10.0)
    session.call(READ)
    with pytest.raises(PaceExceeded):
        session.call(READ, timeout=0.1)
    session.run(Runs(READ).plan())
    assert patient.seconds == []
    session.run(Runs(READ).plan())
    assert patient.seconds == pytest.approx([0.5])


def test_a_plan_can_keep_the_pace_of_its_calls(patient: Patient) -> None:
    """For whoever runs a plan on behalf of the program."""
    session = patient.session(pace=SLOW)
    session.call(READ)
    session.run(Runs(READ).plan(), pace_class=None)
    assert patient.seconds == pytest.approx([0.5])


def test_a_shut_session_is_told_as_throttled(patient: Patient) -> None:
    """So that the session waits as long as the exchange asks, and does not end for good."""
    throttled = Throttled("slow down", code=5003, retry_after=60.0)
    patient.server.replies["/read"] = [throttled]
    session = patient.session(pace=RestPace())
    for _ in range(2):
        with pytest.raises(Throttled) as caught:
            session.run(Runs(READ).plan())
        assert caught.value.retry_after == pytest.approx(60.0)
        assert len(patient.server.requests("/read")) == 1
    assert patient.seconds == []


def test_eight_threads_keep_one_pace(patient: Patient) -> None:
    """400 calls at once: each has a turn of its own, one every quarter of a second."""
    waits: list[float] = []
    pace = RestPace(private_read=Rate(4.0, 20))
    session = patient.server.session(pace=pace, wait=waits.append, timeout=1_000.0)
    session.measure_clock()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: session.call(READ), range(400)))
    assert sorted(waits) == [number / 4.0 for number in range(1, 381)]
    assert len(patient.server.requests("/read")) == 400


# The request id


@pytest.mark.parametrize("error", [*PASSING, *FINAL, NotPermitted("no", code=3006)], ids=_named)
def test_every_error_of_a_call_has_its_request_id(server: RestServer, error: SixmmError) -> None:
    """That of the last attempt, as an attribute and in the text (rule 6)."""
    server.http = MemoryHttp(_raising(server, error))
    waits: list[float] = []
    with pytest.raises(type(error)) as caught:
        server.session(wait=waits.append).call(READ)
    request_id = server.requests("/read")[-1].headers["X-Id"]
    assert caught.value.request_id == request_id
    assert str(caught.value).count(f"(request {request_id})") == 1


def _raising(server: RestServer, error: SixmmError) -> Callable[[HttpRequest], HttpResponse]:
    """Return a handler that raises a new error each time, as a transport does."""

    def handle(request: HttpRequest) -> HttpResponse:
        if path_of(request) == "/read":
            raised = again(error)
            raised.request_id = None
            raise raised
        return server.handle(request)

    return handle


def test_the_request_id_of_a_reply_stays(server: RestServer) -> None:
    """The exchange may name another one; that is the one that it finds in its logs."""
    server.replies["/read"] = [NotPermitted("no", code=3006, request_id="theirs")]
    with pytest.raises(NotPermitted) as caught:
        server.session().call(READ)
    assert caught.value.request_id == "theirs"


def test_an_unknown_outcome_and_its_cause_have_the_request_id(server: RestServer) -> None:
    """Both, and the text names it once."""
    server.replies["/write"] = [ConnectionClosed()]
    with pytest.raises(OutcomeUnknown) as caught:
        server.session().call(WRITE)
    cause, request_id = caught.value.__cause__, caught.value.request_id
    assert isinstance(cause, ConnectionClosed)
    assert cause.request_id == request_id == server.requests("/write")[0].headers["X-Id"]
    assert str(caught.value).count(str(request_id)) == 1


def test_what_was_not_sent_has_no_request_id(server: RestServer) -> None:
    """There is nothing to look for in the logs of the exchange."""
    with pytest.raises(ConfigurationError) as caught:
        server.session(credentials=None).call(WRITE)
    assert caught.value.request_id is None


UNCLEAR_CODES = [(504, 504), (5004, 200), (5000, 500), (9999, 502), (9999, 500)]


@pytest.mark.parametrize(("code", "status"), UNCLEAR_CODES)
def test_the_word_of_a_gateway_does_not_say_that_nothing_was_done(
    server: RestServer, code: int, status: int
) -> None:
    """A code that nobody has documented, as a fault of a server: the outcome is unknown."""
    error = api_error("gateway", code=code, http_status=status)
    server.replies["/write"] = [error]
    with pytest.raises(OutcomeUnknown) as caught:
        server.session().call(WRITE)
    assert caught.value.__cause__ is error
    assert len(server.requests("/write")) == 1


@pytest.mark.parametrize(("code", "status"), [(3099, 200), (3001, 500), (5003, 503)])
def test_a_refusal_is_one_under_any_status(server: RestServer, code: int, status: int) -> None:
    """A code that is documented as a refusal says that nothing was done."""
    error = api_error("refused", code=code, http_status=status)
    server.replies["/write"] = [error]
    with pytest.raises(type(error)) as caught:
        server.session().call(WRITE)
    assert caught.value.outcome_known


def test_the_error_that_the_program_is_handling_keeps_its_frames(server: RestServer) -> None:
    """It is linked to what a call raises meanwhile, and is none of the business of the client."""
    server.replies["/write"] = [ConnectionClosed()]
    session = server.session()
    try:
        _fault_of_the_program()
    except ValueError as error:
        with pytest.raises(OutcomeUnknown):
            session.call(WRITE)
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert names[-1] == "_fault_of_the_program"


def _fault_of_the_program() -> None:
    raise ValueError
