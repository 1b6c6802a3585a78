"""The one place that says where an operation is."""

from __future__ import annotations

import pytest

from sixmm.venues.base import Auth
from sixmm.venues.sixmm.calls.endpoints import ENDPOINTS, make_call
from sixmm.venues.sixmm.enums import Permission

from ..examples import openapi

BITS = {None: None, 1: Permission.READ, 2: Permission.TRADE}


def test_the_table_is_the_fact_sheet() -> None:
    """Every operation is there with its method, path and permission, and none is made up."""
    told = {
        operation["operationId"]: (
            method.upper(),
            path,
            BITS[operation["x-permission-bit"]],
        )
        for path, item in openapi()["paths"].items()
        for method, operation in item.items()
    }

    assert {name: (one.method, one.path, one.permission) for name, one in ENDPOINTS.items()} == told
    assert len(ENDPOINTS) == 53
    assert all(name == one.operation for name, one in ENDPOINTS.items())


def test_a_call_has_what_the_table_says() -> None:
    """Method, path and credential come from the table, and None is left out of query and body."""
    call = make_call("placeOrder", query={"a": None, "b": 1}, body={"c": None, "d": False})

    assert (call.method, call.path) == ("POST", "/v1/private/order/place")
    assert (call.query, call.body) == ((("b", "1"),), {"d": False})
    assert (call.auth, call.writes) == (Auth.ACCOUNT, True)
    assert make_call("getVersion").body is None
    assert not make_call("getVersion").writes


def test_an_unknown_operation_is_a_mistake_of_the_program() -> None:
    """There is no call of an operation that the exchange does not have."""
    with pytest.raises(KeyError):
        make_call("getMoon")
