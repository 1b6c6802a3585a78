"""A replay keeps the order of its record where the client's own doing matters, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.records.course import Course, Step
from sixmm.records.format import Entry

URL = "https://host/v1"


def _record(*things: tuple[str, dict[str, Any]]) -> list[Entry]:
    """Return entries one second apart."""
    return [
        Entry(kind=kind, at_us=n * 1_000_000, ms=n, data=data)
        for n, (kind, data) in enumerate(things)
    ]


def _call(
    number: int, path: str, *, by: str = "reader", method: str = "GET", line: str = ""
) -> Any:
    told = {"call": number, "method": method, "url": URL + path, "by": by}
    return "call", {**told, "line": line} if line else told


def _reply(number: int) -> Any:
    return "reply", {"call": number, "status": 200, "headers": {}, "cookies": {}, "body": ""}


def _link(kind: str, link: int = 1, **data: Any) -> Any:
    return kind, {"link": link, **data}


def _dial(link: int = 1, line: str = "") -> list[Any]:
    more = {"line": line} if line else {}
    return [_link("dial", link, url="wss://host/ws", **more), _link("open", link)]


def _out(request_id: str, op: str, *, by: str = "caller", link: int = 1) -> Any:
    return _link("out", link, message=f'{{"id":"{request_id}","op":"{op}"}}', by=by)


def _in(*messages: str, link: int = 1) -> Any:
    return _link("in", link, messages=list(messages))


def _end(link: int = 1, by: str = "network") -> Any:
    error = {"type": "ConnectionClosed", "code": 1006, "reason": "", "by": by}
    return _link("end", link, error=error)


def _messages(step: Step | float) -> tuple[str, ...]:
    assert isinstance(step, Step)
    return step.messages


def test_waits_for_the_reader() -> None:
    """What was received after a call of the reader comes after it is made again."""
    course = Course(_record(*_dial(), _in("a"), _call(1, "/x"), _reply(1), _in("b")))
    course.dial(0.0)

    assert _messages(course.receive(0, 0.0)) == ("a",)
    assert course.receive(0, 0.0) == 5.0
    assert course.call("GET", URL + "/x", by="reader", now=1.0) == (3, 4)
    assert _messages(course.receive(0, 1.0)) == ("b",)
    assert course.is_over
    assert course.receive(0, 1.0) == float("inf")


@pytest.mark.parametrize("by", ["timer", "caller"])
def test_does_not_wait_for_others(by: str) -> None:
    """A call that time or the caller had made is not waited for."""
    course = Course(_record(*_dial(), _call(1, "/x", by=by), _reply(1), _in("a")))
    course.dial(0.0)

    assert _messages(course.receive(0, 0.0)) == ("a",)


def test_does_not_wait_for_ever() -> None:
    """What the client does not do again is waited for once, and then passed."""
    things = [*_dial(), _call(1, "/x"), _in("a"), _call(2, "/x"), _in("b")]
    course = Course(_record(*things), patience=2.0)
    course.dial(0.0)

    assert course.receive(0, 10.0) == 2.0
    assert course.receive(0, 11.5) == 0.5
    assert _messages(course.receive(0, 12.0)) == ("a",)
    assert _messages(course.receive(0, 12.0)) == ("b",)


def test_replies_on_a_link() -> None:
    """A reply follows its request, and has the id that the request has now."""
    things = [*_dial(), _out("1", "sub"), _in("a", '{"id":"1","ok":true}', "b")]
    course = Course(_record(*things))
    course.dial(0.0)
    assert isinstance(course.receive(0, 0.0), float)

    course.send(0, '{"id":"9","op":"sub"}', 0.0)

    assert _messages(course.receive(0, 0.0)) == ("a", '{"id":"9","ok":true}', "b")


def test_a_login_is_signed_anew() -> None:
    """What it is signed with, and when, is another each time: it is the same request."""
    login = '{"id":"%s","op":"auth","kc-api-sign":"%s","kc-api-timestamp":"%s"}'
    out = _link("out", message=login % ("a-1", "***", "17"), by="reader")
    course = Course(_record(*_dial(), _in("hello"), out, _in('{"id":"a-1","ok":true}')))
    course.dial(0.0)
    assert _messages(course.receive(0, 0.0)) == ("hello",)

    course.send(0, login % ("a-2", "abc", "18"), 0.0)

    assert _messages(course.receive(0, 0.0)) == ('{"id":"a-2","ok":true}',)
    assert course.missing == []


def test_replies_to_nobody() -> None:
    """The reply to a ping of the timer is left out where nobody has pinged; no gate waits for it.

    A ping that comes later, or is not in the record at this place, is answered all the same.
    """
    things = [*_dial(), _out("1", "ping", by="timer"), _in('{"id":"1","pong":1}'), _in("b")]
    course = Course(_record(*things))
    course.dial(0.0)
    assert _messages(course.receive(0, 0.0)) == ("b",)

    for request_id in ("8", "9"):
        course.send(0, f'{{"id":"{request_id}","op":"ping"}}', 0.0)

    assert _messages(course.receive(0, 0.0)) == ('{"id":"9","pong":1}',)
    assert course.missing == []


def test_no_answer() -> None:
    """A request that the record has nowhere is not answered, and is told as missing."""
    course = Course(_record(*_dial(), _in("a")))
    course.dial(0.0)
    course.send(0, '{"id":"9","op":"other"}', 0.0)
    course.send(0, "not JSON", 0.0)

    assert _messages(course.receive(0, 0.0)) == ("a",)
    assert course.receive(0, 0.0) == float("inf")
    assert course.missing == ['an answer to {"op": "other"}', "an answer to not JSON"]


def test_calls_are_matched() -> None:
    """Calls are matched by what they ask for; ids, times and signatures do not count."""
    course = Course(
        _record(
            _call(1, "/x?page=1&startTime=5&timestamp=1&signature=***"),
            _reply(1),
            _call(2, "/x?page=2&startTime=5&timestamp=2&signature=***"),
            _reply(2),
            _call(3, "/x?page=1&startTime=6&timestamp=3&signature=***"),
            _call(4, "/x?page=1", method="DELETE"),
            ("failed", {"call": 4, "error": {}}),
        )
    )
    ask = [("page=2", 2), ("page=1", 0), ("page=1", 4)]

    for query, index in ask:
        url = f"http://127.0.0.1:80/v1/x?{query}&startTime=77&timestamp=9&signature=ab"
        found = course.call("GET", url, by="reader", now=0.0)
        assert found is not None
        assert found == (index, index + 1 if index < 4 else None)
    assert course.call("GET", URL + "/x?page=1", by="reader", now=0.0) is None
    assert course.call("DELETE", URL + "/x", by="reader", now=0.0) == (5, 6)
    assert course.missing == ["GET /v1/x"]


def test_no_look_into_the_future() -> None:
    """The reader is not given what it had asked for on a later link, nor what is long past."""
    things = [
        *[*_dial(1), _call(1, "/x"), _call(2, "/x"), _end(1)],
        *[_call(3, "/y"), *_dial(2), _call(4, "/x"), _in("a", link=2)],
    ]
    course = Course(_record(*things))
    course.dial(0.0)
    assert course.call("GET", URL + "/x", by="reader", now=0.0) == (2, None)
    assert course.call("GET", URL + "/x", by="caller", now=0.0) == (3, None)
    assert course.call("GET", URL + "/x", by="reader", now=0.0) is None

    assert course.dial(0.0) == (1, 7)

    assert course.call("GET", URL + "/y", by="reader", now=0.0) is None
    assert course.call("GET", URL + "/x", by="reader", now=0.0) == (8, None)
    assert _messages(course.receive(1, 0.0)) == ("a",)


def test_callers_and_reader_do_not_take_from_one_another() -> None:
    """Where both had asked for the same, each is given its own."""
    course = Course(_record(_call(1, "/x", by="caller"), _call(2, "/x"), _call(3, "/x")))

    assert course.call("GET", URL + "/x", by="reader", now=0.0) == (1, None)
    assert course.call("GET", URL + "/x", by="caller", now=0.0) == (0, None)
    assert course.call("GET", URL + "/x", by="caller", now=0.0) == (2, None)


def test_lines_have_an_order_each() -> None:
    """Two readers make the same calls at their own pace; neither waits for, or takes from, both."""
    things = [
        *[_call(1, "/time", line="a"), _call(2, "/time", line="b")],
        *[*_dial(1, "a"), *_dial(2, "b"), _call(3, "/x", line="a"), _call(4, "/x", line="b")],
        *[_in("of b", link=2), _in("of a", link=1), _end(2, "local"), _end(1, "local")],
    ]
    course = Course(_record(*things))

    def ask(path: str, line: str) -> tuple[int, int | None] | None:
        return course.call("GET", URL + path, by="reader", line=line, now=0.0)

    # The second line is dialled first, before the first has asked for anything.
    assert ask("/time", "b") == (1, None)
    assert course.dial(0.0, line="b") == (1, 5)
    assert course.receive(1, 0.0) == 5.0
    assert ask("/x", "b") == (7, None)
    assert _messages(course.receive(1, 0.0)) == ("of b",)
    assert not course.is_over
    assert ask("/x", "a") is None
    assert ask("/time", "a") == (0, None)
    assert course.dial(0.0, line="a") == (0, 3)
    assert ask("/x", "a") == (6, None)
    assert _messages(course.receive(0, 0.0)) == ("of a",)
    # Both ended only because the client was closed.
    assert [course.receive(number, 0.0) for number in (0, 1)] == [float("inf")] * 2
    assert course.is_over
    assert course.dial(0.0, line="a") is None


def _play_link(course: Course, number: int) -> list[Step | float]:
    """Return what a link receives, up to its end."""
    course.dial(0.0)
    steps: list[Step | float] = []
    while True:
        steps.append(course.receive(number, 0.0))
        last = steps[-1]
        if isinstance(last, float) or last.end is not None:
            return steps


def test_ends() -> None:
    """A link ends where it ended; the last one stays open where only the client was closed."""
    things = [*_dial(1), _end(1, "local"), *_dial(2), _in("a", link=2), *_dial(3), _end(3, "local")]
    course = Course(_record(*things))
    first, second, third = (_play_link(course, number) for number in range(3))

    assert len(first) == 1
    assert isinstance(first[0], Step)
    assert _messages(second[0]) == ("a",)
    assert isinstance(second[1], Step)
    assert third == [float("inf")]
    assert course.is_over
    assert course.dial(0.0) is None
    assert course.urls == ["wss://host/ws"] * 3


def test_speed() -> None:
    """At a speed things come at their time, unless the client is already further on."""
    course = Course(_record(*_dial(), _in("a"), _in("b"), _call(1, "/x"), _reply(1)), speed=2.0)
    course.dial(100.0)

    assert course.receive(0, 100.25) == pytest.approx(0.75)
    assert _messages(course.receive(0, 101.0)) == ("a",)
    assert course.receive(0, 101.0) == pytest.approx(0.5)
    assert course.call("GET", URL + "/x", by="reader", now=101.0) == (4, 5)
    assert _messages(course.receive(0, 101.0)) == ("b",)
    assert course.lasts(4, 5) == 0.5
    assert Course([]).lasts(0, 0) == 0.0


def test_only_calls() -> None:
    """A record without a link is over when every call was made."""
    course = Course(_record(_call(1, "/x"), _reply(1)))
    before = course.is_over
    course.call("GET", URL + "/x", by="caller", now=0.0)

    assert (before, course.is_over) == (False, True)
    assert Course([]).is_over


def test_what_callers_had_sent() -> None:
    """The messages of callers are known, so that they can be sent again."""
    things = [*_dial(), _out("1", "sub"), _out("2", "ping", by="timer")]

    assert list(Course(_record(*things)).requests()) == ['{"id":"1","op":"sub"}']


def test_strange_records() -> None:
    """Entries that fit to nothing, and kinds that are not known, are passed over."""
    strange = [("new", {}), ("new", {"link": [1]}), ("pong", {}), ("left_out", {"count": 3})]
    things = [_in("a", link=7), _reply(9), *strange, *_dial()]
    course = Course(_record(*things))
    course.dial(0.0)

    assert course.receive(0, 0.0) == float("inf")
