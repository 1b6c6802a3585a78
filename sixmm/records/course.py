"""The course of a replay: what comes next, and what has to happen before it does.

A record says in which order things happened. A replay keeps that order where it matters: what came
from the exchange after the reader's third REST call comes after the third REST call. So the things
that the client itself did are *gates*: what was received behind one waits until the client has done
the same again. What the client did because time had passed (a ping, a renewal) is no gate, and what
it does not do again is waited for only a moment. Where a client had several connections, each of
these lines has an order of its own.

Pure: it is told the time, and whoever uses it holds a lock.
"""

from __future__ import annotations

import bisect
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

import attrs

from .cleaning import is_secret_name
from .format import Entry

__all__ = ["Course", "Step"]

_RECEIVED = ("in", "end")
_TIMES = re.compile(r"time$|timestamp$|since$|^from$|^to$|window$", re.IGNORECASE)
_NEVER = float("inf")


@attrs.frozen
class Step:
    """What a link receives next: messages, or its end."""

    messages: tuple[str, ...] = ()
    end: Entry | None = None


@attrs.define
class _Link:
    """What is left of one connection of the record."""

    dial: int
    line: str
    result: int | None = None
    received: list[int] = attrs.field(factory=list)
    outs: dict[str, list[int]] = attrs.field(factory=lambda: defaultdict(list))
    gates: list[int] = attrs.field(factory=list)
    ids: dict[str, str | int | None] = attrs.field(factory=dict)
    """From the id of a recorded request to that of the request which was sent in its place."""
    extras: list[str] = attrs.field(factory=list)
    """Answers to requests that the record does not have at this place."""
    blocked_since: float | None = None
    next_received: int = 0
    next_gate: int = 0

    @property
    def is_over(self) -> bool:
        """Whether everything that was received on it has been given out."""
        return self.next_received >= len(self.received) and not self.extras


class Course:
    """Where a replay is in its record.

    Args:
        entries: of the record.
        speed: how many times faster than it was, or None for no waiting at all.
        patience: seconds for which a gate is waited for.
    """

    def __init__(
        self, entries: Sequence[Entry], *, speed: float | None = None, patience: float = 5.0
    ) -> None:
        self._entries = entries
        self._speed = speed
        self._patience = patience
        self._done = bytearray(len(entries))
        self._horizon = -1
        self._origin: float | None = None
        self._links: list[_Link] = []
        self._lines: dict[str, list[int]] = defaultdict(list)
        # How many links of each line were dialled.
        self._current: dict[str, int] = defaultdict(int)
        self._calls: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._outcome: dict[int, int] = {}
        self._templates: dict[str, str] = {}
        self._unmet: set[str] = set()
        self.missing: list[str] = []
        """What the client asked for and the record does not have, as far as it is kept."""
        self._index()

    # What there is

    def _index(self) -> None:
        numbers: dict[object, _Link] = {}
        calls: dict[object, int] = {}
        requests: dict[tuple[object, str], str] = {}
        for index, entry in enumerate(self._entries):
            told, number = entry.data, entry.data.get("link")
            number = number if isinstance(number, int) else None
            if entry.kind == "dial":
                link = numbers[number] = _Link(dial=index, line=_line(entry))
                self._lines[link.line].append(len(self._links))
                self._links.append(link)
            elif entry.kind == "call":
                calls[told["call"]] = index
                self._calls[told["method"], _path(told["url"])].append(index)
                own = self._lines.get(_line(entry))
                if told.get("by") == "reader" and own:
                    self._links[own[-1]].gates.append(index)
            elif entry.kind in ("reply", "failed"):
                self._outcome[calls.get(told["call"], -1)] = index
            elif number in numbers:
                self._index_link(index, entry, numbers[number], requests)
        for own in self._lines.values():
            self._drop_last_end(self._links[own[-1]].received)

    def _index_link(
        self, index: int, entry: Entry, link: _Link, requests: dict[tuple[object, str], str]
    ) -> None:
        number = entry.data["link"]
        if entry.kind in ("open", "refused"):
            link.result = index
        elif entry.kind == "out":
            key, request_id = _request(entry.data["message"])
            link.outs[key].append(index)
            if entry.data.get("by") != "timer":
                link.gates.append(index)
            if request_id is not None:
                link.ids[str(request_id)] = None
                requests[number, str(request_id)] = key
        elif entry.kind in _RECEIVED:
            link.received.append(index)
            for message in entry.data.get("messages", ()):
                reply_to = _id_of(message)
                key_of = requests.get((number, str(reply_to)))
                if key_of is not None:
                    self._templates.setdefault(key_of, message)

    def _drop_last_end(self, last: list[int]) -> None:
        """Leave the last link open where its end is only that the client was closed."""
        if last and self._entries[last[-1]].kind == "end":
            error = self._entries[last[-1]].data["error"]
            if error.get("by") == "local" or error.get("type") == "ClientClosed":
                last.pop()

    @property
    def urls(self) -> list[str]:
        """The addresses that were dialled, without their secrets."""
        return [self._entries[link.dial].data["url"] for link in self._links]

    def entry(self, index: int) -> Entry:
        """Return one entry of the record."""
        return self._entries[index]

    def requests(self) -> Iterator[str]:
        """Yield each message that a caller had sent, oldest first."""
        for entry in self._entries:
            if entry.kind == "out" and entry.data.get("by") == "caller":
                yield str(entry.data["message"])

    @property
    def is_over(self) -> bool:
        """Whether everything that was received has been given out."""
        if not self._links:
            return all(self._done[i] for indices in self._calls.values() for i in indices)
        return all(
            self._current[line] == len(own) and self._links[own[-1]].is_over
            for line, own in self._lines.items()
        )

    # Time

    def due(self, index: int, now: float) -> float:
        """Return in how many seconds something is due; 0 where it is due now."""
        if self._speed is None or self._origin is None or index < self._horizon:
            return 0.0
        at = self._entries[index].at_us / 1_000_000 / self._speed
        return max(0.0, self._origin + at - now)

    def lasts(self, begin: int, end: int) -> float:
        """Return the seconds that a replay lets pass between two entries."""
        if self._speed is None:
            return 0.0
        microseconds = self._entries[end].at_us - self._entries[begin].at_us
        return max(0.0, microseconds / 1_000_000 / self._speed)

    def _do(self, index: int, now: float) -> None:
        self._done[index] = 1
        if self._origin is None and self._speed is not None:
            self._origin = now - self._entries[index].at_us / 1_000_000 / self._speed

    # What the client does

    def call(
        self, method: str, url: str, *, by: str, now: float, line: str = ""
    ) -> tuple[int, int | None] | None:
        """Return the recorded call that is taken for this one and its outcome, or None.

        Of those that ask for the same, the first that was not taken yet; ids, times and signatures
        do not count. The reader of a line is given what that reader had asked for, and nothing from
        behind the next connection of the line: that would be a look into the future.
        """
        free = [i for i in self._calls.get((method, _path(url)), ()) if not self._done[i]]
        is_reader = by == "reader"
        if is_reader:
            # What another line has asked for is not this one's.
            free = [i for i in free if self._reader_of(i) in (line, None)]
            coming = self._coming(line)
            if coming is not None:
                free = free[: bisect.bisect(free, self._links[coming].dial)]
        alike = [i for i in free if self._reader_of(i) == (line if is_reader else None)]
        wanted = _query(url)
        free = alike or free
        equal = [i for i in free if _query(self._entries[i].data["url"]) == wanted]
        if not free:
            self._miss(f"{method} {_path(url)}")
            return None
        index = (equal or free)[0]
        self._do(index, now)
        if is_reader:
            self._horizon = max(self._horizon, index)
        return index, self._outcome.get(index)

    def _coming(self, line: str) -> int | None:
        """Return the number of the connection that a line makes next, or None."""
        own, made = self._lines.get(line, ()), self._current[line]
        return own[made] if made < len(own) else None

    def _reader_of(self, index: int) -> str | None:
        """Return the line whose reader has done something; None where it was no reader."""
        entry = self._entries[index]
        return _line(entry) if entry.data.get("by") == "reader" else None

    def dial(self, now: float, *, line: str = "") -> tuple[int, int | None] | None:
        """Return the number of the next connection of a line and its result, or None."""
        number = self._coming(line)
        if number is None:
            return None
        link = self._links[number]
        self._current[line] += 1
        # What the reader did before and does not do again is not waited for, nor found, any more.
        for indices in self._calls.values():
            for index in indices[: bisect.bisect(indices, link.dial)]:
                if self._reader_of(index) == line:
                    self._done[index] = 1
        self._do(link.dial, now)
        self._horizon = max(self._horizon, link.dial)
        return number, link.result

    def send(self, number: int, message: str, now: float) -> None:
        """Take note of a message that the client sends; its answer follows in its place."""
        link = self._links[number]
        key, request_id = _request(message)
        self._unmet.discard(key)
        for index in link.outs.get(key, ()):
            if not self._done[index]:
                self._do(index, now)
                self._horizon = max(self._horizon, index)
                recorded = _request(self._entries[index].data["message"])[1]
                if recorded is not None:
                    link.ids[str(recorded)] = request_id
                return
        template = self._templates.get(key)
        if template is None:
            self._miss(f"an answer to {key}")
        elif request_id is not None:
            link.extras.append(_with_id(template, request_id))

    def _miss(self, what: str) -> None:
        if len(self.missing) < 1_000:
            self.missing.append(what)

    # What the client receives

    def receive(self, number: int, now: float) -> Step | float:
        """Return what a link receives now, or in how many seconds to ask again."""
        link = self._links[number]
        while link.next_received < len(link.received):
            index = link.received[link.next_received]
            wait = self._wait_at_gate(link, index, now) or self.due(index, now)
            if wait:
                return self._extra(link) or wait
            link.next_received += 1
            step = self._step(link, self._entries[index])
            if step is not None:
                return step
        is_last = number == self._lines[link.line][-1]
        extra = self._extra(link)
        if extra or is_last:
            return extra or _NEVER
        # The record does not say how this link ended, and yet there was another after it.
        return Step(end=Entry(kind="end", at_us=0, ms=0, data={"error": {}}))

    def _extra(self, link: _Link) -> Step | None:
        return Step(messages=(link.extras.pop(0),)) if link.extras else None

    def _step(self, link: _Link, entry: Entry) -> Step | None:
        if entry.kind == "end":
            return Step(end=entry)
        messages = [self._renamed(link, message) for message in entry.data["messages"]]
        kept = tuple(message for message in messages if message is not None)
        return Step(messages=kept) if kept else None

    def _renamed(self, link: _Link, message: str) -> str | None:
        """Return a message with the id of the request it now answers; None if nobody has asked."""
        reply_to = _id_of(message)
        if reply_to is None or str(reply_to) not in link.ids:
            return message
        asked = link.ids[str(reply_to)]
        return None if asked is None else _with_id(message, asked)

    def _wait_at_gate(self, link: _Link, index: int, now: float) -> float:
        """Return for how many seconds to wait for what the client has to do first; 0 for none."""
        while link.next_gate < len(link.gates):
            gate = link.gates[link.next_gate]
            if gate > index:
                break
            if not self._done[gate]:
                link.blocked_since = now if link.blocked_since is None else link.blocked_since
                left = link.blocked_since + self._patience - now
                if left > 0 and self._gate_key(gate) not in self._unmet:
                    return left
                self._give_up(link, index)
            link.next_gate += 1
        link.blocked_since = None
        return 0.0

    def _give_up(self, link: _Link, index: int) -> None:
        """Pass every gate before an entry: what was not done by now is not done at all."""
        for gate in link.gates[link.next_gate :]:
            if gate < index and not self._done[gate]:
                self._done[gate] = 1
                self._unmet.add(self._gate_key(gate))

    def _gate_key(self, gate: int) -> str:
        """Return what a gate is about; of the same, only the first is waited for."""
        told = self._entries[gate].data
        if "message" in told:
            return _request(told["message"])[0]
        return f"{told['method']} {_path(told['url'])}"


def _line(entry: Entry) -> str:
    line = entry.data.get("line", "")
    return line if isinstance(line, str) else ""


def _path(url: str) -> str:
    where = url.partition("?")[0]
    return "/" + where.partition("://")[2].partition("/")[2]


def _query(url: str) -> frozenset[tuple[str, str]]:
    """Return what a query asks for, without what differs from one time to the next."""
    pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True)
    return frozenset(p for p in pairs if not (is_secret_name(p[0]) or _TIMES.search(p[0])))


def _decoded(message: str) -> Any:
    try:
        return json.loads(message)
    except (ValueError, RecursionError):
        return None


def _request(message: str) -> tuple[str, str | int | None]:
    """Return what a request asks for, as a text, and its id.

    When it was signed, and with what, does not belong to it.
    """
    value = _decoded(message)
    if not isinstance(value, dict):
        return message, None
    request_id = value.pop("id", None)
    is_id = isinstance(request_id, str | int)
    asked = {
        name: item
        for name, item in value.items()
        if not (is_secret_name(name) or name.lower().endswith("timestamp"))
    }
    return json.dumps(asked, sort_keys=True), request_id if is_id else None


def _id_of(message: str) -> str | int | None:
    if '"id"' not in message:
        return None
    value = _decoded(message)
    request_id = value.get("id") if isinstance(value, dict) else None
    return request_id if isinstance(request_id, str | int) else None


def _with_id(message: str, request_id: str | int) -> str:
    return json.dumps({**json.loads(message), "id": request_id}, separators=(",", ":"))
