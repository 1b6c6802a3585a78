"""Every operation of the OpenAPI file against the running exchange, and garbage (rules 2 to 6)."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.sim import Exchange, ExchangeError

from .client import Rest
from .contract import Operation, check, operations, right_values, wrong_values
from .world import Fields, World, encoded, least, quote_both_sides

OPERATIONS = operations()
BAD = {2002, 2003}
CONDITION_CODES = {
    "workingType": {3105},
    "price": {3103},
    "stopPrice": {3101},
    "activatePrice": {3104},
    "callbackRate": {3104},
}
MARKET = {"type": "MARKET", "price": None}
TAKE = {"stopPrice": "70000"}
TRAILING = {"stopPrice": None, "callbackRate": "0.01"}
COMPANIONS: dict[tuple[str, str], dict[Any, Fields]] = {
    ("placeOrder", "type"): {"MARKET": MARKET},
    ("placeOrder", "positionSide"): {"SHORT": {"side": "SELL", "price": "95000"}},
    ("placeOrder", "reduceOnly"): {True: {"side": "SELL", "price": "95000"}},
    ("placeOrder", "closePosition"): {True: {"side": "SELL", **MARKET, "quantity": None}},
    ("placeConditionOrder", "side"): {"SELL": TAKE},
    ("placeConditionOrder", "type"): {
        "STOP_LIMIT": {"price": "95000"},
        "TAKE_PROFIT_MARKET": TAKE,
        "TAKE_PROFIT_LIMIT": {**TAKE, "price": "70000"},
        "TRAILING_STOP": TRAILING,
    },
    ("placeConditionOrder", "positionSide"): {"SHORT": {"side": "SELL", "stopPrice": "70000"}},
    ("placeConditionOrder", "price"): {"1": {"type": "STOP_LIMIT", "price": "95000"}},
    ("placeConditionOrder", "stopPrice"): {"1": {"stopPrice": "95000"}},
    ("placeConditionOrder", "reduceOnly"): {True: {"side": "SELL", "stopPrice": "70000"}},
    ("placeConditionOrder", "closePosition"): {
        True: {"side": "SELL", "stopPrice": "70000", "quantity": None}
    },
    ("placeConditionOrder", "timeInForce"): {
        "GTE_GTC": {"side": "SELL", "stopPrice": "70000", "reduceOnly": True}
    },
    ("placeConditionOrder", "activatePrice"): {
        "1": {"type": "TRAILING_STOP", **TRAILING, "activatePrice": "80000"}
    },
    ("placeConditionOrder", "callbackRate"): {"1": {"type": "TRAILING_STOP", **TRAILING}},
}
"""What else has to be said where a field takes a value; a None takes a field out."""

REFUSED = {("getOrderHistory", "status"): 2002, ("getConditionOrderHistory", "status"): 2002}
"""Fields whose values are not documented, so that each of them is refused."""

LIVING = {"symbol", "orderId", "conditionId", "strategyId", "id", "listenKey"}
LIVING |= {"ticket", "embedToken", "channelId", "username", "password", "symbols", "orders"}
LIVING |= {"subOrderList", "price", "quantity", "stopPrice", "strategyType"}
"""Fields whose right value has to belong to something; the one of the valid call is taken."""


def by_name(operation: Operation) -> str:
    """Name a test after its operation."""
    return operation.name


every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """Serve one exchange for all tests here, with quotes that nobody moves."""
    with Exchange(seed=7, market_maker=False) as served:
        quote_both_sides(served)
        yield served


@pytest.fixture(scope="module")
def plain_rest(exchange: Exchange) -> Iterator[Rest]:
    """Give a client without a key."""
    with Rest(exchange.rest_url) as client:
        yield client


@pytest.fixture
def world(exchange: Exchange, plain_rest: Rest) -> World:
    """Open an account for one test."""
    return World(exchange, plain_rest)


def test_the_file_has_53_operations() -> None:
    """What is gone through below is the whole of the documentation."""
    assert len(OPERATIONS) == 53
    assert len({operation.name for operation in OPERATIONS}) == 53


@every_operation
def test_a_valid_call_is_answered_as_documented(world: World, operation: Operation) -> None:
    """Code 0, the trace id back, and data of the documented shape, with a row in each list."""
    envelope = world.send(operation, least(world, operation))

    assert envelope["code"] == 0, envelope
    assert list(envelope) == ["code", "message", "data", "requestId"]
    check(operation.data, envelope["data"], operation.name)
    assert [] not in envelope["data"].values()


@every_operation
def test_every_documented_value_is_accepted(world: World, operation: Operation) -> None:
    """Each field, also one that may be left out, with each value of its enum."""
    hedged = World(world.exchange, world.rest, hedge=True)
    for field in operation.fields:
        for value in right_values(field):
            # An account has either one position of a symbol, BOTH, or a LONG and a SHORT one.
            caller = hedged if value in ("LONG", "SHORT") else world
            fields = with_value(caller, operation, field.name, value)
            envelope = caller.send(operation, fields)
            code = REFUSED.get((operation.name, field.name), 0)
            assert envelope["code"] == code, (fields, envelope)


def with_value(world: World, operation: Operation, name: str, value: Any) -> Fields:
    """Return a valid call in which a field has a value, with what goes along with it."""
    fields = least(world, operation)
    choices = COMPANIONS.get((operation.name, name), {})
    company = None if isinstance(value, list) else choices.get(value)
    if name == "clientOrderId" and "orderId" in fields:
        company = {"orderId": None, name: world.client_order_id}
    elif company is None and name in LIVING and name in fields:
        return fields
    fields = {**fields, name: value, **(company or {})}
    return {key: value for key, value in fields.items() if value is not None}


@every_operation
def test_what_is_required_is_required(world: World, operation: Operation) -> None:
    """Each required field left out, or empty, is 2001 (rule 101)."""
    for field in operation.fields:
        if field.required:
            fields = least(world, operation)
            del fields[field.name]
            for without in (fields, {**fields, field.name: ""}):
                if without is fields or field.schema["type"] == "string":
                    assert world.send(operation, without)["code"] == 2001, (field.name, without)


@every_operation
def test_wrong_values_are_told(world: World, operation: Operation) -> None:
    """A wrong type, a word that is not known and a figure out of range are 2002 or 2003."""
    for field in operation.fields:
        codes = BAD
        if operation.name == "placeConditionOrder":
            codes = BAD | CONDITION_CODES.get(field.name, set())
        for value in wrong_values(field.schema, in_query=operation.in_query):
            fields = {**least(world, operation), field.name: value}
            envelope = world.send(operation, fields)
            assert envelope["code"] in codes, (fields, envelope)


@every_operation
def test_unknown_parameters_are_ignored(world: World, operation: Operation) -> None:
    """A field that nobody has heard of changes nothing."""
    fields = {**least(world, operation), "noSuchField": "x", "timestamp_": "1"}

    assert world.send(operation, fields)["code"] == 0


@every_operation
def test_permissions_are_enforced(world: World, operation: Operation) -> None:
    """Nobody is 1001, a key with the wrong bit or for key management is 3006 (rules 14 to 18)."""
    if operation.auth == ("none",):
        return
    query, body = encoded(operation, least(world, operation))
    world.rest.session.cookies.clear()
    assert world.rest.send(operation.method, operation.path, query, body)["code"] == 1001
    if "apiKeyHmac" not in operation.auth:
        assert operation.name == "refreshToken" or code_by_key(world, operation, 7) == 3006
        return
    bit = operation.bit or 0
    assert code_by_key(world, operation, 7 - bit) == 3006
    assert code_by_key(world, operation, bit) == 0


def code_by_key(world: World, operation: Operation, permissions: int) -> int:
    """Return the code of a valid call that is signed with a fresh key."""
    query, body = encoded(operation, least(world, operation))
    key = world.exchange.create_key(world.account, permissions=permissions)
    with Rest(world.exchange.rest_url, key.api_key, key.api_secret) as signing:
        signed = signing.sign(signing.stamped(query), body)
        envelope = signing.send(
            operation.method, operation.path, signed, body, X_API_KEY=key.api_key
        )
    world.exchange.revoke_key(key)
    return int(envelope["code"])


figures = st.one_of(
    st.sampled_from(["0", "-0", "0.000000000000001", "9" * 15, f"{'9' * 15}.{'9' * 15}", "1e400"]),
    st.decimals(0, 200_000, places=3).map(str),
    st.integers(0, 2**64).map(str),
)
scalars = st.one_of(
    figures,
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(-2, 150),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["", "\ud800", "9" * 400, "BTCUSDT", "null", "\x00", "1D", "MARKET", "LONG"]),
)
garbage = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=6,
)


def spoilt(data: st.DataObject, value: Any) -> Any:
    """Return a valid value with garbage somewhere in it."""
    if isinstance(value, (dict, list)) and value and data.draw(st.integers(0, 4)):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = data.draw(st.sampled_from(keys))
        changed = copy.copy(value)
        changed[key] = spoilt(data, value[key])
        return changed
    return data.draw(figures if isinstance(value, str) and data.draw(st.booleans()) else garbage)


def ask(world: World, operation: Operation, query: str, body: str) -> None:
    """Send anything; whatever it is, an envelope comes back, and never an internal error."""
    headers = world.headers()
    envelope = world.rest.send(operation.method, operation.path, query, body, **headers)

    assert world.rest.last.status_code < 500
    assert isinstance(envelope["code"], int)
    assert envelope["code"] != 5001
    assert envelope["requestId"] == headers["X_Request_ID"]


class Playground:
    """Where garbage is sent: an account on an exchange that nobody else relies on."""

    MOST_CALLS = 100

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._calls = 0
        self.world = self._open()

    def valid(self, operation: Operation) -> Fields:
        """Return a valid call; the exchange is a fresh one now and then, and where none is valid.

        For garbage may well be a good order, and move the market or use up the money.
        """
        self._calls += 1
        if self._calls < self.MOST_CALLS:
            with contextlib.suppress(AssertionError, ExchangeError):
                return least(self.world, operation)
        self._calls = 0
        self.close()
        self.world = self._open()
        return least(self.world, operation)

    def close(self) -> None:
        """Close the exchange."""
        self._stack.close()

    def _open(self) -> World:
        exchange = self._stack.enter_context(Exchange(seed=7, market_maker=False))
        quote_both_sides(exchange)
        return World(exchange, self._stack.enter_context(Rest(exchange.rest_url)))


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    """Give an exchange to send garbage to."""
    made = Playground()
    yield made
    made.close()


@every_operation
@settings(max_examples=settings.default.max_examples // 4)
@given(data=st.data())
def test_garbage_in_valid_calls(
    playground: Playground, operation: Operation, data: st.DataObject
) -> None:
    """A valid call with garbage in it, at any depth, is refused or done, never an accident."""
    fields = playground.valid(operation)
    world = playground.world
    names = [*fields, *(field.name for field in operation.fields), "noSuchField"]
    for name in data.draw(st.lists(st.sampled_from(names), max_size=3)):
        fields[name] = spoilt(data, fields.get(name))
    if operation.in_query:
        ask(world, operation, "&".join(pair(*one) for one in fields.items()), "")
    else:
        ask(world, operation, "", json.dumps(fields))
    if operation.name == "logout":
        world.login()


def pair(name: str, value: Any) -> str:
    """Return a pair of a query; what is no text is its JSON text."""
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{name}={quote(text, errors='replace')}"


@settings(max_examples=max(300, settings.default.max_examples))
@given(
    operation=st.sampled_from(OPERATIONS),
    query=st.text(alphabet="abAB019=&%+;.~_-/?\\[]{}|", max_size=40),
    body=st.one_of(st.text(max_size=60), garbage.map(json.dumps)),
)
def test_raw_garbage(playground: Playground, operation: Operation, query: str, body: str) -> None:
    """So is what is no query and no JSON at all."""
    text = body.encode("utf-8", "replace").decode()
    playground.valid(operation)
    world = playground.world
    ask(world, operation, query, text)
    if operation.name == "logout":
        world.login()


def test_a_body_that_is_too_large(world: World) -> None:
    """More than a megabyte is an envelope with 2003 and HTTP 413, and is on record."""
    body = json.dumps({"symbols": ["BTCUSDT" * 200_000]})
    reply = world.rest.send("POST", "/v1/private/user/favorite-symbols", "", body)

    assert (reply["code"], world.rest.last.status_code) == (2003, 413)
    assert world.exchange.requests[-1].status == 413
