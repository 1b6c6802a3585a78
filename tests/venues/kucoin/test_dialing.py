"""Opening a connection: tokens, servers, and the figures that they come with."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.base import Call
from sixmm.venues.kucoin.dialing import ROTATE_AFTER_MS, StreamDial, dial_plan
from sixmm.venues.kucoin.enums import Connection
from sixmm.venues.kucoin.limits import PING_WITHIN_MS, TOKEN_LIFE_MS

from .rest import run

TOKEN = "2neAiuYvAU61ZDXANAGAsiL4+/iAExhsBXZxftpOeh_55i3Ysy2q=="
SERVER = {
    "endpoint": "wss://ws-api-spot.kucoin.com/",
    "encrypt": True,
    "protocol": "websocket",
    "pingInterval": 18_000,
    "pingTimeout": 10_000,
}


def dial(connection: str, data: Any, **more: Any) -> tuple[StreamDial, list[Call]]:
    """Return how a connection is opened, and the calls that were made."""
    plan = dial_plan(Connection(connection), connect_id="c-1", **more)
    found, made = run(plan, lambda _: data)
    assert isinstance(found, StreamDial)
    return found, made


class TestClassic:
    """The spot and futures streams."""

    def test_token_and_server(self) -> None:
        """The token goes into the address, percent-encoded, with an id of the connection."""
        found, made = dial("spot_private_v1", {"token": TOKEN, "instanceServers": [SERVER]})

        assert [(call.method, call.path) for call in made] == [("POST", "/api/v1/bullet-private")]
        assert found.url.reveal() == (
            "wss://ws-api-spot.kucoin.com/"
            "?token=2neAiuYvAU61ZDXANAGAsiL4%2B%2FiAExhsBXZxftpOeh_55i3Ysy2q%3D%3D&connectId=c-1"
        )
        assert (found.ping_interval_ms, found.ping_timeout_ms) == (18_000, 10_000)
        assert found.connect_id == "c-1"
        assert TOKEN not in repr(found)

    def test_servers_take_turns(self) -> None:
        """After a failure the next server is dialled, and after the last the first again."""
        servers = [{**SERVER, "endpoint": f"wss://s{n}/"} for n in range(3)]
        data = {"token": TOKEN, "instanceServers": servers}
        ends = [dial("futures_private_v1", data, attempt=n)[0].endpoint for n in range(4)]

        assert ends == ["wss://s0/", "wss://s1/", "wss://s2/", "wss://s0/"]

    def test_endpoint_with_a_query(self) -> None:
        """An address is used as it was given, also where it has a query."""
        server = {**SERVER, "endpoint": "wss://s/endpoint?acceptUserMessage=true"}
        found, _ = dial("futures_public_v1", {"token": "t" * 8, "instanceServers": [server]})

        assert found.url.reveal() == (
            "wss://s/endpoint?acceptUserMessage=true&token=tttttttt&connectId=c-1"
        )

    @pytest.mark.parametrize(
        ("told", "interval"),
        [(50_000, PING_WITHIN_MS // 2), (18_000, 18_000), (0, 18_000), (1, 1_000), (None, 18_000)],
    )
    def test_ping_figures(self, told: int | None, interval: int) -> None:
        """The interval is the one that is told, but never so long that the server hangs up."""
        server = {**SERVER, "pingInterval": told, "pingTimeout": None}
        found, _ = dial("spot_public_v1", {"token": TOKEN, "instanceServers": [server]})

        assert (found.ping_interval_ms, found.ping_timeout_ms) == (interval, 10_000)

    def test_replaced_before_its_end(self) -> None:
        """A connection is replaced before the server ends it."""
        found, _ = dial("spot_private_v1", {"token": TOKEN, "instanceServers": [SERVER]})

        assert found.rotate_after_ms == ROTATE_AFTER_MS < TOKEN_LIFE_MS

    @pytest.mark.parametrize("data", [{"token": TOKEN, "instanceServers": []}, {"token": TOKEN}])
    def test_no_server(self, data: Any) -> None:
        """A reply without a server cannot be used."""
        with pytest.raises(DecodeError, match="no server"):
            dial("spot_private_v1", data)


class TestUnified:
    """The unified streams."""

    def test_token_in_the_address(self) -> None:
        """The older way has a token of another version, and no id of the connection."""
        found, made = dial("private_pro_v2", {"token": "t" * 8})

        assert [call.path for call in made] == ["/api/v2/bullet-private"]
        assert found.url.reveal() == "wss://wsapi-push.kucoin.com?token=tttttttt"
        assert (found.connect_id, found.login_by_frame) == (None, False)

    def test_login_by_frame(self) -> None:
        """The newer way needs no token: it logs in once it was welcomed."""
        found, made = dial("private_pro_v2", None, login_by_frame=True)

        assert made == []
        assert found.url.reveal() == "wss://wsapi-push.kucoin.com"
        assert found.login_by_frame
        assert found.rotate_after_ms == ROTATE_AFTER_MS

    def test_public(self) -> None:
        """A public unified stream needs nothing."""
        found, made = dial("spot_public_pro_v2", None)

        assert (made, found.rotate_after_ms) == ([], None)
        assert found.url.reveal() == "wss://x-push-spot.kucoin.com"

    def test_no_login_by_frame_elsewhere(self) -> None:
        """Other connections cannot be logged in on by a frame."""
        with pytest.raises(ConfigurationError, match="no login by frame"):
            dial("spot_private_v1", None, login_by_frame=True)
