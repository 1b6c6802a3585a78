"""A4: a link on which everything works, except that the account is not told of."""

from __future__ import annotations

import time

from sixmm import Resynced

from ..floor import DEADLINE, floor
from ..recorder import Recorder
from ..row import Finding, Round, Row, exactly, noted

__all__ = ["ROWS"]

_PERIOD = 0.5
_BOUND = _PERIOD + 1.0


def _mute(round_: Round) -> list[Finding]:
    """Let the exchange send no private push, again and again, while it answers every ping."""
    times = round_.pick(full=20, short=5)
    delays: list[float] = []
    with floor(seed=round_.seed) as place:
        with place.client(audit_interval=_PERIOD, ping_interval=0.2, ping_timeout=0.3) as client:
            recorder = Recorder(client)
            client.wait_live(DEADLINE)
            after_seq = place.exchange.private_log(place.account)[-1].seq
            for _ in range(times):
                place.settle(recorder)
                told = len(recorder.events)
                place.exchange.faults.mute(True)
                place.exchange.deposit(place.account, "1")
                started = time.monotonic()
                assert _is_unmasked(recorder, told), "the mute link was never noticed"
                delays.append(time.monotonic() - started)
                place.exchange.faults.mute(False)
            place.settle(recorder)
            result = place.audit(recorder, client, after_seq=after_seq)
        recorder.join(DEADLINE)
    return [
        exactly("noticed in time", sum(delay <= _BOUND for delay in delays), times),
        noted("slowest, in s", max(delays)),
        noted("its bound: one period of the audit + 1 s", _BOUND),
        exactly("lost", result.lost, 0, str(result.missing + result.differences)),
        exactly("duplicated", result.duplicated, 0, str(result.repeats)),
    ]


def _is_unmasked(recorder: Recorder, told: int) -> bool:
    """Wait until an audit has told something, after so many events."""

    def is_told() -> bool:
        return any(
            event.reason == "audit" and event.delivered
            for event in recorder.of(Resynced, after=told)
        )

    return recorder.wait_for(is_told, DEADLINE)


ROWS = (
    Row(
        name="mute",
        hazards=("A4",),
        shows="20 links that answer pings and tell nothing of the account, with an audit every "
        f"{_PERIOD} s",
        run=_mute,
        full_s=200.0,
        short_s=90.0,
    ),
)
