"""The figures of a session: deadlines, intervals and bounds, all finite by default."""

from __future__ import annotations

import math

import attrs

from ..errors import ConfigurationError
from ..pace import Rate
from .backoff import BackoffPolicy

__all__ = ["SessionOptions"]

_OTHERS = frozenset({"release_key", "backoff", "request_pace"})
_MAY_BE_OFF = frozenset({"ping_interval", "clock_interval", "audit_interval"})


@attrs.frozen(kw_only=True)
class SessionOptions:
    """The figures of a session, in seconds unless a name says otherwise.

    Args:
        ping_interval: how often the client pings; None is off.
        ping_timeout: how long after an interval without any frame the link counts as dead.
        dial_timeout: name look-up, connection, TLS and upgrade together.
        login_timeout: from the open link to the acceptance of the credential.
        ack_timeout: from asking for the topics again after a reconnect to their acknowledgements.
        ack_retry: the first wait before topics that were not acknowledged then are asked for again;
            each further wait is twice as long.
        ack_retry_max: the longest such wait; a topic that would need a longer one is given up,
            which ``SubscriptionFailed`` tells.
        send_timeout: one outgoing frame.
        sync_timeout: reading the account by REST, all calls together.
        clock_interval: how often the exchange's clock is read again; None is off.
        resync_retry: the first wait before parts that could not be compared are tried again.
        resync_retry_max: the longest such wait.
        audit_interval: how often the account is compared although nothing calls for it; None is
            off. A difference that no push has told means that the link is mute: it is replaced.
        audit_after_silence: how long after a silent time, when the link speaks again, it is
            compared as well.
        max_buffer_bytes: how much is buffered while the account is compared; at the bound the
            client stops reading until the comparison is done.
        request_pace: how fast requests to the stream may follow one another; None is off.
        release_key: whether :meth:`close` deletes the stream key at the exchange.
        backoff: how long to wait before another attempt.
    """

    ping_interval: float | None = 15.0
    ping_timeout: float = 10.0
    dial_timeout: float = 10.0
    login_timeout: float = 10.0
    ack_timeout: float = 10.0
    ack_retry: float = 1.0
    ack_retry_max: float = 8.0
    send_timeout: float = 5.0
    sync_timeout: float = 60.0
    clock_interval: float | None = 300.0
    resync_retry: float = 5.0
    resync_retry_max: float = 300.0
    audit_interval: float | None = 60.0
    audit_after_silence: float = 5.0
    max_buffer_bytes: int = 32 * 1024 * 1024
    request_pace: Rate | None = None
    release_key: bool = False
    backoff: BackoffPolicy = attrs.field(factory=BackoffPolicy)

    def __attrs_post_init__(self) -> None:
        for name, value in attrs.asdict(self, recurse=False).items():
            if name in _OTHERS or (value is None and name in _MAY_BE_OFF):
                continue
            is_figure = isinstance(value, int | float) and not isinstance(value, bool)
            if not (is_figure and 0 < value < math.inf):
                raise ConfigurationError(f"{name} must be a finite number above 0")

    def told(self, *, ping_interval: float | None, ping_timeout: float | None) -> SessionOptions:
        """Return the figures of a link whose server has told some of them; None is not told.

        Pings that are off stay off.
        """
        if self.ping_interval is None:
            return self
        return attrs.evolve(
            self,
            ping_interval=ping_interval or self.ping_interval,
            ping_timeout=ping_timeout or self.ping_timeout,
        )

    @property
    def patience(self) -> float | None:
        """Seconds without any frame after which the link is dead, or None for no limit."""
        return None if self.ping_interval is None else self.ping_interval + self.ping_timeout

    @property
    def worry(self) -> float | None:
        """Seconds without any frame after which the reader pings on its own, or None for never."""
        return None if self.ping_interval is None else self.ping_interval + self.ping_timeout / 2
