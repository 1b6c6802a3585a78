"""Pushes read by patterns: what is learned, how much of it is kept, and what is never misread."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sixmm.codec import Read, pushes_stdlib
from sixmm.codec.pushes_stdlib import MAX_SHAPES, push_reader
from sixmm.codec.templates import template_of
from sixmm.unfrozen import unfrozen

from .wire_pushes import DEPTH, STRICT, USER, WHOLE, facts, form_of, whole_push

TRADE = "market.trade.BTCUSDT"


def reader(topic: str) -> Read:
    """Return what reads the pushes of a topic, before it has seen one."""
    form, told = form_of(topic)
    return push_reader(form)(topic, told)


def trade(data: str, *, topic: str = TRADE) -> str:
    """Return a trade push with the given members."""
    return f'{{"topic":"{topic}","event":"data","ts":1,"data":{{{data}}}}}'


class Counted:
    """Stands for a function and counts how often it is called."""

    def __init__(self, real: Any) -> None:
        self.calls = 0
        self._real = real

    def __call__(self, *args: Any, **more: Any) -> Any:
        """Count, and do what the function does."""
        self.calls += 1
        return self._real(*args, **more)


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Count the patterns that are made."""
    counted = Counted(template_of)
    monkeypatch.setattr(pushes_stdlib, "template_of", counted)
    return counted


class TestLearning:
    """A shape is learned once, from the push that is the first of it."""

    @pytest.mark.parametrize(("topic", "cls", "text"), WHOLE)
    def test_pushes_are_settled(
        self, topic: str, cls: type[Any], text: str, templates: Counted
    ) -> None:
        """Without this the reader would be correct, and of no use."""
        read = reader(topic)
        for ts in ("1", "2", "1772007815000"):
            message = text.replace("1772007815000", ts)
            event = read(message, 7)
            assert type(event) is cls
            assert facts(event) == facts(STRICT.decode(message, received_at=7))

        assert templates.calls == 1

    def test_the_values_of_the_first_one_mean_nothing(self, templates: Counted) -> None:
        """Whatever the first push of a shape has, the next one has its own."""
        read = reader(TRADE)
        first = trade('"symbol":"A","price":"1","side":"BUY","createdAt":1,"x":5,"y":"a","z":true')
        second = trade(
            '"symbol":"","price":"-2.50","side":"SELL","createdAt":-99,"x":-0.5,"y":"","z":false'
        )
        assert read(first, 7) is not None

        assert facts(read(second, 7)) == facts(STRICT.decode(second, received_at=7))
        assert templates.calls == 1

    @pytest.mark.parametrize(
        "data",
        [
            *('"price":1', '"price":"1e5"', '"side":"UNHEARD"', '"tradeId":"\\n"', '"x":1e5'),
            *(
                '"x":01',
                '"createdAt":1.5',
                '"price":"1","price":"1"',
                '"x":"\\u0041"',
                '"x":"\ud800"',
            ),
            *('"x":{"a":1,"a":1}', '"createdAt":9999999999999999999', '"x":' + "[" * 70 + "]" * 70),
        ],
    )
    def test_a_push_out_of_the_ordinary_teaches_nothing(self, data: str) -> None:
        """It is left to the strict way, and what comes after it is read right."""
        read = reader(TRADE)
        for _ in range(2):
            assert read(trade(data), 7) is None
        plain = trade('"price":"1","side":"SELL","tradeId":"5","x":1')

        assert facts(read(plain, 7)) == facts(STRICT.decode(plain, received_at=7))
        assert read(trade(data), 7) is None

    @pytest.mark.parametrize(
        "text",
        [
            *("", "{", "[]", "null", '{"data":{}}', '{"topic":"T"}', '{"topic":"T","data":null}'),
            *('{"topic":"market.trade.X","data":{}}', '{"topic":"T","id":"7","data":{}}'),
            *('{"topic":"T","id":null,"data":{}}', '{"topic":"T","ts":"1","data":{}}'),
            *(
                '{"topic":"T","ts":true,"data":{}}',
                '{"topic":"T","data":{}}}',
                '{"topic":"T","data":{}',
            ),
            *('{"topic":"T","data":{},"data":{}}', '{"topic":"T","event":{},"data":{}}'),
        ],
    )
    def test_other_messages(self, text: str) -> None:
        """Another topic, a possible answer and what is no push at all give nothing."""
        read = reader(TRADE)
        read(trade('"price":"1"'), 7)
        read(trade(""), 7)

        assert read(text.replace('"T"', f'"{TRADE}"'), 7) is None

    @pytest.mark.parametrize("told", ["", '"symbol":null', '"symbol":""', '"symbol":"Y"'])
    def test_told_by_the_topic(self, told: str) -> None:
        """What the topic says stands where the push has nothing, each topic for itself."""
        for topic in (TRADE, "market.trade.ETHUSDT"):
            read, message = reader(topic), trade(told, topic=topic)
            for _ in range(2):
                assert facts(read(message, 7)) == facts(STRICT.decode(message, received_at=7))


class TestBounds:
    """What is kept of a stream, and the time that it takes, do not grow with it."""

    def test_shapes(self, templates: Counted) -> None:
        """So many shapes are remembered, and what is seen all the time is not forgotten."""
        read: Any = reader(TRADE)
        usual, second = trade('"price":"1"'), trade('"tradeId":"1"')
        for n in range(MAX_SHAPES * 3):
            for text in (usual, usual, second):
                assert read(text, 7) is not None
            assert read(trade(f'"x{n}":1'), 7) is not None
            assert len(read.__self__._known) <= MAX_SHAPES

        assert templates.calls == MAX_SHAPES * 3 + 2
        assert read.__self__._known[0].match(usual) is not None

    def test_what_came_once_makes_room(self, templates: Counted) -> None:
        """A shape that comes again and again stays, also where it is the last that was learned."""
        read = reader(TRADE)
        for n in range(MAX_SHAPES):
            assert read(trade(f'"y{n}":1'), 7) is not None
        for n in range(5):
            for _ in range(3):
                assert read(trade('"price":"1"'), 7) is not None
            assert read(trade(f'"x{n}":1'), 7) is not None

        assert templates.calls == MAX_SHAPES + 6

    def test_the_usual_one_is_tried_first(self, templates: Counted) -> None:
        """Whichever came first, the shape that is seen most goes to the front."""
        read: Any = reader(TRADE)
        assert read(trade('"x":1'), 7) is not None
        usual = trade('"price":"1"')
        for _ in range(200):
            assert read(usual, 7) is not None

        assert read.__self__._known[0].match(usual) is not None
        assert templates.calls == 2

    def test_tries(self, templates: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
        """A topic on which no push is like another one is left to the strict way in the end."""
        monkeypatch.setattr(pushes_stdlib, "_MAX_TRIES", 30)
        read = reader(TRADE)
        given = [read(trade(f'"x{n}":1'), 7) for n in range(60)]

        assert templates.calls == 30
        assert [event is not None for event in given] == [True] * 30 + [False] * 30
        assert read(trade('"x29":5'), 7) is not None

    def test_long_samples(self, templates: Counted) -> None:
        """A message that is very long teaches nothing; a long one of a known shape is read."""
        read: Any = reader(DEPTH)
        levels = ",".join(['["65000.10","0.001"]'] * 5_000)
        long = f'{{"topic":"{DEPTH}","ts":1,"data":{{"bids":[{levels}]}}}}'
        assert read(long, 7) is None
        assert templates.calls == read.__self__._tries == 0
        assert read(f'{{"topic":"{DEPTH}","ts":1,"data":{{"bids":[]}}}}', 7) is not None

        assert facts(read(long, 7)) == facts(STRICT.decode(long, received_at=7))

    def test_large_shapes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No pattern is made of a message with very many values: to compile it takes too long."""
        compiled = Counted(unfrozen)
        monkeypatch.setattr(pushes_stdlib, "unfrozen", compiled)
        rows = ",".join(['{"assetType":"USDT","walletBalance":"1"}'] * 500)
        message = (
            f'{{"topic":"{USER}","data":{{"eventType":"ACCOUNT_UPDATE","balances":[{rows}]}}}}'
        )

        assert reader(USER)(message, 7) is None
        assert compiled.calls == 0

    def test_topics_share_what_makes_their_events(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A class that makes events is dear: there is one for a shape, not one for each topic."""
        pushes_stdlib._twin_of.cache_clear()
        made = Counted(unfrozen)
        monkeypatch.setattr(pushes_stdlib, "unfrozen", made)
        for n in range(50):
            topic = f"market.trade.X{n}"
            assert reader(topic)(trade('"symbol":"X","price":"1"', topic=topic), 7) is not None

        assert made.calls == 1
        assert pushes_stdlib._twin_of.cache_info().maxsize

    def test_rows_share_what_makes_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A list of rows alike takes one class, however long it is."""
        pushes_stdlib._twin_of.cache_clear()
        made = Counted(unfrozen)
        monkeypatch.setattr(pushes_stdlib, "unfrozen", made)
        for count in (1, 2, 20):
            rows = ",".join(['{"assetType":"USDT","walletBalance":"1"}'] * count)
            told = f'"eventType":"ACCOUNT_UPDATE","balances":[{rows}]'
            assert reader(USER)(f'{{"topic":"{USER}","data":{{{told}}}}}', 7) is not None

        assert made.calls == 2

    @pytest.mark.parametrize(
        "unit",
        [
            *(
                '"',
                "[",
                "{",
                '{"a":',
                '["1","1"],',
                '"a":1,',
                "1",
                "0.",
                "-",
                "a",
                "\\",
                '\\"',
                " ",
                ",",
            ),
            *(
                '"bids":[',
                '[["1","2"],',
                "9" * 17,
                '"price":"1",',
                "null",
                "\u00e9",
                "}",
                "]]",
                "..",
                '","',
            ),
        ],
    )
    @pytest.mark.parametrize(("topic", "cls", "text"), WHOLE[::3])
    def test_hostile_texts_end(self, topic: str, cls: type[Any], text: str, unit: str) -> None:
        """A text of 64 KiB that is made to be looked at again and again is done with at once.

        Each open part of a pattern is bounded by a character that it cannot hold itself, and no two
        of them stand side by side: so there is one way only to match a text, and a failure is found
        where it is. A pattern for which this does not hold would not end before the test's timeout.
        """
        read = reader(topic)
        assert type(read(text, 7)) is cls
        places = [n for n, char in enumerate(text) if char in '":[{']
        for place in (places[5], places[len(places) // 2], places[-3]):
            for end in ("", text[place:]):
                message = text[:place] + unit * (65_536 // len(unit)) + end
                event = read(message, 7)
                assert event is None or facts(event) == facts(STRICT.decode(message, received_at=7))


def test_threads() -> None:
    """Several threads may learn and read at once."""
    texts = [trade(f'"price":"{n}.50","x{n % 20}":{n}') for n in range(200)]
    expected = {text: facts(STRICT.decode(text, received_at=7)) for text in texts}
    read: Any = reader(TRADE)

    def work(seed: int) -> bool:
        mine = texts * 3
        random.Random(seed).shuffle(mine)
        events = [(text, read(text, 7)) for text in mine]
        return all(event is None or facts(event) == expected[text] for text, event in events)

    with ThreadPoolExecutor(4, thread_name_prefix="reader") as pool:
        assert all(pool.map(work, range(4)))
    assert len(read.__self__._known) <= MAX_SHAPES


def test_whole_pushes_stay_small() -> None:
    """A push with every field of its class is within the bounds of what is learned."""
    for topic, cls, _ in WHOLE:
        assert reader(topic)(whole_push(topic, cls, place=1), 7) is not None
