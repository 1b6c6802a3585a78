"""A pattern made of a message matches that message and others like it, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.codec.layout import Kind
from sixmm.codec.templates import Template, Unlike, template_of
from sixmm.codec.typed import MAX_TEXT

from .wire_pushes import USER, WHOLE, form_of, mutated, pushes
from .wire_values import SOUND

TRADE = "market.trade.X"


def of(text: str, *, topic: str = TRADE) -> Template:
    """Return the template of a message."""
    form, _ = form_of(topic)
    return template_of(text, topic, layouts=form.layouts(), tag=form.tag)


def trade(data: str) -> str:
    """Return a trade push."""
    return f'{{"topic":"{TRADE}","event":"data","ts":1,"data":{{{data}}}}}'


def told(template: Template, text: str) -> dict[str, str]:
    """Return what a template captures of a text, by the names of the fields."""
    match = template.match(text)
    assert match is not None, text
    found = {g.field.name: match.groups()[g.number] for g in template.data.groups if g.field}
    return found if template.ts is None else {**found, "ts": match.groups()[template.ts]}


class TestOpen:
    """What may differ between two messages of one shape."""

    @pytest.mark.parametrize(
        ("name", "values", "not_values"),
        [
            (
                "price",
                ["1", "-0", "0.10", "9" * 30 + "." + "9" * 30],
                ["", "1e5", " 1", "+1", ".5"],
            ),
            (
                "price",
                ["00"],
                ["5.", "1_0", "\u0661", "1" * 31, "0." + "1" * 31, "1-2", "NaN", "--1"],
            ),
            (
                "tradeId",
                ["", "a", "}", "\u00e9", "\x7f", "(a", "a" * MAX_TEXT],
                ["a" * 4_097, "\\n"],
            ),
            (
                "tradeId",
                ["\U0001f600"],
                ['"', "\n", "\x00", "\x1f", "\\", "\ud800", "\udfff", "\\u0041"],
            ),
            ("side", ["BUY", "SELL"], ['"', "\\", "\n", "\ud800"]),
        ],
    )
    def test_texts(self, name: str, values: list[str], not_values: list[str]) -> None:
        """Each kind of text is as narrow as its field."""
        first = values[0] if name != "side" else "BUY"
        template = of(trade(f'"{name}":"{first}","symbol":"S"'))
        for value in values:
            assert value in told(template, trade(f'"{name}":"{value}","symbol":"S"')).values()
        for value in not_values:
            assert template.match(trade(f'"{name}":"{value}","symbol":"S"')) is None
        for value in ("1", "null", "true", "[]", "{}", ""):
            assert template.match(trade(f'"{name}":{value},"symbol":"S"')) is None

    @pytest.mark.parametrize("value", ["0", "-0", "1", "-7", "9" * 18, "1772007815000"])
    def test_integers(self, value: str) -> None:
        """An integer has no leading zero and at most 18 digits; so has the time."""
        template = of(trade('"createdAt":5'))

        assert told(template, trade(f'"createdAt":{value}')) == {"created_at": value, "ts": "1"}
        assert told(template, trade('"createdAt":5').replace(":1,", f":{value},"))["ts"] == value

    @pytest.mark.parametrize(
        "value",
        [
            *(
                "01",
                "1.0",
                "1e3",
                "",
                "-",
                "+1",
                "9" * 19,
                '"1"',
                "true",
                "null",
                "1 ",
                " 1",
                "\u0661",
            )
        ],
    )
    def test_not_integers(self, value: str) -> None:
        """Everything else is left to others."""
        template = of(trade('"createdAt":5'))

        assert template.match(trade(f'"createdAt":{value}')) is None
        assert template.match(trade('"createdAt":5').replace(":1,", f":{value},")) is None

    @pytest.mark.parametrize(
        "value", ["[]", '[["1","2"]]', '[["1","2"],["-3.5","0"]]', '[["..","-"]]']
    )
    def test_levels(self, value: str) -> None:
        """Levels are a list of pairs of texts without space; their amounts are not looked at."""
        text = '{"topic":"market.depth.X","data":{"bids":V,"snapshot":true}}'
        template = of(text.replace("V", "[]"), topic="market.depth.X")

        assert told(template, text.replace("V", value))["bids"] == value
        for wrong in (
            "[",
            "]",
            "[1]",
            "[[]]",
            '[["1"]]',
            '[["1","2"],]',
            '[["1", "2"]]',
            '[["",""]]',
            "",
        ):
            assert template.match(text.replace("V", wrong)) is None

    def test_flags(self) -> None:
        """True or false."""
        text = '{"topic":"market.depth.X","data":{"snapshot":V}}'
        template = of(text.replace("V", "true"), topic="market.depth.X")

        assert told(template, text.replace("V", "false")) == {"snapshot": "false"}
        for wrong in ("True", "1", "null", '"true"', "truefalse", ""):
            assert template.match(text.replace("V", wrong)) is None

    @pytest.mark.parametrize(
        ("value", "others", "not_others"),
        [
            ('"a"', ['""', '"}"', '"\u00e9"'], ["1", "null", '"\\n"', '"\ud800"', '"a']),
            ("1", ["0", "-5", "1.50", "-0.0"], ["01", "1.", ".5", "1e5", "1" * 19, "-", '"1"']),
            ("true", ["false"], ["null", "True", "1"]),
            ("null", [], ["true", "nul", '""']),
            ("[1,2]", ["[3,4.5]"], ["[1]", "[1,2,3]", "[1,2", "[1 2]", "[]", '["1",2]']),
            ('{"a":{"b":[]}}', [], ["{}", '{"a":{}}', '{"b":{"b":[]}}', '{"a":{"b":[1]}}']),
        ],
    )
    def test_skipped(self, value: str, others: list[str], not_others: list[str]) -> None:
        """In a member that nobody knows another value of the same form may stand, and no other."""
        for text in (trade('"price":"1","odd":V'), trade('"price":"1"')[:-1] + ',"odd":V}'):
            template = of(text.replace("V", value))
            for other in (value, *others):
                assert told(template, text.replace("V", other))["price"] == "1"
            for other in not_others:
                assert template.match(text.replace("V", other)) is None


class TestClosed:
    """What is the same in all messages of one shape."""

    TEXT = '{"topic":"market.trade.X","event":"data","ts":1,"data":{"price":"1","(a.*":2}}'

    @pytest.mark.parametrize(
        "other",
        [
            TEXT.replace("market.trade.X", "market.trade.Y"),
            TEXT.replace("market.trade.X", "market-trade.X"),
            TEXT.replace('"data",', '"date",'),
            TEXT.replace("(a.*", "(abc"),
            TEXT.replace("price", "pric"),
            TEXT.replace("price", "pricee"),
            TEXT.replace('"event":"data",', ""),
            TEXT.replace('"ts":1,', ""),
            TEXT.replace(',"(a', ', "(a'),
            TEXT.replace('"price":"1",', '"price":"1","price":"1",'),
            *(TEXT + " ", " " + TEXT, TEXT + "}", TEXT[:-1], TEXT * 2, TEXT + "\n", ""),
        ],
    )
    def test_structure(self, other: str) -> None:
        """Names, their order, punctuation and white space are kept as they are."""
        template = of(self.TEXT)

        assert told(template, self.TEXT) == {"price": "1", "ts": "1"}
        assert template.match(other) is None

    def test_white_space(self) -> None:
        """White space between the tokens is part of the shape."""
        text = json.dumps(json.loads(self.TEXT), indent=1) + "\r\n"
        template = of(text)

        assert told(template, text.replace('"1"', '"2"'))["price"] == "2"
        assert template.match(self.TEXT) is None

    @pytest.mark.parametrize("ts", ["", '"ts":null,', '"ts":5,'])
    @pytest.mark.parametrize("at_end", [False, True])
    def test_time(self, ts: str, at_end: bool) -> None:
        """The time may be absent, null, before or after the data."""
        head, data = '"topic":"market.trade.X"', '"data":{"price":"1"}'
        text = f"{{{head},{data},{ts}".rstrip(",") + "}" if at_end else f"{{{head},{ts}{data}}}"

        assert told(of(text), text).get("ts") == ("5" if "5" in ts else None)


UNLIKE = [
    '{"topic":"market.trade.X"}',
    '{"data":{}}',
    '{"topic":"market.trade.Y","data":{}}',
    '{"topic":"market.trade.X","id":"1","event":"data","data":{}}',
    '{"topic":"market.trade.X","data":[]}',
    '{"topic":"market.trade.X","data":null}',
    '{"topic":"market.trade.X","data":{},"data":{}}',
    '{"topic":"market.trade.X","topic":"market.trade.X","data":{}}',
    '{"topic":"market.trade.X","data":{"a":1,"a":2}}',
    '{"topic":"market.trade.X","data":{"a":{"b":1,"b":2}}}',
    '{"topic":"market.trade.X","data":{"a":"\\n"}}',
    '{"topic":"market.trade.X","data":{"\\u0061":1}}',
    '{"topic":"market.trade.X","ts":1.5,"data":{}}',
    '{"topic":"market.trade.X","ts":"1","data":{}}',
    '{"topic":"market.trade.X","event":{},"data":{}}',
    '{"topic":"market.trade.X","event":[],"data":{}}',
    '{"topic":"market.trade.X","data":{"price":1}}',
    '{"topic":"market.trade.X","data":{"price":"1e5"}}',
    '{"topic":"market.trade.X","data":{"createdAt":1.0}}',
    '{"topic":"market.trade.X","data":{"createdAt":10000000000000000000}}',
    '{"topic":"market.trade.X","data":{"tradeId":"' + "a" * 4_097 + '"}}',
    "[]",
    "5",
    '"a"',
    "null",
]


@pytest.mark.parametrize("text", UNLIKE, ids=lambda text: text[:70])
def test_unlike(text: str) -> None:
    """Of a message with something out of the ordinary no pattern is made."""
    with pytest.raises(Unlike):
        of(text)


@pytest.mark.parametrize(
    "data",
    [
        '"x":{"eventType":"ACCOUNT_UPDATE"}',
        '"eventType":"OTHER","x":{"eventType":"ACCOUNT_UPDATE"}',
        '"x":{"eventType":"ACCOUNT_UPDATE"},"eventType":"ORDER_TRADE_UPDATE"',
        '"x":{"eventType":"ACCOUNT_UPDATE"},"eventType":null',
        '"x":{"eventType":"ACCOUNT_UPDATE"},"eventType":5',
        '"x":{"eventType":"ACCOUNT_UPDATE"},"eventType":{}',
        '"x":["eventType","ACCOUNT_UPDATE"]',
        "",
    ],
)
def test_the_class_is_named_by_the_data_itself(data: str) -> None:
    """A tag further in, or of another class, never chooses the layout."""
    with pytest.raises(Unlike):
        of(f'{{"topic":"{USER}","data":{{{data}}}}}', topic=USER)


def test_rows() -> None:
    """Each row has its own shape; another number of rows is another shape."""
    text = (
        f'{{"topic":"{USER}","data":{{"eventType":"ACCOUNT_UPDATE",'
        '"balances":[{"assetType":"A"},{},{"usedMargin":"1","odd":[1]}],"positions":[]}}'
    )
    template = of(text, topic=USER)
    rows = template.data.rows["balances"]

    assert [[g.field.name for g in row.groups if g.field] for row in rows] == [
        *(["asset_type"], [], ["used_margin"])
    ]
    assert template.data.rows["positions"] == []
    assert [g.field.kind for row in rows for g in row.groups if g.field] == [Kind.TEXT, Kind.AMOUNT]
    assert template.match(text.replace("{},", "")) is None


@pytest.mark.parametrize("count", [140, 20_000])
def test_many_values(count: int) -> None:
    """A message with very many values is out of the ordinary: its pattern would be slow."""
    rows = ",".join(['{"usedMargin":"1"}'] * count)
    text = f'{{"topic":"{USER}","data":{{"eventType":"ACCOUNT_UPDATE","balances":[ROWS]}}}}'

    assert of(text.replace("ROWS", '{"usedMargin":"1"}'), topic=USER)
    with pytest.raises(Unlike):
        of(text.replace("ROWS", rows), topic=USER)


@pytest.mark.parametrize("count", [200, 20_000])
def test_many_tokens(count: int) -> None:
    """So is one with very many members that nobody knows: its pattern would be long."""
    with pytest.raises(Unlike):
        of(trade(f'"x":[{",".join(["[[[1]]]"] * count)}]'))


def shape(value: Any) -> Any:
    """Return the names and the types of a JSON value, without the values of leaves."""
    if isinstance(value, dict):
        return [(name, shape(item)) for name, item in value.items()]
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


@settings(max_examples=150)
@given(mutated(st.sampled_from([text for _, _, text in WHOLE])), st.sampled_from(WHOLE))
def test_what_matches_is_json_of_the_same_shape(data: bytes, sample: tuple[str, Any, str]) -> None:
    """No broken text, and none with other members, is ever matched."""
    topic, _, text = sample
    message = data.decode("utf-8", "replace")
    template = of(text, topic=topic)
    assert template.match(text) is not None

    if template.match(message) is not None:
        names = json.loads(message, parse_float=str)
        assert json.dumps(list(names)) == json.dumps(list(json.loads(text)))
        assert list(names["data"]) == list(json.loads(text)["data"])


@settings(max_examples=100)
@given(pushes(), st.sampled_from(SOUND))
def test_a_template_matches_its_own_message_or_nothing(text: str, other: str) -> None:
    """A valid message is unlike all others, or it has a template that takes it and no more."""
    try:
        topic = json.loads(text)["topic"]
        template = of(text, topic=topic if topic in {t for t, _, _ in WHOLE} else TRADE)
    except (ValueError, Unlike):
        return
    match = template.match(text)
    if match is not None:
        assert len(match.groups()) >= len(template.data.groups)
        assert template.match(text + other) is None
