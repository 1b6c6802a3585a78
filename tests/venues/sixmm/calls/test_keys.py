"""The calls about API keys."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.redaction import Secret
from sixmm.venues.base import Auth
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import ApiKeyStatus, Permission
from sixmm.venues.sixmm.envelope import parse

from ..examples import success


def test_a_key_opens_none_of_them() -> None:
    """Every call about keys takes an access token only (rule 15)."""
    made = [
        calls.create_api_key(label="x"),
        calls.api_keys(),
        calls.update_api_key(id="1", status=0),
        calls.delete_api_key(id="1"),
        calls.delete_all_api_keys(),
    ]

    assert {call.auth for call in made} == {Auth.TOKEN}
    assert [call.body for call in made] == [
        {"label": "x"},
        None,
        {"id": "1", "status": 0},
        {"id": "1"},
        None,
    ]


def test_limits_of_a_key() -> None:
    """Permission bits add up, addresses are a list, and an empty list is one (rules 16, 20)."""
    call = calls.create_api_key(
        label="x", permissions=Permission.READ | Permission.TRADE, ip_whitelist=("::1", "10.0.0.1")
    )
    cleared = calls.update_api_key(id="1", ip_whitelist=[], status=ApiKeyStatus.ACTIVE)

    assert call.body == {"label": "x", "permissions": 3, "ipWhitelist": ["::1", "10.0.0.1"]}
    assert type((call.body or {})["permissions"]) is int
    assert cleared.body == {"id": "1", "ipWhitelist": [], "status": 1}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"label": ""}, "label must be text of 1 to 64 characters"),
        ({"label": "x" * 65}, "label must be text of 1 to 64 characters"),
        ({"label": None}, "label is missing"),
        ({"permissions": 0}, "permissions must be from 1 to 7, and not 0"),
        ({"permissions": 8}, "permissions must be from 1 to 7"),
        ({"ip_whitelist": "10.0.0.1"}, "ip_whitelist must be a list"),
        ({"ip_whitelist": ["localhost"]}, "'localhost' cannot be an address"),
        ({"ip_whitelist": ["10.0.0.1"] * 21}, "20 addresses at most"),
        ({"ip_whitelist": [None]}, "cannot be an address"),
    ],
)
def test_a_key_that_cannot_be(arguments: dict[str, Any], problem: str) -> None:
    """The documented limits of a key are kept before anything is sent (rules 19, 20)."""
    with pytest.raises(ConfigurationError, match=problem):
        calls.create_api_key(**{"label": "x", **arguments})


def test_an_update_changes_something() -> None:
    """An update without a change, or with a status that is none, is a mistake."""
    with pytest.raises(ConfigurationError, match="nothing to change"):
        calls.update_api_key(id="1")
    with pytest.raises(ConfigurationError, match="status is one of 0, 1"):
        calls.update_api_key(id="1", status=True)
    with pytest.raises(ConfigurationError, match="id is missing"):
        calls.delete_api_key(id=None)  # type: ignore[arg-type]


def test_the_secret_is_hidden() -> None:
    """The secret of a new key is masked at once, and no text of the reply is kept (rule 22)."""
    key = parse(
        calls.create_api_key(label="x"), success({"apiKey": "fx_1", "apiSecret": "c4n4ry-secret"})
    )

    assert (key.api_key, key.api_secret) == ("fx_1", Secret("c4n4ry-secret"))
    assert "c4n4ry" not in repr(key)
    assert not hasattr(key, "raw")
    with pytest.raises(DecodeError, match="apiSecret"):
        parse(calls.create_api_key(label="x"), success({"apiKey": "fx_1"}))


def test_rows() -> None:
    """The list of keys is typed; what the other replies say is not documented (rule 111)."""
    row = {"id": "7", "permissions": 3, "status": 0, "ipWhitelist": ["::1"], "odd": 1}
    keys = parse(calls.api_keys(), success({"list": [row]}))

    assert keys.rows[0].status is ApiKeyStatus.DISABLED
    assert keys.rows[0].ip_whitelist == ("::1",)
    assert keys.rows[0].permissions == Permission.READ | Permission.TRADE
    assert keys.rows[0].extra == {"odd": 1}
    assert parse(calls.delete_all_api_keys(), success({"deleted": 3})).deleted == 3
    assert parse(calls.delete_api_key(id="7"), success(None)).extra == {}
