"""JSON in the manner of JSONTestSuite: what is to be read, what refused, and what was left open.

The texts are made here and not by the codec. A text that is to be read is written together with its
value, by a writer that likes odd but allowed forms. A text that is to be refused is a readable one
after a change that no reading survives, such as a cut or a byte that no UTF-8 has.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sixmm.codec import parse_json
from sixmm.errors import DecodeError
from tests.codec.readers import typed
from tests.codec.vectors import READ, REFUSED

from .engines import INSTALLED, using
from .tally import Tally

__all__ = ["LEFT_OPEN", "broken", "figure", "run", "written"]

_MANY = 400
"""How many documents are written for one run."""

LEFT_OPEN: dict[str, tuple[bytes, Any]] = {
    # The standard lets a reader choose; what this one chose, or DecodeError where it refuses.
    "number_int_of_40_digits": (b"[" + b"9" * 40 + b"]", [int("9" * 40)]),
    "number_int_of_41_digits": (b"[" + b"9" * 41 + b"]", DecodeError),
    "number_int_of_5000_digits": (b"[" + b"1" * 5_000 + b"]", DecodeError),
    "number_negative_int_of_41_digits": (b"[-" + b"1" * 41 + b"]", DecodeError),
    "number_exact_beyond_a_double": (
        b"[0.1000000000000000055511151231257827]",
        [Decimal("0.1000000000000000055511151231257827")],
    ),
    "number_int_beyond_a_double": (b"[9007199254740993]", [9007199254740993]),
    "number_huge_exponent": (b"[0.4e00669999999999999999999999999999999969999]", DecodeError),
    "number_exponent_64": (b"[1e64]", [Decimal("1e64")]),
    "number_exponent_65": (b"[1e65]", DecodeError),
    "number_exponent_minus_65": (b"[1e-65]", DecodeError),
    "number_double_overflow": (b"[1e400]", DecodeError),
    "number_double_underflow": (b"[123e-10000000]", DecodeError),
    "number_minus_zero": (b"[-0]", [0]),
    "number_minus_zero_exact": (b"[-0.0]", [Decimal("-0.0")]),
    "object_equal_keys": (b'{"a":1,"a":2}', {"a": 2}),
    "object_equal_keys_escaped": (b'{"a":1,"\\u0061":2}', {"a": 2}),
    "object_key_lone_surrogate": (b'{"\\uD800":1}', DecodeError),
    "object_key_nul": (b'{"a\\u0000":1}', {"a\x00": 1}),
    "string_first_surrogate_only": (b'["\\uDADA"]', DecodeError),
    "string_second_surrogate_only": (b'["\\uDFAA"]', DecodeError),
    "string_two_first_surrogates": (b'["\\uD800\\uD800\\n"]', DecodeError),
    "string_first_surrogate_then_text": (b'["\\uD888\\u1234"]', DecodeError),
    "string_surrogates_in_the_wrong_order": (b'["\\uDd1e\\uD834"]', DecodeError),
    "string_raw_surrogate": (b'["\xed\xa0\x80"]', DecodeError),
    "string_invalid_utf8": (b'["\xff"]', DecodeError),
    "string_overlong_slash": (b'["\xc0\xaf"]', DecodeError),
    "string_beyond_unicode": (b'["\xf4\xbf\xbf\xbf"]', DecodeError),
    "string_truncated_utf8": (b'["\xe0\xff"]', DecodeError),
    "string_latin_1": (b'["\xe9"]', DecodeError),
    "string_escaped_nul": (b'["\\u0000"]', ["\x00"]),
    "string_noncharacter": (b'["\\uFFFF"]', ["\uffff"]),
    "text_utf16_little": ('["\u00e9"]'.encode("utf-16-le"), DecodeError),
    "text_utf16_big": ('["\u00e9"]'.encode("utf-16-be"), DecodeError),
    "text_utf16_with_mark": ('["\u00e9"]'.encode("utf-16"), DecodeError),
    "text_utf32": ('["\u00e9"]'.encode("utf-32-le"), DecodeError),
    "text_byte_order_mark": (b"\xef\xbb\xbf{}", DecodeError),
    "structure_64_levels": (b"[" * 64 + b"]" * 64, None),
    "structure_65_levels": (b"[" * 65 + b"]" * 65, DecodeError),
    "structure_500_levels": (b"[" * 500 + b"]" * 500, DecodeError),
    "structure_scalar": (b"1", 1),
}


def written(seed: int, count: int = _MANY) -> Iterator[tuple[bytes, Any]]:
    """Yield texts and their values: deep, wide, with every escape, blank and form of a number."""
    rng = random.Random(seed)
    for _ in range(count):
        text, value = _document(rng, rng.choice((0, 2, 4, 8, 30)))
        yield text.encode(), value


def _document(rng: random.Random, depth: int) -> tuple[str, Any]:
    kind = rng.choice(("list", "object")) if depth else rng.choice(("text", "number", "word"))
    if kind == "word":
        return rng.choice((("null", None), ("true", True), ("false", False)))
    if kind == "number":
        return _number(rng)
    if kind == "text":
        return _text(rng)
    # One deep branch; the others are shallow, so that the whole stays small.
    depths = [depth - 1, *(0 for _ in range(rng.choice((0, 1, 3))))]
    rng.shuffle(depths)
    parts = [_document(rng, inner) for inner in depths]
    if kind == "list":
        body = ",".join(_blank(rng) + text + _blank(rng) for text, _ in parts)
        return f"[{body}]", [value for _, value in parts]
    names = [_text(rng) for _ in parts]
    body = ",".join(
        _blank(rng) + name + _blank(rng) + ":" + _blank(rng) + text + _blank(rng)
        for (name, _), (text, _) in zip(names, parts, strict=True)
    )
    pairs = zip(names, parts, strict=True)
    return f"{{{body}}}", {name: value for (_, name), (_, value) in pairs}


def _blank(rng: random.Random) -> str:
    return "".join(rng.choices(" \t\r\n", k=rng.choice((0, 0, 0, 1, 3))))


def _number(rng: random.Random) -> tuple[str, Any]:
    sign = rng.choice(("", "-"))
    whole = rng.choice(("0", str(rng.randint(1, 9) * 10 ** rng.randint(0, 18) + rng.randint(0, 9))))
    if rng.random() < 0.4:
        return sign + whole, int(sign + whole)
    part = "." + "".join(rng.choices("0123456789", k=rng.randint(1, 12)))
    power = rng.choice(("e", "E")) + rng.choice(("", "+", "-")) + str(rng.randint(0, 64))
    text = sign + whole + rng.choice((part, power, part + power))
    return text, Decimal(text)


_SHORT = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", '"': '"', "\\": "\\", "/": "/"}


def _text(rng: random.Random) -> tuple[str, str]:
    value = "".join(
        chr(
            rng.choice(
                (rng.randint(0, 127), rng.randint(0xA0, 0xD7FF), rng.randint(0xE000, 0x10FFFF))
            )
        )
        for _ in range(rng.choice((0, 1, 3, 20)))
    )
    return '"' + "".join(_character(rng, char) for char in value) + '"', value


def _character(rng: random.Random, char: str) -> str:
    if char in _SHORT and rng.random() < 0.5:
        return "\\" + _SHORT[char]
    if char in '"\\' or char < " " or rng.random() < 0.2:
        units = char.encode("utf-16-be")
        digits = [f"{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2)]
        return "".join("\\u" + (d.upper() if rng.random() < 0.5 else d) for d in digits)
    return char


def broken(seed: int, count: int = _MANY) -> Iterator[tuple[str, bytes]]:
    """Yield texts that have no value, each with the name of what was done to it."""
    rng = random.Random(seed + 1)
    for text, value in written(seed, count):
        if isinstance(value, list | dict):
            stripped = text.strip()
            yield "cut", stripped[: rng.randrange(len(stripped))]
            yield "cut at the front", stripped[1:]
        place = rng.randrange(len(text) + 1)
        yield (
            "a byte that no UTF-8 has",
            text[:place] + bytes([rng.randint(0xF5, 0xFF)]) + text[place:],
        )
        yield (
            "a control byte",
            text[:place] + bytes([rng.choice((0, 1, 8, 11, 12, 31))]) + text[place:],
        )
        yield (
            "more after it",
            text + rng.choice((b"x", b"]", b"}", b",", b'"', b"1 1", b"\x00", b"//")),
        )
        yield "a mark before it", rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + text
        yield "in half a list", b"[" + text
        yield "after an empty place", b"[," + text + b"]"
        yield "before an empty place", b"[" + text + b",]"
        yield "as a key without quotes", b"{key:" + text + b"}"
        yield (
            "beside a constant",
            b"[" + text + rng.choice((b",NaN]", b",Infinity]", b",-Infinity]")),
        )
        yield "beside half a pair", b'["\\ud83d",' + text + b"]"
        yield "beside a long number", b"[" + text + b"," + b"7" * rng.randint(41, 99) + b"]"
        yield "too deep", b"[" * 65 + text + b"]" * 65


def _accepts(text: bytes | str, value: Any) -> str | None:
    try:
        found = parse_json(text)
    except Exception as error:
        return f"refused as {type(error).__name__}"
    return None if typed(found) == typed(value) else "read as something else"


def _refuses(text: bytes | str) -> str | None:
    try:
        parse_json(text)
    except DecodeError as error:
        return None if error.path == "$" and not error.__context__ else "a DecodeError with baggage"
    except Exception as error:
        return f"{type(error).__name__} instead of DecodeError"
    return "was read"


def _reads(text: bytes) -> str | None:
    try:
        parse_json(text)
    except Exception as error:
        return f"refused as {type(error).__name__}"
    return None


def _forms(text: bytes) -> Iterable[bytes | str]:
    """Return a text as bytes, and as text where it is one."""
    try:
        return text, text.decode()
    except UnicodeDecodeError:
        return (text,)


def run(seed: int, engine: str, count: int = _MANY) -> Tally:
    """Read everything with one engine."""
    tally = Tally(f"JSON texts read by {engine}, seed {seed}")
    with using(engine):
        for text in READ:
            tally.take(f"{engine} read {text[:60]!r}", _reads(text))
        for text in REFUSED:
            tally.take(f"{engine} refused {text[:60]!r}", _refuses(text))
        for name, (text, value) in LEFT_OPEN.items():
            if value is DecodeError:
                tally.take(f"{engine} {name}", _refuses(text))
            else:
                fault = _reads(text) if value is None else _accepts(text, value)
                tally.take(f"{engine} {name}", fault)
        for text, value in written(seed, count):
            for form in _forms(text):
                tally.take(f"{engine} written {text[:60]!r}", _accepts(form, value))
        for name, text in broken(seed, count):
            for form in _forms(text):
                tally.take(f"{engine} {name} {text[:60]!r}", _refuses(form))
    return tally


def figure(seed: int) -> Tally:
    """Return which texts were judged wrongly, over all engines; none may be (E1)."""
    return Tally("JSON").add(run(seed, engine) for engine in INSTALLED)
