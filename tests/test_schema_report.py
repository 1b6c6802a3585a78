"""The schema report says which fields arrive and which never do."""

from __future__ import annotations

from sixmm import Client, Connected
from sixmm.schema_report import SchemaReport
from sixmm.venues.sixmm import decode

ORDER = (
    '{"topic":"user.1","ts":1,"data":{"eventType":"ORDER_TRADE_UPDATE","orderId":"1",'
    '"price":"2.5","colour":"red"}}'
)


def test_counts_what_the_schema_does_not_name() -> None:
    """An unknown wire field is counted under its wire name, by kind of event."""
    report = SchemaReport()
    report.note(decode(ORDER))
    report.note(decode(ORDER))
    result = report.result()["OrderTradeUpdate"]

    assert result.events == 2
    assert result.unknown == {"colour": 2}


def test_names_what_never_arrived() -> None:
    """A field of the schema that no event had is listed, and one that came is not."""
    report = SchemaReport()
    report.note(decode(ORDER))
    never = report.result()["OrderTradeUpdate"].never

    assert "trade_value" in never
    assert "price" not in never


def test_leaves_events_about_the_connection_out() -> None:
    """What the client itself tells has no wire fields."""
    report = SchemaReport()
    report.note(Connected(connection=1, private=True))

    assert report.result() == {}


def test_looks_at_a_sample_unless_asked_for_all() -> None:
    """The text of an event is read again for the first ones of a kind, and then now and then."""
    sample, full = SchemaReport(), SchemaReport(every=True)
    for report in (sample, full):
        for _ in range(199):
            report.note(decode(ORDER))

    assert sample.result()["OrderTradeUpdate"].events == 199
    assert sample.result()["OrderTradeUpdate"].unknown == {"colour": 50}
    assert full.result()["OrderTradeUpdate"].unknown == {"colour": 199}


def test_a_client_always_has_one() -> None:
    """Before the first event it is empty."""
    assert Client().schema_report() == {}
