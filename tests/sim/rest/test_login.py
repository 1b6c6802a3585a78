"""Logging in over real HTTP: what an agent's site hands out, and the bounds of a login."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sixmm.sim import Account, Exchange

from ..client import Rest

INFO = "/v1/private/user/info"
TICKET = "/v1/public/agent-sso/exchange-ticket"
EMBED = "/v1/public/agent-sso/exchange-embed-token"


def post(rest: Rest, path: str, **body: object) -> Any:
    """Send a call without credentials."""
    return rest.send("POST", path, "", json.dumps(body))


def user_of(rest: Rest, reply: Any) -> str:
    """Return whom the token of a reply speaks for."""
    bearer = f"Bearer {reply['data']['accessToken']}"
    info = rest.send("GET", INFO, Authorization=bearer)["data"]["userInfo"]
    return str(info["userId"])


def test_a_ticket_logs_in_once(exchange: Exchange, account: Account, rest: Rest) -> None:
    """The first time it gives a token of its user, the second time it is 1003 (rule 27)."""
    ticket = exchange.issue_ticket(account)
    reply = post(rest, TICKET, ticket=ticket, deviceId="device-1")

    assert user_of(rest, reply) == account.user_id
    assert reply["data"]["accessExpire"] < 10**11, "seconds, not milliseconds"
    assert reply["data"]["redirectPath"].startswith("/")
    assert post(rest, TICKET, ticket=ticket)["code"] == 1003
    assert rest.last.status_code == 401


def test_an_embed_token_needs_its_channel(exchange: Exchange, account: Account, rest: Rest) -> None:
    """It works from its own iframe only (rule 27)."""
    token = exchange.issue_embed_token(account, channel_id="channel-1")

    assert post(rest, EMBED, embedToken=token)["code"] == 2001
    assert post(rest, EMBED, embedToken=token, channelId="other")["code"] == 1003
    reply = post(rest, EMBED, embedToken=token, channelId="channel-1")
    assert user_of(rest, reply) == account.user_id


def test_what_has_no_life_is_not_accepted(exchange: Exchange, account: Account, rest: Rest) -> None:
    """A life of 0 ms is over at once."""
    ticket = exchange.issue_ticket(account, life_ms=0)
    token = exchange.issue_embed_token(account, channel_id="c", life_ms=0)

    assert post(rest, TICKET, ticket=ticket)["code"] == 1003
    assert post(rest, EMBED, embedToken=token, channelId="c")["code"] == 1003
    with pytest.raises(ValueError, match="life_ms"):
        exchange.issue_ticket(account, life_ms=-1)


@pytest.mark.parametrize(
    ("field", "length"),
    [("username", 2), ("username", 33), ("password", 65), ("deviceId", 65), ("deviceName", 129)],
)
def test_the_bounds_of_a_login(rest: Rest, field: str, length: int) -> None:
    """A text that is too short or too long is 2003, before the password is looked at."""
    body = {"username": "demo", "password": "pass-word", field: "x" * length}

    assert post(rest, "/v1/public/user/login", **body)["code"] == 2003


def test_a_login_by_ticket_has_no_cookie(exchange: Exchange, account: Account, rest: Rest) -> None:
    """Only a login by password is documented to set one, so there is nothing to refresh with."""
    post(rest, TICKET, ticket=exchange.issue_ticket(account))

    assert not rest.session.cookies
    assert post(rest, "/v1/public/user/refresh-token")["code"] == 1001


def test_token_and_cookie_must_belong_together(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """The cookie of one login and the token of another do not log out (rule 26)."""
    ticket = exchange.issue_ticket(account)
    other = post(rest, TICKET, ticket=ticket)["data"]["accessToken"]
    post(rest, "/v1/public/user/login", username="demo", password="pass-word")
    reply = rest.send("POST", "/v1/private/user/logout", Authorization=f"Bearer {other}")

    assert reply["code"] == 1003
    assert rest.send("GET", INFO, Authorization=f"Bearer {other}")["code"] == 0


def test_the_last_login_is_told(exchange: Exchange, rest: Rest) -> None:
    """When it was on the exchange's clock, and from where."""
    before = rest.data("GET", INFO)["userInfo"]["lastLoginAt"]
    exchange.faults.clock_skew(5_000)
    post(rest, "/v1/public/user/login", username="demo", password="pass-word")
    exchange.faults.clear()
    info = rest.data("GET", INFO)["userInfo"]

    assert info["lastLoginAt"] >= before + 5_000
    assert info["lastLoginIp"] == "127.0.0.1"
