"""The commands that manage API keys, with an access token: a key cannot manage keys (rule 15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from .columns import Column, Form, Kind
from .failures import CommandFailed
from .options import format_options, login_options

__all__ = ["CHANGED", "CREATED", "DELETED", "KEYS", "create", "delete", "delete_all", "keys"]

KEYS = (
    Column("id", kind=Kind.ID),
    Column("label"),
    Column("api_key", kind=Kind.ID),
    Column("permissions", kind=Kind.NUMBER),
    Column("status", kind=Kind.NUMBER),
    Column("ip_whitelist", kind=Kind.LIST, title="addresses"),
    Column("last_used_at", kind=Kind.TIME, title="last used (UTC)", detail=True),
    Column("created_at", kind=Kind.TIME, title="created (UTC)", detail=True),
)

CREATED = (
    Column("label"),
    Column("permissions", kind=Kind.NUMBER),
    Column("ip_whitelist", kind=Kind.LIST, title="addresses"),
    Column("api_key", kind=Kind.ID),
    Column("api_secret", kind=Kind.ID),
)

CHANGED = (Column("id", kind=Kind.ID), Column("outcome"))

DELETED = (Column("deleted", kind=Kind.NUMBER),)

_BITS = {"read": 1, "trade": 2, "withdraw": 4}


@click.group()
def keys() -> None:
    """API keys of the account; needs an access token or a login, not a key."""


def _permission_option(command: Any) -> Any:
    return click.option(
        "--permission",
        "permissions",
        type=click.Choice(list(_BITS), case_sensitive=False),
        multiple=True,
        help="What the key may do; may be given again.",
    )(command)


def _address_option(command: Any) -> Any:
    return click.option(
        "--ip",
        "addresses",
        multiple=True,
        metavar="ADDRESS",
        help="An address that may use the key; may be given again.",
    )(command)


def _bits(names: Sequence[str]) -> int | None:
    """Return the sum of the permissions, or None where none is named."""
    return sum(_BITS[name] for name in set(names)) or None


@keys.command("list")
@login_options
@format_options
def list_keys(credentials: str | None, rest_url: str | None, form: Form) -> int:
    """List the account's keys; secrets are never told again."""
    from . import rest  # only now: it imports the client

    with rest.token_client(rest_url, credentials) as client:
        rows = client.api_keys.list().rows
    rest.show_rows(form, rows, KEYS, nothing="no keys")
    return 0


@keys.command()
@click.argument("label")
@_permission_option
@_address_option
@login_options
@format_options
def create(
    label: str,
    permissions: tuple[str, ...],
    addresses: tuple[str, ...],
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """Make a key named LABEL and print it with its secret, which is shown this once only.

    Without --permission it may only read; without --ip it may be used from any address.
    """
    from . import rest

    bits = _bits(permissions) or _BITS["read"]
    with rest.token_client(rest_url, credentials) as client:
        made = client.api_keys.create(label, permissions=bits, ip_whitelist=list(addresses) or None)
    found = {
        "label": label,
        "permissions": bits,
        "ip_whitelist": list(addresses),
        "api_key": made.api_key,
        "api_secret": made.api_secret.reveal(),
    }
    rest.note("sixmm: the secret is shown this once only: store it now, where only you can read it")
    try:
        rest.show_record(form, found, CREATED)
    except OSError as exc:
        raise CommandFailed(
            "the key was made, but its secret could not be written: delete that key; look with:"
            " sixmm keys list"
        ) from exc
    return 0


@keys.command()
@click.argument("key_id", metavar="ID")
@click.option("--label", help="A new name.")
@_permission_option
@_address_option
@click.option("--any-address", is_flag=True, help="It may be used from any address.")
@click.option("--enable/--disable", default=None, help="Switch the key on or off.")
@login_options
@format_options
def update(
    key_id: str,
    label: str | None,
    permissions: tuple[str, ...],
    addresses: tuple[str, ...],
    any_address: bool,
    enable: bool | None,
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """Change the key ID; what is not named stays. After a leak: --disable, or delete it."""
    from . import rest

    if addresses and any_address:
        raise click.UsageError("--ip and --any-address exclude each other")
    changes: dict[str, Any] = {
        "label": label,
        "permissions": _bits(permissions),
        "ip_whitelist": [] if any_address else list(addresses) or None,
        "status": None if enable is None else int(enable),
    }
    if all(value is None for value in changes.values()):
        raise click.UsageError("nothing to change: see --help")
    with rest.token_client(rest_url, credentials) as client:
        client.api_keys.update(key_id, **{k: v for k, v in changes.items() if v is not None})
    rest.show_record(form, {"id": key_id, "outcome": "updated"}, CHANGED)
    return 0


@keys.command()
@click.argument("key_id", metavar="ID")
@login_options
@format_options
def delete(key_id: str, credentials: str | None, rest_url: str | None, form: Form) -> int:
    """Delete the key ID; programs that use it are refused from then on."""
    from . import rest

    with rest.token_client(rest_url, credentials) as client:
        client.api_keys.delete(key_id)
    rest.show_record(form, {"id": key_id, "outcome": "deleted"}, CHANGED)
    return 0


@keys.command()
@click.option("--yes", is_flag=True, help="Do it; not needed on an embedded exchange.")
@login_options
@format_options
def delete_all(yes: bool, credentials: str | None, rest_url: str | None, form: Form) -> int:
    """Delete every key of the account; without --yes nothing is sent."""
    from . import rest

    rest.require_yes(rest_url, yes=yes, what="delete every key")
    with rest.token_client(rest_url, credentials) as client:
        told = client.api_keys.delete_all()
    rest.show_record(form, {"deleted": told.deleted}, DELETED)
    return 0
