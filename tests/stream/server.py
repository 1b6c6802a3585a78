"""A whole exchange for the tests of a session: a model account, REST, and links in memory."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import attrs

from sixmm.clock import Clock, Deadline, SystemClock
from sixmm.errors import SixmmError
from sixmm.events import Event, Resynced
from sixmm.redaction import Secret
from sixmm.rest import RestSession
from sixmm.schema_report import SchemaReport
from sixmm.state.models import Baseline, Facts
from sixmm.stream.backoff import BackoffPolicy
from sixmm.stream.desk import RequestDesk
from sixmm.stream.inbox import Inbox, InboxLimits
from sixmm.stream.options import SessionOptions
from sixmm.stream.session import Session
from sixmm.stream.shared import Deliver, Shared
from sixmm.stream.taking import Taker
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp, MemoryPeer, MemoryWs
from sixmm.venues.base import Credentials

from .fakes import REST_URL, WS_URL, FakeVenue, Pushed, answer, push_text, row_of
from .model import ModelExchange
from .waiting import GENEROUS

__all__ = ["FakeServer", "Rig", "path_of"]

E = TypeVar("E", bound=Event)
KEY_LIFE_MS = 3_600_000


def path_of(request: HttpRequest) -> str:
    """Return the path of a request, without its query."""
    return request.url.removeprefix(REST_URL).partition("?")[0]


def query_of(request: HttpRequest) -> dict[str, str]:
    """Return the query of a request."""
    query = request.url.partition("?")[2]
    return dict(pair.split("=", 1) for pair in query.split("&") if pair)


class FakeServer:
    """The exchange. Its behaviour is set by attributes, from the thread of the test."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.model = ModelExchange(tell=self._push)
        self.http = MemoryHttp(self._handle)
        self.ws = MemoryWs(self._dialled)
        self.keys_made = 0
        self.key_life_ms = KEY_LIFE_MS
        self.logins: deque[bool | None] = deque()
        """What happens at the next logins: accepted, refused, or no answer."""
        self.greetings = 0
        """How often each link is greeted, which has the login asked for by a message."""
        self.silent: set[str] = set()
        """Operations and topics that get no answer."""
        self.refused: set[str] = set()
        """Topics that are refused."""
        self.plans: dict[str, deque[HttpResponse | SixmmError]] = {}
        """What the next calls get, by method and path."""
        self.always: dict[str, HttpResponse | SixmmError] = {}
        """What every call gets, by method and path."""
        self.hooks: dict[str, Callable[[], object]] = {}
        """What happens while a call is answered, by method and path."""
        self.on_dial: Callable[[MemoryPeer], object] | None = None
        self.pushing = True
        """Whether changes are pushed."""
        self.pushes_to_all = False
        """Whether they are pushed to every link, and not to the newest only."""

    # The stream

    @property
    def peer(self) -> MemoryPeer:
        """The other end of the newest link."""
        return self.ws.peers[-1]

    def _dialled(self, peer: MemoryPeer, url: str) -> None:
        if self.on_dial is not None:
            self.on_dial(peer)
        peer.on_message = lambda text: self._asked(peer, json.loads(text))
        for _ in range(self.greetings):
            peer.push(json.dumps({"hello": True}))
        if "key=" in url and not self.greetings:
            self._answer_login(peer)

    def _answer_login(self, peer: MemoryPeer) -> None:
        accepted = self.logins.popleft() if self.logins else True
        if accepted is not None:
            peer.push(json.dumps({"login": accepted, "why": "bad key"}))

    def _asked(self, peer: MemoryPeer, request: dict[str, Any]) -> None:
        if request["op"] == "login":
            self._answer_login(peer)
            return
        topics = request.get("topics", [])
        if self.silent & {request["op"], *topics}:
            return
        why = "no such topic" if self.refused & set(topics) else None
        peer.push(json.dumps({"reply": request["id"], "why": why}))

    def _push(self, facts: Facts) -> None:
        if self.pushing and self.ws.peers:
            for peer in self.ws.peers if self.pushes_to_all else [self.peer]:
                peer.push(push_text(facts))

    def asked(self, op: str) -> list[tuple[str, ...]]:
        """Return the topics of every request of a kind, over all links."""
        requests = [json.loads(text) for peer in self.ws.peers for text in peer.sent]
        return [tuple(r.get("topics", ())) for r in requests if r["op"] == op]

    # REST

    def _handle(self, request: HttpRequest) -> HttpResponse:
        name = f"{request.method} {path_of(request)}"
        hook = self.hooks.get(name)
        if hook is not None:
            hook()
        planned = self.plans.get(name)
        reply = planned.popleft() if planned else self.always.get(name)
        if isinstance(reply, SixmmError):
            raise reply
        if reply is not None:
            return reply
        with self.lock:
            return answer(self._data(request, path_of(request), query_of(request)))

    def _data(self, request: HttpRequest, path: str, query: dict[str, str]) -> Any:
        model = self.model
        if path == "/time":
            return model.now_ms
        if path == "/key":
            self.keys_made += request.method == "POST"
            expires_at = model.now_ms + self.key_life_ms
            return {"key": f"key{self.keys_made}", "expires_at": expires_at}
        baseline = Baseline(
            since_ms=int(query.get("since", 0)),
            open_orders=dict.fromkeys(query.get("known", "").split(","), ""),
        )
        rows: dict[str, Callable[[], Iterable[attrs.AttrsInstance]]] = {
            "/fills": lambda: model.read_fills(baseline),
            "/positions": model.read_positions,
            "/balances": model.read_balances,
            "/orders": (
                model.read_open
                if query.get("list") == "open"
                else lambda: model.read_ended(baseline)
            ),
        }
        return [row_of(row) for row in rows[path]()]

    def calls(self, name: str) -> int:
        """Return how often a method and path was called."""
        return sum(f"{r.method} {path_of(r)}" == name for r in self.http.requests)

    def close(self) -> None:
        """End what still runs."""
        self.ws.close()
        self.http.close()


QUICK = BackoffPolicy(base=0.002, maximum=0.01)


class Rig:
    """A session with everything around it, and what its caller was told."""

    def __init__(
        self,
        server: FakeServer,
        *,
        private: bool = True,
        deliver: Deliver = "all",
        limits: InboxLimits | None = None,
        clock: Clock | None = None,
        **options: Any,
    ) -> None:
        clock = clock or SystemClock()
        figures = {"ping_interval": None, "clock_interval": None, "backoff": QUICK, **options}
        self.server = server
        self.told: list[Event] = []
        self.shared = Shared(
            venue=FakeVenue(),
            rest=RestSession(
                venue=FakeVenue(),
                http=server.http,
                rest_url=REST_URL,
                credentials=Credentials(api_key=Secret("k")),
                clock=clock,
            ),
            inbox=Inbox(limits or InboxLimits(), clock=clock),
            desk=RequestDesk(FakeVenue(), clock=clock),
            options=SessionOptions(**figures),
            clock=clock,
            private=private,
            deliver=deliver,
        )
        self.taker = Taker(self.shared, report=SchemaReport())
        self.session = Session(self.shared, ws=server.ws, ws_url=WS_URL)

    def live(self) -> None:
        """Start, and wait until events are handed over."""
        self.session.start()
        self.session.wait_live(Deadline(GENEROUS))

    def waiting(self) -> list[Event]:
        """Take what is there, without waiting."""
        return list(self.events(0.0))

    def events(
        self,
        timeout: float | None,
        *,
        check: Callable[[], None] = lambda: None,
        ends_when_closed: bool = True,
    ) -> Iterator[Event]:
        """Return an iterator over what comes."""
        return self.taker.events(timeout, check=check, ends_when_closed=ends_when_closed)

    def take(self) -> Event:
        """Return what comes next."""
        item = next(self.events(GENEROUS, ends_when_closed=False), None)
        assert item is not None, f"nothing comes; so far: {self.told}"
        self.told.append(item)
        return item

    def until(self, kind: type[E], condition: Callable[[E], bool] | None = None) -> E:
        """Take events until one of that kind comes that satisfies the condition."""
        while True:
            item = self.take()
            if isinstance(item, kind) and (condition is None or condition(item)):
                return item

    def resynced(self, reason: str) -> Resynced:
        """Take events until a resync is told."""
        return self.until(Resynced, lambda event: event.reason == reason)

    def of(self, kind: type[E]) -> list[E]:
        """Return what was told of a kind so far."""
        return [item for item in self.told if isinstance(item, kind)]

    def fill_ids(self) -> list[str]:
        """Return the fills that were told so far."""
        return [fill.fill_id for event in self.of(Pushed) for fill in event.facts.fills]

    def close(self, timeout: float = GENEROUS) -> bool:
        """Close the session."""
        return self.session.close(timeout)

    @staticmethod
    def threads() -> Sequence[threading.Thread]:
        """Return the threads of all sessions that still live."""
        names = ("sixmm-reader", "sixmm-timer")
        return [thread for thread in threading.enumerate() if thread.name in names]
