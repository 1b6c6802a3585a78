"""Who may call what, over real HTTP (rules 12 to 18, 29 to 42)."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import Any

import pytest

from sixmm.sim import Account, Exchange

from ..client import Rest

INFO = "/v1/private/user/info"
CURRENT = "/v1/private/order/current"
PLACE = "/v1/private/order/place"
POSITIONS = "/v1/private/position/positions"
ORDER = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "85000", "quantity": "0.1"}


def login(rest: Rest) -> dict[str, Any]:
    """Log in and return the data."""
    body = json.dumps({"username": "demo", "password": "pass-word"})
    data: dict[str, Any] = rest.send("POST", "/v1/public/user/login", "", body)["data"]
    return data


def test_a_signed_call_is_answered(rest: Rest) -> None:
    """Key, timestamp and signature together are enough (rule 29)."""
    assert rest.data("GET", INFO)["userInfo"]["username"] == "demo"
    assert rest.last.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "symbol=BTCUSDT&symbol=",
        "b=2&a=1&symbol=BTCUSDT",
        "symbol=%42TCUSDT",
        "y=%E2%82%AC&z=a+b&symbol=BTCUSDT",
        "x=a%20b;c&&symbol=BTCUSDT",
    ],
)
def test_the_query_is_checked_as_it_was_sent(rest: Rest, query: str) -> None:
    """Order, spelling and escapes of the query are signed as they are (rules 33, 34)."""
    assert rest.code("GET", CURRENT, query) == 0


def test_escapes_in_lower_case(rest: Rest) -> None:
    """Escapes that no tidy client sends are still checked as the text that arrived (rule 33)."""
    query = rest.sign(rest.stamped("x=%e2%82%ac"))
    host = rest.url.removeprefix("http://")
    with contextlib.closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        connection.request("GET", f"{INFO}?{query}", headers={"X-API-KEY": rest.api_key})
        assert json.load(connection.getresponse())["code"] == 0


def test_another_order_of_the_query_is_another_text(rest: Rest) -> None:
    """Signing one order and sending another is 1003 (rule 33)."""
    query = rest.stamped("a=1&b=2")
    signature = rest.sign(query).rpartition("&")[2]
    a, b, stamp = query.split("&")
    reply = rest.send("GET", INFO, "&".join((b, a, stamp, signature)), X_API_KEY=rest.api_key)

    assert (reply["code"], reply["message"]) == (1003, "Invalid signature")


def test_the_body_is_checked_byte_for_byte(rest: Rest) -> None:
    """One blank more in the body than was signed is 1003 (rule 35)."""
    text = json.dumps(ORDER, separators=(",", ":"))
    signed = rest.sign(rest.stamped(), text)
    reply = rest.send("POST", PLACE, signed, json.dumps(ORDER), X_API_KEY=rest.api_key)

    assert reply["code"] == 1003
    assert rest.last.status_code == 401


def test_a_delete_signs_its_body_too(rest: Rest) -> None:
    """DELETE listen-key has a body, and it is part of what is signed (rule 36)."""
    body = json.dumps({"listenKey": rest.listen_key()})
    path = "/v1/private/user/listen-key"
    unsigned = rest.sign(rest.stamped())
    assert rest.send("DELETE", path, unsigned, body, X_API_KEY=rest.api_key)["code"] == 1003
    signed = rest.sign(rest.stamped(), body)
    assert rest.send("DELETE", path, signed, body, X_API_KEY=rest.api_key)["code"] == 0


@pytest.mark.parametrize("offset", [-60_000, 60_000])
def test_a_clock_that_is_off_is_told(rest: Rest, offset: int) -> None:
    """Outside of 10 s it is 1003 with the documented sentence (rules 38, 40)."""
    signed = rest.sign(rest.stamped(offset_ms=offset))
    reply = rest.send("GET", INFO, signed, X_API_KEY=rest.api_key)

    assert (reply["code"], reply["message"]) == (1003, "Timestamp outside of tolerance window")


def test_a_repeat_on_an_order_path_is_refused(rest: Rest) -> None:
    """The same signature twice is 3004 on order paths, queries included (rule 41)."""
    signed = rest.sign(rest.stamped("symbol=BTCUSDT"))
    for path in (CURRENT, "/v1/private/order"):
        rest.send("GET", path, signed, X_API_KEY=rest.api_key)
    reply = rest.send("GET", CURRENT, signed, X_API_KEY=rest.api_key)

    assert (reply["code"], reply["message"]) == (3004, "Signature replay detected")
    assert rest.last.status_code == 200


@pytest.mark.parametrize("path", [INFO, POSITIONS])
def test_a_repeat_elsewhere_is_answered(rest: Rest, path: str) -> None:
    """Only order paths remember signatures."""
    signed = rest.sign(rest.stamped())
    codes = [rest.send("GET", path, signed, X_API_KEY=rest.api_key)["code"] for _ in range(2)]

    assert codes == [0, 0]


@pytest.mark.parametrize(
    ("permissions", "path", "code"),
    [
        (1, INFO, 0),
        (2, INFO, 3006),
        (1, CURRENT, 3006),
        (1, POSITIONS, 3006),
        (2, CURRENT, 0),
        (4, INFO, 3006),
    ],
)
def test_permission_bits(
    exchange: Exchange, account: Account, permissions: int, path: str, code: int
) -> None:
    """Read opens user calls, Trade order and position calls, queries too (rules 16 to 18)."""
    key = exchange.create_key(account, permissions=permissions)
    with Rest(exchange.rest_url, key.api_key, key.api_secret) as client:
        assert client.code("GET", path) == code


def test_the_whitelist_names_addresses(exchange: Exchange, account: Account) -> None:
    """A key with a whitelist works from its addresses only, else 1006 (rule 20)."""
    codes = []
    for address in ("127.0.0.1", "203.0.113.10"):
        key = exchange.create_key(account, ip_whitelist=[address])
        with Rest(exchange.rest_url, key.api_key, key.api_secret) as client:
            codes.append((client.code("GET", INFO), client.last.status_code))

    assert codes == [(0, 200), (1006, 401)]


def test_a_revoked_key_is_unknown(exchange: Exchange, account: Account) -> None:
    """After revoke_key every call is 1003."""
    key = exchange.create_key(account)
    with Rest(exchange.rest_url, key.api_key, key.api_secret) as client:
        assert client.code("GET", INFO) == 0
        exchange.revoke_key(key)
        assert client.code("GET", INFO) == 1003


def test_no_credential_at_all_is_1001(rest: Rest) -> None:
    """Without headers, or with a key and no signature, there is nothing to check (rule 96)."""
    assert rest.send("GET", INFO)["code"] == 1001
    assert rest.last.status_code == 401
    assert rest.send("GET", INFO, Authorization="Basic eA==")["code"] == 1001
    assert rest.send("GET", INFO, rest.stamped(), X_API_KEY=rest.api_key)["code"] == 1001


def test_a_token_opens_everything(rest: Rest) -> None:
    """A bearer token does for user, order and position calls (rule 12)."""
    bearer = f"Bearer {login(rest)['accessToken']}"
    for path in (INFO, CURRENT, POSITIONS):
        assert rest.send("GET", path, Authorization=bearer)["code"] == 0


def test_an_api_key_header_switches_to_signatures(rest: Rest) -> None:
    """With X-API-KEY a good token does not help an unsigned call (rule 13)."""
    bearer = f"Bearer {login(rest)['accessToken']}"

    assert rest.send("GET", INFO, Authorization=bearer, X_API_KEY="fx_unknown")["code"] == 1003


def test_the_life_of_a_login(rest: Rest) -> None:
    """Login, refresh by cookie, logout with both; then 1004, and no more refresh (rules 25, 26)."""
    first = login(rest)
    refreshed = rest.send("POST", "/v1/public/user/refresh-token")["data"]
    bearer = f"Bearer {refreshed['accessToken']}"

    assert first["accessExpire"] < 10**11, "seconds, not milliseconds"
    assert refreshed["accessToken"] != first["accessToken"]
    assert rest.code("POST", "/v1/private/user/logout") == 3006
    cookies = rest.session.cookies.copy()
    rest.session.cookies.clear()
    assert rest.send("POST", "/v1/private/user/logout", Authorization=bearer)["code"] == 1001
    rest.session.cookies.update(cookies)
    assert rest.send("POST", "/v1/private/user/logout", Authorization=bearer)["data"] == {}
    assert rest.send("GET", INFO, Authorization=bearer)["code"] == 1004
    assert rest.send("POST", "/v1/public/user/refresh-token")["code"] == 1003


def test_token_life_is_configurable() -> None:
    """A token of no life at all is 1002 at once (rule 97)."""
    with Exchange(market_maker=False, access_token_life_s=0) as exchange:
        exchange.create_account(username="demo", password="pass-word")
        with Rest(exchange.rest_url) as client:
            bearer = f"Bearer {login(client)['accessToken']}"
            assert client.send("GET", INFO, Authorization=bearer)["code"] == 1002


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [("demo", "no", 1003), ("nobody", "pass-word", 1003), ("house-maker", "", 2001)],
)
def test_a_wrong_password_is_refused(rest: Rest, username: str, password: str, code: int) -> None:
    """A wrong name or password is 1003, a missing one 2001."""
    body = json.dumps({"username": username, "password": password})

    assert rest.send("POST", "/v1/public/user/login", "", body)["code"] == code
