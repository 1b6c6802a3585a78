"""From a call to its request, and from a reply to its result or its error."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm import errors
from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ConditionRejected,
    ConfigurationError,
    DecodeError,
    DuplicateOrder,
    HttpStatusError,
    InsufficientBalance,
    InvalidRequest,
    NotCancelable,
    NotPermitted,
    OrderNotFound,
    OrderRejected,
    RemoteError,
    ServerFault,
    Throttled,
)
from sixmm.redaction import Secret
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.venues.base import Auth, Call, Credentials
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.envelope import MAX_RETRY_AFTER, parse, prepare, retry_after_of
from sixmm.venues.sixmm.order_forms import NewOrder

from .examples import BOTH, KEY, TOKEN, compact, examples, reply, success

CALL = calls.user_asset()
ASSET = {"userAsset": {"assetType": "USDT", "walletBalance": "1"}}


def prepared(call: Call, credentials: Credentials = KEY, **options: Any) -> HttpRequest:
    """Return the request of a call with usual values."""
    given = {"rest_url": "https://api.6mm.com", "timestamp_ms": 1772710377808, "request_id": "r-1"}
    return prepare(call, credentials=credentials, **{**given, **options})


def code(number: int, message: str = "no", *, status: int = 200, **headers: str) -> HttpResponse:
    """Return an error envelope."""
    body = {"code": number, "message": message, "requestId": "req-9"}
    return reply(body, status=status, **headers)


class TestRequest:
    """What is sent."""

    def test_a_public_call(self) -> None:
        """A public call carries its trace id and nothing else (rules 6, 14)."""
        request = prepared(calls.server_time(), BOTH)

        assert (request.method, request.url) == ("GET", "https://api.6mm.com/v1/time")
        assert request.headers == {"X-Request-ID": "r-1"}
        assert request.body is None

    def test_a_signed_read(self) -> None:
        """Query order is that of the call, then timestamp, then signature (rules 29-34)."""
        request = prepared(calls.order(symbol="BTCUSDT", order_id="7"), rest_url="https://h/")
        payload = "symbol=BTCUSDT&orderId=7&timestamp=1772710377808"
        signature = hmac.new(b"s3cr3t", payload.encode(), hashlib.sha256).hexdigest()

        assert request.url == f"https://h/v1/private/order?{payload}&signature={signature}"
        assert request.headers == {"X-Request-ID": "r-1", "X-API-KEY": "fx_key"}

    def test_a_signed_write(self) -> None:
        """The body that is signed is the body that is sent, byte for byte (rules 35, 36)."""
        wanted = examples("rest-request")["placeOrder.request.signing"]
        request = prepared(
            calls.place_order(
                NewOrder(
                    symbol="BTCUSDT",
                    type="LIMIT",
                    side="BUY",
                    price="85000",
                    quantity="0.1",
                    time_in_force="GTC",
                    maker_only=True,
                    client_order_id="ext-1772710377808-001",
                )
            )
        )
        query = request.url.partition("?")[2]
        payload = query.rpartition("&signature=")[0].encode() + (request.body or b"")

        assert request.body == compact(wanted).encode()
        assert query.endswith(hmac.new(b"s3cr3t", payload, hashlib.sha256).hexdigest())
        assert request.headers["Content-Type"] == "application/json"

    def test_a_delete_signs_its_body(self) -> None:
        """DELETE listen-key has a body, and it is part of the signature (rule 36)."""
        request = prepared(calls.close_listen_key(Secret("abc")))
        payload = b'timestamp=1772710377808{"listenKey":"abc"}'

        assert request.method == "DELETE"
        assert request.url.endswith(hmac.new(b"s3cr3t", payload, hashlib.sha256).hexdigest())

    def test_key_or_token_never_both(self) -> None:
        """The key goes first where both are there; a token call takes the token (rules 12, 13)."""
        assert "Authorization" not in prepared(CALL, BOTH).headers
        assert "signature=" in prepared(CALL, BOTH).url
        for call, credentials in ((CALL, TOKEN), (attrs.evolve(CALL, auth=Auth.TOKEN), BOTH)):
            request = prepared(call, credentials)
            assert request.headers["Authorization"] == "Bearer jwt.jwt.jwt"
            assert "X-API-KEY" not in request.headers
            assert request.url == "https://api.6mm.com/v1/private/user/asset"

    def test_a_key_without_its_secret_is_no_key(self) -> None:
        """With half a key the token is used, and without one the call is refused."""
        half = Credentials(api_key=Secret("fx_key"))

        assert (
            "X-API-KEY" not in prepared(CALL, attrs.evolve(half, access_token=Secret("t"))).headers
        )
        with pytest.raises(ConfigurationError, match="needs an API key with its secret"):
            prepared(CALL, half)

    def test_cookies(self) -> None:
        """A refresh carries the cookies of the login, a logout the token, too (rules 25, 26)."""
        cookies = {"sid": Secret("a b,c"), "x": Secret("")}
        credentials = attrs.evolve(TOKEN, cookies=cookies)

        assert prepared(calls.refresh_token(), credentials).headers == {
            "X-Request-ID": "r-1",
            "Cookie": "sid=a b,c; x=",
        }
        assert set(prepared(calls.logout(), credentials).headers) == {
            "X-Request-ID",
            "Cookie",
            "Authorization",
        }
        assert "Cookie" not in prepared(CALL, credentials).headers

    @pytest.mark.parametrize(
        ("call", "credentials"),
        [
            (CALL, Credentials()),
            (CALL, Credentials(api_key=Secret(""), api_secret=Secret(""))),
            (calls.refresh_token(), TOKEN),
            (calls.logout(), KEY),
            (attrs.evolve(CALL, auth=Auth.TOKEN), KEY),
        ],
    )
    def test_a_missing_credential_is_told_before_anything_is_sent(
        self, call: Call, credentials: Credentials
    ) -> None:
        """The error names the call and what it needs."""
        with pytest.raises(ConfigurationError, match=f"^{call.operation} needs"):
            prepared(call, credentials)

    @pytest.mark.parametrize("value", ["a\r\nX: y", "a b", "é", "a\x00", "\x7f"])
    def test_no_header_can_be_split(self, value: str) -> None:
        """A credential or an id that a header cannot hold is refused and not repeated (F7)."""
        bad = Credentials(api_key=Secret(value), api_secret=Secret("s"))
        token = Credentials(access_token=Secret(value))
        for call, credentials, options in (
            (CALL, bad, {}),
            (CALL, token, {}),
            (CALL, KEY, {"request_id": value}),
        ):
            with pytest.raises(ConfigurationError, match="visible ASCII") as caught:
                prepared(call, credentials, **options)
            assert value not in str(caught.value)

    @pytest.mark.parametrize(
        ("name", "value"), [("a b", "x"), ("a", "x;y"), ("a", "x\r\ny"), ("", "x")]
    )
    def test_no_cookie_can_be_split(self, name: str, value: str) -> None:
        """A cookie that would end its pair or the header is refused."""
        with pytest.raises(ConfigurationError, match="cookie"):
            prepared(calls.refresh_token(), Credentials(cookies={name: Secret(value)}))

    def test_secrets_do_not_show(self) -> None:
        """The representation of a request shows neither key, query, header nor body."""
        request = prepared(calls.login(username="demo", password=Secret("c4n4ry")))

        assert "c4n4ry" in str(request.body)
        assert "c4n4ry" not in repr(request)
        assert "c4n4ry" not in repr(calls.login(username="demo", password=Secret("c4n4ry")))


JSON = "application/json"
REPLIES: list[tuple[HttpResponse, type[Exception]]] = [
    # Business errors, by their code, under any status (rules 4, 5).
    *((code(n), ApiError) for n in (1005, 3002)),
    *((code(n), AuthenticationError) for n in (1001, 1002, 1003, 1004, 1006)),
    *((code(n), InvalidRequest) for n in (2001, 2002, 2003)),
    (code(3001), InsufficientBalance),
    (code(3003), OrderNotFound),
    (code(3004), DuplicateOrder),
    (code(3005), NotCancelable),
    *((code(n), ConditionRejected) for n in (3100, 3107, 3112)),
    (code(3006), NotPermitted),
    *((code(n), ServerFault) for n in (5001, 5002)),
    (code(5003), Throttled),
    *((code(n), ApiError) for n in (-1, 1, 42, 1000, 1007, 3007, 3113, 5004, 99999)),
    *((code(1003, status=status), AuthenticationError) for status in (401, 403, 400, 500)),
    (code(5001, status=500), ServerFault),
    (code(5003, status=200), Throttled),
    (code(5003, status=429), Throttled),
    (code(1003, status=429), Throttled),
    (code(2001, status=204), InvalidRequest),
    (reply({"code": 3003}), OrderNotFound),
    (reply({"code": 3003, "message": None, "requestId": 5}), OrderNotFound),
    (reply({"code": 3003, "message": "x", "data": {"a": 1}}), OrderNotFound),
    # No envelope.
    *(
        (HttpResponse(status=s, headers={"location": "https://evil/"}), HttpStatusError)
        for s in (301, 302, 303, 307, 308)
    ),
    (reply({"code": 0, "data": ASSET}, status=302), HttpStatusError),
    (HttpResponse(status=200), HttpStatusError),
    (HttpResponse(status=204), HttpStatusError),
    (HttpResponse(status=200, body=b"   "), HttpStatusError),
    (HttpResponse(status=200, body=b"<html>maintenance</html>"), HttpStatusError),
    (HttpResponse(status=502, body=b"<html>bad gateway</html>"), HttpStatusError),
    (HttpResponse(status=503, body=b"upstream"), HttpStatusError),
    (HttpResponse(status=401, body=b"Unauthorized"), HttpStatusError),
    (HttpResponse(status=429, body=b"slow down"), Throttled),
    (HttpResponse(status=429), Throttled),
    (reply({"code": 0}, status=429), Throttled),
    (HttpResponse(status=404, body=b'"not found"'), HttpStatusError),
    (reply([], status=200), HttpStatusError),
    (reply("ok", status=200), HttpStatusError),
    (reply(None, status=200), HttpStatusError),
    (reply({}, status=200), HttpStatusError),
    (reply({"message": "hello"}, status=500), HttpStatusError),
    (HttpResponse(status=200, body=b'{"code":0,"message":"succ'), HttpStatusError),
    (HttpResponse(status=200, body=b'{"code":0,"data":NaN}'), HttpStatusError),
    (HttpResponse(status=200, body=b'{"code":0,"data":"\xff"}'), HttpStatusError),
    (HttpResponse(status=200, body=b"[" * 100_000), HttpStatusError),
    (HttpResponse(status=200, body=b"\x1f\x8b\x08\x00binary"), HttpStatusError),
    (reply({"code": 0, "data": ASSET}, status=500), HttpStatusError),
    (reply({"code": 0, "data": ASSET}, status=401), HttpStatusError),
    # An envelope, but not what the schema says.
    (reply({"code": "0", "data": ASSET}), DecodeError),
    (reply({"code": None}), DecodeError),
    (reply({"code": True}), DecodeError),
    (reply({"code": 1.5}), DecodeError),
    (reply({"code": 0}), DecodeError),
    (success(None), DecodeError),
    (success([]), DecodeError),
    (success({}), DecodeError),
    (success({"userAsset": None}), DecodeError),
    (success({"userAsset": {"assetType": 5}}), DecodeError),
    (success({"userAsset": {"assetType": "USDT", "walletBalance": 1.5}}), DecodeError),
]


class TestReply:
    """What comes back."""

    @pytest.mark.parametrize(("response", "cls"), REPLIES)
    def test_canned_replies(self, response: HttpResponse, cls: type[Exception]) -> None:
        """Each of the bad replies gives the right class, and a text that is safe to log (C8)."""
        with pytest.raises(RemoteError) as caught:
            parse(CALL, response)

        assert type(caught.value) is cls
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 300

    def test_there_are_enough_of_them(self) -> None:
        """The table covers every class that a reply can give; one is only a name for several."""
        assert len(REPLIES) >= 60
        assert {cls for _, cls in REPLIES} | {OrderRejected} == {
            cls
            for cls in (getattr(errors, name) for name in errors.__all__)
            if isinstance(cls, type) and issubclass(cls, (ApiError, HttpStatusError, DecodeError))
        }

    def test_success(self) -> None:
        """The typed result of the data comes back."""
        asset = parse(CALL, success(ASSET))

        assert (asset.asset_type, str(asset.wallet_balance)) == ("USDT", "1")

    def test_documented_replies(self) -> None:
        """Each documented reply is read as what it is."""
        found = examples("rest-response")

        assert parse(calls.server_time(), reply(found["getServerTime.response"])) == 1780473256708
        credentials = parse(
            calls.login(username="u", password=Secret("p")), reply(found["login.response"])
        )
        assert credentials.access_token == Secret("YOUR_ACCESS_TOKEN")
        assert credentials.access_expires_at_ms == 1769676656_000
        key = parse(calls.create_listen_key(), reply(found["createListenKey.response"]))
        assert key.listen_key == Secret("f57cb61ef604ce76be09e753a5dbdd8c")
        assert key.expire_at_ms == 1777539918867
        assert parse(calls.version(), reply(found["envelope.success"])) == {}
        for name in ("envelope.error", "envelope.error.troubleshooting"):
            with pytest.raises(AuthenticationError) as caught:
                parse(CALL, reply(found[name], status=401))
            assert (caught.value.code, caught.value.message) == (1003, "Invalid token")
            assert (caught.value.request_id, caught.value.http_status) == ("req-12345678", 401)
            assert caught.value.operation == "getUserAsset"

    def test_the_result_has_a_path(self) -> None:
        """A wrong field of a result is named from the root of the envelope."""
        with pytest.raises(DecodeError, match=r"^\$\.data\.userAsset\.walletBalance: expected a"):
            parse(CALL, success({"userAsset": {"assetType": "USDT", "walletBalance": 1}}))

    def test_a_call_without_a_result_gives_the_data(self) -> None:
        """A call of one's own gives the decoded data as it is."""
        call = Call(operation="x", method="GET", path="/x")

        assert parse(call, success({"a": [1]})) == {"a": [1]}

    def test_cookies_of_a_login_are_kept(self) -> None:
        """The cookies that came with a token are part of the credentials, as secrets (rule 25)."""
        body = compact({"code": 0, "data": {"accessToken": "t"}}).encode()
        response = HttpResponse(status=200, cookies={"sid": "c4n4ry"}, body=body)
        credentials = parse(calls.login(username="u", password=Secret("p")), response)

        assert credentials.cookies == {"sid": Secret("c4n4ry")}
        assert "c4n4ry" not in repr(credentials)

    @given(st.text(max_size=300), st.integers(1, 6000), st.text(max_size=50))
    def test_hostile_messages(self, message: str, number: int, request_id: str) -> None:
        """A server's text cannot forge a log line, move a cursor or fill a screen (F6)."""
        body = {"code": number, "message": message, "requestId": request_id}
        try:
            response = reply(body)
        except UnicodeEncodeError:
            return
        with pytest.raises(RemoteError) as caught:
            parse(CALL, response)

        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400

    @pytest.mark.parametrize(
        "response",
        [
            HttpResponse(status=200, body=b'<html signature=c4n4ry">'),
            HttpResponse(status=302, headers={"location": "https://h/?token=c4n4ry"}),
            HttpResponse(status=200, body=b'{"code":0,"data":{"c4n4ry":'),
            code(1003, "bad listenKey=c4n4ry&x"),
            success({"userAsset": {"assetType": "USDT", "walletBalance": "c4n4ry"}}),
        ],
    )
    def test_errors_do_not_repeat_the_reply(self, response: HttpResponse) -> None:
        """What a reply holds may be a secret, so the error does not show it (F1)."""
        with pytest.raises(RemoteError) as caught:
            parse(CALL, response)

        assert "c4n4ry" not in str(caught.value) + repr(caught.value)

    @given(st.binary(max_size=200), st.integers(100, 599))
    def test_raises_nothing_else(self, body: bytes, status: int) -> None:
        """Any bytes under any status are an error of the tree."""
        with pytest.raises(RemoteError):
            parse(CALL, HttpResponse(status=status, body=body))


DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
WAITS: list[tuple[Mapping[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "0"}, 0.0),
    ({"retry-after": "7"}, 7.0),
    ({"retry-after": " 7 "}, 7.0),
    ({"retry-after": "1000000000"}, MAX_RETRY_AFTER),
    ({"retry-after": "9" * 20}, MAX_RETRY_AFTER),
    ({"retry-after": "9" * 5_000}, None),
    ({"retry-after": "-1"}, None),
    ({"retry-after": "1.5"}, None),
    ({"retry-after": "soon"}, None),
    ({"retry-after": "nan"}, None),
    ({"retry-after": "\u0661"}, None),
    ({"retry-after": DATE}, None),
    ({"retry-after": DATE, "date": DATE}, 0.0),
    ({"retry-after": "Sat, 21 Nov 2026 12:00:09 GMT", "date": DATE}, 9.0),
    ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT", "date": DATE}, 0.0),
    ({"retry-after": "Sat, 21 Nov 9999 11:00:00 GMT", "date": DATE}, MAX_RETRY_AFTER),
    ({"retry-after": "Sat, 31 Feb 2026 11:00:00 GMT", "date": DATE}, None),
    ({"retry-after": "Sat, 21 Nov 0000 11:00:00 GMT", "date": DATE}, None),
    ({"retry-after": "Sat, 21 Nov 2026 12:00:60 GMT", "date": DATE}, 59.0),
    ({"retry-after": DATE, "date": "yesterday"}, None),
]


class TestRetryAfter:
    """How long a reply asks to wait (C7)."""

    @pytest.mark.parametrize(("headers", "seconds"), WAITS)
    def test_forms(self, headers: Mapping[str, str], seconds: float | None) -> None:
        """Seconds and dates are read, capped, never negative, and never by the local clock."""
        assert retry_after_of(headers) == seconds

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_always_bounded(self, text: str, date: str) -> None:
        """Whatever the header says, the wait is none, or from 0 to 300 seconds."""
        seconds = retry_after_of({"retry-after": text, "date": date})

        assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER

    @pytest.mark.parametrize(
        "response",
        [
            code(5003, status=429, retry_after="7"),
            code(1003, retry_after="7"),
            HttpResponse(status=429, headers={"retry-after": "7"}),
            HttpResponse(status=503, headers={"retry-after": "7"}),
        ],
    )
    def test_is_told_by_the_error(self, response: HttpResponse) -> None:
        """Every error of a reply carries what the reply asked for (rule 108)."""
        with pytest.raises((ApiError, HttpStatusError)) as caught:
            parse(CALL, response)

        assert caught.value.retry_after == 7.0
