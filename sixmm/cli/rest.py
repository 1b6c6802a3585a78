"""What the commands of the REST API share: a client that opens no stream, and where results go."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from ..client import REST_URL, Client
from ..errors import ConfigurationError, SixmmError
from ..redaction import Secret
from ..transport.urls import require_safe_url
from ..venues.base import Credentials
from .columns import Column, Form
from .credentials import find_credentials, find_token_or_login
from .pull import PullBar
from .report import is_terminal, open_report

__all__ = [
    "account_client",
    "is_embedded",
    "new_order_id",
    "note",
    "note_cut",
    "public_client",
    "pulling",
    "require_yes",
    "show_record",
    "show_rows",
    "token_client",
]


@contextlib.contextmanager
def public_client(rest_url: str | None) -> Iterator[Client]:
    """Open a client without credentials, for public calls; none is looked for."""
    with _opened(rest_url, Credentials()) as client:
        yield client


@contextlib.contextmanager
def account_client(rest_url: str | None, credentials_file: str | None) -> Iterator[Client]:
    """Open a client with the credentials of the file, or else of the environment.

    Raises:
        ConfigurationError: there are none, or the file or the address is not acceptable.
    """
    with _opened(rest_url, find_credentials(credentials_file, os.environ)) as client:
        yield client


@contextlib.contextmanager
def token_client(rest_url: str | None, credentials_file: str | None) -> Iterator[Client]:
    """Open a client with an access token alone: an API key cannot manage keys (rule 15).

    Where there is a name and a password instead, it logs in, and out again at the end.

    Raises:
        ConfigurationError: there is neither.
    """
    found = find_token_or_login(credentials_file, os.environ)
    if isinstance(found, Secret):
        with _opened(rest_url, Credentials(access_token=found)) as client:
            yield client
        return
    with _opened(rest_url, Credentials()) as client:
        client.login(found.username, found.password)
        try:
            yield client
        finally:
            # What was asked for is done or has failed already; the token ends by itself, too.
            with contextlib.suppress(SixmmError):
                client.logout()


@contextlib.contextmanager
def _opened(rest_url: str | None, credentials: Credentials) -> Iterator[Client]:
    client = Client(
        credentials.api_key,
        credentials.api_secret,
        access_token=credentials.access_token,
        rest_url=rest_url or REST_URL,
        private=False,
    )
    try:
        yield client
    finally:
        client.close()


def is_embedded(rest_url: str | None) -> bool:
    """Whether the address can only be an exchange on this machine: loopback, without TLS.

    A tunnel to the real exchange has a loopback address, too, but the exchange speaks TLS only.
    """
    endpoint = require_safe_url(rest_url or REST_URL)
    return endpoint.loopback and not endpoint.secure


def require_yes(rest_url: str | None, *, yes: bool, what: str) -> None:
    """Refuse to go on where this is for real and the caller has not said ``--yes``.

    Raises:
        ConfigurationError: so that nothing is sent.
    """
    if not yes and not is_embedded(rest_url):
        raise ConfigurationError(f"nothing was sent: to {what}, repeat it with --yes")


def show_rows(form: Form, rows: Iterable[Any], columns: Sequence[Column], *, nothing: str) -> None:
    """Write a list to stdout."""
    open_report(sys.stdout, form).rows(rows, columns, nothing=nothing)


def show_record(
    form: Form, record: Any, columns: Sequence[Column], *, stream: TextIO | None = None
) -> None:
    """Write a single result to ``stream``, or else to stdout."""
    open_report(stream or sys.stdout, form).record(record, columns)


def new_order_id() -> str:
    """Return an id for an order that has none of its own yet."""
    from ..ordering.client_ids import new_client_order_id  # only now: it imports all about orders

    return new_client_order_id(time.time_ns() // 1_000_000)


def pulling(what: str, *, limit: int, form: Form) -> PullBar:
    """Return the bar for a list that may take long."""
    # Rows of a table are all written at its end, others beside the bar.
    shared = form != "table" and is_terminal(sys.stdout)
    return PullBar(what, limit=limit, stream=sys.stderr, shared=shared)


def note_cut(bar: PullBar) -> None:
    """Tell people where a list is not all of it."""
    if bar.is_cut:
        note("sixmm: there are more rows: --limit gives them")


def note(text: str) -> None:
    """Tell people something on stderr; programs read stdout."""
    print(text, file=sys.stderr, flush=True)
