"""Texts that pass for a decimal somewhere, and must not pass for an amount here.

``Decimal()`` takes most of these. Some then cost seconds or megabytes: it took 2.3 s to make an int
of ``1E+300000``. So each is also timed, by the time that its own thread has worked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal

import attrs

from sixmm.codec import decimal_text, parse_json, structure
from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.decoder import Decoder
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.rest_schema import OrderRow, make_rest_converter
from sixmm.venues.sixmm.stream_schema import DepthUpdate, OrderTradeUpdate

from .engines import INSTALLED, using
from .tally import Tally

__all__ = ["HOSTILE", "MOST_SECONDS", "ODD", "WAYS_IN", "WAYS_OUT", "Slowest", "figure", "run"]

MOST_SECONDS = 0.25
"""How long one text may be worked on; what is right takes some microseconds."""


def _signed(*texts: str) -> list[str]:
    return [sign + text for text in texts for sign in ("", "-", "+")]


def _beside(*marks: str) -> list[str]:
    return [text for mark in marks for text in (mark + "1", "1" + mark, f"1{mark}5", f"1.5{mark}")]


def _digits(zero: int) -> str:
    """Return 1.5 in the digits of another script; ``Decimal`` takes them all."""
    return f"{chr(zero + 1)}.{chr(zero + 5)}"


_SCRIPTS = (
    *(0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6),
    *(0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7EC),
)

HOSTILE: list[str] = list(
    dict.fromkeys(
        [
            *_signed("NaN", "nan", "NAN", "sNaN", "snan", "NaN123", "sNaN123", "qNaN", "NaN0"),
            *_signed("Infinity", "infinity", "INFINITY", "Inf", "inf", "INF", "iNf"),
            *_signed("1E+1000000", "1E-1000000", "1E+999999", "1E-999999", "1e5", "1E5", "0e0"),
            *_signed("1e999999999999999999", "1e-999999999999999999", "0E+300000", "1.5e1", "1E+0"),
            *_signed("1e", "e1", "e", "1e+", "1e-", ".e1", "1.e1", "1e1.5", "1e1e1", "1E 5"),
            *_signed("1_0", "_1", "1_", "1__0", "1_000.5", "1._5", "1.5_", "1_0e1"),
            *_signed("0x10", "0X1F", "0b1", "0o7", "0x1.8p1", "1f", "1d", "1L", "1n", "1M"),
            *_signed(".", ".5", "5.", "..", "1..5", "1.5.", "1.2.3", ".1.", "1.-5", "1.+5"),
            *(
                "",
                "-",
                "+",
                "--1",
                "++1",
                "-+1",
                "+-1",
                "1-",
                "1+",
                "- 1",
                "+ 1",
                "1-5",
                "+1",
                "+0",
            ),
            *_beside(" ", "\t", "\n", "\r", "\x00", "\x0b", "\x0c", "\u00a0", "\u2003", "\ufeff"),
            *_beside("\u200b", "\u2028", "\u202e", "'", '"', ",", "\u066b", "\u066c", "\uff0e"),
            *_beside("$", "%", "\u20ac", "/", "*", ";", "&", "=", "\\", "|", "~", "\u2212"),
            *(_digits(zero) for zero in _SCRIPTS),
            *("1\u0665", "\u0661.5", "\u00bd", "\u00b2", "\u2167", "\u4e94", "\u2460", "1\u0335"),
            *("1,5", "1.000,5", "1,000.5", "1 000", "1'000", "(1)", "1/2", "1:2", "one", "zero"),
            *("null", "None", "true", "false", "undefined", "[1]", "{}", "()", "1;1", "1 1", "#1"),
            *("1" * 31, "-" + "1" * 31, "1." + "1" * 31, "0" * 31, "0." + "0" * 31, "9" * 1_000),
            *("1" * 1_000_000, "0." + "0" * 1_000_000, "-" * 100_000, "." * 100_000, " " * 100_000),
            *("1" + "0" * 999_999 + "x", "1." * 100_000, "1e" + "9" * 1_000_000, "\u0661" * 1_000),
        ]
    )
)
"""None of these is an amount."""

ODD: dict[str, str] = {
    # Odd, but plain: read as what they say.
    "0": "0",
    "-0": "-0",
    "-0.0": "-0.0",
    "00": "0",
    "007": "7",
    "-007.50": "-7.50",
    "0.000": "0.000",
    "9" * 30: "9" * 30,
    "-" + "9" * 30 + "." + "9" * 30: "-" + "9" * 30 + "." + "9" * 30,
    "0." + "0" * 29 + "1": "1E-30",
    "1.500": "1.500",
}
"""What is an amount all the same, and which."""


_DECODER = Decoder()


def _push(text: str) -> Decimal | None:
    data = f'{{"eventType":"ORDER_TRADE_UPDATE","orderId":"1","price":{json.dumps(text)}}}'
    event = _DECODER.decode(f'{{"topic":"user.1","event":"data","ts":1,"data":{data}}}')
    assert isinstance(event, OrderTradeUpdate)
    return event.price


def _first_level(text: str) -> Decimal | None:
    return _book(text).asks[0][0]


def _other_level(text: str) -> Decimal | None:
    return _book(text).bids[1][0]


def _book(text: str) -> DepthUpdate:
    data = f'{{"bids":[["1","1"],[{json.dumps(text)},"1"]],"asks":[[{json.dumps(text)},"1"]]}}'
    event = _DECODER.decode(f'{{"topic":"market.depth.X","event":"data","ts":1,"data":{data}}}')
    assert isinstance(event, DepthUpdate)
    return event


def _row(text: str) -> Decimal | None:
    value = parse_json(json.dumps({"orderId": "1", "price": text}, ensure_ascii=False))
    return structure(make_rest_converter(), value, OrderRow).price


def _order(text: str) -> Decimal | None:
    call = calls.place_order(
        NewOrder(symbol="BTCUSDT", side="BUY", type="LIMIT", price=text, quantity="1")
    )
    assert call.body is not None
    return Decimal(call.body["price"])


WAYS_IN: dict[str, Callable[[str], Decimal | None]] = {
    "push": _push,
    "first level": _first_level,
    "other level": _other_level,
    "row": _row,
}
"""How an amount comes in, as text within a message."""

WAYS_OUT: dict[str, Callable[[str], Decimal | None]] = {
    "amount": lambda text: Decimal(decimal_text(text)),
    "order": _order,
}
"""How an amount goes out, as text that the caller gives."""


@attrs.define
class Slowest:
    """The text that was worked on for longest."""

    seconds: float = 0.0
    text: str = ""

    def take(self, seconds: float, text: str) -> None:
        """Keep a text if it took longer than all before."""
        if seconds > self.seconds:
            self.seconds, self.text = seconds, f"{text[:40]!r} of {len(text)}"


def run(engine: str, slowest: Slowest | None = None) -> Tally:
    """Give every text to every way in and out."""
    tally = Tally(f"hostile decimals, by {engine}")
    slowest = slowest or Slowest()
    with using(engine):
        for read in WAYS_IN.values():  # The quick readers learn the forms.
            read("1.5")
        for ways, refusal in ((WAYS_IN, DecodeError), (WAYS_OUT, ConfigurationError)):
            for way, read in ways.items():
                for text in HOSTILE:
                    fault, seconds = _timed(read, text, refusal)
                    slowest.take(seconds, text)
                    tally.take(f"{engine} {way} {text[:40]!r}", fault)
                for text, value in ODD.items():
                    tally.take(f"{engine} {way} {text!r}", _exact(read, text, value))
    return tally


def _timed(
    read: Callable[[str], object], text: str, refusal: type[Exception]
) -> tuple[str | None, float]:
    started = time.thread_time()
    try:
        value = read(text)
    except refusal as error:
        fault = None if len(str(error)) < 400 else "the error is as long as the text"
    except Exception as error:
        fault = f"{type(error).__name__} instead of {refusal.__name__}"
    else:
        fault = f"read as {value!r:.40}"
    seconds = time.thread_time() - started
    return fault or (f"took {seconds:.2f} s" if seconds > MOST_SECONDS else None), seconds


def _exact(read: Callable[[str], Decimal | None], text: str, value: str) -> str | None:
    try:
        found = read(text)
    except Exception as error:
        return f"refused as {type(error).__name__}"
    return None if str(found) == str(Decimal(value)) else f"read as {found}"


def figure(seed: int) -> Tally:  # noqa: ARG001 - there is nothing to draw
    """Return which hostile decimals passed or took long; none may (E3)."""
    return Tally("decimals").add(run(engine) for engine in INSTALLED)
