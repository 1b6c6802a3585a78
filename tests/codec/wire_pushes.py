"""Pushes of every form, right and wrong, and how what two decoders make of them is compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
from hypothesis import strategies as st

from sixmm.codec import Levels, PushForm
from sixmm.codec.layout import Kind, Layout, WireField, layout_of
from sixmm.errors import DecodeError
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS, Decoder

from .readers import typed
from .wire_values import AMOUNTS, ANY, FLAGS, INTEGERS, LEVELS, SOUND, TEXTS, UNNAMED, WORDS

USER = "user.5794"
DEPTH = "market.depth.BTCUSDT"
TOPICS = {
    USER: tuple(PRIVATE_EVENTS.values()),
    DEPTH: (MARKET_EVENTS["depth"][0],),
    "market.trade.BTCUSDT": (MARKET_EVENTS["trade"][0],),
    "market.kline.ETHUSDT.1m": (MARKET_EVENTS["kline"][0],),
    "market.ticker.BTCUSDT": (MARKET_EVENTS["ticker"][0],),
}
"""A topic of each family that has readers, with the classes of its events."""

PRIVATE = PushForm(classes=PRIVATE_EVENTS, tag="eventType")
MARKET = {
    family: PushForm(classes={family: cls}, answers=True)
    for family, (cls, _) in MARKET_EVENTS.items()
    if family != "tickers"
}


def form_of(topic: str) -> tuple[PushForm, dict[str, str]]:
    """Return the form of the pushes of a topic, and what the topic tells of their fields."""
    family, *rest = topic.split(".")[1:]
    if topic.startswith("user."):
        return PRIVATE, {}
    return MARKET[family], dict(zip(MARKET_EVENTS[family][1], rest, strict=True))


EXAMPLES = [
    json.dumps(json.loads(line)["payload"], separators=(",", ":"))
    for line in (Path(__file__).parents[1] / "data" / "6mm-examples.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


class Strict(Decoder):
    """A decoder that never learns a reader of pushes: it reads everything in the strict way."""

    def _learn(self, raw: str, topic: str) -> None:
        pass


STRICT = Strict()


def facts(value: Any) -> Any:
    """Return a value as nested tuples in which everything that a caller can tell apart differs.

    Levels are compared by their decimals, or by what reading them says.
    """
    if isinstance(value, Levels):
        try:
            return (Levels, [facts(level) for level in value])
        except DecodeError as error:
            return (Levels, str(error))
    if attrs.has(type(value)):
        fields = attrs.fields(type(value))
        return (type(value), [(f.name, facts(getattr(value, f.name))) for f in fields])
    if type(value) is tuple:
        return (tuple, [facts(item) for item in value])
    return typed(value)


def verdict(decoder: Decoder, message: str | bytes, *, received_at: int = 7) -> Any:
    """Return what a decoder makes of a message: the facts of its event, or its refusal."""
    try:
        return ("event", facts(decoder.decode(message, received_at=received_at)))
    except DecodeError as error:
        return ("refused", error.path, str(error))


def primed() -> Decoder:
    """Return a decoder that has a reader for each of :data:`TOPICS`."""
    decoder = Decoder()
    for topic in TOPICS:
        tag = '"eventType":"ORDER_TRADE_UPDATE"' if topic == USER else ""
        decoder.decode(f'{{"topic":"{topic}","event":"data","ts":1,"data":{{{tag}}}}}')
    assert len(decoder._readers) == len(TOPICS)
    return decoder


def assert_same(messages: Sequence[str | bytes]) -> None:
    """Check that a decoder with readers says of each message, twice, what the strict way says."""
    decoder = primed()
    for message in (*messages, *messages):
        assert verdict(decoder, message) == verdict(STRICT, message), message


_TEXTS_OF = {
    Kind.AMOUNT: AMOUNTS,
    Kind.TEXT: [f'"{text}"' for text in TEXTS],
    Kind.WORD: [f'"{text}"' for text in WORDS + TEXTS],
    Kind.INTEGER: INTEGERS,
    Kind.FLAG: FLAGS,
    Kind.LEVELS: LEVELS,
}
_PROPER = {
    Kind.AMOUNT: ['"0.10"', '"1"', '"-85000.1"', '"0"', '"00012.50"'],
    Kind.TEXT: ['"a"', '"BTCUSDT"', '""', '"\u00e9"', '"a.b(c)*"'],
    Kind.INTEGER: ["1", "0", "-7", "1772007815000"],
    Kind.FLAG: ["true", "false"],
    Kind.LEVELS: LEVELS[:4],
}

plain_amounts = st.from_regex(r"\A-?[0-9]{1,31}(\.[0-9]{1,31})?\Z").map(json.dumps)


def proper(field: WireField) -> list[str]:
    """Return texts that a field takes for what they are."""
    if field.kind is Kind.WORD:
        return [f'"{member.value}"' for member in field.inner]
    if field.kind is Kind.ROWS:
        inner = layout_of(field.inner).fields
        row = ",".join(f'"{item.wire}":{proper(item)[0]}' for item in inner)
        few = ",".join(f'"{item.wire}":{proper(item)[-1]}' for item in inner[::3])
        return [f"[{{{row}}}]", f"[{{{few}}},{{{row}}}]", "[]", "[{}]"]
    return _PROPER[field.kind]


def values_of(field: WireField, *, wild: bool) -> st.SearchStrategy[str]:
    """Return the texts that stand at a field: what belongs there and null, or else anything."""
    right = st.sampled_from([*proper(field), "null"])
    if field.kind is Kind.ROWS:
        right |= rows(layout_of(field.inner), wild=wild)
    if field.kind is Kind.AMOUNT:
        right |= plain_amounts
    if not wild:
        return right
    return right | right | st.sampled_from(_TEXTS_OF.get(field.kind, ANY)) | st.sampled_from(ANY)


def spaced(parts: Sequence[str], gap: str) -> str:
    """Return the parts of an object or a list with white space around each."""
    return gap + f"{gap},{gap}".join(parts) + gap


@st.composite
def objects(draw: st.DrawFn, of: Layout, *, wild: bool, gap: str = "", tag: str = "") -> str:
    """Return the text of an object of a class: any of its members, in any order, and others."""
    fields = draw(st.lists(st.sampled_from(of.fields), max_size=8, unique_by=id))
    members = [(field.wire, draw(values_of(field, wild=wild))) for field in fields]
    others = st.sampled_from(ANY if wild else SOUND)
    for name in draw(st.lists(st.sampled_from(UNNAMED), max_size=2, unique=True)):
        members.insert(draw(st.integers(0, len(members))), (name, draw(others)))
    if tag:
        members.insert(draw(st.sampled_from([0, 0, len(members)])), ("eventType", tag))
    if members and draw(st.sampled_from([False] * 7 + [True])):
        members.append((draw(st.sampled_from(members))[0], draw(st.sampled_from(members))[1]))
    return "{" + spaced([f'"{name}"{gap}:{gap}{text}' for name, text in members], gap) + "}"


def rows(of: Layout, *, wild: bool) -> st.SearchStrategy[str]:
    """Return the text of a list of objects of a class."""
    return st.lists(objects(of, wild=wild), max_size=3).map(lambda items: f"[{','.join(items)}]")


_TAGS = [*(f'"{name}"' for name in PRIVATE_EVENTS), '"OTHER"', "null", "5", '"ORDER\\u005fTRADE"']
_DATA = {
    (topic, cls): layout_of(cls, "eventType" if topic == USER else None)
    for topic, classes in TOPICS.items()
    for cls in classes
}


@st.composite
def data_objects(draw: st.DrawFn, topic: str, *, wild: bool, gap: str) -> str:
    """Return the text of the data of a push of a topic."""
    if wild and draw(st.sampled_from([False] * 9 + [True])):
        return draw(st.sampled_from(ANY))
    cls = draw(st.sampled_from(TOPICS[topic]))
    own = next((f'"{name}"' for name, known in PRIVATE_EVENTS.items() if known is cls), "")
    tag = draw(st.sampled_from([own, *_TAGS])) if own and wild else own
    return draw(objects(_DATA[topic, cls], wild=wild, gap=gap, tag=tag))


_ENVELOPES: Sequence[Sequence[str]] = [
    *(("ts",), ("event", "ts"), ("ts", "event"), ("event",), (), ("ts", "new"), ("event", "id")),
    *(("event", "id", "ts"), ("ts", "topic"), ("ts", "data"), ("id",), ("event", "ts", "event")),
]


@st.composite
def pushes(draw: st.DrawFn) -> str:
    """Return the text of a push, its members in any order, some of them repeated or wrong."""
    topic = draw(st.sampled_from(list(TOPICS)))
    gap = draw(st.sampled_from(["", "", "", " ", "\n\t"]))
    wild = draw(st.sampled_from([False, False, True]))
    data = data_objects(topic, wild=wild, gap=gap)
    texts = {
        "ts": st.sampled_from(["1772007815000", "1", "null", "0"] + INTEGERS * wild),
        "event": st.sampled_from(['"data"', *['"x"', "null", "5", "1e5", "{}", '"auth"'] * wild]),
        "id": st.sampled_from(['"7"', "7", "null", *['""', "true", "1.5", "[]"] * wild]),
        "new": st.sampled_from(ANY if wild else SOUND),
        "topic": st.sampled_from([f'"{topic}"', *['"user.1"', "5", "null"] * wild]),
        "data": data,
    }
    names = [*draw(st.sampled_from(_ENVELOPES))]
    names.insert(draw(st.sampled_from([0, len(names), len(names)])), "data")
    told = [("topic", f'"{topic}"'), *((name, draw(texts[name])) for name in names)]
    if draw(st.sampled_from([False] * 9 + [True])):
        told.reverse()
    text = "{" + spaced([f'"{name}"{gap}:{gap}{value}' for name, value in told], gap) + "}"
    # The beginning as the exchange writes it: a decoder has no reader for any other.
    return text.replace(f'{{{gap}"topic"{gap}:{gap}', '{"topic":', 1)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """Return the bytes of a message with some of them flipped, cut, swapped or doubled."""
    data = bytearray(draw(texts).encode("utf-8", "surrogatepass"))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, max(0, len(data) - 1)))
        end = min(len(data), start + draw(st.integers(1, 6)))
        piece = bytes(data[start:end])
        data[start:end] = draw(
            st.sampled_from([b"", piece * 2, piece[::-1], bytes(byte ^ 1 for byte in piece)])
            | st.sampled_from(list(b'"\\{}[],:0 19.-+eEtfn\n\x00\xff\xc3u')).map(
                lambda b: bytes([b])
            )
        )
    return bytes(data)


def whole_push(topic: str, cls: type[Any], *, place: int = 0, ts: int = 1_772_007_815_000) -> str:
    """Return a push with every field of a class, as the exchange writes it."""
    of = _DATA[topic, cls]
    tag = [f'"eventType":"{name}"' for name, known in PRIVATE_EVENTS.items() if known is cls]
    told = [f'"{f.wire}":{proper(f)[place % len(proper(f))]}' for f in of.fields]
    event = "" if topic == USER else '"event":"data",'
    return f'{{"topic":"{topic}",{event}"ts":{ts},"data":{{{",".join(tag + told)}}}}}'


WHOLE = [
    (topic, cls, whole_push(topic, cls, place=place))
    for topic, classes in TOPICS.items()
    for cls in classes
    for place in range(3)
]
"""Pushes with every field of their class, several of each: topic, class and text."""


def one_at_a_time() -> list[str]:
    """Return pushes of every class in which one member is wrong, each in every way."""
    texts = []
    for topic, cls, _ in WHOLE[::3]:
        of = _DATA[topic, cls]
        tag = [f'"eventType":"{name}"' for name, known in PRIVATE_EVENTS.items() if known is cls]
        for field in of.fields:
            for told in (*_TEXTS_OF.get(field.kind, []), *proper(field), *ANY, "null"):
                members = ",".join([*tag, f'"{field.wire}":{told}'])
                texts.append(f'{{"topic":"{topic}","event":"data","ts":1,"data":{{{members}}}}}')
    return texts
