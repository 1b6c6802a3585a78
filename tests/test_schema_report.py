"""The schema report says which fields arrive and which never do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sixmm import Client, Connected
from sixmm.errors import DecodeError
from sixmm.events import Event
from sixmm.schema_report import SchemaReport
from sixmm.venues.sixmm import decode

ORDER = (
    '{"topic":"user.1","ts":1,"data":{"eventType":"ORDER_TRADE_UPDATE","orderId":"1",'
    '"price":"2.5","colour":"red"}}'
)


def take(report: SchemaReport, event: Event) -> None:
    """Count an event as whoever takes events does."""
    left = report.skips.get(type(event))
    if left:
        report.skips[type(event)] = left - 1
    else:
        report.look(event)


def test_counts_what_the_schema_does_not_name() -> None:
    """An unknown wire field is counted under its wire name, by kind of event."""
    report = SchemaReport()
    take(report, decode(ORDER))
    take(report, decode(ORDER))
    result = report.result()["OrderTradeUpdate"]

    assert result.events == 2
    assert result.unknown == {"colour": 2}


def test_names_what_never_arrived() -> None:
    """A field of the schema that no event had is listed, and one that came is not."""
    report = SchemaReport()
    take(report, decode(ORDER))
    never = report.result()["OrderTradeUpdate"].never

    assert "trade_value" in never
    assert "price" not in never


def test_leaves_events_about_the_connection_out() -> None:
    """What the client itself tells has no wire fields."""
    report = SchemaReport()
    take(report, Connected(connection=1, private=True))

    assert report.result() == {}


def test_counts_an_event_whose_rest_cannot_be_read() -> None:
    """What no schema names was only skimmed at decoding: it must not stop who takes the event."""

    class Skimmed(Event):
        @property
        def extra(self) -> Mapping[str, Any]:
            raise DecodeError("a number of more than 40 digits")

    report = SchemaReport()
    take(report, Skimmed())

    assert report.result()["Skimmed"].events == 1
    assert report.result()["Skimmed"].unknown == {}


def test_looks_at_a_sample_unless_asked_for_all() -> None:
    """The text of an event is read again for the first ones of a kind, and then now and then."""
    sample, full = SchemaReport(), SchemaReport(every=True)
    for report in (sample, full):
        for _ in range(199):
            take(report, decode(ORDER))

    assert sample.result()["OrderTradeUpdate"].events == 199
    assert sample.result()["OrderTradeUpdate"].unknown == {"colour": 50}
    assert full.result()["OrderTradeUpdate"].unknown == {"colour": 199}


def test_a_client_always_has_one() -> None:
    """Before the first event it is empty."""
    assert Client().schema_report() == {}
