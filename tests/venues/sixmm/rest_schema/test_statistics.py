"""What the ledger and the statistics of the account tell."""

from __future__ import annotations

from sixmm.codec import structure
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import ChangeType

CONVERTER = rest.make_rest_converter()


def test_a_reason_is_an_open_word() -> None:
    """A known reason is a member, and any other stays what it is (rule 113)."""
    known = structure(CONVERTER, {"changeType": "FEE"}, rest.ChangeRow)
    other = structure(CONVERTER, {"changeType": "GIFT"}, rest.ChangeRow)

    assert known.change_type is ChangeType.FEE
    assert other.change_type == "GIFT"


def test_an_overview_is_a_summary_with_its_trend() -> None:
    """The two calls tell the same figures under the same names."""
    overview = structure(
        CONVERTER, {"totalPnl": "1.0", "items": [{"balance": "2.0"}]}, rest.TradeOverview
    )

    assert isinstance(overview, rest.AssetSummary)
    assert str(overview.total_pnl) == "1.0"
    assert str(overview.items[0].balance) == "2.0"
    assert structure(CONVERTER, {}, rest.TradeOverview).items == ()
