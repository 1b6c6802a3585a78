"""The requests of the unified stream."""

from __future__ import annotations

import json

import pytest

from sixmm.errors import ConfigurationError, LoginRefused
from sixmm.redaction import Secret
from sixmm.venues.base import FrameKind
from sixmm.venues.kucoin.pro_protocol import (
    auth_id,
    auth_text,
    ping_text,
    subscribe_text,
    unsubscribe_text,
)
from sixmm.venues.kucoin.protocol import classify

from .examples import compact


class TestRequests:
    """What is asked for."""

    def test_by_trade_type(self) -> None:
        """Most channels are chosen by market."""
        assert json.loads(subscribe_text("7", ["orderAll.UNIFIED"])) == {
            "id": "7",
            "action": "SUBSCRIBE",
            "channel": "orderAll",
            "tradeType": "UNIFIED",
        }

    def test_by_account_type(self) -> None:
        """Balances are chosen by account."""
        assert json.loads(unsubscribe_text("7", ["balance.FUNDING"])) == {
            "id": "7",
            "action": "UNSUBSCRIBE",
            "channel": "balance",
            "accountType": "FUNDING",
        }

    def test_by_symbol(self) -> None:
        """The channels that need a symbol send it, and are refused without one."""
        request = json.loads(subscribe_text("7", ["position.FUTURES:XBTUSDTM"]))

        assert (request["channel"], request["symbol"]) == ("position", "XBTUSDTM")
        with pytest.raises(ConfigurationError, match="needs a symbol"):
            subscribe_text("7", ["position.FUTURES"])

    def test_a_channel_with_a_point(self) -> None:
        """The channel may have a point in its name."""
        assert json.loads(subscribe_text("7", ["execution.lite.SPOT"]))["channel"] == (
            "execution.lite"
        )

    @pytest.mark.parametrize("topics", [[], ["orderAll.SPOT", "balance.SPOT"]])
    def test_one_topic_at_a_time(self, topics: list[str]) -> None:
        """A message is about exactly one topic."""
        with pytest.raises(ConfigurationError, match="one topic"):
            subscribe_text("7", topics)

    def test_ping(self) -> None:
        """The ping is a message, as on the other streams."""
        assert json.loads(ping_text("7")) == {"id": "7", "type": "ping"}


class TestLogin:
    """Logging in by a frame."""

    def test_frame(self) -> None:
        """The frame has the signed members and is secret as a whole."""
        text = auth_text(
            "7",
            api_key=Secret("my-api-key"),
            api_secret=Secret("secret"),
            passphrase=Secret("passphrase"),
            timestamp_ms=1_700_000_000_000,
        )
        frame = json.loads(text.reveal())

        assert (frame["id"], frame["op"], frame["kc-api-key"]) == ("auth-7", "auth", "my-api-key")
        assert frame["kc-api-sign"] == "vmCBTPPAr+ifFaNreY14YhuuNmvfo+yuKIvSSgVK0Do="
        assert "my-api-key" not in repr(text)

    def test_answer(self) -> None:
        """Its answer is told from those of other requests by the id."""
        yes = classify(compact({"id": auth_id("7"), "result": True}).encode())
        no = classify(
            compact({"id": auth_id("7"), "result": False, "message": "no such key"}).encode()
        )
        other = classify(compact({"id": "7", "result": True}).encode())

        assert (yes.kind, yes.error) == (FrameKind.LOGIN, None)
        assert no.kind is FrameKind.LOGIN
        assert isinstance(no.error, LoginRefused)
        assert "no such key" in str(no.error)
        assert other.kind is FrameKind.REPLY
