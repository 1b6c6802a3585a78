"""The commands about one order: what it would cost, placing it, cancelling it, looking at it.

An order that was sent and not answered is not sent again. Its own id is made before it is sent, so
that whatever happens, there is a command that looks for it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import OutcomeUnknown
from .columns import Column, Form, Kind
from .failures import OUTCOME_UNKNOWN, CommandFailed
from .options import account_options, format_options, symbol_argument
from .order_form import asked_for, order_form
from .orders import ORDERS

if TYPE_CHECKING:
    from ..client import Client

__all__ = [
    "CANCELED",
    "PLACED",
    "PREVIEW",
    "cancel",
    "cancel_all",
    "get",
    "order",
    "place",
    "preview",
]

PREVIEW = (
    Column("symbol"),
    Column("side"),
    Column("type"),
    Column("price", kind=Kind.NUMBER),
    Column("is_estimate", kind=Kind.FLAG, title="price is an estimate"),
    Column("quantity", kind=Kind.NUMBER),
    Column("notional", kind=Kind.NUMBER),
    Column("fee_rate", kind=Kind.NUMBER),
    Column("fee", kind=Kind.NUMBER),
    Column("leverage", kind=Kind.NUMBER),
    Column("initial_margin", kind=Kind.NUMBER, title="margin"),
    Column("warnings", kind=Kind.LIST),
)

PLACED = (
    Column("outcome"),
    Column("symbol"),
    Column("order_id", kind=Kind.ID),
    Column("client_order_id", kind=Kind.ID),
    Column("status"),
    Column("timestamp", kind=Kind.TIME, title="time (UTC)"),
)

CANCELED = (
    Column("outcome"),
    Column("symbol"),
    Column("order_id", kind=Kind.ID),
    Column("client_order_id", kind=Kind.ID),
    Column("status"),
)

_KINDS = {"normal": 0, "limit": 1, "condition": 2}


@click.group()
def order() -> None:
    """One order: its preview, placing, cancelling, looking."""


@order.command("preview")
@order_form
@account_options
@format_options
def preview(credentials: str | None, rest_url: str | None, form: Form, **fields: Any) -> int:
    """Check an order and show its notional, fee and margin; nothing is sent."""
    from . import rest  # only now: it imports the client

    with rest.account_client(rest_url, credentials) as client:
        found = _previewed(client, asked_for(fields))
    rest.show_record(form, found, PREVIEW)
    return 0


@order.command()
@order_form
@click.option("--yes", is_flag=True, help="Place it; not needed on an embedded exchange.")
@account_options
@format_options
def place(
    yes: bool, credentials: str | None, rest_url: str | None, form: Form, **fields: Any
) -> int:
    """Place an order, after its preview on stderr.

    Without --yes nothing is sent, unless the address is that of an exchange on this machine. Where
    it is not known whether the order is there, the exit code is 3: look before you try again.
    """
    from . import rest

    asked = asked_for(fields)
    with rest.account_client(rest_url, credentials) as client:
        found = _previewed(client, asked)
        rest.show_record("table", found, PREVIEW, stream=sys.stderr)
        rest.require_yes(rest_url, yes=yes, what="place it")
        asked.setdefault("client_order_id", rest.new_order_id())
        _place(client, asked, form)
    return 0


@order.command()
@symbol_argument()
@click.option("--order-id", help="The exchange's id.")
@click.option("--client-order-id", help="Your own id.")
@account_options
@format_options
def get(
    symbol: str,
    order_id: str | None,
    client_order_id: str | None,
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """Show one order of SYMBOL; given both ids, it has to match both."""
    from . import rest

    _require_id(order_id, client_order_id)
    with rest.account_client(rest_url, credentials) as client:
        row = client.orders.get(symbol, order_id=order_id, client_order_id=client_order_id)
    rest.show_record(form, row, ORDERS)
    return 0


_wait_option = click.option(
    "--wait", is_flag=True, help="Return only when it is done, at most after 30 s."
)


@order.command()
@symbol_argument()
@click.option("--order-id", help="The exchange's id.")
@click.option("--client-order-id", help="Your own id.")
@_wait_option
@account_options
@format_options
def cancel(
    symbol: str,
    order_id: str | None,
    client_order_id: str | None,
    wait: bool,
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """Ask to cancel one order of SYMBOL; without --wait the answer is "accepted", not "done"."""
    from . import rest

    _require_id(order_id, client_order_id)
    asked: dict[str, Any] = {"order_id": order_id, "client_order_id": client_order_id}
    asked["symbol"] = symbol
    row = {**asked, "outcome": "accepted", "status": None}
    with rest.account_client(rest_url, credentials) as client:
        try:
            if wait:
                ended = client.orders.cancel(**asked, wait=True).order
                row |= {"outcome": "done", "order_id": ended.order_id, "status": ended.status}
            else:
                client.orders.cancel(**asked)
        except OutcomeUnknown as exc:
            _tell_unknown(row, CANCELED, form)
            raise _unknown(_look(symbol, order_id, client_order_id), exc) from exc
    rest.show_record(form, row, CANCELED)
    return 0


@order.command()
@symbol_argument(required=False)
@click.option(
    "--kind",
    type=click.Choice(list(_KINDS), case_sensitive=False),
    default="normal",
    show_default=True,
    help="Every normal order, limit orders only, or every condition order.",
)
@_wait_option
@account_options
@format_options
def cancel_all(
    symbol: str | None,
    kind: str,
    wait: bool,
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """Ask to cancel the open orders of SYMBOL, or of all symbols.

    Without --wait the answer is "accepted", not "done".
    """
    from . import rest

    row: dict[str, Any] = dict.fromkeys(column.key for column in CANCELED)
    row |= {"symbol": symbol, "outcome": "done" if wait else "accepted"}
    with rest.account_client(rest_url, credentials) as client:
        try:
            client.orders.cancel_all(symbol, kind=_KINDS[kind], wait=wait)
        except OutcomeUnknown as exc:
            _tell_unknown(row, CANCELED, form)
            look = "sixmm orders open" + (f" --symbol {symbol}" if symbol else "")
            raise _unknown(look, exc) from exc
    rest.show_record(form, row, CANCELED)
    return 0


def _previewed(client: Client, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = client.orders.preview(**asked)
    words = {name: asked[name] for name in ("symbol", "side", "type")}
    return {**{c.key: getattr(found, c.key) for c in PREVIEW if c.key not in words}, **words}


def _place(client: Client, asked: Mapping[str, Any], form: Form) -> None:
    from . import rest

    look = _look(asked["symbol"], None, asked["client_order_id"])
    row: dict[str, Any] = dict.fromkeys(column.key for column in PLACED)
    row |= {name: asked[name] for name in ("symbol", "client_order_id")}
    try:
        placed = client.orders.place(**asked)
    except OutcomeUnknown as exc:
        _tell_unknown(row, PLACED, form)
        raise _unknown(look, exc) from exc
    except KeyboardInterrupt:
        rest.note(f"sixmm: interrupted: outcome unknown; look with: {look}")
        raise
    row |= {name: getattr(placed, name) for name in ("order_id", "status", "timestamp")}
    try:
        rest.show_record(form, {**row, "outcome": "confirmed"}, PLACED)
    except OSError as exc:
        text = f"placed, but the result could not be written; look with: {look}"
        raise CommandFailed(text, code=OUTCOME_UNKNOWN) from exc


def _tell_unknown(row: Mapping[str, Any], columns: Sequence[Column], form: Form) -> None:
    """Write the result of a call without an answer; the exit code says it in any case."""
    from . import rest

    with contextlib.suppress(OSError):
        rest.show_record(form, {**row, "outcome": "unknown"}, columns)


def _require_id(order_id: str | None, client_order_id: str | None) -> None:
    if not order_id and not client_order_id:
        raise click.UsageError("name the order with --order-id or --client-order-id")


def _look(symbol: str, order_id: str | None, client_order_id: str | None) -> str:
    """Return the command that looks at an order; what was sent has no sign of the shell in it."""
    name, value = ("order-id", order_id) if order_id else ("client-order-id", client_order_id)
    return f"sixmm order get {symbol} --{name} {value}"


def _unknown(look: str, error: OutcomeUnknown) -> CommandFailed:
    return CommandFailed(f"outcome unknown; look with: {look} ({error})", code=OUTCOME_UNKNOWN)
