"""Signatures, held against vectors of another program and against the reading of a server."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import dump_json
from sixmm.errors import ConfigurationError
from sixmm.redaction import Secret
from sixmm.venues.sixmm.signing import encode_query, sign, signed_query, signing_payload

from .examples import examples, openapi

SECRET = Secret("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j")

# By openssl: printf '%s' PAYLOAD | openssl dgst -sha256 -hmac SECRET
SIGNATURES = (
    "28c4b8408d12c2468a5d5daf499aec4ac7fb8b1260429889bdd341e735d22950",
    "2cd3e052451006488f1c449620609262016fd9d662f122916d30a59d1997c486",
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
pairs = st.lists(
    st.tuples(texts, texts).filter(lambda pair: pair[0] not in ("timestamp", "signature", "")),
    max_size=5,
)


def rfc2104(key: bytes, text: bytes) -> str:
    """Return HMAC-SHA256 as RFC 2104 spells it out, without the library's hmac."""
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).hexdigest()


def server_accepts(query: str, body: bytes, secret: str) -> bool:
    """Check a request as rules 30-33 tell a server to: on the raw text, without sorting."""
    rest, _, signature = query.rpartition("&signature=")
    return signature == rfc2104(secret.encode(), rest.encode() + body)


def test_documented_payloads() -> None:
    """The payload of both documented requests is as printed, and openssl signs it alike."""
    get, post = (sample["payload"] for sample in openapi()["x-signing"]["samples"])
    body = dump_json(examples("rest-request")["placeOrder.request.signing"])

    got = signed_query(
        [("symbol", "BTCUSDT")], timestamp_ms=1772710377808, body=None, api_secret=SECRET
    )
    posted = signed_query([], timestamp_ms=1772710377808, body=body, api_secret=SECRET)

    assert signing_payload("symbol=BTCUSDT&timestamp=1772710377808", None) == get.encode()
    assert signing_payload("timestamp=1772710377808", body) == post.encode()
    assert got == f"{get}&signature={SIGNATURES[0]}"
    assert posted == f"timestamp=1772710377808&signature={SIGNATURES[1]}"


@given(pairs, st.none() | st.binary(max_size=50), st.integers(0, 2**45), texts)
def test_a_server_accepts_every_request(
    query: list[tuple[str, str]], body: bytes | None, timestamp_ms: int, secret: str
) -> None:
    """Whatever the values are, what is sent is what was signed (rules 30-35, C5)."""
    sent = signed_query(query, timestamp_ms=timestamp_ms, body=body, api_secret=Secret(secret))

    assert server_accepts(sent, body or b"", secret)
    assert not server_accepts(sent, (body or b"") + b" ", secret)
    assert parse_qsl(sent, keep_blank_values=True)[:-1] == [
        *query,
        ("timestamp", str(timestamp_ms)),
    ]


@given(pairs)
def test_order_is_kept(query: list[tuple[str, str]]) -> None:
    """The server does not sort, so neither does the client (rule 33)."""
    text = encode_query(query)
    read = [tuple(map(unquote, pair.split("="))) for pair in text.split("&")] if text else []

    assert read == query


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a b", "a%20b"),
        ("&signature=0", "%26signature%3D0"),
        ("a+b%", "a%2Bb%25"),
        ("\r\nX: y", "%0D%0AX%3A%20y"),
        ("\x00", "%00"),
        ("/?#", "%2F%3F%23"),
        ("é", "%C3%A9"),
        ("-_.~", "-_.~"),
        ("", ""),
    ],
)
def test_no_text_leaves_its_place(value: str, text: str) -> None:
    """What could end a name, its pair, the query or the request line is percent-encoded (F7)."""
    assert encode_query([("a", value)]) == f"a={text}"
    assert encode_query([(value, "a")]) == f"{text}=a"


@pytest.mark.parametrize("name", ["timestamp", "signature"])
def test_what_the_signing_adds_cannot_be_given(name: str) -> None:
    """A caller cannot slip in a second timestamp or signature, alone or among others."""
    for query in ([(name, "1")], [("symbol", "BTCUSDT"), (name, "1")]):
        with pytest.raises(ConfigurationError, match="added by the signing"):
            signed_query(query, timestamp_ms=1, body=None, api_secret=SECRET)


def test_a_lone_surrogate_is_refused() -> None:
    """Text that has no UTF-8 form is an error of the caller, and the value is not repeated."""
    with pytest.raises(ConfigurationError, match="lone surrogate") as caught:
        encode_query([("a", "\ud800")])

    assert caught.value.__context__ is None


def test_the_digest_is_lower_case_hex() -> None:
    """The form of the signature is that of rule 31, whatever the length of the secret."""
    for secret in ("", "k", "k" * 64, "k" * 65, "kéy"):
        assert sign(Secret(secret), b"payload") == rfc2104(secret.encode(), b"payload")
