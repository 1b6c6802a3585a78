"""What the calls about normal orders tell."""

from __future__ import annotations

from sixmm.codec import structure
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import OrderStatus

CONVERTER = rest.make_rest_converter()


def test_a_batch_that_succeeds_in_part() -> None:
    """Each entry says what became of it, in the order in which they were sent (rule 56)."""
    reply = structure(
        CONVERTER,
        {
            "successCount": 1,
            "failedCount": 1,
            "results": [
                {"success": True, "orderId": "1", "status": "PENDING", "odd": 1},
                {"success": False, "clientOrderId": "c", "code": 3001, "message": "balance"},
            ],
        },
        rest.BatchReply,
    )

    assert [entry.success for entry in reply.results] == [True, False]
    assert reply.results[0].status is OrderStatus.PENDING
    assert reply.results[0].extra == {"odd": 1}
    assert (reply.results[1].code, reply.results[1].client_order_id) == (3001, "c")
    assert reply.extra == {"results": [{"odd": 1}, {}]}


def test_a_batch_that_says_nothing() -> None:
    """The replies of an amend or a cancel of several orders are undocumented (rule 111)."""
    reply = structure(CONVERTER, {}, rest.BatchReply)

    assert (reply.success_count, reply.failed_count, reply.results) == (None, None, ())
