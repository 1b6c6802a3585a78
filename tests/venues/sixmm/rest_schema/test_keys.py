"""What the calls about API keys tell."""

from __future__ import annotations

import pytest

from sixmm.codec import structure
from sixmm.errors import DecodeError
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import ApiKeyStatus

CONVERTER = rest.make_rest_converter()


def test_an_api_key_row() -> None:
    """A key is found by its id; a sum of permissions is a number; no list means any address."""
    row = structure(CONVERTER, {"id": "1", "permissions": 3, "status": 1}, rest.ApiKeyRow)

    assert (row.permissions, row.status, row.ip_whitelist) == (3, ApiKeyStatus.ACTIVE, None)
    assert structure(CONVERTER, {"id": "1", "status": 7}, rest.ApiKeyRow).status == 7
    with pytest.raises(DecodeError, match="id"):
        structure(CONVERTER, {"label": "x"}, rest.ApiKeyRow)
