"""The states of a connection as one table, and the only function that moves between them.

Everything that affects transitions is in :data:`TABLE`. An event that the table does not have for a
state is a fault of this program and raises; it is never ignored.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from ..errors import LocalStateError

__all__ = ["CONNECTED_STATES", "TABLE", "State", "Trigger", "next_state"]


class State(enum.Enum):
    """Where the connection of a client stands."""

    IDLE = "IDLE"
    """Not started."""
    DIALING = "DIALING"
    """Getting a stream key, opening the connection, upgrading it."""
    AUTHENTICATING = "AUTHENTICATING"
    """Waiting for the server to accept the credential."""
    SUBSCRIBING = "SUBSCRIBING"
    """Asking for every wanted topic and waiting for the acknowledgements."""
    SYNCING = "SYNCING"
    """Comparing the account with a REST snapshot while pushes are buffered."""
    LIVE = "LIVE"
    """Events are handed over as they come."""
    BACKING_OFF = "BACKING_OFF"
    """Waiting before the next attempt."""
    CLOSING = "CLOSING"
    """The caller asked for the end; threads and sockets are being put away."""
    CLOSED = "CLOSED"
    """Over, by the caller or by a fatal error."""

    def __str__(self) -> str:
        return self.value


class Trigger(enum.Enum):
    """What can happen to a connection."""

    START = "START"
    LOGIN_NEEDED = "LOGIN_NEEDED"
    """The link is open and the server must accept the credential first."""
    READY = "READY"
    """The link is open, and authenticated where that is needed."""
    SYNC_NEEDED = "SYNC_NEEDED"
    """Every topic is acknowledged, or the account has to be compared again."""
    UP = "UP"
    """Nothing is left to be done before events are handed over."""
    LOST = "LOST"
    """The attempt or the link failed, and there will be another one."""
    RETRY = "RETRY"
    """The back-off is over."""
    CLOSE = "CLOSE"
    """The caller asked for the end."""
    END = "END"
    """Everything is put away, or a fatal error ended the connection."""


_S, _T = State, Trigger

TABLE: Mapping[State, Mapping[Trigger, State]] = {
    _S.IDLE: {_T.START: _S.DIALING, _T.CLOSE: _S.CLOSING},
    _S.DIALING: {
        _T.LOGIN_NEEDED: _S.AUTHENTICATING,
        _T.READY: _S.SUBSCRIBING,
        _T.LOST: _S.BACKING_OFF,
        _T.CLOSE: _S.CLOSING,
        _T.END: _S.CLOSED,
    },
    _S.AUTHENTICATING: {
        _T.READY: _S.SUBSCRIBING,
        _T.LOST: _S.BACKING_OFF,
        _T.CLOSE: _S.CLOSING,
        _T.END: _S.CLOSED,
    },
    _S.SUBSCRIBING: {
        _T.SYNC_NEEDED: _S.SYNCING,
        _T.UP: _S.LIVE,
        _T.LOST: _S.BACKING_OFF,
        _T.CLOSE: _S.CLOSING,
        _T.END: _S.CLOSED,
    },
    _S.SYNCING: {
        _T.UP: _S.LIVE,
        _T.LOST: _S.BACKING_OFF,
        _T.CLOSE: _S.CLOSING,
        _T.END: _S.CLOSED,
    },
    _S.LIVE: {
        _T.SYNC_NEEDED: _S.SYNCING,
        _T.LOST: _S.BACKING_OFF,
        _T.CLOSE: _S.CLOSING,
        _T.END: _S.CLOSED,
    },
    _S.BACKING_OFF: {_T.RETRY: _S.DIALING, _T.CLOSE: _S.CLOSING, _T.END: _S.CLOSED},
    _S.CLOSING: {_T.CLOSE: _S.CLOSING, _T.END: _S.CLOSED},
    _S.CLOSED: {_T.CLOSE: _S.CLOSED, _T.END: _S.CLOSED},
}

CONNECTED_STATES = frozenset({_S.AUTHENTICATING, _S.SUBSCRIBING, _S.SYNCING, _S.LIVE})
"""The states in which a link is open."""


def next_state(state: State, trigger: Trigger) -> State:
    """Return the state that follows ``state`` on ``trigger``.

    Raises:
        LocalStateError: the table has no such transition.
    """
    try:
        return TABLE[state][trigger]
    except KeyError:
        raise LocalStateError(f"{trigger.value} cannot happen in state {state.value}") from None
