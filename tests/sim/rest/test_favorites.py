"""Favourite symbols over real HTTP."""

from __future__ import annotations

import pytest

from ..client import Rest

PATH = "/v1/private/user/favorite-symbols"


def test_saving_replaces_the_list(rest: Rest) -> None:
    """What is sent is the full new list, in its order, each symbol once."""
    assert rest.data("GET", PATH) == {"symbols": []}
    assert rest.data("POST", PATH, "", {"symbols": ["ETHUSDT", "BTCUSDT", "ETHUSDT"]}) == {}
    assert rest.data("GET", PATH) == {"symbols": ["ETHUSDT", "BTCUSDT"]}
    rest.data("POST", PATH, "", {"symbols": ["SOLUSDT"]})
    assert rest.data("GET", PATH) == {"symbols": ["SOLUSDT"]}
    rest.data("POST", PATH, "", {"symbols": []})
    assert rest.data("GET", PATH) == {"symbols": []}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 2001),
        ({"symbols": "BTCUSDT"}, 2002),
        ({"symbols": [5]}, 2002),
        ({"symbols": ["BTCUSDT", "NOPE"]}, 2002),
    ],
)
def test_a_wrong_list_leaves_the_old_one(rest: Rest, body: dict[str, object], code: int) -> None:
    """Nothing is saved in part."""
    rest.data("POST", PATH, "", {"symbols": ["SOLUSDT"]})

    assert rest.code("POST", PATH, "", body) == code
    assert rest.data("GET", PATH) == {"symbols": ["SOLUSDT"]}
