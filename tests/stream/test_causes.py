"""Which failure is tried again, which asks for a new key, and which is final."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm import errors
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    ForkedClient,
    HandshakeRefused,
    HttpStatusError,
    InvalidOrder,
    LocalStateError,
    LoginRefused,
    NotCarriedOut,
    OutcomeUnknown,
    PaceExceeded,
    ProtocolViolation,
    SixmmError,
    SubscriptionRefused,
    TlsFailed,
    Unsupported,
    api_error,
)
from sixmm.stream.causes import MAX_RETRY_AFTER, Remedy, judge

RETRY, NEW_KEY, FATAL = Remedy.RETRY, Remedy.NEW_KEY, Remedy.FATAL


def refused(status: int, retry_after: float | None = None) -> HandshakeRefused:
    """Return a refused upgrade."""
    return HandshakeRefused("refused", http_status=status, retry_after=retry_after)


def reply(status: int, retry_after: float | None = None) -> HttpStatusError:
    """Return a REST reply that is no envelope."""
    return HttpStatusError("no envelope", http_status=status, retry_after=retry_after)


def code(number: int, status: int = 200) -> SixmmError:
    """Return a REST reply with a code."""
    return api_error("refused", code=number, http_status=status)


def closed(number: int) -> ConnectionClosed:
    """Return a close by the server."""
    return ConnectionClosed(code=number, by="remote")


# What happened; the remedy with a key that was held before; the remedy with a key made for it.
CAUSES: list[tuple[SixmmError, Remedy, Remedy]] = [
    # No link
    (ConnectFailed("no such host"), RETRY, RETRY),
    (ConnectFailed("connection refused"), RETRY, RETRY),
    (ConnectFailed("network unreachable"), RETRY, RETRY),
    (DeadlineExceeded("no answer to the upgrade"), RETRY, RETRY),
    (TlsFailed("the handshake broke off"), RETRY, RETRY),
    (TlsFailed("certificate has expired", certificate=True), FATAL, FATAL),
    (TlsFailed("wrong host", certificate=True), FATAL, FATAL),
    # A refused upgrade
    (refused(301), FATAL, FATAL),
    (refused(307), FATAL, FATAL),
    (refused(400), NEW_KEY, FATAL),
    (refused(408), RETRY, RETRY),
    (refused(401), NEW_KEY, FATAL),
    (refused(403), NEW_KEY, FATAL),
    (refused(404), NEW_KEY, FATAL),
    (refused(410), NEW_KEY, FATAL),
    (refused(426), NEW_KEY, FATAL),
    (refused(429), RETRY, RETRY),
    (refused(500), RETRY, RETRY),
    (refused(502), RETRY, RETRY),
    (refused(503), RETRY, RETRY),
    (refused(504), RETRY, RETRY),
    # A refused login
    (LoginRefused("bad listenKey"), NEW_KEY, FATAL),
    # Closed links
    (ConnectionClosed(), RETRY, RETRY),
    (closed(1000), RETRY, RETRY),
    (closed(1001), RETRY, RETRY),
    (closed(1005), RETRY, RETRY),
    (closed(1008), NEW_KEY, NEW_KEY),
    (closed(1009), RETRY, RETRY),
    (closed(1011), RETRY, RETRY),
    (closed(1012), RETRY, RETRY),
    (closed(1013), RETRY, RETRY),
    (closed(4000), RETRY, RETRY),
    (ConnectionClosed(code=1000, reason="the stream key was replaced", by="local"), RETRY, RETRY),
    # A peer that cannot be understood
    (ProtocolViolation("masked frame"), RETRY, RETRY),
    (ProtocolViolation("too large", close_code=1009), RETRY, RETRY),
    (DecodeError("not JSON"), RETRY, RETRY),
    # REST calls that a connection needs
    (code(1001), FATAL, FATAL),
    (code(1002), FATAL, FATAL),
    (code(1003), FATAL, FATAL),
    (code(1004), FATAL, FATAL),
    (code(1006), FATAL, FATAL),
    (code(2001), FATAL, FATAL),
    (code(2003), FATAL, FATAL),
    (code(3001), FATAL, FATAL),
    (code(3003), FATAL, FATAL),
    (code(3004), FATAL, FATAL),
    (code(3005), FATAL, FATAL),
    (code(3006), FATAL, FATAL),
    (code(3101), FATAL, FATAL),
    (code(5001), RETRY, RETRY),
    (code(5002), RETRY, RETRY),
    (code(5003), RETRY, RETRY),
    (code(9999), FATAL, FATAL),
    (code(1001, status=429), RETRY, RETRY),
    (reply(302), FATAL, FATAL),
    (reply(403), FATAL, FATAL),
    (reply(429), RETRY, RETRY),
    (reply(500), RETRY, RETRY),
    (reply(502), RETRY, RETRY),
    (OutcomeUnknown("the key may have been made"), RETRY, RETRY),
    (PaceExceeded("no turn in time", retry_after=1.0), RETRY, RETRY),
    # This program
    (ConfigurationError("no secret"), FATAL, FATAL),
    (LocalStateError("not possible"), FATAL, FATAL),
    (ClientClosed("closed"), FATAL, FATAL),
    (ForkedClient("another process"), FATAL, FATAL),
    (Unsupported("extra missing"), FATAL, FATAL),
    (SubscriptionRefused("no such topic"), FATAL, FATAL),
    (InvalidOrder("too fine", rule="tick size", field="price", value="1.05"), FATAL, FATAL),
    (NotCarriedOut("an order got lost"), FATAL, FATAL),
    (SixmmError("something new"), FATAL, FATAL),
]


def _name(value: object) -> str:
    return f"{type(value).__name__}: {value}" if isinstance(value, Exception) else str(value)


@pytest.mark.parametrize(("error", "held", "fresh"), CAUSES, ids=_name)
def test_every_cause_is_classified(error: SixmmError, held: Remedy, fresh: Remedy) -> None:
    """The table above is what the engine does (rules 95-109)."""
    assert judge(error, fresh_key=False).remedy is held
    assert judge(error, fresh_key=True).remedy is fresh


def test_the_table_is_large_enough() -> None:
    """At least 40 causes are in the table, and every class of error is one of them."""
    assert len(CAUSES) >= 40
    classes = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, SixmmError)
    }
    abstract = {errors.LocalError, errors.RemoteError, errors.NetworkError}
    covered = {type(error) for error, _, _ in CAUSES}
    missing = {cls for cls in classes - abstract if not covered & {cls, *cls.__subclasses__()}}
    assert missing == set()


def test_what_is_not_ours_is_fatal() -> None:
    """An error that nobody has named is not tried again: that could do harm."""
    assert judge(RuntimeError("unknown"), fresh_key=False).remedy is FATAL


@pytest.mark.parametrize("make", [refused, reply])
@given(after=st.none() | st.floats(allow_nan=False))
def test_a_servers_wish_to_wait_is_bounded(make: type[SixmmError], after: float | None) -> None:
    """``Retry-After`` is kept between 0 and five minutes, whatever the server says (rule 108)."""
    floor = judge(make(503, after), fresh_key=False).floor
    assert 0.0 <= floor <= MAX_RETRY_AFTER
    if after is not None and 0 <= after <= MAX_RETRY_AFTER:
        assert floor == after


def test_throttling_says_how_long() -> None:
    """Code 5003 carries the wait of its reply (rule 108)."""
    throttled = api_error("slow down", code=5003, retry_after=12.0)
    assert judge(throttled, fresh_key=False).floor == 12.0


@pytest.mark.parametrize("number", [1012, 1013])
def test_a_server_that_restarts_is_left_alone_for_a_moment(number: int) -> None:
    """Close codes 1012 and 1013 ask to come back later."""
    assert judge(closed(number), fresh_key=False).floor > 0


@pytest.mark.parametrize("fresh_key", [True, False])
def test_an_expired_token_is_final_unless_it_can_be_renewed(fresh_key: bool) -> None:
    """With the cookie of a login there will be another token; without one, asking is in vain."""
    expired = code(1002)
    assert judge(expired, fresh_key=fresh_key, can_refresh=True).remedy is NEW_KEY
    assert judge(expired, fresh_key=fresh_key, can_refresh=False).remedy is FATAL


@pytest.mark.parametrize("number", [1001, 1003, 1004, 1006])
def test_a_cookie_does_not_make_other_refusals_pass(number: int) -> None:
    """They are not about the age of the token."""
    assert judge(code(number), fresh_key=False, can_refresh=True).remedy is FATAL


def test_a_clock_error_is_tried_again() -> None:
    """The clock is read again before the next attempt (rule 40)."""
    assert judge(code(1003), fresh_key=True, is_clock_error=True).remedy is RETRY
