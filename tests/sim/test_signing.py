"""The check of signatures, against values of another tool (rules 29 to 38)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.codes import ExchangeError
from sixmm.sim.signing import check_timestamp, expected_signature, redact, split_query

SECRET = "0123456789abcdef0123456789abcdef"
BODY = (
    b'{"symbol":"BTCUSDT","type":"LIMIT","side":"BUY","price":"85000","quantity":"0.1",'
    b'"timeInForce":"GTC","makerOnly":true,"clientOrderId":"ext-1772710377808-001"}'
)


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [
        # printf %s PAYLOAD | openssl dgst -sha256 -hmac SECRET
        (
            "symbol=BTCUSDT&timestamp=1772710377808",
            b"",
            "57c455f0798a1ab93d37ec4b83bd1137e1ed60c07c782a5213b9e02d15cf0ad5",
        ),
        (
            "timestamp=1772710377808",
            BODY,
            "27d6f015c6f17ee604c7e1015d6f99597fc6106e309d3a420ae26850461249bd",
        ),
        (
            "b=%C3%BC&a=1%2B1&a=&timestamp=1",
            b"",
            "c77234d3c4b6b26013bd837702c651ba0f243deed1c632438487ca78f1bab256",
        ),
    ],
)
def test_vectors(query: str, body: bytes, signature: str) -> None:
    """Query text and raw body with nothing in between, as lower-case hex (rules 30, 31)."""
    assert expected_signature(SECRET, query, body) == signature


@pytest.mark.parametrize(
    ("raw", "rest"),
    [
        ("a=1&timestamp=5&signature=abc", "a=1&timestamp=5"),
        ("signature=abc&a=1&timestamp=5", "a=1&timestamp=5"),
        ("a=1&signature=abc&timestamp=5", "a=1&timestamp=5"),
    ],
)
def test_only_the_signature_pair_is_taken_out(raw: str, rest: str) -> None:
    """Wherever the pair stands, the rest keeps its order and its text (rules 32, 33)."""
    assert split_query(raw) == (rest, "abc", "5")


@given(st.text(alphabet="ab=&%+1 ;", max_size=30))
def test_a_query_without_a_signature_comes_back_unchanged(raw: str) -> None:
    """Nothing is decoded, encoded or sorted."""
    assert split_query(raw)[:2] == (raw, None)


@pytest.mark.parametrize("raw", ["signature=a&signature=b", "timestamp=1&timestamp=2"])
def test_a_pair_that_stands_twice_is_refused(raw: str) -> None:
    """Which of two values counts is not left to chance."""
    with pytest.raises(ExchangeError) as caught:
        split_query(raw)

    assert caught.value.code == 1003


@pytest.mark.parametrize(("offset", "fits"), [(10_000, True), (-10_000, True), (10_001, False)])
def test_ten_seconds_either_way(offset: int, fits: bool) -> None:
    """A timestamp may be off by 10 s and not by a millisecond more (rule 38)."""
    now = 1_800_000_000_000
    if fits:
        check_timestamp(str(now + offset), now)
        return
    with pytest.raises(ExchangeError, match="Timestamp outside of tolerance window") as caught:
        check_timestamp(str(now + offset), now)
    assert caught.value.code == 1003


@pytest.mark.parametrize("text", ["", "now", "-5", "1.5", "1e3", "9" * 17])
def test_a_timestamp_has_to_be_a_number(text: str) -> None:
    """Anything but digits is 1003."""
    with pytest.raises(ExchangeError) as caught:
        check_timestamp(text, 5)

    assert caught.value.code == 1003


def test_secrets_are_taken_out_of_a_query() -> None:
    """Signature, listenKey and token never get into a record."""
    raw = "a=1&signature=s3cret&listenKey=s3cret&token=s3cret&mytoken=kept"

    assert redact(raw) == "a=1&signature=***&listenKey=***&token=***&mytoken=kept"
