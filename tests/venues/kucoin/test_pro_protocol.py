"""The requests of the unified stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    LoginRefused,
    Throttled,
)
from sixmm.redaction import Secret
from sixmm.venues.base import Frame, FrameKind
from sixmm.venues.kucoin.pro_protocol import (
    auth_id,
    login,
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

    @pytest.mark.parametrize(
        ("topic", "members"),
        [
            (
                "ticker.SPOT:BTC-USDT",
                {"channel": "ticker", "tradeType": "SPOT", "symbol": "BTC-USDT"},
            ),
            (
                "kline.FUTURES:XBTUSDTM:1hour",
                {
                    "channel": "kline",
                    "tradeType": "FUTURES",
                    "symbol": "XBTUSDTM",
                    "interval": "1hour",
                },
            ),
            (
                "obu.SPOT:BTC-USDT:increment@10ms",
                {
                    "channel": "obu",
                    "tradeType": "SPOT",
                    "symbol": "BTC-USDT",
                    "depth": "increment@10ms",
                },
            ),
            ("mark-price:XBTUSDTM", {"channel": "mark-price", "symbol": "XBTUSDTM"}),
            (
                "callAuctionInfo.SPOT:GROVE-USDT",
                {"channel": "callAuctionInfo", "symbol": "GROVE-USDT"},
            ),
            ("funding-fee-all-symbols", {"channel": "funding-fee-all-symbols"}),
        ],
    )
    def test_public_channels(self, topic: str, members: dict[str, str]) -> None:
        """Each says what its channel asks for, and no more."""
        assert json.loads(subscribe_text("7", [topic])) == {
            "id": "7",
            "action": "SUBSCRIBE",
            **members,
        }

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


def answer(**members: Any) -> Frame:
    """Return what an answer on a stream with a login by frame is for."""
    return classify(compact(members).encode(), login_by_frame=True)


class TestLogin:
    """Logging in by a frame."""

    def test_frame(self) -> None:
        """The frame has the signed members and is secret as a whole, and in its parts."""
        made = login(
            "7",
            api_key=Secret("my-api-key"),
            api_secret=Secret("secret"),
            passphrase=Secret("passphrase"),
            timestamp_ms=1_700_000_000_000,
        )
        frame = json.loads(made.text.reveal())
        signed = "vmCBTPPAr+ifFaNreY14YhuuNmvfo+yuKIvSSgVK0Do="
        phrase = "sWd5rQWAxDzYJTY6K2sov6seA0l3uNP70anWxITg8IA="

        assert frame == {
            "id": "auth-7",
            "op": "auth",
            "kc-api-key": "my-api-key",
            "kc-api-sign": signed,
            "kc-api-timestamp": "1700000000000",
            "kc-api-passphrase": phrase,
        }
        assert [proof.reveal() for proof in made.proofs] == [signed, phrase]
        assert not any(part in repr(made) for part in ("my-api-key", signed, phrase))

    def test_who_repeats_a_proof_shows_nothing(self) -> None:
        """A refusal that has the signature in it is told without it, while the login is held."""
        made = login(
            "7",
            api_key=Secret("my-api-key"),
            api_secret=Secret("secret"),
            passphrase=Secret("passphrase"),
            timestamp_ms=1,
        )
        for proof in (*made.proofs, made.text):
            told = str(answer(id="auth-7", result=False, message=f"no: {proof.reveal()}!").error)
            assert proof.reveal() not in told
            assert "no: ***!" in told

    def test_answer(self) -> None:
        """Its answer is told from those of other requests by the id."""
        yes, text = answer(id=auth_id("7"), result=True), answer(id=auth_id("7"), result="true")
        no = answer(id=auth_id("7"), result=False, message="no such key")
        other = answer(id="7", result=True)

        assert yes == text == Frame(kind=FrameKind.LOGIN)
        assert no.kind is FrameKind.LOGIN
        assert isinstance(no.error, LoginRefused)
        assert "no such key" in str(no.error)
        assert other.kind is FrameKind.REPLY

    @pytest.mark.parametrize(
        "members",
        [
            {"id": "auth-7", "result": False, "reason": "400005 Invalid KC-API-SIGN"},
            {"id": "auth-7", "code": "400005", "msg": "Invalid KC-API-SIGN"},
            {"code": 400_005, "msg": "Invalid KC-API-SIGN"},
            {"id": "auth-7", "type": "error", "code": 400_005, "data": "Invalid KC-API-SIGN"},
            {"id": "auth-7", "type": "error", "code": 401, "data": "Invalid KC-API-SIGN"},
            {"id": "auth-7", "result": False, "message": "Invalid KC-API-SIGN"},
        ],
    )
    def test_forms_of_a_refusal(self, members: dict[str, Any]) -> None:
        """How the code is told is not documented: as a member, in the text, or not at all."""
        frame = answer(**members)

        assert frame.kind is FrameKind.LOGIN
        assert isinstance(frame.error, LoginRefused)
        assert "Invalid KC-API-SIGN" in str(frame.error)

    @pytest.mark.parametrize(
        ("members", "kind"),
        [
            ({"result": False, "message": "400002 KC-API-TIMESTAMP Invalid"}, AuthenticationError),
            ({"code": "400002", "msg": "KC-API-TIMESTAMP Invalid"}, AuthenticationError),
            ({"code": "429000", "msg": "too many requests"}, Throttled),
            ({"code": 509, "msg": "exceed max permits per second"}, Throttled),
            ({"result": False, "message": "exceed max session count limitation of 50"}, Throttled),
        ],
    )
    def test_what_says_nothing_of_the_key(
        self, members: dict[str, Any], kind: type[ApiError]
    ) -> None:
        """The clock is off, or the server is busy: another class, so that it is tried again."""
        frame = answer(id="auth-7", **members)

        assert frame.kind is FrameKind.LOGIN
        assert type(frame.error) is kind
