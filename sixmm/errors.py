"""Every error that sixmm raises, in one tree with two axes.

The first axis is *whose fault it is*; it decides what the caller can do about it::

    SixmmError
    ├── LocalError                  yours: an argument or a state; nothing was sent
    │   ├── ConfigurationError      a setting or argument that cannot work (also a ValueError)
    │   ├── LocalStateError         this call is not possible now
    │   │   ├── ClientClosed        the client was closed
    │   │   └── ForkedClient        the client was made in another process
    │   └── Unsupported             a feature whose optional package is not installed
    ├── RemoteError                 theirs: the exchange answered, and the answer is the fault
    │   ├── ApiError                a REST reply with a code other than 0
    │   │   ├── AuthenticationError codes 1001-1004, 1006: the credential is not accepted
    │   │   ├── InvalidRequest      codes 2001-2003: a parameter is missing, bad or out of range
    │   │   ├── OrderRejected       codes 3001, 3003-3005, 3100-3112: the order cannot be done
    │   │   ├── NotPermitted        code 3006: the key lacks a permission bit
    │   │   ├── ServerFault         codes 5001, 5002: the exchange failed
    │   │   └── Throttled           code 5003 or HTTP 429: slow down
    │   ├── HttpStatusError         a REST reply that is not an envelope (redirect, HTML, empty)
    │   ├── HandshakeRefused        the WebSocket upgrade was answered with another status than 101
    │   ├── LoginRefused            the stream refused the credential
    │   ├── SubscriptionRefused     the stream refused a topic
    │   ├── ProtocolViolation       bytes that break RFC 6455, HTTP, or a limit
    │   └── DecodeError             JSON that is not what the schema says; carries a path
    ├── NetworkError                nobody's: the link between the two
    │   ├── ConnectFailed           name look-up, refusal, unreachable, proxy
    │   ├── TlsFailed               certificate or TLS handshake
    │   ├── ConnectionClosed        a link that ended: code, reason, and who closed it
    │   └── DeadlineExceeded        no answer within the deadline (also a TimeoutError)
    └── OutcomeUnknown              a write that may or may not have happened

The second axis is *is the outcome known*: ``error.outcome_known`` is False where a state-changing
request may have taken effect although no answer says so. Only :class:`OutcomeUnknown` says that;
every other class is raised only where nothing was sent or an answer arrived.

All errors pickle and copy. None carries a secret: no query text, header, body, key or token.
"""

from __future__ import annotations

import copy
from typing import Any

__all__ = [
    "ApiError",
    "AuthenticationError",
    "ClientClosed",
    "ConfigurationError",
    "ConnectFailed",
    "ConnectionClosed",
    "DeadlineExceeded",
    "DecodeError",
    "ForkedClient",
    "HandshakeRefused",
    "HttpStatusError",
    "InvalidRequest",
    "LocalError",
    "LocalStateError",
    "LoginRefused",
    "NetworkError",
    "NotPermitted",
    "OrderRejected",
    "OutcomeUnknown",
    "ProtocolViolation",
    "RemoteError",
    "ServerFault",
    "SixmmError",
    "SubscriptionRefused",
    "Throttled",
    "TlsFailed",
    "Unsupported",
    "again",
    "api_error",
    "without_frames",
]


class SixmmError(Exception):
    """The root of all errors that sixmm raises on purpose."""

    outcome_known: bool = True

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    cls: type[SixmmError], args: tuple[object, ...], state: dict[str, object]
) -> SixmmError:
    """Make an error again from its parts, whatever its initializer asks for."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


def again(error: SixmmError) -> SixmmError:
    """Return a copy of ``error``, with its cause, to be raised once more.

    An error that ended a stream is raised at each later call. One object raised many times would
    collect the tracebacks of all of them.
    """
    copied: SixmmError = copy.copy(error)
    copied.__cause__ = error.__cause__
    return copied


def without_frames(error: SixmmError) -> SixmmError:
    """Return ``error`` itself, with no frames in it and in what caused it.

    An error in an event may be kept for long. Its frames would keep alive whatever was in their
    variables: a dead connection with its buffers, the text of a message, a key.
    """
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        item = todo.pop()
        if item is not None and id(item) not in seen:
            seen.add(id(item))
            item.__traceback__ = None
            todo += [item.__cause__, item.__context__]
    return error


class LocalError(SixmmError):
    """Your argument, or the state of your client; nothing was sent."""


class ConfigurationError(LocalError, ValueError):
    """A setting or an argument cannot work; the text says which, and what would."""


class LocalStateError(LocalError):
    """The call is not possible in the state that the client is in."""


class ClientClosed(LocalStateError):
    """The client was closed; make a new one."""


class ForkedClient(LocalStateError):
    """The client was made in another process; its threads do not exist in this one."""


class Unsupported(LocalError):
    """The feature needs an optional package that is not installed; the text names the extra."""


class RemoteError(SixmmError):
    """The exchange answered, and the answer is the fault."""


class ApiError(RemoteError):
    """A REST reply whose ``code`` is not 0 (rules 2-4).

    ``code`` is the number of the exchange, ``message`` its text, ``request_id`` the trace id of the
    call and ``http_status`` the status that it came with. ``retry_after`` is in seconds, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int,
        request_id: str | None = None,
        http_status: int | None = None,
        operation: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.request_id = request_id
        self.http_status = http_status
        self.operation = operation
        self.retry_after = retry_after
        super().__init__(self._describe())

    def _describe(self) -> str:
        where = f"{self.operation}: " if self.operation else ""
        trace = f" (request {self.request_id})" if self.request_id else ""
        return f"{where}code {self.code}: {self.message}{trace}"


class AuthenticationError(ApiError):
    """Codes 1001-1004 and 1006: the credential is missing, expired, wrong, revoked or unwelcome.

    Do not repeat the call unchanged: log in again (1002, 1004), compare key, payload and clock
    (1003), or fix the key's address list (1006). Rules 96-100.
    """


class InvalidRequest(ApiError):
    """Codes 2001-2003: a parameter is missing, bad or out of range; fix the call (rule 101)."""


class OrderRejected(ApiError):
    """Codes 3001, 3003-3005, 3100-3112: the order cannot be done (rules 102-106)."""


class NotPermitted(ApiError):
    """Code 3006: the key lacks the permission bit of this call (rules 16-18, 105)."""


class ServerFault(ApiError):
    """Codes 5001 and 5002: the exchange failed; a write then has an unknown outcome (rule 107)."""


class Throttled(ApiError):
    """Code 5003 or HTTP 429: too many requests; wait at least ``retry_after`` s (rule 108)."""


_API_ERRORS: tuple[tuple[range, type[ApiError]], ...] = (
    (range(1001, 1005), AuthenticationError),
    (range(1006, 1007), AuthenticationError),
    (range(2001, 2004), InvalidRequest),
    (range(3001, 3002), OrderRejected),
    (range(3003, 3006), OrderRejected),
    (range(3006, 3007), NotPermitted),
    (range(3100, 3113), OrderRejected),
    (range(5001, 5003), ServerFault),
    (range(5003, 5004), Throttled),
)


def api_error(
    message: str,
    *,
    code: int,
    request_id: str | None = None,
    http_status: int | None = None,
    operation: str | None = None,
    retry_after: float | None = None,
) -> ApiError:
    """Return the error of the class that belongs to ``code``.

    An unknown code is an :class:`ApiError` itself (rule 109). HTTP 429 is :class:`Throttled` under
    any code (rule 5).
    """
    cls = next((cls for codes, cls in _API_ERRORS if code in codes), ApiError)
    if http_status == 429:
        cls = Throttled
    return cls(
        message,
        code=code,
        request_id=request_id,
        http_status=http_status,
        operation=operation,
        retry_after=retry_after,
    )


class HttpStatusError(RemoteError):
    """A REST reply that is not an envelope: a redirect, a proxy's page, an empty body."""

    def __init__(
        self,
        message: str,
        *,
        http_status: int,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.http_status = http_status
        self.request_id = request_id
        self.retry_after = retry_after
        super().__init__(message)


class HandshakeRefused(RemoteError):
    """The server answered the WebSocket upgrade with another status than 101.

    ``http_status`` is that status; ``retry_after`` is what its header asked for, in seconds.
    """

    def __init__(self, message: str, *, http_status: int, retry_after: float | None = None) -> None:
        self.http_status = http_status
        self.retry_after = retry_after
        super().__init__(message)


class LoginRefused(RemoteError):
    """The stream refused the credential; the same credential is not tried again."""


class SubscriptionRefused(RemoteError):
    """The stream refused a topic, or did not acknowledge it within the deadline's life.

    ``topics`` are those that were asked for in the refused request.
    """

    def __init__(self, message: str, *, topics: tuple[str, ...] = ()) -> None:
        self.topics = topics
        super().__init__(message)


class ProtocolViolation(RemoteError):
    """Bytes that break RFC 6455, HTTP, or one of the limits of the transport.

    ``close_code`` is the WebSocket close code that names the fault (1002, 1007 or 1009).
    """

    def __init__(self, message: str, *, close_code: int = 1002) -> None:
        self.close_code = close_code
        super().__init__(message)


class DecodeError(RemoteError):
    """JSON that cannot be read, or that is not what the schema says.

    ``path`` is where, as in ``$.data.orders[3].price``; the text never repeats the payload.
    """

    def __init__(self, message: str, *, path: str = "$") -> None:
        self.path = path
        super().__init__(f"{path}: {message}")


class NetworkError(SixmmError):
    """The link between the two sides failed; the same call may work later."""


class ConnectFailed(NetworkError):
    """No connection could be made: name look-up, refusal, unreachable host, or proxy."""


class TlsFailed(NetworkError):
    """The TLS handshake failed, for example because the certificate is not valid for the host.

    ``certificate`` is True where the certificate was refused; that is not tried again by itself.
    """

    def __init__(self, message: str, *, certificate: bool = False) -> None:
        self.certificate = certificate
        super().__init__(message)


class ConnectionClosed(NetworkError):
    """A WebSocket link ended.

    ``code`` and ``reason`` are those of the close frame (1006 where none came), ``by`` says who
    closed: ``"remote"``, ``"local"`` or ``"network"`` (no close frame was exchanged).
    """

    def __init__(self, *, code: int = 1006, reason: str = "", by: str = "network") -> None:
        self.code = code
        self.reason = reason
        self.by = by
        text = f"closed by {by} with code {code}" if by != "network" else "connection lost"
        super().__init__(f"{text}: {reason}" if reason else text)


class DeadlineExceeded(NetworkError, TimeoutError):
    """No answer within the deadline."""


class OutcomeUnknown(SixmmError):
    """A state-changing request was sent, and no answer says whether it took effect.

    It is never sent again by itself. ``operation`` names the call and ``request_id`` its trace id;
    query the state before you repeat it (rule 107).
    """

    outcome_known = False

    def __init__(
        self, message: str, *, operation: str | None = None, request_id: str | None = None
    ) -> None:
        self.operation = operation
        self.request_id = request_id
        super().__init__(message)
