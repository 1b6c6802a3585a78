"""Who gets a push, without a socket."""

from __future__ import annotations

from sixmm.sim.kucoin.hub import Hub, Outlet
from sixmm.sim.kucoin.log import LoggedPush


def entry(topic: str) -> LoggedPush:
    """Return a log entry."""
    return LoggedPush(seq=1, ts_ms=1, event_type="s", text=topic, topic=topic, key=())


def waiting(outlet: Outlet) -> list[str]:
    """Return the texts that wait for an outlet."""
    return [text for text, _ in outlet.queue]


def test_pushes_go_to_subscribers_of_the_user() -> None:
    """Who is not the user, or has not subscribed, gets nothing."""
    hub = Hub()
    mine, deaf, foreign = (Outlet(10) for _ in range(3))
    for outlet, user in ((mine, "u"), (deaf, "u"), (foreign, "v")):
        hub.add(outlet)
        hub.join(outlet, user)
    hub.subscribe(mine, ["/a"])
    hub.subscribe(foreign, ["/a"])
    hub.push("u", entry("/a"), twice=True)
    hub.push("u", entry("/b"), twice=False)
    hub.push(None, entry("/a"), twice=False)

    assert waiting(mine) == ["/a"] * 3
    assert waiting(deaf) == []
    assert waiting(foreign) == ["/a"]


def test_any_text() -> None:
    """What is injected goes to one outlet."""
    hub, outlet = Hub(), Outlet(10)
    hub.add(outlet)
    hub.offer(outlet, "x")

    assert waiting(outlet) == ["x"]
    assert hub.take_dirty() == [outlet]
