"""The calls that open a connection, and the clock."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.base import Auth, PaceClass
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.enums import Connection
from sixmm.venues.kucoin.hosts import Host


class TestTokens:
    """The calls that open a connection."""

    @pytest.mark.parametrize(
        ("connection", "path", "host", "auth"),
        [
            ("spot_private_v1", "/api/v1/bullet-private", Host.SPOT, Auth.ACCOUNT),
            ("futures_private_v1", "/api/v1/bullet-private", Host.FUTURES, Auth.ACCOUNT),
            ("spot_public_v1", "/api/v1/bullet-public", Host.SPOT, Auth.NONE),
            ("futures_public_v1", "/api/v1/bullet-public", Host.FUTURES, Auth.NONE),
            ("private_pro_v2", "/api/v2/bullet-private", Host.SPOT, Auth.ACCOUNT),
        ],
    )
    def test_each_connection(self, connection: str, path: str, host: Host, auth: Auth) -> None:
        """A token is asked for without a body, and signed where it is private."""
        call = calls.stream_token(Connection(connection))

        assert (call.method, call.path, call.host, call.auth) == ("POST", path, host, auth)
        assert (call.body, call.query, call.writes) == (None, (), False)
        assert call.pace_class is PaceClass.SESSION

    def test_connections_without_a_token(self) -> None:
        """The public unified streams need none."""
        with pytest.raises(ConfigurationError, match="needs no token"):
            calls.stream_token(Connection.SPOT_PUBLIC_PRO_V2)

    def test_clock(self) -> None:
        """The exchange's clock is a number of milliseconds."""
        call = calls.server_time()

        assert call.result is not None
        assert call.result(1_700_000_000_000) == 1_700_000_000_000
        with pytest.raises(DecodeError):
            call.result("soon")
