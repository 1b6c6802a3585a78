"""The recorder remembers everything that its client tells, and what ended it."""

from __future__ import annotations

import pytest

from sixmm import Connected, LoginRefused, Resynced, SixmmError

from .floor import floor
from .recorder import Recorder

pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")


def test_remembers_everything() -> None:
    """In order, and it ends with the client."""
    with floor(seed=1) as place:
        with place.client() as client:
            recorder = Recorder(client)
            assert recorder.wait_for(lambda: bool(recorder.of(Resynced)), 30)
            place.settle(recorder)
            result = place.audit(recorder, client, after_seq=1)
        recorder.join(30)

    assert [type(event) for event in recorder.events[:2]] == [Connected, Resynced]
    assert result.clean


def test_a_wait_ends_with_the_client() -> None:
    """A row learns at once that its client is over."""
    with floor(seed=1) as place:
        place.exchange.faults.refuse_login(100)
        with place.client() as client:
            recorder = Recorder(client)
            with pytest.raises(SixmmError) as caught:
                recorder.wait_for(lambda: False, 60)

    assert isinstance(caught.value, LoginRefused)
