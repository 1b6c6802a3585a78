"""The body of a strategy (rule 51)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.strategy import Drive
from sixmm.sim.engine.strategy_request import StrategyRequest, read_strategy

from .street import code_of

BUY = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "85000", "quantity": "0.1"}
STOP = {
    "symbol": "BTCUSDT",
    "type": "STOP_MARKET",
    "side": "SELL",
    "stopPrice": "80000",
    "quantity": "0.1",
}
PROFIT = {**STOP, "type": "TAKE_PROFIT_MARKET", "stopPrice": "90000"}


def placed_by(driver: int, on: str = "FILLED", slot: str = "first") -> dict[str, Any]:
    """Return the fields that let a leg be placed by another."""
    return {f"{slot}DrivenId": driver, f"{slot}DrivenOn": on, f"{slot}Trigger": "PLACE"}


def cancelled_by(driver: int, on: str = "TRIGGERED", slot: str = "second") -> dict[str, Any]:
    """Return the fields that let a leg be cancelled by another."""
    return {f"{slot}DrivenId": driver, f"{slot}DrivenOn": on, f"{slot}Trigger": "CANCEL"}


def read(kind: str, *legs: dict[str, Any]) -> StrategyRequest:
    """Read a strategy whose legs are numbered from 1."""
    rows = [{"strategySubId": place, **leg} for place, leg in enumerate(legs, 1)]
    return read_strategy({"strategyType": kind, "subOrderList": rows})


def drives(request: StrategyRequest) -> list[set[tuple[int, str, str]]]:
    """Return the drives of each leg."""
    return [{(d.driver, d.on, d.action) for d in leg.drives} for leg in request.legs]


EXCLUDES = {"TRIGGERED", "FILLED"}


def test_an_oto() -> None:
    """The first leg works, the second is placed when the first is filled."""
    request = read("OTO", {**BUY, "firstDrivenId": 0}, {**STOP, **placed_by(1)})

    assert drives(request) == [set(), {(1, "FILLED", "PLACE")}]
    assert [leg.is_deferred for leg in request.legs] == [False, True]


def test_an_oco() -> None:
    """Both legs work, and each is cancelled when the other is triggered or filled."""
    request = read("OCO", {**PROFIT, **cancelled_by(2)}, {**STOP, **cancelled_by(1)})

    assert drives(request) == [
        {(2, on, "CANCEL") for on in EXCLUDES},
        {(1, on, "CANCEL") for on in EXCLUDES},
    ]


def test_an_otoco() -> None:
    """The first leg works, the two others are placed by it and exclude each other."""
    request = read("OTOCO", BUY, {**PROFIT, **placed_by(1)}, {**STOP, **placed_by(1)})

    assert drives(request) == [
        set(),
        {(1, "FILLED", "PLACE"), *((3, on, "CANCEL") for on in EXCLUDES)},
        {(1, "FILLED", "PLACE"), *((2, on, "CANCEL") for on in EXCLUDES)},
    ]


@pytest.mark.parametrize(
    ("kind", "legs"),
    [("OTO", (BUY, STOP)), ("OCO", (PROFIT, STOP)), ("OTOCO", (BUY, PROFIT, STOP))],
)
def test_legs_that_say_nothing_are_driven_as_their_kind_has_it(kind: str, legs: Any) -> None:
    """Without a word about drives the kind alone decides."""
    said = [leg | (placed_by(1) if n and kind != "OCO" else {}) for n, leg in enumerate(legs)]

    assert drives(read(kind, *legs)) == drives(read(kind, *said))


def test_a_drive_may_be_on_another_event() -> None:
    """What is said explicitly is kept: here half a fill is enough."""
    request = read("OTO", BUY, {**STOP, **placed_by(1, "PARTIALLY_FILLED")})
    assert request.legs[1].drives == (Drive(driver=1, on="PARTIALLY_FILLED", action="PLACE"),)


@pytest.mark.parametrize(
    ("kind", "legs"),
    [
        ("OTO", (BUY,)),
        ("OTO", (BUY, STOP, PROFIT)),
        ("OTOCO", (BUY, STOP)),
        ("OTO", (BUY, {**STOP, "firstDrivenId": 0})),
        ("OTO", ({**BUY, **placed_by(2)}, {**STOP, **placed_by(1)})),
        ("OCO", (PROFIT, {**STOP, **placed_by(1)})),
        ("OTOCO", (BUY, {**PROFIT, **placed_by(1)}, {**STOP, **placed_by(2)})),
        ("OTO", (BUY, {**STOP, **placed_by(2)})),
        ("OTO", (BUY, {**STOP, **placed_by(3)})),
        ("OTO", (BUY, {**STOP, **placed_by(1, "DONE")})),
        ("OTO", (BUY, {**STOP, "firstDrivenId": 1, "firstDrivenOn": "FILLED"})),
        ("OTO", (BUY, {**STOP, "strategySubId": 1})),
        ("OTO", (BUY, {**STOP, "strategySubId": 0})),
        ("OTO", (BUY, {**STOP, "symbol": "ETHUSDT"})),
    ],
)
def test_legs_that_make_no_strategy_are_3107(kind: str, legs: Any) -> None:
    """Their number, their numbers, their drives and their symbol have to fit the kind."""
    assert code_of(read, kind, *legs) == 3107


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, 2001),
        ({"strategyType": "OTO"}, 2001),
        ({"strategyType": "OTO", "subOrderList": []}, 2001),
        ({"strategyType": "ABC", "subOrderList": [BUY]}, 2002),
        ({"strategyType": "OTO", "subOrderList": "x"}, 2002),
        ({"strategyType": "OTO", "subOrderList": [BUY, 1]}, 2002),
        ({"strategyType": "OTO", "subOrderList": [BUY, {**STOP, "strategySubId": "2"}]}, 2002),
        ({"strategyType": "OTO", "subOrderList": [BUY, {**STOP, "type": None}]}, 2001),
        ({"strategyType": "OTO", "subOrderList": [BUY, {**STOP, "stopPrice": None}]}, 3101),
        ({"strategyType": "OTO", "subOrderList": [{**BUY, "price": None}, STOP]}, 2001),
    ],
)
def test_a_bad_body_has_the_code_of_its_fault(body: dict[str, Any], expected: int) -> None:
    """What is missing is 2001, what is no list or number 2002, a leg's own fault keeps its code."""
    assert code_of(read_strategy, body) == expected


JSON = st.none() | st.booleans() | st.integers(-1, 4) | st.text(max_size=5)
LEG = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.just(value) for name, value in {**STOP, **BUY}.items()},
        "strategySubId": JSON,
        "firstDrivenId": JSON,
        "firstDrivenOn": st.sampled_from(("FILLED", "x")),
        "firstTrigger": st.sampled_from(("PLACE", "CANCEL", "x")),
    },
)


@given(st.sampled_from(("OTO", "OCO", "OTOCO")), st.lists(LEG | JSON, max_size=3))
def test_any_json_is_read_or_refused(kind: str, rows: list[Any]) -> None:
    """Whatever the legs hold, the outcome is a request or a documented code."""
    body = {"strategyType": kind, "subOrderList": rows}
    assert code_of(read_strategy, body) in (0, 2001, 2002, 3107)
