"""Hostile JSON: what must be read, and what must be refused, by every engine alike."""

from __future__ import annotations

__all__ = ["READ", "REFUSED"]

_GRINNING = "\U0001f600"


def _in_places(token: bytes) -> list[bytes]:
    """Return a token alone, in a list and in an object: each is another path in a scanner."""
    return [token, b"[1," + token + b"]", b'{"a":' + token + b"}"]


def _nested(depth: int) -> list[bytes]:
    pairs = (
        (b"[", b"]"),
        (b'{"a":', b"}"),
        (b'["]",', b',"["]'),
        (b'["],[",', b"]"),
        (b"[ ", b" ]"),
    )
    return [left * depth + b"1" + right * depth for left, right in pairs]


_NUMBERS = [
    *(b"0", b"-0", b"1", b"-1", b"10", b"0.0", b"-0.0", b"0.10", b"1.50", b"-1.5"),
    *(b"1e5", b"1E5", b"1e+5", b"1e-5", b"1.5E+05", b"0e0", b"0E-0", b"-0e1", b"1e00", b"1e064"),
    *(b"1e64", b"1e-64", b"0.1e-7", b"2147483648", b"4294967296", b"9007199254740993"),
    *(b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808"),
    *(b"-9223372036854775809", b"18446744073709551615", b"18446744073709551616"),
    *(b"99999999999999999999", b"100000000000000000000", b"-18446744073709551616"),
    *(b"19999999999999999999", b"-19999999999999999999", b"19696061648710432744"),
    *(b"1" * 19, b"1" * 20, b"1" * 21, b"9" * 39, b"9" * 40, b"-" + b"9" * 40, b"1" + b"0" * 39),
    *(b"0." + b"1" * 38, b"0." + b"1" * 39, b"1" * 20 + b"." + b"1" * 20, b"1" * 40 + b"e1"),
    *(b"0.1000000000000000055511151231257827", b"123456789.123456789123456789"),
    *(b"1.7976931348623157e64", b"5e-64", b"0.30000000000000004", b"1.0000000000000002"),
]
_NUMBERS_OUT_OF_BOUNDS = [
    *(b"1" * 41, b"-" + b"1" * 41, b"1" * 400, b"1" * 4_300, b"1" * 4_301, b"1" * 20_000),
    *(b"0." + b"1" * 40, b"0." + b"0" * 5_000, b"1" * 21 + b"." + b"1" * 20, b"1" * 41 + b"e1"),
    *(b"1e65", b"1e-65", b"1e308", b"1e309", b"1e400", b"-1e400", b"1e-400", b"1E+999999"),
    *(b"1e999999999999999999", b"1E-999999999999999999999", b"1e" + b"9" * 50, b"0e" + b"0" * 50),
]
_NOT_NUMBERS = [
    *(b"01", b"-01", b"00", b"-00", b"1.", b"-1.", b".5", b"-.5", b"+1", b"1e", b"1e+", b"1E-"),
    *(b"1.e3", b"1e1.5", b"1e5e5", b"--1", b"-", b"- 1", b"0x10", b"0b1", b"0o7", b"1_0", b"1,5"),
    *(b"1.2.3", b"1f", b"1L", b"1n", b"1/2", b"NaN", b"-NaN", b"nan", b"Infinity", b"-Infinity"),
    *(b"inf", b"-inf", "\u0661".encode(), "\uff11".encode(), "1\u0661".encode(), b"1 2", b"1\x00"),
]
_STRINGS = [
    *(rb'""', rb'"a"', rb'" "', rb'"\""', rb'"\\"', rb'"\/"', rb'"/"', rb'"\b\f\n\r\t"'),
    *(rb'"\u0000"', rb'"a\u0000b"', rb'"\u0041"', rb'"\u00e9\u00E9"', rb'"\u2028\u2029"'),
    *(rb'"\ud83d\ude00"', rb'"\uD83D\uDE00"', rb'"\ud83d\ude00\ud83d\ude00"', rb'"\uffff\ufeff"'),
    *(rb'"\\u12"', rb'"\\ud800"', rb'"\\\u0041"', rb'"\udbff\udfff"', rb'"\ud800\udc00"'),
    *(
        b'"\x7f"',
        f'"{_GRINNING}"'.encode(),
        '"\u2028"'.encode(),
        '"\ufeff"'.encode(),
        b'"\xc2\x80"',
    ),
    *(b'"\xf4\x8f\xbf\xbf"', b'"\xed\x9f\xbf\xee\x80\x80"', b'"[[["', b'"],[},{"', b'"NaN"'),
    *(b'"' + b"1" * 41 + b'"', b'"' + b"[" * 100 + b'"', b'"' + b"{" * 100 + b'"', b'"1e999"'),
    b'"' + b"a" * 10_000 + b'"',
]
_NOT_STRINGS = [
    *(rb'"\ud800"', rb'"\udbff"', rb'"\udc00"', rb'"\udfff x"', rb'"\ud800\ud800"', rb'"\uD800x"'),
    *(rb'"\ud800\u0041"', rb'"\udc00\ud800"', rb'"\ud83d\\ude00"', rb'"\ud83d \ude00"'),
    *(rb'"\ud83d\ude00\ude00"', b'"\\ud83d\xed\xb8\x80"', b'"\xed\xa0\x80\xed\xb0\x80"'),
    *(b'"\xff"', b'"\xfe"', b'"\x80"', b'"\xc3"', b'"\xc3("', b'"\xc0\xaf"', b'"\xc1\xbf"'),
    *(
        b'"\xe0\x80\xaf"',
        b'"\xf0\x80\x80\xaf"',
        b'"\xed\xa0\x80"',
        b'"\xed\xbf\xbf"',
        b'"\xe2\x82"',
    ),
    *(b'"\xf4\x90\x80\x80"', b'"\xf5\x80\x80\x80"', b'"\xf8\x88\x80\x80\x80"', b'"\xf0\x9f\x98"'),
    *(
        b'"\x00"',
        b'"\x01"',
        b'"\x1f"',
        b'"\t"',
        b'"\n"',
        b'"\r"',
        b'"a\x00b"',
        b'"',
        b'"a',
        b'"\\"',
    ),
    *(rb'"\x41"', rb'"\a"', rb'"\v"', rb'"\0"', rb'"\'"', rb'"\U0041"', rb'"\u"', rb'"\u12"'),
    *(rb'"\u123"', rb'"\u 123"', rb'"\u12g4"', rb'"\u+123"', rb'"\u0x41"', rb'"\u1_23"', b'"\\'),
    *(b"'a'", b"a", b"\x80", b"\xe9", b'"a" "b"', b'"a""b"', b"`a`", b'"\\\n"', b'"\\\xc3\xa9"'),
]
_WORDS = [b"null", b"true", b"false"]
_NOT_WORDS = [
    *(b"nul", b"nulll", b"Null", b"NULL", b"tru", b"truee", b"True", b"False", b"fals", b"None"),
    *(b"undefined", b"n", b"t", b"f", b"true1", b"nullnull"),
]
_WHOLES = [
    *(b"[]", b"{}", b" [ ] ", b"\t{\r\n}\n", b"[[]]", b"[{}]", b'{"":{}}', b'{"":0}', b"\n\n1\r\n"),
    *(b'{"a":1,"a":2}', b'{"a":1,"b":2,"a":3}', b'{"a":{"b":1},"a":{"c":2}}', b'{"a":1,"A":2}'),
    *(b'{"a":1,"\\u0061":2}', '{"\u00e9":1,"e\u0301":2}'.encode(), b'{"a\\u0000":1,"a":2}'),
    *(b'{"\\ud83d\\ude00":1}', f'{{"{_GRINNING}":1}}'.encode(), b'{"__proto__":1,"constructor":2}'),
    *(b'{"' + b"k" * 5_000 + b'":1}', b"[" + b"1," * 5_000 + b"1]", b"[" + b"[]," * 200 + b"[]]"),
    *(b"[" + b'{"a":[1]},' * 200 + b"0]", b"[" + b"[], " * 200 + b"{}]", b'{"a" : [ 1 , 2 ] }'),
    *(b"[" + b'{"a":{"b":[[0]]},"c":[]},' * 50 + b"0]", b" " * 5_000 + b"1", b"1" + b"\n" * 5_000),
    *(b'["' + b"],[" * 100 + b'"]', b'["[","]",[]]' * 1, b"[" + b'"[",' * 100 + b"1]"),
]
_NOT_WHOLES = [
    *(b"", b" ", b"\n", b"[", b"]", b"{", b"}", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1,,2]", b"[,]"),
    *(
        b"[1 2]",
        b"[1]]",
        b"[1][2]",
        b"[1] x",
        b"1 1",
        b"[1}",
        b'{"a":1]',
        b"[[1]",
        b"[1:2]",
        b"(1)",
    ),
    *(b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b'{,"a":1}', b'{"a"}', b'{"a",1}'),
    *(b'{"a":1 "b":2}', b'{"a":1,,"b":2}', b'{"a"::1}', b'{"a":}', b"{:1}", b"{1:2}", b"{null:1}"),
    *(b"{a:1}", b"{'a':1}", b'{"a":1}}', b'{"a":1}{"b":2}', b'{["a"]:1}', b'{"a" 1}', b"{true:1}"),
    *(b"// 1", b"1 // 1", b"/**/1", b"[1/*,2*/]", b"# 1", b"\xef\xbb\xbf1", b"\xef\xbb\xbf", b"1,"),
    *(
        b"\xff\xfe1\x00",
        b"\xfe\xff\x001",
        b"1\x00",
        b"\x001",
        b"\x0c1",
        b"\x0b1",
        b"1\x0c",
        b"1\x1a",
    ),
    *("\u00a01".encode(), "1\u2028".encode(), "\u200b1".encode(), b"[1,\x0c2]", b"<1>", b"pong"),
    *(b"\x1f\x8b\x08\x00", b"\x80\x04N.", b"<html>", b")]}'\n1", b"callback(1)", b"data: 1", b"*1"),
    *(
        b'{"\\ud800":1}',
        b'{"\\udc00":1,"a":2}',
        b'{"a":1,"\xff":2}',
        b'{"a\n":1}',
        b'{"\xed\xa0\x80":1}',
    ),
    *(b'{"a":"\\ud800","a":1} ]', b"[NaN,", b"[" * 100_000, b'{"a":' * 100_000, b"[{" * 50_000),
    # Two faults in one text: which one is told must not depend on the engine either.
    *(b"[" + b"1" * 41 + b",}", b'["\xff",NaN]', b"[NaN,\xff]", b'["\\ud800",1e99]', b"[1e99,1e]"),
    *(
        b"[" * 70 + b"1" * 50,
        b"[" * 70 + b"NaN" + b"]" * 70,
        b'["\\ud800",' + b"[" * 70 + b"]" * 71,
    ),
]

READ: list[bytes] = [
    *(text for token in (*_NUMBERS, *_STRINGS, *_WORDS) for text in _in_places(token)),
    *_WHOLES,
    *(text for depth in (1, 21, 22, 32, 33, 63, 64) for text in _nested(depth)),
]
"""Texts that have a value."""

REFUSED: list[bytes] = [
    *(
        text
        for token in (*_NUMBERS_OUT_OF_BOUNDS, *_NOT_NUMBERS, *_NOT_STRINGS, *_NOT_WORDS)
        for text in _in_places(token)
        if text != b"[1,1,5]"
    ),
    *_NOT_WHOLES,
    *(text for depth in (65, 66, 100, 500, 50_000) for text in _nested(depth)),
    # Deep, although what is cut out of it looks flat: the sequences are inside strings.
    b'["],[",' * 70 + b"1" + b"]" * 70,
    b'[["],["],' * 70 + b"1" + b"]" * 70,
]
"""Texts that have none, by the standard or by the bounds."""
