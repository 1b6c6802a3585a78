"""The client of one connection to any venue.

:class:`StreamClient` ties a venue to a REST session, a stream session, an inbox and two transports.
The client of a venue adds its own constructor and its REST groups.
"""

from __future__ import annotations

import math

from .blocking import BlockingClient
from .checkpoint import Checkpoint
from .clock import SystemClock
from .errors import ConfigurationError
from .pace import RestPace
from .rest import RestSession
from .schema_report import SchemaReport
from .stream.desk import RequestDesk
from .stream.inbox import Inbox, InboxLimits
from .stream.options import SessionOptions
from .stream.session import Session
from .stream.shared import Deliver, Shared
from .stream.taking import Taker
from .transport.base import HttpTransport, WsTransport
from .transport.defaults import default_http, default_ws
from .venues.base import Credentials, Venue

__all__ = ["StreamClient"]


class StreamClient(BlockingClient):
    """The blocking client of one venue; see the venue's own class for how to make one.

    Args:
        venue: how the venue speaks.
        ws_url: the address of the stream.
        rest_url: the address of the REST API, where the venue has one.
        credentials: what proves who the caller is; None is nobody.
        http: sends REST requests; closed with the client. None means requests.
        ws: makes links; closed with the client. None means websocket-client.
        private: whether to open the private stream; None means "if there are credentials".
        deliver: ``"all"``, ``"events"`` or ``"state"``.
        rest_timeout: seconds that one REST call may take, with its repeats.
        pace: how fast REST calls follow one another; None sends each at once.
        limits: the bounds of the inbox.
        options: the figures of the session.
        schema_report: whether to look at every event for :meth:`schema_report`, or at a sample.
        checkpoint: keeps the account and what was not handled beyond the end of the program.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        ws_url: str,
        rest_url: str = "",
        credentials: Credentials | None = None,
        http: HttpTransport | None = None,
        ws: WsTransport | None = None,
        private: bool | None = None,
        deliver: Deliver = "all",
        rest_timeout: float = 10.0,
        pace: RestPace | None = None,
        limits: InboxLimits | None = None,
        options: SessionOptions | None = None,
        schema_report: bool = False,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        if deliver not in ("all", "events", "state"):
            raise ConfigurationError("deliver is 'all', 'events' or 'state'")
        credentials, options = credentials or Credentials(), options or SessionOptions()
        if checkpoint is not None:
            _check_checkpoint(credentials, private=private, deliver=deliver)
        clock = SystemClock()
        if not 0 < rest_timeout < math.inf:
            raise ConfigurationError("rest_timeout must be a finite number above 0 (seconds)")
        report = SchemaReport(every=schema_report)
        rest = RestSession(
            venue=venue,
            http=http or default_http(),
            rest_url=rest_url,
            credentials=credentials,
            timeout=rest_timeout,
            pace=pace,
            clock=clock,
        )
        shared = Shared(
            venue=venue,
            rest=rest,
            inbox=Inbox(limits, clock=clock),
            desk=RequestDesk(venue, clock=clock, pace=options.request_pace),
            options=options,
            clock=clock,
            private=bool(private),
            deliver=deliver,
            checkpoint=checkpoint,
        )
        super().__init__(
            venue=venue,
            rest=rest,
            shared=shared,
            session=Session(shared, ws=ws or default_ws(), ws_url=ws_url),
            taker=Taker(shared, report=report),
            report=report,
            private=private,
            rest_url=rest_url,
            ws_url=ws_url,
        )


def _check_checkpoint(credentials: Credentials, *, private: bool | None, deliver: Deliver) -> None:
    if deliver == "events":
        raise ConfigurationError(
            "a checkpoint cannot be kept with deliver='events': nobody looks at a push before it "
            "is taken, so it is not known which changes are contained; use deliver='all'"
        )
    if deliver == "state":
        raise ConfigurationError("deliver='state' has no events that a checkpoint could keep")
    if credentials.api_key is None:
        raise ConfigurationError(
            "a checkpoint needs an API key: an access token does not say whose account it is"
        )
    if private is False:
        raise ConfigurationError("a checkpoint is about the private stream: leave private=None")
