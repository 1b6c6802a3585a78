"""The classes of events: what they have, and what a message has beyond them."""

from __future__ import annotations

import copy
from typing import Any

import attrs
import pytest

from sixmm import codec
from sixmm.events import Event
from sixmm.venues import rocketfi
from sixmm.venues.rocketfi import decode, stream_schema
from sixmm.venues.rocketfi.decoder import EVENTS
from sixmm.venues.rocketfi.stream_schema import OrderEvent, OrderEventUpdate, RocketFiEvent

from .examples import ACCOUNT, INSTRUMENT, MESSAGES, event, text


def test_every_class_is_exported() -> None:
    """The package has each of them, and each is an event where it stands for a message."""
    for name in stream_schema.__all__:
        if name != "RocketFiEvent":
            assert getattr(rocketfi, name) is getattr(stream_schema, name)
    with pytest.raises(AttributeError, match="nonsense"):
        rocketfi.nonsense  # noqa: B018


@pytest.mark.parametrize("name", MESSAGES)
def test_the_examples_have_nothing_beyond_the_schema(name: str) -> None:
    """Every member of the public examples has a field, so that ``extra`` is empty."""
    told = decode(text({name: MESSAGES[name]}))

    assert isinstance(told, EVENTS[name])
    assert dict(told.extra) == {}


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every object in a value."""
    if isinstance(value, list):
        return [way for place, item in enumerate(value) for way in paths(item, (*here, place))]
    if not isinstance(value, dict):
        return []
    return [here, *(way for key, item in value.items() for way in paths(item, (*here, key)))]


@pytest.mark.parametrize("name", MESSAGES)
def test_whatever_is_beyond_the_schema_is_in_extra(name: str) -> None:
    """A member that is added to any object of a message shows up; nothing is lost in silence."""
    for way in paths(MESSAGES[name]):
        payload = copy.deepcopy(MESSAGES[name])
        target: Any = payload
        for step in way:
            target = target[step]
        # A union with a second member is no union any more; a map has positions only.
        if way[-1:] in (("eventData",), ("positions",)):
            continue
        target["zzz"] = {"new": 1}
        told = decode(text({name: payload}))

        assert "zzz" in repr(told.extra), way


def test_the_shape_of_extra() -> None:
    """It is that of the message; an unknown variant is there as a whole."""
    rows = [event("canceled"), event({"expired": {"why": "1"}}), event("paused", more=1)]
    told = decode(text({"OrderEventUpdate": {"orderEvents": rows, "seq": 9}}))

    assert told.extra == {
        "seq": 9,
        "orderEvents": [
            {},
            {"eventData": {"expired": {"why": "1"}}},
            {"eventData": "paused", "more": 1},
        ],
    }


def test_an_event_without_text_has_no_extra() -> None:
    """One that was made by hand has nothing to look at."""
    assert OrderEventUpdate(account=rocketfi.Address(ACCOUNT)).extra == {}


@pytest.mark.parametrize("message", ['"Pong"', '{"Pong":null}', '"Ping"', '{"Error":"x"}'])
def test_control_messages_have_no_extra(message: str) -> None:
    """All of their payload is in their fields."""
    assert decode(message).extra == {}


def test_fields_do_not_hide_those_of_events() -> None:
    """No message has a field of its own by a name that every event has."""
    common = {one.name for one in attrs.fields(Event)}
    for cls in EVENTS.values():
        own = {name for name in cls.__annotations__ if name not in ("variant", "shape")}
        assert not own & common


def test_only_what_identifies_is_required() -> None:
    """A field that no page promises may be missing; the ids may not."""
    required = {
        one.name
        for cls in EVENTS.values()
        for one in attrs.fields(cls)
        if one.default is attrs.NOTHING
    }

    assert required == {"account", "asset_id", "instrument_id", "interval"}
    assert OrderEvent(order_id=rocketfi.OrderId(1)).type == ""


def test_events_cannot_be_changed() -> None:
    """They are values, and can be shared between threads."""
    told = decode(text({"LastMatchPriceUpdate": {"instrumentId": INSTRUMENT}}))
    assert isinstance(told, RocketFiEvent)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        told.topic = "x"  # type: ignore[misc]
    assert codec.parse_json(told.raw)
