"""The promise of the readers of pushes: they change speed, and nothing else.

Each test holds a decoder that uses them against one that reads everything in the strict way: the
same event with the same types, or the same refusal with the same words.
"""

from __future__ import annotations

import decimal
import random
import re
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sixmm.codec
from sixmm.codec import Bind, PushForm, pushes, pushes_stdlib
from sixmm.codec.pushes import agrees, push_reader
from sixmm.errors import DecodeError
from sixmm.events import Event
from sixmm.venues.sixmm.decoder import Decoder

from .readers import push_readers
from .vectors import READ, REFUSED
from .wire_pushes import (
    DEPTH,
    EXAMPLES,
    MARKET,
    PRIVATE,
    STRICT,
    TOPICS,
    USER,
    WHOLE,
    assert_same,
    facts,
    mutated,
    one_at_a_time,
    primed,
    verdict,
    whole_push,
)
from .wire_pushes import pushes as made_up_pushes
from .wire_values import ANY

OUT_OF_BOUNDS = re.compile(r"[0-9][0-9.]{40}|[eE][-+]?[0-9]{2}")
"""Numbers that may be refused for their size: see TestBounds."""
BEYOND_BOUNDS = re.compile(OUT_OF_BOUNDS.pattern.encode())


@pytest.mark.usefixtures("each_push_reader")
class TestSameAsStrict:
    """Every kind of message, as text and as bytes, read by each reader and in the strict way."""

    @pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text[:40])
    def test_examples(self, text: str) -> None:
        """Every documented message is the same event; cut off anywhere, it has the same fault."""
        assert_same([text, text.encode(), *(text[:end] for end in range(0, len(text), 7))])

    @pytest.mark.parametrize(("topic", "cls", "text"), WHOLE)
    def test_whole_pushes(self, topic: str, cls: type[Event], text: str) -> None:
        """A push with every field is the same event, and so is the next one of its shape."""
        event = Decoder().decode(text)

        assert (type(event), event.topic) == (cls, topic)
        assert_same(
            [text, text.encode(), text.replace("1772007815000", "1"), text + " ", text + "x"]
        )

    @pytest.mark.parametrize("place", ["odd", "bids", "data", "top"])
    def test_hostile_json(self, place: str) -> None:
        """JSON of every kind, hostile and broken, in a member that is not looked at closely."""
        told = {"odd": b'"data":{"odd":V}', "bids": b'"data":{"bids":V}', "data": b'"data":V'}
        message = b'{"topic":"%b","event":"data",%b}' % (
            DEPTH.encode(),
            told.get(place, b'"data":{},"new":V'),
        )
        decoder = primed()
        for text in (*READ, *REFUSED):
            if not BEYOND_BOUNDS.search(text) and text.count(b"[") + text.count(b"{") < 60:
                wire = message.replace(b"V", text)
                assert verdict(decoder, wire) == verdict(STRICT, wire), wire

    def test_one_wrong_member(self) -> None:
        """A value of every form in every field gives the same event, or the same error and path."""
        texts = one_at_a_time()
        random.Random(7).shuffle(texts)
        decoder = primed()

        for text in texts:
            assert verdict(decoder, text) == verdict(STRICT, text), text

    @pytest.mark.parametrize(
        "text", [text for _, _, text in WHOLE[::3]], ids=lambda text: text[:40]
    )
    def test_one_wrong_member_in_a_known_shape(self, text: str) -> None:
        """A push of a shape that is well known, with one value replaced, is not misread."""
        decoder = Decoder()
        for _ in range(2):
            decoder.decode(text)
        values = [
            match.span() for match in re.finditer(r'(?<=:)("[^"]*"|-?[0-9]+|true|false)', text)
        ]
        for start, end in values:
            for value in (*ANY, '"1-2"', '"1..2"', '"-"', '"NaN"', '""', "01", "1.0", "1e3"):
                message = text[:start] + value + text[end:]
                assert verdict(decoder, message) == verdict(STRICT, message), message

    @settings(max_examples=80)
    @given(st.lists(made_up_pushes(), min_size=1, max_size=3), st.booleans())
    def test_pushes(self, texts: list[str], as_bytes: bool) -> None:
        """Any members in any order, right and wrong, repeated, spaced and escaped."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        assert_same(encoded if as_bytes else texts)

    @settings(max_examples=120)
    @given(mutated(st.sampled_from([text for _, _, text in WHOLE])), st.booleans())
    def test_mutations(self, data: bytes, as_text: bool) -> None:
        """A broken message is refused alike, and one that is still sound is read alike."""
        message = data.decode("utf-8", "surrogateescape") if as_text else data
        assume(not OUT_OF_BOUNDS.search(data.decode("utf-8", "replace")))

        decoder = primed()
        for _, _, text in WHOLE[::3]:
            decoder.decode(text)
        assert verdict(decoder, message) == verdict(STRICT, message)

    @pytest.mark.slow
    @settings(max_examples=1_500)
    @given(st.lists(made_up_pushes() | mutated(made_up_pushes()), min_size=1, max_size=4))
    def test_pushes_at_length(self, messages: list[str | bytes]) -> None:
        """The same with many more messages, broken ones among them."""
        texts = [
            item if isinstance(item, str) else item.decode("utf-8", "replace") for item in messages
        ]
        assume(not any(map(OUT_OF_BOUNDS.search, texts)))

        assert_same(messages)


class TestStrange:
    """Messages that were thought out to be misread."""

    TEXTS = (
        # The class is named somewhere else than in the data itself.
        '{"topic":"T","ts":1,"data":{"x":{"eventType":"ACCOUNT_UPDATE"}}}',
        '{"topic":"T","ts":1,"data":{},"x":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","ts":1,"eventType":"ACCOUNT_UPDATE","data":{}}',
        '{"topic":"T","data":{"x":{"eventType":"ACCOUNT_UPDATE"},"eventType":"ORDER_TRADE_UPDATE"}}',
        '{"topic":"T","data":{"x":[{"eventType":"ORDER_TRADE_UPDATE"}],"eventType":"OTHER"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","balances":[{"eventType":"X"}]}}',
        '{"topic":"T","data":{"orderId":"1","eventType":"ORDER_TRADE_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","eventType":"ORDER_TRADE_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","eventType":null}}',
        '{"topic":"T","data":{"eventType":null,"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","data":{"event\\u0054ype":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT\\u005fUPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","event\\u0054ype":"ORDER_TRADE_UPDATE"}}',
        # Repeated members: the last one counts.
        '{"topic":"T","topic":"market.depth.X","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","t\\u006fpic":"market.depth.X","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","topic":null,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","topic":"T","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","data":5,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"},"data":{"eventType":"OTHER"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"},"data":{"eventType":"ORDER_TRADE_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"},"data":null}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","price":"1","price":"2"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","price":"1","price":null}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","price":5,"price":"2"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","price":"2","price":5}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","price":"2","pric\\u0065":"3"}}',
        '{"topic":"T","ts":1,"ts":2,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","ts":1,"ts":null,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","ts":"1","ts":2,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","balances":5,"balances":[]}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","balances":[{}],"balances":null}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","balances":[{"usedMargin":"1","usedMargin":"2"}]}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","balances":[null]}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","balances":[{},[]]}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE","positions":[{"leverage":true}]}}',
        # What may be an answer, and what is none.
        '{"topic":"T","id":"7","event":"subscribe","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","event":"data","id":"7","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","event":"data","id":"7","event":"x","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","event":1e70,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","id":1e70,"event":"data","data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","event":' + "[" * 70 + "]" * 70 + ',"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","event":{},"data":{"eventType":"ACCOUNT_UPDATE"}}',
        # Pieces of structure inside of values, and names that are parts of others.
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","x":"}}","orderId":"{"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","orderI":"1","orderIdd":"2"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","(.*)":"1","[a":2,"$":3,"^":"+"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","orderId":".*","x":"[^"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","x":"\\",\\"price\\":\\"9"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE"},"x":"\\"}"}',
        '{"data":{"eventType":"ACCOUNT_UPDATE"},"topic":"T"}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"},"ts":5}',
        '{"topic":"T","ts":null,"data":{"eventType":"ACCOUNT_UPDATE"}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"}}}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"}},{}',
        '{"topic":"T","data":{"eventType":"ACCOUNT_UPDATE"}} \x0c',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","orderId":"\ud800"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","x":"\ud83d"}}',
        '{"topic":"T","data":{"eventType":"ORDER_TRADE_UPDATE","\udc00":"x"}}',
    )

    @pytest.mark.parametrize("text", [text.replace('"T"', f'"{USER}"') for text in TEXTS])
    @pytest.mark.usefixtures("each_push_reader")
    def test_read_alike(self, text: str) -> None:
        """Whatever was learned from a message before, each is what the strict way says."""
        assert_same([text, text.replace('"x"', '"y"')])

    @pytest.mark.usefixtures("each_push_reader")
    def test_in_any_company(self) -> None:
        """No message teaches a reader to misread another one."""
        texts = [text.replace('"T"', f'"{USER}"') for text in self.TEXTS]
        told = {text: verdict(STRICT, text) for text in texts}
        for seed in range(8):
            random.Random(seed).shuffle(texts)
            decoder = primed()
            for text in texts * 2:
                assert verdict(decoder, text) == told[text], (seed, text)

    @pytest.mark.parametrize(
        "topic",
        ["", "account", "account.7", "news.depth.BTCUSDT", "user.", "market", "user", ".", "..."],
    )
    @pytest.mark.usefixtures("each_push_reader")
    def test_private_events_under_other_topics(self, topic: str) -> None:
        """An event type makes a private event under any topic that is not of the market."""
        texts = [
            f'{{"topic":"{topic}","ts":1,"data":{{"eventType":"{name}"}}}}'
            for name in ("ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE")
        ]
        decoder = Decoder()

        for text in texts:
            assert verdict(decoder, text) == verdict(STRICT, text)

    @pytest.mark.parametrize("tail", ["", "[]", "{}", "pong", "1", '"a"', "null", " ", "\0"])
    @pytest.mark.usefixtures("each_push_reader")
    def test_other_messages_between_pushes(self, tail: str) -> None:
        """A message of another kind does not make the decoder forget its readers."""
        text = WHOLE[0][2]
        decoder = Decoder()
        before = [verdict(decoder, text) for _ in range(2)]
        verdict(decoder, tail)
        asked: list[str] = []
        decoder._decode_anything = lambda *args: asked.append(args)  # type: ignore[assignment,method-assign,return-value]

        assert verdict(decoder, text) == before[0] == before[1]
        assert asked == []

    @pytest.mark.parametrize(
        "message",
        [b"\xff", b'{"topic":"user.1\xff"}', b'{"topic":"user.1","data":{"a":"\xed\xa0\x80"}}'],
    )
    @pytest.mark.usefixtures("each_push_reader")
    def test_not_utf8(self, message: bytes) -> None:
        """Bytes that are no text are refused as ever."""
        assert_same(
            [
                message,
                b'{"topic":"user.5794","data":{"eventType":"ACCOUNT_UPDATE","x":"'
                + message
                + b'"}}',
            ]
        )

    @pytest.mark.usefixtures("each_push_reader")
    def test_too_long(self) -> None:
        """No reader takes a message that is longer than messages may be, in bytes or characters."""
        head = f'{{"topic":"{DEPTH}","event":"data","ts":1,"data":{{"x":"'
        decoder = primed()
        decoder.decode(f'{head}"}}}}')

        for message in (f'{head}{"x" * 2**24}"}}}}', f'{head}{"é" * 2**23}"}}}}'.encode()):
            with pytest.raises(DecodeError, match="longer than"):
                decoder.decode(message)

    @pytest.mark.usefixtures("each_push_reader")
    def test_foreign_decimal_context(self) -> None:
        """A caller's decimal settings change nothing: exact is exact, and wrong is refused."""
        amounts = ["123456.789", "1-2", "1.2.3", "1.-5", "0." + "1" * 27, "9" * 30 + ".5"]
        texts = [
            f'{{"topic":"market.trade.BTCUSDT","data":{{"price":"{text}"}}}}' for text in amounts
        ]
        with decimal.localcontext() as context:
            context.prec = 3
            context.Emax = context.Emin = 0
            context.traps[decimal.InvalidOperation] = False
            context.traps[decimal.Inexact] = True
            assert_same(texts)


@pytest.mark.usefixtures("each_push_reader")
class TestBounds:
    """The one known difference: how far members that no schema names are looked at."""

    BEYOND = (
        '{"topic":"market.trade.BTCUSDT","event":"data","ts":1,"data":{"price":"1","odd":V}}',
        '{"topic":"market.trade.BTCUSDT","event":"data","ts":1,"data":{"price":"1"},"odd":V}',
    )

    @pytest.mark.parametrize("text", BEYOND)
    @pytest.mark.parametrize(
        "value", ["1" * 41, "1e65", "1e-65", "1E+999999", "0." + "1" * 40, "[" * 70 + "]" * 70]
    )
    def test_out_of_bounds(self, text: str, value: str, each_push_reader: str) -> None:
        """The strict way refuses such a member; a reader may pass over it and reads the rest right.

        To read ``extra`` of the event is refused then, as the message would have been.
        """
        message = text.replace("V", value)
        assert verdict(STRICT, message)[0] == "refused"
        decoder = primed()
        decoder.decode(text.replace("V", "1"))
        if verdict(decoder, message)[0] == "refused":
            assert verdict(decoder, message) == verdict(STRICT, message)
            return
        assert each_push_reader == "fast"
        event, expected = decoder.decode(message), STRICT.decode(text.replace("V", "1"))
        assert event.raw == message
        assert facts(attrs.evolve(event, raw=expected.raw)) == facts(expected)
        with pytest.raises(DecodeError):
            dict(decoder.decode(message).extra)

    @pytest.mark.parametrize("text", BEYOND)
    @pytest.mark.parametrize(
        "value", ["1" * 40, "1e64", "0." + "1" * 39, "[" * 61 + "]" * 61, '{"a":[1,{"b":null}]}']
    )
    def test_within_bounds(self, text: str, value: str) -> None:
        """Up to the bounds there is no difference."""
        assert_same([text.replace("V", value), text.replace("V", "1")])


@pytest.mark.usefixtures("each_push_reader")
class TestSharing:
    """One decoder, several threads and many shapes."""

    def test_threads(self) -> None:
        """Several threads may decode at once: nothing that they learn mixes."""
        texts = [text for _, _, text in WHOLE]
        texts += [text.replace("1772007815000", str(n)) for n in range(6) for text in texts]
        texts += [
            f'{{"topic":"{USER}","data":{{"eventType":"ACCOUNT_UPDATE","x{n}":1}}}}'
            for n in range(40)
        ]
        expected = {text: verdict(STRICT, text) for text in texts}
        decoder = Decoder()

        def work(seed: int) -> list[bool]:
            mine = texts * 2
            random.Random(seed).shuffle(mine)
            return [verdict(decoder, text) == expected[text] for text in mine]

        with ThreadPoolExecutor(4, thread_name_prefix="decoder") as pool:
            assert all(all(results) for results in pool.map(work, range(4)))

    def test_many_shapes(self) -> None:
        """More shapes than are remembered, over and over, are read right."""
        texts = [
            f'{{"topic":"{USER}","data":{{"eventType":"ORDER_TRADE_UPDATE","x{n}":1,"price":"{n}"}}}}'
            for n in range(60)
        ]
        decoder = primed()

        for text in texts * 5:
            assert verdict(decoder, text) == verdict(STRICT, text)

    def test_many_topics(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The readers of a decoder are bounded in number."""
        monkeypatch.setattr("sixmm.venues.sixmm.decoder._MAX_READERS", 4)
        decoder = Decoder()
        for n in range(20):
            text = f'{{"topic":"market.trade.X{n}","event":"data","data":{{"price":"{n}"}}}}'
            assert verdict(decoder, text) == verdict(decoder, text) == verdict(STRICT, text)

        assert len(decoder._readers) <= 4


class TestChoice:
    """Which reader a process uses."""

    FORMS = (PRIVATE, *MARKET.values())

    @pytest.mark.parametrize("form", FORMS, ids=lambda form: next(iter(form.classes)))
    @pytest.mark.parametrize("name", ["stdlib", "fast"])
    def test_both_agree_with_the_constructors(self, name: str, form: PushForm) -> None:
        """Each reader passes the proof, so that the extra does not disable itself."""
        assert agrees(push_readers(name)(form), form)

    def test_a_reader_of_nothing_does_not_agree(self) -> None:
        """The proof asks for events: to refuse everything is no way to pass it."""
        assert not agrees(lambda *_: lambda *_: None, PRIVATE)

    @pytest.mark.parametrize(
        ("replace", "by"),
        [
            (b'"-0.10"', b'"-0.1"'),
            (b"-7", b"7"),
            (b"true", b"false"),
            (b'"a text"', b'"another"'),
            (b'"7"', b'"8"'),
            (b'"BUY"', b'"SELL"'),
            (b'"1e5"', b'"1"'),
            (b'"NaN"', b"null"),
        ],
    )
    def test_a_reader_that_is_wrong_does_not_agree(self, replace: bytes, by: bytes) -> None:
        """One value that is read as another is enough."""
        forms = [MARKET["depth"], PRIVATE]

        assert not all(agrees(altered(form, replace, by), form) for form in forms)

    def test_the_engine_decides(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the engine of the standard library its reader of pushes is used."""
        made: list[PushForm] = []
        monkeypatch.setattr(pushes, "ENGINE", "stdlib")
        monkeypatch.setattr(pushes_stdlib, "push_reader", made.append)

        push_reader(PRIVATE)

        assert made == [PRIVATE]

    @pytest.mark.parametrize("fault", ["missing", "raises", "differs"])
    def test_a_fast_reader_that_does_not_work_is_passed_over(
        self, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A package that is missing, fails or reads differently is as good as none."""
        push_readers("fast")
        monkeypatch.setattr(pushes, "ENGINE", "msgspec")
        if fault == "missing":
            monkeypatch.setitem(sys.modules, "sixmm.codec.pushes_fast", None)
            monkeypatch.delattr(sixmm.codec, "pushes_fast", raising=False)
        else:
            monkeypatch.setattr("sixmm.codec.pushes_fast.push_reader", wrong_readers[fault])
        bind = push_reader(MARKET["trade"])

        read = bind("market.trade.X", {"symbol": "X"})
        assert type(read.__self__).__module__ == pushes_stdlib.__name__  # type: ignore[attr-defined]

    def test_the_fast_one_is_used_where_it_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a fault it is the fast one."""
        push_readers("fast")
        monkeypatch.setattr(pushes, "ENGINE", "msgspec")

        assert push_reader(PRIVATE)(USER, {}).__module__ == "sixmm.codec.pushes_fast"


def altered(form: PushForm, replace: bytes, by: bytes) -> Bind:
    """Return a reader that takes one text for another, and is right otherwise."""
    real = pushes_stdlib.push_reader(form)

    def bind(topic: str, told: Mapping[str, str]) -> Any:
        read = real(topic, told)

        def wrong(raw: str, received_at: int) -> Event | None:
            event = read(raw.replace(replace.decode(), by.decode()), received_at)
            if event is not None:
                object.__setattr__(event, "raw", raw)
            return event

        return wrong

    return bind


def _raising(_: PushForm) -> Bind:
    raise TypeError("no such option")


wrong_readers = {"raises": _raising, "differs": lambda form: altered(form, b'"-0.10"', b'"-0.1"')}


def test_topics_are_covered() -> None:
    """The topics of these tests are those that have readers."""
    assert set(TOPICS) == {topic for topic, _, _ in WHOLE}
    assert {whole_push(topic, cls) for topic, cls, _ in WHOLE} == {
        text for _, _, text in WHOLE[::3]
    }
