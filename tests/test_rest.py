"""REST calls: what is sent once, what is sent again, and how each call ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

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
    ProtocolViolation,
    ServerFault,
    SixmmError,
    Throttled,
    TlsFailed,
)
from sixmm.redaction import Secret
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.base import Auth, Call, Credentials

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


def test_a_read_is_made_once_more_after_a_broken_connection(server: RestServer) -> None:
    """With a new timestamp, so with a new signature (rule 42)."""
    server.replies["/read"] = [ConnectionClosed(), answer(7)]
    assert server.session().call(READ) == 7
    first, second = server.requests("/read")
    assert time_of(second) > time_of(first)


def test_a_read_is_not_made_a_third_time(server: RestServer) -> None:
    """The second failure is the caller's."""
    server.replies["/read"] = [ConnectionClosed()]
    with pytest.raises(ConnectionClosed):
        server.session().call(READ)
    assert len(server.requests("/read")) == 2


FINAL = [
    ConnectFailed("refused"),
    TlsFailed("bad certificate", certificate=True),
    DeadlineExceeded("no answer"),
    ProtocolViolation("too large"),
    HttpStatusError("a page", http_status=502),
    DecodeError("not JSON"),
]


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_a_read_that_fails_otherwise_is_not_made_again(
    server: RestServer, error: SixmmError
) -> None:
    """Only what is likely to pass at once is tried again."""
    server.replies["/read"] = [error]
    with pytest.raises(type(error)):
        server.session().call(READ)
    assert len(server.requests("/read")) == 1


@pytest.mark.parametrize("code", [1001, 1003, 1004, 1006, 2001, 3006, 5001, 5002, 5003, 9999])
def test_a_refused_read_is_not_made_again(server: RestServer, code: int) -> None:
    """A repeat would get the same answer, or make a busy server busier (rules 96-109)."""
    server.replies["/read"] = [refusal(code)]
    with pytest.raises(ApiError) as caught:
        server.session().call(READ)
    assert caught.value.code == code
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


def test_the_first_error_is_told_when_it_cannot_be_put_right(server: RestServer) -> None:
    """The clock cannot be read again: the caller learns why the call was refused."""
    session = server.session()
    session.call(READ)
    server.replies["/read"] = [CLOCK_OFF]
    server.replies["/time"] = [ConnectFailed("down")]
    with pytest.raises(AuthenticationError):
        session.call(READ)


def test_all_attempts_share_one_deadline(server: RestServer) -> None:
    """A second attempt does not get the time of the first again."""
    deadlines: list[float | None] = []
    send = server.http.send

    class Watching(MemoryHttp):
        def send(self, request: HttpRequest, *, deadline: Deadline) -> HttpResponse:
            deadlines.append(deadline.remaining())
            server.clock.advance(1.0)
            return send(request, deadline=deadline)

    server.http = Watching(server.handle)
    server.replies["/read"] = [ConnectionClosed(), answer(7)]
    server.session(timeout=10.0).call(READ)
    assert deadlines == pytest.approx([10.0, 9.0, 8.0])


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
