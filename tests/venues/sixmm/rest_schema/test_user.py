"""What the calls about the caller tell."""

from __future__ import annotations

import pytest

from sixmm.codec import structure
from sixmm.errors import DecodeError
from sixmm.venues.sixmm import rest_schema as rest

CONVERTER = rest.make_rest_converter()


def test_the_balance_has_its_asset() -> None:
    """A balance is that of an asset; whatever else may be missing, that is not (rule 80)."""
    row = structure(CONVERTER, {"assetType": "USDT", "frozenMargin": "1.0"}, rest.UserAsset)

    assert (row.asset_type, str(row.frozen_margin)) == ("USDT", "1.0")
    with pytest.raises(DecodeError, match="assetType"):
        structure(CONVERTER, {"walletBalance": "1"}, rest.UserAsset)


def test_favorites() -> None:
    """The favorites are texts, and an empty list is one."""
    assert structure(CONVERTER, {"symbols": []}, rest.FavoriteSymbols).symbols == ()
    with pytest.raises(DecodeError, match=r"symbols\[1\]: expected text"):
        structure(CONVERTER, {"symbols": ["X", 5]}, rest.FavoriteSymbols)
