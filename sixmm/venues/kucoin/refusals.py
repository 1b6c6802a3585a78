"""The error of a request that a stream has refused, with the code that says why."""

from __future__ import annotations

from ...errors import SubscriptionRefused
from .enums import StreamErrorCode

__all__ = ["StreamRefused"]


class StreamRefused(SubscriptionRefused):
    """The server refused a topic or another request.

    ``code`` is the number of the exchange: 400 for a topic that is invalid, 403 for a private topic
    on a public connection, 404 for one that does not exist, 406 for a missing one, 509 for too much
    of something. It is None where the server gives none, as on the unified stream.
    """

    def __init__(
        self,
        message: str,
        *,
        code: StreamErrorCode | int | None = None,
        topics: tuple[str, ...] = (),
    ) -> None:
        self.code = code
        super().__init__(message, topics=topics)
