"""Shows the events of a stream in the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..client import Client
from ..clock import Deadline
from ..errors import ConnectFailed, DeadlineExceeded
from ..redaction import Secret
from ..venues.sixmm.topics import check_topic
from .credentials import find_credentials
from .output import Output

__all__ = ["listen_to"]

_POLL_SECONDS = 0.5


def listen_to(
    *,
    topics: Sequence[str],
    private: bool,
    credentials_file: str | None,
    seconds: float | None,
    rest_url: str | None,
    ws_url: str | None,
    output: Output,
    connect_timeout: float = 20.0,
) -> int:
    """Show events until Ctrl-C (code 130) or for ``seconds`` (code 0).

    Without ``private`` no credential is looked for, let alone used. After ``connect_timeout``
    seconds, or ``seconds`` where that is less, without a first connection it gives up; later ones
    are waited for until the end.

    Raises:
        ConfigurationError: a topic, an address or the credentials cannot work.
        SixmmError: the exchange refuses the credentials or a topic, or cannot be reached.
    """
    wanted = [check_topic(topic) for topic in topics]
    settings: dict[str, Any] = {"private": private}
    settings.update({"rest_url": rest_url} if rest_url else {})
    settings.update({"ws_url": ws_url} if ws_url else {})
    if private:
        settings.update(_credential_settings(credentials_file))
    with Client(**settings) as client, output:
        output.status(" connecting ")
        _wait_live(client, connect_timeout if seconds is None else min(connect_timeout, seconds))
        output.status(" live; Ctrl-C ends ")
        client.subscribe(*wanted)
        _show(client, output, Deadline(seconds))
    return 0


def _credential_settings(path: str | None) -> dict[str, Secret | None]:
    found = find_credentials(path, os.environ)
    return {
        "api_key": found.api_key,
        "api_secret": found.api_secret,
        "access_token": found.access_token,
    }


def _wait_live(client: Client, timeout: float) -> None:
    """Wait for the first connection; a failure says what the last attempt ended with."""
    try:
        client.wait_live(timeout)
    except DeadlineExceeded as exc:
        why = client.stats().last_error or "no answer"
        raise ConnectFailed(f"no connection within {timeout:g} s: {why}") from exc


def _show(client: Client, output: Output, deadline: Deadline) -> None:
    """Show events until the deadline; what waits already is shown first, however late it is."""
    while True:
        left = deadline.remaining()
        try:
            event = client.get(timeout=_POLL_SECONDS if left is None else min(left, _POLL_SECONDS))
            output.event(event)
        except TimeoutError:
            pass
        if deadline.expired:
            return
