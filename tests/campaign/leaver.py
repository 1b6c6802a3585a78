"""A program that ends: with its client closed, forgotten, open, interrupted, or forked.

``python -m tests.campaign.leaver KIND MOMENT`` reads the addresses from its environment. It prints
``ready`` when it is there, and ``leaving`` when it begins to end by itself, and
``left`` when its child has ended; each with the monotonic time.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from sixmm import Client, ForkedClient

__all__ = ["KINDS", "MOMENTS", "main"]

_PATIENT = 60.0
_TOPIC = "market.depth.BTCUSDT"


def _say(word: str) -> None:
    print(word, time.monotonic(), flush=True)


def _start() -> Client:
    client = Client.from_env()
    client.start()
    return client


# What it is doing meanwhile


def _connecting(_: Client) -> None:
    """Leave while the connection is being made."""


def _live(client: Client) -> None:
    client.wait_live(_PATIENT)


def _taking(client: Client) -> None:
    """Have another thread wait for events."""
    client.wait_live(_PATIENT)
    threading.Thread(target=lambda: list(client.events()), name="taker", daemon=True).start()


def _subscribed(client: Client) -> None:
    client.wait_live(_PATIENT)
    client.subscribe(_TOPIC, timeout=_PATIENT)
    client.get(timeout=_PATIENT)


def _calling(client: Client) -> None:
    """Have used everything: the stream, REST, an order, and a book."""
    client.wait_live(_PATIENT)
    client.orders.place(symbol="BTCUSDT", side="BUY", price="50000", quantity="0.001", check=False)
    client.book("BTCUSDT", timeout=_PATIENT)


MOMENTS: Mapping[str, Callable[[Client], None]] = {
    "connecting": _connecting,
    "live": _live,
    "taking": _taking,
    "subscribed": _subscribed,
    "calling": _calling,
}
"""In the middle of what it ends."""


# How it ends


def _close(moment: Callable[[Client], None]) -> None:
    """Close the client first, as programs should: the rest takes as long as the machine takes."""
    with Client.from_env() as client:
        moment(client)
    _say("leaving")


def _forget(moment: Callable[[Client], None]) -> None:
    """Drop the only reference to an open client."""
    client = _start()
    if moment is _taking:
        # Somebody else would hold it.
        moment = _subscribed
    moment(client)
    _say("leaving")
    del client
    gc.collect()


_kept: list[Client] = []


def _fall_off(moment: Callable[[Client], None]) -> None:
    """End like a script that never closes anything."""
    _kept.append(_start())
    moment(_kept[0])
    _say("leaving")


def _leave_by_exception(moment: Callable[[Client], None]) -> None:
    """End by an error out of the block of the client."""
    with Client.from_env() as client:
        moment(client)
        _say("leaving")
        raise SystemExit(0)


def _be_interrupted(moment: Callable[[Client], None]) -> None:
    """Do what programs do in a loop, until there is a Ctrl-C."""
    with Client.from_env() as client:
        moment(client)
        _say("ready")
        while True:
            if moment is _taking:
                threading.Event().wait()
            elif moment is _calling:
                client.user.asset()
            elif moment is _subscribed:
                for _ in client.events():
                    pass
            else:
                client.get()


def _fork(moment: Callable[[Client], None]) -> None:
    """Have a child that may not use the client, and that ends as programs do."""
    with Client.from_env() as client:
        moment(client)
        if os.fork() == 0:
            _refused_all(client)
            _say("leaving")
            sys.exit(0)
        _, status = os.wait()
        _say("left")
        if os.waitstatus_to_exitcode(status) != 0:
            _fail("the child failed")
        # It is still the link of this process.
        client.wait_live(_PATIENT)
        client.ping(_PATIENT)


def _refused_all(client: Client) -> None:
    """Use everything of a client that belongs to the parent; each has to say so."""
    uses: tuple[Callable[[], Any], ...] = (
        lambda: client.get(timeout=1),
        client.events,
        lambda: client.subscribe(_TOPIC),
        lambda: client.unsubscribe(_TOPIC),
        client.ping,
        client.wait_live,
        client.start,
        client.stats,
        client.server_time,
        lambda: client.account,
        lambda: client.book("BTCUSDT"),
        client.user.asset,
        lambda: client.orders.cancel("BTCUSDT", order_id="1"),
    )
    for number, use in enumerate(uses):
        try:
            use()
        except ForkedClient:
            continue
        _fail(f"use {number} of a forked client was not refused")
    client.close()


def _fail(why: str) -> NoReturn:
    print(why, file=sys.stderr, flush=True)
    os._exit(9)


KINDS: Mapping[str, Callable[[Callable[[Client], None]], None]] = {
    "closed": _close,
    "forgotten": _forget,
    "end": _fall_off,
    "error": _leave_by_exception,
    "interrupt": _be_interrupted,
    "fork": _fork,
}
"""The ways to end; the first is the one that nothing is wrong with."""


def main(kind: str, moment: str) -> None:
    """End in one of the ways, in the middle of something."""
    # Also where a shell has this run in its background, which ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1)
    warnings.simplefilter("always")
    # Newer versions of Python warn of any fork of a process that has threads.
    warnings.simplefilter("ignore", DeprecationWarning)
    KINDS[kind](MOMENTS[moment])


if __name__ == "__main__":
    main(*sys.argv[1:])
