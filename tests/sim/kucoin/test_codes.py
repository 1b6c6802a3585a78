"""Codes of refused REST calls."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import KuCoinError
from sixmm.sim.kucoin.codes import http_status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("200000", 200),
        ("400001", 401),
        ("400005", 401),
        ("400006", 403),
        ("400007", 403),
        ("400100", 400),
        ("404000", 404),
        ("429000", 429),
        ("500000", 500),
    ],
)
def test_status_of_a_code(code: str, status: int) -> None:
    """The HTTP status says whose fault it is."""
    assert http_status(code) == status


def test_the_error_has_code_and_message() -> None:
    """Codes are texts."""
    error = KuCoinError("400005", "Invalid KC-API-SIGN")

    assert (error.code, error.message) == ("400005", "Invalid KC-API-SIGN")
    assert str(error) == "400005: Invalid KC-API-SIGN"
