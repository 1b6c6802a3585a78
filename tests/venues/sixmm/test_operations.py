"""Which method makes which operation: a table from the code, held against the fact sheet."""

from __future__ import annotations

import functools

import pytest

from sixmm import ordering
from sixmm.client import Client
from sixmm.venues.base import Auth
from sixmm.venues.sixmm.calls.endpoints import ENDPOINTS
from sixmm.venues.sixmm.operations import (
    TiedMethod,
    operation,
    operation_of,
    operations_of,
)

from .examples import openapi

TIED = operations_of(Client, names=vars(ordering))
"""The tied methods of the client and of its groups."""


def test_every_operation_has_a_method() -> None:
    """The client makes every operation of the fact sheet, and none that is not there."""
    told = {one["operationId"] for item in openapi()["paths"].values() for one in item.values()}

    assert {one.endpoint.operation for one in TIED} == told
    assert len(told) == 53


def test_methods_paths_and_permissions_are_the_documented_ones() -> None:
    """What the table says of an operation is what the fact sheet says."""
    sheet = openapi()["paths"]
    for one in TIED:
        endpoint = one.endpoint
        told = sheet[endpoint.path][endpoint.method.lower()]
        assert told["operationId"] == endpoint.operation
        assert told["x-permission-bit"] == endpoint.permission, one.name


def asked_for(one: TiedMethod) -> str:
    """Return how a docstring says what the call asks for; what asks for nothing need not say so."""
    if one.endpoint.permission is not None:
        return f"permission {one.endpoint.permission.name}".lower()
    return "access token only" if one.endpoint.auth is Auth.TOKEN else ""


@pytest.mark.parametrize("one", TIED, ids=lambda one: one.name)
def test_docstrings_say_where_and_what_it_takes(one: TiedMethod) -> None:
    """A method's docstring has its HTTP method, its path and its permission."""
    text = " ".join((one.function.__doc__ or "").split())

    assert f"``{one.endpoint.method} {one.endpoint.path}``" in text
    assert asked_for(one) in text.lower()


def test_a_tied_method_is_the_same_method() -> None:
    """The decorator changes nothing but that the table knows the method."""

    def place() -> int:
        return 5

    assert operation_of(place) is None
    assert operation("placeOrder")(place) is place
    assert operation_of(place) is ENDPOINTS["placeOrder"]
    assert place() == 5


def test_an_unknown_operation_is_refused_at_once() -> None:
    """A misspelt name fails when the module is imported."""
    with pytest.raises(LookupError, match="no operation 'placeOder'"):
        operation("placeOder")


class Queries:
    """A group."""

    @operation("getOrder")
    def get(self) -> None:
        """Tied."""

    @operation("getTrades")
    def _hidden(self) -> None:
        """Not public."""

    def other(self) -> None:
        """Not tied."""


class Orders(Queries):
    """A group on top of another."""

    @operation("placeOrder")
    def place(self) -> None:
        """Tied."""


class Holder:
    """Has groups as properties of both kinds."""

    @operation("getVersion")
    def version(self) -> None:
        """Tied."""

    @functools.cached_property
    def orders(self) -> Orders:
        """A group."""
        return Orders()

    @property
    def queries(self) -> Queries:
        """A group."""
        return Queries()

    @property
    def count(self) -> int:
        """No group."""
        return 1

    @property
    def unknown(self) -> Missing:  # type: ignore[name-defined]  # noqa: F821
        """Annotated with what is not there at run time."""


def test_methods_are_found_wherever_they_are() -> None:
    """The table has methods of the class, of its groups and of their bases, and nothing else."""
    assert [(one.name, one.endpoint.operation) for one in operations_of(Holder)] == [
        ("client.version", "getVersion"),
        ("client.orders.place", "placeOrder"),
        ("client.orders.get", "getOrder"),
        ("client.queries.get", "getOrder"),
    ]


def test_a_group_that_is_annotated_for_type_checkers_only() -> None:
    """What such a name stands for can be told; where it is not, the property is no group."""
    found = operations_of(Holder, names={"Missing": Queries})

    assert found[-1].name == "client.unknown.get"
    assert len(found) == len(operations_of(Holder)) + 1
