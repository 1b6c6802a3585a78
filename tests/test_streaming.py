"""A client of one connection to any venue: what is not given has a default."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError
from sixmm.redaction import Secret
from sixmm.streaming import StreamClient
from sixmm.transport.memory import MemoryWs
from sixmm.venues.base import Credentials

from .test_several import _Color

WAIT = 20.0
URL = "wss://test/red"


def test_a_venue_and_an_address_are_enough() -> None:
    """Without credentials the stream is public; nothing is dialled before the start."""
    client = StreamClient(venue=_Color("red"), ws_url=URL)
    assert repr(client) == f"<StreamClient IDLE public {URL} 0 topics>"
    client.close()


def test_a_venue_without_an_account_refuses_a_private_stream() -> None:
    """The caller is told when it begins to wait."""
    credentials = Credentials(access_token=Secret("token"))
    client = StreamClient(
        venue=_Color("red"), ws_url=URL, ws=MemoryWs(), credentials=credentials, private=True
    )
    with client, pytest.raises(ConfigurationError, match="red has public streams only"):
        client.wait_live(WAIT)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"deliver": "nothing"}, "deliver"),
        ({"rest_timeout": float("inf")}, "rest_timeout"),
    ],
)
def test_arguments_that_cannot_work_are_refused(
    arguments: dict[str, object], complaint: str
) -> None:
    """The text says which."""
    with pytest.raises(ConfigurationError, match=complaint):
        StreamClient(venue=_Color("red"), ws_url=URL, **arguments)  # type: ignore[arg-type]
