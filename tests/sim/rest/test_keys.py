"""The life of API keys over real HTTP, by token only (rules 15 to 23)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sixmm.sim import Account, Exchange

from ..client import Rest

INFO = "/v1/private/user/info"


class Desk:
    """Key management with the token of one account."""

    def __init__(self, url: str, username: str) -> None:
        self.rest = Rest(url)
        self.url = url
        body = json.dumps({"username": username, "password": "pass-word"})
        data = self.rest.send("POST", "/v1/public/user/login", "", body)["data"]
        self._bearer = f"Bearer {data['accessToken']}"

    def ask(self, method: str, action: str, **body: object) -> Any:
        """Send one call of key management."""
        path = f"/v1/private/user/api-key/{action}"
        text = "" if method == "GET" else json.dumps(body)
        return self.rest.send(method, path, "", text, Authorization=self._bearer)

    def create(self, **body: object) -> dict[str, str]:
        """Make a key and return its pair."""
        reply = self.ask("POST", "create", **body)
        assert reply["code"] == 0, reply
        return dict(reply["data"])

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the list."""
        return list(self.ask("GET", "list")["data"]["list"])

    def update(self, **body: object) -> int:
        """Change the newest key and return the code."""
        return int(self.ask("PUT", "update", id=self.rows()[-1]["id"], **body)["code"])

    def use(self, pair: dict[str, str]) -> int:
        """Make a signed call with a pair and return the code."""
        with Rest(self.url, pair["apiKey"], pair["apiSecret"]) as client:
            return client.code("GET", INFO)


@pytest.fixture
def desk(exchange: Exchange, account: Account) -> Iterator[Desk]:
    """Give the key management of the account."""
    made = Desk(exchange.rest_url, account.username)
    yield made
    made.rest.session.close()


def test_a_key_is_made_and_its_secret_shown_once(desk: Desk) -> None:
    """The pair works at once; the list has everything but the secret (rules 19, 22)."""
    pair = desk.create(label="mine")
    (row,) = desk.rows()

    assert set(pair) == {"apiKey", "apiSecret"}
    assert desk.use(pair) == 0
    assert (row["label"], row["apiKey"]) == ("mine", pair["apiKey"])
    assert (row["permissions"], row["ipWhitelist"], row["status"]) == (1, [], 1)
    assert row["lastUsedAt"] == 0 < row["createdAt"]
    assert pair["apiSecret"] not in desk.rest.last.text


def test_the_last_use_is_told(desk: Desk) -> None:
    """A signed call counts, one with a wrong signature does not."""
    pair = desk.create(label="mine")
    assert desk.use({**pair, "apiSecret": "wrong"}) == 1003
    assert desk.rows()[0]["lastUsedAt"] == 0
    desk.use(pair)

    assert desk.rows()[0]["lastUsedAt"] >= desk.rows()[0]["createdAt"]


def test_a_key_can_be_switched_off_and_on(desk: Desk) -> None:
    """Status 0 is 1003 from now on, 1 brings the same pair back (rule 23)."""
    pair = desk.create(label="mine")
    assert desk.update(status=0) == 0
    assert (desk.use(pair), desk.rows()[0]["status"]) == (1003, 0)
    assert desk.update(status=1) == 0
    assert desk.use(pair) == 0


def test_an_update_changes_what_is_given_only(desk: Desk) -> None:
    """Label, permissions and whitelist change one by one; an empty list is no limit."""
    pair = desk.create(label="mine", permissions=3, ipWhitelist=["127.0.0.1"])
    desk.update(label="other")
    assert (desk.rows()[0]["label"], desk.rows()[0]["permissions"]) == ("other", 3)
    desk.update(ipWhitelist=["203.0.113.10"])
    assert desk.use(pair) == 1006
    desk.update(ipWhitelist=[])
    assert desk.use(pair) == 0
    desk.update(permissions=2)
    assert desk.use(pair) == 3006


def test_a_wrong_update_changes_nothing(desk: Desk) -> None:
    """All of it is done, or nothing."""
    desk.create(label="mine")
    before = desk.rows()

    assert desk.update(label="other", permissions=3, status=2) == 2002
    assert desk.rows() == before


def test_a_deleted_key_is_unknown(desk: Desk) -> None:
    """It is gone from the list, its pair is 1003, and deleting it again is 2002."""
    first, second = desk.create(label="a"), desk.create(label="b")
    record = desk.rows()[0]["id"]

    assert desk.ask("POST", "delete", id=record)["data"] == {}
    assert (desk.use(first), desk.use(second)) == (1003, 0)
    assert desk.ask("POST", "delete", id=record)["code"] == 2002


def test_deleting_all_keys_tells_how_many(desk: Desk, exchange: Exchange) -> None:
    """Those of other users stay."""
    other = exchange.create_account(username="other")
    kept = exchange.create_key(other)
    pair = desk.create(label="a")
    desk.create(label="b")

    assert desk.ask("POST", "delete-all")["data"] == {"deleted": 2}
    assert (desk.rows(), desk.use(pair)) == ([], 1003)
    assert desk.use({"apiKey": kept.api_key, "apiSecret": kept.api_secret}) == 0


def test_the_key_of_another_user_is_out_of_reach(exchange: Exchange, desk: Desk) -> None:
    """A record id of somebody else is 2002, and his key is as it was."""
    exchange.create_account(username="other", password="pass-word")
    theirs = Desk(exchange.rest_url, "other")
    pair = theirs.create(label="theirs")
    record = theirs.rows()[0]["id"]

    assert desk.ask("PUT", "update", id=record, status=0)["code"] == 2002
    assert desk.ask("POST", "delete", id=record)["code"] == 2002
    assert theirs.use(pair) == 0
    theirs.rest.session.close()


def test_thirty_keys_and_no_more(desk: Desk) -> None:
    """The 31st is 2003; keys made in Python count too (rule 21)."""
    for number in range(30):
        desk.create(label=f"key {number}")

    assert desk.ask("POST", "create", label="one more")["code"] == 2003
    assert len(desk.rows()) == 30


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 2001),
        ({"label": ""}, 2001),
        ({"label": "x" * 65}, 2003),
        ({"label": 5}, 2002),
        ({"label": "a", "permissions": 0}, 2003),
        ({"label": "a", "permissions": 8}, 2003),
        ({"label": "a", "permissions": "3"}, 2002),
        ({"label": "a", "permissions": True}, 2002),
        ({"label": "a", "ipWhitelist": "127.0.0.1"}, 2002),
        ({"label": "a", "ipWhitelist": ["localhost"]}, 2002),
        ({"label": "a", "ipWhitelist": ["10.0.0.0/8"]}, 2002),
        ({"label": "a", "ipWhitelist": ["127.0.0.1"] * 21}, 2003),
        ({"label": "x" * 64, "permissions": 7, "ipWhitelist": ["::1"] * 20}, 0),
        ({"label": "a", "permissions": None, "ipWhitelist": None}, 0),
    ],
)
def test_the_bounds_of_a_key(desk: Desk, body: dict[str, object], code: int) -> None:
    """Label 1 to 64 characters, permissions 1 to 7, at most 20 addresses (rules 19, 20)."""
    assert desk.ask("POST", "create", **body)["code"] == code
    assert len(desk.rows()) == (code == 0)


def test_a_key_cannot_manage_keys(exchange: Exchange, account: Account) -> None:
    """Not even one with every permission (rule 15)."""
    key = exchange.create_key(account, permissions=7)
    with Rest(exchange.rest_url, key.api_key, key.api_secret) as client:
        assert client.code("GET", "/v1/private/user/api-key/list") == 3006
        assert client.code("POST", "/v1/private/user/api-key/create", "", {"label": "x"}) == 3006


def test_keys_made_in_python_are_listed(desk: Desk, exchange: Exchange) -> None:
    """A key made in Python is in the list under a name that says so, and is the oldest."""
    account = exchange.create_account(username="third", password="pass-word")
    key = exchange.create_key(account, permissions=3, ip_whitelist=["127.0.0.1"])
    theirs = Desk(exchange.rest_url, "third")
    theirs.create(label="second")
    first, second = theirs.rows()
    theirs.rest.session.close()

    assert (first["apiKey"], first["ipWhitelist"]) == (key.api_key, ["127.0.0.1"])
    assert second["label"] == "second"
    assert desk.rows() == []
