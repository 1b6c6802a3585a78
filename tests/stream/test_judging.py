"""What the end of a link means for the next one, and what the caller is told of it."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import attrs
import pytest

from sixmm.clock import ManualClock
from sixmm.errors import ConnectFailed, HandshakeRefused, LocalStateError, LoginRefused, SixmmError
from sixmm.events import ConnectionEvent, Disconnected, SessionExpiring
from sixmm.redaction import Secret
from sixmm.stream.backoff import Backoff, BackoffPolicy
from sixmm.stream.judging import Judge
from sixmm.venues.base import Dial

from .fakes import WS_URL

REFUSED = HandshakeRefused("refused", http_status=401)
LOGIN = LoginRefused("refused")


@attrs.define
class Court:
    """A judge, and what was told."""

    judge: Judge
    keys: mock.Mock
    told: list[ConnectionEvent]

    def decide(self, failure: SixmmError) -> bool:
        """Return whether a failure is fatal."""
        _, error = self.judge.decide(failure, number=3)
        return error is not None

    def dial(self, *, fresh_key: bool = True, is_for_once: bool = False) -> None:
        """Note a dial."""
        dial = Dial(url=Secret(WS_URL), is_for_once=is_for_once)
        self.judge.dialling(dial, fresh_key=fresh_key)


@pytest.fixture
def court() -> Callable[..., Court]:
    """Make a judge of a session that has a stream key, or none."""

    def make(*, expires_at_ms: int | None = 9) -> Court:
        told: list[ConnectionEvent] = []
        shared = mock.Mock(clock=ManualClock(), tell=told.append)
        shared.rest.credentials.cookies = {}
        shared.venue.is_clock_error.return_value = False
        keys = mock.Mock(expires_at_ms=expires_at_ms)
        backoff = Backoff(BackoffPolicy(base=1.0, maximum=8.0), lambda: 1.0)
        return Court(Judge(shared, keys=keys, backoff=backoff), keys, told)

    return make


MakeCourt = Callable[..., Court]


def test_what_may_pass_is_waited_for(court: MakeCourt) -> None:
    """The caller is told of the end, and when the next attempt is made."""
    one = court()
    one.dial()
    delay, error = one.judge.decide(ConnectFailed("down"), number=3)
    (told,) = one.told
    assert isinstance(told, Disconnected)
    assert (error, told.connection, told.retry_in) == (None, 3, delay)
    # The first attempt is made at once, and the next is not.
    assert delay == 0.0
    assert one.judge.decide(ConnectFailed("down"), number=3)[0] > 0.0


def test_what_cannot_pass_is_fatal(court: MakeCourt) -> None:
    """There is no next attempt, and the caller is told so."""
    one = court()
    one.dial()
    assert one.decide(LocalStateError("unknown"))
    (told,) = one.told
    assert isinstance(told, Disconnected)
    assert told.retry_in is None


def test_a_refused_key_that_was_held_is_made_anew(court: MakeCourt) -> None:
    """It is in doubt; the caller is told that it is over."""
    one = court()
    one.dial(fresh_key=False)
    assert not one.decide(REFUSED)
    one.keys.doubt.assert_called_once_with()
    assert isinstance(one.told[0], SessionExpiring)


def test_a_new_key_may_be_refused_twice_at_the_upgrade(court: MakeCourt) -> None:
    """The third time in a row is final; an accepted one in between begins anew."""
    one = court()
    for final in (False, False, True):
        one.dial()
        assert one.decide(REFUSED) is final
    other = court()
    for _ in range(3):
        other.dial()
        assert not other.decide(REFUSED)
        other.judge.accepted()


def test_a_new_key_that_is_refused_at_the_login_is_final(court: MakeCourt) -> None:
    """That is plain enough."""
    one = court()
    one.dial()
    assert one.decide(LOGIN)


def test_without_a_key_the_first_refusal_is_final(court: MakeCourt) -> None:
    """A token of the caller's does not get better."""
    one = court(expires_at_ms=None)
    one.dial()
    assert one.decide(REFUSED)


@pytest.mark.parametrize("refusal", [REFUSED, LOGIN])
def test_what_is_made_for_one_dial_may_be_refused_twice(
    court: MakeCourt, refusal: SixmmError
) -> None:
    """At the upgrade or at the login; other failures do not count."""
    one = court(expires_at_ms=None)
    for failure, final in ((refusal, False), (ConnectFailed("down"), False), (refusal, False)):
        one.dial(is_for_once=True)
        assert one.decide(failure) is final
    one.dial(is_for_once=True)
    assert one.decide(refusal)


def test_after_a_timestamp_that_was_off_the_clock_is_read_again(court: MakeCourt) -> None:
    """A login that is refused for it is no fault of the key, however often."""
    one = court()
    forget = one.judge._shared.rest.server_clock.forget
    for times in range(1, 6):
        one.judge._shared.venue.is_clock_error.return_value = True  # type: ignore[attr-defined]
        one.dial()
        assert not one.decide(LOGIN)
        assert forget.call_count == times  # type: ignore[attr-defined]
