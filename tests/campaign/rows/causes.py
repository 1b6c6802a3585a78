"""A6: which failure ends a client, and which does not."""

from __future__ import annotations

from collections.abc import Mapping

from sixmm.clock import Deadline
from sixmm.errors import (
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    LoginRefused,
    ProtocolViolation,
    SixmmError,
    TlsFailed,
)
from sixmm.stream.causes import Remedy, judge
from sixmm.stream.states import Trigger
from sixmm.transport.base import WsLink, WsTransport
from tests.model.tape import Tape
from tests.model.world import KINDS, Link, World
from tests.stream.test_causes import CAUSES

from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS", "attempts"]

_ENOUGH = 20
_OF_LINKS = (
    ConnectFailed,
    ConnectionClosed,
    DeadlineExceeded,
    HandshakeRefused,
    LoginRefused,
    ProtocolViolation,
    TlsFailed,
)
_BEFORE_A_LINK = (ConnectFailed, HandshakeRefused, TlsFailed)


def attempts(cause: SixmmError) -> tuple[int, bool]:
    """Return how often a session dials an exchange that always fails so, and if it gave up.

    After twenty attempts it is taken for one that goes on.
    """
    world = World(Tape([]), KINDS[0], links=lambda world: _Failing(world, cause))
    session = world.session
    for number in range(1, _ENOUGH + 1):
        _, fatal = session._judge.decide(session._attempt(), number=1)
        if fatal is not None:
            return number, True
        session._move(Trigger.LOST)
        session._move(Trigger.RETRY)
    return _ENOUGH, False


class _Failing(WsTransport):
    """Fails each time in the same way: instead of a link, or on it."""

    def __init__(self, world: World, cause: SixmmError) -> None:
        self._world = world
        self._cause = cause

    def dial(
        self,
        url: str,  # noqa: ARG002
        *,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        deadline: Deadline,  # noqa: ARG002
    ) -> WsLink:
        if isinstance(self._cause, _BEFORE_A_LINK):
            raise self._cause
        return _FailingLink(self._world, self._cause)

    def close(self) -> None:
        """Do nothing."""


class _FailingLink(Link):
    def __init__(self, world: World, cause: SixmmError) -> None:
        super().__init__(world)
        self._cause = cause

    def receive(self, *, deadline: Deadline) -> list[bytes]:  # noqa: ARG002
        raise self._cause


def _classify(_: Round) -> list[Finding]:
    """Judge the causes; have a session meet those that a link can have, again and again."""
    wrong = [
        f"{error!r}"
        for error, held, fresh in CAUSES
        if judge(error, fresh_key=False).remedy is not held
        or judge(error, fresh_key=True).remedy is not fresh
    ]
    met = [(error, fresh, *attempts(error)) for error, _, fresh in CAUSES if _is_met(error)]
    unlike = [
        f"{error!r}: {count} attempts"
        for error, fresh, count, gave_up in met
        if gave_up is not (fresh is Remedy.FATAL)
    ]
    ended = [count for _, fresh, count, _ in met if fresh is Remedy.FATAL]
    certificate = [c for e, _, c, _ in met if isinstance(e, TlsFailed) and e.certificate]
    return [
        at_least("causes", len(CAUSES), 40),
        exactly("judged wrongly", len(wrong), 0, str(wrong[:3])),
        at_least("of them met by a session, again and again", len(met), 25),
        exactly("sessions that did not end, or went on, as judged", len(unlike), 0, str(unlike)),
        exactly("attempts after a bad certificate", max(certificate, default=0), 1),
        at_most("attempts before a session gives up, each with a new key", max(ended), 3),
        noted("causes that end a session", len(ended)),
        noted("causes after which it goes on", len(met) - len(ended)),
    ]


def _is_met(error: SixmmError) -> bool:
    """Whether an exchange or a network can end a link so; what the client asked for is not met."""
    return isinstance(error, _OF_LINKS) and getattr(error, "by", None) != "local"


ROWS = (
    Row(
        name="causes",
        hazards=("A6",),
        shows="every error of the table: DNS, refusals, TLS, statuses, codes and close codes. What "
        "is to be done about it is held against the documented remedy; and a session that meets "
        "nothing else ends, or goes on for 20 attempts, as judged",
        run=_classify,
        full_s=60.0,
        short_s=60.0,
    ),
)
