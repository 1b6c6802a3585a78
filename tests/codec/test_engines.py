"""Choosing an engine: the fast one only where it is installed and proves itself."""

from __future__ import annotations

import importlib
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

import sixmm.codec
from sixmm.codec import ENGINE, MAX_DEPTH, engine_stdlib, engines, parse_json, text
from sixmm.codec.engines import PROBE, Reader, agrees, choose
from sixmm.errors import DecodeError

from .readers import reader

FAKE = """
import json, sys, types
from decimal import Decimal

class Decoder:
    def __init__(self, **options):
        {init}
    def decode(self, data):
        return {decode}

package, module = types.ModuleType("msgspec"), types.ModuleType("msgspec.json")
package.json, module.Decoder = module, Decoder
sys.modules["msgspec"], sys.modules["msgspec.json"] = package, module
"""
ABSENT = "import sys; sys.modules['msgspec'] = None"
REPORT = """
from sixmm.codec import ENGINE, parse_json
print(ENGINE, parse_json('{"a":[1.50,18446744073709551616]}'))
"""


def report(before: str) -> str:
    """Return which engine a fresh process chooses and how it reads, after running ``before``."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", before + "\n" + REPORT],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stderr == ""
    return result.stdout.strip()


STRICT = "stdlib {'a': [Decimal('1.50'), 18446744073709551616]}"


class TestChoice:
    """What a process ends up with."""

    def test_installed(self) -> None:
        """Whoever installed the extra has its engine, and every call goes there."""
        try:
            importlib.import_module("msgspec.json")
            name, engine = "msgspec", "fast"
        except ImportError:
            name, engine = "stdlib", "stdlib"

        assert name == ENGINE
        assert vars(text)["read"] is engines.read is reader(engine)

    def test_not_installed(self) -> None:
        """Without the package nothing is missing, and nothing is said."""
        assert report(ABSENT) == STRICT

    @pytest.mark.parametrize(
        ("init", "decode"),
        [
            ("raise TypeError", "None"),
            ("pass", "json.loads(data)"),
            ("pass", "json.loads(data, parse_float=lambda text: Decimal(float(text)))"),
            ("pass", "json.loads(data, parse_float=Decimal, parse_int=Decimal)"),
            ("pass", "json.loads(data.decode('utf-8', 'replace'), parse_float=Decimal)"),
            ("pass", "None"),
        ],
    )
    def test_a_package_that_reads_differently(self, init: str, decode: str) -> None:
        """A release that is too old, or that has other ideas, is as good as none."""
        assert report(FAKE.format(init=init, decode=decode)) == STRICT

    def test_an_empty_package(self) -> None:
        """A namesake without the reader is as good as none."""
        empty = "import sys, types; sys.modules['msgspec'] = types.ModuleType('msgspec')"

        assert report(empty) == STRICT

    def test_missing_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The choice itself, made again in a process in which the package cannot be imported."""
        for name in ("msgspec", "msgspec.json"):
            monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, "sixmm.codec.engine_fast", raising=False)
        monkeypatch.delattr(sixmm.codec, "engine_fast", raising=False)

        assert choose() == ("stdlib", engine_stdlib.read)

    def test_differs_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The choice itself, made again with an engine that is one digit off."""
        reader("fast")
        off = altered({b"0.10": Decimal("0.11")})
        monkeypatch.setattr("sixmm.codec.engine_fast.read", off)

        assert choose() == ("stdlib", engine_stdlib.read)


def altered(wrong: dict[Any, Any]) -> Reader:
    """Return the strict reader, except that it gives other values for some texts."""

    def read(text: str | bytes, max_bytes: int) -> Any:
        return wrong[text] if text in wrong else engine_stdlib.read(text, max_bytes)

    return read


class TestProbe:
    """The proof: each kind of difference is found."""

    def test_the_strict_engine_agrees_with_itself(self) -> None:
        """A probe that nobody can pass would disable the extra without a word."""
        assert agrees(engine_stdlib.read)

    @pytest.mark.parametrize(
        ("probe", "value"),
        [
            (b"0.10", 0.1),
            (b"0.10", Decimal("0.1")),
            (b"-0.0", Decimal("0.0")),
            (b"-0", Decimal("-0")),
            (b"18446744073709551616", 18446744073709551615),
            (b"18446744073709551616", Decimal("18446744073709551616")),
            (b"9" * 41, int("9" * 41)),
            ("1e65", Decimal("1e65")),
            (b"NaN", None),
            (b'{"a":1,"b":2,"a":3}', {"a": 1, "b": 2}),
            (b'{"a":1,"b":2,"a":3}', {"b": 2, "a": 3}),
            (b'"\xff"', "\ufffd"),
            (rb'"\ud800"', "\ud800"),
            ('"\ud800"', "\ud800"),
            (b"[1]]", [1]),
            (b"[" * (MAX_DEPTH + 1) + b"1" + b"]" * (MAX_DEPTH + 1), []),
        ],
    )
    def test_finds(self, probe: Any, value: Any) -> None:
        """One wrong answer is enough."""
        assert probe in PROBE
        assert not agrees(altered({probe: value}))

    @pytest.mark.parametrize("error", [DecodeError("no"), DecodeError("no", path="$.a"), OSError()])
    def test_finds_other_words(self, error: Exception) -> None:
        """A refusal in other words, or of another kind, is a difference."""

        def read(text: str | bytes, max_bytes: int) -> Any:
            try:
                return engine_stdlib.read(text, max_bytes)
            except DecodeError:
                raise error from None

        assert not agrees(read)

    def test_texts_are_small(self) -> None:
        """The proof runs at every import: it has to be cheap."""
        assert len(PROBE) < 100
        assert sum(map(len, PROBE)) < 10_000


@pytest.mark.usefixtures("each_engine")
def test_parse_json_uses_the_engine() -> None:
    """The public function reads with the engine that was chosen."""
    assert parse_json(b'{"a":[1.50,2]}') == {"a": [Decimal("1.50"), 2]}
