"""Nothing is coerced: each field takes its own JSON type, and says where another one stood."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import attrs
import pytest

from sixmm.codec import wire_names
from sixmm.venues.sixmm import calls, rest_schema, stream_schema
from sixmm.venues.sixmm.envelope import parse

from ..venues.sixmm.calls.test_fact_sheet import EVERYTHING, SPECIAL
from ..venues.sixmm.examples import success
from . import wrong_types
from .engines import INSTALLED
from .wrong_types import pushes, refusal, rest_classes, run_rest, run_stream, wrong


@pytest.mark.parametrize("engine", INSTALLED)
def test_pushes(engine: str) -> None:
    """Every field of every push refuses twelve wrong values, with its path (E2)."""
    tally = run_stream(engine)

    assert tally.cases > 1_000
    assert not tally.wrong, str(tally)


@pytest.mark.parametrize("engine", INSTALLED)
def test_replies(engine: str) -> None:
    """Every field of every reply refuses twelve wrong values, with its path (E2)."""
    tally = run_rest(engine)

    assert tally.cases > 3_000
    assert not tally.wrong, str(tally)


def test_no_class_is_left_out() -> None:
    """Every class with a wire name is among those that are tried, also within rows."""
    seen: set[type[Any]] = set(rest_classes()) | {shape.cls for shape in pushes()}
    for cls in list(seen):
        seen |= set(_below(cls))
    named = {
        cls
        for module in (rest_schema, stream_schema)
        for cls in vars(module).values()
        if isinstance(cls, type)
        and attrs.has(cls)
        and wire_names(cls)
        # Read by the protocol, or worked out of replies that are looked at already.
        and not cls.__name__.startswith("_")
    }

    assert named <= seen


def _below(cls: type[Any]) -> list[type[Any]]:
    found: list[type[Any]] = []
    for _, _, kind in wrong_types._fields(cls):
        for inner in (kind.rows, kind.inner):
            if inner is not None:
                found += [inner, *_below(inner)]
    return found


def test_each_field_has_twelve() -> None:
    """No field gets away with fewer wrong values."""
    for cls in (*rest_classes(), *(shape.cls for shape in pushes())):
        paths = [keys for _, keys, _ in wrong(cls, "$")]
        assert min(paths.count(keys) for keys in paths) >= 12


WHOLES: list[Any] = [True, False, 0, -1, 1.5, "", "x", [], [1], [{}], [[]], 10**30]
"""None of these is the result of a documented call."""

NOT_DOCUMENTED = {
    *("amend_order", "batch_amend_orders", "batch_cancel_orders", "cancel_all_orders"),
    *("cancel_condition_order", "cancel_order", "close_listen_key", "delete_api_key", "logout"),
    *("save_favorite_symbols", "set_margin_mode", "update_api_key", "version"),
}
"""Calls whose result is not documented: it is not judged, so that what was confirmed stays so."""


@pytest.mark.parametrize("name", calls.__all__)
def test_the_whole_result(name: str) -> None:
    """The data of a reply, replaced by another type, is refused where it stands (E2, rule 111)."""
    function = getattr(calls, name)
    known = {**EVERYTHING, **SPECIAL.get(name, {})}
    call = function(**{key: known[key] for key in inspect.signature(function).parameters})
    told = [refusal(functools.partial(parse, call, success(value)), "$.data") for value in WHOLES]

    assert set(told) == ({"was taken"} if name in NOT_DOCUMENTED else {None})
