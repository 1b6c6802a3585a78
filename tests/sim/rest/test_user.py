"""User calls over real HTTP."""

from __future__ import annotations

from collections.abc import Callable

from sixmm.sim import Account, Exchange

from ..client import Rest, Stream

KEY = "/v1/private/user/listen-key"


def test_a_listen_key_is_made_renewed_and_closed(rest: Rest) -> None:
    """POST, PUT and DELETE with the key in a JSON body; expireAt is in ms (rules 70 to 73)."""
    made = rest.data("POST", KEY)
    body = {"listenKey": made["listenKey"]}

    assert len(made["listenKey"]) == 32
    assert made["expireAt"] > 10**12
    assert rest.data("PUT", KEY, "", body)["expireAt"] >= made["expireAt"]
    assert rest.data("DELETE", KEY, "", body) == {}
    assert rest.code("PUT", KEY, "", body) == 2002
    assert rest.code("PUT", KEY, "", {}) == 2001


def test_closing_a_listen_key_closes_its_sockets(
    rest: Rest, private: Stream, dial: Callable[..., Stream]
) -> None:
    """The socket goes with 1008 and the reason, a public one stays."""
    public = dial()
    rest.data("DELETE", KEY, "", {"listenKey": rest.listen_key()})

    assert private.end()[:2] == (1008, "listenKey expired")
    assert public.ask("ping")["event"] == "pong"


def test_the_asset_call_says_frozen_margin(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """REST says frozenMargin where the stream says frozenBalance (rule 80)."""
    exchange.place_order(
        account, symbol="BTCUSDT", side="BUY", type="LIMIT", price="85000", quantity="0.1"
    )
    asset = rest.data("GET", "/v1/private/user/asset")["userAsset"]

    assert (asset["walletBalance"], asset["frozenMargin"]) == ("1000000", "425")
    assert asset == exchange.truth(account)["balances"]["USDT"]


def test_the_profile(rest: Rest, account: Account) -> None:
    """Name and public id, and when and whence the last login was."""
    info = rest.data("GET", "/v1/private/user/info")["userInfo"]

    assert (info["userId"], info["username"]) == (account.user_id, "demo")
    assert info["lastLoginIp"] == "127.0.0.1"
