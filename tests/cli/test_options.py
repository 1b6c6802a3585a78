"""What is typed becomes exact amounts, Unix milliseconds and symbols, or one clear complaint."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sixmm.cli.options import (
    amount,
    format_options,
    limit_option,
    moment,
    symbol_argument,
    symbol_option,
)

_NOW_MS = 1_772_710_377_808


@given(st.decimals(min_value=0, max_value=10**12, places=9))
def test_amount_is_exact(value: Decimal) -> None:
    """Plain digits become that very decimal."""
    assert amount(f"{value:f}") == value


@pytest.mark.parametrize(
    "text", ["", "1e3", "-1", "+1", "nan", "inf", "1,5", ".5", "1.", "0x1", "٣", "1_0", " 1"]
)
def test_no_amount(text: str) -> None:
    """A sign, an exponent, or anything but plain digits is refused."""
    with pytest.raises(click.BadParameter, match="plain digits"):
        amount(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-05", 1_772_668_800_000),
        ("2026-03-05T11:32", 1_772_710_320_000),
        ("2026-03-05 11:32:57", 1_772_710_377_000),
        ("2026-03-05T11:32:57.808Z", _NOW_MS),
        ("2026-03-05T12:32:57.808+01:00", _NOW_MS),
        ("1772710377808", _NOW_MS),
        ("90s", _NOW_MS - 90_000),
        ("30m", _NOW_MS - 1_800_000),
        ("24h", _NOW_MS - 86_400_000),
        ("7d", _NOW_MS - 604_800_000),
        ("2w", _NOW_MS - 1_209_600_000),
        ("999999w", 0),
    ],
)
def test_moment(text: str, expected: int) -> None:
    """Dates, times with and without offset, Unix milliseconds and ages are understood."""
    assert moment(text, now_ms=_NOW_MS) == expected


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-13-01", "12", "5y", "1e12", "2026-03-05T", "20260305", "2026-W10-4"],
)
def test_no_moment(text: str) -> None:
    """Anything else is refused with the forms that would work."""
    with pytest.raises(click.BadParameter, match="an age such as"):
        moment(text)


@click.command()
@symbol_argument(required=False, many=True)
@symbol_option
@limit_option(7)
@format_options
def _command(**found: Any) -> None:
    click.echo(repr(found))


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], {"symbols": (), "symbol": None, "limit": 7, "form": "table"}),
        (["btcusdt", "ETHUSDT"], {"symbols": ("BTCUSDT", "ETHUSDT")}),
        (["--symbol", "btcusdt", "--limit", "1", "--json"], {"symbol": "BTCUSDT", "form": "json"}),
        (["--csv"], {"form": "csv"}),
    ],
)
def test_shared_options(argv: list[str], expected: dict[str, Any]) -> None:
    """Symbols come in upper case, and the form is one of three."""
    result = CliRunner().invoke(_command, argv)

    assert result.exit_code == 0
    for name, value in expected.items():
        assert f"{name!r}: {value!r}" in result.output


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["--json", "--csv"], "exclude each other"),
        (["--limit", "0"], "not in the range"),
        (["--limit", "1.5"], "not a valid integer"),
        (["--symbol", "BTC/USDT"], "is not a symbol"),
        (["BTCUSDT", "\x1b[2J"], "is not a symbol"),
    ],
)
def test_refused(argv: list[str], reason: str) -> None:
    """What cannot be meant is refused."""
    result = CliRunner().invoke(_command, argv)

    assert result.exit_code == 2
    assert reason in result.output
