"""The calls about the caller and the keys of the private stream."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.errors import ConfigurationError
from sixmm.redaction import Secret
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import ChangeType, TrendRange
from sixmm.venues.sixmm.envelope import parse

from ..examples import examples, success

KEY = Secret("f57cb61ef604ce76be09e753a5dbdd8c")


def test_listen_key_bodies_are_the_documented_ones() -> None:
    """PUT and DELETE carry the key in a JSON body (rule 72), POST has none."""
    sent = examples("rest-request")

    assert calls.create_listen_key().body is None
    assert calls.renew_listen_key(KEY).body == sent["renewListenKey.request"]
    assert calls.close_listen_key(KEY).body == sent["closeListenKey.request"]


@pytest.mark.parametrize("data", [None, {}, {"odd": 1}])
def test_a_renewal_may_say_nothing(data: object) -> None:
    """The replies of renewal and deletion are undocumented: an empty one is a success (111)."""
    assert parse(calls.renew_listen_key(KEY), success(data)).expire_at_ms is None
    assert parse(calls.close_listen_key(KEY), success(data)).listen_key is None


def test_wrapped_results_are_unwrapped() -> None:
    """The profile and the balance come without their wrapping."""
    info = parse(calls.user_info(), success({"userInfo": {"userId": "5", "vipLevel": 1}}))
    asset = parse(calls.user_asset(), success({"userAsset": {"assetType": "USDT"}}))

    assert (info.user_id, info.vip_level) == ("5", 1)
    assert asset.asset_type == "USDT"


def test_the_key_does_not_show() -> None:
    """The representation of a call leaves its body out, and no reply keeps a key in clear."""
    closed = parse(calls.close_listen_key(KEY), success({"listenKey": KEY.reveal()}))

    assert KEY.reveal() not in repr(calls.renew_listen_key(KEY)) + repr(closed)
    assert not hasattr(closed, "raw")


def test_the_ledger() -> None:
    """The reasons are open words, amounts are exact, and names differ from the asset's (80)."""
    call = calls.account_change_log(
        asset_type="USDT", change_type=ChangeType.FEE, start_time=1, page=2, page_size=3
    )
    row = {"amount": "-0.10", "changeType": "GIFT", "frozenBalanceAfter": "1.0"}
    page = parse(call, success({"list": [row], "total": 4}))

    assert dict(call.query) == {
        "assetType": "USDT",
        "changeType": "FEE",
        "startTime": "1",
        "page": "2",
        "pageSize": "3",
    }
    assert str(page.rows[0].amount) == "-0.10"
    assert page.rows[0].change_type == "GIFT"
    assert str(page.rows[0].frozen_balance_after) == "1.0"


def test_statistics() -> None:
    """Ranges are one of the documented, and figures come back exact."""
    stats = parse(calls.volume_stats(), success({"volume30d": "1.50", "feeTotal30d": "0"}))
    days = calls.balance_history(period="1W", limit=4)
    history = parse(days, success({"items": [{"date": "2026-06-03", "balance": "1"}]}))
    overview = parse(
        calls.trade_overview(range=TrendRange.YEAR),
        success({"todayPnl": "1", "items": [{"snapshotTime": 5, "pnlRate": "0.1"}]}),
    )
    summary = parse(calls.asset_summary(), success({"maxDrawdown30dRate": "0.25"}))
    trend = parse(calls.asset_trend(range="3M"), success({"items": []}))

    assert str(stats.volume_30d) == "1.50"
    assert days.query == (("period", "1W"), ("limit", "4"))
    assert history.items[0].date == "2026-06-03"
    assert (str(overview.today_pnl), overview.items[0].snapshot_time) == ("1", 5)
    assert str(summary.max_drawdown_30d_rate) == "0.25"
    assert trend.items == ()


@pytest.mark.parametrize(
    ("make", "arguments", "problem"),
    [
        (calls.balance_history, {"period": "2D"}, "period is one of 1D, 1W, 1M, and not '2D'"),
        (calls.balance_history, {"period": "1D", "limit": 0}, "limit must be from 1"),
        (calls.trade_overview, {"range": "2Y"}, "range is one of 1D, 1W, 1M, 3M, 6M, 1Y"),
        (calls.asset_trend, {"range": None}, "range is missing"),
        (calls.account_change_log, {"asset_type": "US DT"}, "cannot be an asset type"),
        (calls.save_favorite_symbols, {"symbols": "BTCUSDT"}, "symbols must be a list of texts"),
        (calls.save_favorite_symbols, {"symbols": ["a b"]}, "'a b' cannot be a symbol"),
        (calls.save_favorite_symbols, {"symbols": [None]}, "each of symbols is missing"),
        (calls.save_favorite_symbols, {"symbols": None}, "symbols is missing"),
    ],
)
def test_what_cannot_be_asked(make: Any, arguments: dict[str, Any], problem: str) -> None:
    """A refusal says which argument is wrong, and what would be right."""
    with pytest.raises(ConfigurationError, match=problem):
        make(**arguments)


def test_favorites() -> None:
    """The list is replaced as a whole, also by an empty one."""
    assert calls.save_favorite_symbols(symbols=()).body == {"symbols": []}
    assert parse(calls.save_favorite_symbols(symbols=["X"]), success({})).extra == {}
    assert parse(calls.favorite_symbols(), success({"symbols": ["X", "Y"]})).symbols == ("X", "Y")
