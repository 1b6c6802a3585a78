"""The calls about the caller and the keys of the private stream."""

from __future__ import annotations

import pytest

from sixmm.redaction import Secret
from sixmm.venues.sixmm import calls
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
    """The reply of a renewal is undocumented, so an empty one is a success (rule 111)."""
    assert parse(calls.renew_listen_key(KEY), success(data)).expire_at_ms is None


def test_wrapped_results_are_unwrapped() -> None:
    """The profile and the balance come without their wrapping."""
    info = parse(calls.user_info(), success({"userInfo": {"userId": "5", "vipLevel": 1}}))
    asset = parse(calls.user_asset(), success({"userAsset": {"assetType": "USDT"}}))

    assert (info.user_id, info.vip_level) == ("5", 1)
    assert asset.asset_type == "USDT"


def test_the_key_does_not_show() -> None:
    """The representation of a call leaves its body out."""
    assert KEY.reveal() not in repr(calls.renew_listen_key(KEY))
