"""The other end of a link that needs no network: what a test holds to play the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import ConnectionClosed, ProtocolViolation
from ..redaction import one_line, redact_url
from .memory_pipe import End, Ping, Pipe, Pong

__all__ = ["MemoryPeer"]


class MemoryPeer:
    """Plays the server of one link; :class:`MemoryWs` makes one for each dial.

    Every method may be called from any thread. What is sent to a client that has gone is lost, as
    it is on a network.

    Args:
        url: the address that was dialled.
        headers: the headers that the client added to the upgrade.
        pipe: what lies between this end and the client's.
    """

    def __init__(self, url: str, headers: Mapping[str, str], pipe: Pipe) -> None:
        self.url = url
        self.headers = dict(headers)
        self.on_message: Callable[[str], None] | None = None
        """Called with each message that the client sends, in the sending thread; or None."""
        self._pipe = pipe

    def __repr__(self) -> str:
        return f"<MemoryPeer {redact_url(self.url.partition('?')[0])}>"

    # What the client sees.

    def push(self, *messages: str | bytes, timeout: float = 5.0) -> None:
        """Send messages, which the client receives in one read.

        A text is sent as a text message; bytes may be what a server should not send.

        Args:
            messages: what to send.
            timeout: seconds to wait for room where the client does not read.

        Raises:
            TimeoutError: the queue to the client stayed full.
        """
        encoded = [m.encode() if isinstance(m, str) else m for m in messages]
        self._pipe.put([*encoded], timeout)

    def ping(self, payload: bytes = b"", *, timeout: float = 5.0) -> None:
        """Send a protocol ping; the client's answer appears in :attr:`pongs`."""
        self._pipe.put([Ping(payload)], timeout)

    def pong(self, payload: bytes = b"", *, timeout: float = 5.0) -> None:
        """Send a protocol pong."""
        self._pipe.put([Pong(payload)], timeout)

    def close(self, code: int = 1000, reason: str = "", *, timeout: float = 5.0) -> None:
        """Send a close frame, after what was sent before."""
        error = ConnectionClosed(code=code, reason=one_line(reason), by="remote")
        self._pipe.put([End(error)], timeout)

    def violate(self, text: str = "a rule", *, code: int = 1002, timeout: float = 5.0) -> None:
        """Break the protocol in a way that the client answers with the close code ``code``."""
        self._pipe.put([End(ProtocolViolation(text, close_code=code))], timeout)

    def drop(self) -> None:
        """Break the connection without a close frame, after what was sent before."""
        self._pipe.drop()

    def freeze(self) -> None:
        """Play a link that is dead and says nothing: nothing arrives, in either direction."""
        self._pipe.freeze()

    def thaw(self) -> None:
        """End :meth:`freeze`: what was held arrives now."""
        for message in self._pipe.thaw():
            self.deliver(message)

    @property
    def answers(self) -> bool:
        """Whether the client's pings and its close frame are answered by themselves."""
        return self._pipe.answers

    @answers.setter
    def answers(self, value: bool) -> None:
        self._pipe.answers = value

    # What the client has done.

    @property
    def sent(self) -> list[str]:
        """The messages that the client has sent, oldest first; the newest 100,000 are kept."""
        with self._pipe.changed:
            return list(self._pipe.sent)

    @property
    def pongs(self) -> list[bytes]:
        """The payloads of the client's answers to :meth:`ping`."""
        with self._pipe.changed:
            return list(self._pipe.pongs)

    @property
    def close_code(self) -> int | None:
        """The code of the client's close frame, or None where it has sent none."""
        sent = self._pipe.sent_close
        return None if sent is None else sent.code

    @property
    def gone(self) -> bool:
        """Whether the client's end of the link is dead."""
        return self._pipe.gone

    def wait_sent(
        self, predicate: Callable[[str], bool] | None = None, timeout: float = 5.0
    ) -> str:
        """Return the first message of the client that satisfies ``predicate``; wait for it.

        Args:
            predicate: says whether a message is the one; None takes the first.
            timeout: seconds to wait.

        Raises:
            TimeoutError: there was none in time.
        """
        found: list[str] = []

        def look() -> bool:
            found[:] = [m for m in self._pipe.sent if predicate is None or predicate(m)][:1]
            return bool(found)

        with self._pipe.changed:
            if not self._pipe.changed.wait_for(look, timeout):
                raise TimeoutError("the client sent no such message")
        return found[0]

    def wait_gone(self, timeout: float = 5.0) -> None:
        """Wait until the client's end of the link is dead.

        Raises:
            TimeoutError: it lives on.
        """
        with self._pipe.changed:
            if not self._pipe.changed.wait_for(lambda: self._pipe.gone, timeout):
                raise TimeoutError("the client did not end the link")

    def deliver(self, message: str) -> None:
        """Call :attr:`on_message`; the link does so, with no lock held."""
        if self.on_message is not None:
            self.on_message(message)
