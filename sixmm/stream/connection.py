"""One open link, from the login to its end. Everything here runs in the reader thread."""

from __future__ import annotations

import logging
import secrets

from ..clock import Deadline
from ..errors import DeadlineExceeded, LoginRefused
from ..events import Connected, SubscriptionFailed
from ..transport.base import WsLink
from .routing import Sorted, sort_messages
from .shared import Shared
from .sync import AccountSync, Pushed

__all__ = ["Connection"]

_log = logging.getLogger("sixmm.stream")

_FENCE_TIMEOUT = 1.0
_NOW = 0.0
_LONG = 3_600.0


class Connection:
    """Reads one link and hands over what comes, as the state of the session asks for.

    Args:
        shared: the parts of the session.
        link: the open link.
        sync: keeps the account.
        number: which connection of the client it is, from 1.
    """

    def __init__(self, shared: Shared, link: WsLink, *, sync: AccountSync, number: int) -> None:
        self._shared = shared
        self._link = link
        self._sync = sync
        self.number = number
        self._buffer: list[Pushed] = []
        self._buffer_bytes = 0
        self._buffering = shared.private
        self._logged_in = False
        self._seen_pong: bytes | None = None
        self._resync_at: float | None = None
        self._resync_delay = shared.options.resync_retry

    # The phases, in their order

    def login(self) -> None:
        """Wait until the server says that the credential is accepted.

        Raises:
            LoginRefused: it is not.
            DeadlineExceeded: the server says nothing.
        """
        timeout = self._shared.options.login_timeout
        deadline = self._deadline(timeout)
        while not self._logged_in:
            try:
                self._receive(deadline)
            except DeadlineExceeded:
                raise DeadlineExceeded(f"the login was not answered in {timeout:g} s") from None

    def resubscribe(self) -> None:
        """Ask for every wanted topic and wait for the answers; what stays open is told."""
        options, desk = self._shared.options, self._shared.desk
        for text in desk.open():
            self._link.send(text, deadline=self._deadline(options.send_timeout))
        deadline = self._deadline(options.ack_timeout)
        while desk.unanswered:
            try:
                self._receive(deadline)
            except DeadlineExceeded as error:
                self._tell_unanswered(desk.abandon_unanswered(), error)

    def announce(self) -> None:
        """Tell the caller that the link is open and subscribed."""
        self._shared.tell(
            Connected(
                connection=self.number,
                private=self._shared.private,
                topics=self._shared.desk.live,
            )
        )

    def synchronize(self, reason: str) -> None:
        """Compare the account with the exchange; tell what was missed, then what was buffered.

        Raises:
            SixmmError: the link ended meanwhile, or the credential was refused.
        """
        self._buffering = True
        comparison = self._sync.read(self._drain)
        self._fence()
        pushed = self._take_buffer()
        self._sync.merge(comparison, pushed, reason=reason, connection=self.number)
        self._buffering = False
        self._plan_resync(again=bool(comparison.passing))

    @property
    def resync_due(self) -> bool:
        """Whether parts that could not be compared should be tried again now."""
        return self._resync_at is not None and self._shared.clock.monotonic() >= self._resync_at

    def serve(self) -> None:
        """Hand over what comes until a resync is due; raises what ends the link."""
        patience = self._shared.options.patience
        heard_at = self._shared.clock.monotonic()
        while not self.resync_due:
            try:
                self._receive(self._deadline(self._wait(patience, heard_at)))
            except DeadlineExceeded:
                if self._is_dead(patience, heard_at):
                    raise DeadlineExceeded(
                        f"no frame for {patience:g} s, although pings were sent"
                    ) from None
            else:
                # Taken after the hand-over: while the caller was waited for, nobody listened.
                heard_at = self._shared.clock.monotonic()

    def end(self) -> None:
        """Hand over what is still buffered: a push that has arrived is told in any case."""
        self._sync.hand_over(self._take_buffer())

    # Reading

    def _receive(self, deadline: Deadline) -> None:
        messages = self._link.receive(deadline=deadline)
        self._shared.counters.last_frame_at = self._shared.clock.monotonic()
        self._note_pong()
        if messages:
            self._handle(messages)

    def _handle(self, messages: list[bytes]) -> None:
        received_at = self._shared.clock.time_ms()
        batch = sort_messages(
            self._shared.venue,
            messages,
            is_wanted=self._shared.desk.is_wanted,
            received_at=received_at,
        )
        self._handle_control(batch)
        if batch.market and self._shared.deliver != "state":
            self._shared.inbox.put_market(batch.market)
        if batch.private:
            self._handle_private([(message, received_at) for message in batch.private])

    def _handle_control(self, batch: Sorted) -> None:
        self._shared.counters.unrequested += batch.unrequested
        for frame in batch.logins:
            if frame.error is not None:
                raise LoginRefused(str(frame.error)) from frame.error
            self._logged_in = True
        for frame in batch.replies:
            refusal = self._shared.desk.answer(frame)
            if refusal is not None:
                self._shared.tell(SubscriptionFailed(topics=refusal.topics, error=refusal.error))

    def _handle_private(self, pushed: list[Pushed]) -> None:
        if not self._buffering:
            self._sync.hand_over(pushed)
            return
        self._buffer += pushed
        self._buffer_bytes += sum(len(message) for message, _ in pushed)

    def _note_pong(self) -> None:
        payload = self._link.last_pong
        if payload is not None and payload != self._seen_pong:
            self._seen_pong = payload
            round_trip = self._shared.desk.pong(payload.decode("ascii", "replace"))
            if round_trip is not None:
                self._shared.counters.round_trip = round_trip

    # Synchronizing

    def _drain(self) -> None:
        """Move what has arrived from the socket to the buffer, up to the bound, without waiting."""
        while self._buffer_bytes < self._shared.options.max_buffer_bytes:
            try:
                self._receive(self._deadline(_NOW))
            except DeadlineExceeded:
                return

    def _fence(self) -> None:
        """Read until the answer to a ping: pushes from before the snapshot have then arrived.

        An exchange whose pings overtake its pushes makes this an effort, not a proof; the
        comparison by identity does not rely on it. A peer that does not answer costs one second.
        """
        payload = secrets.token_hex(8).encode()
        self._link.ping(payload, deadline=self._deadline(self._shared.options.send_timeout))
        deadline = self._deadline(_FENCE_TIMEOUT)
        while self._link.last_pong != payload:
            if self._buffer_bytes >= self._shared.options.max_buffer_bytes:
                return
            try:
                self._receive(deadline)
            except DeadlineExceeded:
                return

    def _take_buffer(self) -> list[Pushed]:
        taken, self._buffer, self._buffer_bytes = self._buffer, [], 0
        return taken

    def _plan_resync(self, *, again: bool) -> None:
        options = self._shared.options
        if not again:
            self._resync_at, self._resync_delay = None, options.resync_retry
            return
        self._resync_at = self._shared.clock.monotonic() + self._resync_delay
        self._resync_delay = min(self._resync_delay * 2, options.resync_retry_max)

    # Waiting

    def _deadline(self, timeout: float) -> Deadline:
        return Deadline(timeout, clock=self._shared.clock)

    def _wait(self, patience: float | None, heard_at: float) -> float:
        """Return the seconds to wait for a frame: until the link is dead or a resync is due."""
        now = self._shared.clock.monotonic()
        ends = [heard_at + patience if patience is not None else now + _LONG]
        if self._resync_at is not None:
            ends.append(self._resync_at)
        return max(0.0, min(ends) - now)

    def _is_dead(self, patience: float | None, heard_at: float) -> bool:
        return patience is not None and self._shared.clock.monotonic() - heard_at >= patience

    def _tell_unanswered(self, topics: tuple[str, ...], error: DeadlineExceeded) -> None:
        timeout = self._shared.options.ack_timeout
        failure = DeadlineExceeded(f"the subscription was not acknowledged in {timeout:g} s")
        failure.__cause__ = error
        if topics:
            self._shared.tell(SubscriptionFailed(topics=topics, error=failure))
