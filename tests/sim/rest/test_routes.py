"""The table of operations against the OpenAPI file."""

from __future__ import annotations

from sixmm.sim.rest.caller import Access
from sixmm.sim.rest.routes import ROUTES

from ..contract import operations


def test_every_operation_is_served() -> None:
    """The table has exactly the operations of the documentation."""
    assert set(ROUTES) == {(one.method, one.path) for one in operations()}


def test_permissions_are_those_of_the_file() -> None:
    """Calls ask for the bit that the file names, or for a token, or for nothing."""
    for one in operations():
        access = ROUTES[one.method, one.path].access
        if one.bit is not None:
            assert access == one.bit, one
        else:
            by_token = any("bearerJwt" in scheme for scheme in one.auth)
            assert access == (Access.SESSION if by_token else Access.PUBLIC), one
