"""Queues of connections, without a socket."""

from __future__ import annotations

import json

from sixmm.sim.hub import Hub, Outlet, encode
from sixmm.sim.log import LoggedEvent


def event(text: str = "{}") -> LoggedEvent:
    """Return a log entry."""
    return LoggedEvent(seq=1, ts_ms=1, event_type="X", text=text)


def waiting(outlet: Outlet) -> list[str]:
    """Return the texts that wait for an outlet."""
    return [text for text, _ in outlet.queue]


def test_private_pushes_go_to_the_user_only() -> None:
    """Every connection of the user gets the text once, or twice if asked, and nobody else."""
    hub = Hub()
    mine, also_mine, foreign, public = (Outlet(10) for _ in range(4))
    for outlet, user in ((mine, "u"), (also_mine, "u"), (foreign, "v"), (public, None)):
        hub.add(outlet)
        if user:
            hub.join(outlet, user)
    hub.push_private("u", event("one"), twice=False)
    hub.push_private("u", event("two"), twice=True)

    assert waiting(mine) == waiting(also_mine) == ["one", "two", "two"]
    assert waiting(foreign) == waiting(public) == []
    assert hub.take_dirty() == [mine, also_mine]
    assert not hub.has_dirty


def test_public_pushes_go_to_subscribers() -> None:
    """Nothing is built for a topic without subscribers, and nothing comes after unsubscribing."""
    hub, outlet = Hub(), Outlet(10)
    hub.add(outlet)
    hub.subscribe(outlet, ["t"])
    hub.publish("t", 5, {"a": 1})
    hub.unsubscribe(outlet, ["t", "never"])
    hub.publish("t", 6, {})

    assert [json.loads(text) for text in waiting(outlet)] == [
        {"topic": "t", "event": "data", "ts": 5, "data": {"a": 1}}
    ]
    assert not hub.subscribed("t")


def test_a_full_queue_marks_the_outlet() -> None:
    """At the bound the outlet overflows, takes no more, and loses nothing that it had."""
    outlet = Outlet(2)
    for text in "abcd":
        outlet.offer(text)

    assert outlet.overflowed
    assert waiting(outlet) == ["a", "b"]


def test_a_removed_outlet_is_gone_everywhere() -> None:
    """Users, topics and the list of connections forget it, and offers are void."""
    hub, outlet = Hub(), Outlet(2)
    hub.add(outlet)
    hub.join(outlet, "u")
    hub.subscribe(outlet, ["t"])
    hub.remove(outlet)
    hub.remove(outlet)
    hub.push_private("u", event(), twice=False)
    outlet.offer("x")

    assert (hub.outlets(), hub.outlets("u"), waiting(outlet)) == ([], [], [])
    assert not hub.subscribed("t")
    assert not hub.has_dirty


def test_texts_are_compact_ascii() -> None:
    """A text has no blanks, and any string of the outside survives, half a surrogate too."""
    assert encode({"a": [1, "\u00fc\ud800"]}) == '{"a":[1,"\\u00fc\\ud800"]}'
