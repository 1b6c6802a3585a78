"""The table of operations against the OpenAPI file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sixmm.sim.rest.caller import Access
from sixmm.sim.rest.routes import ROUTES, UNSERVED

OPENAPI = Path(__file__).parents[2] / "data" / "6mm-openapi.yaml"


@pytest.fixture(scope="module")
def spec() -> Any:
    """Read the OpenAPI file."""
    return yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))


def operations(spec: Any) -> dict[tuple[str, str], Any]:
    """Return the operations of the file by method and path."""
    return {
        (method.upper(), path): operation
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    }


def test_every_operation_is_served_or_named(spec: Any) -> None:
    """The table has exactly the operations of the documentation, each once."""
    assert set(ROUTES) | UNSERVED == set(operations(spec))
    assert not set(ROUTES) & UNSERVED


def test_permissions_are_those_of_the_file(spec: Any) -> None:
    """Public calls ask for nothing, the others for the bit that the file names."""
    documented = operations(spec)
    for key, route in ROUTES.items():
        bit = documented[key]["x-permission-bit"]
        if route.access is not Access.SESSION:
            assert route.access == (bit or 0), key
