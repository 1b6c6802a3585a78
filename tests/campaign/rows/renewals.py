"""B3: short-lived stream keys, renewed again and again; one renewal in ten fails."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from typing import Any

from sixmm import Client, Disconnected, Resynced, SessionRenewed
from sixmm.sim import Exchange

from ..floor import DEADLINE, FAST
from ..recorder import Recorder
from ..row import Finding, Round, Row, at_least, at_most, exactly, noted

__all__ = ["ROWS"]

_LIFE_MS = 2_000
_CLIENTS = 10
_PATH = "/v1/private/user/listen-key"


def _renew(round_: Round) -> list[Finding]:
    """Run ten clients of ten accounts until there were enough renewals; close them politely."""
    wanted = round_.pick(full=500, short=60)
    with Exchange(
        seed=round_.seed, market_maker=False, listen_key_life_ms=_LIFE_MS, access_token_life_s=3600
    ) as exchange:
        clients = [_client(exchange, number) for number in range(_CLIENTS)]
        recorders = []
        for client in clients:
            client.start()
            recorders.append(Recorder(client))
        for client in clients:
            client.wait_live(DEADLINE)
        failed = _fail_some(exchange, random.Random(round_.seed), wanted)
        live = sum(_is_live(client) for client in clients)
        for client in clients:
            client.close()
        for recorder in recorders:
            recorder.join(DEADLINE)
        made = _calls(exchange, "POST", ok=True)
        deleted = _calls(exchange, "DELETE", ok=True)
        refused = _handshakes_refused(exchange)
        renewed = _calls(exchange, "PUT", ok=True)
    gaps = [gap for recorder in recorders for gap in _gaps(recorder)]
    told = sum(len(recorder.of(SessionRenewed)) for recorder in recorders)
    expired = [str(end.error) for one in recorders for end in one.of(Disconnected) if _late(end)]
    return [
        at_least("renewals", renewed + failed, wanted),
        at_least("of them failed", failed, wanted // 20),
        exactly("renewed and not told", max(0, renewed - told - _CLIENTS), 0),
        exactly("links that ended because a key was over", len(expired), 0, str(expired[:3])),
        exactly("upgrades with an expired key", refused, 0),
        at_most("longest gap in the stream", max(gaps, default=0.0), 1.0, "s"),
        exactly("clients live at the end", live, _CLIENTS),
        exactly("keys deleted by close()", deleted, _CLIENTS),
        noted("keys made", made),
    ]


def _client(exchange: Exchange, number: int) -> Client:
    account = exchange.create_account(username=f"user-{number}", password="p")
    key = exchange.create_key(account)
    return Client(
        key.api_key,
        key.api_secret,
        rest_url=exchange.rest_url,
        ws_url=exchange.ws_url,
        backoff=FAST,
        pace=None,
        close_listen_key=True,
    )


def _fail_some(exchange: Exchange, dice: random.Random, wanted: int) -> int:
    """Let one renewal in ten fail, by the dice, until there were enough; return how many did."""
    seen = 0
    deadline = time.monotonic() + DEADLINE + wanted / 4
    pause = threading.Event()
    while seen < wanted and time.monotonic() < deadline:
        pause.wait(0.02)
        now = _calls(exchange, "PUT")
        while seen < now:
            seen += 1
            if dice.random() < 0.1:
                exchange.faults.fail_renewal(1)
    return _calls(exchange, "PUT", ok=False)


def _calls(exchange: Exchange, method: str, *, ok: bool | None = None) -> int:
    return sum(
        record.method == method
        and record.path == _PATH
        and (ok is None or ok == (record.code == 0))
        for record in exchange.requests
    )


def _handshakes_refused(exchange: Exchange) -> int:
    return sum(record.path == "/ws" and record.status != 101 for record in exchange.requests)


def _late(end: Disconnected) -> bool:
    """Whether the exchange ended a link because its key was over (rule 88)."""
    return getattr(end.error, "code", None) == 1008


def _is_live(client: Client) -> bool:
    client.wait_live(DEADLINE)
    return True


def _gaps(recorder: Recorder) -> Sequence[float]:
    gaps: list[float] = []
    since: Any = None
    for event in recorder.events:
        if isinstance(event, Disconnected):
            since = since or event.received_at
        elif isinstance(event, Resynced) and since is not None:
            gaps.append((event.received_at - since) / 1_000)
            since = None
    return gaps


ROWS = (
    Row(
        name="renewals",
        hazards=("B3",),
        shows="500 renewals of stream keys that live for 2 s, by 10 clients; one in ten fails",
        run=_renew,
        full_s=300.0,
    ),
)
