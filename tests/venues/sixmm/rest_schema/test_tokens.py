"""Replies with a secret in them."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from sixmm.codec import structure
from sixmm.redaction import Secret
from sixmm.venues.base import Credentials
from sixmm.venues.sixmm import rest_schema as rest

CANARY = "c4n4ry-secret"
TOLD: list[tuple[type[Any], dict[str, Any]]] = [
    (rest.Token, {"accessToken": CANARY}),
    (rest.AgentToken, {"accessToken": CANARY, "redirectPath": "/"}),
    (rest.ListenKey, {"listenKey": CANARY}),
    (rest.NewApiKey, {"apiKey": "fx", "apiSecret": CANARY}),
]


@pytest.mark.parametrize(("cls", "data"), TOLD, ids=lambda item: str(item)[-20:])
def test_nothing_shows_a_secret(cls: type[Any], data: dict[str, Any]) -> None:
    """Neither the object nor its parts show it, and no text of the reply is kept (rule 22)."""
    row = structure(rest.make_rest_converter(), data, cls)

    assert CANARY not in repr(row) + str(row) + repr(attrs.asdict(row))
    assert not hasattr(row, "raw")
    assert Secret(CANARY) in attrs.astuple(row, recurse=False)


def test_a_token_ends_in_milliseconds() -> None:
    """The exchange tells the end of a token in seconds (rule 7)."""
    assert rest.Token(access_token=Secret("t"), access_expire_s=1769676656).expires_at_ms == (
        1_769_676_656_000
    )
    assert rest.Token(access_token=Secret("t")).expires_at_ms is None


def test_an_agent_login_is_a_login() -> None:
    """It can stand wherever credentials can, and keeps its path when cookies are added."""
    login = rest.AgentLogin(access_token=Secret("t"), redirect_path="/trade")
    changed = attrs.evolve(login, cookies={"c": Secret("v")})

    assert isinstance(login, Credentials)
    assert login.present
    assert changed.redirect_path == "/trade"
