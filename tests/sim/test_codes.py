"""Codes and the HTTP status that goes with them (rules 5, 95 to 109)."""

from __future__ import annotations

import pytest

from sixmm.sim.codes import Code, ExchangeError, http_status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (0, 200),
        (1001, 401),
        (1006, 401),
        (1007, 200),
        (2001, 200),
        (3004, 200),
        (5001, 200),
        (5003, 429),
    ],
)
def test_http_status(code: int, status: int) -> None:
    """Credentials are 401, throttling is 429, everything else is 200 with a code."""
    assert http_status(code) == status


def test_an_error_carries_code_and_message() -> None:
    """The code is a plain integer, so that it goes into JSON as one."""
    error = ExchangeError(Code.BALANCE, "balance is too low")

    assert (error.code, error.message, str(error)) == (
        3001,
        "balance is too low",
        "3001: balance is too low",
    )
    assert type(error.code) is int
