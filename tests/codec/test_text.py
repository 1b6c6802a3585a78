"""JSON text: what is read, what is refused, and that what is written is exact."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import MAX_DEPTH, decimal_text, dump_json, parse_json
from sixmm.errors import ConfigurationError, DecodeError

SENTINEL = "c4n4ry"

REFUSED = [
    "",
    " ",
    "nul",
    "True",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    '{"a":NaN}',
    "[1,]",
    '{"a":1,}',
    "{a:1}",
    "{'a':1}",
    "[1 2]",
    "[1]]",
    "[1] x",
    "01",
    "-01",
    "+1",
    ".5",
    "1.",
    "1.e3",
    "1e",
    "0x10",
    "1_0",
    "\u0661",
    "--1",
    '"\x00"',
    '"\t"',
    '"\n"',
    r'"\x41"',
    r'"\u12"',
    r'"\u 123"',
    '"abc',
    '"\\"',
    "[",
    "{",
    '{"a"',
    '{"a":',
    "[1,,2]",
    "// 1",
    "/**/1",
    "\ufeff1",
    "\u00a01",
    "\x0c1",
    "1\x00",
]

ACCEPTED: list[tuple[str, Any]] = [
    ("null", None),
    ("true", True),
    (" [ ] ", []),
    ("\t{\r\n}\n", {}),
    ("-0", 0),
    ("1.50", Decimal("1.50")),
    ("1E5", Decimal("1E+5")),
    ("0.1e-7", Decimal("1E-8")),
    ('"\\u00e9\\n\\/"', "é\n/"),
    ('"\\ud83d\\ude00"', "😀"),
    ('"\U0001f600"', "😀"),
    ('{"a":1,"a":2}', {"a": 2}),
    ("9007199254740993", 9007199254740993),
    ("0.1000000000000000055511151231257827", Decimal("0.1000000000000000055511151231257827")),
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-1e12, max_value=1e12),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.usefixtures("each_engine")
class TestParse:
    """What a reader may rely on when text comes from the other side."""

    @pytest.mark.parametrize("text", REFUSED)
    @pytest.mark.parametrize("form", [str, bytes])
    def test_refuses_what_is_not_json(self, text: str, form: type) -> None:
        """Only the standard's grammar is read, as text and as bytes."""
        with pytest.raises(DecodeError):
            parse_json(text if form is str else text.encode())

    @pytest.mark.parametrize(("text", "value"), ACCEPTED)
    def test_reads_what_is_json(self, text: str, value: Any) -> None:
        """Every form of the standard is read, numbers exactly, and the last equal key wins."""
        assert parse_json(text) == parse_json(text.encode()) == value

    @pytest.mark.parametrize(
        "data",
        [
            b'"\xff"',
            b'"\xc3"',
            b'"\xed\xa0\x80"',
            b'"\xf4\x90\x80\x80"',
            b"\xff\xfe1",
            b'"\xc0\xaf"',
        ],
    )
    def test_refuses_bad_utf8(self, data: bytes) -> None:
        """Bytes that are not strict UTF-8 are refused, overlong forms and surrogates included."""
        with pytest.raises(DecodeError, match="UTF-8"):
            parse_json(data)

    @pytest.mark.parametrize(
        "text", [r'"\ud800"', r'"\udfff x"', r'{"\uDC00":1}', r'[["\ud800\ud800"]]', '"\ud800"']
    )
    def test_refuses_lone_surrogates(self, text: str) -> None:
        """A surrogate without its other half is refused, for it could not be encoded again."""
        with pytest.raises(DecodeError):
            parse_json(text)

    @pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
    def test_bounds_nesting(self, left: str, right: str) -> None:
        """64 levels are read, one more is refused, and 100,000 do not overflow the stack."""
        per_round = left.count("[") + left.count("{")
        rounds = MAX_DEPTH // per_round

        parse_json(left * rounds + "1" + right * rounds)
        for depth in (rounds + 1, 500, 100_000):
            with pytest.raises(DecodeError, match="nested"):
                parse_json(left * depth + "1" + right * depth)

    def test_nesting_cannot_hide_behind_strings(self) -> None:
        """Brackets inside strings, also after escaped quotes, do not hide how deep a text is."""
        hidden = '["]",' * 80 + "1" + ',"["]' * 80
        escaped = '["\\"]",' * 80 + "1" + ',"\\"["]' * 80

        for text in (hidden, escaped):
            assert json.loads(text)
            with pytest.raises(DecodeError, match="nested"):
                parse_json(text)

    def test_wide_is_not_deep(self) -> None:
        """A list of a thousand levels of a book is read: width does not count as depth."""
        rows = [["1", "2"]] * 1_000

        assert parse_json(json.dumps({"bids": rows})) == {"bids": rows}
        assert parse_json(json.dumps({"bids": rows, "é\\": "]"})) == {"bids": rows, "é\\": "]"}

    @pytest.mark.parametrize(
        "text",
        ["1" * 41, "-" + "1" * 41, "0." + "1" * 41, "1e65", "1e-65", "1E+999999", "1e" + "9" * 50],
    )
    def test_bounds_numbers(self, text: str) -> None:
        """A number that would cost time or memory to work with is refused at once."""
        with pytest.raises(DecodeError, match="number"):
            parse_json(f'{{"a":[{text}]}}')

    def test_bounds_size(self) -> None:
        """A text over the size bound is refused before it is looked at."""
        with pytest.raises(DecodeError, match="longer than 8 bytes"):
            parse_json('"12345678"', max_bytes=8)

    @pytest.mark.parametrize(
        "text",
        [
            f'{{"secret":"{SENTINEL}"',
            f'"{SENTINEL}\\x"',
            f'{{"{SENTINEL}":NaN}}',
            f'["{SENTINEL}",{"1" * 50}]',
            f'["{SENTINEL}","\\ud800"]',
            "[" * 70 + f'"{SENTINEL}"' + "]" * 70,
            f'"\ud800{SENTINEL}"',
        ],
    )
    def test_error_does_not_hold_the_text(self, text: str) -> None:
        """Neither the error nor what hangs on it repeats what was read; it may be a secret."""
        with pytest.raises(DecodeError) as caught:
            parse_json(text)

        assert caught.value.__cause__ is caught.value.__context__ is None
        assert SENTINEL not in str(caught.value)
        assert SENTINEL.encode() not in pickle.dumps(caught.value)

    @given(st.binary(max_size=200) | st.text(max_size=200))
    def test_raises_nothing_else(self, text: str | bytes) -> None:
        """Any input gives a value or a DecodeError."""
        try:
            parse_json(text)
        except DecodeError:
            return

    @given(json_values)
    def test_agrees_with_the_standard_library(self, value: Any) -> None:
        """What both accept, both read alike."""
        text = dump_json(value, numbers=True)

        assert parse_json(text) == json.loads(text, parse_float=Decimal)


@pytest.mark.usefixtures("each_engine")
class TestDump:
    """What is signed and sent."""

    @given(json_values)
    def test_round_trip(self, value: Any) -> None:
        """What was read is written back to the same value, exactly."""
        assert parse_json(dump_json(value, numbers=True)) == value

    def test_is_compact_ordered_and_utf8(self) -> None:
        """Members keep their order, nothing is escaped that need not be, no byte is to spare."""
        value = {"b": [1, True, None], "a": 'é"\n', "t": (Decimal("0.10"),)}

        assert dump_json(value) == '{"b":[1,true,null],"a":"é\\"\\n","t":["0.10"]}'.encode()

    def test_decimals_are_strings(self) -> None:
        """An amount goes out as a string in plain notation (rule 9), never as a binary float."""
        assert dump_json({"p": Decimal("1E+3"), "q": Decimal("1E-8")}) == (
            b'{"p":"1000","q":"0.00000001"}'
        )

    @pytest.mark.parametrize(
        "value",
        [
            1.5,
            {"a": [0.1]},
            float("nan"),
            {1: "a"},
            {"a": object()},
            {"a": b"x"},
            {"a": {1}},
            "\ud800",
            Decimal("NaN"),
            Decimal("1E+999999"),
        ],
    )
    def test_refuses_what_has_no_exact_form(self, value: Any) -> None:
        """A float, a foreign object, a name that is not text: nothing is guessed."""
        with pytest.raises(ConfigurationError):
            dump_json(value)

    def test_refuses_a_cycle(self) -> None:
        """A list in itself is an error of ours, not a crash."""
        value: list[Any] = []
        value.append(value)

        with pytest.raises(ConfigurationError, match="nested"):
            dump_json(value)


class TestDecimalText:
    """Amounts on their way out."""

    @given(st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", fullmatch=True))
    def test_text_is_sent_as_it_is(self, text: str) -> None:
        """No digit of a text amount is changed."""
        if text.isascii():
            assert decimal_text(text) == text

    @given(
        st.decimals(
            allow_nan=False, allow_infinity=False, places=12, min_value=-1e15, max_value=1e15
        )
    )
    def test_decimals_are_exact(self, value: Decimal) -> None:
        """A Decimal arrives as the same number."""
        assert Decimal(decimal_text(value)) == value

    def test_integers_are_taken(self) -> None:
        """A whole number may be given as an int."""
        assert decimal_text(-85000) == "-85000"

    @pytest.mark.parametrize(
        "value",
        [
            1.5,
            True,
            None,
            "",
            "1e5",
            "1,5",
            " 1",
            "1 ",
            "+1",
            ".5",
            "1.",
            "NaN",
            "\u0661",
            "1_0",
            "1\n",
        ],
    )
    def test_refuses_everything_else(self, value: Any) -> None:
        """A float is never exact, and a form that the exchange may read otherwise is not sent."""
        with pytest.raises(ConfigurationError):
            decimal_text(value)

    def test_refuses_sizes_without_spelling_them_out(self) -> None:
        """A number whose plain notation would be huge is refused by its size."""
        huge = [Decimal("1E+999999"), Decimal("1E-999999"), Decimal("1E+31"), 10**5000]

        for value in [*huge, Decimal("Infinity"), Decimal("sNaN")]:
            with pytest.raises(ConfigurationError):
                decimal_text(value)
