"""Shows the events of a stream in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from ..blocking import BlockingClient
from ..clock import Deadline
from ..errors import ConnectFailed, DeadlineExceeded
from .output import Output
from .venues import DEFAULT, Wanted, open_listener

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
    venue: str = DEFAULT,
    account: str | None = None,
    connect_timeout: float = 20.0,
) -> int:
    """Show events until Ctrl-C (code 130) or for ``seconds`` (code 0).

    Without ``private`` no credential is looked for, let alone used. After ``connect_timeout``
    seconds, or ``seconds`` where that is less, without a first connection it gives up; later ones
    are waited for until the end.

    Raises:
        ConfigurationError: a topic, an address, the account or the credentials cannot work.
        SixmmError: the exchange refuses the credentials or a topic, or cannot be reached.
    """
    wanted = Wanted(
        topics=tuple(topics),
        private=private,
        credentials_file=credentials_file,
        account=account,
        rest_url=rest_url,
        ws_url=ws_url,
    )
    with open_listener(venue, wanted) as client, output:
        output.status(" connecting ")
        _wait_live(client, connect_timeout if seconds is None else min(connect_timeout, seconds))
        output.status(" live; Ctrl-C ends ")
        client.subscribe(*topics)
        _show(client, output, Deadline(seconds))
    return 0


def _wait_live(client: BlockingClient, timeout: float) -> None:
    """Wait for the first connection; a failure says what the last attempt ended with."""
    try:
        client.wait_live(timeout)
    except DeadlineExceeded as exc:
        why = client.stats().last_error or "no answer"
        raise ConnectFailed(f"no connection within {timeout:g} s: {why}") from exc


def _show(client: BlockingClient, output: Output, deadline: Deadline) -> None:
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
