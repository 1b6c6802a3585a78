"""The page of REST methods is what the code says."""

from __future__ import annotations

import importlib.util
import types
from pathlib import Path

from sixmm import ordering
from sixmm.client import Client
from sixmm.venues.sixmm.operations import operations_of

DOCS = Path(__file__).parents[3] / "docs"


def generator() -> types.ModuleType:
    """Return the module that writes the page."""
    spec = importlib.util.spec_from_file_location("rest_table", DOCS / "rest_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_not_stale() -> None:
    """Who adds a method runs ``python -m docs.rest_table``, and this test says so."""
    made = generator()

    assert made.PAGE == DOCS / "rest.md"
    assert made.PAGE.read_text(encoding="utf-8") == made.page()


def test_every_tied_method_is_on_the_page() -> None:
    """The page has a line for each method, with its request, and no other line."""
    lines = [line for line in generator().page().splitlines() if line.startswith("| `")]
    methods = operations_of(Client, names=vars(ordering))

    assert len(lines) == len(methods)
    for one in methods:
        name, request = one.name.rpartition(".")[2], f"{one.endpoint.method} {one.endpoint.path}"
        assert any(f"| `{name}` |" in line and f"| `{request}` |" in line for line in lines)
