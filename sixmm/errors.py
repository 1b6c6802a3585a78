"""Every error that sixmm raises, in one tree with two axes.

The first axis is *whose fault it is*; it decides what the caller can do about it::

    SixmmError
    ├── LocalError                  yours: an argument or a state; nothing was sent
    │   ├── ConfigurationError      a setting or argument that cannot work (also a ValueError)
    │   ├── InvalidOrder            an order that breaks a rule of its symbol (also a ValueError)
    │   ├── LocalStateError         this call is not possible now
    │   │   ├── ClientClosed        the client was closed
    │   │   ├── ForkedClient        the client was made in another process
    │   │   └── PaceExceeded        no turn within the deadline at the pace of the client
    │   └── Unsupported             a feature whose optional package is not installed
    ├── RemoteError                 theirs: the exchange answered, and the answer is the fault
    │   ├── ApiError                a REST reply with a code other than 0
    │   │   ├── AuthenticationError codes 1001-1004, 1006: the credential is not accepted
    │   │   ├── InvalidRequest      codes 2001-2003: a parameter is missing, bad or out of range
    │   │   ├── OrderRejected       the order cannot be done
    │   │   │   ├── InsufficientBalance code 3001: the balance is too low
    │   │   │   ├── OrderNotFound   code 3003: there is no such order
    │   │   │   ├── DuplicateOrder  code 3004: the same was sent before
    │   │   │   ├── NotCancelable   code 3005: the order cannot be cancelled any more
    │   │   │   └── ConditionRejected codes 3100-3112: a bad condition order
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
    │   ├── DeadlineExceeded        no answer within the deadline (also a TimeoutError)
    │   └── NotCarriedOut           a write that got lost, as was found out afterwards
    └── OutcomeUnknown              a write that may or may not have happened

The second axis is *is the outcome known*: ``error.outcome_known`` is False where a state-changing
request may have taken effect although no answer says so. Only :class:`OutcomeUnknown` says that;
every other class is raised only where nothing was sent, an answer arrived, or the request was one
that changes nothing.

Each error of a REST call that was sent has its ``request_id``, also in its text: by this
``X-Request-ID`` both sides find the call in their logs (rule 6).

All errors pickle and copy. None carries a secret: no query text, header, body, key or token.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from traceback import walk_stack
from typing import Any

__all__ = [
    "ApiError",
    "AuthenticationError",
    "ClientClosed",
    "ConditionRejected",
    "ConfigurationError",
    "ConnectFailed",
    "ConnectionClosed",
    "DeadlineExceeded",
    "DecodeError",
    "DuplicateOrder",
    "ForkedClient",
    "HandshakeRefused",
    "HttpStatusError",
    "InsufficientBalance",
    "InvalidOrder",
    "InvalidRequest",
    "LocalError",
    "LocalStateError",
    "LoginRefused",
    "NetworkError",
    "NotCancelable",
    "NotCarriedOut",
    "NotPermitted",
    "OrderNotFound",
    "OrderRejected",
    "OutcomeUnknown",
    "PaceExceeded",
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
    request_id: str | None = None
    """The trace id of the REST call that failed; None where nothing was sent."""

    def __str__(self) -> str:
        text, trace = super().__str__(), f"(request {self.request_id})"
        return text if self.request_id is None or trace in text else f"{text} {trace}"

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

    An error in an event may be kept for long. Its frames would keep alive a dead connection, the
    text of a message, a key. What the program itself is handling meanwhile keeps its own.
    """
    caught = error.__traceback__
    above = walk_stack(caught and caught.tb_frame.f_back)
    program = {f for f, _ in above if not f.f_globals.get("__name__", "").startswith("sixmm.")}
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        item = todo.pop()
        frame = item and item.__traceback__ and item.__traceback__.tb_frame
        if item is not None and id(item) not in seen and frame not in program:
            seen.add(id(item))
            item.__traceback__ = None
            todo += [item.__cause__, item.__context__]
    return error


class LocalError(SixmmError):
    """Your argument, or the state of your client; nothing was sent."""


class ConfigurationError(LocalError, ValueError):
    """A setting or an argument cannot work; the text says which, and what would."""


class InvalidOrder(LocalError, ValueError):
    """An order breaks a rule of its symbol; it was refused before anything was sent (rule 43).

    Correct the field and place it again. ``rule`` names the rule that is broken, ``field`` the
    argument, ``value`` what it was, and ``nearest`` what would be accepted, or None if nothing is.
    """

    def __init__(
        self, message: str, *, rule: str, field: str, value: object, nearest: object | None = None
    ) -> None:
        self.rule = rule
        self.field = field
        self.value = value
        self.nearest = nearest
        super().__init__(message)


class LocalStateError(LocalError):
    """The call is not possible in the state that the client is in."""


class ClientClosed(LocalStateError):
    """The client was closed; make a new one."""


class ForkedClient(LocalStateError):
    """The client was made in another process; its threads do not exist in this one."""


class PaceExceeded(LocalStateError):
    """At the pace of the client the call cannot be sent before its deadline; nothing was sent.

    There would be room in ``retry_after`` seconds: call less often, give the call more time, or set
    another pace; it is also shut for as long as the exchange has asked to slow down.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Unsupported(LocalError):
    """The feature needs an optional package that is not installed; the text names the extra."""


class RemoteError(SixmmError):
    """The exchange answered, and the answer is the fault."""


class ApiError(RemoteError):
    """A REST reply whose ``code`` is not 0 (rules 2-4).

    Of this class itself are codes that the documentation does not name: do not repeat the call
    unchanged (rule 109).

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

    Do not repeat the call unchanged. 1001: give the client a credential. 1002: log in again; the
    client refreshes the token of a login by itself. 1003: compare key, secret and token; a clock
    that is off is read again by the client. 1004: log in again. 1006: put your address on the list
    of the key. Rules 40, 96-100.
    """


class InvalidRequest(ApiError):
    """Codes 2001-2003: a parameter is missing, bad or out of range; fix the call (rule 101)."""


class OrderRejected(ApiError):
    """Codes 3001, 3003-3005 and 3100-3112: the order cannot be done; nothing has changed.

    Each has a class of its own below this one, which says what to do (rules 102-106).
    """


class InsufficientBalance(OrderRejected):
    """Code 3001: the balance is too low; place a smaller order, or add to it (rule 102)."""


class OrderNotFound(OrderRejected):
    """Code 3003: no such order; check symbol and id, and look into the history (rule 103)."""


class DuplicateOrder(OrderRejected):
    """Code 3004: the same was sent before, so this one was not done.

    Under a ``clientOrderId`` that was used before: query that order. Otherwise another program has
    signed the same in the same millisecond: call again, which signs anew (rules 41, 42, 104).
    """


class NotCancelable(OrderRejected):
    """Code 3005: the order cannot be cancelled, perhaps as it has ended; query it (rule 103)."""


class ConditionRejected(OrderRejected):
    """Codes 3100-3112: a condition order has parameters that do not fit together.

    Check its prices, ``callback_rate`` and ``working_type`` against its type and the present price;
    the single codes are not explained, so read ``message`` (rules 50, 106).
    """


class NotPermitted(ApiError):
    """Code 3006: the key lacks the permission bit of this call.

    Order and position calls need Trade (2), queries too; the others need Read (1). Use a key that
    has the bit (rules 16-18, 105).
    """


class ServerFault(ApiError):
    """Codes 5001 and 5002: the exchange failed; a read was repeated, so try again later.

    A write that is answered like this is told as :class:`OutcomeUnknown` (rule 107).
    """


class Throttled(ApiError):
    """Code 5003 or HTTP 429: too many requests.

    Wait ``retry_after`` seconds where that is not None, else longer each time, and call less often
    (rule 108). A write that is answered like this did not happen; it is not repeated by itself.
    """


_API_ERRORS: tuple[tuple[Sequence[int], type[ApiError]], ...] = (
    ((1001, 1002, 1003, 1004, 1006), AuthenticationError),
    ((2001, 2002, 2003), InvalidRequest),
    ((3001,), InsufficientBalance),
    ((3003,), OrderNotFound),
    ((3004,), DuplicateOrder),
    ((3005,), NotCancelable),
    ((3006,), NotPermitted),
    (range(3100, 3113), ConditionRejected),
    ((5001, 5002), ServerFault),
    ((5003,), Throttled),
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


class NotCarriedOut(NetworkError):
    """A write got lost on the way: it is certain that the exchange did not do it; send it anew."""

    def __init__(
        self, message: str, *, operation: str | None = None, request_id: str | None = None
    ) -> None:
        self.operation = operation
        self.request_id = request_id
        super().__init__(message)


class OutcomeUnknown(SixmmError):
    """A state-changing request was sent, and no answer says whether it took effect.

    It is never sent again by itself: ask for the state before you repeat it (rule 107).
    ``operation`` names the call, ``client_order_id`` the order, or is None where it is not about
    one order, and ``write`` is what it was to change, for who resolves it.
    """

    outcome_known = False

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        request_id: str | None = None,
        client_order_id: str | None = None,
        write: object = None,
    ) -> None:
        self.operation = operation
        self.request_id = request_id
        self.client_order_id = client_order_id
        self.write = write
        super().__init__(message)
