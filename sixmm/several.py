"""The client of several connections to one venue, with one inbox, one timer and one account.

The caller names topics, and the client knows which connection carries them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from .blocking import BlockingClient
from .clock import Clock, Deadline, SystemClock
from .errors import ConfigurationError
from .pace import RestPace
from .rest import RestSession
from .schema_report import SchemaReport
from .state.picture import Account, Predicate, merged
from .stream.changes import Changes
from .stream.desk import RequestDesk
from .stream.group import Member, SessionGroup
from .stream.inbox import Inbox, InboxLimits
from .stream.options import SessionOptions
from .stream.session import Session
from .stream.shared import Deliver, Shared
from .stream.states import State
from .stream.taking import Taker
from .stream.timer import Timer, TimerShare
from .transport.base import HttpTransport, WsTransport
from .transport.defaults import default_http, default_ws
from .venues.base import Credentials, Venue

__all__ = ["LinePlan", "SeveralStreamsClient"]


@attrs.frozen(kw_only=True)
class LinePlan:
    """One of the connections that a client may have.

    Args:
        name: tells it from the others, in events, threads and errors.
        venue: how it speaks; also which topics it carries.
        rest_url: the address of its REST API.
        ws_url: the address of its stream, where the venue does not find it out by REST.
        private: whether it is about the account.
        starts: whether it is made when the client starts; else with the first topic.
    """

    name: str
    venue: Venue
    rest_url: str
    ws_url: str = ""
    private: bool = False
    starts: bool = False


class SeveralStreamsClient(BlockingClient):
    """A blocking client whose topics are carried by several connections of one venue.

    Args:
        lines: the connections, in the order in which a topic is offered to them.
        credentials: what proves who the caller is; None is nobody.
        http: sends REST requests; closed with the client. None means requests.
        ws: makes links; closed with the client. None means websocket-client.
        deliver: ``"all"``, ``"events"`` or ``"state"``.
        rest_timeout: seconds that one REST call may take, with its repeats.
        pace: how fast REST calls follow one another, for each connection; None sends each at once.
        limits: the bounds of the inbox.
        options: the figures of each session.
        schema_report: whether to look at every event for :meth:`schema_report`, or at a sample.
    """

    def __init__(
        self,
        lines: Sequence[LinePlan],
        *,
        credentials: Credentials | None = None,
        http: HttpTransport | None = None,
        ws: WsTransport | None = None,
        deliver: Deliver = "all",
        rest_timeout: float = 10.0,
        pace: RestPace | None = None,
        limits: InboxLimits | None = None,
        options: SessionOptions | None = None,
        schema_report: bool = False,
    ) -> None:
        if deliver not in ("all", "events", "state"):
            raise ConfigurationError("deliver is 'all', 'events' or 'state'")
        if not 0 < rest_timeout < math.inf:
            raise ConfigurationError("rest_timeout must be a finite number above 0 (seconds)")
        if not lines:
            raise ConfigurationError("a client needs at least one connection")
        clock, http = SystemClock(), http or default_http()
        common = _Common(
            http=http,
            ws=ws or default_ws(),
            credentials=credentials or Credentials(),
            rest_timeout=rest_timeout,
            pace=pace,
            options=options or SessionOptions(),
            deliver=deliver,
            inbox=Inbox(limits, clock=clock, has_one_reader=False),
            changes=Changes(),
            timer=Timer(clock=clock),
            clock=clock,
        )
        self._plans = tuple(lines)
        self._shares = [common.shared(plan) for plan in lines]
        self._sessions = [
            common.session(plan, shared) for plan, shared in zip(lines, self._shares, strict=True)
        ]
        report = SchemaReport(every=schema_report)
        first, shared = lines[0], self._shares[0]
        super().__init__(
            venue=first.venue,
            rest=shared.rest,
            shared=shared,
            session=SessionGroup(self._members(), timer=common.timer),
            taker=Taker(shared, report=report, others=self._shares[1:]),
            report=report,
            private=any(plan.private for plan in lines),
            rest_url=first.rest_url,
            ws_url=first.ws_url or first.rest_url,
        )

    def _members(self) -> list[Member]:
        return [
            Member(
                name=plan.name,
                session=session,
                carries=plan.venue.carries,
                starts=plan.starts,
            )
            for plan, session in zip(self._plans, self._sessions, strict=True)
        ]

    def _rests(self) -> Sequence[RestSession]:
        return [shared.rest for shared in self._shares]

    def _decide_private(self, has_credentials: bool) -> None:
        for plan, shared in zip(self._plans, self._shares, strict=True):
            shared.private = plan.private and has_credentials

    def _picture(self) -> Account:
        """Return the account as it is known now, over all connections that are private."""
        pictures = {
            plan.name: shared.account()
            for plan, shared, session in zip(self._plans, self._shares, self._sessions, strict=True)
            if shared.private and session.state is not State.IDLE
        }
        return attrs.evolve(merged(pictures), wait=self._wait_for)

    def _wait_for(self, predicate: Predicate, timeout: float | None) -> Account:
        return self._shared.changes.wait_for(self._picture, predicate, Deadline(timeout))


@attrs.frozen(kw_only=True)
class _Common:
    """What the connections of one client have in common."""

    http: HttpTransport
    ws: WsTransport
    credentials: Credentials
    rest_timeout: float
    pace: RestPace | None
    options: SessionOptions
    deliver: Deliver
    inbox: Inbox
    changes: Changes
    timer: Timer
    clock: Clock

    def shared(self, plan: LinePlan) -> Shared:
        """Return the parts of one session."""
        rest = RestSession(
            venue=plan.venue,
            http=self.http,
            rest_url=plan.rest_url,
            credentials=self.credentials,
            timeout=self.rest_timeout,
            pace=self.pace,
            clock=self.clock,
        )
        return Shared(
            venue=plan.venue,
            rest=rest,
            inbox=self.inbox,
            desk=RequestDesk(plan.venue, clock=self.clock, pace=self.options.request_pace),
            options=self.options,
            clock=self.clock,
            private=plan.private,
            deliver=self.deliver,
            line=plan.name,
            changes=self.changes,
        )

    def session(self, plan: LinePlan, shared: Shared) -> Session:
        """Return one session, which uses the timer of all of them."""
        timer = TimerShare(self.timer, plan.name)
        shared.books.timer = timer
        return Session(shared, ws=self.ws, ws_url=plan.ws_url, name=plan.name, timer=timer)
