"""One open link, from the login to its end.

Everything here runs in the reader thread, except that a caller may read while the turn is lent.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Sequence

from ..clock import Deadline
from ..errors import (
    ConnectionClosed,
    DeadlineExceeded,
    LoginRefused,
    ServerFault,
    SixmmError,
    Throttled,
)
from ..events import Connected
from ..transport.base import WsLink
from ..venues.base import Answers, Frame, FrameKind
from .agenda import Agenda
from .asking import Asking
from .handing import chosen_of
from .lanes import measure
from .options import SessionOptions
from .overlap import Overlap
from .routing import Router, Sorted
from .shared import Shared
from .sync import AUDIT, AccountSync, Comparison
from .tail import Read
from .waiter import Waiter

__all__ = ["Connection"]

_log = logging.getLogger("sixmm.stream")

_FENCE_TIMEOUT = 1.0
_DRAIN_TIMEOUT = 0.25
_PATIENCE_AFTER_PONG = 0.25
_MESSAGE_OVERHEAD_BYTES = 200
_READINGS = 3
"""How often the account is read at most while fills fall into the middle of a reading."""
_PASSING = (ServerFault, Throttled)
"""What is told in place of a login and says nothing of the credential: to try again helps."""
_NOW = 0.0
_LONG = 3_600.0


class Connection:
    """Reads one link and hands over what comes, as the state of the session asks for.

    Args:
        shared: the parts of the session.
        link: the open link.
        sync: keeps the account.
        number: which connection of the client it is, from 1.
        options: the figures of this link; None for those of the session.
        rotate_after: seconds after which it is to be replaced; None is never.
    """

    def __init__(
        self,
        shared: Shared,
        link: WsLink,
        *,
        sync: AccountSync,
        number: int,
        options: SessionOptions | None = None,
        rotate_after: float | None = None,
    ) -> None:
        self._shared = shared
        self._link = link
        self._options = options or shared.options
        self._sync = sync
        self._hand = sync.hand
        self.number = number
        self._needs_topics = shared.inbox.needs_topics
        self._router = Router(
            shared.venue, wanted=shared.desk.wanted, needs_topics=self._needs_topics
        )
        self._takes_market = shared.deliver != "state"
        self._buffer: list[Read] = []
        self._buffer_bytes = 0
        self._buffering = shared.private
        self._logged_in = self._has_told_who = False
        self._seen_pong: bytes | None = None
        self._heard_at = shared.clock.monotonic()
        self._agenda = Agenda(
            clock=shared.clock,
            options=self._options,
            private=shared.private,
            rotate_after=rotate_after,
        )
        # Market messages of a link that is not in use yet.
        self._held: list[tuple[int, Sequence[bytes], Sequence[str]]] | None = None
        self._overlap = Overlap(shared.clock)
        self._is_awaited = False
        self._asking = Asking(shared, self._options)
        if shared.deliver == "events" or not shared.private:
            link.be_greedy()

    # The phases, in their order

    def login(self) -> None:
        """Wait until the server says that the credential is accepted.

        Raises:
            LoginRefused: it is not.
            Throttled: the server has no room now; the credential may be good.
            DeadlineExceeded: the server says nothing.
        """
        timeout = self._options.login_timeout
        deadline = self._deadline(timeout)
        while not self._logged_in:
            if not self._receive_before(deadline):
                raise DeadlineExceeded(f"the login was not answered in {timeout:g} s")

    def resubscribe(self) -> None:
        """Ask for every wanted topic and wait for the answers.

        The link goes on without those that are not answered in time: they are asked for again while
        it is served, and told when they are given up.
        """
        options, desk = self._options, self._shared.desk
        desk.open(self._send)
        desk.flush()
        deadline = self._deadline(options.ack_timeout)
        while desk.is_opening:
            if desk.has_unsent:
                # The time for the answers begins when everything is asked.
                deadline = self._deadline(options.ack_timeout)
            if not self._receive_before(deadline):
                self._asking.note()

    def _send(self, text: str) -> None:
        self._link.send(text, deadline=self._deadline(self._options.send_timeout))

    def announce(self) -> None:
        """Tell the caller that the link is open and subscribed."""
        self._shared.tell(
            Connected(
                connection=self.number,
                private=self._shared.private,
                topics=self._shared.desk.live,
            )
        )
        self._shared.books.opened()

    def synchronize(self, reason: str) -> None:
        """Compare the account with the exchange; tell what was missed, then what was buffered.

        Raises:
            SixmmError: the link ended meanwhile, or the credential was refused.
        """
        self._buffering = True
        comparison = self._compare()
        pushed = self._take_buffer()
        merged = self._sync.merge(comparison, pushed, reason=reason, connection=self.number)
        self._buffering = False
        self._agenda.plan_audit(self._options.audit_interval)
        self._agenda.plan_resync(
            again=comparison.is_worth_another_try, floor=comparison.retry_after
        )
        self._agenda.look_again(merged)

    def audit(self) -> None:
        """Compare the account although nothing calls for it, with events going on all the while.

        Where not everything could be read that pushes tell of it is left for the next time.

        Raises:
            ConnectionClosed: the account shows what the stream did not tell: the link is mute.
            SixmmError: the link ended meanwhile, or the credential was refused.
        """
        self._agenda.plan_audit(self._options.audit_interval)
        self._buffering = True
        comparison = self._compare()
        pushed, self._buffering = self._take_buffer(), False
        if not comparison.is_enough:
            self._tell(pushed)
            return
        merged = self._sync.merge(comparison, pushed, reason=AUDIT, connection=self.number)
        self._shared.counters.audits += 1
        if comparison.is_worth_another_try and self._agenda.resync_at is None:
            # The mirror has marked it stale: unlike a push, nothing would bring it up to date.
            self._agenda.plan_resync(again=True, floor=comparison.retry_after)
        if merged.untold:
            what = "the account shows what the stream did not tell"
            raise ConnectionClosed(code=1000, reason=what, by="local")
        self._agenda.look_again(merged)

    def _compare(self) -> Comparison:
        for _ in range(_READINGS):
            comparison = self._sync.read(self._drain)
            self._fence()
            if not self._sync.is_torn(comparison, self._buffer):
                break
        return comparison

    def serve(self) -> str:
        """Hand over what comes until a comparison is due, and return the reason for it.

        It raises what ends the link.
        """
        shared = self._shared
        self._heard_at, asked = shared.clock.monotonic(), False
        deadline: Deadline | None = None
        while (due := self._agenda.due()) is None:
            if self._asking.due_at is not None and self._asking.act():
                deadline = None
            deadline = deadline or self._deadline(self._wait(asked=asked))
            try:
                self._receive(deadline)
            except DeadlineExceeded:
                asked, deadline = self._ask_for_life(asked=asked), None
            else:
                if self._is_awaited and not asked and self._agenda.resync_at is None:
                    self._lend(deadline)
                    deadline = None
                # A deadline that passes too early only leads to a look at the silence, so it serves
                # for many reads; but not where it was meant for an answer, or for a resync.
                if asked or self._agenda.resync_at is not None:
                    if asked:
                        # It was silent for long: who knows whether it is what it was.
                        self._agenda.plan_audit(self._options.audit_after_silence)
                    asked, deadline = False, None
        return due

    # One link takes the place of another

    def hold_back(self) -> None:
        """Hand over nothing that comes on this link before :meth:`take_over`."""
        self._buffering, self._held = self._shared.private, []

    def rotate_later(self) -> None:
        """Stay in use for a while: the link that was to follow could not be made."""
        self._agenda.rotate_later()

    def finish(self) -> Counter[bytes]:
        """Hand over what is still on its way on this link, which is going out of use.

        Returns how often each message came. The link that follows is subscribed already, and may
        bring them as well.
        """
        told = self._overlap.remember()
        try:
            self._fence()
        except SixmmError as error:
            _log.info("the link ended before its time: %s", error)
        return told

    def take_over(self, told: Counter[bytes]) -> None:
        """Hand over the market messages that were held back, without those that were told.

        What is private is left for the comparison.
        """
        held, self._held = self._held or [], None
        self._overlap.leave_out(told)
        reads, self._buffer, self._buffer_bytes = self._buffer, [], 0
        for received_at, messages in reads:
            self._handle_private(messages, received_at)
        for received_at, messages, topics in held:
            self._put_market(messages, topics, received_at)

    def _put_market(
        self, messages: Sequence[bytes], topics: Sequence[str], received_at: int
    ) -> None:
        is_new = self._overlap.fresh(messages) if self._overlap.active else None
        if is_new is not None:
            messages, topics = chosen_of(messages, is_new), topics and chosen_of(topics, is_new)
        if messages and self._takes_market:
            self._shared.inbox.put_market(messages, received_at=received_at, topics=topics)

    def end(self) -> None:
        """Hand over what is still buffered: a push that has arrived is told in any case."""
        self._tell(self._take_buffer())

    def _tell(self, reads: Sequence[Read]) -> None:
        for received_at, messages in reads:
            self._pass_on(messages, received_at)

    # Reading

    def _receive_before(self, deadline: Deadline) -> bool:
        """Read once; return False where the deadline has passed, or the buffer is full."""
        if deadline.expired or self._buffer_full:
            return False
        try:
            self._receive(deadline)
        except DeadlineExceeded:
            return False
        return True

    def _receive(self, deadline: Deadline) -> None:
        messages = self._link.receive(deadline=deadline)
        inbox = self._shared.inbox
        inbox.gather()
        try:
            if self._link.last_pong is not self._seen_pong:
                self._note_pong()
            if messages:
                self._handle(messages)
        finally:
            # Taken after the hand-over: while the caller was waited for, nobody listened.
            self._heard_at = self._shared.clock.monotonic()
            self._shared.counters.last_frame_at = self._heard_at
            # A caller who waited will wait again soon: then it can read as well.
            self._is_awaited = inbox.release() and self._link.may_change_hands

    def _lend(self, limit: Deadline) -> None:
        """Let callers read until ``limit``, or until none of them has for a moment."""

        def read(deadline: Deadline) -> bool:
            earlier = limit.earlier(deadline)
            try:
                self._receive(earlier)
            except DeadlineExceeded:
                return earlier is not limit
            return self._agenda.resync_at is None

        self._shared.inbox.turn.lend(
            read,
            limit=limit,
            is_waiting=lambda: self._link.is_waiting,
            settle=self._hand.settle,
        )

    def _handle(self, messages: list[bytes]) -> None:
        shared = self._shared
        received_at, has_books = shared.clock.time_ms(), bool(shared.books.kept)
        self._router.needs_topics = has_books or self._needs_topics
        batch = self._router.sort(messages)
        if batch.private:
            if self._overlap.active:
                self._overlap.note(batch.private)
            self._handle_private(batch.private, received_at)
        market, topics = batch.market, batch.topics
        if market and self._overlap.active:
            self._overlap.note(market)
        if market and self._held is not None:
            self._held.append((received_at, market, topics))
            self._buffer_bytes += measure(market)
            market = ()
        if market and has_books:
            market, topics = shared.books.feed(market, topics, received_at=received_at)
        if market:
            self._put_market(market, topics, received_at)
        if batch.logins or batch.replies or batch.pings or batch.unrequested:
            # Last, because a refused login raises: what came with it is handed over all the same.
            self._handle_control(batch)

    def _handle_control(self, batch: Sorted) -> None:
        self._shared.counters.unrequested += batch.unrequested
        if batch.pings:
            # One answer will do, as for the pings of the protocol.
            self._send(batch.pings[-1].pong)
        for frame in batch.logins:
            self._handle_login(frame)
        for frame in batch.replies:
            is_pong = frame.answers is Answers.PING
            self._note_round_trip(None if is_pong else frame.request_id or "")
            refusal = self._shared.desk.answer(frame)
            if refusal is not None:
                self._asking.refused(refusal)
        if self._asking.settle() and self._shared.private and self._agenda.resync_at is None:
            self._agenda.plan_resync(again=True)
        # An answer may have been what the next request waited for.
        self._shared.desk.flush()

    def _handle_login(self, frame: Frame) -> None:
        if frame.kind is FrameKind.GREETING:
            self._tell_who()
        elif isinstance(frame.error, _PASSING):
            raise frame.error
        elif frame.error is not None:
            raise LoginRefused(str(frame.error)) from frame.error
        else:
            self._logged_in = True

    def _tell_who(self) -> None:
        """Log in by a message, signed at this moment; a server that greets twice gets one."""
        if not self._has_told_who:
            self._has_told_who = True
            rest = self._shared.rest
            now_ms = rest.server_clock.now_ms()
            venue = self._shared.venue
            text = venue.login_text(credentials=rest.credentials, timestamp_ms=now_ms)
            self._send(text.reveal())

    def _handle_private(self, messages: Sequence[bytes], received_at: int) -> None:
        is_new = self._overlap.fresh(messages) if self._overlap.active else None
        if is_new is not None:
            self._shared.counters.repeated += is_new.count(False)
            messages = chosen_of(messages, is_new)
        if not messages:
            return
        if self._buffering:
            self._buffer.append((received_at, messages))
            self._buffer_bytes += measure(messages) + _MESSAGE_OVERHEAD_BYTES * len(messages)
            return
        self._pass_on(messages, received_at)

    def _pass_on(self, messages: Sequence[bytes], received_at: int) -> None:
        """Hand over what one read has brought; plan a comparison where that is called for."""
        is_certain = self._hand.hand_over(messages, received_at=received_at)
        if not is_certain and self._shared.private and self._agenda.resync_at is None:
            self._agenda.plan_resync(again=True)

    def _note_pong(self) -> None:
        payload = self._link.last_pong
        if payload is not None and payload != self._seen_pong:
            self._seen_pong = payload
            self._note_round_trip(payload.decode("ascii", "replace"))

    def _note_round_trip(self, request_id: str | None) -> None:
        round_trip = self._shared.desk.pong(request_id)
        if round_trip is not None:
            self._shared.counters.round_trip = round_trip

    # Synchronizing

    def _drain(self) -> None:
        """Move what has arrived from the socket to the buffer, without waiting, within bounds."""
        deadline = self._deadline(_DRAIN_TIMEOUT)
        while not (deadline.expired or self._buffer_full):
            try:
                self._receive(self._deadline(_NOW))
            except DeadlineExceeded:
                return

    def _fence(self) -> None:
        """Read until the answer to a ping: pushes from before the snapshot have then arrived.

        An exchange whose pings overtake its pushes makes this an effort, not a proof; the
        comparison by identity does not rely on it. A peer that does not answer costs a moment.
        """
        waiter, payload = Waiter(), secrets.token_hex(8).encode()
        _, text = self._shared.desk.ping(waiter)
        sending = self._deadline(self._options.send_timeout)
        if text is not None:
            self._link.send(text, deadline=sending)
        self._link.ping(payload, deadline=sending)
        deadline, has_pong = self._deadline(_FENCE_TIMEOUT), False
        while not waiter.is_done:
            if not has_pong and self._link.last_pong == payload:
                # A protocol pong may overtake what is queued; a reply of the application does not.
                has_pong, deadline = True, deadline.sooner(_PATIENCE_AFTER_PONG)
            if not self._receive_before(deadline):
                return

    @property
    def _buffer_full(self) -> bool:
        return self._buffer_bytes >= self._options.max_buffer_bytes

    def _take_buffer(self) -> list[Read]:
        taken, self._buffer, self._buffer_bytes = self._buffer, [], 0
        return taken

    # Waiting

    def _deadline(self, timeout: float) -> Deadline:
        return Deadline(timeout, clock=self._shared.clock)

    def _wait(self, *, asked: bool) -> float:
        """Return the seconds to wait for a frame: until something is to be done without one."""
        now = self._shared.clock.monotonic()
        patience, worry = self._options.patience, self._options.worry
        ends = [now + _LONG]
        if patience is not None and worry is not None:
            ends.append(self._heard_at + (patience if asked else worry))
        planned = (*self._agenda.times, self._asking.due_at)
        ends += [at for at in planned if at is not None]
        return max(0.0, min(ends) - now)

    def _ask_for_life(self, *, asked: bool) -> bool:
        """Give up a link that was silent too long; return whether it was pinged from here.

        The pings of the timer thread can be held up by a REST call that hangs. A link is not given
        up for that, so the reader asks on its own before it judges.

        Raises:
            DeadlineExceeded: the link is dead.
        """
        options = self._options
        silence = self._shared.clock.monotonic() - self._heard_at
        if options.patience is not None and silence >= options.patience:
            raise DeadlineExceeded(f"no frame for {options.patience:g} s, although pings were sent")
        if options.worry is None or silence < options.worry or asked:
            return asked
        request_id, text = self._shared.desk.ping()
        deadline = self._deadline(options.send_timeout)
        if text is not None:
            self._link.send(text, deadline=deadline)
        self._link.ping(request_id.encode("ascii"), deadline=deadline)
        return True
