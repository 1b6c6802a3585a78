"""The flooding exchange sends as much as it says, and tells the truth about it."""

from __future__ import annotations

import pytest

from sixmm import Client

from .flooder import TOPIC, Flooder

pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")


def test_counts_what_it_sends() -> None:
    """Every market message that is sent is taken, and the private log comes over whole."""
    with Flooder(seed=1, rate=500, pause=0.01) as flooder:
        addresses = flooder.addresses
        with Client(
            addresses["api_key"],
            addresses["api_secret"],
            rest_url=addresses["rest_url"],
            ws_url=addresses["ws_url"],
        ) as client:
            client.wait_live(30)
            client.subscribe(TOPIC, timeout=30)
            last_seq = flooder.start()
            while client.get(timeout=30).topic != TOPIC:
                pass
            sent = flooder.stop()
            taken = 1 + sum(event.topic == TOPIC for event in client.events(timeout=2.0))
        log, truth = flooder.log()

    assert sent == taken
    assert log[-1].seq > last_seq
    assert truth["orders"]
