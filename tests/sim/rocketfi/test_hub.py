"""Who gets what, and how often."""

from __future__ import annotations

from sixmm.sim.rocketfi.hub import Hub, Outlet


class Plain(Outlet):
    """An outlet without a socket."""

    def texts(self) -> list[str]:
        """Return what waits."""
        return [text for text, _ in self.queue]


def connected(hub: Hub, *keys: str) -> Plain:
    """Return an outlet with these feeds."""
    outlet = Plain(100)
    hub.add(outlet)
    hub.subscribe(outlet, keys)
    return outlet


def test_no_subscription_is_dropped_as_a_duplicate() -> None:
    """Who asks twice gets everything twice, until the feed is dropped."""
    hub = Hub()
    once, twice = connected(hub, "A|x|||"), connected(hub, "A|x|||", "A|x|||")
    hub.send("A|x|||", "1")
    assert (once.texts(), twice.texts()) == (["1"], ["1", "1"])
    assert hub.times(twice) == {"A|x|||": 2}

    hub.unsubscribe(twice, ["A|x|||"])
    hub.send("A|x|||", "2", twice=True)
    assert (once.texts(), twice.texts()) == (["1", "2", "2"], ["1", "1"])
    assert hub.times(twice) == {}


def test_outlets_of_an_account() -> None:
    """A connection belongs to the accounts that it has a feed of."""
    hub = Hub()
    one, other = connected(hub, "A|x|||", "B||i||"), connected(hub, "B||i||")

    assert hub.outlets("x") == [one]
    assert hub.outlets() == [one, other]
    hub.remove(one)
    assert (hub.outlets(), hub.outlets("x")) == ([other], [])
    assert not hub.subscribed("A|x|||")


def test_pings() -> None:
    """The second ping in a row is not sent where the first was not answered."""
    hub = Hub()
    outlet = connected(hub)

    assert hub.ping(outlet, "p")
    assert not hub.ping(outlet, "p")
    hub.ponged(outlet)
    assert hub.ping(outlet, "p")
    assert outlet.texts() == ["p", "p"]
