"""The promise of the extra ``fast``: it changes speed, and nothing else.

Each test holds the fast engine against the strict one: the same value with the same types in the
same order, or the same refusal with the same words.
"""

from __future__ import annotations

import decimal
import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import MAX_TEXT_BYTES, dump_json, engine_stdlib
from sixmm.errors import DecodeError
from sixmm.events import Event
from sixmm.venues.sixmm import decode
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS

from .readers import reader, same, typed, verdict
from .vectors import READ, REFUSED
from .wire_pushes import facts

pytest.importorskip("msgspec", reason="the fast engine needs the extra 'fast'")

EXAMPLES = [
    json.dumps(json.loads(line)["payload"], separators=(",", ":")).encode()
    for line in (Path(__file__).parents[1] / "data" / "6mm-examples.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]

WRONG: list[Any] = [
    *(None, True, False, 1, -0, 10**39, Decimal("1.0"), Decimal("1E+5"), "", "x", "1.50", "1e5"),
    *([], [1], ["1"], [["1"]], [["1", "2"]], [[1, 2]], [["1", "2", "3"]], {}, {"a": 1}, [{}], [[]]),
]

FRAGMENTS = [
    *("[", "]", "{", "}", ",", ":", '"', "\\", "-", ".", "e", "E", "+", "0", "1", "9", " ", "\n"),
    *(
        '"a"',
        '"b":',
        "null",
        "true",
        "false",
        "NaN",
        "Infinity",
        "1.50",
        "1e5",
        "],[",
        "},{",
        '"["',
    ),
    *("\\u", "d83d", "\\ude00", "\\ud800", '"\\n"', "\x00", "\ufeff", "\u00e9", "\U0001f600", "//"),
    *("9" * 20, "1" * 40, "0" * 41, "[" * 33, "]" * 33, '{"a":' * 33, "}" * 33),
]

numbers = st.from_regex(
    r"-?[0-9]{0,3}[0-9]{0,42}(\.[0-9]{0,3}[0-9]{0,42})?([eE][+-]?[0-9]{0,3})?", fullmatch=True
).filter(str.isascii) | st.integers(-2 * 10**20, 2 * 10**20).map(str)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**41), 10**41)
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """Return a text with some stretches cut, doubled or overwritten."""
    data = draw(texts)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 8)))
        middle = draw(
            st.binary(max_size=3)
            | st.sampled_from(FRAGMENTS).map(str.encode)
            | st.just(data[start:end] * 2)
        )
        data = data[:start] + middle + data[end:]
    return data


class TestSameAsStrict:
    """Every kind of text, the two engines side by side."""

    @pytest.mark.parametrize("text", READ + REFUSED, ids=lambda text: repr(text[:40]))
    def test_vectors(self, text: bytes) -> None:
        """On hostile bytes both say the same, and on the text of them, where they are text."""
        assert same(text)
        assert same(text.decode("utf-8", "surrogatepass" if b"\xed" in text else "replace"))

    @pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: repr(text[:40]))
    def test_examples(self, text: bytes) -> None:
        """Every documented message is the same value; cut off anywhere, it has the same fault."""
        assert same(text)
        assert same(text.decode())
        for end in range(0, len(text), 7):
            assert same(text[:end])

    @pytest.mark.parametrize(
        "text",
        [None, 1, True, [], [b"1"], bytearray(b"[1]"), bytearray(b"["), memoryview(b"[1]"), object],
    )
    def test_wrong_types(self, text: Any) -> None:
        """What is neither text nor bytes gets from both what it gets from one."""
        assert same(text)

    @pytest.mark.parametrize("kind", [str, bytes])
    def test_subclasses(self, kind: type) -> None:
        """A text of a class of somebody's own is read like its content."""
        own = type("Own", (kind,), {})

        assert same(own("[1.5]") if kind is str else own(b"[1.5]"))

    @pytest.mark.parametrize("text", [b'"abc"', '"abc"', '"\u00e9\u00e9"', b"[1,", b"\xff\xff\xff"])
    @pytest.mark.parametrize("bound", range(9))
    def test_size(self, text: str | bytes, bound: int) -> None:
        """Both draw the same line, one byte more or less."""
        assert same(text, bound)

    @given(json_values, st.booleans(), st.sampled_from([None, 1]), st.booleans())
    def test_values(self, value: Any, as_ascii: bool, indent: int | None, as_text: bool) -> None:
        """However a value is spaced and escaped, both read it alike."""
        plain = json.loads(dump_json(value, numbers=True), parse_float=str)
        text = json.dumps(plain, ensure_ascii=as_ascii, indent=indent)

        assert same(text if as_text else text.encode())
        assert same(dump_json(value, numbers=True))

    @given(st.lists(numbers, max_size=4))
    def test_numbers(self, texts: list[str]) -> None:
        """A number has the same digits and the same type, or the same fault."""
        assert same(f"[{','.join(texts)}]".encode())

    @given(st.lists(st.sampled_from(FRAGMENTS), max_size=30))
    def test_fragments(self, parts: list[str]) -> None:
        """Pieces of JSON in any order are judged alike."""
        assert same("".join(parts))
        assert same("".join(parts).encode())

    @given(mutated(st.sampled_from(EXAMPLES + [text for text in READ if len(text) < 2_000])))
    def test_mutations(self, data: bytes) -> None:
        """A broken message is refused alike, and one that is still sound is read alike."""
        assert same(data)

    @given(st.binary(max_size=100) | st.text(max_size=100))
    def test_anything(self, text: str | bytes) -> None:
        """Noise is refused alike."""
        assert same(text)

    @given(json_values, st.integers(0, 70))
    def test_depth(self, value: Any, levels: int) -> None:
        """Both draw the same line between deep and too deep."""
        text = dump_json(value, numbers=True)

        assert same(b"[" * levels + text + b"]" * levels)

    def test_foreign_decimal_context(self) -> None:
        """A caller's decimal settings change nothing: exact is exact."""
        with decimal.localcontext() as context:
            context.prec = 3
            context.traps[decimal.InvalidOperation] = False
            context.traps[decimal.Inexact] = True
            for text in (b"[123456.789]", b"1E+999999999999999999999", b"0.1000000000000000055"):
                assert same(text)

    def test_threads(self) -> None:
        """Several threads may read at once."""
        texts = [dump_json([Decimal(n) / 8, n, str(n)] * 50, numbers=True) for n in range(200)]
        read = reader("fast")

        with ThreadPoolExecutor(4, thread_name_prefix="reader") as pool:
            found = list(pool.map(lambda text: typed(read(text, MAX_TEXT_BYTES)), texts))

        assert found == [typed(engine_stdlib.read(text, MAX_TEXT_BYTES)) for text in texts]


class TestWhoReads:
    """Which texts the fast engine settles by itself."""

    @pytest.fixture
    def strictly_read(self, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
        """Return the list of the texts that the strict engine is asked for."""
        asked: list[bytes] = []
        real = engine_stdlib.read

        def read(text: Any, max_bytes: int) -> Any:
            asked.append(text)
            return real(text, max_bytes)

        monkeypatch.setattr(engine_stdlib, "read", read)
        return asked

    def test_wire_messages_are_read_fast(self, strictly_read: list[bytes]) -> None:
        """Without this the extra would be correct, and of no use."""
        book = dump_json({"data": {"bids": [["65000.10", "0.001"]] * 200}, "ts": 1772007815000})
        order = dump_json({"orderId": "2022543809547603968", "seq": 2022543809547603968})
        wide = json.dumps([{"a": [1.5]}] * 200).encode()

        for text in (*EXAMPLES, book, order, wide, rb'{"message":"a \"b\"\n"}'):
            verdict(reader("fast"), text)

        assert strictly_read == []

    @pytest.mark.parametrize(
        "text", [rb'"\u0041"', b"1" * 20, b"1e65", b"[", b'"\xff"', b"NaN", b"[" * 65 + b"]" * 65]
    )
    def test_the_rest_is_read_strictly(self, strictly_read: list[bytes], text: bytes) -> None:
        """What cannot be vouched for is left to the strict engine, as it came."""
        verdict(reader("fast"), text)

        assert strictly_read == [text]


def messages() -> list[dict[str, Any]]:
    """Return a push of every event class, each field of it wrong in every way, one at a time."""
    private = [
        ({"topic": "user.1"}, {"eventType": name}, cls) for name, cls in PRIVATE_EVENTS.items()
    ]
    topics = {"kline": "BTCUSDT.1m", "tickers": ""}
    market: list[tuple[dict[str, str], dict[str, str], type[Event]]] = [
        ({"topic": f"market.{family}.{topics.get(family, 'BTCUSDT')}".rstrip(".")}, {}, cls)
        for family, (cls, _) in MARKET_EVENTS.items()
    ]
    found = []
    for envelope, fixed, cls in (*private, *market):
        names = [f.metadata["wire"] for f in attrs.fields(cls) if "wire" in f.metadata]
        found += [{**envelope, "ts": 1, "data": {**fixed, n: w}} for n in names for w in WRONG]
        found += [{**envelope, "ts": 1, "data": w} for w in WRONG]
        found += [{**envelope, "ts": w, "data": fixed} for w in WRONG]
    return found


def test_every_event_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A push with a right or a wrong field is the same event, or the same error at its path."""
    texts = [dump_json(message, numbers=True) for message in messages()]
    random.Random(7).shuffle(texts)
    results = []
    for name in ("stdlib", "fast"):
        monkeypatch.setattr("sixmm.codec.text.read", reader(name))
        results.append([decoded(decode, text) for text in (*texts, *EXAMPLES)])

    assert results[0] == results[1]
    assert {kind for kind, *_ in results[0]} >= {*PRIVATE_EVENTS.values(), DecodeError}
    assert {kind for kind, *_ in results[0]} >= {cls for cls, _ in MARKET_EVENTS.values()}


def decoded(decode: Callable[[bytes], Event], text: bytes) -> tuple[Any, ...]:
    """Return an event with all its types, or the error."""
    try:
        event = decode(text)
    except DecodeError as error:
        return (DecodeError, error.path, str(error))
    return (type(event), facts(event), repr(event), dict(event.extra))
