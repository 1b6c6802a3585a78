"""The verbs of a blocking client, whatever it is made of: one connection, or several."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from .checkpoint import Checkpoint, CheckpointStats, account_name
from .clock import Deadline
from .errors import ConfigurationError, DeadlineExceeded, ForkedClient, LocalStateError
from .events import Event
from .rest import RestSession
from .schema_report import EventReport, SchemaReport
from .state.book import Book
from .state.picture import Account
from .stream.group import SessionGroup
from .stream.session import Session
from .stream.shared import Shared
from .stream.states import State
from .stream.stats import Stats
from .stream.taking import Taker
from .stream.tokens import TokenKeeper
from .venues.base import Call, Venue

if TYPE_CHECKING:
    from .records import Recorder

__all__ = ["BlockingClient"]

Self = TypeVar("Self", bound="BlockingClient")

# What happens is told by events; a program that wants log lines as well adds a handler of its own.
logging.getLogger("sixmm").addHandler(logging.NullHandler())


class BlockingClient:
    """What a user holds; the classes below it say how one is made.

    Args:
        venue: how the venue speaks.
        rest: makes the REST calls.
        shared: the parts of the session; of several, those of the first.
        session: the connection, or the group of them.
        taker: gives the caller one event after the other.
        report: counts the fields of what is taken.
        private: whether to open the private stream; None means "if there are credentials".
        rest_url: the address of the REST API.
        ws_url: the address of the stream.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        rest: RestSession,
        shared: Shared,
        session: Session | SessionGroup,
        taker: Taker,
        report: SchemaReport,
        private: bool | None,
        rest_url: str,
        ws_url: str,
    ) -> None:
        self._venue = venue
        self._pid = os.getpid()
        self._wants_private = private
        self._ws_url = ws_url
        self._rest_url = rest_url
        self._report = report
        self._rest = rest
        self._shared = shared
        self._taker = taker
        self._session = session
        self._tokens = TokenKeeper(shared, timer=session.timer)
        rest.on_token = self._tokens.plan
        shared.books.timer = session.timer
        self._recorder: Recorder | None = None

    # Life

    def record(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Recorder:
        """Write everything that is sent and received from now on to a file; before :meth:`start`.

        No secret is in it; orders, fills and balances are, so only its owner can read it. The
        client never waits for the disk: the recorder tells what was left out, and why nothing can
        be written any more. The file is complete once the client is closed.

        Args:
            path: the file; its usual name ends in ``.jsonl.gz``.
            overwrite: whether a file that is there is replaced.

        Raises:
            ConfigurationError: there is a file already, or none can be made there.
            LocalStateError: the client was started, or is recorded already.
        """
        from .records import Recorder  # Imported here: most clients are not recorded.

        self._check_process()
        if self._session.state is not State.IDLE or self._recorder is not None:
            raise LocalStateError("record() is called once, before start()")
        self._recorder = recorder = Recorder(path, overwrite=overwrite)
        for rest in self._rests():
            rest.through(recorder.http)
        self._session.through(recorder.ws)
        return recorder

    def _rests(self) -> Sequence[RestSession]:
        """Return whatever makes REST calls; each connection of several has its own."""
        return (self._rest,)

    def start(self) -> None:
        """Start the reader and the timer thread; the connection is made in the background.

        It returns at once. What cannot be retried, such as a wrong key, is raised by the next
        :meth:`get`, :meth:`subscribe` or :meth:`wait_live`.

        Raises:
            ConfigurationError: the private stream was asked for without credentials.
            LocalStateError: the client was started before.
            ClientClosed: the client is closed.
        """
        self._check_process()
        has_credentials = self._rest.credentials.present
        if self._wants_private and not has_credentials:
            raise ConfigurationError(
                "the private stream needs credentials: pass a key and its secret, or an access "
                "token, or call login() before start()"
            )
        self._decide_private(has_credentials)
        if self._shared.checkpoint is not None and self._session.state is State.IDLE:
            self._open_checkpoint(self._shared.checkpoint)
        self._session.start()

    def wait_live(self, timeout: float | None = 30.0) -> None:
        """Wait until the stream is live: subscribed, and the account compared.

        Raises:
            DeadlineExceeded: that took longer than ``timeout`` seconds.
            SixmmError: what ended the stream for good.
        """
        self._check_process()
        self._session.wait_live(Deadline(timeout))

    def close(self, timeout: float = 5.0) -> None:
        """End the client; may be called from any thread, repeatedly, and in any state.

        It returns within ``timeout`` seconds and leaves no thread, socket or timer. Private events
        that were received can still be taken.
        """
        if os.getpid() != self._pid:
            return
        deadline = Deadline(timeout)
        self._session.close(timeout)
        if self._recorder is not None:
            self._recorder.close(deadline.remaining())
        if self._shared.checkpoint is not None:
            self._shared.checkpoint.close(deadline)

    def __enter__(self: Self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None and self._shared.checkpoint is not None:
            # Whatever failed may have been about the event that was taken last.
            self._shared.checkpoint.drop()
        self.close()

    def __del__(self) -> None:
        session: Session | SessionGroup | None = getattr(self, "_session", None)
        if session is None or os.getpid() != self._pid:
            return
        if session.state not in (State.IDLE, State.CLOSED):
            warnings.warn(
                f"{self!r} was forgotten while it was open; use 'with', or call close()",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )
            session.abandon()
            if self._shared.checkpoint is not None:
                self._shared.checkpoint.abandon()

    def __repr__(self) -> str:
        if not hasattr(self, "_tokens"):
            return f"<{type(self).__name__} not made>"
        kind = "private" if self._shared.private else "public"
        topics = len(self._shared.desk.live)
        return (
            f"<{type(self).__name__} {self._session.state} {kind} {self._ws_url} {topics} topics>"
        )

    # Events

    def get(self, timeout: float | None = None) -> Event:
        """Return the next event; private events and events about the connection come first.

        A message that cannot be decoded is returned as :class:`~sixmm.events.DecodeFailed`.

        Args:
            timeout: seconds to wait, or None to wait until there is one.

        Raises:
            TimeoutError: there was none in time.
            ClientClosed: the client is closed and every private event has been taken.
            SixmmError: what ended the stream for good, once every private event has been taken.
        """
        self._check_receiving()
        check = self._check_process
        for event in self._taker.events(timeout, check=check, ends_when_closed=False):
            return event
        raise DeadlineExceeded(f"no event within {timeout:g} s")

    def events(self, timeout: float | None = None) -> Iterator[Event]:
        """Return an iterator over the events that ends when the client is closed.

        Args:
            timeout: end after so many seconds without any event; None never does.

        Raises:
            SixmmError: what ended the stream for good, once every private event has been taken.
        """
        self._check_receiving()
        return self._taker.events(timeout, check=self._check_process)

    def ack(self, event: Event) -> bool:
        """Say that an event was handled, with ``acknowledge=True``: it is not delivered again.

        Call it with the very event that was taken; each is acknowledged on its own. It returns at
        once, and the file has it a moment later.

        Returns False for what does not wait for that: an event about the connection, market data,
        or one that was acknowledged before.

        Raises:
            LocalStateError: the client was made without ``checkpoint`` or without ``acknowledge``.
        """
        self._check_process()
        checkpoint = self._shared.checkpoint
        if checkpoint is None:
            raise LocalStateError("ack() needs a client with checkpoint=... and acknowledge=True")
        return checkpoint.ack(event)

    def checkpoint_stats(self) -> CheckpointStats | None:
        """Return how the checkpoint stands at this moment, or None where there is none."""
        self._check_process()
        checkpoint = self._shared.checkpoint
        return None if checkpoint is None else checkpoint.stats()

    def schema_report(self) -> Mapping[str, EventReport]:
        """Return, by kind of event, what arrived that the schema does not name, and what never did.

        6MM documents few of its stream fields; after an hour on the real exchange this says which
        of the assumed ones exist. The first events of each kind are looked at and then a sample;
        a client made with ``schema_report=True`` looks at every one.
        """
        self._check_process()
        return self._report.result()

    # Requests

    def subscribe(self, *topics: str, timeout: float | None = 10.0) -> None:
        """Ask for market topics; returns when the exchange has acknowledged every one of them.

        They are asked for again after each reconnect, until :meth:`unsubscribe`.

        Raises:
            ConfigurationError: a topic does not have the form of one; nothing was sent.
            SubscriptionRefused: the exchange refused; the topics are not asked for again.
            DeadlineExceeded: no answer within ``timeout`` seconds; the same.
        """
        self._check_process()
        wanted = self._checked(topics)
        if wanted:
            self._shared.books.share(wanted)
            self._session.subscribe(wanted, Deadline(timeout))

    def unsubscribe(self, *topics: str, timeout: float | None = 10.0) -> None:
        """Drop market topics; returns when the exchange has acknowledged it.

        Raises:
            SubscriptionRefused: the exchange refused; the topics are not asked for again.
            DeadlineExceeded: no answer within ``timeout`` seconds; the same.
        """
        self._check_process()
        dropped = self._checked(topics)
        if dropped:
            self._shared.books.drop(dropped)
            self._session.unsubscribe(dropped, Deadline(timeout))

    def ping(self, timeout: float | None = 10.0) -> float:
        """Return the seconds that a ping and its answer take.

        Raises:
            ConnectionClosed: there is no connection at this moment.
            DeadlineExceeded: no answer within ``timeout`` seconds.
        """
        self._check_process()
        return self._session.ping(Deadline(timeout))

    def stats(self) -> Stats:
        """Return the figures of this moment."""
        self._check_process()
        return self._session.stats()

    @property
    def account(self) -> Account:
        """The account as it is known at this moment, as a value that does not change.

        Raises:
            LocalStateError: the client has no private stream, or keeps no mirror.
        """
        self._check_process()
        if not self._shared.private or self._shared.deliver == "events":
            raise LocalStateError("this client keeps no picture of the account")
        return self._picture()

    def book(self, symbol: str, *, live: bool = False, timeout: float | None = 10.0) -> Book:
        """Return the order book of a symbol as it is known now, as a value that does not change.

        The first call subscribes to the depth topic, and waits for the snapshot; every later one
        returns at once. The book is kept current without anybody taking events, until
        :meth:`unsubscribe` drops the topic. Where it is not certain, ``stale`` is True.

        Args:
            symbol: such as ``BTCUSDT``.
            live: where the book is stale, wait until it is not.
            timeout: seconds of either wait.

        Raises:
            ConfigurationError: no topic can have that symbol, or the venue has no order books.
            SubscriptionRefused: the exchange refused the topic.
            DeadlineExceeded: there was no answer, no snapshot, or no live book in time.
            LocalStateError: the client is not started, or the topic was dropped meanwhile.
            ClientClosed: the client is closed and has no book of that symbol.
        """
        self._check_process()
        books, deadline = self._shared.books, Deadline(timeout)
        topic = books.begin(symbol)
        if topic is not None:
            try:
                self._session.subscribe((topic,), deadline)
            except BaseException:
                books.drop((topic,))
                raise
        return books.read(symbol, deadline, live=live)

    # Inside

    def _decide_private(self, has_credentials: bool) -> None:
        wants = self._wants_private
        self._shared.private = has_credentials if wants is None else wants

    def _picture(self) -> Account:
        return self._shared.account()

    def _checked(self, topics: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._venue.check_topic(topic) for topic in topics))

    def _call(self, call: Call, *, timeout: float | None = None) -> Any:
        self._check_process()
        return self._rest.call(call, timeout=timeout)

    def _check_receiving(self) -> None:
        self._check_process()
        if self._shared.deliver == "state":
            raise LocalStateError("this client keeps only the picture of the account")
        if self._session.state is State.IDLE:
            raise LocalStateError("the client is not started: use 'with', or call start()")

    def _open_checkpoint(self, checkpoint: Checkpoint) -> None:
        key = self._rest.credentials.api_key
        if key is None:
            raise ConfigurationError("a checkpoint needs an API key")
        name = account_name(self._venue, rest_url=self._rest_url, api_key=key.reveal())
        checkpoint.open(account=name, tell=self._shared.tell)

    def _check_process(self) -> None:
        if os.getpid() != self._pid:
            raise ForkedClient(
                "this client belongs to the process that made it; make a new one after a fork"
            )
