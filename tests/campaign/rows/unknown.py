"""B6: messages that no schema knows, or that are not what they seem to be."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from sixmm.clock import Deadline
from sixmm.errors import ConnectionClosed
from sixmm.events import DecodeFailed, Event, UnknownEvent
from sixmm.rest import RestSession
from sixmm.schema_report import SchemaReport
from sixmm.stream.connection import Connection
from sixmm.stream.desk import RequestDesk
from sixmm.stream.inbox import Inbox
from sixmm.stream.options import SessionOptions
from sixmm.stream.shared import Shared
from sixmm.stream.sync import AccountSync
from sixmm.stream.taking import Taker
from sixmm.transport.base import WsLink
from sixmm.transport.memory import MemoryHttp
from sixmm.venues.sixmm.stream_schema import Tickers
from sixmm.venues.sixmm.venue import SixmmVenue
from tests.hostile.wrong_types import PushShape, pushes, wrong
from tests.model.scripted import ScriptedClock
from tests.stream.fakes import answer

from ..row import Finding, Round, Row, at_least, exactly, noted

__all__ = ["ROWS", "Mutant", "deliver", "mutants"]

_ANY = (UnknownEvent, DecodeFailed)
_PRINTABLE = "".join(chr(code) for code in range(32, 127))


@attrs.frozen
class Mutant:
    """One message, and what may become of it."""

    name: str
    text: str
    may_be: tuple[type[Event], ...]


@attrs.frozen
class _Push:
    """A sound push, open to change."""

    shape: PushShape
    message: dict[str, Any]

    @property
    def row(self) -> dict[str, Any]:
        """The object whose fields the schema names."""
        data = self.message["data"]
        return data[0] if isinstance(data, list) else data

    @property
    def cls(self) -> type[Event]:
        """The event that it is."""
        return Tickers if isinstance(self.shape.data, list) else self.shape.cls

    @property
    def text(self) -> str:
        """The message as it is sent."""
        return json.dumps(self.message, separators=(",", ":"))


Mutate = Callable[[_Push, random.Random], tuple[str, tuple[type[Event], ...]]]


def _extra(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    push.row[f"novelty{dice.randrange(100)}"] = dice.choice([1, "x", None, [{}], {"a": [1.5]}])
    return push.text, (push.cls,)


def _envelope_extra(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    push.message[f"novelty{dice.randrange(100)}"] = dice.choice([1, "x", None, [], {}])
    return push.text, (push.cls,)


def _word(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    """Give a field that has words a word that is none of them, or a new event type."""
    words = [name for name, value in push.row.items() if isinstance(value, str) and value.isupper()]
    if not words:
        return _extra(push, dice)
    name = dice.choice(words)
    push.row[name] = f"NOVEL_{dice.randrange(100)}"
    is_kind = name == "eventType"
    return push.text, (UnknownEvent if is_kind else push.cls,)


def _kind(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    """Give it a type or a family that is not known."""
    if "eventType" in push.row:
        push.row["eventType"] = f"NOVEL_{dice.randrange(100)}"
    else:
        push.message["topic"] = f"market.novel{dice.randrange(100)}.BTCUSDT"
    return push.text, (UnknownEvent,)


def _wrong_type(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    _, keys, text = dice.choice(
        [one for one in wrong(push.shape.cls, "") if one[1] != ("eventType",)]
    )
    place: Any = push.row
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = "\x01"
    return push.text.replace('"\\u0001"', text), (DecodeFailed,)


def _less(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    name = dice.choice(sorted(set(push.row) - {"eventType"}))
    del push.row[name]
    return push.text, (push.cls, DecodeFailed)


def _other_data(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    push.message["data"] = dice.choice([None, 1, "x", [], [1], [[]], True, {}])
    return push.text, (push.cls, *_ANY)


def _cut(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    return push.text[: dice.randrange(1, len(push.text))], (DecodeFailed,)


def _flipped(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    """Change a few characters behind the topic."""
    text = push.text
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(text.index(",") + 1, len(text))
        text = text[:at] + dice.choice(_PRINTABLE) + text[at + 1 :]
    return text, (push.cls, *_ANY)


def _wrapped(push: _Push, dice: random.Random) -> tuple[str, tuple[type[Event], ...]]:
    inner = push.text
    forms = (f"[{inner}]", json.dumps(inner), f'{{"wrapped":{inner}}}', f"[1,{inner},null]")
    return dice.choice(forms), (UnknownEvent,)


_MUTATIONS: Mapping[str, Mutate] = {
    "a field that is not known": _extra,
    "a member beside the data": _envelope_extra,
    "a word that is not known": _word,
    "a type or family that is not known": _kind,
    "a field of another type": _wrong_type,
    "a field that is missing": _less,
    "data of another kind": _other_data,
    "a text that is cut": _cut,
    "characters that are changed": _flipped,
    "a push within something else": _wrapped,
}


def mutants(seed: int, count: int) -> Iterator[tuple[Mutant, Mutant]]:
    """Yield mutated messages, each with a sound one of the same kind that follows it."""
    dice, shapes = random.Random(seed), list(pushes())
    names = list(_MUTATIONS)
    for number in range(count):
        shape, name = dice.choice(shapes), names[number % len(names)]
        text, may_be = _MUTATIONS[name](_sound(shape, dice), dice)
        after = _sound(shape, dice)
        yield Mutant(name, text, may_be), Mutant("sound", after.text, (after.cls,))


def _sound(shape: PushShape, dice: random.Random) -> _Push:
    """Return a push like no other: what tells nothing new would be left out."""
    data = json.loads(json.dumps(shape.data))
    message = {"topic": shape.topic, "event": "data", "ts": dice.randrange(10**12, 2 * 10**12)}
    push = _Push(shape, {**message, "data": data})
    for name in ("fillId", "orderId", "tradeId"):
        if name in push.row:
            push.row[name] = f"{dice.randrange(16**12):012x}"
    return push


def deliver(messages: Sequence[str]) -> tuple[list[Event], int]:
    """Return what a caller gets of these messages, and how many were of no topic it asked for."""
    venue, clock = SixmmVenue(), ScriptedClock()
    http = MemoryHttp(lambda _: answer())
    shared = Shared(
        venue=venue,
        rest=RestSession(venue=venue, http=http, rest_url="https://rest.test", clock=clock),
        inbox=Inbox(clock=clock),
        desk=RequestDesk(venue, clock=clock),
        options=SessionOptions(ping_interval=None),
        clock=clock,
        private=False,
    )
    shared.desk.subscribe(sorted({shape.topic for shape in pushes() if "user" not in shape.topic}))
    connection = Connection(shared, _Script(messages), sync=AccountSync(shared), number=1)
    try:
        connection.serve()
    except ConnectionClosed:
        connection.end()
    taker = Taker(shared, report=SchemaReport(every=True))
    http.close()
    return list(taker.events(0.0, check=lambda: None)), shared.counters.unrequested


class _Script(WsLink):
    """A link that brings these messages, a few in one read, and then ends."""

    def __init__(self, messages: Sequence[str]) -> None:
        self._messages = [message.encode() for message in messages]

    def receive(self, *, deadline: Deadline) -> list[bytes]:  # noqa: ARG002
        if not self._messages:
            raise ConnectionClosed(reason="over", by="remote")
        read, self._messages = self._messages[:5], self._messages[5:]
        return read

    def send(self, message: str, *, deadline: Deadline) -> None:
        """Do nothing."""

    def ping(self, payload: bytes, *, deadline: Deadline) -> None:
        """Do nothing."""

    def close(self, *, code: int = 1000, reason: str = "", deadline: Deadline) -> None:
        """Do nothing."""

    def abort(self) -> None:
        """Do nothing."""


def _mutate(round_: Round) -> list[Finding]:
    """Send mutated messages between sound ones; look for each in what the caller gets."""
    count = round_.pick(full=10_000, short=1_000)
    pairs = list(mutants(round_.seed, count))
    sent = [mutant for pair in pairs for mutant in pair]
    got, unrequested = deliver([mutant.text for mutant in sent])
    by_text = {event.raw: event for event in got}
    missing = [one for one in sent if one.text not in by_text]
    unlike = [
        f"{one.name}: {type(event).__name__} of {one.text[:200]}"
        for one in sent
        if (event := by_text.get(one.text)) is not None and not isinstance(event, one.may_be)
    ]
    unsound = [one for one in missing if one.name == "sound"]
    kinds = Counter(type(by_text.get(mutant.text)) for mutant, _ in pairs)
    still = sum(count for kind, count in kinds.items() if kind not in (*_ANY, type(None)))
    return [
        at_least("mutated messages", count, count),
        exactly("ways to mutate", len({mutant.name for mutant, _ in pairs}), len(_MUTATIONS)),
        exactly("dropped", len(sent) - len(got) - unrequested, 0, str(missing[:2])),
        exactly("told as something else than documented", len(unlike), 0, str(unlike[:3])),
        exactly("sound messages after them that were not read", len(unsound), 0, str(unsound[:1])),
        at_least("told as unknown", kinds[UnknownEvent], count // 10),
        at_least("told as not decodable", kinds[DecodeFailed], count // 10),
        at_least("told as what they still are", still, count // 5),
        noted("of a topic that nobody asked for, by a changed character", unrequested),
    ]


ROWS = (
    Row(
        name="unknown",
        hazards=("B6",),
        shows="10,000 pushes of every kind, mutated: fields, words, types and topics that are not "
        "known, other types, missing fields, cut and changed texts; each is told as what it still "
        "is, as unknown, or as not decodable, and the sound push after it is read",
        run=_mutate,
        full_s=120.0,
        short_s=60.0,
    ),
)
