"""The public calls and those about the login."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.redaction import Secret
from sixmm.venues.base import Auth, Credentials
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.envelope import parse

from ..examples import success


def test_the_clock_is_in_milliseconds() -> None:
    """Of the two times in the reply the one in milliseconds is the result (rules 7, 39)."""
    data = {"timestamp": 1780473256, "timestampMs": 1780473256708}

    assert parse(calls.server_time(), success(data)) == 1780473256708
    with pytest.raises(DecodeError, match="timestampMs"):
        parse(calls.server_time(), success({"timestamp": 1780473256}))


def test_klines() -> None:
    """Filters are sent under their wire names, and candles come back typed (rule 64)."""
    call = calls.klines(symbol="BTCUSDT", interval="1m", start_time=5, limit=1000)
    data = {"list": [{"openTime": 1, "open": "1.0", "closeTime": 2}]}

    assert call.query == (
        ("symbol", "BTCUSDT"),
        ("interval", "1m"),
        ("startTime", "5"),
        ("limit", "1000"),
    )
    assert parse(call, success(data)).rows[0].open_time == 1
    with pytest.raises(ConfigurationError):
        calls.klines(symbol="BTCUSDT", interval="1 m")


def test_symbols_tolerate_more() -> None:
    """Fields that the documentation leaves open are kept (rule 44)."""
    data = {"list": [{"symbol": "X", "tickSize": "0.1", "leverageTiers": [1]}], "odd": 1}
    result = parse(calls.symbols(), success(data))

    assert str(result.rows[0].tick_size) == "0.1"
    assert result.rows[0].extra == {"leverageTiers": [1]}
    assert result.extra == {"odd": 1, "list": [{"leverageTiers": [1]}]}


def test_login_and_refresh_give_credentials() -> None:
    """A token comes as a secret with its end in milliseconds (rules 7, 25)."""
    login = calls.login(username="demo", password=Secret("pw"))
    for call in (login, calls.refresh_token()):
        got = parse(call, success({"accessToken": "t", "accessExpire": 1769676656}))
        assert got == Credentials(access_token=Secret("t"), access_expires_at_ms=1_769_676_656_000)
        assert parse(call, success({"accessToken": "t"})).access_expires_at_ms is None
    assert login.body == {"username": "demo", "password": "pw"}


def test_no_login_is_sent_again_by_itself() -> None:
    """What starts, renews or ends a login changes state."""
    made = [calls.login(username="u", password=Secret("p")), calls.refresh_token(), calls.logout()]

    assert all(call.writes for call in made)
    assert [call.auth for call in made] == [Auth.NONE, Auth.COOKIE, Auth.TOKEN_AND_COOKIE]


def test_a_token_is_required() -> None:
    """A login reply without a token is not a login."""
    with pytest.raises(DecodeError, match="accessToken"):
        parse(calls.refresh_token(), success({"accessExpire": 5}))
