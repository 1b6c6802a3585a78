"""Options that several commands share, and the kinds of values that they take.

Amounts stay exact decimals and times become Unix milliseconds here, so that no command meets a
binary float. There is no option for a secret: arguments are seen by every user of the machine.
"""

from __future__ import annotations

import datetime
import functools
import re
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import click

from .columns import Form

__all__ = [
    "account_options",
    "amount",
    "format_options",
    "limit_option",
    "login_options",
    "moment",
    "rest_url_option",
    "symbol_argument",
    "symbol_option",
    "time_option",
]

MOST_ROWS = 1_000_000

_AMOUNT = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_UNIX_MS = re.compile(r"[0-9]{12,15}", re.ASCII)
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{3}(\d{3})?)?)?(Z|z|[+-]\d\d:\d\d)?)?", re.ASCII
)
"""Any Python reads these forms alike."""
_AGO = re.compile(r"([0-9]{1,6})([smhdw])", re.ASCII)
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_SYMBOL = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)

Command = TypeVar("Command", bound=Callable[..., Any])


def amount(text: str) -> Decimal:
    """Return a price or a size in plain decimal digits, exactly as it is written.

    Raises:
        click.BadParameter: it has a sign or an exponent, or is no number.
    """
    if not _AMOUNT.fullmatch(text):
        raise click.BadParameter(f"{text!r} is not an amount in plain digits, such as 0.001")
    return Decimal(text)


def moment(text: str, *, now_ms: int | None = None) -> int:
    """Return Unix milliseconds for a date, a date and time, Unix ms, or an age such as ``24h``.

    A date and time without an offset is UTC.

    Args:
        text: what was typed.
        now_ms: what an age counts from; None reads the clock.

    Raises:
        click.BadParameter: it has none of these forms.
    """
    bare = text.strip()
    if _UNIX_MS.fullmatch(bare):
        return int(bare)
    age = _AGO.fullmatch(bare)
    if age is not None:
        now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
        return max(0, now_ms - int(age[1]) * _UNIT_SECONDS[age[2]] * 1_000)
    try:
        if not _ISO.fullmatch(bare):
            raise ValueError
        found = datetime.datetime.fromisoformat(re.sub("[Zz]$", "+00:00", bare))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a time; give 2026-06-18, 2026-06-18T12:30 (UTC), Unix milliseconds,"
            " or an age such as 90s, 30m, 24h, 7d, 2w"
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=datetime.timezone.utc)
    return (found - _EPOCH) // datetime.timedelta(milliseconds=1)


def time_option(name: str, help_text: str) -> Callable[[Command], Command]:
    """Return an option that takes a time and gives the command its ``_ms``."""
    return click.option(f"--{name}", f"{name}_ms", type=moment, metavar="TIME", help=help_text)


def _checked_symbol(
    context: click.Context, parameter: click.Parameter, value: str | tuple[str, ...] | None
) -> str | tuple[str, ...] | None:
    """Return the symbol or symbols in upper case."""
    if isinstance(value, tuple):
        return tuple(str(_checked_symbol(context, parameter, one)) for one in value)
    if value is not None and not _SYMBOL.fullmatch(value):
        raise click.BadParameter(
            f"{value!r} is not a symbol, such as BTCUSDT", ctx=context, param=parameter
        )
    return value.upper() if value else value


def symbol_argument(*, required: bool = True, many: bool = False) -> Callable[[Command], Command]:
    """Return the argument ``SYMBOL``; with ``many`` any number of them."""
    return click.argument(
        "symbols" if many else "symbol",
        required=required,
        nargs=-1 if many else 1,
        metavar="[SYMBOL]..." if many else "SYMBOL" if required else "[SYMBOL]",
        callback=_checked_symbol,
    )


def symbol_option(command: Command) -> Command:
    """Add ``--symbol``."""
    return click.option("--symbol", callback=_checked_symbol, help="Only this symbol.")(command)


def limit_option(default: int) -> Callable[[Command], Command]:
    """Return ``--limit``: how many rows at most."""
    return click.option(
        "--limit",
        type=click.IntRange(1, MOST_ROWS),
        default=default,
        show_default=True,
        metavar="N",
        help="At most this many rows.",
    )


def rest_url_option(command: Command) -> Command:
    """Add ``--rest-url``."""
    return click.option("--rest-url", envvar="SIXMM_REST_URL", help="Another REST address.")(
        command
    )


def account_options(command: Command) -> Command:
    """Add ``--credentials`` and ``--rest-url``."""
    return _credentials_option(
        "api_key and api_secret, or access_token",
        "SIXMM_API_KEY and SIXMM_API_SECRET, or SIXMM_ACCESS_TOKEN",
        command,
    )


def login_options(command: Command) -> Command:
    """Add ``--credentials`` and ``--rest-url`` for calls that take no API key."""
    return _credentials_option(
        "access_token, or username and password",
        "SIXMM_ACCESS_TOKEN, or SIXMM_USERNAME and SIXMM_PASSWORD",
        command,
    )


def _credentials_option(in_file: str, variables: str, command: Command) -> Command:
    add = click.option(
        "--credentials",
        metavar="FILE",
        help=f"A file of yours alone (mode 600) with {in_file}, as JSON or as KEY=VALUE lines."
        f" Without it: {variables}.",
    )
    return add(rest_url_option(command))


def format_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` and ``--csv``, and give the command ``form``."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
    @click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a line of titles.")
    @functools.wraps(command)
    def with_form(*args: Any, as_json: bool, as_csv: bool, **kwargs: Any) -> Any:
        if as_json and as_csv:
            raise click.UsageError("--json and --csv exclude each other")
        form: Form = "json" if as_json else "csv" if as_csv else "table"
        return command(*args, form=form, **kwargs)

    return with_form
