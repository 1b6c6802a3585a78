"""How the server speaks where nothing is documented: each open question is a switch.

The defaults are what the public sources make most likely, or what is hardest on a client where they
say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Manners"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The switches of one server. Times are in seconds, and None means never."""

    checksum_case: bool = True
    """Whether addresses are told in checksum case; else in lower case."""
    instrument_ids: Literal["hex", "int", "mixed"] = "hex"
    """The form of instrument ids; ``mixed`` takes turns, also within one message."""
    null_lists: bool = True
    """Whether a list, or a map of positions, that is empty is told as null."""
    partial_updates: bool = True
    """Whether a push about orders or positions has only those that changed; else all of them."""
    closed_orders: Literal["absent", "shown"] = "absent"
    """How a push about open orders tells one that has ended: not at all, or once more."""
    snapshots: bool = False
    """Whether the state is pushed right after a subscription to a feed of an account."""
    book: Literal["full", "delta"] = "full"
    """Whether every book push is the whole book; else only the first one is, and the others have
    the levels that changed, with quantity 0 for one that went."""
    quotes: bool = True
    """Whether subscribers of a book get its best prices as well."""
    pong: Literal["alike", "text", "object"] = "alike"
    """The answer to a ping: in the form of the ping, ``"Pong"``, or ``{"Pong":null}``."""
    server_ping: float | None = None
    """How often the server pings; a ping that was not answered when the next one is due ends the
    connection."""
    ping_form: Literal["object", "text"] = "object"
    """The ping of the server: ``{"Ping":null}`` or ``"Ping"``."""
    idle_timeout: float | None = None
    """After how long without a frame of the client the connection is ended."""
    firehose: bool = False
    """Whether order events may be subscribed without an account and without an instrument."""
    close_after_error: bool = False
    """Whether a connection is closed after each error that it is told."""
    newest_first: bool = True
    """Whether lists of events begin with the newest one."""
    most_rows: int = 100
    """The largest page, however large a page was asked for."""

    def __post_init__(self) -> None:
        """Refuse figures that cannot work."""
        for seconds in (self.server_ping, self.idle_timeout):
            if seconds is not None and not 0 < seconds <= 3600:
                raise ValueError("server_ping and idle_timeout must lie above 0 and up to 3600")
        if self.most_rows < 1:
            raise ValueError("most_rows must be at least 1")
